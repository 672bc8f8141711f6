"""Opens 设备检测, 我的证书 and 设置 over whatever is shown, and says in the top bar how the PC is."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Callable, Sequence

from qtpy.QtCore import QObject, QTimer, Signal

from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.readiness import ReadinessMonitor, speaker_finding
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.visitor import Visitor

if TYPE_CHECKING:
    from kaihu_desktop.ui.navigator import Ports


#: The PC is checked when the first page is there: it is what whoever starts the program waits for.
CHECK_AFTER_MS = 300


class Covers(QObject):
    """The places that can be visited at any time; what one was at waits below, with all that was typed.

    Signals: go_to_business(), the person wants to choose a business.
    """

    go_to_business = Signal()

    def __init__(self, shell: Shell, tasks: TaskRunner, ports: Ports) -> None:
        super().__init__(shell)
        self._shell, self._tasks, self._ports = shell, tasks, ports
        self.readiness = ReadinessMonitor(tasks, ports.readiness, self)
        self.readiness.changed.connect(self._show_state)
        self._tried = self._devices
        self.visitor = Visitor(ports.backend, None, None)
        self._loading: Task | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CHECK_AFTER_MS)
        self._soon.timeout.connect(self.check_pc)
        shell.top_bar.readiness.connect(self.show_readiness)
        shell.top_bar.certificates.connect(self.show_certificates)
        shell.top_bar.settings.connect(self.show_settings)
        shell.closing.connect(self._soon.stop)
        shell.closing.connect(self.close)
        self._show_state()

    def check_pc_soon(self) -> None:
        """`check_pc`, as soon as the window can be used."""
        self._soon.start()

    def check_pc(self) -> None:
        """Look at everything that can be looked at without a sound."""
        self.readiness.check(*(one for one in self.readiness.titles if one != "speaker"))
        audio = self._ports.audio
        self._tasks.run(
            self, lambda _: audio().speakers(), self._speakers_seen, lambda _: self._speakers_seen(())
        )

    def _speakers_seen(self, names: Sequence[str]) -> None:
        self.readiness.tell("speaker", speaker_finding(names, self._ports.settings.speaker))

    def show_readiness(self) -> None:
        """Show 设备检测."""
        self._check_changed()
        self._load("kaihu_desktop.ui.pages.readiness", self._readiness_page)

    def show_settings(self) -> None:
        """Show 设置."""
        self._load("kaihu_desktop.ui.pages.settings", self._settings_page)

    def show_certificates(self) -> None:
        """Show 我的证书."""
        self._load("kaihu_desktop.ui.pages.my_certificates", self._certificates_page)

    def set_visitor(self, company: Company | None, customer: Customer | None) -> None:
        """Who is here from now on; None of whom isn't known."""
        self.visitor = Visitor(self._ports.backend, company, customer)

    def close(self) -> None:
        """Back to where one was."""
        if self._loading is not None:
            self._loading.cancel()
        self._shell.close_cover()

    @property
    def _devices(self) -> dict[str, str]:
        settings = self._ports.settings
        return {"camera": settings.camera, "microphone": settings.microphone}

    def _check_changed(self) -> None:
        """Another device was chosen: what is known is about the one before."""
        now, before = self._devices, self._tried
        self._tried = now
        self.readiness.check(*(one for one in now if now[one] != before[one]))

    def _load(self, module: str, make: Callable[[], Page]) -> None:
        """Show a page; what it imports, if it is the first time, doesn't stop the window."""
        if self._loading is not None:
            self._loading.cancel()  # of two places the one that was asked for last
        self._loading = self._tasks.run(
            self, lambda _: importlib.import_module(module), lambda _: self._show(make()), label="正在打开…"
        )

    def _show(self, page: Page) -> None:
        self._loading = None
        page.returned.connect(self.close)
        self._shell.show_cover(page)

    def _readiness_page(self) -> Page:
        from kaihu_desktop.ui.pages.readiness import ReadinessPage

        return ReadinessPage(self._tasks, self._shell.dialogs, self._ports, self.readiness)

    def _settings_page(self) -> Page:
        from kaihu_desktop.ui.pages.settings import SettingsPage

        ports = self._ports
        page = SettingsPage(self._tasks, ports.settings, ports.cameras, ports.audio, ports.ocr_engines)
        page.check_devices.connect(self.show_readiness)
        page.returned.connect(self._check_changed)
        return page

    def _certificates_page(self) -> Page:
        from kaihu_desktop.ui.pages.my_certificates import MyCertificatesPage

        ports = self._ports
        page = MyCertificatesPage(
            self._tasks, self._shell.dialogs, ports.certificates, ports.windows, ports.settings, self.visitor
        )
        page.go_to_business.connect(self.close)
        page.go_to_business.connect(self.go_to_business)
        return page

    def _show_state(self) -> None:
        monitor, problems = self.readiness, self.readiness.problems
        if monitor.busy:
            self._shell.top_bar.set_readiness("正在检测…", "")
        elif problems:
            failed = any(one.finding.state is State.FAILED for one in problems)
            self._shell.top_bar.set_readiness(f"{len(problems)} 项需要处理", "error" if failed else "warn")
        else:
            self._shell.top_bar.set_readiness("设备正常", "ok")
