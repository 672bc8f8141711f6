"""The list of agreements with what has been read of each."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtGui import QColor, QFont, QPainter, QPaintEvent
from qtpy.QtWidgets import QAbstractButton, QFrame, QSizePolicy, QVBoxLayout

from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.ui.icons import pixmap
from kaihu_desktop.ui.theme import Theme, paint_focus
from kaihu_desktop.ui.widgets.labels import set_tooltip

WIDTH, ROW = 280, 64


class AgreementRow(QAbstractButton):
    """One agreement: sign, title, and pages read."""

    def __init__(self, agreement: Agreement) -> None:
        super().__init__()
        self.setObjectName(f"sign.agreement.{agreement.id}")
        self.setText(agreement.title)
        set_tooltip(self, agreement.title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._below, self._finished, self._current = "", False, False

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, ROW)

    def show_state(self, below: str, finished: bool, current: bool) -> None:
        """What has been read, and whether this agreement is open."""
        self._below, self._finished, self._current = below, finished, current
        self.setAccessibleName(f"{self.text()}，{below}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = Theme.current, QPainter(self)
        if self._current:
            painter.fillRect(self.rect(), QColor(tokens.primary_tint))
        elif self.underMouse():
            painter.fillRect(self.rect(), QColor(tokens.ground))
        if self.hasFocus():
            paint_focus(painter, self.rect())
        sign = ("circle-check", tokens.ok) if self._finished else ("book-open", tokens.primary)
        if not self._finished and not self._current:
            sign = ("circle", tokens.text_hint)
        painter.drawPixmap(14, 15, pixmap(*sign, 16))
        font = QFont(self.font())
        font.setPixelSize(14)
        font.setWeight(QFont.Weight.DemiBold if self._current else QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text))
        title_place = self.rect().adjusted(40, 10, -12, -32)
        title = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, title_place.width()
        )
        painter.drawText(title_place, Qt.AlignmentFlag.AlignVCenter, title)
        font.setPixelSize(12)
        font.setWeight(QFont.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(tokens.text_hint))
        painter.drawText(self.rect().adjusted(40, 34, -12, -8), Qt.AlignmentFlag.AlignVCenter, self._below)


class AgreementList(QFrame):
    """Signals: chosen(str), an agreement's id."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName("sign.agreements")
        self.setMinimumWidth(WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(1, 8, 1, 8)
        self._column.setSpacing(0)
        self._column.addStretch(1)
        self._rows: dict[str, AgreementRow] = {}

    def show_agreements(self, agreements: Sequence[Agreement]) -> None:
        """List these agreements."""
        for row in self._rows.values():
            row.deleteLater()
        self._rows = {}
        for place, agreement in enumerate(agreements):
            row = AgreementRow(agreement)
            row.clicked.connect(lambda _=False, key=agreement.id: self.chosen.emit(key))
            self._column.insertWidget(place, row)
            self._rows[agreement.id] = row

    def show_state(self, agreement: Agreement, entry: Mapping[str, Any], current: bool) -> None:
        """What has been read of one agreement."""
        if entry["finished"]:
            below = f"{agreement.pages} 页 · 已读完"
        elif entry["pages"]:
            below = f"{agreement.pages} 页 · 已读 {entry['pages']} 页"
        else:
            below = f"{agreement.pages} 页 · 未读"
        self._rows[agreement.id].show_state(below, entry["finished"], current)


def reading_text(agreement: Agreement, entry: Mapping[str, Any]) -> str:
    """What is missing until the agreement counts as read."""
    if entry["finished"]:
        return "这份协议已读完"
    missing = [page + 1 for page in range(agreement.pages) if page not in entry["seen"]]
    if not missing:
        return f"请完整阅读该协议内容，还需 {agreement.min_seconds - entry['seconds']} 秒"
    if entry["pages"] and missing[0] < max(entry["seen"]) + 1:
        listed = "、".join(str(page) for page in missing[:5])
        return f"请完整阅读该协议内容，第 {listed} 页还没有看"
    return f"请完整阅读该协议内容，还有 {len(missing)} 页"
