"""A table of applications whose rows become two lines where the window is narrow."""

from __future__ import annotations

from typing import Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.core.model.application import Application, Status
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.widgets.labels import chip, label, line

HEADINGS = ("业务类型", "办理状态", "办理日期", "备注", "操作")
STRETCHES = (4, 3, 4, 6, 3)

#: Below this width a row has two lines (device-independent pixels).
ROOM_FOR_COLUMNS = 640

KINDS = {
    Status.DRAFT: "info",
    Status.AWAITING_VIDEO: "info",
    Status.VIDEO_REJECTED: "error",
    Status.AWAITING_REVIEW: "info",
    Status.REVIEWING: "info",
    Status.REVIEW_REJECTED: "error",
    Status.AWAITING_COUNTER: "warn",
    Status.SUCCEEDED: "ok",
    Status.FAILED: "error",
}


def date_of(application: Application) -> str:
    """办理日期: when it was submitted, else begun; Beijing time."""
    return f"{(application.submitted_at or application.created_at).astimezone(BEIJING):%Y-%m-%d %H:%M}"


class ApplicationRows(QWidget):
    """Rows of one list, pending or finished."""

    def __init__(
        self, applications: Sequence[Application], actions: Callable[[Application], list[QPushButton]]
    ) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._rows = [_Row([label(text, "field-label") for text in HEADINGS])]
        self._rows += [_Row(_cells(application, actions(application))) for application in applications]
        for row in self._rows:
            column.addWidget(row)
            column.addWidget(line())

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = event.size().width() < ROOM_FOR_COLUMNS
        self._rows[0].setVisible(not narrow)
        for row in self._rows[1:]:
            row.set_narrow(narrow)


class _Row(QFrame):
    def __init__(self, cells: list[QWidget]) -> None:
        super().__init__()
        self._cells = cells
        self._narrow: bool | None = None
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(12, 8, 12, 8)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self.set_narrow(False)

    def set_narrow(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        for cell in self._cells:
            self._grid.removeWidget(cell)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for number, cell in enumerate(self._cells):
            self._grid.setColumnStretch(number, 0 if narrow else STRETCHES[number])
            self._grid.setColumnMinimumWidth(number, 0)
            if not narrow:
                wraps = isinstance(cell, QLabel) and cell.wordWrap()
                self._grid.addWidget(cell, 0, number, Qt.AlignmentFlag(0) if wraps else left)
        if narrow:
            kind, status, date, remark, actions = self._cells
            self._grid.addWidget(kind, 0, 0, left)
            self._grid.addWidget(status, 0, 1, left)
            self._grid.addWidget(actions, 0, 2, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(date, 1, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(remark, 1, 1, 1, 2)
            self._grid.setColumnStretch(2, 1)


def _cells(application: Application, actions: list[QPushButton]) -> list[QWidget]:
    buttons = QWidget()
    row = QHBoxLayout(buttons)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for one in actions:
        row.addWidget(one)
    if not actions:
        row.addWidget(label("请在手机 APP 中办理", "hint"))
    row.addStretch(1)
    return [
        label(application.title),
        chip(application.status.text, KINDS[application.status], f"my_business.{application.id}.status"),
        label(date_of(application), "secondary"),
        label(_remark(application), "secondary", f"my_business.{application.id}.remark", wrap=True),
        buttons,
    ]


def _remark(application: Application) -> str:
    reasons = "；".join(reason.text for reason in application.reasons)
    return reasons or application.remark or "—"
