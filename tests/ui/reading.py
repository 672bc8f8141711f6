"""What the tests of 签署协议 share: an application that stands there, and the hands that read."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from qtpy.QtWidgets import QScrollArea

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.certificates import timestamping
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.flow.businesses import SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.widgets import agreement_reader
from tests.contract.walk import Walk
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands
from tests.unit.certificates.certificate_people import CHEAP

SMS_INTERVAL = 61  # seconds that must lie between two SMS codes
A_DAY_MS = 24 * 3600 * 1000


def read_through(agreements: list[dict[str, Any]]) -> dict[str, Any]:
    """What the draft of the signing keeps of these agreements once they were read to the end."""
    return {
        item["id"]: {
            "sha256": item["sha256"],
            "seen": list(range(item["pages"])),
            "pages": item["pages"],
            "seconds": item["min_seconds"],
            "finished": True,
        }
        for item in agreements
    }


class Reading:
    """A customer whose application stands at the signing, with the certificate on this PC."""

    def __init__(self, hands: Hands, open_view: Callable[[], ApplicationView], password: str) -> None:
        self.hands, self._open_view, self.password = hands, open_view, password
        self.view = open_view()

    def again(self) -> None:
        """Leave, and come back with the draft."""
        self.view.close()
        self.view = self._open_view()

    @property
    def area(self) -> QScrollArea:
        """Where the pages are."""
        area = self.hands.see("sign.reader.pages")
        assert isinstance(area, QScrollArea)
        return area

    def wait_for_document(self) -> None:
        """Until pages are there, laid out, and scrolled to the right one."""
        self.hands.wait(lambda: self.hands.text("sign.reader.title"))
        self.hands.wait(lambda: self.area.verticalScrollBar().maximum() > 1000)
        self.hands.wait(lambda: self.hands.text("sign.reader.number"))

    def jump_to_end(self) -> None:
        """What the End key does."""
        bar = self.area.verticalScrollBar()
        bar.setValue(bar.maximum())

    def read_to_end(self) -> None:
        """Scroll page after page."""
        bar = self.area.verticalScrollBar()
        self.scroll_until(lambda: bar.value() == bar.maximum())

    def scroll_until(self, enough: Callable[[], Any]) -> None:
        """Scroll down from the top."""
        self.wait_for_document()
        bar = self.area.verticalScrollBar()
        bar.setValue(0)
        while not enough():
            bar.setValue(bar.value() + self.area.viewport().height() // 2)

    def read_everything(self) -> None:
        """All agreements, one after the other."""
        hands = self.hands
        while not hands.see("sign.consent").isEnabled():
            self.read_to_end()
            title = hands.text("sign.reader.title")
            hands.wait(lambda: hands.find("sign.next_agreement") or hands.see("sign.consent").isEnabled())
            if hands.find("sign.next_agreement"):
                hands.click("sign.next_agreement")
                hands.wait(lambda title=title: hands.text("sign.reader.title") not in ("", title))


@pytest.fixture
def certificates() -> MemoryCertificateStore:
    """An empty store that is quick to open."""
    return MemoryCertificateStore(CHEAP)


@pytest.fixture
def agreements(sandbox: SandboxServer) -> list[dict[str, Any]]:
    """An application is brought to the signing; what is to be signed."""
    walk = Walk(sandbox).begin().through("certificate_check")
    sandbox.shift_clock(SMS_INTERVAL)
    return walk.agreements()


@pytest.fixture
def open_reading(
    shell: Shell,
    hands: Hands,
    sandbox: SandboxServer,
    agreements: list[dict[str, Any]],
    backend: RestBackend,
    journal: MemoryJournal,
    certificates: MemoryCertificateStore,
    context: Callable[[Application], PageContext],
    log_in: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> Any:
    """To open the page; the clock of the reader stands still unless a test lets it run."""
    monkeypatch.setattr(agreement_reader, "SECOND_MS", A_DAY_MS)
    password = str(sandbox.customer(SAMPLE_ID_NUMBER)["certificate_password"])
    secret = Secret(password)
    certificates.import_pkcs12(sandbox.certificate_file(SAMPLE_ID_NUMBER), secret, secret)
    log_in()

    def open_view() -> ApplicationView:
        made = context(backend.applications()[0])
        return ApplicationView(
            shell, Engine(SETTLEMENT_ACCOUNT, made.services, journal, made.application), made
        )

    opened: list[Reading] = []

    def open_reading() -> Reading:
        opened.append(Reading(hands, open_view, password))
        return opened[-1]

    yield open_reading
    for one in opened:
        one.view.close()


@pytest.fixture
def reading(open_reading: Callable[[], Reading]) -> Reading:
    """The page, opened."""
    return open_reading()


@pytest.fixture
def read_all(reading: Reading, hands: Hands, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Everything is read and agreed to."""
    monkeypatch.setattr(agreement_reader, "SECOND_MS", 20)
    monkeypatch.setattr(timestamping, "PAUSES", (0, 0))
    reading.again()
    reading.read_everything()
    hands.tick("sign.consent")
    return reading
