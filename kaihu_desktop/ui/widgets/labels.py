"""Small things that stand on every page: labels, chips, notes, cards, lines, buttons."""

from __future__ import annotations

from html import escape
from typing import Callable

from qtpy.QtCore import QSize, Qt
from qtpy.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from kaihu_desktop.ui.icons import icon, pixmap
from kaihu_desktop.ui.theme import Theme


def label(text: str, role: str = "", name: str = "", *, wrap: bool = False) -> QLabel:
    """A label; `role` is a role of theme.qss, `name` the object name. Plain text, never interpreted."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    if name:
        made.setObjectName(name)
    made.setWordWrap(wrap)
    if wrap:
        made.setMinimumWidth(40)
        policy = made.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
        made.setSizePolicy(policy)
    return made


def chip(text: str, kind: str = "", name: str = "") -> QLabel:
    """A rounded tag; kind: ok, warn, error, info or empty for neutral."""
    made = label(text, "chip", name)
    made.setProperty("kind", kind)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
    return made


def set_chip(widget: QLabel, text: str, kind: str) -> None:
    """Change text and kind of a chip."""
    widget.setText(text)
    set_property(widget, "kind", kind)


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet reads, and paint the widget anew."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_tooltip(widget: QWidget, text: str) -> None:
    """Explain a widget with a text from elsewhere: Qt would take one with a tag in it for HTML."""
    looks_like_html = "<" in text or "&lt;" in text
    widget.setToolTip(f"<qt>{escape(text)}</qt>" if looks_like_html else text)


def button(
    text: str,
    kind: str,
    name: str,
    clicked: Callable[[], None] | None = None,
    *,
    small: bool = False,
    icon_name: str = "",
) -> QPushButton:
    """A push button; kind: primary, secondary, danger, link, link-danger. `name` is the object name."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setAccessibleName(text)
    made.setProperty("kind", kind)
    made.setAutoDefault(True)  # Enter presses the button that has the focus
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if small:
        made.setProperty("scale", "small")
    if icon_name:
        tokens = Theme.current
        colour = {
            "primary": "#FFFFFF",
            "link": tokens.primary,
            "dashed": tokens.primary,
            "link-danger": tokens.error,
        }.get(kind, tokens.text)
        made.setIcon(icon(icon_name, colour))
        made.setIconSize(QSize(16, 16))
    if clicked is not None:
        made.clicked.connect(lambda: clicked())
    return made


def icon_label(name: str, colour: str, size: int = 18) -> QLabel:
    """A picture of an icon."""
    made = QLabel()
    made.setPixmap(pixmap(name, colour, size))
    made.setFixedSize(size, size)
    return made


def card(name: str = "", *, margins: int = 16, spacing: int = 8) -> tuple[QFrame, QVBoxLayout]:
    """A white card and its column."""
    frame = QFrame()
    frame.setProperty("role", "card")
    if name:
        frame.setObjectName(name)
    column = QVBoxLayout(frame)
    column.setContentsMargins(margins, margins, margins, margins)
    column.setSpacing(spacing)
    return frame, column


NOTE_SIGNS = {"": "info", "ok": "circle-check", "warn": "triangle-alert", "error": "circle-alert"}


class Note(QFrame):
    """A tinted box with a sentence; kind: empty for information, ok, warn, error. A sign stands with it."""

    def __init__(self, text: str, kind: str = "", name: str = "") -> None:
        super().__init__()
        self.setProperty("role", "note")
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 14, 10)
        row.setSpacing(10)
        self._sign = QLabel()
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        self.label = label("", "", f"{name}.text" if name else "", wrap=True)
        row.addWidget(self.label, 1)
        self.set(text, kind)

    def set(self, text: str, kind: str = "") -> None:
        """Change text and kind."""
        tokens = Theme.current
        colours = {"": tokens.info, "ok": tokens.ok, "warn": tokens.warn, "error": tokens.error}
        self._sign.setPixmap(pixmap(NOTE_SIGNS[kind], colours[kind], 18))
        self._sign.setFixedSize(18, 20)
        self.label.setText(text)
        self.setAccessibleName(text)
        set_property(self, "kind", kind)
        set_property(self.label, "kind", kind)

    def show_text(self, text: str, kind: str = "") -> None:
        """Say this; an empty sentence takes the box away."""
        self.set(text, kind)
        self.setVisible(bool(text))


def line() -> QFrame:
    """A thin horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made
