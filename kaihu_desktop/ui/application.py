"""The Qt application and its one window."""

from __future__ import annotations

import os
import sys
from types import TracebackType

from qtpy import QT5
from qtpy.QtCore import QObject, Qt
from qtpy.QtWidgets import QApplication

from kaihu_desktop.process_memory import give_back_freed_memory
from kaihu_desktop.ui.garbage import GarbageCollector
from kaihu_desktop.ui.navigator import Navigator, Ports
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner, as_failure
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.translation import speak_chinese


def create_application() -> QApplication:
    """The application, right on every screen scale. Call it before any widget is made."""
    give_back_freed_memory()
    if QT5:
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_EnableHighDpiScaling)
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_UseHighDpiPixmaps)
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication([])
    application.setApplicationName("kaihu_desktop")
    application.setApplicationDisplayName("")
    application.setStyle("Fusion")
    speak_chinese(application)
    Theme.apply(application)
    return application


def leave(tasks: TaskRunner, code: int) -> int:
    """The program's exit code, for when its window is closed; if work hangs, the process ends here.

    Python would take itself down under the threads that still work; native code that comes back to it then,
    such as OpenCV's, ends in a crash.
    """
    if tasks.working:
        os._exit(code)
    return code


class Window(QObject):
    """The shell with what moves it: background tasks and the navigator."""

    def __init__(self, ports: Ports) -> None:
        super().__init__()
        self.tasks = TaskRunner(self)
        self.shell = Shell(self.tasks)
        self.navigator = Navigator(self.shell, self.tasks, ports)
        GarbageCollector(self)
        QApplication.instance().aboutToQuit.connect(self.tasks.close)

    def open(self, link: str = "") -> None:
        """Show the window and start, at the company that `link` names if there is one."""
        sys.excepthook = self._unexpected
        self._fit_screen()
        self.shell.show()
        self.shell.activateWindow()
        self.navigator.start(link)

    def _unexpected(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """What Qt met in one of our slots: told like every failure, and logged without its message."""
        if isinstance(error, Exception):
            self.shell.show_failure(as_failure(error))
        else:
            sys.__excepthook__(kind, error, trace)

    def _fit_screen(self) -> None:
        available = self.shell.screen().availableGeometry()
        width, height = min(1280, available.width()), min(800, available.height())
        self.shell.resize(width, height)
        if (width, height) == (available.width(), available.height()):
            self.shell.move(available.topLeft())
        else:
            self.shell.move(available.center() - self.shell.rect().center())
