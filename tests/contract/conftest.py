"""One sandbox process for all contract tests, reset before each."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest

from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer, sandbox_python


@pytest.fixture(scope="session")
def _sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    if sandbox_python() is None:
        pytest.skip("no Python for the sandbox: set KAIHU_SANDBOX_PYTHON")
    with SandboxServer(tmp_path_factory.mktemp("sandbox")) as server:
        yield server


@pytest.fixture
def sandbox(_sandbox_process: SandboxServer) -> SandboxServer:
    """A running sandbox as on its first day, within service hours."""
    _sandbox_process.reset()
    return _sandbox_process


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
