"""The signed agreements of a person, grouped by business and day."""

from __future__ import annotations

from itertools import groupby
from typing import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.model.agreement import SignedAgreement
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import button, card, icon_label, label, line

PREFIX = "signed_agreements"
LATER = "在线签署的协议办理完成后，可以在这里查看、验证和保存。"


class SignedList(QWidget):
    """Signals: opened(SignedAgreement), saved(SignedAgreement): what the person wants done with one."""

    opened = Signal(object)
    saved = Signal(object)

    def __init__(self, agreements: Sequence[SignedAgreement]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for number, (heading, group) in enumerate(groupby(in_order(agreements), heading_of)):
            column.addWidget(self._card(number, heading, list(group)))
        if not agreements:
            column.addWidget(_nothing())

    def _card(self, number: int, heading: str, group: Sequence[SignedAgreement]) -> QFrame:
        frame, column = card(f"{PREFIX}.group.{number}", spacing=0)
        title = label(heading, "card-title", f"{PREFIX}.group.{number}.title", wrap=True)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 10)
        row.addWidget(title, 1)
        row.addWidget(label(f"{len(group)} 份", "secondary"))
        column.addLayout(row)
        for agreement in group:
            column.addWidget(line())
            column.addLayout(self._row(agreement))
        return frame

    def _row(self, agreement: SignedAgreement) -> QHBoxLayout:
        name = f"{PREFIX}.{agreement.application_id}.{agreement.agreement_id}"
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(label(agreement.title, "", f"{name}.title", wrap=True))
        words.addWidget(label(_about(agreement), "hint", f"{name}.about", wrap=True))
        row = QHBoxLayout()
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(10)
        row.addWidget(icon_label("file-text", Theme.current.text_secondary, 20))
        row.addLayout(words, 1)
        for text, key, signal in (("打开", "open", self.opened), ("保存", "save", self.saved)):
            made = button(text, "link", f"{name}.{key}", lambda signal=signal: signal.emit(agreement))
            made.setAccessibleName(f"{text}{agreement.title}")
            row.addWidget(made)
        return row


def in_order(agreements: Sequence[SignedAgreement]) -> list[SignedAgreement]:
    """The newest day first, on a day one business after the other, each in the order of signing."""
    by_time = sorted(agreements, key=lambda one: one.signed_at)
    by_business = sorted(by_time, key=lambda one: one.business_title)
    return sorted(by_business, key=day_of, reverse=True)


def day_of(agreement: SignedAgreement) -> str:
    """The day on which it was signed, in Beijing."""
    return f"{agreement.signed_at.astimezone(BEIJING):%Y-%m-%d}"


def heading_of(agreement: SignedAgreement) -> str:
    """Business and day, under which it is listed."""
    return f"{agreement.business_title} · {day_of(agreement)}"


def _about(agreement: SignedAgreement) -> str:
    kilobytes = max(round(agreement.size / 1024), 1)
    size = f"{kilobytes / 1024:.1f} MB" if kilobytes >= 1024 else f"{kilobytes} KB"
    return f"{agreement.signed_at.astimezone(BEIJING):%H:%M} 签署 · {agreement.pages} 页 · {size}"


def _nothing() -> QFrame:
    frame, column = card(f"{PREFIX}.nothing", margins=32)
    for one in (
        icon_label("inbox", Theme.current.text_hint, 32),
        label("暂无数据", "subtitle", f"{PREFIX}.empty"),
    ):
        column.addWidget(one, 0, Qt.AlignmentFlag.AlignHCenter)
    hint = label(LATER, "hint", f"{PREFIX}.empty.hint", wrap=True)
    hint.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    column.addWidget(hint)  # across the card: placed in its middle it would be as narrow as it can
    return frame
