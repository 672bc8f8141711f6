"""What the signatures of the shown PDF are worth: one sentence, and below it the facts."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QBoxLayout, QGridLayout, QVBoxLayout, QWidget

from kaihu_desktop.ui.signature_words import Fact, Verdict
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import NOTE_SIGNS, Note, button, card, icon_label, label

PREFIX = "signed_agreements"
#: Between two facts (device-independent pixels).
GAP = 10
OFFLINE = "验证在这台电脑上完成，没有查询证书是否已被吊销。"


class SignatureCard(QWidget):
    """Signals: again(), the person wants the document verified once more.

    Where there is little room, the facts stand behind a button.
    """

    again = Signal()

    def __init__(self) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, self._column = card(f"{PREFIX}.signature", margins=16, spacing=10)
        outside.addWidget(frame)
        outside.addStretch(1)
        self._compact = False
        self._note = Note("", "", f"{PREFIX}.verdict")
        self._more = button("查看验证详情", "link", f"{PREFIX}.more", self._toggle, small=True)
        self._again = button("重新验证", "secondary", f"{PREFIX}.verify_again", self.again.emit, small=True)
        self._facts = QWidget()
        self._heading = label("签名验证", "card-title")
        self._column.addWidget(self._heading)
        left, middle = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignVCenter
        self._tools = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._tools.setSpacing(8)
        self._tools.addWidget(self._note)
        self._tools.addWidget(self._again, 0, left | middle)
        self._tools.addWidget(self._more, 0, left | middle)
        self._column.addLayout(self._tools)
        self._column.addWidget(self._facts)
        self.show_working()

    def show_working(self) -> None:
        """The verification is going on."""
        self._note.set("正在验证签名…")
        self._show_facts(())
        self._again.hide()

    def show_failed(self, text: str) -> None:
        """The verification could not be done."""
        self._note.set(text, "error")
        self._show_facts(())
        self._again.show()

    def show_verdict(self, verdict: Verdict) -> None:
        """Say what was found."""
        self._note.set(verdict.sentence, verdict.kind)
        self._show_facts(verdict.signatures)
        self._again.setVisible(verdict.kind == "warn")

    def set_compact(self, compact: bool) -> None:
        """Whether there is little room."""
        if compact != self._compact:
            self._compact = compact
            margin = 8 if compact else 16
            self._column.setContentsMargins(margin, margin, margin, margin)
            direction = QBoxLayout.Direction
            self._tools.setDirection(direction.LeftToRight if compact else direction.TopToBottom)
            self._arrange(opened=not compact)

    def _toggle(self) -> None:
        self._arrange(opened=self._facts.isHidden())

    def _show_facts(self, signatures: Sequence[Sequence[Fact]]) -> None:
        facts = _facts(signatures)
        self._column.replaceWidget(self._facts, facts)
        self._facts.hide()
        self._facts.deleteLater()
        self._facts = facts
        self._has_facts = bool(signatures)
        self._arrange(opened=not self._compact)

    def _arrange(self, opened: bool) -> None:
        self._heading.setVisible(not self._compact)
        self._more.setVisible(self._compact and self._has_facts)
        self._more.setText("收起验证详情" if opened else "查看验证详情")
        self._more.setAccessibleName(self._more.text())
        self._facts.setVisible(self._has_facts and opened)


def _facts(signatures: Sequence[Sequence[Fact]]) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    for place, facts in enumerate(signatures):
        if len(signatures) > 1:
            column.addWidget(label(f"签名 {place + 1} / {len(signatures)}", "strong"))
        column.addLayout(_grid(place, facts))
    column.addWidget(label(OFFLINE, "hint", f"{PREFIX}.offline", wrap=True))
    return made


def _grid(place: int, facts: Sequence[Fact]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 1)
    tokens = Theme.current
    colours = {"": tokens.text_hint, "ok": tokens.ok, "warn": tokens.warn, "error": tokens.error}
    for row, fact in enumerate(facts):
        grid.setRowMinimumHeight(3 * row + 2, GAP)
        sign = icon_label(NOTE_SIGNS[fact.kind], colours[fact.kind], 16)
        grid.addWidget(sign, 3 * row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(fact.title, "field-label"), 3 * row, 1)
        text = label(fact.text, "", f"{PREFIX}.fact.{place}.{row}", wrap=True)
        text.setAccessibleName(f"{fact.title}：{fact.text}")
        grid.addWidget(text, 3 * row + 1, 1)
    return grid
