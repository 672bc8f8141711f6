"""One of the photos that a step asks for: its title, state, small picture, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QMouseEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from kaihu_desktop.ui.widgets.labels import button, chip, label, set_chip, set_property
from kaihu_desktop.ui.widgets.pictures import PictureView

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage

#: state: (text of the chip, its kind).
STATES = {
    "waiting": ("待拍摄", ""),
    "taking": ("正在拍摄", "info"),
    "reading": ("请核对", "info"),
    "uploading": ("正在上传", "info"),
    "failed": ("上传失败", "error"),
    "rejected": ("请重拍", "error"),
    "recorded": ("已有照片", "ok"),
    "done": ("已完成", "ok"),
}


class PhotoSlot(QFrame):
    """`turnable`: it may be turned by 90° here.

    Signals: chosen(): the person wants to see or take this photo. retake(). turn(). retry(): upload again.
    """

    chosen = Signal()
    retake = Signal()
    turn = Signal()
    retry = Signal()

    def __init__(self, name: str, title: str, hint: str, aspect: float, *, turnable: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(name)
        self._title, self._hint, self._turnable = title, hint, turnable
        self.state = ""
        self._chip = chip("", "", f"{name}.state")
        self._text = label(hint, "hint", f"{name}.hint", wrap=True)
        self.picture = PictureView(f"{name}.picture", f"{title}照片", aspect=aspect, widest=132, least=96)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._look = button("查看", "link", f"{name}.open", self.chosen.emit)
        self._retake = button("重新拍摄", "link", f"{name}.retake", self.retake.emit)
        self._turn = button("旋转", "link", f"{name}.turn", self.turn.emit)
        self._retry = button("重试", "secondary", f"{name}.retry", self.retry.emit, small=True)
        for made in (self._look, self._retake, self._turn, self._retry):
            made.setAccessibleName(f"{title}：{made.text()}")
        self._build()
        self.show_state("waiting")

    def _build(self) -> None:
        heading = QHBoxLayout()
        heading.addWidget(label(self._title, "strong"))
        heading.addStretch(1)
        heading.addWidget(self._chip)
        actions = QVBoxLayout()
        actions.setSpacing(0)
        for made in (self._look, self._retake, self._turn, self._retry):
            actions.addWidget(made, 0, Qt.AlignmentFlag.AlignLeft)
        actions.addStretch(1)
        inside = QHBoxLayout()
        inside.setSpacing(8)
        inside.addWidget(self.picture, 1, Qt.AlignmentFlag.AlignTop)
        inside.addLayout(actions)
        inside.addStretch(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(heading)
        column.addLayout(inside)
        column.addWidget(self._progress)
        column.addWidget(self._text)

    def show_image(self, image: BgrImage | None) -> None:
        """The picture as it will be sent; None for none."""
        self.picture.show_image(image)
        self._arrange()

    def show_state(self, state: str, text: str = "", *, current: bool = False, locked: bool = False) -> None:
        """state: a key of `STATES`; `text` replaces the hint; `locked`: it can't be taken again."""
        self.state = state
        words, kind = STATES[state]
        set_chip(self._chip, words, kind)
        self._chip.setAccessibleName(f"{self._title}：{words}")
        set_property(self, "state", "selected" if current else "error" if kind == "error" else "")
        self._text.setText(text or ("" if state in ("done", "recorded") else self._hint))
        set_property(self._text, "role", "field-error" if kind == "error" else "hint")
        self._current, self._locked = current, locked
        self._arrange()

    def show_progress(self, done: int, total: int) -> None:
        """How much of the upload is done."""
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)

    def _arrange(self) -> None:
        kept = not self.picture.empty
        self.picture.setVisible(kept)
        self._progress.setVisible(self.state == "uploading")
        self._text.setVisible(bool(self._text.text()))
        self._retry.setVisible(self.state == "failed")
        self._look.setText("保留这张" if kept and self._current else "查看" if kept else "拍摄")
        self._look.setAccessibleName(f"{self._title}：{self._look.text()}")
        unusable = self.state == "rejected"
        self._look.setVisible(kept and not unusable if self._current else kept or not self._locked)
        may_change = kept and not self._locked and not self._current
        self._retake.setVisible(may_change)
        self._turn.setVisible(may_change and self._turnable)
        pointing, arrow = Qt.CursorShape.PointingHandCursor, Qt.CursorShape.ArrowCursor
        self.setCursor(arrow if self._look.isHidden() else pointing)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._look.isHidden() and self.rect().contains(event.pos()):
            self.chosen.emit()
