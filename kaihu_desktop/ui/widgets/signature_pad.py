"""A white sheet to write one's name on with mouse, pen or finger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QTabletEvent,
)
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.window_height import WindowHeight

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

#: Width of the picture that is made of the strokes; the height follows the shape of the writing (pixels).
PICTURE_WIDTH = 1200
INK = QColor(20, 24, 40)
THINNEST, THICKEST = 2.0, 5.5
#: A line shorter than this on the screen is a slip of the hand, not a signature (pixels).
SHORTEST_WRITING = 120.0
#: Points nearer to each other are one: a hand trembles (pixels).
TREMBLE = 1.5
#: A mouse or a finger tells no pressure: quick strokes become thin. Pixels from one event to the next.
QUICK = 60.0


@dataclass
class Stroke:
    """Points in pixels of the pad, with the pen's width at each."""

    points: list[QPointF] = field(default_factory=list)
    widths: list[float] = field(default_factory=list)

    def extend(self, point: QPointF, pressure: float | None) -> None:
        """Go on to a point; pressure 0 … 1, None where the device tells none."""
        step = _distance(self.points[-1], point) if self.points else 0.0
        if self.points and step < TREMBLE:
            return
        if pressure is None:
            pressure = min(max(0.8 - step / QUICK, 0.15), 0.8)
        width = THINNEST + (THICKEST - THINNEST) * min(max(pressure, 0.0), 1.0)
        before = self.widths[-1] if self.widths else width
        self.points.append(QPointF(point))
        self.widths.append(before + (width - before) * 0.4)  # ink follows the hand smoothly

    @property
    def length(self) -> float:
        """Length of the line in pixels."""
        return sum(_distance(a, b) for a, b in zip(self.points, self.points[1:]))

    def paint(self, painter: QPainter) -> None:
        """Draw a curve that is smooth at every point: from middle to middle, bent towards the points."""
        middles = [(a + b) / 2 for a, b in zip(self.points, self.points[1:])]
        ends = [self.points[0], *middles, self.points[-1]]
        for start, towards, end, width in zip(ends, self.points, ends[1:], self.widths):
            path = QPainterPath(start)
            path.quadTo(towards, end)
            if start == end:
                path.lineTo(end + QPointF(0.01, 0))  # a dot
            pen = QPen(INK, width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPath(path)


def _distance(one: QPointF, other: QPointF) -> float:
    return float(np.hypot(other.x() - one.x(), other.y() - one.y()))


class SignaturePad(QWidget):
    """Signals: changed(): a stroke grew or was taken away. entered(): Enter was pressed."""

    changed = Signal()
    entered = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.setAccessibleName("手写签名区")
        self.setAccessibleDescription("用鼠标、手写笔或手指在这里书写姓名")
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)
        WindowHeight(self, others=400, least=160, most=420)
        self._strokes: list[Stroke] = []
        self._cleared: list[Stroke] = []
        self._writing = False

    @property
    def blank(self) -> bool:
        """Whether too little is written to be a name."""
        return sum(stroke.length for stroke in self._strokes) < SHORTEST_WRITING

    def undo(self) -> None:
        """Take the last stroke away, or bring back what was cleared."""
        if self._strokes:
            self._strokes.pop()
        else:
            self._strokes, self._cleared = self._cleared, []
        self._tell()

    def clear(self) -> None:
        """Take everything away."""
        if self._strokes:
            self._strokes, self._cleared = [], self._strokes
            self._tell()

    def image(self) -> BgrImage:
        """The writing on white as a BGR array, `PICTURE_WIDTH` wide, with a margin all round."""
        bounds = self._bounds()
        margin = max(bounds.width(), bounds.height()) * 0.08
        bounds.adjust(-margin, -margin, margin, margin)
        height = round(min(max(PICTURE_WIDTH * bounds.height() / bounds.width(), 400), PICTURE_WIDTH))
        scale = min(PICTURE_WIDTH / bounds.width(), height / bounds.height())
        picture = QImage(PICTURE_WIDTH, height, QImage.Format.Format_RGB888)
        picture.fill(Qt.GlobalColor.white)
        painter = QPainter(picture)
        painter.translate(PICTURE_WIDTH / 2, height / 2)
        painter.scale(scale, scale)
        painter.translate(-bounds.center())
        self._paint_strokes(painter)
        painter.end()
        # rows are padded to whole 32-bit words: PICTURE_WIDTH × 3 is divisible by four
        rgb = np.frombuffer(bytes(picture.constBits()), np.uint8).reshape(height, PICTURE_WIDTH, 3)
        return np.ascontiguousarray(rgb[:, :, ::-1])

    # writing

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._begin(event.position(), None)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._writing:
            self._extend(event.position(), None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._writing = False

    def tabletEvent(self, event: QTabletEvent) -> None:
        kind = event.type()
        if kind == QEvent.Type.TabletPress:
            self._begin(_place(event), event.pressure())
        elif kind == QEvent.Type.TabletMove and self._writing:
            self._extend(_place(event), event.pressure())
        elif kind == QEvent.Type.TabletRelease:
            self._writing = False
        event.accept()

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind not in (QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd):
            return bool(super().event(event))
        # the first finger writes; accepted, so that no mouse is pretended and the page doesn't scroll
        points = event.points() if hasattr(event, "points") else event.touchPoints()
        if kind == QEvent.Type.TouchBegin:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._begin(_place(points[0]), None)
        elif self._writing:
            self._extend(_place(points[0]), None)
        self._writing = self._writing and kind != QEvent.Type.TouchEnd
        event.accept()
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Backspace or event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        else:
            super().keyPressEvent(event)

    def _begin(self, point: QPointF, pressure: float | None) -> None:
        self._writing = True
        self._strokes.append(Stroke())
        self._extend(point, pressure)

    def _extend(self, point: QPointF, pressure: float | None) -> None:
        self._strokes[-1].extend(point, pressure)
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    # painting

    def sizeHint(self) -> QSize:
        return QSize(640, 300)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), Theme.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.primary if self.hasFocus() else tokens.line_strong), 1))
        painter.setBrush(QColor("white"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        base = round(self.height() * 0.72)
        painter.setPen(QPen(QColor(tokens.line), 1, Qt.PenStyle.DashLine))
        painter.drawLine(32, base, self.width() - 32, base)
        if not self._strokes:
            painter.setPen(QColor(tokens.text_hint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "请在这里书写您的姓名")
        self._paint_strokes(painter)

    def _paint_strokes(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            stroke.paint(painter)

    def _bounds(self) -> QRectF:
        points = [point for stroke in self._strokes for point in stroke.points]
        xs, ys = [point.x() for point in points], [point.y() for point in points]
        return QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs) + 1, max(ys) + 1))


def _place(point: Any) -> QPointF:
    """Where a pen or a finger is; Qt 5 has other names for it."""
    if hasattr(point, "position"):
        return QPointF(point.position())
    return QPointF(point.posF() if hasattr(point, "posF") else point.pos())
