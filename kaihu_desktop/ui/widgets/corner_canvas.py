"""Moves the four corners of a card on the whole picture, which itself is never changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from qtpy.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.pictures import fitted, reduced_qimage
from kaihu_desktop.ui.widgets.window_height import WindowHeight

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners

PADDING = 18
#: Height of the window's other parts, so that picture and buttons are seen without scrolling (pixels).
OTHER_PARTS = 400
REACH = 28.0  # pixels on the screen from which a handle is taken
MAGNIFIED, MAGNIFIER = 3.0, 56.0  # times, radius in pixels
NAMES = ("左上角", "右上角", "右下角", "左下角")
STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CornerCanvas(QWidget):
    """The picture with four handles. Corners are pixels of the picture as it is turned at present.

    Signals: moved(): a corner has moved.
    """

    moved = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(240)
        WindowHeight(self, others=OTHER_PARTS, least=240)
        self.setAccessibleName("裁剪调整")
        self.image: BgrImage = np.zeros((1, 1, 3), np.uint8)
        self.corners: Corners = np.zeros((4, 2), np.float32)
        self._shown = QImage()
        self._chosen, self._dragging = 0, False
        self._past: list[tuple[BgrImage, Corners]] = []

    def edit(self, image: BgrImage, corners: Corners) -> None:
        """Start with a picture and its corners."""
        self._past.clear()
        self.show_state(image, corners)

    def show_state(self, image: BgrImage, corners: Corners) -> None:
        """Show a picture and corners; what was before can be undone only if it was remembered."""
        self.image, self.corners = image, corners.astype(np.float32)
        self._shown = reduced_qimage(image)
        self._tell()

    @property
    def changed(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._past)

    def remember(self) -> None:
        """The state to which `undo` returns."""
        self._past.append((self.image, self.corners.copy()))

    def undo(self) -> None:
        """Take the last change back."""
        if self._past:
            self.show_state(*self._past.pop())

    def turn(self) -> None:
        """Turn picture and corners by 90° clockwise."""
        self.remember()
        height = self.image.shape[0]
        turned = np.stack([height - 1 - self.corners[:, 1], self.corners[:, 0]], axis=1)
        self.show_state(np.ascontiguousarray(np.rot90(self.image, -1)), np.roll(turned, 1, axis=0))

    # places on the screen

    def _place(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(PADDING, PADDING, -PADDING, -PADDING)
        return fitted(QSizeF(self.image.shape[1], self.image.shape[0]), room)

    def on_screen(self, index: int) -> QPointF:
        """Where a corner is, in pixels of this widget."""
        place = self._place()
        scale = place.width() / self.image.shape[1]
        x, y = self.corners[index]
        return QPointF(place.x() + float(x) * scale, place.y() + float(y) * scale)

    def _move_to(self, point: QPointF) -> None:
        place = self._place()
        scale = self.image.shape[1] / place.width()
        self._set(self._chosen, (point.x() - place.x()) * scale, (point.y() - place.y()) * scale)

    def _set(self, index: int, x: float, y: float) -> None:
        height, width = self.image.shape[:2]
        moved = self.corners.copy()
        moved[index] = (min(max(x, 0), width - 1), min(max(y, 0), height - 1))
        if convex(moved):
            self.corners = moved
        self._tell()

    def _tell(self) -> None:
        self.setAccessibleDescription(f"已选{NAMES[self._chosen]}，用方向键移动，Tab 键换一个角")
        self.update()
        self.moved.emit()

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        def distance(index: int) -> float:
            apart = self.on_screen(index) - event.position()
            return float(np.hypot(apart.x(), apart.y()))

        nearest = min(range(4), key=distance)
        if distance(nearest) <= REACH:
            self._chosen, self._dragging = nearest, True
            self.remember()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._move_to(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(event.key())
        if step is None:
            super().keyPressEvent(event)
            return
        if not event.isAutoRepeat():
            self.remember()
        length = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        x, y = self.corners[self._chosen]
        self._set(self._chosen, float(x) + step[0] * length, float(y) + step[1] * length)

    def focusNextPrevChild(self, forward: bool) -> bool:
        following = self._chosen + (1 if forward else -1)
        if not 0 <= following < 4:
            return super().focusNextPrevChild(forward)
        self._chosen = following
        self._tell()
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self._chosen = 0
        elif event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._chosen = 3
        self._tell()

    # painting

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(33, 38, 46))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        place = self._place()
        painter.drawImage(place, self._shown)
        points = [self.on_screen(index) for index in range(4)]
        self._paint_outline(painter, place, points)
        for index, point in enumerate(points):
            self._paint_handle(painter, point, index == self._chosen and (self.hasFocus() or self._dragging))
        if self._dragging or self.hasFocus():
            self._paint_magnifier(painter, place, points)

    def _paint_outline(self, painter: QPainter, place: QRectF, points: list[QPointF]) -> None:
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(place)
        inside.addPolygon(QPolygonF([*points, points[0]]))
        painter.fillPath(outside.subtracted(inside), QColor(10, 14, 20, 130))
        painter.setPen(QPen(QColor(Theme.current.primary_tint), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(points))

    def _paint_handle(self, painter: QPainter, point: QPointF, chosen: bool) -> None:
        radius = 11 if chosen else 8
        painter.setPen(QPen(QColor(Theme.current.primary), 3))
        painter.setBrush(QColor("white"))
        painter.drawEllipse(point, radius, radius)

    def _paint_magnifier(self, painter: QPainter, place: QRectF, points: list[QPointF]) -> None:
        """A circle in the far upper corner that shows the chosen corner enlarged, with a cross on it."""
        point = points[self._chosen]
        left = point.x() > self.width() / 2
        margin = MAGNIFIER + 8
        middle = QPointF(margin if left else self.width() - margin, margin)
        circle = QPainterPath()
        circle.addEllipse(middle, MAGNIFIER, MAGNIFIER)
        painter.save()
        painter.setClipPath(circle)
        painter.fillPath(circle, QColor(33, 38, 46))
        painter.translate(middle)
        painter.scale(MAGNIFIED, MAGNIFIED)
        painter.translate(-point)
        painter.drawImage(place, self._shown)
        painter.setPen(QPen(QColor(Theme.current.primary), 1 / MAGNIFIED * 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(QPolygonF(points))
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("white"), 2))
        painter.drawPath(circle)


def convex(corners: Corners) -> bool:
    """Whether four corners in turn make a quad whose sides don't cross."""
    sides = np.roll(corners, -1, axis=0) - corners
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((turns > 1).all() or (turns < -1).all())
