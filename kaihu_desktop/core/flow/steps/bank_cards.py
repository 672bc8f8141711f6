"""Step 银行卡: the settlement bank cards, on record or new."""

from __future__ import annotations

from typing import Any, Iterator

from kaihu_desktop.core.flow.step import Answer, Problem, Services, Step, without_draft
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.rules.branch import BRANCH_ADVICE, valid_branch

#: A card number has 12 to 19 digits (ISO/IEC 7812).
CARD_NUMBER_LENGTHS = range(12, 20)
CARD_NUMBER_ADVICE = "卡号应为 12 至 19 位数字，请对照银行卡核对"


def valid_card_number(number: str) -> bool:
    """Whether this can be a card number, by its length."""
    return number.isdigit() and len(number) in CARD_NUMBER_LENGTHS


class BankCards(Step):
    """Answer: ``{cards: [{id, bank_code, number, branch, photo_id, source}], notice_accepted}``.

    `id` names a card on record (then `number` and `photo_id` are None); `source` is record, ocr or typed.
    In a draft a photo that has not arrived yet is `pending` instead: such an answer is never sent. `seen` is
    the draft's alone, too.
    Whether a card is a credit card is judged by its BIN: on the page for advice, by the backend for good.
    """

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        return tuple(self._problems(answer, services.company))

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        return {**answer, "cards": [without_draft(card) for card in answer["cards"]]}

    def _problems(self, answer: Answer, company: Company) -> Iterator[Problem]:
        cards = answer.get("cards", ())
        if not cards:
            yield Problem("cards", "请至少添加一张银行卡")
        banks_before: set[str] = set()
        for index, card in enumerate(cards):
            for name, text in _card_problems(card, company, banks_before):
                yield Problem(f"cards.{index}.{name}", text)
            banks_before.add(card.get("bank_code") or "")
        if not answer.get("notice_accepted"):
            yield Problem("notice_accepted", "请阅读使用提示并点“确定”")


def _card_problems(card: Answer, company: Company, banks_before: set[str]) -> Iterator[tuple[str, str]]:
    bank_code = card.get("bank_code")
    if not bank_code:
        yield "bank_code", "请选择开户行"
    elif company.bank(bank_code) is None:
        yield "bank_code", "期货公司暂不支持这家银行，请换一张银行列表内的借记卡"
    elif bank_code in banks_before:
        yield "bank_code", "每家银行只能添加一张卡"
    if card.get("id"):
        return
    number = card.get("number") or ""
    if not number:
        yield "number", "请填写银行卡卡号"
    elif not valid_card_number(number):
        yield "number", CARD_NUMBER_ADVICE
    if not card.get("photo_id"):
        yield "photo_id", "请拍摄或选择银行卡照片"
    if not valid_branch(card.get("branch") or ""):
        yield "branch", BRANCH_ADVICE
