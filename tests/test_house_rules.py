"""House rules that no linter knows, each a small look at the source tree."""

from __future__ import annotations

import ast
import re
import runpy
import sys
from functools import lru_cache
from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop.core.failure_table import FAILURE_TABLE

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "kaihu_desktop"
LONGEST = 400

# A longer file wants a reason, here.
LONG_FOR_A_REASON: dict[str, str] = {}

MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))
CLIENT_MODULES = [name for name in MODULES if not name.startswith("kaihu_desktop/sandbox/")]
CORE_MODULES = [name for name in MODULES if name.startswith("kaihu_desktop/core/")]
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
QT_BINDINGS = {"PySide2", "PySide6", "PyQt5", "PyQt6"}


@lru_cache(maxsize=None)
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"), name)


def imported(name: str) -> Iterator[str]:
    """Dotted names of the modules that module `name` imports anywhere, also inside functions."""
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}:{node.lineno}: relative import"
            yield node.module or ""


def calls(name: str, *methods: str) -> list[str]:
    """Places in module `name` where a function or method of one of these names is called."""
    found = []
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in methods:
                found.append(f"{name}:{node.lineno}: {called}")
    return found


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_short_and_says_its_purpose(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST or name in LONG_FOR_A_REASON
    assert not text.strip() or ast.get_docstring(tree(name))


def test_exceptions_to_the_length_are_still_needed() -> None:
    for name in LONG_FOR_A_REASON:
        assert (ROOT / name).read_text(encoding="utf-8").count("\n") > LONGEST, f"{name} is short again"


@pytest.mark.skipif(sys.version_info < (3, 10), reason="needs the list of the standard library")
@pytest.mark.parametrize("name", CORE_MODULES)
def test_core_imports_only_the_standard_library(name: str) -> None:
    for module in imported(name):
        top = module.split(".")[0]
        assert (
            top in {"attr", "attrs"}
            or top in sys.stdlib_module_names
            or module.startswith("kaihu_desktop.core")
        )


@pytest.mark.parametrize("name", CLIENT_MODULES)
def test_client_code_is_valid_for_python_3_8(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), name, feature_version=(3, 8))


@pytest.mark.parametrize("name", MODULES)
def test_qt_is_met_in_ui_alone_and_through_qtpy(name: str) -> None:
    tops = {module.split(".")[0] for module in imported(name)}
    assert not tops & QT_BINDINGS
    assert "qtpy" not in tops or name.startswith("kaihu_desktop/ui/")


@pytest.mark.parametrize("name", MODULES)
def test_no_event_loop_runs_inside_another(name: str) -> None:
    nested = calls(name, "processEvents", "QEventLoop", "qWait")
    if not name.startswith(("kaihu_desktop/bootstrap", "kaihu_desktop/commands/")):
        nested += calls(name, "exec_", "exec")  # there it is the application's own loop
    assert nested == []


#: Where a condition in another process is looked at again and again, for that process can't signal it.
LOOKING_AGAIN = {"tests/e2e/accessibility.py": 1}


@pytest.mark.parametrize("name", TESTS)
def test_no_test_waits_for_time_to_pass(name: str) -> None:
    assert len(calls(name, "sleep", "qWait")) == LOOKING_AGAIN.get(name, 0)


def test_each_failure_has_a_code_a_text_and_a_remedy() -> None:
    codes = [row[0] for row in FAILURE_TABLE]
    assert len(codes) == len(set(codes))
    for code, text, remedy, retry in FAILURE_TABLE:
        assert re.fullmatch(r"[A-Z]+(-[A-Z0-9]+)+", code)
        assert re.search("[\u4e00-\u9fff]", text) and not text.endswith("。"), code
        assert re.search("[\u4e00-\u9fff]", remedy) and remedy.endswith("。"), code
        assert retry in {"no", "same", "login"}, code


@pytest.mark.parametrize("name", CLIENT_MODULES)
def test_each_raised_failure_is_in_the_table(name: str) -> None:
    codes = {row[0] for row in FAILURE_TABLE}
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Failure" and node.args:
            code = node.args[0]
            if isinstance(code, ast.Constant):
                assert code.value in codes, f"{name}:{node.lineno}"


def test_the_page_of_failure_codes_is_current() -> None:
    generator = runpy.run_path(str(ROOT / "docs" / "generate_failures.py"))
    written = (ROOT / "docs" / "failures.md").read_text(encoding="utf-8")
    assert written == generator["page"](), "run: python docs/generate_failures.py"


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    somebodys = re.compile(r"(?<![\w.:/])/(?:root|work|home/\w+|Users/\w+)/|[A-Z]:\\Users\\\w")
    text_files = {
        ".cfg",
        ".css",
        ".html",
        ".ini",
        ".json",
        ".md",
        ".py",
        ".qss",
        ".toml",
        ".txt",
        ".yaml",
        ".yml",
    }
    found = []
    for folder in ("benchmarks", "docs", "installers", "kaihu_desktop", "resources", "tests"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in text_files and path != Path(__file__).resolve():
                for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                    if somebodys.search(line):
                        found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert found == []
