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
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos_model import LABELS, SIDE_FIELDS, CrossCheck, shown_value, typed_value
from kaihu_desktop.ui.pages.photos_pictures import CardPictures
from kaihu_desktop.ui.widgets.field_snippet import NOT_FOUND, READING, FieldSnippet
from kaihu_desktop.ui.widgets.fields import ChoiceField, Field, TextField
from kaihu_desktop.ui.widgets.focus import focus
from kaihu_desktop.ui.widgets.labels import Note, card
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow

if TYPE_CHECKING:
    from kaihu_desktop.core.ports import Field as ReadField
    from kaihu_desktop.vision.arrays import BgrImage

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
    """Signals: changed(), advance() on Enter in the last field. Those of the buttons are `pictures`' own."""

    changed = Signal()
    advance = Signal()

    def __init__(self, dialogs: Dialogs) -> None:
        super().__init__()
        self.setObjectName("photos.confirm")
        self.pictures = CardPictures(dialogs)
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
        row = ResponsiveRow(680)
        row.add(self._left(), 5)
        row.add(self._right(), 7)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(row)
        column.addStretch(1)

    def _left(self) -> QWidget:
        pictures = self.pictures
        self.retake_button, self.adjust_button = pictures.retake_button, pictures.adjust_button
        self.turn_button = pictures.turn_button
        self.quality = Note("", "warn", "photos.confirm.quality")
        self.quality.hide()
        self.said = Note("", "", "photos.confirm.said")
        self.said.hide()
        self.note = Note("", "", "photos.confirm.note")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for widget in (pictures, self.quality, self.said, self.note):
            column.addWidget(widget)
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

    def show_side(self, kind: str, photo: Photo, values: Mapping[str, str]) -> None:
        """Show the fields of one side, and its picture when it is here."""
        self.kind, self.reading, self._typing = kind, False, False
        self._boxes, self._doubtful = {}, frozenset()
        self.say("")
        for name, field in self.fields.items():
            field.setVisible(name in SIDE_FIELDS[kind])
            if name in SIDE_FIELDS[kind]:
                self._set(name, values.get(name, ""))
                field.set_chip("", "")
                field.set_error("")
                self._snippets[name].clear()
        self.show_photo(photo)

    def show_photo(self, photo: Photo) -> None:
        """Show the picture of the card, and what is wrong with it."""
        self._card = photo.card
        self.pictures.show_photo(photo)
        self.quality.show_text(photo.doubt, "warn")

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
        self.said.show_text(text, kind)

    def show_cross_check(self, check: CrossCheck) -> None:
        """What the fields say of one another."""
        self.note.show_text(check.text, "warn" if check.doubtful else "")
        before, self._doubtful = self._doubtful, check.doubtful
        for name in before ^ check.doubtful:
            self._show_chip(name)

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
        """What is thought of a value, and how sure the reader was of it unless a person has changed it."""
        field, read, value = self.fields[name], self._boxes.get(name), self.value(name)
        sure = f"把握 {int(read.confidence * 100)}%" if read is not None and read.value == value else ""
        if not value:
            field.set_chip("请填写", "warn")
        elif name in self._doubtful or (sure and read.needs_review):
            field.set_chip(_joined("请核对", sure), "warn")
        elif name == "id_number" and validate_id_number(value):
            field.set_chip(_joined("校验通过", sure), "ok")
        elif sure:
            field.set_chip(sure, "ok")
        else:
            field.set_chip("已修改" if read is not None else "", "")

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
            self.pictures.mark(read.box if read is not None else None)
        elif event.type() == QEvent.Type.FocusOut:
            self.pictures.mark(None)
            if isinstance(watched, QLineEdit) and event.reason() != Qt.FocusReason.PopupFocusReason:
                watched.setCursorPosition(0)  # a long authority shows its beginning
        return False


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _made(name: str) -> Field:
    title, object_name = LABELS[name], f"photos.{name}"
    if name in CHOICES:
        field = ChoiceField(title, object_name)
        field.set_choices(CHOICES[name])
        return field
    hint = PLACEHOLDERS.get(name, "")
    return TextField(title, object_name, placeholder=hint, length=100, wraps=name == "address")
