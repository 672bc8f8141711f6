"""Drawings of what is photographed: both sides of an ID card, a bank card, a signed sheet."""

from __future__ import annotations

import math

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QFont, QLinearGradient, QPainter, QPainterPath, QPen, QPolygonF

#: An ID-1 card, and the part of a sheet that is held to the camera, in the units of the drawings.
CARD = QRectF(0, 0, 428, 270)
SHEET = QRectF(0, 0, 428, 260)
#: Below this many pixels per unit, words can't be read and are drawn as bars.
LEAST_SCALE_OF_WORDS = 0.62

# Printed matter has its own colours in every theme.
LABEL, PRINT, FIGURE = QColor("#4F7CAC"), QColor("#2B333F"), QColor("#8FA5B5")
INK = QColor("#1A2030")

_PORTRAIT_ROWS = (
    (52, (("姓名", 30, True), ("张样本", 72, False))),
    (84, (("性别", 30, True), ("男", 72, False), ("民族", 116, True), ("汉", 158, False))),
    (116, (("出生", 30, True), ("1995 年 8 月 13 日", 72, False))),
    (148, (("住址", 30, True), ("样例省测试市示范路", 72, False))),
    (172, (("18 号", 72, False),)),
    (238, (("公民身份号码", 30, True), ("410101199508130033", 138, False))),
)
_EMBLEM_ROWS = (
    (208, (("签发机关", 96, True), ("测试市公安局示范分局", 178, False))),
    (240, (("有效期限", 96, True), ("2021.08.18-2041.08.18", 178, False))),
)


def paint_subject(painter: QPainter, kind: str, *, printed: bool = False) -> None:
    """Draw the thing of a `kind` (as in `vision.capture`) into `CARD`, or `SHEET` for a signature.

    printed: a signature in type instead of handwriting.
    """
    if kind == "signature":
        _paint_sheet(painter)
        paint_signature(painter, printed=printed)
        return
    {"id-portrait": _paint_portrait, "id-emblem": _paint_emblem, "bank-card": _paint_bank_card}[kind](painter)


def _body(painter: QPainter, first: str, last: str) -> None:
    tone = QLinearGradient(CARD.topLeft(), CARD.bottomRight())
    tone.setColorAt(0, QColor(first))
    tone.setColorAt(1, QColor(last))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tone)
    painter.drawRoundedRect(CARD, 16, 16)


def _waves(painter: QPainter) -> None:
    """The guilloche of an ID card, as a hint."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(110, 150, 190, 38), 1.4))
    for number in range(9):
        y = 26.0 + 28 * number
        path = QPainterPath(QPointF(6, y))
        path.cubicTo(QPointF(150, y - 34), QPointF(270, y + 34), QPointF(422, y - 8))
        painter.drawPath(path)


def _words(painter: QPainter, rows: tuple, size: int) -> None:
    readable = painter.worldTransform().m11() >= LEAST_SCALE_OF_WORDS
    font = QFont(painter.font())
    font.setPixelSize(size)
    for baseline, words in rows:
        for text, x, is_label in words:
            colour = LABEL if is_label else PRINT
            if readable:
                painter.setFont(font)
                painter.setPen(colour)
                painter.drawText(QPointF(x, baseline), text)
            else:
                width = sum(0.56 if one.isascii() else 1.0 for one in text) * size
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colour)
                painter.drawRoundedRect(QRectF(x, baseline - size * 0.72, width, size * 0.6), 3, 3)


def _paint_portrait(painter: QPainter) -> None:
    _body(painter, "#E4F1F5", "#F2E8EC")
    _waves(painter)
    place = QRectF(282, 40, 116, 148)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#D3E0E8"))
    painter.drawRoundedRect(place, 6, 6)
    clip = QPainterPath()
    clip.addRoundedRect(place, 6, 6)
    shoulders = QPainterPath()
    shoulders.addRoundedRect(QRectF(place.center().x() - 50, place.bottom() - 50, 100, 90), 40, 40)
    painter.fillPath(clip.intersected(shoulders), FIGURE)
    painter.setBrush(FIGURE)
    painter.drawEllipse(QPointF(place.center().x(), place.top() + 58), 31, 34)
    _words(painter, _PORTRAIT_ROWS, 16)


def _paint_emblem(painter: QPainter) -> None:
    _body(painter, "#EAF2F0", "#F3ECE4")
    _waves(painter)
    middle = QPointF(84, 84)
    painter.setPen(QPen(QColor("#E0B84C"), 7))
    painter.setBrush(QColor("#C9302C"))
    painter.drawEllipse(middle, 42, 42)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#F3D36B"))
    painter.drawPolygon(_star(middle + QPointF(0, -9), 15))
    for x, y in ((-22, 2), (-11, 16), (11, 16), (22, 2)):
        painter.drawPolygon(_star(middle + QPointF(x, y + 4), 6))
    _words(painter, ((72, (("中华人民共和国", 156, False),)),), 30)
    _words(painter, ((122, (("居民身份证", 156, False),)),), 40)
    _words(painter, _EMBLEM_ROWS, 16)


def _star(middle: QPointF, radius: float) -> QPolygonF:
    points = []
    for number in range(10):
        reach = radius if number % 2 == 0 else radius * 0.4
        angle = math.pi * number / 5 - math.pi / 2
        points.append(QPointF(middle.x() + reach * math.cos(angle), middle.y() + reach * math.sin(angle)))
    return QPolygonF(points)


def _paint_bank_card(painter: QPainter) -> None:
    _body(painter, "#1E5AA8", "#3F8FD6")
    painter.setBrush(QColor(255, 255, 255, 26))
    painter.drawEllipse(QPointF(372, 40), 120, 120)
    painter.drawEllipse(QPointF(330, 280), 110, 110)
    painter.setBrush(QColor("#E3C065"))
    painter.drawRoundedRect(QRectF(36, 92, 60, 46), 8, 8)
    painter.setPen(QPen(QColor("#A98532"), 2))
    for y in (107, 123):
        painter.drawLine(36, y, 96, y)
    painter.drawLine(66, 92, 66, 138)
    font = QFont(painter.font())
    font.setPixelSize(22)
    font.setWeight(QFont.Weight.DemiBold)
    readable = painter.worldTransform().m11() >= LEAST_SCALE_OF_WORDS
    painter.setPen(QColor("white"))
    painter.setBrush(QColor(255, 255, 255, 235))
    for x, y, text, width in ((36, 54, "样例银行", 88), (36, 240, "ZHANG YANGBEN", 150)):
        if readable:
            painter.setFont(font)
            painter.drawText(QPointF(x, y), text)
        else:
            painter.drawRoundedRect(QRectF(x, y - 15, width, 13), 4, 4)
    font.setPixelSize(31)
    painter.setFont(font)
    for number, group in enumerate(("6217", "0024", "3000", "0099", "995")):
        if readable:
            painter.drawText(QPointF(36 + 76 * number, 194), group)
        else:
            painter.drawRoundedRect(QRectF(36 + 76 * number, 174, 16 * len(group), 20), 4, 4)


def _paint_sheet(painter: QPainter) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#FBFBF8"))
    painter.drawRect(SHEET)


#: Strokes of a made-up signature, x and y in units of the sheet: a start, then cubic curves.
_STROKES = (
    "92 96  104 90  118 88  126 90  128 100  116 112  100 118",
    "100 118  112 116  122 116  126 120  126 146  112 168  94 160",
    "148 92  146 110  140 132  136 166  150 158  160 150  166 142",
    "132 124  146 122  160 118  174 112",
    "172 84  162 102  152 112  146 118  158 136  170 152  186 162",
    "204 88  206 116  206 142  200 172",
    "184 118  200 114  212 110  222 108  212 126  198 142  186 152",
    "232 94  238 98  242 102  244 106",
    "262 88  256 98  250 104  246 108",
    "236 118  250 114  262 112  272 110",
    "238 136  250 132  262 130  270 128",
    "226 156  246 151  266 147  284 145",
    "253 108  254 136  255 162  252 192",
    "292 116  310 110  328 106  344 104",
    "318 82  318 112  316 150  312 184  306 180  302 176  300 172",
    "314 116  306 138  298 152  288 162",
    "318 118  328 140  342 156  366 168  350 172  320 158  300 158",
)


def paint_signature(painter: QPainter, *, printed: bool = False, colour: QColor = INK) -> None:
    """Draw the signature where it stands on the sheet."""
    if printed:
        font = QFont(painter.font())
        font.setPixelSize(76)
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(SHEET, Qt.AlignmentFlag.AlignCenter, "张样本")
        return
    pen = QPen(colour, 6.5)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for stroke in _STROKES:
        numbers = [float(one) for one in stroke.split()]
        points = [QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2])]
        path = QPainterPath(points[0])
        for place in range(1, len(points), 3):
            path.cubicTo(*points[place : place + 3])
        painter.drawPath(path)
