"""Page 银行卡: the settlement bank cards, on record or new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Sequence

from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BANK_CARDS
from kaihu_desktop.core.flow.step import Answer, Problem
from kaihu_desktop.core.model.application import Reason
from kaihu_desktop.core.model.company import Document
from kaihu_desktop.core.ports import Reading
from kaihu_desktop.core.rules.bank_bin import BinTable
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages import photos_model
from kaihu_desktop.ui.pages import photos_work as work
from kaihu_desktop.ui.pages.bank_cards_layout import BankCardsLayout
from kaihu_desktop.ui.pages.bank_cards_model import ADJUST, BANK_CARD, CAPTURE, HEADINGS, LIST, NewCard
from kaihu_desktop.ui.pages.bank_cards_panels import CardPanel, NewCardPanel, RecordPanel
from kaihu_desktop.ui.pages.photo import Photo, photo_of
from kaihu_desktop.ui.pages.photos_taking import PhotoTaking
from kaihu_desktop.ui.pages.photos_transfer import PhotoTransfer
from kaihu_desktop.ui.widgets.corner_editor import USE_CROP
from kaihu_desktop.ui.widgets.focus import focus

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage
    from kaihu_desktop.vision.capture import Capture


class BankCardsPage(Page):
    """Answer: see `core.flow.steps.bank_cards.BankCards`."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("bank_cards", *HEADINGS[LIST])
        self._context = context
        self._panels: list[CardPanel] = []
        self._bins: BinTable | None = None
        self._notice, self._count, self._state = False, 0, LIST
        self._taking: NewCardPanel | None = None
        self._build()

    def _build(self) -> None:
        context, layout = self._context, BankCardsLayout(self._context)
        self._layout, self._capture, self._editor = layout, layout.capture, layout.editor
        self.body.addWidget(layout, 1)
        layout.banks.connect(self._show_banks)
        layout.add.connect(self._begin_adding)
        layout.by_hand.connect(self._fill_in_by_hand)
        layout.back.connect(lambda: self._show(LIST))
        layout.removed.take_back.connect(self._take_back)
        self._photographer = PhotoTaking(context.tasks, self._capture, self._editor, layout.doubt, self)
        self._photographer.taken.connect(self._take)
        self._photographer.doubted.connect(lambda: self._show(ADJUST))
        self._photographer.left.connect(lambda fresh: self._show(CAPTURE if fresh else LIST))
        self._photographer.failed.connect(lambda failure: self.failed.emit(failure, None))
        self._transfer = PhotoTransfer(context.tasks, context.services.backend, self, originals=False)
        self._transfer.changed.connect(self._photo_moved)
        self._transfer.progressed.connect(self._show_progress)

    # the page's contract

    def load(self, answer: Answer | None, reasons: Sequence[Reason]) -> None:
        records = {record.id: record for record in self._context.services.customer.bank_cards}
        if answer is None:
            self._panels = [self._record_panel(record.id) for record in records.values()]
        else:
            self._notice = bool(answer.get("notice_accepted"))
            for told in answer.get("cards", ()):
                if told.get("id") in records:
                    self._panels.append(self._record_panel(told["id"]))
                elif not told.get("id"):
                    self._restore(told)
        self._take_reasons(reasons)
        self._show(LIST)
        self._context.tasks.run(self, lambda _: self._context.bins(), self._use_bins)
        work.prepare(self._context, self)

    def answer(self) -> dict[str, Any]:
        return {"cards": [panel.answer() for panel in self._panels], "notice_accepted": self._notice}

    def blocked(self) -> str | None:
        if self._state == CAPTURE:
            return "请先拍摄银行卡，或返回银行卡列表"
        if self._state == ADJUST:
            return None
        if not self._panels:
            return "请至少添加一张银行卡"
        return next((reason for reason in (panel.blocked() for panel in self._panels) if reason), None)

    def before_submit(self, go_on: Callable[[], None]) -> None:
        if self._state == ADJUST:
            self._editor.use()
            return
        problems = BANK_CARDS.problems({**self.answer(), "notice_accepted": True}, self._context.services)
        if problems:
            self.show_problems(problems)
            return
        if self._notice and self.answer() == self._context.application.record(BANK_CARDS.id).answer:
            go_on()
            return

        def accepted() -> None:
            self._notice = True
            go_on()

        notice = self._context.services.company.usage_notice
        self._context.dialogs.confirm(notice.title, notice.text, "确定", accepted)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        if problems:
            self._show(LIST)
        first: QWidget | None = None
        general = []
        for problem in problems:
            panel, name = self._place_of(problem.field)
            if panel is not None:
                widget = panel.show_problem(name, problem.text)
                first = first or widget
            else:
                general.append(problem.text)
        if general:
            self._say("；".join(general))
        focus(first)

    def first_focus(self) -> QWidget | None:
        if self._state == CAPTURE:
            return self._capture.choose
        new = [panel for panel in self._panels if isinstance(panel, NewCardPanel)]
        return new[-1].number if new else self._layout.add_button

    def leave(self) -> None:
        self._capture.end()

    # where one is

    def _show(self, state: str) -> None:
        self._photographer.leave()
        self._state = state
        self._layout.show_state(state, again=self._taking is not None)
        self.set_heading(*HEADINGS[state])
        self.set_primary(USE_CROP if state == ADJUST else Page.primary_text)
        if state == LIST:
            self._capture.end()
            self._layout.show_cards(self._panels)
            self._show_removed()
        elif state == CAPTURE:
            self._photographer.begin(BANK_CARD)
        focus(self.first_focus(), self.title if state == CAPTURE else None)
        self.changed.emit()

    def _say(self, text: str) -> None:
        self._layout.reason.show_text(text, "error")

    def _take_reasons(self, reasons: Sequence[Reason]) -> None:
        answer = self._context.application.record(BANK_CARDS.id).answer or {}
        sent = {card.get("photo_id") for card in answer.get("cards", ())}
        general = []
        for reason in reasons:
            panel, name = self._place_of(reason.field)
            if panel is None:
                general.append(reason.text)
            elif isinstance(panel, NewCardPanel) and name == "photo_id":
                photo = panel.card.photo
                if not sent or photo.upload_id in sent or not photo.there:
                    panel.rejected_photo = reason.text
                    panel.show_photo()
            else:
                panel.show_problem(name, reason.text)
        self._say("；".join(general))

    def _place_of(self, path: str | None) -> tuple[CardPanel | None, str]:
        """Panel and name that a dotted path in the answer leads to; no panel when it leads nowhere."""
        part, number, name = [*(path or "").split("."), "", ""][:3]
        index = int(number) if part == "cards" and number.isdecimal() else len(self._panels)
        return (self._panels[index] if index < len(self._panels) else None), name

    # the cards

    def _record_panel(self, record_id: str) -> RecordPanel:
        records = self._context.services.customer.bank_cards
        panel = RecordPanel(next(record for record in records if record.id == record_id))
        panel.remove.connect(lambda: self._ask_remove(panel, panel.record.bank_name))
        return panel

    def _restore(self, told: Answer) -> None:
        number = told.get("number") or ""
        read = number if told.get("source") == "ocr" else None
        photo = photo_of(told, told.get("photo_id"))
        card = NewCard(number, told.get("bank_code") or "", told.get("branch") or "", read, photo)
        panel = self._new_panel(card)

        def show(image: BgrImage) -> None:
            photo.card = image
            panel.show_photo()

        def lost(failure: Failure) -> None:
            photo.pending = None
            panel.show_photo()
            self.changed.emit()

        if photo.upload_id:
            self._transfer.fetch(photo.upload_id, show)
        elif photo.pending:
            self._transfer.resume(panel.name, photo, "bank_card", show, lost)

    def _new_panel(self, card: NewCard) -> NewCardPanel:
        """The last of the panels from now on."""
        self._count += 1
        panel = NewCardPanel(self._count, card, self._context.services.company)
        if self._bins is not None:
            panel.use_bins(self._bins)
        panel.changed.connect(self._edited)
        panel.take.connect(lambda: self._retake(panel))
        panel.adjust.connect(lambda: self._adjust(panel))
        panel.retry.connect(lambda: self._upload(panel))
        panel.remove.connect(lambda: self._ask_remove(panel, "新增"))
        panel.advance.connect(self.advance)
        self._panels.append(panel)
        return panel

    def _use_bins(self, bins: BinTable) -> None:
        self._bins = bins
        for panel in self._panels:
            if isinstance(panel, NewCardPanel):
                panel.use_bins(bins)
        self.changed.emit()

    def _edited(self) -> None:
        self._notice = False
        self._say("")
        self.changed.emit()

    def _ask_remove(self, panel: CardPanel, which: str) -> None:
        self._context.dialogs.confirm(
            "删除银行卡",
            f"确定从这次办理中删除{which}的银行卡吗？",
            "删除",
            lambda: self._remove(panel),
            kind="danger",
        )

    def _remove(self, panel: CardPanel) -> None:
        self._panels.remove(panel)
        self._edited()
        self._show(LIST)

    def _show_removed(self) -> None:
        kept = {panel.record.id for panel in self._panels if isinstance(panel, RecordPanel)}
        records = self._context.services.customer.bank_cards
        self._layout.removed.show_records([one for one in records if one.id not in kept])

    def _take_back(self, record_id: str) -> None:
        self._panels.insert(0, self._record_panel(record_id))
        self._edited()
        self._show(LIST)

    def _show_banks(self) -> None:
        names = "\n".join(bank.name for bank in self._context.services.company.banks)
        text = f"以下银行的本人借记卡可以用作结算账户：\n\n{names}"
        self._context.dialogs.read(Document("", "银行列表", text), "", lambda: None)

    # taking the photo of a card

    def _begin_adding(self) -> None:
        self._taking = None
        self._show(CAPTURE)

    def _retake(self, panel: NewCardPanel) -> None:
        self._taking = panel
        self._show(CAPTURE)

    def _fill_in_by_hand(self) -> None:
        self._new_panel(NewCard())
        self._edited()
        self._show(LIST)

    def _adjust(self, panel: NewCardPanel) -> None:
        self._taking = panel
        photo = panel.card.photo
        self._show(ADJUST)
        self._photographer.adjust(BANK_CARD, photo.original, photo.corners)

    def _take(self, image: BgrImage, capture: Capture, fresh: bool) -> None:
        panel = self._taking or self._new_panel(NewCard())
        doubt = photos_model.doubt(capture.advice, capture.quality.flags)
        panel.card.photo = Photo(capture.card, image, capture.corners, doubt=doubt)
        panel.rejected_photo = ""
        self._taking = panel
        self._notice = False
        self._upload(panel)
        self._read(panel)
        self._show(LIST)

    def _upload(self, panel: NewCardPanel) -> None:
        self._transfer.upload(panel.name, panel.card.photo, "bank_card")

    def _named(self, name: str) -> list[NewCardPanel]:
        """The panel of this name, unless it was deleted."""
        return [one for one in self._panels if isinstance(one, NewCardPanel) and one.name == name]

    def _photo_moved(self, name: str) -> None:
        for panel in self._named(name):
            panel.show_photo()
        self.changed.emit()

    def _show_progress(self, name: str, done: int, total: int) -> None:
        for panel in self._named(name):
            panel.show_progress(done, total)

    def _read(self, panel: NewCardPanel) -> None:
        reader, picture = self._context.card_reader, panel.card.photo.card
        panel.show_reading_begun()

        def done(reading: Reading) -> None:
            if panel.card.photo.card is picture:
                panel.show_number_read(reading.fields["number"])
                self._edited()

        def failed(failure: Failure) -> None:
            if panel.card.photo.card is picture:
                panel.show_reading_failed(failure)
                self._edited()

        self._context.tasks.run(panel, lambda _: work.read(reader, BANK_CARD, picture), done, failed)
