"""How the page of bank cards is laid out: the list of cards, the live picture, or a picture's corners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.ui.pages.bank_cards_model import ADJUST, AFTERWARDS, CAPTURE, LIST
from kaihu_desktop.ui.pages.bank_cards_panels import RemovedCards
from kaihu_desktop.ui.widgets.capture_view import OTHER_PARTS, CaptureView
from kaihu_desktop.ui.widgets.card_grid import CardGrid
from kaihu_desktop.ui.widgets.corner_editor import CornerEditor
from kaihu_desktop.ui.widgets.labels import Note, button

if TYPE_CHECKING:
    from kaihu_desktop.ui.page import PageContext

#: Height of the links below the live picture (pixels).
BELOW = 44


class BankCardsLayout(QWidget):
    """Signals: banks(), add(), by_hand(), back(): the list of banks, another card, its fields, the list."""

    banks = Signal()
    add = Signal()
    by_hand = Signal()
    back = Signal()

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self.reason = Note("", "error", "bank_cards.reason")
        self.reason.hide()
        self.grid = CardGrid(400)
        self.add_button = button(
            "再添加一张银行卡", "dashed", "bank_cards.add", self.add.emit, icon_name="plus"
        )
        self.add_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.removed = RemovedCards()
        self.capture = CaptureView(
            "bank_cards.capture",
            context.tasks,
            context.cameras,
            context.dialogs,
            context.check_devices,
            others=OTHER_PARTS + BELOW,
        )
        self.doubt = Note("", "warn", "bank_cards.doubt")
        self.editor = CornerEditor("bank_cards.corners")
        self._banks = button("查看银行列表", "link", "bank_cards.banks", self.banks.emit)
        self._end = Note(AFTERWARDS, "", "bank_cards.afterwards")
        self._back = button("返回银行卡列表", "link", "bank_cards.capture.cancel", self.back.emit)
        self._by_hand = button("手动填写", "link", "bank_cards.by_hand", self.by_hand.emit)
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._banks, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.reason)
        listed = (self.grid, self.add_button, self.removed, self._end)
        for widget in (*listed, self.doubt, self.capture, self.editor):
            column.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self._back)
        foot.addWidget(self._by_hand)
        foot.addStretch(1)
        column.addLayout(foot)
        column.addStretch(1)

    def show_state(self, state: str, *, again: bool) -> None:
        """Show what belongs to a state; again: the picture replaces that of a card."""
        visible = {
            self._banks: state == LIST,
            self.reason: state == LIST and bool(self.reason.label.text()),
            self.grid: state == LIST,
            self.add_button: state == LIST,
            self.removed: state == LIST,
            self._end: state == LIST,
            self.doubt: state == ADJUST and bool(self.doubt.label.text()),
            self.capture: state == CAPTURE,
            self.editor: state == ADJUST,
            self._back: state == CAPTURE,
            self._by_hand: state == CAPTURE and not again,
        }
        for widget, shown in visible.items():
            widget.setVisible(shown)

    def show_cards(self, panels: Sequence[QWidget]) -> None:
        """Show these cards, and the offer to add one."""
        self.grid.show_widgets(list(panels))
        self.add_button.setText("再添加一张银行卡" if panels else "添加一张银行卡")
