"""What all contract tests share: a sandbox that may be killed, a customer on the way."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer, sandbox_python


@pytest.fixture
def own_sandbox(tmp_path: Path) -> Iterator[SandboxServer]:
    """A sandbox of the test's own, not yet started, which may be killed."""
    if sandbox_python() is None:
        pytest.skip("no Python for the sandbox: set KAIHU_SANDBOX_PYTHON")
    server = SandboxServer(tmp_path / "data")
    yield server
    server.stop()


@pytest.fixture
def walk(sandbox: SandboxServer) -> Walk:
    """张样本, logged in with a new application."""
    return Walk(sandbox).begin()
