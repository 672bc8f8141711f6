"""Drawings of photographs, good and bad: a card or a sheet on a table as a camera sees it."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import (
    QColor,
    QImage,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRadialGradient,
)

from kaihu_desktop.ui.widgets.live_picture import FOUND
from kaihu_desktop.ui.widgets.photo_rules_cards import CARD, SHEET, paint_signature, paint_subject

#: The camera's view in the units of the drawings.
VIEW = QRectF(0, 0, 320, 180)
GOOD = "good"

_DARK, _LIGHT = ("#6B5744", "#4E3E30"), ("#F3F0EE", "#E4E2E2")
_SKIN, _SKIN_EDGE = QColor("#E8B48F"), QColor("#C98F68")


def paint_scene(painter: QPainter, place: QRectF, kind: str, manner: str) -> None:
    """Draw into `place` how a thing of a `kind` looks photographed in a `manner` (a key of `SCENES`)."""
    painter.save()
    painter.translate(place.topLeft())
    painter.scale(place.width() / VIEW.width(), place.height() / VIEW.height())
    painter.setClipRect(VIEW, Qt.ClipOperation.IntersectClip)
    SCENES[manner](painter, kind)
    painter.restore()


def _table(painter: QPainter, colours: tuple = _DARK) -> None:
    tone = QLinearGradient(VIEW.topLeft(), VIEW.bottomRight())
    tone.setColorAt(0, QColor(colours[0]))
    tone.setColorAt(1, QColor(colours[1]))
    painter.fillRect(VIEW, tone)
    painter.setPen(QPen(QColor(0, 0, 0, 16), 1.2))
    for x in (-40, 60, 160, 260):
        painter.drawLine(x, 0, x + 70, 180)


def _lay(
    painter: QPainter,
    kind: str,
    *,
    size: float = 1.0,
    turn: float = -2.0,
    move: tuple = (0, 0),
    printed: bool = False,
) -> None:
    """Lay the thing in the middle, `size` 1 being as large as it should be."""
    subject = SHEET if kind == "signature" else CARD
    scale = (0.66 if kind == "signature" else 0.585) * size
    painter.save()
    painter.translate(VIEW.center() + QPointF(*move))
    painter.rotate(turn)
    painter.scale(scale, scale)
    painter.translate(-subject.center())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 46))
    painter.drawRoundedRect(subject.translated(3, 6), 16, 16)
    paint_subject(painter, kind, printed=printed)
    painter.restore()


def _good(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, turn=0)
    if kind == "signature":
        return
    width, height = CARD.width() * 0.585, CARD.height() * 0.585
    outline = QRectF((320 - width) / 2, (180 - height) / 2, width, height)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(FOUND, 2))
    painter.drawRoundedRect(outline, 4, 4)
    painter.setBrush(QColor("white"))
    for corner in (outline.topLeft(), outline.topRight(), outline.bottomLeft(), outline.bottomRight()):
        painter.drawEllipse(corner, 3.4, 3.4)


def _glare(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind)
    painter.setPen(Qt.PenStyle.NoPen)
    for x, y, radius in ((206, 62, 54), (110, 124, 36)):
        light = QRadialGradient(QPointF(x, y), radius)
        light.setColorAt(0, QColor(255, 255, 255, 255))
        light.setColorAt(0.45, QColor(255, 255, 255, 235))
        light.setColorAt(1, QColor(255, 255, 255, 0))
        painter.setBrush(light)
        painter.drawEllipse(QPointF(x, y), radius, radius)


def _far(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, size=0.36, turn=-6, move=(-14, 10))


def _cut(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, size=1.12, turn=-5, move=(92, 38))


def _blur(painter: QPainter, kind: str) -> None:
    """The mean of the same picture many times, a little beside itself: what an unsteady hand takes."""
    ratio = painter.worldTransform().m11()
    sharp = QImage(round(320 * ratio), round(180 * ratio), QImage.Format.Format_RGB32)
    inside = QPainter(sharp)
    inside.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside.setFont(painter.font())
    inside.scale(ratio, ratio)
    _table(inside)
    _lay(inside, kind)
    inside.end()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number in range(14):
        painter.setOpacity(1 / (number + 1))
        painter.drawImage(VIEW.translated((number - 6.5) * 0.95, (number - 6.5) * 0.4), sharp)
    painter.setOpacity(1)


def _finger(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind)
    painter.save()
    painter.translate(34, 196)
    painter.rotate(-52)
    painter.setPen(QPen(_SKIN_EDGE, 1.5))
    painter.setBrush(_SKIN)
    painter.drawRoundedRect(QRectF(-30, -22, 148, 44), 22, 22)
    painter.setBrush(QColor("#F6D5C2"))
    painter.drawRoundedRect(QRectF(84, -12, 28, 24), 11, 11)
    painter.restore()


def _similar(painter: QPainter, kind: str) -> None:
    _table(painter, ("#2F6DB8", "#4189CC") if kind == "bank-card" else _LIGHT)
    _lay(painter, kind)


def _copy(painter: QPainter, kind: str) -> None:
    """A sheet out of the copier: grey, with the card printed on it."""
    ratio = painter.worldTransform().m11() * 0.45
    grey = QImage(round(428 * ratio), round(270 * ratio), QImage.Format.Format_RGB32)
    grey.fill(Qt.GlobalColor.white)
    inside = QPainter(grey)
    inside.setRenderHint(QPainter.RenderHint.Antialiasing)
    inside.scale(ratio, ratio)
    inside.setFont(painter.font())
    paint_subject(inside, kind)
    inside.end()
    grey = grey.convertToFormat(QImage.Format.Format_Grayscale8)
    _table(painter)
    painter.save()
    painter.translate(160, 90)
    painter.rotate(-3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 46))
    painter.drawRect(QRectF(-131, -105, 266, 230))
    painter.setBrush(QColor("#F7F7F5"))
    painter.drawRect(QRectF(-134, -110, 266, 230))
    frame, clip = QRectF(-96, -60, 192, 121), QPainterPath()
    clip.addRoundedRect(frame, 7, 7)
    painter.setClipPath(clip, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(frame, grey)
    painter.restore()


def _screen(painter: QPainter, kind: str) -> None:
    """A monitor that shows the card, with the lines that a camera sees on it."""
    painter.fillRect(VIEW, QColor("#39414D"))
    painter.setPen(QPen(QColor("#11151B"), 2))
    painter.setBrush(QColor("#1B2028"))
    painter.drawRoundedRect(QRectF(36, 8, 248, 150), 7, 7)
    painter.drawRect(QRectF(132, 158, 56, 30))
    glass = QRectF(44, 16, 232, 134)
    painter.fillRect(glass, QColor("#DDE5F0"))
    painter.fillRect(QRectF(44, 16, 232, 13), QColor("#8FA2BC"))
    painter.save()
    painter.setClipRect(glass, Qt.ClipOperation.IntersectClip)
    _lay(painter, kind, size=0.62, turn=0, move=(0, 0))
    painter.setPen(QPen(QColor(60, 90, 160, 52), 1.1))
    for number in range(60):
        painter.drawLine(QPointF(20 + 5 * number, 16), QPointF(4 + 5 * number, 150))
    painter.restore()


def _faint(painter: QPainter, kind: str) -> None:
    _sheet_with(painter, QColor("#D5D8DD"))


def _sheet_with(painter: QPainter, ink: QColor) -> None:
    """A white sheet, signed in a colour."""
    _table(painter)
    painter.save()
    painter.translate(160 - 0.66 * 214, 90 - 0.66 * 130)
    painter.scale(0.66, 0.66)
    painter.fillRect(SHEET, QColor("#FBFBF8"))
    paint_signature(painter, colour=ink)
    painter.restore()


def _shade(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, turn=0)
    hand = QPainterPath(QPointF(330, 190))
    hand.lineTo(150, 190)
    hand.cubicTo(QPointF(128, 150), QPointF(120, 120), QPointF(148, 98))
    hand.cubicTo(QPointF(170, 84), QPointF(196, 70), QPointF(238, 28))
    hand.cubicTo(QPointF(252, 18), QPointF(264, 30), QPointF(256, 46))
    hand.cubicTo(QPointF(246, 66), QPointF(300, 70), QPointF(330, 96))
    hand.closeSubpath()
    painter.fillPath(hand, QColor(20, 24, 34, 150))


def _lined(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, turn=0)
    painter.setPen(QPen(QColor("#6E97D8"), 1))
    for y in range(18, 176, 14):
        painter.drawLine(QPointF(19, y), QPointF(301, y))
    painter.setPen(QPen(QColor("#D87878"), 1))
    painter.drawLine(QPointF(44, 5), QPointF(44, 175))


def _other(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, turn=0, move=(0, -12), size=1.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#5A6472"))
    for x, y, width in ((44, 16, 96), (44, 28, 150), (150, 148, 62), (220, 148, 60)):
        painter.drawRoundedRect(QRectF(x, y, width, 6), 2, 2)
    painter.setBrush(QColor(201, 48, 44, 200))
    points = [QPointF(226, 12), QPointF(272, 12), QPointF(272, 36), QPointF(226, 36)]
    painter.drawPolygon(QPolygonF(points))


def _printed(painter: QPainter, kind: str) -> None:
    _table(painter)
    _lay(painter, kind, turn=0, printed=True)


SCENES: dict[str, Callable[[QPainter, str], None]] = {
    GOOD: _good,
    "glare": _glare,
    "far": _far,
    "cut": _cut,
    "blur": _blur,
    "finger": _finger,
    "similar": _similar,
    "copy": _copy,
    "screen": _screen,
    "faint": _faint,
    "shade": _shade,
    "lined": _lined,
    "other": _other,
    "printed": _printed,
}
