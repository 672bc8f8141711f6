"""What all fault tests share: a client that is logged in to the sandbox."""

from __future__ import annotations

from typing import Iterator

import pytest

from kaihu_desktop.backend.client import RestBackend
from tests.faults.backend_answers import LIMITS, log_in
from tests.sandbox_server import SandboxServer


@pytest.fixture
def client(sandbox: SandboxServer) -> Iterator[RestBackend]:
    """A client of the sandbox in which the sample customer is logged in."""
    backend = RestBackend(sandbox.url, LIMITS, lambda seconds: None)
    log_in(backend, sandbox)
    yield backend
    backend.close()
