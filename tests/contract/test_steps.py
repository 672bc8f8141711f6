"""What the server says to each wrong answer of each step."""

from __future__ import annotations

import io
from typing import Any, Callable

import pytest
import requests
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from tests.contract.walk import Walk, certificate_pem, picture, signed_pdf
from tests.sandbox_server import SandboxServer

REVOKED, EXPIRED, NOT_YET = "410101199602149072", "410101197410191082", "410101199001010112"
OTHER = "410101198803041020"
CREDIT_CARD = "6253360012345678"


def wrong_fields(answer: requests.Response) -> list[str]:
    """The fields of an APP-ANSWER."""
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "APP-ANSWER"), answer.text
    assert problem["field"] == problem["errors"][0]["field"]
    return [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("birth", "1995-08-14"),
        ("sex", "女"),
        ("valid_from", "2020-02-30"),
        ("valid_until", "2025-01-01"),
        ("valid_until", "2026-02-30"),
    ],
)
def test_a_wrong_field_of_the_id_card_is_named(walk: Walk, field: str, value: str) -> None:
    answer = walk.photos()
    answer["fields"][field] = value
    assert wrong_fields(walk.put("photos", answer)) == [f"fields.{field}"]


@pytest.mark.parametrize(("field", "value"), [("id_number", OTHER), ("name", "李示范")])
def test_somebody_elses_id_card_is_refused(walk: Walk, field: str, value: str) -> None:
    answer = walk.photos()
    answer["fields"][field] = value
    problem = walk.put("photos", answer).json()
    assert (problem["code"], problem["field"]) == ("APP-OTHER-PERSON", f"fields.{field}")


def test_a_long_term_id_card_is_accepted(walk: Walk) -> None:
    answer = walk.photos()
    answer["fields"]["valid_until"] = "2099-12-31"
    assert walk.put("photos", answer).status_code == 200


def test_photos_must_be_whole_pictures_of_ones_own(walk: Walk) -> None:
    answer = walk.photos()
    answer["photos"]["id_portrait"]["upload_id"] = walk.upload("id_portrait", b"no picture at all")
    answer["photos"]["id_emblem"]["upload_id"] = "somebody else's"
    answer["photos"]["signature"]["upload_id"] = walk.announce("signature", picture("red")).json()[
        "upload_id"
    ]
    answer["responsibility_version"] = "1999-01"
    expected = ["photos.id_portrait", "photos.id_emblem", "photos.signature", "responsibility_version"]
    assert wrong_fields(walk.put("photos", answer)) == expected


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"number": CREDIT_CARD}, ["cards.0.number"]),
        ({"number": "123"}, ["cards.0.number"]),
        ({"number": None}, ["cards.0.number"]),
        ({"bank_code": "ICBC"}, ["cards.0.bank_code"]),
        ({"bank_code": "NONE"}, ["cards.0.bank_code", "cards.0.bank_code"]),
        ({"branch": "行"}, ["cards.0.branch"]),
        ({"photo_id": None}, ["cards.0.photo_id"]),
        ({"id": "record-9"}, ["cards.0.id"]),
    ],
)
def test_a_wrong_bank_card_is_named(walk: Walk, changes: dict[str, Any], fields: list[str]) -> None:
    walk.through("photos")
    answer = {"cards": [walk.new_card(**changes)], "notice_accepted": True}
    assert wrong_fields(walk.put("bank_cards", answer)) == fields


def test_a_credit_card_is_refused_in_words_that_help(walk: Walk) -> None:
    walk.through("photos")
    answer = {"cards": [walk.new_card(number=CREDIT_CARD)], "notice_accepted": True}
    errors = walk.put("bank_cards", answer).json()["errors"]
    assert errors == [{"field": "cards.0.number", "text": "请使用借记卡，不支持信用卡"}]


def test_a_number_that_no_table_knows_is_left_to_the_reviewer(walk: Walk) -> None:
    walk.through("photos")
    answer = {"cards": [walk.new_card(number="1111111111111111111", source="typed")], "notice_accepted": True}
    assert walk.put("bank_cards", answer).status_code == 200


def test_one_card_a_bank_and_the_notice(walk: Walk) -> None:
    walk.through("photos")
    answer = {"cards": [walk.new_card(), walk.new_card()], "notice_accepted": False}
    assert wrong_fields(walk.put("bank_cards", answer)) == ["cards.1.bank_code", "notice_accepted"]
    assert wrong_fields(walk.put("bank_cards", {"cards": [], "notice_accepted": True})) == ["cards"]


@pytest.mark.parametrize(
    ("holder", "code"), [(REVOKED, "CERT-REVOKED"), (EXPIRED, "CERT-EXPIRED"), (NOT_YET, "CERT-NOT-YET")]
)
def test_a_certificate_that_is_not_good_now_is_refused(
    sandbox: SandboxServer, holder: str, code: str
) -> None:
    walk = Walk(sandbox, holder).begin().through("bank_cards")
    problem = walk.put("certificate_check").json()
    assert (problem["code"], problem["field"]) == (code, "certificate")


def test_another_persons_and_an_unreadable_certificate_are_refused(walk: Walk) -> None:
    walk.through("bank_cards")
    others = {"certificate": certificate_pem(walk.server, OTHER)}
    assert walk.put("certificate_check", others).json()["code"] == "CERT-OTHER-PERSON"
    assert walk.put("certificate_check", {"certificate": "no PEM"}).json()["code"] == "CERT-UNTRUSTED"


def test_the_cas_own_certificate_is_not_a_customers(walk: Walk) -> None:
    walk.through("bank_cards")
    anchors = requests.get(f"{walk.server.url}/v1/companies/8888/trust-anchors", timeout=60).text
    assert walk.put("certificate_check", {"certificate": anchors}).json()["code"] == "CERT-UNTRUSTED"


def test_agreements_are_stable_and_personal(walk: Walk) -> None:
    first = walk.agreements()
    assert [entry["id"] for entry in first] == ["notice", "risk", "contract", "transfer"]
    assert all(entry["pages"] >= 3 for entry in first)
    document = walk.document("risk")
    assert document == walk.document("risk") and document.startswith(b"%PDF-")
    assert walk.agreements() == first


@pytest.mark.parametrize(
    "change",
    [
        lambda read: read.pop(),
        lambda read: read[1].update(pages=1),
        lambda read: read[1].update(seconds=0.5),
    ],
    ids=["not opened", "not to the end", "too quickly"],
)
def test_an_agreement_that_was_not_read_is_named(walk: Walk, change: Callable[[Any], Any]) -> None:
    walk.through("certificate_check")
    answer = walk.sign()
    change(answer["read"])
    assert walk.put("sign", answer).json()["code"] == "SIGN-UNREAD"


def _flipped(walk: Walk) -> bytes:
    good = signed_pdf(walk.server, walk.id_number, walk.document("risk"))
    place = good.index(b"/ByteRange")  # after the original, inside what is signed
    return good[: place + 40] + bytes([good[place + 40] ^ 1]) + good[place + 41 :]


def _other_document(walk: Walk) -> bytes:
    return signed_pdf(walk.server, walk.id_number, walk.document("contract"))


def _turned_before_signing(walk: Walk) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(walk.document("risk")))
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = generic.NumberObject(180)
    writer.update_container(page)
    return _signed_after(walk, writer)


def _rewritten_before_signing(walk: Walk) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(walk.document("risk")))
    contents = writer.root["/Pages"]["/Kids"][0].raw_get("/Contents")
    text = generic.StreamObject(stream_data=b"BT ET")
    writer.objects[(contents.generation, contents.idnum)] = text
    return _signed_after(walk, writer)


def _signed_after(walk: Walk, writer: IncrementalPdfFileWriter) -> bytes:
    changed = io.BytesIO()
    writer.write(changed)
    return signed_pdf(walk.server, walk.id_number, changed.getvalue())


def _appended_to(walk: Walk) -> bytes:
    return signed_pdf(walk.server, walk.id_number, walk.document("risk")) + b"\n% more\n"


@pytest.mark.parametrize(
    "forge",
    [
        lambda walk: walk.document("risk"),
        lambda walk: signed_pdf(walk.server, OTHER, walk.document("risk")),
        lambda walk: signed_pdf(walk.server, walk.id_number, walk.document("risk"), pades=False),
        lambda walk: b"%PDF-1.7 nothing",
        _other_document,
        _turned_before_signing,
        _rewritten_before_signing,
        _appended_to,
        _flipped,
    ],
    ids=[
        "unsigned",
        "other's",
        "no PAdES",
        "no PDF",
        "other document",
        "page turned",
        "page rewritten",
        "appended",
        "flipped",
    ],
)
def test_a_signature_that_is_not_good_is_rejected(walk: Walk, forge: Callable[[Walk], bytes]) -> None:
    walk.through("certificate_check")
    problem = walk.put("sign", walk.sign(risk=forge(walk))).json()
    assert (problem["code"], problem["field"]) == ("SIGN-REJECTED", "signed.1.upload_id"), problem
    assert walk.request("GET", f"/applications/{walk.id}/agreements/notice/signed").status_code == 404
    assert walk.read()["status"] == "draft"


def test_a_certificate_revoked_since_the_check_is_rejected(walk: Walk) -> None:
    walk.through("certificate_check")
    answer = walk.sign()
    walk.server.revoke_certificate(walk.id_number)
    problem = walk.put("sign", answer).json()
    walk.server.revoke_certificate(walk.id_number, revoked=False)  # certificates outlive a reset
    assert (problem["code"], "CERT-REVOKED" in problem["detail"]) == ("SIGN-REJECTED", True)


def test_every_agreement_is_signed_with_consent(walk: Walk) -> None:
    walk.through("certificate_check")
    answer = walk.sign()
    assert walk.put("sign", {**answer, "signed": answer["signed"][:-1]}).json()["field"] == "signed"
    assert wrong_fields(walk.put("sign", {**answer, "consent": False})) == ["consent"]
