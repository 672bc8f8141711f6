"""Coverage-guided mutation (atheris, libFuzzer) of files to import: the short version of the campaign."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("atheris", reason="atheris has packages for modern Python on Linux alone")

ROOT = Path(__file__).parents[3]


def test_what_reaches_new_code_is_read_or_refused(tmp_path):
    """libFuzzer ends with a code but 0 at any exception but a `Failure`, a hang, or too much memory."""
    campaign = [sys.executable, "-m", "benchmarks.fuzz_certificates"]
    command = [*campaign, "--keep", str(tmp_path), "--atheris", "2000"]
    done = subprocess.run(command, cwd=str(ROOT), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Done 2000 runs" in done.stderr
    assert list((tmp_path / "found").glob("crash-*")) == []
