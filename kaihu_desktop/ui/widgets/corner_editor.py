"""Sets the four corners of a card on the whole picture, with what would be cut out beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QKeyEvent
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.ui.widgets.corner_canvas import CornerCanvas
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.pictures import PictureView

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners

USE_CROP = "使用这个裁剪"
HOW = "拖动四个圆点对准证件的四个角；也可以用 Tab 键和方向键，按回车键使用。"
PREVIEW = (300, 189)  # pixels: width and height of the small card, of its shape


def whole_picture(image: BgrImage) -> Corners:
    """Corners a little inside of the picture, where none are known."""
    height, width = image.shape[:2]
    x, y = width * 0.08, height * 0.08
    return np.array([[x, y], [width - x, y], [width - x, height - y], [x, height - y]], np.float32)


class CornerEditor(QWidget):
    """The canvas with its buttons, and a small card as it would be cut out.

    The page's primary action calls `use`, and is named `USE_CROP` meanwhile.

    Signals:
        done(image, corners): the picture as it is turned, and float32 4×2 corners in its pixels.
        cancelled(): nothing is to be changed.
    """

    done = Signal(object, object)
    cancelled = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.canvas = CornerCanvas(f"{name}.canvas")
        self._start: tuple[BgrImage, Corners] | None = None
        self._undo = button(
            "撤销", "secondary", f"{name}.undo", self.canvas.undo, small=True, icon_name="undo-2"
        )
        self._reset = button("还原", "secondary", f"{name}.reset", self._begin_again, small=True)
        turn = button(
            "旋转", "secondary", f"{name}.turn", self.canvas.turn, small=True, icon_name="rotate-cw"
        )
        self._cancel = button("取消", "secondary", f"{name}.cancel", self.cancelled.emit, small=True)
        self.preview = PictureView(
            f"{name}.preview", "裁剪预览", aspect=PREVIEW[0] / PREVIEW[1], widest=150, least=120
        )
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for made in (turn, self._undo, self._reset):
            buttons.addWidget(made)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(label(HOW, "hint", wrap=True))
        words.addWidget(label("左边的小图是裁剪后的样子。", "hint", wrap=True))
        words.addLayout(buttons)
        words.addStretch(1)
        below = QHBoxLayout()
        below.setSpacing(16)
        below.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        below.addLayout(words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.canvas, 1)
        column.addLayout(below)
        column.addStretch(1)
        self.canvas.moved.connect(self._show_state)

    def edit(self, image: BgrImage, corners: Corners | None, cancel: str = "取消") -> None:
        """Start with a picture and its corners; without corners, with those of the picture.

        `cancel` is the text of the button that changes nothing.
        """
        self._cancel.setText(cancel)
        self._cancel.setAccessibleName(cancel)
        self._start = (image, whole_picture(image) if corners is None else corners)
        self.canvas.edit(*self._start)
        self.canvas.setFocus()

    def _begin_again(self) -> None:
        self.canvas.remember()
        self.canvas.show_state(*self._start)

    def use(self) -> None:
        """The corners are right: tell of them by `done`."""
        self.done.emit(self.canvas.image, self.canvas.corners)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.use()
        else:
            super().keyPressEvent(event)

    def _show_state(self) -> None:
        self._undo.setEnabled(self.canvas.changed)
        self._reset.setEnabled(self.canvas.changed)
        self.preview.show_image(_cut_small(self.canvas.image, self.canvas.corners))


def _cut_small(image: BgrImage, corners: Corners) -> BgrImage:
    """The card as it would be cut out, small; a millisecond or two."""
    from kaihu_desktop.vision.geometry import in_turn, stands_on_its_short_side
    from kaihu_desktop.vision.rectify import rectify

    height, width = image.shape[:2]
    ordered = in_turn(corners)
    if stands_on_its_short_side(ordered, (width, height)):
        ordered = np.roll(ordered, -1, axis=0)
    return rectify(image, ordered, PREVIEW)
