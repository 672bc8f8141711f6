"""Finds widgets by object name and uses them with mouse and keyboard, as a person would."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtTest import QTest
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

W = TypeVar("W", bound=QWidget)


class NotThere(Exception):
    """The widget isn't there, isn't seen, or can't be used yet."""


class Driver:
    """Uses one window. Every method raises `NotThere` when the widget can't be used now."""

    def __init__(self, window: QWidget) -> None:
        self.window = window

    def shows(self, name: str) -> bool:
        """Whether a widget of this name can be seen."""
        return any(widget.isVisible() for widget in self.window.findChildren(QWidget, name))

    def widget(self, name: str) -> QWidget:
        """The visible widget of this name."""
        for widget in self.window.findChildren(QWidget, name):
            if widget.isVisible():
                return widget
        raise NotThere(name)

    def usable(self, name: str) -> QWidget:
        """The visible and enabled widget of this name, scrolled into view."""
        widget = self.widget(name)
        if not widget.isEnabled():
            raise NotThere(f"{name} is disabled")
        if self.shows("shell.busy"):
            raise NotThere(f"{name} waits for background work")
        self._bring_into_view(widget)
        return widget

    def ending(self, suffix: str) -> str:
        """The name of the first visible widget whose name ends like this."""
        for widget in self.window.findChildren(QWidget):
            if widget.isVisible() and widget.objectName().endswith(suffix):
                return widget.objectName()
        raise NotThere(f"…{suffix}")

    def text(self, name: str) -> str:
        """The text of a label, field or button."""
        return str(self.widget(name).property("text"))

    def click(self, name: str) -> None:
        """Click the middle of a widget (a check box: its box)."""
        widget = self.usable(name)
        place = widget.rect().center()
        if isinstance(widget, QAbstractButton) and widget.isCheckable() and widget.inherits("QCheckBox"):
            place = QPoint(10, widget.height() // 2)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)

    def type(self, name: str, text: str) -> None:
        """Replace the text of a field by typing."""
        widget = self.usable(name)
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        QTest.keySequence(widget, QKeySequence("Ctrl+A"))
        for character in text:
            QTest.keyClick(widget, character) if character.isascii() else self._compose(widget, character)

    def choose(self, name: str, value: str) -> None:
        """Choose a row of a combo box by its value, with the keyboard."""
        combo = self.usable(name)
        row = combo.findData(value)
        if row < 0:
            raise NotThere(f"{name} has no {value}")
        combo.setFocus()
        QTest.keyClick(combo, Qt.Key.Key_Home)
        for _ in range(row):
            QTest.keyClick(combo, Qt.Key.Key_Down)
        combo.activated.emit(combo.currentIndex())

    def scroll_page(self, name: str) -> None:
        """One page further down in a scroll area."""
        area = self.usable(name)
        assert isinstance(area, QAbstractScrollArea)  # noqa: S101
        area.setFocus()
        QTest.keyClick(area, Qt.Key.Key_PageDown)

    def choose_file(self, dialog_name: str, path: Path) -> None:
        """Type a file's path into an open file dialog and accept it."""
        for dialog in self.window.findChildren(QFileDialog, dialog_name):
            if dialog.isVisible() and dialog.windowHandle().isExposed():  # else X has no such window yet
                edit = dialog.findChild(QLineEdit, "fileNameEdit")
                edit.setText(str(path))
                QTest.keyClick(edit, Qt.Key.Key_Return)
                return
        raise NotThere(dialog_name)

    def shoot(self, path: Path) -> None:
        """Save a picture of the window."""
        if not self.window.grab().save(str(path)):
            raise OSError(f"can't write {path}")

    def errors(self) -> list[str]:
        """Every error text that can be seen, for the report."""
        return [
            label.text()
            for label in self.window.findChildren(QLabel)
            if label.isVisible()
            and label.text()
            and (label.objectName().endswith(".error") or label.objectName().startswith("shell.error"))
        ]

    @staticmethod
    def _compose(widget: QWidget, character: str) -> None:
        from qtpy.QtGui import QInputMethodEvent

        event = QInputMethodEvent()
        event.setCommitString(character)
        QApplication.sendEvent(widget, event)

    @staticmethod
    def _bring_into_view(widget: QWidget) -> None:
        parent = widget.parentWidget()
        while parent is not None:
            if isinstance(parent, QScrollArea) and parent.widget() is not widget:
                parent.ensureWidgetVisible(widget, 24, 24)
            parent = parent.parentWidget()
