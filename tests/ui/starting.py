"""The client from its first page on, as a run of the program starts it, and a login by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.settings import load_settings
from kaihu_desktop.ui.navigator import Navigator
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import SandboxServer
from tests.ui.conftest import Hands
from tests.ui.login_form import LoginForm
from tests.ui.readiness_world import ports


@pytest.fixture
def start(
    shell: Shell,
    tasks: TaskRunner,
    backend: RestBackend,
    journal: MemoryJournal,
    certificates: MemoryCertificateStore,
    tmp_path: Path,
) -> Iterator[Callable[..., Navigator]]:
    """Starts the client, which a link may have called; prescribed: what its environment says."""
    environment = {"KAIHU_HOME": str(tmp_path), "HOME": str(tmp_path)}

    def start(link: str = "", **prescribed: str) -> Navigator:
        mine = ports(
            load_settings({**environment, **prescribed}),
            backend=backend,
            certificates=lambda: certificates,
            journal=lambda: journal,
        )
        navigator = Navigator(shell, tasks, mine)
        navigator.start(link)
        return navigator

    yield start
    shell.close()


@pytest.fixture
def log_in_by_hand(hands: Hands, sandbox: SandboxServer) -> Callable[[str], None]:
    """Fills and sends the login form."""
    return LoginForm(hands, sandbox).log_in
