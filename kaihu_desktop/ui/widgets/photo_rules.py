"""拍照规范: what a photo must be like, with a drawn example of the right one and of the usual mistakes.

``open_photo_rules(dialogs, kind)`` lays it over the window; ``kind`` is one of `vision.capture`:
``id-portrait``, ``id-emblem``, ``bank-card``, ``signature``. 我知道了 (``dialog.accept``), Enter and Esc
close it and call ``closed``.
"""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.ui.dialogs import Dialogs, Overlay
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.card_grid import CardGrid
from kaihu_desktop.ui.widgets.labels import button, icon_label, label
from kaihu_desktop.ui.widgets.photo_rules_scenes import GOOD, paint_scene
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

TITLES = {
    "id-portrait": "身份证人像面拍照规范",
    "id-emblem": "身份证国徽面拍照规范",
    "bank-card": "银行卡拍照规范",
    "signature": "签名照拍照规范",
}
_OF_ID_CARD = (
    "身份证原件平放在深色桌面上，光线均匀",
    "横向拍摄，证件占画面的 80% 以上",
    "四个角完整，文字清晰，没有反光",
    "选择文件时支持 JPG、PNG、BMP、GIF，不超过 10 MB",
)
#: Sources: the web manual of 修改结算账户, 3.3 银行卡照片上传, and the FAQ of 开户云.
REQUIREMENTS = {
    "id-portrait": _OF_ID_CARD,
    "id-emblem": _OF_ID_CARD,
    "bank-card": (
        "横屏拍摄，银行卡占画面的 80% 以上",
        "背景为深色，与银行卡颜色不要太接近",
        "卡面完整、卡号清晰、没有反光",
        "选择文件时请用 JPG 格式，不超过 10 MB",
    ),
    "signature": (
        "用黑色或蓝黑色签字笔写在空白的白纸上",
        "由本人亲笔书写，姓名与身份证一致",
        "签名占画面的大部分，四周留白",
        "没有纸笔时，也可以在屏幕上书写",
    ),
}
_OF_CARD = (
    ("glare", "反光", "避开灯光，或换个角度"),
    ("far", "离得太远", "靠近一些，占满画面"),
    ("cut", "没有拍全", "四个角都要在画面里"),
    ("blur", "模糊", "拿稳，等对焦清楚再拍"),
    ("finger", "手指遮挡", "手拿边缘，不挡住文字"),
    ("similar", "背景相近", "换颜色差别大的桌面"),
    ("copy", "复印件", "请拍证件原件"),
    ("screen", "翻拍屏幕", "请拍证件原件"),
)
_OF_SIGNATURE = (
    ("faint", "字迹太浅", "换黑色或蓝黑色签字笔"),
    ("far", "离得太远", "靠近一些，占满画面"),
    ("cut", "没有拍全", "整个签名都要在画面里"),
    ("blur", "模糊", "拿稳，等对焦清楚再拍"),
    ("shade", "有影子", "让光从侧面来，避开手影"),
    ("other", "还有别的字", "纸上只写本人姓名"),
    ("lined", "有格线", "换一张空白的白纸"),
    ("printed", "不是手写", "请本人亲笔书写"),
)
_OF_BANK_CARD = tuple(
    (manner, title, "请拍银行卡原件" if manner in ("copy", "screen") else remedy)
    for manner, title, remedy in _OF_CARD
)
#: (manner of `photo_rules_scenes`, what is wrong, what to do).
MISTAKES = {
    "id-portrait": _OF_CARD,
    "id-emblem": _OF_CARD,
    "bank-card": _OF_BANK_CARD,
    "signature": _OF_SIGNATURE,
}

WIDTH, HEIGHT = 860, 716
#: Narrower than this, the requirements stand below the right example (pixels).
SIDE_BY_SIDE = 560


def open_photo_rules(dialogs: Dialogs, kind: str, closed: Callable[[], None] = lambda: None) -> Overlay:
    """Lay the rules for photos of a `kind` over the window; `closed` is called when they are gone."""
    overlay = _Rules(dialogs.host, kind, closed)
    overlay.open_over()
    return overlay


class _Rules(Overlay):
    def __init__(self, host: QWidget, kind: str, closed: Callable[[], None]) -> None:
        super().__init__(host, TITLES[kind], WIDTH, HEIGHT)

        def close() -> None:
            self.close_overlay()
            closed()

        self.on_escape = close
        self.column.addWidget(_scrolling(_contents(kind), TITLES[kind]), 1)
        self.buttons.addWidget(button("我知道了", "primary", "dialog.accept", close))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.on_escape()
        else:
            super().keyPressEvent(event)


def _scrolling(inside: QWidget, name: str) -> QScrollArea:
    """It has the focus at first, so that the arrow keys scroll."""
    area = QScrollArea()
    area.setObjectName("dialog.rules")
    area.setAccessibleName(name)
    area.setProperty("role", "card-scroll")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setMinimumHeight(80)
    area.setWidget(inside)
    return area


def _contents(kind: str) -> QWidget:
    inside = QWidget()
    inside.setProperty("role", "card-body")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(16)
    column.addWidget(_right_one(kind))
    column.addWidget(label("这样的照片可能被退回", "strong"))
    grid = CardGrid(148, most=4)
    grid.show_widgets([_mistake(kind, *mistake) for mistake in MISTAKES[kind]])
    column.addWidget(grid)
    column.addStretch(1)
    return inside


def _right_one(kind: str) -> QWidget:
    row = ResponsiveRow(SIDE_BY_SIDE, spacing=24)
    row.add(_right_picture(kind), 4)
    words = QWidget()
    column = QVBoxLayout(words)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addStretch(1)
    column.addWidget(label("请这样拍", "strong"))
    for text in REQUIREMENTS[kind]:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(icon_label("check", Theme.current.ok), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(text, "subtitle", wrap=True), 1)
        column.addLayout(line)
    column.addStretch(1)
    row.add(words, 5)
    return row


def _right_picture(kind: str) -> QWidget:
    """In the middle of its height, whatever stands beside it."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addStretch(1)
    column.addWidget(Example(kind, GOOD, "正确示例"))
    column.addStretch(1)
    return holder


def _mistake(kind: str, manner: str, title: str, remedy: str) -> QWidget:
    tile = QWidget()
    column = QVBoxLayout(tile)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    column.addWidget(Example(kind, manner, f"错误示例：{title}。{remedy}"))
    column.addSpacing(6)
    column.addWidget(label(title, "strong"))
    column.addWidget(label(remedy, "secondary", wrap=True))
    column.addStretch(1)
    return tile


class Example(QWidget):
    """A drawn photograph, 16:9, with a sign in its corner that says whether it is right."""

    def __init__(self, kind: str, manner: str, name: str) -> None:
        super().__init__()
        self._kind, self._manner = kind, manner
        self.setObjectName(f"dialog.example.{manner}")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(140)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setFixedHeight(self.width() * 9 // 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        rounded = QPainterPath()
        rounded.addRoundedRect(place, 8, 8)
        painter.save()
        painter.setClipPath(rounded)
        paint_scene(painter, place, self._kind, self._manner)
        painter.restore()
        painter.setPen(QPen(QColor(Theme.current.line), 1))
        painter.drawPath(rounded)
        self._paint_sign(painter, place)

    def _paint_sign(self, painter: QPainter, place: QRectF) -> None:
        """A tick or a cross on a disc: never by colour alone."""
        good = self._manner == GOOD
        disc = QRectF(place.right() - 32, place.bottom() - 32, 24, 24)
        painter.setPen(QPen(QColor("white"), 2))
        painter.setBrush(QColor(Theme.current.ok if good else Theme.current.error))
        painter.drawEllipse(disc)
        pen = QPen(QColor("white"), 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        x, y = disc.center().x(), disc.center().y()
        strokes = ((-5, 0, -1.5, 4), (-1.5, 4, 5, -4)) if good else ((-4, -4, 4, 4), (-4, 4, 4, -4))
        for x1, y1, x2, y2 in strokes:
            painter.drawLine(QPointF(x + x1, y + y1), QPointF(x + x2, y + y2))
