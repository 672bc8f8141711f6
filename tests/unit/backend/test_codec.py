"""Documents of the backend become the model; any other shape is NET-BAD-ANSWER and nothing else."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta, timezone
from typing import Any, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaihu_desktop.backend import codec
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.application import Status, StepState
from tests.faults.backend_answers import APPLICATION

COMPANY: dict[str, Any] = {
    "code": "8888",
    "name": "样例期货有限公司",
    "short_name": "样例期货",
    "logo_url": None,
    "colour": "#1F5EDB",
    "hotline": "400-000-0000",
    "service_hours_text": "周一至周五、周六 01:23-23:58",
    "app_download_url": "https://app.example",
    "account_types": ["futures", "asset_management"],
    "businesses": [
        {
            "id": "settlement-account",
            "title": "修改结算账户",
            "description": "",
            "minutes": 10,
            "enabled": True,
        }
    ],
    "banks": [{"code": "ICBC", "name": "中国工商银行", "signing_guide": "网上银行"}],
    "privacy_policy": {"version": "1", "title": "隐私政策", "text": "…"},
    "consents": [{"purpose": "privacy_policy", "title": "隐私政策", "required": True}],
    "certificate_password": {"kind": "digits", "min": 6, "max": 8},
    "certificate_profile": {"key_bits": 3072},
    "timestamps": True,
    "in_flight_rule": "block",
    "usage_notice": {"title": "使用提示", "text": "…"},
    "certificate_responsibility": {"version": "2", "title": "责任书", "text": "…"},
}
CUSTOMER: dict[str, Any] = {
    "name": "张样本",
    "masked_id_number": "410101********0033",
    "masked_phone": "111****3003",
    "id_number": "410101199508130033",
    "photos": {"id_portrait": {"upload_id": "u1"}, "id_emblem": None, "signature": None},
    "bank_cards": [
        {
            "id": "r1",
            "bank_code": "ICBC",
            "bank_name": "工行",
            "masked_number": "6222 *** 018",
            "branch": "支行",
        }
    ],
}
AGREEMENTS: dict[str, Any] = {
    "items": [{"id": "risk", "title": "风险说明书", "pages": 3, "sha256": "AB" * 32, "min_seconds": 2}]
}
SIGNED: dict[str, Any] = {
    "items": [
        {
            "application_id": "a1",
            "agreement_id": "risk",
            "business": "settlement-account",
            "business_title": "修改结算账户",
            "title": "风险说明书",
            "signed_at": "2026-10-11T10:00:00+08:00",
            "pages": 3,
            "size": 60_000,
            "sha256": "AB" * 32,
        }
    ]
}
ISSUED: dict[str, Any] = {"certificate": "-----BEGIN", "chain": ["-----BEGIN", "-----BEGIN"]}
TOKENS: dict[str, Any] = {
    "access_token": "a",
    "refresh_token": "r",
    "customer": {"name": "张样本", "masked_id_number": "4101", "masked_phone": "111"},
}
DOCUMENTS: tuple[tuple[Callable[[object], object], dict[str, Any]], ...] = (
    (codec.company_of, COMPANY),
    (codec.customer_of, CUSTOMER),
    (codec.application_of, APPLICATION),
    (codec.agreements_of, AGREEMENTS),
    (codec.signed_agreements_of, SIGNED),
    (codec.issued_certificate_of, ISSUED),
    (codec.tokens_of, TOKENS),
    (codec.logged_in_of, TOKENS),
    (codec.captcha_of, {"captcha_id": "c", "image_png": "iVBORw=="}),
    (codec.sms_sent_of, {"sent_to": "111****3003", "resend_after": 60}),
    (codec.upload_state_of, {"upload_id": "u", "offset": 0, "complete": False}),
)


def test_a_company() -> None:
    company = codec.company_of(COMPANY)
    assert (company.has_logo, company.colour, company.account_types) == (
        False,
        "#1F5EDB",
        ("futures", "asset_management"),
    )
    assert company.bank("ICBC") is not None
    assert company.certificate_password.max_length == 8
    assert company.usage_notice.version == ""
    assert company.businesses[0].enabled
    assert (company.certificate_profile.key_bits, company.timestamps) == (3072, True)


@pytest.mark.parametrize("key_bits", [0, 1024, 65_536])
def test_no_company_makes_the_client_make_a_key_of_another_size(key_bits: int) -> None:
    with pytest.raises(Failure) as caught:
        codec.company_of({**COMPANY, "certificate_profile": {"key_bits": key_bits}})
    assert caught.value.code == "NET-BAD-ANSWER"


def test_signed_agreements_and_an_issued_certificate() -> None:
    (signed,) = codec.signed_agreements_of(SIGNED)
    assert (signed.sha256, signed.size, signed.pages) == ("ab" * 32, 60_000, 3)
    assert signed.signed_at.isoformat() == "2026-10-11T10:00:00+08:00"
    assert codec.issued_certificate_of(ISSUED).chain_pems == ("-----BEGIN", "-----BEGIN")
    with pytest.raises(Failure):
        codec.issued_certificate_of({**ISSUED, "chain": [1]})


def test_a_customer() -> None:
    customer = codec.customer_of(CUSTOMER)
    assert customer.photos == {"id_portrait": "u1"}
    assert customer.bank_cards[0].bank_name == "工行"
    assert "张样本" not in repr(customer) and "410101199508130033" not in repr(customer)


def test_an_application() -> None:
    rejected = {
        **APPLICATION,
        "status": "review_rejected",
        "steps": {"photos": {"state": "accepted", "answer": {"x": 1}}, "bank_cards": {"state": "rejected"}},
        "rejection": {"reasons": [{"step": "bank_cards", "field": None, "text": "照片不清晰"}]},
    }
    application = codec.application_of(rejected)
    assert application.status is Status.REVIEW_REJECTED
    assert application.record("photos").answer == {"x": 1}
    assert application.record("bank_cards").state is StepState.REJECTED
    assert application.reasons[0].text == "照片不清晰"
    assert codec.application_of({**APPLICATION, "witnessed": True}).witnessed
    assert application.created_at == application.timeline[0].at


def test_an_application_tells_nothing_in_a_log() -> None:
    telling = {**APPLICATION, "remark": "张样本来电", "capital_account": "88001234"}
    shown = repr(codec.application_of(telling))
    assert "张样本" not in shown and "88001234" not in shown


@pytest.mark.parametrize(
    ("text", "microseconds", "hours"),
    [
        ("2026-11-20T10:00:00+08:00", 0, 8),
        ("2026-11-20T10:00:00.5Z", 500_000, 0),
        ("2026-11-20t10:00:00.123456789z", 123_456, 0),
        ("2026-11-20T10:00:00-05:30", 0, -5.5),
    ],
)
def test_a_time(text: str, microseconds: int, hours: float) -> None:
    zone = timezone(timedelta(hours=hours))
    assert codec.time_of(text) == datetime(2026, 11, 20, 10, 0, 0, microseconds, zone)


@pytest.mark.parametrize("text", ["", "2026-11-20", "2026-11-20T10:00:00", "2026-13-20T10:00:00Z", "now"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Failure) as caught:
        codec.time_of(text)
    assert caught.value.code == "NET-BAD-ANSWER"


@pytest.mark.parametrize(("read", "document"), DOCUMENTS, ids=[row[0].__name__ for row in DOCUMENTS])
def test_members_of_a_newer_backend_are_ignored(
    read: Callable[[object], object], document: dict[str, Any]
) -> None:
    read({**document, "added": [1, {"later": None}]})


def test_half_a_character_is_a_bad_answer() -> None:
    with pytest.raises(Failure) as caught:
        codec.tokens_of({**TOKENS, "access_token": "\ud800"})
    assert caught.value.code == "NET-BAD-ANSWER"


def members_of(value: object) -> list[Any]:
    """The keys of a JSON object or list."""
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_a_document_that_is_wrong_anywhere_is_a_bad_answer_or_still_good(data: st.DataObject) -> None:
    read, document = data.draw(st.sampled_from(DOCUMENTS))
    wrong: Any = {"root": copy.deepcopy(document)}
    place = wrong
    key: Any = "root"
    while True:
        inside = place[key]
        keys = members_of(inside)
        if not keys or not data.draw(st.booleans()):
            break
        place, key = inside, data.draw(st.sampled_from(keys))
    if isinstance(place, dict) and key != "root" and data.draw(st.booleans()):
        del place[key]
    else:
        place[key] = data.draw(JSON)
    try:
        read(wrong["root"])
    except Failure as failure:
        assert failure.code == "NET-BAD-ANSWER"
