"""Input fields with a label above, a sign beside it, and the error in a sentence below."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QWheelEvent
from qtpy.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.icons import icon
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import chip, label, set_chip, set_property
from kaihu_desktop.ui.widgets.lines_edit import LinesEdit


class Field(QWidget):
    """A labelled input. The object name belongs to the input itself, such as ``login.id_number``.

    Signals:
        changed(): the person changed the value; an error that was shown is gone.
    """

    changed = Signal()

    def __init__(
        self, title: str, name: str, editor: QWidget, *, required: bool = False, hint: str = ""
    ) -> None:
        super().__init__()
        self.editor = editor
        editor.setObjectName(name)
        editor.setAccessibleName(title)
        self._title = label(title, "field-label")
        self._title.setBuddy(editor)
        self.chip = chip("", "", f"{name}.chip")
        self.chip.hide()
        self.hint = label(hint, "hint", f"{name}.hint")
        self._error = label("", "field-error", f"{name}.error", wrap=True)
        self._error.hide()
        heading = QHBoxLayout()
        heading.setSpacing(4)
        if required:
            heading.addWidget(label("*", "required"))
        heading.addWidget(self._title)
        heading.addWidget(self.hint)
        heading.addWidget(self.chip)
        heading.addStretch(1)
        self.row = QHBoxLayout()
        self.row.setSpacing(12)
        self.row.addWidget(editor, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading)
        column.addLayout(self.row)
        column.addWidget(self._error)
        self.setFocusProxy(editor)

    @property
    def error(self) -> str:
        """The error that is shown, empty if none."""
        return self._error.text() if self._error.isVisibleTo(self) else ""

    def set_error(self, text: str) -> None:
        """Show an error below the field; an empty text takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self.editor.setAccessibleDescription(text)
        set_property(self.editor, "state", "error" if text else "")

    def set_chip(self, text: str, kind: str) -> None:
        """Show a tag beside the label; an empty text takes it away."""
        set_chip(self.chip, text, kind)
        self.chip.setVisible(bool(text))

    def _edited(self) -> None:
        self.set_error("")
        self.changed.emit()


class TextField(Field):
    """A text without line breaks; one that `wraps` is seen whole when it is long."""

    def __init__(
        self,
        title: str,
        name: str,
        *,
        placeholder: str = "",
        required: bool = False,
        hint: str = "",
        length: int = 0,
        wraps: bool = False,
    ) -> None:
        self.edit = LinesEdit() if wraps else QLineEdit()
        self.edit.setPlaceholderText(placeholder)
        if length:
            self.edit.setMaxLength(length)
        super().__init__(title, name, self.edit, required=required, hint=hint)
        self.edit.textEdited.connect(lambda _: self._edited())

    @property
    def text(self) -> str:
        """What was typed, without blanks around it."""
        return self.edit.text().strip()

    def set_text(self, text: str) -> None:
        """Fill the field without saying that the person changed it."""
        self.edit.setText(text)


#: Kept free for the eye at the end of a password (pixels).
EYE_ROOM = 32


class PasswordField(TextField):
    """A password: hidden, with an eye to look at it. `secret` is what was typed."""

    def __init__(self, title: str, name: str, *, placeholder: str = "") -> None:
        super().__init__(title, name, placeholder=placeholder, length=64)
        self._eye = QToolButton()
        self._eye.setObjectName(f"{name}.eye")
        self._eye.setAccessibleName("显示密码")
        self._eye.setToolTip("显示密码")
        self._eye.setCheckable(True)
        self._eye.setCursor(Qt.CursorShape.ArrowCursor)
        self._eye.toggled.connect(self._show_characters)
        self._show_characters(False)
        inside = QHBoxLayout(self.edit)
        inside.setContentsMargins(0, 0, 4, 0)
        inside.addStretch(1)
        inside.addWidget(self._eye)
        self.edit.setTextMargins(0, 0, EYE_ROOM, 0)

    def _show_characters(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icon("eye-off" if shown else "eye", Theme.current.text_secondary))

    @property
    def secret(self) -> Secret:
        """The password."""
        return Secret(self.edit.text())

    def clear(self) -> None:
        """Forget what was typed."""
        self.edit.clear()


class _List(QComboBox):
    """A list that the mouse wheel doesn't change: whoever scrolls the page must not choose by accident."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ChoiceField(Field):
    """A choice from a list of (value, text); the first row may be a request to choose."""

    def __init__(self, title: str, name: str, *, placeholder: str = "请选择", required: bool = False) -> None:
        self.combo = _List()
        self.combo.setMaxVisibleItems(12)
        super().__init__(title, name, self.combo, required=required)
        self._placeholder = placeholder
        self.set_choices(())
        self.combo.activated.connect(lambda _: self._edited())

    def set_choices(self, choices: tuple[tuple[str, str], ...]) -> None:
        """Offer these (value, text) rows."""
        self.combo.clear()
        self.combo.addItem(self._placeholder, "")
        for value, text in choices:
            self.combo.addItem(text, value)

    @property
    def value(self) -> str:
        """The chosen value, empty if none."""
        return str(self.combo.currentData() or "")

    def set_value(self, value: str) -> None:
        """Choose a value without saying that the person changed it."""
        self.combo.setCurrentIndex(max(self.combo.findData(value), 0))
