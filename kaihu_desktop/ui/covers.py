"""Opens 设备检测 over whatever is shown, from the top bar or a page, and says its state in the top bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from qtpy.QtCore import QObject

from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner

if TYPE_CHECKING:
    from kaihu_desktop.ui.navigator import Ports


class Covers(QObject):
    """The places that can be visited at any time; what one was at waits below, with all that was typed."""

    def __init__(self, shell: Shell, tasks: TaskRunner, ports: Ports) -> None:
        super().__init__(shell)
        self._shell, self._tasks, self._ports = shell, tasks, ports
        self.readiness = ReadinessMonitor(tasks, ports.readiness, self)
        self.readiness.changed.connect(self._show_state)
        shell.top_bar.readiness.connect(self.show_readiness)
        shell.closing.connect(self.close)
        self._show_state()

    def show_readiness(self) -> None:
        """Show 设备检测."""
        from kaihu_desktop.ui.pages.readiness import ReadinessPage

        self._show(lambda: ReadinessPage(self._tasks, self._shell.dialogs, self._ports, self.readiness))

    def close(self) -> None:
        """Back to where one was."""
        self._shell.close_cover()

    def _show(self, make: Callable[[], QObject]) -> None:
        page = make()
        page.returned.connect(self.close)
        self._shell.show_cover(page)

    def _show_state(self) -> None:
        monitor, problems = self.readiness, self.readiness.problems
        if monitor.busy:
            self._shell.top_bar.set_readiness("正在检测…", "")
        elif problems:
            failed = any(one.finding.state is State.FAILED for one in problems)
            self._shell.top_bar.set_readiness(f"{len(problems)} 项需要处理", "error" if failed else "warn")
        else:
            self._shell.top_bar.set_readiness("设备正常", "ok")
