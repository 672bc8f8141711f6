"""Page 银行卡: the settlement bank cards, on record or new."""

from __future__ import annotations

from kaihu_desktop.ui.page import Page, PageContext


class BankCardsPage(Page):
    """Answer: see `core.flow.steps.bank_cards.BankCards`."""

    def __init__(self, context: PageContext) -> None:
        super().__init__("bank_cards", "银行卡")
        self._context = context
