"""Which checks stand in which row of 设备检测, and what the row says."""

from __future__ import annotations

from kaihu_desktop.core.model.readiness import State
from kaihu_desktop.ui.pages.readiness_help import help_for
from kaihu_desktop.ui.readiness import ReadinessMonitor
from kaihu_desktop.ui.widgets.check_row import CHECKING, CheckRow

#: Rows of their own, in the order in which a person would look.
MAIN = ("camera", "microphone", "speaker", "network", "certificates")

#: The rest is one row as long as it is well; what isn't well has a row of its own.
REST, REST_TITLE = "computer", "这台电脑"
#: Whose words stand in it.
REST_TOLD = ("system", "disk")


class ReadinessRows:
    """The rows by name: `MAIN`, each further check, and `REST`."""

    def __init__(self, monitor: ReadinessMonitor) -> None:
        self._monitor = monitor
        self._rest = tuple(one for one in monitor.titles if one not in MAIN)
        shown = [one for one in MAIN if one in monitor.titles]
        self.rows = {one: CheckRow(f"readiness.{one}", monitor.titles[one]) for one in (*shown, *self._rest)}
        self.rows[REST] = CheckRow(f"readiness.{REST}", REST_TITLE)

    def show_all(self) -> None:
        """Show what is known; the rows must have their place by then."""
        for check_id in self._monitor.titles:
            self.show(check_id)

    def show(self, check_id: str) -> None:
        """Show what is known of a check now."""
        row, monitor = self.rows[check_id], self._monitor
        result = monitor.result(check_id)
        if monitor.checking(check_id) or result is None:
            self.show_checking(check_id)
        else:
            finding = result.finding
            row.show_state(finding.state.value, finding.text)
            row.set_help(*(("", ()) if finding.state is State.OK else help_for(finding)))
        if check_id in self._rest:
            bad = result is not None and result.finding.state is not State.OK
            row.setVisible(bad)
            self._show_rest()

    def show_checking(self, check_id: str) -> None:
        """Its check is about to run."""
        result = self._monitor.result(check_id)
        self.rows[check_id].show_state(CHECKING, result.finding.text if result else "请稍候…")

    def unfold_worst(self) -> None:
        """Show what to do about the first thing that doesn't work."""
        failed = [one for one in self._monitor.problems if one.finding.state is State.FAILED]
        for result in [*failed, *self._monitor.problems][:1]:
            self.rows[result.id].unfold_help(True)

    def _show_rest(self) -> None:
        monitor = self._monitor
        results = {one: monitor.result(one) for one in self._rest}
        told = [
            results[one].finding.text
            for one in REST_TOLD
            if results.get(one) and results[one].finding.state is State.OK
        ]
        pending = any(monitor.checking(one) or results[one] is None for one in self._rest)
        well = any(one is not None and one.finding.state is State.OK for one in results.values())
        text = " · ".join(told) or ("其余项目正常" if well else "")
        row = self.rows[REST]
        row.show_state(CHECKING if pending else State.OK.value, text)
        row.setVisible(pending or well)
