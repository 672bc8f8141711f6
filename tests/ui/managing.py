"""What the tests of 我的证书 share: a store without a clock, certificates in it, and the page over them."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import Settings, load_settings
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.my_certificates import MyCertificatesPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.visitor import Visitor
from tests.sandbox_server import SandboxServer
from tests.unit.certificates.certificate_people import Watch
from tests.unit.certificates.windows_stores import WindowsPc

#: Of the sandbox's certificate files.
FILE_PASSWORD = "Kaihu-2026"
PASSWORD, NEW_PASSWORD, BACKUP_PASSWORD = "730164", "918273", "Backup-2026"
Open = Callable[..., MyCertificatesPage]


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], Settings]:
    """The settings as the next run of the program would read them."""
    return lambda: load_settings({"KAIHU_HOME": str(tmp_path)})


@pytest.fixture
def certificates() -> MemoryCertificateStore:
    """A certificate store with nothing in it, in which waiting times don't pass."""
    return MemoryCertificateStore(clock=Watch())


@pytest.fixture
def keep(sandbox: SandboxServer, certificates: MemoryCertificateStore) -> Callable[[str], str]:
    """Keeps a customer's certificate on this PC under PASSWORD; its id."""

    def keep(id_number: str) -> str:
        data = sandbox.certificate_file(id_number)
        return certificates.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info.id

    return keep


@pytest.fixture
def open_page(
    tasks: TaskRunner,
    shell: Shell,
    backend: RestBackend,
    company: Company,
    certificates: MemoryCertificateStore,
    show: Callable[[Page], Page],
    windows: WindowsPc | None,
    kept: Callable[[], Settings],
    log_in: Callable[..., None],
) -> Open:
    """Shows the page to the sample customer, or to nobody who is known."""

    def open_page(*, logged_in: bool = True) -> MyCertificatesPage:
        visitor = Visitor(backend, None, None)
        if logged_in:
            log_in()
            visitor = Visitor(backend, company, backend.customer())
        page = MyCertificatesPage(
            tasks, shell.dialogs, lambda: certificates, lambda: windows, kept(), visitor
        )
        show(page)
        return page

    return open_page


def opens(certificates: MemoryCertificateStore, certificate_id: str, password: str) -> bool:
    """Whether the password opens it; raises where it doesn't."""
    with certificates.open(certificate_id, Secret(password)) as opened:
        return opened.info.id == certificate_id
