"""One certificate of this PC: whose it is, who issued it, how long it is valid, whether it can be used."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QLabel, QRadioButton, QWidget

from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.model.certificate import (
    STATE_FAILURES,
    STATE_TEXTS,
    CertificateInfo,
    CertificateState,
)
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import (
    Note,
    card,
    chip,
    icon_label,
    label,
    set_chip,
    set_property,
)


class CertificateCard(QFrame):
    """`choices` joins the cards of which one is chosen; None when there is nothing to choose."""

    def __init__(
        self, info: CertificateInfo, name: str, choices: QButtonGroup | None, chosen: Callable[[], None]
    ) -> None:
        super().__init__()
        self.info = info
        outside = QHBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        self._frame, self._column = card(name, margins=20, spacing=12)
        outside.addWidget(self._frame)
        usable = info.state is CertificateState.USABLE
        self._chip = chip(STATE_TEXTS[info.state], "ok" if usable else "error", f"{name}.state")
        heading = QHBoxLayout()
        heading.setSpacing(10)
        self._radio = QRadioButton()
        self._radio.setObjectName(f"{name}.choose")
        self._radio.setAccessibleName(f"使用序列号为 {info.serial} 的证书")
        if choices is not None:
            choices.addButton(self._radio)
        self._radio.toggled.connect(lambda on: chosen() if on else None)
        heading.addWidget(self._radio)
        heading.addWidget(icon_label("file-badge", Theme.current.primary, 22))
        heading.addWidget(label(info.subject_name or "无法读取的证书", "card-title", f"{name}.subject"))
        heading.addWidget(self._chip)
        heading.addStretch(1)
        self._column.addLayout(heading)
        self._heading = heading
        self._radio.setVisible(usable and choices is not None)
        self._column.addLayout(_facts(info))
        self._note = Note("", "error", f"{name}.problem")
        self._note.hide()
        self._column.addWidget(self._note)
        if not usable:
            kind = KINDS[STATE_FAILURES[info.state]]
            self.show_problem(f"{kind.text}。{kind.remedy}")

    def add_chip(self, tag: QLabel) -> None:
        """Say more beside the state."""
        self._heading.insertWidget(self._heading.indexOf(self._chip) + 1, tag)

    def add_below(self, widget: QWidget) -> None:
        """Put something under the facts."""
        self._column.addWidget(widget)

    def set_chosen(self, chosen: bool) -> None:
        """Show whether this is the certificate that will be used."""
        self._radio.setChecked(chosen)
        set_property(self._frame, "state", "selected" if chosen else "")

    def show_reason(self, text: str) -> None:
        """Say why it can't be used, as was found out beside what its state tells."""
        if self.info.state is CertificateState.USABLE:
            self.show_refused(text)
        else:
            self.show_problem(text)

    def show_refused(self, text: str) -> None:
        """The backend doesn't accept it."""
        set_chip(self._chip, "不能使用", "error")
        set_property(self._frame, "state", "error")
        self.show_problem(text)

    def show_problem(self, text: str) -> None:
        """Say why it can't be used and what to do."""
        self._note.set(text, "error")
        self._note.show()


def _facts(info: CertificateInfo) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    begin, end = info.not_before, info.not_after
    valid = (
        f"{begin.astimezone(BEIJING):%Y-%m-%d} 至 {end.astimezone(BEIJING):%Y-%m-%d}" if begin and end else ""
    )
    facts = (
        ("证件号码", info.subject_id_number_masked),
        ("颁发机构", info.issuer),
        ("序列号", info.serial),
        ("有效期", valid),
        ("用途", info.used_for),
    )
    for row, (title, value) in enumerate(fact for fact in facts if fact[1]):
        grid.addWidget(label(title, "field-label"), row, 0, Qt.AlignmentFlag.AlignTop)
        shown = label(_breakable(value), wrap=True)
        shown.setAccessibleName(f"{title} {value}")
        grid.addWidget(shown, row, 1)
    return grid


def _breakable(value: str) -> str:
    """Lets a long serial number wrap: it holds no blank."""
    return (
        "\u200b".join(value[start : start + 8] for start in range(0, len(value), 8))
        if len(value) > 24
        else value
    )
