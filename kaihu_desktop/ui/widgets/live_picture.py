"""The live picture of the camera with the outline of the card and one piece of advice in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from qtpy.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
)
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.widgets.pictures import FOUND, fitted
from kaihu_desktop.ui.widgets.window_height import WindowHeight

if TYPE_CHECKING:
    from kaihu_desktop.ui.widgets.live_feed import View

# On a picture, in every theme: bright enough to be seen on any background.
BACKGROUND, PILL = QColor(33, 38, 46), QColor(20, 24, 30, 215)
DOUBTFUL, GUIDE = QColor("#FFB020"), QColor(255, 255, 255, 150)
RING_GROUND = QColor(255, 255, 255, 70)

#: Of a camera's picture, and the most pixels that one is high on any screen.
SHAPE, HIGHEST = 9 / 16, 4320

#: Share of the way to what is so that the ring goes with every frame: it fills up calmly.
CALMNESS = 0.3


class LivePicture(QWidget):
    """Paints views of a camera, letterboxed; child widgets may be laid over it.

    others, least: so high that it is seen without scrolling, see `WindowHeight`.

    Signals:
        resized(): see `pixels`.
    """

    resized = Signal()

    def __init__(self, name: str, *, others: int, least: int) -> None:
        super().__init__()
        WindowHeight(self, others=others, least=least, most=HIGHEST, shape=SHAPE)
        self.setObjectName(name)
        self.setAccessibleName("摄像头画面")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view: View | None = None
        self._guide = 0.0
        self._progress = self._ring = 0.0
        self.advice = ""

    @property
    def pixels(self) -> QSize:
        """The size of this widget in pixels of the screen, at which views are to be prepared."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    @property
    def view(self) -> View | None:
        """What is shown."""
        return self._view

    def set_view(self, view: View | None) -> None:
        """Show a frame with the outline of the card in it; None shows neither, nor advice."""
        self._view = view
        if view is None:
            self.advice, self._progress, self._ring = "", 0.0, 0.0
        self._ring += (self._progress - self._ring) * CALMNESS
        self.update()

    def set_guide(self, aspect: float) -> None:
        """Draw a dashed frame of this shape where nothing is found by itself; 0 for none."""
        self._guide = aspect
        self.update()

    def set_advice(self, text: str, progress: float = 0.0) -> None:
        """The one sentence in the picture, and how far the card has been held still, 0 … 1, in a ring."""
        self._progress = progress
        if text != self.advice:
            self.advice = text
            self.setAccessibleDescription(text)
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.resized.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.fillPath(whole, BACKGROUND)
        painter.setClipPath(whole)
        if self._view is None:
            return
        image = self._view.image
        place = fitted(QSizeF(image.size()), QRectF(self.rect()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
        if self._view.corners is not None:
            self._paint_outline(painter, place)
        elif self._guide:
            self._paint_guide(painter, place)
        if self.advice:
            self._paint_advice(painter)

    def _paint_outline(self, painter: QPainter, place: QRectF) -> None:
        scale = place.width() / self._view.pixels.width
        points = [
            QPointF(place.x() + float(x) * scale, place.y() + float(y) * scale) for x, y in self._view.corners
        ]
        pen = QPen(FOUND if self._view.accepted else DOUBTFUL, 3)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(points))
        painter.setBrush(QColor("white"))
        for point in points:
            painter.drawEllipse(point, 6, 6)

    def _paint_guide(self, painter: QPainter, place: QRectF) -> None:
        margin = place.height() * 0.12
        frame = fitted(QSizeF(self._guide, 1.0), place.adjusted(margin, margin, -margin, -margin))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(GUIDE, 2, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(frame, 8, 8)

    def _paint_advice(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(15)
        painter.setFont(font)
        ring = 28.0 if self._ring > 0.02 else 0.0
        width = min(QFontMetricsF(font).horizontalAdvance(self.advice) + 40 + ring, self.width() - 24.0)
        pill = QRectF((self.width() - width) / 2, self.height() - 50, width, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, 17, 17)
        if ring:
            self._paint_ring(painter, QRectF(pill.x() + 12, pill.y() + 8, 18, 18))
        painter.setPen(QColor("white"))
        painter.drawText(pill.adjusted(ring, 0, 0, 0), Qt.AlignmentFlag.AlignCenter, self.advice)

    def _paint_ring(self, painter: QPainter, place: QRectF) -> None:
        """A ring that fills up while the card is held still; full, it releases the shutter."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(RING_GROUND, 3))
        painter.drawEllipse(place)
        pen = QPen(FOUND, 3)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(place, 90 * 16, -round(self._ring * 360 * 16))
