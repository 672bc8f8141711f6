"""A row of joined buttons of which one is chosen, such as the account type."""

from __future__ import annotations

from qtpy.QtCore import Signal
from qtpy.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from kaihu_desktop.ui.widgets.labels import button


class Segments(QWidget):
    """One choice of a few. Signals: changed()."""

    changed = Signal()

    def __init__(self, name: str, choices: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self.setObjectName(name)
        self._group = QButtonGroup(self)
        self._values = [value for value, _ in choices]
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for index, (value, text) in enumerate(choices):
            made = button(text, "segment", f"{name}.{value}")
            made.setCheckable(True)
            made.setChecked(index == 0)
            made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            place = (
                "only" if len(choices) == 1 else {0: "first", len(choices) - 1: "last"}.get(index, "middle")
            )
            made.setProperty("place", place)
            self._group.addButton(made, index)
            row.addWidget(made, 1)
        self._group.buttonClicked.connect(lambda _: self.changed.emit())

    @property
    def value(self) -> str:
        """The chosen value."""
        return self._values[self._group.checkedId()]
