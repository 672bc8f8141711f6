"""Step bank_cards: the debit cards that shall be settlement accounts, one per bank."""

from __future__ import annotations

from kaihu_desktop.sandbox.banks import BANKS_BY_CODE, DEBIT, card_kind
from kaihu_desktop.sandbox.problems import wrong_answer
from kaihu_desktop.sandbox.steps.context import StepContext
from kaihu_desktop.sandbox.wire.applications import BankCardsAnswer, CardAnswer

Errors = list[tuple[str, str]]
CREDIT_TEXT = "请使用借记卡，不支持信用卡"


def accept(context: StepContext, answer: BankCardsAnswer) -> None:
    """Raises APP-ANSWER unless `answer` is good."""
    errors: Errors = []
    if not answer.cards:
        errors.append(("cards", "请至少保留或添加一张银行卡"))
    seen: set[str] = set()
    for place, card in enumerate(answer.cards):
        where = f"cards.{place}"
        errors += [(f"{where}.{field}", text) for field, text in _card_errors(context, card)]
        if card.bank_code in seen:
            errors.append((f"{where}.bank_code", "每家银行只能登记一张银行卡"))
        seen.add(card.bank_code)
    if not answer.notice_accepted:
        errors.append(("notice_accepted", "请阅读并同意银行卡使用须知"))
    if errors:
        raise wrong_answer(errors)


def _card_errors(context: StepContext, card: CardAnswer) -> Errors:
    errors: Errors = []
    if card.bank_code not in BANKS_BY_CODE:
        errors.append(("bank_code", "这家银行不在银行列表中，请换一张银行卡"))
    if not 2 <= len(card.branch.strip()) <= 60:
        errors.append(("branch", "请按“省+市+支行”填写银行网点，2 到 60 个字"))
    if card.id is not None:
        known = {on_record["id"]: on_record for on_record in context.customer.cards}.get(card.id)
        if known is None or known["bank_code"] != card.bank_code:
            errors.append(("id", "没有找到这张预留的银行卡，请重新添加"))
        return errors
    errors += _number_errors(card)
    fault = context.picture_fault(card.photo_id, ("bank_card",)) if card.photo_id else "请上传银行卡照片"
    if fault:
        errors.append(("photo_id", fault))
    return errors


def _number_errors(card: CardAnswer) -> Errors:
    number = card.number or ""
    if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19):
        return [("number", "银行卡卡号应为 12 到 19 位数字")]
    kind = card_kind(number)
    if kind is None:  # the table doesn't know every card; the reviewer sees its photo
        return []
    if kind[0] != DEBIT:
        return [("number", CREDIT_TEXT)]
    if kind[1] != card.bank_code:
        return [("bank_code", "开户行与银行卡卡号不一致，请核对")]
    return []
