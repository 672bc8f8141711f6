"""The pane 请核对识别结果: the card, and its fields beside the places that they were read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Mapping

from qtpy.QtCore import QEvent, QObject, Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.step import Problem
from kaihu_desktop.core.ports import Reading
from kaihu_desktop.core.rules.ethnic_groups import ETHNIC_GROUPS
from kaihu_desktop.core.rules.id_number import validate_id_number
from kaihu_desktop.ui.pages.photos_model import LABELS, SIDE_FIELDS, CrossCheck, shown_value, typed_value
from kaihu_desktop.ui.widgets.field_snippet import NOT_FOUND, READING, FieldSnippet
from kaihu_desktop.ui.widgets.fields import ChoiceField, Field, TextField
from kaihu_desktop.ui.widgets.focus import focus
from kaihu_desktop.ui.widgets.labels import Note, button, card, label
from kaihu_desktop.ui.widgets.pictures import PictureView
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

if TYPE_CHECKING:
    from kaihu_desktop.core.ports import Field as ReadField
    from kaihu_desktop.vision.arrays import BgrImage

CARD_ASPECT = 1000 / 630
CHOICES = {
    "sex": tuple((sex, sex) for sex in ("男", "女")),
    "ethnicity": tuple((group, group) for group in ETHNIC_GROUPS),
}
PLACEHOLDERS = {
    "birth": "例如 1990-01-31",
    "valid_from": "例如 2020-01-31",
    "valid_until": "例如 2040-01-31，长期请填“长期”",
}
#: Rows of each side; fields in one row stand side by side.
ROWS = (
    ("name",),
    ("id_number",),
    ("sex", "ethnicity"),
    ("birth",),
    ("address",),
    ("authority",),
    ("valid_from",),
    ("valid_until",),
)
SHORT_SNIPPETS = ("sex", "ethnicity")


class ConfirmPane(QWidget):
    """Signals: changed(), advance() on Enter in the last field, and the buttons under the card."""

    changed = Signal()
    advance = Signal()
    retake = Signal()
    adjust = Signal()
    turn = Signal()
    retry = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("photos.confirm")
        self.kind = ""
        self.reading = False
        self.fields: dict[str, Field] = {}
        self._snippets: dict[str, FieldSnippet] = {}
        self._rows: dict[str, QWidget] = {}
        self._boxes: dict[str, ReadField] = {}
        self._doubtful: frozenset[str] = frozenset()
        self._typed: set[str] = set()
        self._typing = False
        self._card: BgrImage | None = None
        row = ResponsiveRow(720)
        row.add(self._left(), 5)
        row.add(self._right(), 7)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        column.addStretch(1)

    def _left(self) -> QWidget:
        self.picture = PictureView(
            "photos.confirm.picture", "证件照片", aspect=CARD_ASPECT, widest=560, least=240
        )
        self.retake_button = button(
            "重新拍摄", "secondary", "photos.confirm.retake", self.retake.emit, small=True
        )
        self.adjust_button = button(
            "调整裁剪", "secondary", "photos.confirm.adjust", self.adjust.emit, small=True
        )
        self.turn_button = button("旋转", "secondary", "photos.confirm.turn", self.turn.emit, small=True)
        self._sending = label("", "secondary", "photos.confirm.sending")
        self._retry = button("重试", "link", "photos.confirm.retry", self.retry.emit)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for widget in (self.retake_button, self.adjust_button, self.turn_button):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(self._sending)
        buttons.addWidget(self._retry)
        self.quality = Note("", "warn", "photos.confirm.quality")
        self.quality.hide()
        self.said = Note("", "", "photos.confirm.said")
        self.said.hide()
        self.note = Note("", "", "photos.confirm.note")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.picture)
        column.addLayout(buttons)
        column.addWidget(self.quality)
        column.addWidget(self.said)
        column.addWidget(self.note)
        column.addStretch(1)
        return left

    def _right(self) -> QWidget:
        frame, column = card("photos.confirm.fields", margins=20, spacing=12)
        for names in ROWS:
            line = QHBoxLayout()
            line.setSpacing(12)
            for name in names:
                line.addWidget(self._field_row(name), 1)
            column.addLayout(line)
        column.addStretch(1)
        return frame

    def _field_row(self, name: str) -> QWidget:
        field = _made(name)
        snippet = FieldSnippet(f"photos.{name}.snippet", LABELS[name], 84 if name in SHORT_SNIPPETS else 170)
        field.row.addWidget(snippet)
        field.changed.connect(lambda: self._edited(name))
        field.editor.installEventFilter(self)
        if isinstance(field, TextField):
            field.edit.returnPressed.connect(lambda: self._enter(name))
        self.fields[name], self._snippets[name], self._rows[name] = field, snippet, field
        return field

    # what is shown

    def show_side(self, kind: str, card_image: BgrImage | None, values: Mapping[str, str]) -> None:
        """Show the fields of one side, and its picture when it is here."""
        self.kind, self.reading, self._typing = kind, False, False
        self._boxes, self._doubtful = {}, frozenset()
        self.say("")
        self.show_quality("")
        for name, field in self.fields.items():
            field.setVisible(name in SIDE_FIELDS[kind])
            if name in SIDE_FIELDS[kind]:
                self._set(name, values.get(name, ""))
                field.set_chip("", "")
                field.set_error("")
                self._snippets[name].clear()
        self.show_card(card_image)

    def show_card(self, card_image: BgrImage | None) -> None:
        """Show the picture of the card."""
        self._card = card_image
        self.picture.show_image(card_image)

    def show_reading_begun(self) -> None:
        """The fields are being read; they may be typed meanwhile."""
        self.reading, self._typing = True, False
        self._clear_snippets(READING)
        self.say("正在识别证件上的文字，请稍候…")

    def show_reading(self, reading: Reading, *, overwrite: bool) -> None:
        """Fill in what was read; without `overwrite` only the empty fields, and never what was typed."""
        self.reading = False
        self._clear_snippets(NOT_FOUND)
        self.say("")
        for name in SIDE_FIELDS[self.kind]:
            read = reading.fields.get(name)
            if read is None:
                continue
            self._boxes[name] = read
            if read.box is not None and self._card is not None:
                self._snippets[name].show_part(self._card, read.box)
            if not self.value(name) or (overwrite and name not in self._typed):
                self._set(name, read.value)
            self._show_chip(name)
            self.fields[name].set_error("")

    def show_reading_failed(self, failure: Failure) -> None:
        """Nothing could be read: the fields are typed by hand."""
        self.reading = False
        self._clear_snippets(NOT_FOUND)
        self.say(f"{failure.text}。{failure.remedy}", "warn")

    def _clear_snippets(self, text: str) -> None:
        for name in SIDE_FIELDS[self.kind]:
            self._snippets[name].clear(text)

    def say(self, text: str, kind: str = "") -> None:
        """A sentence below the card; an empty one takes it away."""
        self.said.set(text, kind)
        self.said.setVisible(bool(text))

    def show_quality(self, advice: str) -> None:
        """What is wrong with the picture itself; an empty text takes it away."""
        self.quality.set(f"{advice}。看不清的项目请重新拍摄。", "warn")
        self.quality.setVisible(bool(advice))

    def show_cross_check(self, check: CrossCheck) -> None:
        """What the fields say of one another."""
        self.note.set(check.text, "warn" if check.doubtful else "")
        self.note.setVisible(bool(check.text))
        before, self._doubtful = self._doubtful, check.doubtful
        for name in before ^ check.doubtful:
            self._show_chip(name)

    def show_sending(self, text: str, *, failed: bool) -> None:
        """Where the picture is: on its way, kept, or not sent."""
        self._sending.setText(text)
        self._retry.setVisible(failed)

    # values

    def value(self, name: str) -> str:
        """The value of a field as the answer holds it."""
        field = self.fields[name]
        text = field.value if isinstance(field, ChoiceField) else field.text
        return typed_value(name, text)

    def values(self) -> dict[str, str]:
        """The values of the side that is shown."""
        return {name: self.value(name) for name in SIDE_FIELDS[self.kind]} if self.kind else {}

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Mark fields (``fields.name``) and focus the first."""
        shown = [(problem.field.split(".")[1], problem.text) for problem in problems]
        for name, text in shown:
            self.fields[name].set_error(text)
            self.fields[name].set_chip("", "")
        if shown:
            focus(self.fields[shown[0][0]].editor)

    def first_field(self) -> QWidget | None:
        """The first field that wants a look, else the first of all; None while the person types."""
        if self._typing:
            return None
        names = SIDE_FIELDS.get(self.kind, ())
        doubtful = [name for name in names if name in self._boxes and self._boxes[name].needs_review]
        return self.fields[(doubtful or names)[0]] if names else None

    def _set(self, name: str, value: str) -> None:
        field = self.fields[name]
        if isinstance(field, ChoiceField):
            field.set_value(value)
        else:
            field.set_text(shown_value(name, value))
            field.edit.setCursorPosition(0)

    def _show_chip(self, name: str) -> None:
        field, read, value = self.fields[name], self._boxes.get(name), self.value(name)
        if not value:
            field.set_chip("请填写", "warn")
        elif name in self._doubtful:
            field.set_chip("请核对", "warn")
        elif name == "id_number" and validate_id_number(value):
            field.set_chip("校验通过", "ok")
        elif read is None or read.value != value:
            field.set_chip("已修改" if read is not None else "", "")
        elif read.needs_review:
            field.set_chip("请核对", "warn")
        else:
            field.set_chip(f"{int(read.confidence * 100)}%", "ok")

    def forget_typed(self, kind: str) -> None:
        """There is another card: what was typed for the one before doesn't count any more."""
        self._typed.difference_update(SIDE_FIELDS[kind])

    def _edited(self, name: str) -> None:
        self._typed.add(name)
        self._typing = True
        self._show_chip(name)
        self.changed.emit()

    def _enter(self, name: str) -> None:
        if name == SIDE_FIELDS[self.kind][-1]:
            self.advance.emit()
        else:
            self.focusNextChild()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            name = next(name for name, field in self.fields.items() if field.editor is watched)
            read = self._boxes.get(name)
            self.picture.mark(read.box if read is not None else None)
        elif event.type() == QEvent.Type.FocusOut:
            self.picture.mark(None)
            if isinstance(watched, QLineEdit) and event.reason() != Qt.FocusReason.PopupFocusReason:
                watched.setCursorPosition(0)  # a long authority shows its beginning
        return False


def _made(name: str) -> Field:
    title, object_name = LABELS[name], f"photos.{name}"
    if name in CHOICES:
        field = ChoiceField(title, object_name)
        field.set_choices(CHOICES[name])
        return field
    hint = PLACEHOLDERS.get(name, "")
    return TextField(title, object_name, placeholder=hint, length=100, wraps=name == "address")
