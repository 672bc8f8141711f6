"""Page 上传照片: both sides of the ID card, the signature, the fields read from the card, the 责任书."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Sequence

from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import PHOTOS
from kaihu_desktop.core.flow.step import Answer, Problem
from kaihu_desktop.core.flow.steps.photos import CARD_FIELDS, PHOTO_KINDS
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages import photos_model as model
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos_layout import ADJUST, CAPTURE, CONFIRM, HEADINGS, OVERVIEW, PhotosLayout
from kaihu_desktop.ui.pages.photos_model import EMBLEM, PORTRAIT, SIDE_FIELDS, SIGNATURE, TITLES, VISION_KINDS
from kaihu_desktop.ui.pages.photos_panes import USE_SIGNATURE
from kaihu_desktop.ui.pages.photos_pictures import quarters_to_turn
from kaihu_desktop.ui.pages.photos_reading import SideReading
from kaihu_desktop.ui.pages.photos_taking import PhotoTaking
from kaihu_desktop.ui.pages.photos_transfer import PhotoTransfer
from kaihu_desktop.ui.widgets.corner_editor import USE_CROP
from kaihu_desktop.ui.widgets.focus import focus
from kaihu_desktop.ui.widgets.labels import Note

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage
    from kaihu_desktop.vision.capture import Capture


class PhotosPage(Page):
    """Answer: see `core.flow.steps.photos.Photos`. Photos are uploaded as soon as they are taken."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("photos", "上传照片")
        self._context = context
        self._photos: dict[str, Photo] = {}
        self._confirmed: set[str] = set()
        self._rejected: dict[str, str] = {}
        self._locked: set[str] = set()
        self._state, self._kind = CAPTURE, PORTRAIT
        self._build()

    def _build(self) -> None:
        context = self._context
        self._reason = Note("", "error", "photos.reason")
        self._reason.hide()
        self._layout = PhotosLayout(context)
        self._capture, self._confirm = self._layout.capture, self._layout.confirm
        self._overview, self._editor = self._layout.overview, self._layout.editor
        self._taking = PhotoTaking(context.tasks, self._capture, self._editor, self._layout.doubt, self)
        self._reading = SideReading(context, self._confirm, self)
        self._transfer = PhotoTransfer(context.tasks, context.services.backend, self)
        self.body.addWidget(self._reason)
        self.body.addWidget(self._layout, 1)
        self._connect()

    def _connect(self) -> None:
        layout, confirm, transfer, taking = self._layout, self._confirm, self._transfer, self._taking
        layout.chosen.connect(self._open_slot)
        layout.retake.connect(lambda kind: self._show(CAPTURE, kind))
        layout.turn.connect(lambda kind: self._turn(kind, 1))
        layout.retry.connect(self._upload)
        layout.ways.changed.connect(lambda: self._show(CAPTURE, SIGNATURE))
        layout.board.written.connect(self._written)
        layout.board.changed.connect(self.changed)
        layout.board.entered.connect(self.advance)
        taking.taken.connect(self._taken)
        taking.doubted.connect(lambda: self._show(ADJUST, self._kind))
        taking.left.connect(lambda fresh: self._show(CAPTURE if fresh else CONFIRM, self._kind))
        taking.failed.connect(lambda failure: self.failed.emit(failure, None))
        self._reading.changed.connect(self.changed)
        self._reading.wrong_side.connect(self._wrong_side)
        confirm.advance.connect(self.advance)
        confirm.pictures.retake.connect(lambda: self._show(CAPTURE, self._kind))
        confirm.pictures.adjust.connect(self._adjust)
        confirm.pictures.turn.connect(self._turn_over)
        confirm.pictures.retry.connect(lambda: self._upload(self._kind))
        self._overview.responsibility.changed.connect(self.changed)
        self._overview.correct.connect(lambda kind: self._show(CONFIRM, kind))
        transfer.changed.connect(self._sending_changed)
        transfer.progressed.connect(lambda kind, done, total: layout.slots[kind].show_progress(done, total))

    # the page's contract

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        self._photos = model.photos_of(answer, self._context.services.customer.photos)
        fields = self._reading.fields = dict((answer or {}).get("fields") or {})
        self._overview.responsibility.restore((answer or {}).get("responsibility_version"))
        accepted = self._overview.responsibility.version is not None
        self._confirmed = model.confirmed_sides(fields, self._photos, accepted)
        self._take_reasons(reasons)
        for kind in list(self._photos):
            self._fetch(kind)
        self._go_on()
        work.prepare(self._context, self)

    def answer(self) -> dict[str, Any]:
        fields = {**self._reading.fields, **self._confirm.values()}
        return {
            "photos": {kind: photo.answer() for kind, photo in self._photos.items() if photo.kept},
            "fields": {name: fields.get(name, "") for name, _ in CARD_FIELDS},
            "responsibility_version": self._overview.responsibility.version,
        }

    def blocked(self) -> str | None:
        if self._by_pad:
            return "请先书写姓名" if self._layout.board.pad.blank else None
        if self._state == CAPTURE:
            if self._kind in self._rejected:
                return f"请重新拍摄{TITLES[self._kind]}"
            return "请拍摄或书写签名" if self._kind == SIGNATURE else f"请先拍摄{TITLES[self._kind]}"
        if self._state == ADJUST:
            return None
        if self._state == OVERVIEW:
            return model.unfinished(self._photos, self._overview.responsibility.version is not None)
        if self._confirm.reading:
            return "正在识别，请稍候"
        return model.unusable(self._confirm.values(), self._context.services.customer.id_number)

    def before_submit(self, go_on: Callable[[], None]) -> None:
        if self._by_pad:
            self._layout.board.use()
            return
        if self._state in (ADJUST, OVERVIEW):
            self._editor.use() if self._state == ADJUST else go_on()
            return
        problems = PHOTOS.problems(self.answer(), self._context.services)
        of_side = model.problems_of_side(problems, self._kind)
        if of_side:
            self._confirm.show_problems(of_side)
            return
        self._confirmed.add(self._kind)
        self._go_on()
        self.changed.emit()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        told = model.corrections(problems)
        if told.general:
            self._say(told.general)
        if told.text:
            self._rejected[told.kind] = told.text
            self._show(CAPTURE, told.kind)
        elif told.fields:
            self._confirmed.discard(told.kind)
            self._show(CONFIRM, told.kind)
            self._confirm.show_problems(told.fields)
        elif told.responsibility:
            self._show(OVERVIEW, "")
            self._overview.responsibility.show_problem(told.responsibility)
            focus(self._overview.responsibility.box)

    def first_focus(self) -> QWidget | None:
        if self._state == CAPTURE:
            return self._capture.choose if self._capture.isVisibleTo(self) else self._layout.board.pad
        fields, box = self._confirm.first_field, self._overview.responsibility.box
        return fields() if self._state == CONFIRM else box if self._state == OVERVIEW else None

    def leave(self) -> None:
        self._capture.end()

    # where one is

    def _take_reasons(self, reasons: Sequence[Reason]) -> None:
        """Only what was rejected is asked again; a reason that names no photo stands above all."""
        accepted = (self._context.application.record(PHOTOS.id).answer or {}).get("photos", {})
        told = model.read_reasons(reasons, self._photos, accepted)
        self._rejected, self._locked = dict(told.photos), set(told.locked)
        self._confirmed -= told.sides
        self._say("；".join(told.general))

    def _say(self, text: str) -> None:
        self._reason.show_text(text, "error")

    def _go_on(self) -> None:
        """Show what is to be done next."""
        for kind, _ in PHOTO_KINDS:
            if kind not in self._photos or kind in self._rejected:
                return self._show(CAPTURE, kind)
            if kind in SIDE_FIELDS and kind not in self._confirmed:
                return self._show(CONFIRM, kind)
        return self._show(OVERVIEW, "")

    def _open_slot(self, kind: str) -> None:
        if (self._state, self._kind, kind) == (CAPTURE, SIGNATURE, SIGNATURE) and kind in self._photos:
            self._go_on()
        else:
            taken = kind in self._photos and kind not in self._rejected
            self._show(CONFIRM if taken and kind in SIDE_FIELDS else CAPTURE, kind)

    def _show(self, state: str, kind: str) -> None:
        self._reading.keep()
        self._taking.leave()
        self._state, self._kind = state, kind
        self._layout.show_pane(state, kind)
        self.set_heading(*HEADINGS[state, kind])
        by_pad = USE_SIGNATURE if self._by_pad else Page.primary_text
        self.set_primary(USE_CROP if state == ADJUST else by_pad)
        if state != CONFIRM:
            self._reading.leave()
        if state == CAPTURE:
            self._taking.begin(VISION_KINDS[kind])
            self._capture.say(self._rejected.get(kind, ""))
        elif state == CONFIRM:
            self._reading.show(kind, self._photos[kind], locked=kind in self._locked)
            self._fetch_original(kind)
        elif state == OVERVIEW:
            self._overview.show_values(self._reading.fields)
        self._show_slots()
        focus(self.first_focus(), self.title if state == CAPTURE else None)
        self.changed.emit()

    def _show_slots(self) -> None:
        current = self._kind if self._state in (CAPTURE, ADJUST) else ""
        self._layout.show_slots(self._photos, self._rejected, self._locked, current)
        self._show_sending()

    # taking a photo

    def _taken(self, image: BgrImage, capture: Capture, fresh: bool) -> None:
        """Use a picture; not `fresh`: it is the one that was there, cut out anew."""
        kind = self._kind
        original_id = None if fresh else self._photos[kind].original_id
        doubt = model.doubt(capture.advice, capture.quality.flags)
        self._photos[kind] = Photo(capture.card, image, capture.corners, original_id=original_id, doubt=doubt)
        self._rejected.pop(kind, None)
        self._confirmed.discard(kind)
        self._upload(kind)
        if kind == SIGNATURE:
            self._go_on()
            return
        if fresh:
            self._reading.forget(kind)
        self._show(CONFIRM, kind)

    def _wrong_side(self, kind: str) -> None:
        del self._photos[kind]
        wrong, right = TITLES[EMBLEM if kind == PORTRAIT else PORTRAIT], TITLES[kind]
        self._show(CAPTURE, kind)
        self._capture.say(f"刚才拍的是{wrong}，这里需要{right}。请翻过来重新拍摄。")

    @property
    def _by_pad(self) -> bool:
        """Whether the signature is being written on the screen."""
        return (self._state, self._kind) == (CAPTURE, SIGNATURE) and self._layout.ways.value == "pad"

    def _written(self, image: BgrImage) -> None:
        self._photos[SIGNATURE] = Photo(card=image)
        self._rejected.pop(SIGNATURE, None)
        self._upload(SIGNATURE)
        self._go_on()

    # adjusting

    def _adjust(self) -> None:
        kind, photo = self._kind, self._photos[self._kind]

        def show(image: BgrImage) -> None:
            photo.original = image
            if (self._state, self._kind) == (CONFIRM, kind):
                self._show(ADJUST, kind)
                self._taking.adjust(VISION_KINDS[kind], image, photo.corners)

        if photo.original is not None:
            show(photo.original)
            return
        self._transfer.fetch(
            photo.original_id, show, lambda failure: self.failed.emit(failure, self._adjust), "正在读取原图…"
        )

    def _turn_over(self) -> None:
        """The card isn't upright, which the picture alone can't always tell."""
        photo = self._photos[self._kind]
        if photo.card is not None and self._turn(self._kind, quarters_to_turn(photo.card)):
            self._reading.read_turned(photo)

    def _turn(self, kind: str, quarters: int) -> bool:
        """Turn what was cut out clockwise and send it; whether it is here."""
        photo = self._photos[kind]
        if photo.card is None:
            return False
        photo.card = work.turned(photo.card, quarters)
        self._upload(kind)
        return True

    # sending and fetching

    def _upload(self, kind: str) -> None:
        self._transfer.upload(kind, self._photos[kind], kind)

    def _sending_changed(self) -> None:
        self._show_slots()
        self.changed.emit()

    def _show_sending(self) -> None:
        photo = self._photos.get(self._kind)
        if photo is not None:
            self._confirm.pictures.show_sending(model.sending_text(photo), failed=photo.failure is not None)
            self._confirm.adjust_button.setVisible(model.adjustable(photo))

    def _fetch_original(self, kind: str) -> None:
        """The whole picture of a photo that was taken before the program ended, to be looked at beside it."""
        photo = self._photos[kind]

        def show(image: BgrImage) -> None:
            photo.original = image
            if (self._state, self._kind) == (CONFIRM, kind) and self._photos.get(kind) is photo:
                self._confirm.pictures.show_photo(photo)

        if photo.original is None and photo.original_id is not None:
            self._transfer.fetch(
                photo.original_id, show, lambda _: None
            )  # 调整裁剪 says so if it must have it

    def _fetch(self, kind: str) -> None:
        photo = self._photos[kind]

        def show(image: BgrImage) -> None:
            if self._photos.get(kind) is not photo:
                return  # taken anew meanwhile
            photo.card = image
            self._show_slots()
            if (self._state, self._kind) == (CONFIRM, kind):
                self._reading.show_arrived(photo)

        def lost(failure: Failure) -> None:
            if self._photos.get(kind) is photo:
                del self._photos[kind]
                self._go_on()

        again = partial(self._fetch, kind)
        if photo.pending is not None:
            self._transfer.resume(kind, photo, kind, show, lost)
        else:
            self._transfer.fetch(photo.upload_id, show, lambda failure: self.failed.emit(failure, again))
