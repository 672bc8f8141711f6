"""The panels of the bank card page: a card on record, and a card that is being added."""

from __future__ import annotations

from typing import Any

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.steps.bank_cards import CARD_NUMBER_ADVICE, valid_card_number
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import BankCardOnRecord
from kaihu_desktop.core.ports import Field as ReadField
from kaihu_desktop.core.rules.bank_bin import BinTable, group_number, normalise_card_number
from kaihu_desktop.core.rules.branch import BRANCH_ADVICE, LONGEST_BRANCH
from kaihu_desktop.ui.pages.bank_cards_model import NewCard, NumberVerdict, judge_number
from kaihu_desktop.ui.widgets.drawn_card import ASPECT, DrawnCard
from kaihu_desktop.ui.widgets.field_snippet import FieldSnippet
from kaihu_desktop.ui.widgets.fields import ChoiceField, TextField
from kaihu_desktop.ui.widgets.focus import focus
from kaihu_desktop.ui.widgets.labels import Note, button, chip, label, set_chip, set_property
from kaihu_desktop.ui.widgets.pictures import PictureView

FAILED_READING = KINDS["OCR-BANK-CARD"]


class CardPanel(QFrame):
    """What both kinds of panel have in common. Signals: changed(), remove()."""

    changed = Signal()
    remove = Signal()

    def __init__(self, name: str, title: str, state: str) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setObjectName(name)
        self._state = chip(state, "", f"{name}.state")
        self._title = label(title, "strong", f"{name}.title")
        self._problem = label("", "field-error", f"{name}.error", wrap=True)
        self._problem.hide()
        heading = QHBoxLayout()
        heading.addWidget(self._title)
        heading.addStretch(1)
        heading.addWidget(self._state)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(10)
        self.column.addLayout(heading)

    def answer(self) -> dict[str, Any]:
        """The card's part of the answer."""
        raise NotImplementedError

    @property
    def bank_code(self) -> str:
        """The code of the card's bank, empty if none is chosen."""
        return str(self.answer()["bank_code"])

    def blocked(self) -> str | None:
        """Why the page can't go on with this card."""
        return None

    def show_problem(self, field: str, text: str) -> QWidget | None:
        """Show a problem of a field; the widget to focus."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))
        set_property(self, "state", "error" if text else "")
        return None


class RecordPanel(CardPanel):
    """A card that the company knows already."""

    def __init__(self, record: BankCardOnRecord) -> None:
        name = f"bank_cards.record.{record.bank_code}"
        super().__init__(name, record.bank_name, "已预留")
        self.record = record
        self.column.addWidget(
            DrawnCard(f"{name}.card", record.bank_code, record.bank_name, record.masked_number)
        )
        self.column.addWidget(label(f"网点 {record.branch}", "secondary", f"{name}.branch", wrap=True))
        self.column.addWidget(self._problem)
        self._remove = button("删除", "link-danger", f"{name}.remove", self.remove.emit)
        self._remove.setAccessibleName(f"删除{record.bank_name}的银行卡")
        self.column.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def answer(self) -> dict[str, Any]:
        return {
            "id": self.record.id,
            "bank_code": self.record.bank_code,
            "number": None,
            "branch": self.record.branch,
            "photo_id": None,
            "source": "record",
        }

    def show_problem(self, field: str, text: str) -> QWidget | None:
        super().show_problem(field, text)
        return self._remove


class RemovedCards(QWidget):
    """Cards on record that were deleted and can be taken back. Signals: take_back(id)."""

    take_back = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addStretch(1)

    def show_records(self, records: list[BankCardOnRecord]) -> None:
        """Offer to take these back."""
        while self._row.count() > 1:
            widget = self._row.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        for place, record in enumerate(records):
            text, name = f"恢复已删除的{record.bank_name}卡", f"bank_cards.restore.{record.bank_code}"
            made = button(text, "link", name, lambda one=record.id: self.take_back.emit(one))
            self._row.insertWidget(place, made)


class NewCardPanel(CardPanel):
    """A card that is being added: photo, number, bank, branch.

    Signals: take(): take its photo. adjust(). retry(): send it again. advance(): Enter in the last field.
    """

    take = Signal()
    adjust = Signal()
    retry = Signal()
    advance = Signal()

    def __init__(self, number: int, card: NewCard, company: Company) -> None:
        self.name = f"bank_cards.new{number}"
        super().__init__(self.name, "新增银行卡", "")
        self.card, self._company = card, company
        self._bins: BinTable | None = None
        self.verdict = NumberVerdict()
        self.reading, self.rejected_photo = False, ""
        self._build()
        self.show_card()

    def _build(self) -> None:
        name = self.name
        self.picture = PictureView(f"{name}.picture", "银行卡照片", aspect=ASPECT, widest=230, least=150)
        self._take = button("拍摄银行卡", "secondary", f"{name}.take", self.take.emit, small=True)
        self._adjust = button("调整裁剪", "link", f"{name}.adjust", self.adjust.emit)
        self._retry = button("重试上传", "secondary", f"{name}.retry", self.retry.emit, small=True)
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for made in (self._take, self._retry, self._adjust):
            buttons.addWidget(made)
        buttons.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(self.picture)
        left.addWidget(self._progress)
        left.addLayout(buttons)
        left.addWidget(self._problem)
        left.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addLayout(left, 2)
        row.addLayout(self._inputs(), 3)
        self.column.addLayout(row)
        self.note = Note("", "warn", f"{name}.note")
        self.note.hide()
        self.column.addWidget(self.note)
        remove = button("删除这张卡", "link-danger", f"{name}.remove", self.remove.emit)
        self.column.addWidget(remove, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)

    def _inputs(self) -> QVBoxLayout:
        name = self.name
        self.number = TextField("银行卡卡号", f"{name}.number", required=True, length=30)
        self.number.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._snippet = FieldSnippet(f"{name}.number.snippet", "银行卡卡号", 360)
        self._sure = label("", "hint", f"{name}.number.sure")
        self.bank = ChoiceField("开户行", f"{name}.bank_code", required=True)
        self.bank.set_choices(tuple((bank.code, bank.name) for bank in self._company.banks))
        self.branch = TextField(
            "银行网点",
            f"{name}.branch",
            required=True,
            placeholder="省＋市＋支行",
            length=LONGEST_BRANCH,
            wraps=True,
        )
        self.branch.edit.setToolTip(BRANCH_ADVICE)
        inputs = QVBoxLayout()
        inputs.setSpacing(10)
        for field in (self.number, self._read_from(), self.bank, self.branch):
            inputs.addWidget(field)
        inputs.addStretch(1)
        self.number.changed.connect(self._number_edited)
        self.bank.changed.connect(self._edited)
        self.branch.changed.connect(self._edited)
        self.number.edit.editingFinished.connect(self._number_left)
        self.number.edit.returnPressed.connect(self.bank.setFocus)
        self.branch.edit.returnPressed.connect(self.advance)
        return inputs

    def _read_from(self) -> QWidget:
        """The part of the photo that the number was read from, and how sure the reader was."""
        self._seen = QWidget()
        row = QHBoxLayout(self._seen)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._snippet, 1)
        row.addWidget(self._sure)
        self._seen.hide()
        return self._seen

    # what is shown

    def use_bins(self, bins: BinTable) -> None:
        """The BIN table is here now."""
        self._bins = bins
        self._judge(choose_bank=False)

    def show_card(self) -> None:
        """Show photo and values of the card."""
        self.number.set_text(group_number(self.card.number))
        self.bank.set_value(self.card.bank_code)
        self.branch.set_text(self.card.branch)
        self.show_photo()
        self._judge(choose_bank=False)

    def show_photo(self) -> None:
        """Show the photo and where it is."""
        photo = self.card.photo
        self.picture.show_image(photo.card)
        kept = photo.there
        self.picture.setVisible(kept)
        self._take.setText("重新拍摄" if kept else "拍摄银行卡")
        self._take.setAccessibleName(self._take.text())
        self._adjust.setVisible(photo.original is not None)
        self._retry.setVisible(photo.failure is not None)
        self._progress.setVisible(photo.sending)
        self._show_state()
        if photo.failure is not None:
            super().show_problem("photo_id", f"{photo.failure.text}。{photo.failure.remedy}")
        else:
            super().show_problem("photo_id", self.rejected_photo)

    def _show_state(self) -> None:
        if self.rejected_photo:
            text, kind = "请重拍", "error"
        elif self.card.photo.failure is not None:
            text, kind = "上传失败", "error"
        elif self.reading:
            text, kind = "正在识别", "info"
        elif self.card.read_number:
            text, kind = "识别成功", "ok"
        elif not self.card.photo.there:
            text, kind = "待拍摄", "warn"
        else:
            text, kind = "手动填写", ""
        set_chip(self._state, text, kind)

    def show_progress(self, done: int, total: int) -> None:
        """How much of the photo has been sent."""
        self._progress.setRange(0, max(total, 1))
        self._progress.setValue(done)

    def show_reading_begun(self) -> None:
        """The number on the photo is being read."""
        self.reading = True
        self._seen.hide()
        self.say("正在识别卡号，请稍候…")

    def show_number_read(self, read: ReadField) -> None:
        """The number on the photo."""
        self.reading = False
        self.card.read_number = self.card.number = read.value
        self.number.set_text(group_number(read.value))
        self._show_seen(read)
        self._judge(choose_bank=True)
        unclear = "照片上的个别数字不清楚，请与银行卡逐位核对。" if read.needs_review else ""
        self.say(self.verdict.warning or unclear or self.card.photo.doubt, "warn")
        self._show_state()
        focus((self.branch if self.bank.value else self.bank).editor)

    def _show_seen(self, read: ReadField) -> None:
        if read.box is not None and self.card.photo.card is not None:
            self._snippet.show_part(self.card.photo.card, read.box)
        self._snippet.setVisible(not self._snippet.empty)
        self._sure.setText(f"把握 {int(read.confidence * 100)}%")
        self._seen.show()

    def show_reading_failed(self, failure: Failure) -> None:
        """Nothing could be read: typed by hand; the photo is kept."""
        self.reading = False
        self.card.read_number = None
        text = failure if failure.code == "OCR-ENGINE" else FAILED_READING
        self.say(f"{text.text}，{text.remedy}照片已保留。", "warn")
        self._show_state()
        focus(self.number.editor)

    def say(self, text: str, kind: str = "") -> None:
        """A sentence below the fields; an empty one takes it away."""
        self.note.show_text(text, kind)

    def show_problem(self, field: str, text: str) -> QWidget | None:
        fields = {"number": self.number, "bank_code": self.bank, "branch": self.branch}
        if field in fields:
            fields[field].set_error(text)
            return fields[field]
        super().show_problem(field, text)
        return self._take

    # values

    def answer(self) -> dict[str, Any]:
        return self.card.answer()

    def blocked(self) -> str | None:
        if self.verdict.refusal:
            return self.verdict.refusal
        if self.card.photo.failure is not None:
            return "银行卡照片没有上传成功，请点“重试上传”"
        if self.rejected_photo:
            return "请重新拍摄银行卡照片"
        if self.reading:
            return "正在识别银行卡，请稍候"
        return "银行卡照片正在上传，请稍候" if self.card.photo.sending else None

    def _number_edited(self) -> None:
        """Keep the groups of four while typing, and the cursor behind the digit that it was behind."""
        edit = self.number.edit
        digits_before = len(normalise_card_number(edit.text()[: edit.cursorPosition()]))
        grouped = group_number(edit.text())
        if grouped != edit.text():
            edit.setText(grouped)
            position = len(group_number(normalise_card_number(grouped)[:digits_before]))
            edit.setCursorPosition(position)
        self._judge(choose_bank=True)
        self._edited()

    def _number_left(self) -> None:
        digits = normalise_card_number(self.number.text)
        if digits and not valid_card_number(digits):
            self.number.set_error(CARD_NUMBER_ADVICE)

    def _edited(self) -> None:
        card = self.card
        card.number = normalise_card_number(self.number.text)
        card.bank_code, card.branch = self.bank.value, self.branch.text
        self._show_state()
        self.changed.emit()

    def _judge(self, *, choose_bank: bool) -> None:
        verdict = self.verdict = judge_number(self.number.text, self._bins, self._company)
        self.number.set_chip(verdict.chip, verdict.kind)
        self.number.set_error(verdict.refusal)
        if verdict.warning:
            self.say(verdict.warning, "warn")
        elif choose_bank and not self.reading:
            self.say("")
        if verdict.bank_code and (choose_bank or not self.bank.value):
            self.bank.set_value(verdict.bank_code)
            self.bank.set_error("")
            self.card.bank_code = verdict.bank_code
