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
    assert printed.decode() == checked_in.decode(), "write it anew: see CONTRIBUTING or the sandbox's __main__"


def test_every_problem_code_is_a_failure_of_the_client() -> None:
    from kaihu_desktop.core.failure import KINDS
    from kaihu_desktop.sandbox.problems import PROBLEMS

    assert set(PROBLEMS) <= set(KINDS)


@pytest.mark.parametrize("own_data", [False, True], ids=["made-up ids", "own application"])
def test_the_server_keeps_to_the_document(sandbox: SandboxServer, tmp_path: Path, own_data: bool) -> None:
    """All of schemathesis's checks and phases; logout stands apart because it would end the login."""
    token = sandbox.login(DRAFT_HOLDER)
    own = OWN_DATA.format(application_id=sandbox.applications(DRAFT_HOLDER)[0]["id"])
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG.format(hooks=HOOKS.as_posix(), parameters=own if own_data else ""))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"]
    command += [str(REPOSITORY / "resources" / "openapi.yaml"), "--url", sandbox.url, "--no-color"]
    command += ["-H", f"Authorization: Bearer {token}", "--exclude-operation-id", "logout"]
    command += ["-n", "12", "--seed", "20261120", "--generation-database", "none"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
