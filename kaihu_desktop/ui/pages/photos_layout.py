"""How the photo page is laid out: one pane at a time on the left, the three slots on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QVBoxLayout, QWidget

from kaihu_desktop.core.flow.steps.photos import PHOTO_KINDS
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos_confirm import ConfirmPane
from kaihu_desktop.ui.pages.photos_model import EMBLEM, PORTRAIT, SIGNATURE
from kaihu_desktop.ui.pages.photos_panes import OverviewPane, SignatureBoard
from kaihu_desktop.ui.pages.photos_pictures import CARD_ASPECT
from kaihu_desktop.ui.widgets.capture_view import CaptureView
from kaihu_desktop.ui.widgets.corner_editor import CornerEditor
from kaihu_desktop.ui.widgets.labels import Note
from kaihu_desktop.ui.widgets.photo_slot import PhotoSlot
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow
from kaihu_desktop.ui.widgets.segments import Segments

if TYPE_CHECKING:
    from kaihu_desktop.ui.page import PageContext

CAPTURE, ADJUST, CONFIRM, OVERVIEW = "capture", "adjust", "confirm", "overview"

_ALIGN = "把卡片放进画面，对齐后自动拍摄；也可以把照片文件拖到这里"
_KEPT = "原始照片不会改动，可以随时重新调整"
_COMPARE = "与身份证原件逐项核对，点击任一项可修改"
HEADINGS = {
    (CAPTURE, PORTRAIT): ("拍摄身份证人像面", _ALIGN),
    (CAPTURE, EMBLEM): ("拍摄身份证国徽面", _ALIGN),
    (CAPTURE, SIGNATURE): ("拍摄签名照", "在白纸上用深色笔签名后拍摄，也可以在屏幕上书写"),
    (ADJUST, PORTRAIT): ("调整人像面的裁剪", _KEPT),
    (ADJUST, EMBLEM): ("调整国徽面的裁剪", _KEPT),
    (CONFIRM, PORTRAIT): ("请核对识别结果", _COMPARE),
    (CONFIRM, EMBLEM): ("请核对识别结果", _COMPARE),
    (OVERVIEW, ""): ("确认照片和责任书", "照片清晰、信息无误后，阅读责任书并进入下一步"),
}
HINTS = {
    PORTRAIT: "有照片和姓名的一面",
    EMBLEM: "有国徽和有效期限的一面",
    SIGNATURE: "白纸手写签名，或在屏幕上书写",
}
TIP = "深色桌面、光线均匀时识别最准。原始照片会保留，裁剪不满意可拖动四角调整。"
SIGNATURE_ASPECT = 2.4


class PhotosLayout(ResponsiveRow):
    """Signals: chosen(kind), retake(kind), turn(kind), retry(kind): from the slots."""

    chosen = Signal(str)
    retake = Signal(str)
    turn = Signal(str)
    retry = Signal(str)

    def __init__(self, context: PageContext) -> None:
        super().__init__(700)
        document = context.services.company.certificate_responsibility
        self.ways = Segments("photos.ways", (("photo", "拍摄签名"), ("pad", "在屏幕上书写")))
        self.doubt = Note("", "warn", "photos.doubt")
        self.capture = CaptureView(
            "photos.capture", context.tasks, context.cameras, context.dialogs, context.check_devices
        )
        self.board = SignatureBoard()
        self.editor = CornerEditor("photos.corners")
        self.confirm = ConfirmPane(context.dialogs)
        self.overview = OverviewPane(context.dialogs, document)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.ways, 0, Qt.AlignmentFlag.AlignLeft)
        for pane in (self.doubt, self.capture, self.board, self.editor, self.confirm, self.overview):
            column.addWidget(pane)
        self.add(left, 2)
        self.add(self._slot_column(), 1)

    def _slot_column(self) -> QWidget:
        self.slots: dict[str, PhotoSlot] = {}
        self._side = QWidget()
        self._side.setMinimumWidth(220)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for kind, title in PHOTO_KINDS:
            aspect = SIGNATURE_ASPECT if kind == SIGNATURE else CARD_ASPECT
            slot = self.slots[kind] = PhotoSlot(
                f"photos.{kind}", title, HINTS[kind], aspect, turnable=kind == SIGNATURE
            )
            column.addWidget(slot)
            slot.chosen.connect(lambda kind=kind: self.chosen.emit(kind))
            slot.retake.connect(lambda kind=kind: self.retake.emit(kind))
            slot.turn.connect(lambda kind=kind: self.turn.emit(kind))
            slot.retry.connect(lambda kind=kind: self.retry.emit(kind))
        column.addWidget(Note(TIP, "", "photos.tip"))
        column.addStretch(1)
        return self._side

    def show_pane(self, state: str, kind: str) -> None:
        """Show the pane that belongs to a state."""
        by_pad = kind == SIGNATURE and self.ways.value == "pad"
        visible = {
            self.ways: state == CAPTURE and kind == SIGNATURE,
            self.capture: state == CAPTURE and not by_pad,
            self.board: state == CAPTURE and by_pad,
            self.doubt: state == ADJUST and bool(self.doubt.label.text()),
            self.editor: state == ADJUST,
            self.confirm: state == CONFIRM,
            self.overview: state == OVERVIEW,
            self._side: state != CONFIRM,
        }
        for pane, shown in visible.items():
            pane.setVisible(shown)

    def show_slots(
        self, photos: Mapping[str, Photo], rejected: Mapping[str, str], locked: set[str], current: str
    ) -> None:
        """Show every photo with its state; `current` is the one that is being taken."""
        for kind, slot in self.slots.items():
            photo = photos.get(kind)
            slot.show_image(photo.card if photo is not None else None)
            state, text = _slot_state(photo, rejected.get(kind), kind == current)
            slot.show_state(state, text, current=kind == current, locked=kind in locked)


def _slot_state(photo: Photo | None, rejection: str | None, current: bool) -> tuple[str, str]:
    """(a key of `photo_slot.STATES`, text that replaces the hint)."""
    if rejection is not None:
        return "rejected", rejection
    if photo is not None and photo.failure is not None:
        return "failed", f"{photo.failure.text}。{photo.failure.remedy}"
    if photo is not None and photo.upload_id is None:
        return "uploading", ""
    if current:
        return "taking", ""
    if photo is None:
        return "waiting", ""
    return ("recorded" if photo.recorded else "done"), ""
