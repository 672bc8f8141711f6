"""A row of the readiness page: what was looked at, how it is, what to do, and buttons for it."""

from __future__ import annotations

from typing import Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.ui.icons import pixmap
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.busy_overlay import Spinner
from kaihu_desktop.ui.widgets.labels import button, chip, label, set_chip, set_property

CHECKING = "checking"

#: By state: the word, the kind of its chip, the icon in the circle.
LOOKS = {
    "ok": ("正常", "ok", "check"),
    "warning": ("请注意", "warn", "triangle-alert"),
    "failed": ("不能使用", "error", "x"),
    CHECKING: ("正在检测", "", ""),
}
NUMBERS = "①②③④⑤⑥⑦⑧⑨"


class StateSign(QWidget):
    """A tinted circle with a sign; a spinner while it is being looked at."""

    def __init__(self, size: int = 40) -> None:
        super().__init__()
        self.setFixedSize(size, size)
        self._state = CHECKING
        self._spinner = Spinner(size // 2)
        inside = QHBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._spinner, 0, Qt.AlignmentFlag.AlignCenter)

    def set(self, state: str) -> None:
        """Show a state, a key of `LOOKS`."""
        self._state = state
        self._spinner.setVisible(state == CHECKING)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = Theme.current
        tints = {
            "ok": (tokens.ok_tint, tokens.ok),
            "warning": (tokens.warn_tint, tokens.warn),
            "failed": (tokens.error_tint, tokens.error),
        }
        tint, colour = tints.get(self._state, (tokens.ground, tokens.text_secondary))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tint))
        painter.drawEllipse(self.rect())
        sign = LOOKS[self._state][2]
        if sign:
            size = self.width() // 2
            place = (self.width() - size) // 2
            painter.drawPixmap(place, place, pixmap(sign, colour, size))


class CheckRow(QFrame):
    """One check. Its buttons stand at the right end; the steps of 怎么办 unfold below the text."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "card")
        self._name, self._title = name, title
        self.state = CHECKING
        self._sign = StateSign()
        self._chip = chip("", "", f"{name}.state")
        self._text = label("", "secondary", f"{name}.text", wrap=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(label(title, "strong", f"{name}.title"))
        heading.addWidget(self._chip)
        heading.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addStretch(1)
        words.addLayout(heading)
        words.addWidget(self._text)
        words.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(self._buttons)
        self.below = QVBoxLayout()
        self.below.setContentsMargins(56, 0, 0, 0)
        self.below.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(self.below)
        self._steps = _Steps(f"{name}.steps")
        self._help = self.add_button("怎么办", "help", self._toggle_help)
        self.below.addWidget(self._steps)
        self._steps.hide()
        self.show_state(CHECKING, "")

    def add_button(self, text: str, name: str, clicked: Callable[[], None] | None = None) -> QPushButton:
        """A small button at the right end, left of 怎么办; hidden at first."""
        made = button(text, "secondary", f"{self._name}.{name}", clicked, small=True)
        made.setAccessibleName(f"{self._title}：{text}")
        self._buttons.insertWidget(max(self._buttons.count() - 1, 0), made)
        made.hide()
        return made

    def show_state(self, state: str, text: str) -> None:
        """Show a state, a key of `LOOKS`, and a sentence."""
        word, kind, _ = LOOKS[state]
        self.state = state
        self._sign.set(state)
        set_chip(self._chip, word, kind)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        set_property(self, "state", {"warning": "warn", "failed": "error"}.get(state, ""))
        self.setAccessibleName(f"{self._title}，{word}，{text}")

    def set_help(self, cause: str, steps: Sequence[str]) -> None:
        """What 怎么办 unfolds; without steps there is no 怎么办."""
        self._steps.set(cause, steps)
        self._help.setVisible(bool(steps))
        if not steps:
            self.unfold_help(False)

    def unfold_help(self, unfolded: bool) -> None:
        """Show or hide the steps."""
        self._steps.setVisible(unfolded)
        self._help.setText("收起" if unfolded else "怎么办")
        self._help.setAccessibleName(f"{self._title}：{self._help.text()}")

    def _toggle_help(self) -> None:
        self.unfold_help(self._steps.isHidden())


class _Steps(QWidget):
    """Why something doesn't work, and numbered steps to mend it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        inside = QFrame()
        inside.setProperty("role", "note")
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 10, 0, 0)
        outside.addWidget(inside)
        self._lines: list[QWidget] = []
        self._content: tuple[str, ...] = ()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(14, 10, 14, 10)
        self._column.setSpacing(6)

    def set(self, cause: str, steps: Sequence[str]) -> None:
        """Show other steps."""
        several = len(steps) > 1
        numbered = [f"{number} {step}" if several else step for number, step in zip(NUMBERS, steps)]
        content = tuple(([f"原因：{cause}"] if cause else []) + numbered)
        if content == self._content:
            return
        self._content = content
        for old in self._lines:
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._lines = [label(text, wrap=True) for text in content]
        for one in self._lines:
            self._column.addWidget(one)
        self.setAccessibleName("".join(content))


def choice_menu(host: QPushButton, names: Sequence[str], current: str, chosen: Callable[[str], None]) -> None:
    """Give a button a menu of device names, the current one ticked."""
    menu = host.menu() or QMenu(host)
    menu.clear()
    for name in names:
        action = menu.addAction(name)
        action.setCheckable(True)
        action.setChecked(name == current)
        action.triggered.connect(lambda _=False, name=name: chosen(name))
    host.setMenu(menu)
