"""What has happened to an application, and what comes: dots with words, in a row or one below the other."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from qtpy.QtCore import QPointF, QRect, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent, QPen
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.core.model.application import Application, Status, TimelineEntry
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.theme import Theme

DOT, GAP, LEAST_LINE, ROW = 8, 8, 24, 28


@dataclass(frozen=True)
class Mark:
    """One entry; kind: done, current, error or later."""

    text: str
    kind: str


def marks_of(application: Application) -> tuple[Mark, ...]:
    """One entry for each status that the application had, and the success that is still to come."""
    runs = [next(entries) for _, entries in groupby(application.timeline, key=lambda entry: entry.status)]
    marks = [_mark(entry, number == len(runs) - 1) for number, entry in enumerate(runs)]
    if not application.status.finished:
        marks.append(Mark(Status.SUCCEEDED.text, "later"))
    return tuple(marks)


def _mark(entry: TimelineEntry, last: bool) -> Mark:
    status = next((one for one in Status if one.value == entry.status), None)
    if status is None or status is Status.DRAFT:
        text = entry.text  # such as 开始办理
    else:
        text = status.text if last else _PAST_TEXTS.get(status, status.text)
    if status is not None and (status.rejected or status is Status.FAILED):
        kind = "error"
    else:
        kind = "current" if last and status is not Status.SUCCEEDED else "done"
    return Mark(f"{text} {entry.at.astimezone(BEIJING):%m-%d %H:%M}", kind)


#: What a status is called when it is over.
_PAST_TEXTS = {Status.AWAITING_REVIEW: "已提交", Status.REVIEWING: "复核"}


class StatusTimeline(QWidget):
    """A row where it fits, else a column."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self._marks: tuple[Mark, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        font = self.font()
        font.setPixelSize(13)
        self.setFont(font)

    def show_marks(self, marks: tuple[Mark, ...]) -> None:
        """Show these entries, oldest first."""
        self._marks = marks
        self.setAccessibleName("办理进度：" + "，".join(mark.text for mark in marks))
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return ROW if self._row_fits(width) else ROW * len(self._marks)

    def sizeHint(self) -> QSize:
        return QSize(320, self.heightForWidth(max(self.width(), 320)))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, ROW)

    def _width(self, mark: Mark) -> int:
        return DOT + GAP + self.fontMetrics().horizontalAdvance(mark.text)

    def _row_fits(self, width: int) -> bool:
        between = (LEAST_LINE + 2 * GAP) * max(len(self._marks) - 1, 0)
        return sum(map(self._width, self._marks)) + between <= width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._row_fits(self.width()):
            self._paint_row(painter)
        else:
            self._paint_column(painter)

    def _paint_row(self, painter: QPainter) -> None:
        texts = sum(map(self._width, self._marks))
        gaps = max(len(self._marks) - 1, 1)
        space = min((self.width() - texts) / gaps, 200.0)
        left, middle = 0.0, ROW / 2
        for number, mark in enumerate(self._marks):
            if number:
                painter.setPen(QPen(QColor(Theme.current.line_strong), 1.5))
                painter.drawLine(QPointF(left - space + GAP, middle), QPointF(left - GAP, middle))
            self._paint_mark(painter, mark, left, 0)
            left += self._width(mark) + space

    def _paint_column(self, painter: QPainter) -> None:
        for number, mark in enumerate(self._marks):
            if number:
                painter.setPen(QPen(QColor(Theme.current.line_strong), 1.5))
                above = ROW * number - ROW / 2 + DOT
                painter.drawLine(QPointF(DOT / 2, above), QPointF(DOT / 2, above + ROW - 2 * DOT))
            self._paint_mark(painter, mark, 0, ROW * number)

    def _paint_mark(self, painter: QPainter, mark: Mark, left: float, top: float) -> None:
        tokens = Theme.current
        colours = {"done": tokens.ok, "current": tokens.info, "error": tokens.error}
        colour = QColor(colours.get(mark.kind, tokens.text_hint))
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(QColor(tokens.card) if mark.kind == "later" else colour)
        painter.drawEllipse(QPointF(left + DOT / 2, top + ROW / 2), DOT / 2 - 0.75, DOT / 2 - 0.75)
        painter.setPen(colour)
        place = QRect(round(left) + DOT + GAP, round(top), self.width(), ROW)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, mark.text)
