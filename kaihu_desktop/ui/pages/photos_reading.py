"""The fields of the photo page: read from a side of the card, corrected by the person, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QObject, Signal

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Reading
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages import photos_model as model
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos_confirm import ConfirmPane
from kaihu_desktop.ui.pages.photos_model import SIDE_FIELDS, VISION_KINDS
from kaihu_desktop.ui.widgets.focus import focus

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage


class SideReading(QObject):
    """Works the pane 请核对识别结果 for one side at a time, from `show` until `leave`.

    fields: the answer's, of both sides.

    Signals:
        changed(): a field, or what keeps the page from going on. wrong_side(kind): a picture that was just
        taken shows the other side of the card.
    """

    changed = Signal()
    wrong_side = Signal(str)

    def __init__(self, context: PageContext, confirm: ConfirmPane, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._confirm = context, confirm
        self.fields: dict[str, str] = {}
        self._kind = ""
        self._card: BgrImage | None = None
        confirm.changed.connect(self._edited)

    def show(self, kind: str, photo: Photo, *, locked: bool) -> None:
        """Show a side and read it; `locked`: its photo can't be taken again."""
        confirm, self._kind, self._card = self._confirm, kind, photo.card
        confirm.show_side(kind, photo, self.fields)
        for made in (confirm.retake_button, confirm.adjust_button, confirm.turn_button):
            made.setEnabled(not locked)
        if photo.card is not None:
            self._read(fresh=not any(self.fields.get(name) for name in SIDE_FIELDS[kind]))
        self._show_cross_check()

    def show_arrived(self, photo: Photo) -> None:
        """The picture of the side that is shown has come from the server."""
        self._card = photo.card
        self._confirm.show_photo(photo)
        self._read(fresh=False)

    def read_turned(self, photo: Photo) -> None:
        """The picture of the side that is shown was turned."""
        self._card = photo.card
        self._confirm.show_photo(photo)
        self._read(fresh=False, overwrite=True)

    def keep(self) -> None:
        """Take over what stands in the pane."""
        if self._kind:
            self.fields.update(self._confirm.values())

    def leave(self) -> None:
        """Something else is shown."""
        self._kind, self._card = "", None

    def forget(self, kind: str) -> None:
        """There is another picture of a side: nothing of the one before counts."""
        self.fields.update((name, "") for name in SIDE_FIELDS[kind])
        self.leave()
        self._confirm.kind = ""
        self._confirm.forget_typed(kind)

    def _read(self, *, fresh: bool, overwrite: bool = False) -> None:
        """Read the fields in the background. fresh: it was just taken, so the wrong side sends it back."""
        kind, card, reader = self._kind, self._card, self._context.card_reader
        self._confirm.show_reading_begun()

        def done(reading: Reading) -> None:
            if self._card is card:
                self._confirm.show_reading(reading, overwrite=overwrite)
                self._was_read()

        def failed(failure: Failure) -> None:
            if self._card is card:
                self._failed(failure, fresh)

        self._context.tasks.run(self, lambda _: work.read(reader, VISION_KINDS[kind], card), done, failed)

    def _was_read(self) -> None:
        self._edited()
        if model.other_person(self._confirm.values(), self._context.services.customer.id_number):
            self._confirm.say(model.OTHER_PERSON, "error")
            focus(self._confirm.retake_button)
        else:
            focus(self._confirm.first_field())

    def _failed(self, failure: Failure, fresh: bool) -> None:
        self._confirm.show_reading_failed(failure)
        if failure.code == "OCR-SIDE" and fresh:
            self.wrong_side.emit(self._kind)
        self.changed.emit()

    def _edited(self) -> None:
        self.keep()
        self._show_cross_check()
        self.changed.emit()

    def _show_cross_check(self) -> None:
        customer = self._context.services.customer
        own = {"name": customer.name, "id_number": customer.id_number}
        self._confirm.show_cross_check(model.cross_check(self._kind, self.fields, own))
