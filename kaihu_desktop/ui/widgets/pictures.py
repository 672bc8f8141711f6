"""Pictures on the screen: between BGR arrays and Qt images, and labels that show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from qtpy.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from qtpy.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.pixels import image_of
from kaihu_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners

    BgraImage = np.ndarray[Any, np.dtype[np.uint8]]
    Box = tuple[int, int, int, int]

#: Pictures are shown from copies no larger than this (pixels), so that painting stays quick.
SHOWN_SIDE = 1600


#: The outline of a card, on a picture: bright enough to be seen on any background.
FOUND = QColor("#2BD386")

#: A picture is never higher than this share of the window, so that there is room for what belongs to it.
MOST_OF_WINDOW = 0.45


def to_qimage(image: BgrImage) -> QImage:
    """A copy of a BGR array (uint8 H×W×3) as a QImage."""
    whole = np.ascontiguousarray(image)
    height, width = whole.shape[:2]
    return image_of(whole.reshape(-1).data, width, height, width * 3, QImage.Format.Format_BGR888)


def reduced_qimage(image: BgrImage, side: int = SHOWN_SIDE) -> QImage:
    """The same, reduced so that its longer side is at most `side` pixels."""
    whole = to_qimage(image)
    if max(whole.width(), whole.height()) <= side:
        return whole
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return whole.scaled(side, side, keep, smooth)


def bgra_of(image: QImage) -> BgraImage:
    """A copy of a QImage, such as one from the clipboard, as an array (uint8 H×W×4), for other threads."""
    if image.isNull():
        return np.empty((0, 0, 4), np.uint8)
    whole = image.convertToFormat(QImage.Format.Format_ARGB32)  # rows of it have no padding
    return np.array(whole.constBits(), np.uint8).reshape(whole.height(), whole.width(), 4)


def png_of(image: BgraImage) -> bytes:
    """Such an array as the bytes of a PNG file. Takes a second for a large picture: not for the UI thread."""
    import cv2

    return cv2.imencode(".png", image)[1].tobytes() if image.size else b""


def fitted(inside: QSizeF, place: QRectF) -> QRectF:
    """The largest rectangle of the shape of `inside`, in the middle of `place`."""
    if inside.isEmpty():
        return QRectF(place)
    size = inside.scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
    middle = place.center()
    return QRectF(middle.x() - size.width() / 2, middle.y() - size.height() / 2, size.width(), size.height())


class PictureView(QWidget):
    """Shows one picture, whole, with round corners, and can mark a part of it.

    `aspect` is width over height of the place that is kept for it.
    """

    def __init__(self, name: str, text: str, *, aspect: float, widest: int, least: int = 160) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(text)
        self._aspect, self._widest, self._least = aspect, widest, least
        self._picture: QImage | None = None
        self._full_width = 1
        self._marked: Box | None = None
        self._outline: Corners | None = None
        # not Fixed: layouts would keep the height that belongs to the widest picture free below a narrow one
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMaximumWidth(widest)

    @property
    def empty(self) -> bool:
        """Whether no picture is shown."""
        return self._picture is None

    def show_image(self, image: BgrImage | None) -> None:
        """Show a BGR array, or nothing."""
        self._picture = None if image is None else reduced_qimage(image)
        self._full_width = 1 if image is None else image.shape[1]
        self._marked = self._outline = None
        self.update()

    def outline(self, corners: Corners | None) -> None:
        """Draw the outline of what was cut out, 4×2 in pixels of the array; None for none."""
        self._outline = corners
        self.update()

    def mark(self, box: Box | None) -> None:
        """Put a frame round (x, y, width, height) in pixels of the array; None takes it away."""
        self._marked = box
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(min(min(width, self._widest) / self._aspect, self.window().height() * MOST_OF_WINDOW))

    def sizeHint(self) -> QSize:
        return QSize(self._widest, self.heightForWidth(self._widest))

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, round(self._least / self._aspect))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), Theme.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.disabled))
            painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
            return
        place = fitted(QSizeF(self._picture.size()), QRectF(self.rect()))
        outline = QPainterPath()
        outline.addRoundedRect(place, 8, 8)
        painter.setClipPath(outline)
        painter.drawImage(place, self._picture)
        painter.setPen(QPen(QColor(tokens.line_strong), 1))
        painter.drawPath(outline)
        if self._outline is not None:
            self._paint_outline(painter, place)
        if self._marked is not None:
            self._paint_mark(painter, place)

    def _paint_outline(self, painter: QPainter, place: QRectF) -> None:
        scale = place.width() / self._full_width
        points = [
            QPointF(place.x() + float(x) * scale, place.y() + float(y) * scale) for x, y in self._outline
        ]
        painter.setPen(QPen(FOUND, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(points))

    def _paint_mark(self, painter: QPainter, place: QRectF) -> None:
        scale = place.width() / self._full_width
        x, y, width, height = self._marked
        box = QRectF(place.x() + x * scale, place.y() + y * scale, width * scale, height * scale)
        painter.setPen(QPen(QColor(Theme.current.primary), 2))
        painter.drawRoundedRect(box.adjusted(-4, -3, 4, 3), 4, 4)
