"""The live picture of the camera with the outline of the card and one piece of advice in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QPointF, QRectF, QSizeF, Qt
from qtpy.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.widgets.pictures import fitted, to_qimage

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners

# On a picture, in every theme: bright enough to be seen on any background.
BACKGROUND, PILL = QColor(33, 38, 46), QColor(20, 24, 30, 215)
FOUND, DOUBTFUL, GUIDE = QColor("#2BD386"), QColor("#FFB020"), QColor(255, 255, 255, 150)


class LivePicture(QWidget):
    """Paints frames, letterboxed; child widgets may be laid over it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("摄像头画面")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._frame: QImage | None = None
        self._corners: Corners | None = None
        self._accepted = False
        self._guide = 0.0
        self.advice = ""

    def set_frame(self, image: BgrImage | None) -> None:
        """Show a frame; None shows none, and no outline."""
        self._frame = None if image is None else to_qimage(image)
        if image is None:
            self._corners, self.advice = None, ""
        self.update()

    def set_outline(self, corners: Corners | None, accepted: bool) -> None:
        """Draw the card's outline (4×2 in pixels of the frame), green when accepted, else amber."""
        self._corners, self._accepted = corners, accepted
        self.update()

    def set_guide(self, aspect: float) -> None:
        """Draw a dashed frame of this shape where nothing is found by itself; 0 for none."""
        self._guide = aspect
        self.update()

    def set_advice(self, text: str) -> None:
        """The one sentence in the picture."""
        if text != self.advice:
            self.advice = text
            self.setAccessibleDescription(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QPainterPath()
        whole.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.fillPath(whole, BACKGROUND)
        painter.setClipPath(whole)
        if self._frame is None:
            return
        place = fitted(QSizeF(self._frame.size()), QRectF(self.rect()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._frame)
        if self._corners is not None:
            self._paint_outline(painter, place)
        elif self._guide:
            self._paint_guide(painter, place)
        if self.advice:
            self._paint_advice(painter)

    def _paint_outline(self, painter: QPainter, place: QRectF) -> None:
        scale = place.width() / self._frame.width()
        points = [
            QPointF(place.x() + float(x) * scale, place.y() + float(y) * scale) for x, y in self._corners
        ]
        colour = FOUND if self._accepted else DOUBTFUL
        pen = QPen(colour, 3)
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
        width = min(QFontMetricsF(font).horizontalAdvance(self.advice) + 40, self.width() - 24.0)
        pill = QRectF((self.width() - width) / 2, self.height() - 50, width, 34)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(PILL)
        painter.drawRoundedRect(pill, 17, 17)
        painter.setPen(QColor("white"))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self.advice)
