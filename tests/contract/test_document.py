"""The checked-in OpenAPI document is the running server's, and the server keeps to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox_server import REPOSITORY, SandboxServer

pytestmark = pytest.mark.modern
HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
#: Schema-valid data may still be refused by a business rule, which answers 413, 415, 422 or 423.
CONFIG = """
hooks = "{hooks}"
[checks]
positive_data_acceptance.expected-statuses = [
    "2xx", "401", "403", "404", "409", "413", "415", "422", "423", "429"
]
{parameters}
"""
OWN_DATA = """
[parameters]
"path.application_id" = "{application_id}"
"""
DRAFT_HOLDER = "410101198601295030"


def test_the_document_is_the_servers_own() -> None:
    command = [sys.executable, "-m", "kaihu_desktop.sandbox", "openapi"]
    printed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True).stdout
    checked_in = (REPOSITORY / "resources" / "openapi.yaml").read_bytes()
    assert printed.decode() == checked_in.decode(), (
        "write it anew: python -m kaihu_desktop.sandbox openapi > resources/openapi.yaml"
    )


def test_every_problem_code_is_a_failure_of_the_client() -> None:
    from kaihu_desktop.core.failure import KINDS
    from kaihu_desktop.sandbox.problems import PROBLEMS

    assert set(PROBLEMS) <= set(KINDS)


def _schemathesis(server: SandboxServer, folder: Path, parameters: str, *options: str) -> None:
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.format(hooks=HOOKS.as_posix(), parameters=parameters))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    command += [str(REPOSITORY / "resources" / "openapi.yaml"), "--url", server.url, "--no-color"]
    command += ["-H", f"Authorization: Bearer {server.login(DRAFT_HOLDER)}"]
    command += ["-n", "12", "--seed", "20261120", "--generation-database", "none", *options]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]


def test_the_server_keeps_to_the_document(sandbox: SandboxServer, tmp_path: Path) -> None:
    """All checks and phases of schemathesis; logout stands apart because it would end the login."""
    _schemathesis(sandbox, tmp_path, "", "--exclude-operation-id", "logout")


def test_the_server_keeps_to_the_document_for_an_application_under_way(
    sandbox: SandboxServer, tmp_path: Path
) -> None:
    """Every operation on one application that exists and isn't abandoned."""
    own = OWN_DATA.format(application_id=sandbox.applications(DRAFT_HOLDER)[0]["id"])
    chosen = ["--include-path-regex", "^/v1/applications/{application_id}/", "--phases", "coverage,fuzzing"]
    _schemathesis(sandbox, tmp_path, own, *chosen)


def test_logout_keeps_to_the_document(sandbox: SandboxServer, tmp_path: Path) -> None:
    _schemathesis(sandbox, tmp_path, "", "--include-operation-id", "logout")
