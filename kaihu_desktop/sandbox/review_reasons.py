"""Reasons that a reviewer may choose from, by step: (field that is asked again or None, sentence).

``{place}`` stands for the number of the bank card.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kaihu_desktop.sandbox.banks import BANKS_BY_CODE
from kaihu_desktop.sandbox.tables import Application

REASONS: dict[str, tuple[tuple[str | None, str], ...]] = {
    "photos": (
        ("photos.id_portrait", "身份证人像面照片不清晰，请重新拍摄"),
        ("photos.id_portrait", "身份证人像面照片反光，姓名或号码看不清"),
        ("photos.id_emblem", "身份证国徽面照片不清晰，请重新拍摄"),
        ("photos.id_emblem", "身份证照片切边过于严重，请重新拍摄完整的证件"),
        ("photos.signature", "签名照片不完整或与姓名不一致，请重新签名"),
        ("fields.address", "地址与身份证上的不一致，请核对"),
        ("fields.valid_until", "身份证有效期与证件上的不一致，请核对"),
    ),
    "bank_cards": (
        ("cards.{place}.photo_id", "银行卡照片反光，卡号后四位看不清"),
        ("cards.{place}.photo_id", "银行卡照片不清晰，请重新拍摄"),
        ("cards.{place}.number", "银行卡卡号与照片上的不一致，请核对"),
        ("cards.{place}.branch", "银行网点填写不正确，请按“省+市+支行”填写"),
    ),
    "certificate_check": ((None, "数字证书即将到期，请换一张证书"),),
    "certificate": ((None, "数字证书没有安装成功，请重新申请"),),
    "sign": ((None, "签署的协议不完整，请重新签署"),),
}


def reasons_for(application: Application) -> dict[str, list[dict[str, Any]]]:
    """The reasons to choose from, by step, with one row for each bank card that they may mean."""
    cards = (application.steps["bank_cards"]["answer"] or {"cards": []})["cards"]
    return {
        step: [reason for field, text in rows for reason in _spelled_out(step, field, text, cards)]
        for step, rows in REASONS.items()
        if step in application.steps
    }


def _spelled_out(
    step: str, field: str | None, text: str, cards: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    if field is None or "{place}" not in field:
        yield {"step": step, "field": field, "text": text, "label": text}
        return
    for place, card in enumerate(cards):
        if card["source"] != "record" or field.endswith("branch"):
            name = BANKS_BY_CODE[card["bank_code"]].name
            yield {"step": step, "field": field.format(place=place), "text": text, "label": f"{name}：{text}"}
