"""Life of an application: order, submission, review, rejection of one step, abandonment."""

from __future__ import annotations

import pytest

from tests.contract.walk import CCB_CARD, STEPS, Walk, picture
from tests.sandbox_server import SandboxServer

DRAFT, AWAITING, REJECTED = "410101198601295030", "410101199911056048", "410101197004087052"
PHOTOS_ON_RECORD, LONG_NAME = "410101198803041020", "410101198505051554"


def test_the_whole_business(walk: Walk) -> None:
    submitted = walk.through("sign").read()
    assert (submitted["status"], submitted["status_text"]) == ("awaiting_review", "待复核")
    assert submitted["submitted_at"].endswith("+08:00")
    for entry in walk.agreements():
        signed = walk.request("GET", f"/applications/{walk.id}/agreements/{entry['id']}/signed")
        assert signed.content.startswith(walk.document(entry["id"]))
    assert walk.server.review(walk.id, "take")["status_text"] == "复核中"
    done = walk.server.review(walk.id, "approve")
    assert (done["status_text"], done["can_abandon"]) == ("办理成功", False)
    assert done["capital_account"].startswith("8888")
    me = walk.request("GET", "/customers/me").json()
    assert [(card["bank_code"], card["masked_number"]) for card in me["bank_cards"]] == [
        ("CCB", f"{CCB_CARD[:4]} ************ {CCB_CARD[-3:]}")
    ]
    assert me["photos"]["id_portrait"]["upload_id"]


def test_the_answers_are_echoed(walk: Walk) -> None:
    answer = walk.photos()
    record = walk.put("photos", answer).json()["steps"]["photos"]
    assert (record["state"], record["answer"]) == ("accepted", answer)


@pytest.mark.parametrize("step", STEPS[1:])
def test_a_step_waits_for_those_before_it(walk: Walk, step: str) -> None:
    answers = {
        "bank_cards": {"cards": [], "notice_accepted": True},
        "certificate_check": {"certificate": ""},
        "sign": {"signed": [], "read": [], "consent": True},
    }
    problem = walk.put(step, answers[step])
    assert (problem.status_code, problem.json()["code"]) == (409, "APP-STEP-ORDER")


def test_an_accepted_step_may_be_changed_before_submission(walk: Walk) -> None:
    walk.through("bank_cards")
    on_record = {"id": "record-1", "bank_code": "ICBC", "number": None, "branch": "河南省郑州市示范支行"}
    answer = {"cards": [{**on_record, "photo_id": None, "source": "record"}], "notice_accepted": True}
    changed = walk.put("bank_cards", answer).json()
    assert changed["steps"]["bank_cards"]["answer"] == answer
    assert changed["steps"]["certificate_check"]["state"] == "open"


def test_only_the_rejected_step_is_asked_again(walk: Walk) -> None:
    walk.through("sign")
    reason = {"step": "bank_cards", "field": "cards.0.photo_id", "text": "银行卡照片反光"}
    rejected = walk.server.review(walk.id, "reject", [reason])
    assert (rejected["status_text"], rejected["rejection"]) == ("复核驳回", {"reasons": [reason]})
    assert (rejected["remark"], rejected["can_abandon"]) == ("银行卡照片反光", True)
    assert walk.put("photos").json()["code"] == "APP-STEP-ORDER"
    again = walk.put("bank_cards").json()
    assert (again["status"], again["rejection"]) == ("awaiting_review", None)
    assert [entry["status"] for entry in again["timeline"]][-3:] == [
        "awaiting_review",
        "review_rejected",
        "awaiting_review",
    ]


def test_two_rejected_steps_are_both_asked_again(walk: Walk) -> None:
    walk.through("sign")
    reasons = [{"step": step, "field": None, "text": "请重新办理"} for step in ("photos", "sign")]
    walk.server.review(walk.id, "reject", reasons)
    half = walk.put("photos").json()
    assert (half["status"], [reason["step"] for reason in half["rejection"]["reasons"]]) == (
        "review_rejected",
        ["sign"],
    )
    assert walk.put("sign").json()["status"] == "awaiting_review"


def test_what_is_submitted_cannot_be_changed(walk: Walk) -> None:
    walk.through("sign")
    problem = walk.put("photos")
    assert (problem.status_code, problem.json()["code"]) == (409, "APP-CLOSED")
    walk.server.review(walk.id, "approve")
    assert walk.request("DELETE", f"/applications/{walk.id}").json()["code"] == "APP-CLOSED"


def test_abandoning_erases_photos_and_answers(walk: Walk) -> None:
    photos = walk.photos()
    walk.put("photos", photos)
    answered = photos["photos"]["id_portrait"]["upload_id"]
    unanswered = walk.upload("bank_card", picture())
    assert walk.request("DELETE", f"/applications/{walk.id}").status_code == 204
    assert walk.request("GET", f"/applications/{walk.id}").status_code == 404
    for upload_id in (answered, unanswered):
        assert walk.request("GET", f"/uploads/{upload_id}").status_code == 404
        assert not (walk.server.data_dir / "uploads" / upload_id).exists()


def test_with_the_rule_block_a_second_business_waits(walk: Walk) -> None:
    problem = walk.request("POST", "/applications", json={"business": "settlement-account"})
    assert (problem.status_code, problem.json()["code"]) == (409, "APP-IN-FLIGHT")
    unknown = walk.request("POST", "/applications", json={"business": "unknown"})
    assert unknown.json()["code"] == "SERVER-REFUSED"


def test_with_the_rule_first_submission_the_second_submission_waits(sandbox: SandboxServer) -> None:
    first = Walk(sandbox, company="6666").begin()
    second = Walk(sandbox, company="6666")
    second.token = first.token
    second.application = first.request(
        "POST", "/applications", json={"business": "settlement-account"}
    ).json()
    first.through("sign")
    second.through("certificate_check")
    problem = second.put("sign")
    assert (problem.status_code, problem.json()["code"]) == (409, "APP-IN-FLIGHT")
    sandbox.review(first.id, "reject", [{"step": "photos", "field": None, "text": "请重新办理"}])
    assert second.put("sign").status_code == 200


@pytest.mark.parametrize(
    ("id_number", "status", "open_steps"),
    [
        (DRAFT, "draft", ["bank_cards", "certificate_check", "sign"]),
        (AWAITING, "awaiting_review", []),
        (REJECTED, "review_rejected", ["bank_cards"]),
    ],
)
def test_seeded_applications_can_be_gone_on_with(
    sandbox: SandboxServer, id_number: str, status: str, open_steps: list[str]
) -> None:
    walk = Walk(sandbox, id_number).resume()
    assert walk.application["status"] == status
    for step in open_steps:
        assert walk.put(step).status_code == 200
    assert walk.read()["status"] == "awaiting_review"


def test_photos_on_record_can_be_looked_at_and_kept(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, PHOTOS_ON_RECORD).begin()
    on_record = walk.request("GET", "/customers/me").json()["photos"]
    answer = walk.photos()
    for kind, photo in on_record.items():
        content = walk.request("GET", f"/uploads/{photo['upload_id']}/content")
        assert content.headers["Content-Type"] == "image/jpeg" and content.content[:2] == b"\xff\xd8"
        answer["photos"][kind] = {"upload_id": photo["upload_id"], "original_id": None}
    assert walk.put("photos", answer).status_code == 200
    walk.request("DELETE", f"/applications/{walk.id}")
    assert walk.request("GET", "/customers/me").json()["photos"] == on_record


def test_a_name_of_twenty_characters_gets_through(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, LONG_NAME).begin().through("sign")
    assert (len(walk.person["name"]), walk.read()["status"]) == (20, "awaiting_review")


def test_other_peoples_things_do_not_exist(sandbox: SandboxServer, walk: Walk) -> None:
    upload_id = walk.upload("id_portrait", picture())
    other = Walk(sandbox, PHOTOS_ON_RECORD).log_in()
    paths = (f"/applications/{walk.id}", f"/applications/{walk.id}/agreements", f"/uploads/{upload_id}")
    for path in (*paths, f"/uploads/{upload_id}/content"):
        assert other.request("GET", path).status_code == 404
