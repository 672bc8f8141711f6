"""What the UI tests share: a window, the real client against the real sandbox, and hands to work it with."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QCoreApplication, QEvent, QObject, QPoint, QPointF, Qt
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.bootstrap import bins, card_reader
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.flow.businesses import SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.login import Credentials
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.settings import Settings, load_settings
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.garbage import GarbageCollector
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.readiness_world import ScriptedReadiness
from tests.unit.certificates.windows_stores import WindowsPc

#: What a machine under load may need at most (milliseconds): half of what pytest gives the whole test. Only a
#: test that fails waits so long.
LONG = 60_000

#: Kept, as a window keeps its own: the last to hold one would else be a thread that outlives its test.
_RUNNERS: list[TaskRunner] = []


class Hands:
    """Finds widgets by object name and works them as a person does. Everything waits for what it needs."""

    def __init__(self, qtbot: QtBot, shell: Shell) -> None:
        self.qtbot, self.shell = qtbot, shell

    def wait(self, condition: Callable[[], Any]) -> None:
        """Let the window live until `condition` is true."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=LONG)

    def find(self, name: str) -> QWidget | None:
        """The visible widget of this name, None when there is none."""
        return next((one for one in self.shell.findChildren(QWidget, name) if one.isVisible()), None)

    def see(self, name: str) -> Any:
        """Wait for a widget to be visible."""
        self.wait(lambda: self.find(name))
        return self.find(name)

    def text(self, name: str) -> str:
        """The text of a visible label, button or field."""
        return str(self.see(name).text())

    def see_text(self, name: str, part: str) -> None:
        """Wait until a widget shows a text."""
        self.wait(lambda: (found := self.find(name)) is not None and part in found.text())

    def click(self, name: str) -> None:
        """Click a widget as soon as it can be used."""
        self.wait(lambda: (found := self.find(name)) is not None and found.isEnabled())
        self.qtbot.mouseClick(self.see(name), Qt.MouseButton.LeftButton)

    def tick(self, name: str) -> None:
        """Tick a box by the keyboard: its middle may be beside its text."""
        self.see(name).setFocus()
        self.qtbot.keyClick(self.see(name), Qt.Key.Key_Space)

    def type(self, name: str, text: str) -> None:
        """Replace what stands in a field."""
        edit = self.see(name)
        assert isinstance(edit, (QLineEdit, QPlainTextEdit))
        edit.setFocus()
        edit.selectAll()
        self.qtbot.keyClick(edit, Qt.Key.Key_Delete)
        if text.isascii():
            self.qtbot.keyClicks(edit, text)
        else:  # the test library has keys for Latin letters only
            QApplication.clipboard().setText(text)
            self.qtbot.keyClick(edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    def drag(self, widget: QWidget, *way: QPoint) -> None:
        """Press the left button at the first place, move over the others, let it go at the last.

        The test library's own moves press no button on Qt 5.
        """
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        self.qtbot.mousePress(widget, left, pos=way[0])
        for place in way[1:]:
            here, there = QPointF(place), QPointF(widget.mapToGlobal(place))
            kind, modifiers = QEvent.Type.MouseMove, Qt.KeyboardModifier.NoModifier
            QApplication.sendEvent(widget, QMouseEvent(kind, here, there, none, left, modifiers))
        self.qtbot.mouseRelease(widget, left, pos=way[-1])

    def hurry(self) -> None:
        """Let what runs in the background end and be told before the window's timers come to anything."""
        for thread in threading.enumerate():
            if thread.name == "task":
                thread.join()
        QCoreApplication.sendPostedEvents()
        QCoreApplication.processEvents()

    def focused(self, name: str) -> None:
        """Wait until a widget has the focus."""
        self.wait(lambda: (QApplication.focusWidget() or QWidget()).objectName() == name)


class _Flashes(QObject):
    """Notices windows beside the shell: a widget that is shown before it has its place flashes up."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        shown = event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow()
        if shown and not isinstance(watched, Shell) and watched.windowType() == Qt.WindowType.Window:
            self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.fixture(scope="session")
def _look(qapp: QApplication) -> None:
    Theme.apply(qapp)


@pytest.fixture(scope="session", autouse=True)
def _garbage(qapp: QApplication) -> None:
    """As in the window: left alone, Python would delete widgets of earlier tests in any thread."""
    GarbageCollector(qapp)


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[TaskRunner]:
    """The window's door to background work."""
    runner = TaskRunner()
    _RUNNERS.append(runner)
    yield runner
    runner.close()


@pytest.fixture
def shell(qtbot: QtBot, qapp: QApplication, _look: None, tasks: TaskRunner) -> Iterator[Shell]:
    """The window, active and with nothing in it."""
    flashes = _Flashes()
    qapp.installEventFilter(flashes)
    made = Shell(tasks)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    yield made
    qapp.removeEventFilter(flashes)
    assert flashes.seen == []


@pytest.fixture
def hands(qtbot: QtBot, shell: Shell) -> Hands:
    """To work the window with."""
    return Hands(qtbot, shell)


@pytest.fixture
def backend(sandbox: SandboxServer) -> Iterator[RestBackend]:
    """A client of the sandbox in which nobody is logged in."""
    client = RestBackend(sandbox.url, wait=lambda seconds: None)
    yield client
    client.close()


@pytest.fixture
def company(backend: RestBackend) -> Company:
    """The sample company."""
    return backend.company(COMPANY)


@pytest.fixture
def log_in(backend: RestBackend, sandbox: SandboxServer, company: Company) -> Callable[[str], None]:
    """Logs a made-up customer in to `backend`."""

    def log_in(id_number: str = SAMPLE_ID_NUMBER) -> None:
        captcha = backend.captcha()
        text = sandbox.captcha_text(captcha.id)
        backend.send_sms(company.code, "futures", id_number, captcha.id, text)
        consents = tuple((item.purpose, company.privacy_policy.version) for item in company.consents)
        code = Secret(sandbox.sms_code(id_number))
        backend.login(Credentials(company.code, "futures", id_number, captcha.id, text, code, consents))

    return log_in


@pytest.fixture
def journal() -> MemoryJournal:
    """Drafts in memory."""
    return MemoryJournal()


@pytest.fixture
def certificates() -> MemoryCertificateStore:
    """A certificate store with nothing in it."""
    return MemoryCertificateStore()


@pytest.fixture
def windows() -> WindowsPc | None:
    """No PC with Windows; a test that wants one overrides this."""
    return None


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """What is remembered on a PC on which the program was never started."""
    return load_settings({"KAIHU_HOME": str(tmp_path)})


@pytest.fixture
def this_pc(tasks: TaskRunner) -> Iterator[ScriptedReadiness]:
    """The checks of a PC on which all is good until the test says otherwise; over before `tasks` are."""
    checks = ScriptedReadiness()
    yield checks
    checks.let_go()


@pytest.fixture
def readiness(tasks: TaskRunner, this_pc: ScriptedReadiness) -> ReadinessMonitor:
    """What is known of that PC: nothing, before it is checked."""
    return ReadinessMonitor(tasks, this_pc)


@pytest.fixture
def context(
    shell: Shell,
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    certificates: MemoryCertificateStore,
    settings: Settings,
    windows: WindowsPc | None,
) -> Callable[[Application], PageContext]:
    """Makes what a step's page needs, for the customer who is logged in."""

    def make(application: Application) -> PageContext:
        services = Services(backend, certificates, company, backend.customer(), windows)
        dialogs, nothing = shell.dialogs, lambda: None
        return PageContext(
            tasks, dialogs, services, settings, application, card_reader, cameras(), bins, nothing
        )

    return make


@pytest.fixture
def open_application(
    shell: Shell, journal: MemoryJournal, context: Callable[[Application], PageContext]
) -> Callable[[Application], ApplicationView]:
    """Opens an application of the customer who is logged in, where it stands."""

    def open_application(application: Application) -> ApplicationView:
        made = context(application)
        engine = Engine(SETTLEMENT_ACCOUNT, made.services, journal, made.application)
        return ApplicationView(shell, engine, made)

    return open_application


@pytest.fixture
def show(shell: Shell) -> Callable[[Page], Page]:
    """Shows a page by itself in the window."""

    def show(page: Page) -> Page:
        shell.show_page(page, rail=False, footer=False)
        return page

    return show
