"""Page 上传照片: both sides of the ID card, the signature, the fields read from the card, the 责任书."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.businesses import PHOTOS
from kaihu_desktop.core.flow.step import Answer, Problem
from kaihu_desktop.core.flow.steps.photos import CARD_FIELDS, PHOTO_KINDS
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.ports import Reading
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.photos_confirm import CARD_ASPECT, ConfirmPane
from kaihu_desktop.ui.pages.photos_model import (
    EMBLEM,
    LABELS,
    PORTRAIT,
    SIDE_FIELDS,
    SIGNATURE,
    TITLES,
    VISION_KINDS,
    Photo,
    cross_check,
    other_person,
    side_of_field,
)
from kaihu_desktop.ui.pages.photos_panes import OverviewPane, SignatureBoard
from kaihu_desktop.ui.widgets.capture_view import CaptureView
from kaihu_desktop.ui.widgets.corner_editor import CornerEditor
from kaihu_desktop.ui.widgets.focus import focus
from kaihu_desktop.ui.widgets.labels import Note
from kaihu_desktop.ui.widgets.photo_slot import PhotoSlot
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow
from kaihu_desktop.ui.widgets.segments import Segments

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners
    from kaihu_desktop.vision.capture import Capture

CAPTURE, ADJUST, CONFIRM, OVERVIEW = "capture", "adjust", "confirm", "overview"

HEADINGS = {
    (CAPTURE, PORTRAIT): ("拍摄身份证人像面", "把卡片放进画面，对齐后自动拍摄；也可以把照片文件拖到这里"),
    (CAPTURE, EMBLEM): ("拍摄身份证国徽面", "把卡片放进画面，对齐后自动拍摄；也可以把照片文件拖到这里"),
    (CAPTURE, SIGNATURE): ("拍摄签名照", "在白纸上用深色笔签名后拍摄，也可以在屏幕上书写"),
    (ADJUST, PORTRAIT): ("调整人像面的裁剪", "原始照片不会改动，可以随时重新调整"),
    (ADJUST, EMBLEM): ("调整国徽面的裁剪", "原始照片不会改动，可以随时重新调整"),
    (CONFIRM, PORTRAIT): ("请核对识别结果", "与身份证原件逐项核对，点击任一项可修改"),
    (CONFIRM, EMBLEM): ("请核对识别结果", "与身份证原件逐项核对，点击任一项可修改"),
    (OVERVIEW, ""): ("确认照片和责任书", "照片清晰、信息无误后，阅读责任书并进入下一步"),
}
HINTS = {
    PORTRAIT: "有照片和姓名的一面",
    EMBLEM: "有国徽和有效期限的一面",
    SIGNATURE: "白纸手写签名，或在屏幕上书写",
}
TIP = "深色桌面、光线均匀时识别最准。原始照片会保留，裁剪不满意可拖动四角调整。"
OTHER_PERSON = KINDS["APP-OTHER-PERSON"]


class PhotosPage(Page):
    """Answer: see `core.flow.steps.photos.Photos`. Photos are uploaded as soon as they are taken."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("photos", "上传照片")
        self._context = context
        self._photos: dict[str, Photo] = {}
        self._fields: dict[str, str] = {}
        self._confirmed: set[str] = set()
        self._rejected: dict[str, str] = {}
        self._locked: set[str] = set()
        self._state, self._kind = CAPTURE, PORTRAIT
        self._adjusts_new = False
        self._build()

    # building

    def _build(self) -> None:
        context = self._context
        self._reason = Note("", "error", "photos.reason")
        self._reason.hide()
        self.body.addWidget(self._reason)
        self._capture = CaptureView("photos.capture", context.tasks, context.cameras)
        self._ways = Segments("photos.ways", (("photo", "拍摄签名"), ("pad", "在屏幕上书写")))
        self._board = SignatureBoard()
        self._editor = CornerEditor("photos.corners")
        self._doubt = Note("", "warn", "photos.doubt")
        self._confirm = ConfirmPane()
        self._overview = OverviewPane(context.dialogs, context.services.company.certificate_responsibility)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._ways, 0, Qt.AlignmentFlag.AlignLeft)
        for pane in (self._doubt, self._capture, self._board, self._editor, self._confirm, self._overview):
            column.addWidget(pane)
        row = ResponsiveRow(700)
        row.add(left, 2)
        row.add(self._slot_column(), 1)
        self.body.addWidget(row, 1)
        self._connect()

    def _slot_column(self) -> QWidget:
        self._slots = {
            kind: PhotoSlot(f"photos.{kind}", title, HINTS[kind], CARD_ASPECT if kind != SIGNATURE else 2.4)
            for kind, title in PHOTO_KINDS
        }
        self._side = QWidget()
        self._side.setMinimumWidth(220)
        column = QVBoxLayout(self._side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for kind, slot in self._slots.items():
            column.addWidget(slot)
            slot.chosen.connect(lambda kind=kind: self._open_slot(kind))
            slot.retake.connect(lambda kind=kind: self._show(CAPTURE, kind))
            slot.retry.connect(lambda kind=kind: self._upload(kind))
        column.addWidget(Note(TIP, "", "photos.tip"))
        column.addStretch(1)
        return self._side

    def _connect(self) -> None:
        self._capture.captured.connect(self._captured)
        self._ways.changed.connect(lambda: self._show(CAPTURE, SIGNATURE))
        self._board.written.connect(self._written)
        self._editor.done.connect(self._adjusted)
        self._editor.cancelled.connect(self._leave_editor)
        confirm = self._confirm
        confirm.changed.connect(self._field_edited)
        confirm.advance.connect(self.advance)
        confirm.retake.connect(lambda: self._show(CAPTURE, self._kind))
        confirm.adjust.connect(self._adjust)
        confirm.turn.connect(self._turn)
        confirm.retry.connect(lambda: self._upload(self._kind))
        self._overview.responsibility.changed.connect(self.changed)
        self._overview.correct.connect(lambda kind: self._show(CONFIRM, kind))

    # the page's contract

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        own = self._context.services.customer.photos
        photos = (answer or {}).get("photos") or {
            kind: {"upload_id": upload_id, "original_id": None} for kind, upload_id in own.items()
        }
        for kind, told in photos.items():
            recorded = told["original_id"] is None and own.get(kind) == told["upload_id"]
            self._photos[kind] = Photo(
                upload_id=told["upload_id"], original_id=told["original_id"], recorded=recorded
            )
        self._fields = dict((answer or {}).get("fields") or {})
        self._overview.responsibility.restore((answer or {}).get("responsibility_version"))
        self._confirmed = self._confirmed_before()
        self._take_reasons(reasons)
        for kind in list(self._photos):
            self._fetch(kind)
        self._go_on()

    def answer(self) -> dict[str, Any]:
        fields = {**self._fields, **self._confirm.values()}
        return {
            "photos": {kind: photo.answer() for kind, photo in self._photos.items() if photo.upload_id},
            "fields": {name: fields.get(name, "") for name, _ in CARD_FIELDS},
            "responsibility_version": self._overview.responsibility.version,
        }

    def blocked(self) -> str | None:
        if self._state == CAPTURE:
            if self._kind in self._rejected:
                return f"请重新拍摄{TITLES[self._kind]}"
            return "请拍摄或书写签名" if self._kind == SIGNATURE else f"请先拍摄{TITLES[self._kind]}"
        if self._state == ADJUST:
            return "请先确认裁剪"
        if self._state == CONFIRM:
            return self._confirm_blocked()
        return self._overview_blocked()

    def _confirm_blocked(self) -> str | None:
        if self._confirm.reading:
            return "正在识别，请稍候"
        values = self._confirm.values()
        if self._kind == PORTRAIT and other_person(values, self._context.services.customer.id_number):
            return "请使用登录人本人的身份证"
        missing = [name for name, value in values.items() if not value]
        return f"请填写{LABELS[missing[0]]}" if missing else None

    def _overview_blocked(self) -> str | None:
        for kind, photo in self._photos.items():
            if photo.failure is not None:
                return f"{TITLES[kind]}没有上传成功，请点“重试”"
        if any(photo.upload_id is None for photo in self._photos.values()):
            return "照片正在上传，请稍候"
        if self._overview.responsibility.version is None:
            return "请阅读并同意《数字证书安全责任书》"
        return None

    def before_submit(self, go_on: Callable[[], None]) -> None:
        if self._state == OVERVIEW:
            go_on()
            return
        problems = [
            problem
            for problem in PHOTOS.problems(self.answer(), self._context.services)
            if problem.field.split(".")[-1] in SIDE_FIELDS[self._kind] and problem.field.startswith("fields.")
        ]
        if problems:
            self._confirm.show_problems(problems)
            return
        self._confirmed.add(self._kind)
        self._rejected.pop(f"fields.{self._kind}", None)
        self._go_on()
        self.changed.emit()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        of_fields = [one for one in problems if one.field.startswith("fields.")]
        of_photos = [one for one in problems if one.field.startswith("photos.")]
        if of_photos:
            kind = of_photos[0].field.split(".")[1]
            self._rejected[kind] = of_photos[0].text
            self._show(CAPTURE, kind)
            self._capture.say(of_photos[0].text)
        elif of_fields:
            kind = side_of_field(of_fields[0].field.split(".")[-1])
            self._confirmed.discard(kind)
            self._show(CONFIRM, kind)
            names = SIDE_FIELDS[kind]
            self._confirm.show_problems([one for one in of_fields if one.field.split(".")[-1] in names])
        elif any(one.field == "responsibility_version" for one in problems):
            self._show(OVERVIEW, "")
            self._overview.responsibility.show_problem(problems[0].text)
            focus(self._overview.responsibility.box)

    def first_focus(self) -> QWidget | None:
        if self._state == CAPTURE:
            return self._capture.choose if self._capture.isVisibleTo(self) else self._board.pad
        if self._state == CONFIRM:
            return self._confirm.first_field()
        return self._overview.responsibility.box if self._state == OVERVIEW else None

    def leave(self) -> None:
        self._capture.end()

    # where one is

    def _confirmed_before(self) -> set[str]:
        """Sides whose fields were confirmed: all are filled in, and something was taken after them."""
        last = SIGNATURE in self._photos and self._overview.responsibility.version is not None
        return {
            kind
            for kind, after in ((PORTRAIT, EMBLEM), (EMBLEM, SIGNATURE))
            if all(self._fields.get(name) for name in SIDE_FIELDS[kind]) and (last or after in self._photos)
        }

    def _take_reasons(self, reasons: Sequence[Reason]) -> None:
        """Only what was rejected is asked again; a reason without a field stands above all."""
        accepted = (self._context.application.record(PHOTOS.id).answer or {}).get("photos", {})
        general = [reason.text for reason in reasons if not reason.field]
        for reason in reasons:
            parts = (reason.field or "").split(".")
            if parts[0] == "photos":
                sent, now = accepted.get(parts[1], {}), self._photos.get(parts[1])
                if now is None or now.upload_id == sent.get("upload_id", now.upload_id):
                    self._rejected[parts[1]] = reason.text
            elif parts[0] == "fields":
                self._rejected[f"fields.{side_of_field(parts[1])}"] = reason.text
                self._confirmed.discard(side_of_field(parts[1]))
                general.append(f"{LABELS[parts[1]]}：{reason.text}")
        named = {
            (reason.field or "").split(".")[1]
            for reason in reasons
            if (reason.field or "").startswith("photos.")
        }
        if named and not any(not reason.field for reason in reasons):
            self._locked = set(TITLES) - named
        self._reason.set("；".join(general), "error")
        self._reason.setVisible(bool(general))

    def _go_on(self) -> None:
        """Show what is to be done next."""
        for kind, _ in PHOTO_KINDS:
            if kind not in self._photos or kind in self._rejected:
                self._show(CAPTURE, kind)
                return
            if kind in SIDE_FIELDS and kind not in self._confirmed:
                self._show(CONFIRM, kind)
                return
        self._show(OVERVIEW, "")

    def _open_slot(self, kind: str) -> None:
        if kind == SIGNATURE and self._state == CAPTURE and self._kind == kind and kind in self._photos:
            self._go_on()
        elif kind not in self._photos or kind in self._rejected or kind == SIGNATURE:
            self._show(CAPTURE, kind)
        else:
            self._show(CONFIRM, kind)

    def _show(self, state: str, kind: str) -> None:
        self._keep_fields()
        self._state, self._kind = state, kind
        by_pad = kind == SIGNATURE and self._ways.value == "pad"
        visible = {
            self._ways: state == CAPTURE and kind == SIGNATURE,
            self._capture: state == CAPTURE and not by_pad,
            self._board: state == CAPTURE and by_pad,
            self._doubt: state == ADJUST and bool(self._doubt.label.text()),
            self._editor: state == ADJUST,
            self._confirm: state == CONFIRM,
            self._overview: state == OVERVIEW,
        }
        for pane, shown in visible.items():
            pane.setVisible(shown)
        self._side.setVisible(state != CONFIRM)
        self.set_heading(*HEADINGS[state, kind])
        if state == CAPTURE:
            self._capture.begin(VISION_KINDS[kind])
            self._capture.say(self._rejected.get(kind, ""))
        elif state == CONFIRM:
            self._show_confirm(kind)
        elif state == OVERVIEW:
            self._overview.show_values(self._fields)
        self._show_slots()
        focus(self.first_focus())
        self.changed.emit()

    def _show_slots(self) -> None:
        for kind, slot in self._slots.items():
            photo = self._photos.get(kind)
            current = self._state in (CAPTURE, ADJUST) and kind == self._kind
            text = ""
            if kind in self._rejected:
                state, text = "rejected", self._rejected[kind]
            elif photo is not None and photo.failure is not None:
                state, text = "failed", f"{photo.failure.text}。{photo.failure.remedy}"
            elif photo is not None and photo.upload_id is None:
                state = "uploading"
            elif current:
                state = "taking"
            elif photo is None:
                state = "waiting"
            else:
                state = "recorded" if photo.recorded else "done"
            slot.show_image(photo.card if photo is not None else None)
            slot.show_state(state, text, current=current, locked=kind in self._locked)
        self._show_sending()

    # taking a photo

    def _captured(self, image: BgrImage, by_camera: bool) -> None:
        kind = self._kind
        self._context.tasks.run(
            self,
            lambda _: work.cut_out(image, VISION_KINDS[kind]),
            lambda capture: self._processed(kind, image, capture),
            self._capture.refuse,
            label="正在裁剪照片…",
        )

    def _processed(self, kind: str, image: BgrImage, capture: Capture) -> None:
        if (self._state, self._kind) != (CAPTURE, kind):
            return
        if capture.accepted:
            self._take(kind, image, capture)
        elif kind == SIGNATURE:
            self._capture.begin(VISION_KINDS[kind])
            self._capture.say(capture.advice, "warn")
        else:
            or_crop = "" if capture.corners is not None else "；也可以拖动四个角自行裁剪"
            self._doubt.set(capture.advice + or_crop, "warn")
            self._adjusts_new = True
            self._show(ADJUST, kind)
            self._editor.edit(image, capture.corners, "重新拍摄")

    def _take(self, kind: str, image: BgrImage, capture: Capture, *, fresh: bool = True) -> None:
        """Use a picture; not `fresh`: it is the one that was there, cut out anew."""
        original_id = None if fresh else self._photos[kind].original_id
        self._photos[kind] = Photo(capture.card, image, capture.corners, original_id=original_id)
        self._rejected.pop(kind, None)
        self._confirmed.discard(kind)
        self._upload(kind)
        if kind == SIGNATURE:
            self._go_on()
            return
        if fresh:
            self._fields.update((name, "") for name in SIDE_FIELDS[kind])
            self._confirm.kind = ""
            self._confirm.forget_typed(kind)
        self._show(CONFIRM, kind)
        if capture.quality.flags:
            self._confirm.say(f"{capture.advice}。看不清的项目请重新拍摄。", "warn")

    def _written(self, image: BgrImage) -> None:
        self._photos[SIGNATURE] = Photo(card=image)
        self._rejected.pop(SIGNATURE, None)
        self._upload(SIGNATURE)
        self._go_on()

    # adjusting

    def _adjust(self) -> None:
        kind, photo = self._kind, self._photos[self._kind]
        self._doubt.set("")
        if photo.original is not None:
            self._edit_corners(photo.original, photo.corners)
            return
        backend, original_id = self._context.services.backend, photo.original_id

        def show(image: BgrImage) -> None:
            photo.original = image
            if (self._state, self._kind) == (CONFIRM, kind):
                self._edit_corners(image, None)

        self._context.tasks.run(
            self,
            lambda _: work.fetch(backend, original_id),
            show,
            lambda failure: self.failed.emit(failure, self._adjust),
            label="正在读取原图…",
        )

    def _edit_corners(self, image: BgrImage, corners: Corners | None) -> None:
        self._adjusts_new = False
        self._show(ADJUST, self._kind)
        self._editor.edit(image, corners)

    def _leave_editor(self) -> None:
        self._show(CAPTURE if self._adjusts_new else CONFIRM, self._kind)

    def _adjusted(self, image: BgrImage, corners: Corners) -> None:
        kind, fresh = self._kind, self._adjusts_new
        self._context.tasks.run(
            self,
            lambda _: work.cut_out_at(image, corners, VISION_KINDS[kind]),
            lambda capture: self._take(kind, image, capture, fresh=fresh),
            lambda failure: self.failed.emit(failure, None),
            label="正在裁剪照片…",
        )

    def _turn(self) -> None:
        """The card upside down: the one mistake that the picture alone can't always rule out."""
        photo = self._photos[self._kind]
        if photo.card is None:
            return
        photo.card = photo.card[::-1, ::-1].copy()
        self._upload(self._kind)
        self._confirm.show_card(photo.card)
        self._read(self._kind, fresh=False, overwrite=True)

    # sending and fetching

    def _upload(self, kind: str) -> None:
        photo, backend = self._photos[kind], self._context.services.backend
        photo.upload_id, photo.failure, photo.recorded = None, None, False
        card = photo.card
        original = photo.original if photo.original_id is None else None

        def sent(ids: tuple[str, str | None]) -> None:
            if self._photos.get(kind) is photo and photo.card is card:
                photo.upload_id, photo.original_id = ids[0], ids[1] or photo.original_id
                self._sending_changed()

        def failed(failure: Failure) -> None:
            photo.failure = failure
            self._sending_changed()

        task = self._context.tasks.run(
            self, lambda progress: work.upload(backend, kind, card, original, progress), sent, failed
        )
        task.progressed.connect(self._slots[kind].show_progress)
        self._sending_changed()

    def _sending_changed(self) -> None:
        self._show_slots()
        self.changed.emit()

    def _show_sending(self) -> None:
        photo = self._photos.get(self._kind)
        if photo is None:
            return
        text = "正在上传…" if photo.upload_id is None else "原图已保留" if photo.original_id else "已有照片"
        self._confirm.show_sending("上传失败" if photo.failure else text, failed=photo.failure is not None)

    def _fetch(self, kind: str) -> None:
        photo, backend = self._photos[kind], self._context.services.backend

        def show(image: BgrImage) -> None:
            photo.card = image
            self._show_slots()
            if (self._state, self._kind) == (CONFIRM, kind) and self._photos.get(kind) is photo:
                self._confirm.show_card(image)
                self._read(kind, fresh=False)

        self._context.tasks.run(
            self,
            lambda _: work.fetch(backend, photo.upload_id),
            show,
            lambda failure: self.failed.emit(failure, lambda: self._fetch(kind)),
        )

    # the fields

    def _show_confirm(self, kind: str) -> None:
        photo, confirm = self._photos[kind], self._confirm
        confirm.show_side(kind, photo.card, self._fields)
        confirm.adjust_button.setVisible(photo.original is not None or photo.original_id is not None)
        for made in (confirm.retake_button, confirm.adjust_button, confirm.turn_button):
            made.setEnabled(kind not in self._locked)
        if photo.card is not None:
            self._read(kind, fresh=not any(self._fields.get(name) for name in SIDE_FIELDS[kind]))
        self._show_cross_check()

    def _read(self, kind: str, *, fresh: bool, overwrite: bool = False) -> None:
        """Read the fields in the background. fresh: it was just taken, so the wrong side sends it back."""
        photo, reader = self._photos[kind], self._context.card_reader
        card = photo.card
        self._confirm.show_reading_begun()

        def current() -> bool:
            return (self._state, self._kind) == (CONFIRM, kind) and photo.card is card

        def done(reading: Reading) -> None:
            if current():
                self._confirm.show_reading(reading, overwrite=overwrite)
                self._fields_read(kind)

        def failed(failure: Failure) -> None:
            if current():
                self._reading_failed(kind, failure, fresh)

        self._context.tasks.run(self, lambda _: work.read(reader, VISION_KINDS[kind], card), done, failed)

    def _fields_read(self, kind: str) -> None:
        self._field_edited()
        if other_person(self._confirm.values(), self._context.services.customer.id_number):
            self._confirm.say(f"{OTHER_PERSON.text}。{OTHER_PERSON.remedy}", "error")
            focus(self._confirm.retake_button)
            return
        focus(self._confirm.first_field())

    def _reading_failed(self, kind: str, failure: Failure, fresh: bool) -> None:
        self._confirm.show_reading_failed(failure)
        if failure.code == "OCR-SIDE" and fresh:
            del self._photos[kind]
            wrong, right = TITLES[EMBLEM if kind == PORTRAIT else PORTRAIT], TITLES[kind]
            self._show(CAPTURE, kind)
            self._capture.say(f"刚才拍的是{wrong}，这里需要{right}。请翻过来重新拍摄。")
        self.changed.emit()

    def _field_edited(self) -> None:
        self._keep_fields()
        self._show_cross_check()
        self.changed.emit()

    def _keep_fields(self) -> None:
        if self._state == CONFIRM:
            self._fields.update(self._confirm.values())

    def _show_cross_check(self) -> None:
        own_name = self._context.services.customer.name
        self._confirm.show_cross_check(*cross_check(self._kind, self._fields, own_name))
