"""What all fault tests share: no proxy but the test's own, a sandbox, a client that is logged in to it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Iterator

import pytest

from kaihu_desktop.backend.client import RestBackend
from tests.faults.backend_answers import LIMITS, log_in
from tests.sandbox_server import SandboxServer, sandbox_python


@pytest.fixture(autouse=True)
def _no_proxy_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="package")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    """One sandbox for all fault tests; use `sandbox`."""
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the sandbox")
    with SandboxServer(Path(tmp_path_factory.mktemp("sandbox"))) as server:
        yield server


@pytest.fixture
def sandbox(sandbox_process: SandboxServer) -> SandboxServer:
    """The sandbox as on its first day, without faults."""
    sandbox_process.reset()
    sandbox_process.clear_faults()
    return sandbox_process


@pytest.fixture
def client(sandbox: SandboxServer) -> Iterator[RestBackend]:
    """A client of the sandbox in which the sample customer is logged in."""
    backend = RestBackend(sandbox.url, LIMITS, lambda seconds: None)
    log_in(backend, sandbox)
    yield backend
    backend.close()
