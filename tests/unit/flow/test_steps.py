"""What each step asks to be corrected, field by field."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from kaihu_desktop.core.flow.businesses import BANK_CARDS, CERTIFICATE, CERTIFICATE_CHECK, PHOTOS, SIGN
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.flow.steps.certificate_check import APPLY
from kaihu_desktop.core.model.company import Bank, Company, Document, PasswordRule
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.rules.branch import BRANCH_ADVICE
from kaihu_desktop.core.secret import Secret

DOCUMENT = Document("1", "标题", "正文")
COMPANY = Company(
    code="8888",
    name="样例期货",
    has_logo=False,
    colour=None,
    hotline="400-000-0000",
    service_hours_text="",
    app_download_url="https://app.example",
    account_types=("futures",),
    businesses=(),
    banks=(Bank("ICBC", "中国工商银行", ""), Bank("CCB", "中国建设银行", "")),
    privacy_policy=DOCUMENT,
    consents=(),
    certificate_password=PasswordRule("digits", 6, 8),
    usage_notice=DOCUMENT,
    certificate_responsibility=DOCUMENT,
)
CUSTOMER = Customer(
    name="张样本",
    masked_id_number="410101********0033",
    id_number="410101199508130033",
    photos={},
    bank_cards=(),
)
# problems() looks at the company and the customer only
SERVICES = Services(backend=None, certificates=None, company=COMPANY, customer=CUSTOMER)  # type: ignore[arg-type]

PHOTOS_ANSWER: dict[str, Any] = {
    "photos": {
        kind: {"upload_id": kind, "original_id": None} for kind in ("id_portrait", "id_emblem", "signature")
    },
    "fields": {
        "name": "张样本",
        "id_number": "410101199508130033",
        "sex": "男",
        "ethnicity": "汉",
        "birth": "1995-08-13",
        "address": "河南省样例市测试路1号",
        "authority": "样例市公安局",
        "valid_from": "2020-03-18",
        "valid_until": "2040-03-18",
    },
    "responsibility_version": "1",
}
NEW_CARD: dict[str, Any] = {
    "id": None,
    "bank_code": "CCB",
    "number": "6217002430000099995",
    "branch": "河南省郑州市示范支行",
    "photo_id": "u1",
    "source": "ocr",
}
CARD_ON_RECORD = {
    "id": "c1",
    "bank_code": "ICBC",
    "number": None,
    "branch": "河南省郑州市示范支行",
    "photo_id": None,
    "source": "record",
}
CARDS_ANSWER: dict[str, Any] = {"cards": [CARD_ON_RECORD, NEW_CARD], "notice_accepted": True}


def with_value(answer: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy of an answer with the value at a dotted path replaced."""
    made: Any = deepcopy(answer)
    *parents, last = path.split(".")
    place = made
    for name in parents:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    return dict(made)


@pytest.mark.parametrize("validity", ["2099-12-31", "2040-03-18", "长期"])
def test_a_complete_answer_of_the_photos_has_no_problem(validity: str) -> None:
    assert PHOTOS.problems(with_value(PHOTOS_ANSWER, "fields.valid_until", validity), SERVICES) == ()


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("photos.id_portrait", None, "还没有人像面"),
        ("photos.signature", None, "还没有签名照"),
        ("fields.name", "", "请填写姓名"),
        ("fields.name", "Zhang", "汉字"),
        ("fields.id_number", "410101199508130034", "身份证号不正确"),
        ("fields.id_number", "41010119950813003", "身份证号不正确"),
        ("fields.id_number", "410101198803041020", "不是您本人"),
        ("fields.valid_from", "去年", "年-月-日"),
        ("fields.valid_until", "2020-01-01", "应晚于"),
        ("fields.address", " ", "请填写住址"),
        ("responsibility_version", None, "数字证书安全责任书"),
        ("responsibility_version", "0", "数字证书安全责任书"),
    ],
)
def test_each_wrong_field_of_the_photos_is_named(path: str, value: Any, words: str) -> None:
    problems = PHOTOS.problems(with_value(PHOTOS_ANSWER, path, value), SERVICES)
    assert [problem.field for problem in problems] == [path]
    assert words in problems[0].text


def test_what_has_not_arrived_is_never_sent() -> None:
    pending = {"upload_id": None, "original_id": None, "pending": {"picture": "…"}}
    problems = PHOTOS.problems(with_value(PHOTOS_ANSWER, "photos.id_emblem", pending), SERVICES)
    assert [problem.field for problem in problems] == ["photos.id_emblem"]
    card = {**NEW_CARD, "photo_id": None, "pending": {"picture": "…"}}
    problems = BANK_CARDS.problems({"cards": [card], "notice_accepted": True}, SERVICES)
    assert [problem.field for problem in problems] == ["cards.0.photo_id"]


def test_an_expired_card_is_refused() -> None:
    answer = with_value(PHOTOS_ANSWER, "fields.valid_from", "2005-01-01")
    problems = PHOTOS.problems(with_value(answer, "fields.valid_until", "2015-01-01"), SERVICES)
    assert [problem.field for problem in problems] == ["fields.valid_until"]
    assert "已过有效期" in problems[0].text


def test_cards_on_record_and_new_ones_pass_together() -> None:
    assert BANK_CARDS.problems(CARDS_ANSWER, SERVICES) == ()


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("cards", [], "至少添加一张"),
        ("cards.1.bank_code", "", "请选择开户行"),
        ("cards.1.bank_code", "ABC", "暂不支持"),
        ("cards.1.bank_code", "ICBC", "每家银行只能添加一张"),
        ("cards.1.number", "", "请填写银行卡卡号"),
        ("cards.1.number", "62170024300", "12 至 19 位"),
        ("cards.1.number", "6217 0024 3000 0099 991", "12 至 19 位"),
        ("cards.1.photo_id", None, "请拍摄或选择银行卡照片"),
        ("cards.1.branch", "示范支行", BRANCH_ADVICE),
        ("notice_accepted", False, "使用提示"),
    ],
)
def test_each_wrong_field_of_the_bank_cards_is_named(path: str, value: Any, words: str) -> None:
    problems = BANK_CARDS.problems(with_value(CARDS_ANSWER, path, value), SERVICES)
    assert [problem.field for problem in problems] == [path]
    assert words in problems[0].text


def test_the_certificate_check_wants_a_certificate() -> None:
    assert CERTIFICATE_CHECK.problems({"certificate": "-----BEGIN CERTIFICATE-----"}, SERVICES) == ()
    assert CERTIFICATE_CHECK.problems(APPLY, SERVICES) == ()
    assert [p.field for p in CERTIFICATE_CHECK.problems({}, SERVICES)] == ["certificate"]
    assert [p.field for p in CERTIFICATE_CHECK.problems({"certificate": ""}, SERVICES)] == ["certificate"]


def test_the_installation_wants_an_installed_certificate() -> None:
    assert CERTIFICATE.problems({"certificate": "-----BEGIN CERTIFICATE-----"}, SERVICES) == ()
    assert [p.field for p in CERTIFICATE.problems({"known": []}, SERVICES)] == ["certificate"]


def test_signing_wants_everything_read_the_consent_and_the_password() -> None:
    read = {"a1": {"sha256": "5e", "pages": 3, "seconds": 5, "finished": True, "seen": [0, 1, 2]}}
    whole = {"read": read, "consent": True, "password": Secret("x")}
    assert SIGN.problems(whole, SERVICES) == ()
    unread = {"a1": {**read["a1"], "finished": False}}
    for change, field in (
        ({"read": {}}, "read"),
        ({"read": unread}, "read"),
        ({"consent": False}, "consent"),
        ({"password": Secret("")}, "password"),
    ):
        assert [p.field for p in SIGN.problems({**whole, **change}, SERVICES)] == [field]
