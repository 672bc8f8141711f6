"""The card beside the picture that it was cut out of, with what can be done with both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.ui.dialogs import Dialogs, Overlay
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.widgets.labels import button, label
from kaihu_desktop.ui.widgets.pictures import PictureView
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

if TYPE_CHECKING:
    from kaihu_desktop.ui.widgets.pictures import Box
    from kaihu_desktop.vision.arrays import BgrImage, Corners

CARD_ASPECT = 1000 / 630
PHOTO_ASPECT = 16 / 9


class CardPictures(QWidget):
    """Signals: retake(), adjust(), turn(), retry(): the buttons; retry sends the picture again."""

    retake = Signal()
    adjust = Signal()
    turn = Signal()
    retry = Signal()

    def __init__(self, dialogs: Dialogs) -> None:
        super().__init__()
        self._dialogs = dialogs
        self._photo = Photo()
        name = "photos.confirm"
        self.card = PictureView(f"{name}.picture", "证件照片", aspect=CARD_ASPECT, widest=560, least=240)
        self.original = PictureView(f"{name}.original", "原图", aspect=PHOTO_ASPECT, widest=150, least=110)
        self.retake_button = button("重新拍摄", "secondary", f"{name}.retake", self.retake.emit, small=True)
        self.adjust_button = button("调整裁剪", "secondary", f"{name}.adjust", self.adjust.emit, small=True)
        self.turn_button = button("旋转 180°", "secondary", f"{name}.turn", self.turn.emit, small=True)
        self._compare = button("对照原图", "secondary", f"{name}.compare", self._show_both, small=True)
        self._sending = label("", "secondary", f"{name}.sending")
        self._retry = button("重试", "link", f"{name}.retry", self.retry.emit)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for made in (self.retake_button, self.adjust_button, self.turn_button):
            buttons.addWidget(made)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.card)
        column.addLayout(buttons)
        column.addLayout(self._whole_picture())

    def _whole_picture(self) -> QHBoxLayout:
        """The original, small, and beside it where both are."""
        words = QVBoxLayout()
        words.setSpacing(4)
        for widget in (self._compare, self._sending, self._retry):
            words.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.original, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        return row

    def show_photo(self, photo: Photo) -> None:
        """Show the card, and the whole picture with its outline where that is here."""
        self._photo = photo
        self.card.show_image(photo.card)
        if photo.card is not None:
            self.turn_button.setText(f"旋转 {quarters_to_turn(photo.card) * 90}°")
        self.original.show_image(photo.original)
        self.original.outline(photo.corners if photo.original is not None else None)
        for widget in (self.original, self._compare):
            widget.setVisible(photo.original is not None)

    def mark(self, box: Box | None) -> None:
        """Put a frame round a part of the card."""
        self.card.mark(box)

    def show_sending(self, text: str, *, failed: bool) -> None:
        """Where the picture is: on its way, kept, or not sent."""
        self._sending.setText(text)
        self._retry.setVisible(failed)

    def _show_both(self) -> None:
        photo = self._photo
        if photo.card is not None and photo.original is not None:
            open_comparison(self._dialogs, photo.original, photo.corners, photo.card)


def quarters_to_turn(card: BgrImage) -> int:
    """By how many times 90° a card is to be turned that isn't upright: one cut out here always lies."""
    height, width = card.shape[:2]
    return 1 if height > width else 2


def open_comparison(dialogs: Dialogs, original: BgrImage, corners: Corners | None, card: BgrImage) -> Overlay:
    """Lay the whole picture and the card over the window, side by side, as large as they can be."""
    overlay = Overlay(dialogs.host, "对照原图", 1080)
    row = ResponsiveRow(560)
    for name, title, image, aspect in (
        ("dialog.original", "原图（绿框是裁剪的位置，原图不会改动）", original, PHOTO_ASPECT),
        ("dialog.card", "裁剪结果", card, CARD_ASPECT),
    ):
        view = PictureView(name, title, aspect=aspect, widest=640, least=200)
        view.show_image(image)
        if image is original:
            view.outline(corners)
        one = QWidget()
        column = QVBoxLayout(one)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(title, "secondary"))
        column.addWidget(view)
        column.addStretch(1)
        row.add(one, 1)
    overlay.column.addWidget(row)
    overlay.buttons.addWidget(button("关闭", "primary", "dialog.accept", overlay.close_overlay))
    overlay.open_over()
    return overlay
