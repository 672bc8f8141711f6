"""The consents of the login: one box for each purpose, with a link to the policy that it names."""

from __future__ import annotations

import re
from typing import Callable, Sequence

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QCheckBox, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.core.model.company import ConsentItem
from kaihu_desktop.ui.widgets.labels import button, label, set_property

_TITLE = re.compile(r"^(.*?)(《.+?》)(.*)$")


class Consents(QWidget):
    """Signals: changed()."""

    changed = Signal()

    def __init__(self, items: Sequence[ConsentItem], read: Callable[[], None]) -> None:
        super().__init__()
        self.setObjectName("login.consents")
        self._items = tuple(items)
        self._boxes: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for item in self._items:
            column.addLayout(self._row(item, read))
        self._error = label("", "field-error", "login.consents.error", wrap=True)
        self._error.hide()
        column.addWidget(self._error)

    def _row(self, item: ConsentItem, read: Callable[[], None]) -> QHBoxLayout:
        parts = _TITLE.match(item.title)
        before, link, after = parts.groups() if parts else (item.title, "", "")
        box = QCheckBox(before)
        box.setObjectName(f"login.consent.{item.purpose}")
        box.setAccessibleName(f"{item.title}{_kind(item)}")
        box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        box.toggled.connect(lambda _: self._toggled(box))
        self._boxes[item.purpose] = box
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(box)
        if link:
            row.addWidget(button(link, "link-text", f"login.read.{item.purpose}", read))
        row.addWidget(label(f"{after}{_kind(item)}", "hint"))
        row.addStretch(1)
        return row

    def given(self) -> tuple[str, ...]:
        """The purposes that were consented to."""
        return tuple(item.purpose for item in self._items if self._boxes[item.purpose].isChecked())

    def check(self) -> QWidget | None:
        """Mark the required boxes that aren't ticked; returns the first of them."""
        missing = [
            self._boxes[item.purpose]
            for item in self._items
            if item.required and not self._boxes[item.purpose].isChecked()
        ]
        for box in missing:
            set_property(box, "state", "error")
        self.set_error("请阅读并勾选必需的授权项" if missing else "")
        return missing[0] if missing else None

    def set_error(self, text: str) -> None:
        """Show an error below the boxes; an empty text takes it away."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def tick(self, purpose: str) -> None:
        """Tick a box, if there is one, because its document was read and agreed to."""
        if purpose in self._boxes:
            self._boxes[purpose].setChecked(True)

    def _toggled(self, box: QCheckBox) -> None:
        set_property(box, "state", "")
        self.set_error("")
        self.changed.emit()


def _kind(item: ConsentItem) -> str:
    if not item.required:
        return "（可选）"
    return "（必需）" if item.purpose == "privacy_policy" else "（必需，单独同意）"
