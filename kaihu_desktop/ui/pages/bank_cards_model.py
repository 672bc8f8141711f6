"""What the bank card page knows: its panes, each card, and what a number says of its bank and type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kaihu_desktop.core.flow.steps.bank_cards import valid_card_number
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.rules.bank_bin import BinTable, CardType, luhn_valid, normalise_card_number
from kaihu_desktop.ui.pages.photo import Photo

BANK_CARD = "bank-card"
LIST, CAPTURE, ADJUST = "list", "capture", "adjust"
HEADINGS = {
    LIST: ("银行卡", "请选择一家银行为指定结算银行；每家银行一张卡，只支持本人借记卡"),
    CAPTURE: ("拍摄银行卡", "把有卡号的一面平放在深色背景上，占满画面；也可以把照片文件拖到这里"),
    ADJUST: ("调整银行卡的裁剪", "原始照片不会改动，可以随时重新调整"),
}
AFTERWARDS = (
    "提交后还需在银行端完成银期签约（交易日 09:00–15:30）。办理成功后，这里会给出每家银行的操作方法。"
)

CREDIT_TEXT = "请使用借记卡，不支持信用卡"
UNLISTED_TEXT = "期货公司暂不支持这家银行，请换一张银行列表内的借记卡"
LUHN_TEXT = "卡号可能有误，请再核对一遍；确认无误可以继续。"


@dataclass
class NewCard:
    """A card that is being added. read_number: what recognition found on its photo."""

    number: str = field(default="", repr=False)
    bank_code: str = ""
    branch: str = field(default="", repr=False)
    read_number: str | None = field(default=None, repr=False)
    photo: Photo = field(default_factory=Photo)

    def answer(self) -> dict[str, Any]:
        """The card's part of the answer; a number that was changed by hand counts as typed."""
        source = "ocr" if self.read_number and self.number == self.read_number else "typed"
        return {
            "id": None,
            "bank_code": self.bank_code,
            "number": self.number,
            "branch": self.branch,
            "photo_id": self.photo.upload_id,
            "source": source,
            **self.photo.drafted,
        }


@dataclass(frozen=True)
class NumberVerdict:
    """What a card number says.

    chip, kind: the tag beside the field. refusal: why this card can't be used, empty if it can.
    warning: what to look at again. bank_code: the bank by BIN, empty when unknown.
    """

    chip: str = ""
    kind: str = ""
    refusal: str = ""
    warning: str = ""
    bank_code: str = ""


def judge_number(text: str, bins: BinTable | None, company: Company) -> NumberVerdict:
    """Judge a number as typed so far; an unfinished one says nothing."""
    digits = normalise_card_number(text)
    if not valid_card_number(digits) or bins is None:
        return NumberVerdict()
    row = bins.lookup(digits)
    warning = "" if luhn_valid(digits) else LUHN_TEXT
    if row is None:
        return NumberVerdict(f"{len(digits)} 位", "", "", warning)
    if row.card_type in (CardType.CREDIT, CardType.QUASI_CREDIT):
        return NumberVerdict(row.card_type.title, "error", CREDIT_TEXT)
    if company.bank(row.bank_code) is None:
        return NumberVerdict(row.bank_name, "error", UNLISTED_TEXT)
    title = f"{row.card_type.title} · {len(digits)} 位"
    return NumberVerdict(title, "warn" if warning else "ok", "", warning, row.bank_code)
