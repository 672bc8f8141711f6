"""Idempotency keys, and a server that is killed: nothing is lost and nothing happens twice."""

from __future__ import annotations

import uuid

import pytest
import requests

from tests.contract.walk import STEPS, Walk, picture
from tests.sandbox_server import SandboxServer

BUSINESS = {"business": "settlement-account"}


def test_the_same_write_has_one_effect_and_the_same_answer(sandbox: SandboxServer) -> None:
    walk, key = Walk(sandbox).log_in(), str(uuid.uuid4())
    first = walk.request("POST", "/applications", key=key, json=BUSINESS)
    again = walk.request("POST", "/applications", key=key, json=BUSINESS)
    assert (again.status_code, again.content) == (201, first.content)
    assert len(walk.request("GET", "/applications").json()["items"]) == 1


def test_a_lost_answer_can_be_asked_for_again(sandbox: SandboxServer) -> None:
    walk, key = Walk(sandbox).log_in(), str(uuid.uuid4())
    sandbox.fault("/applications$", "lose_answer", method="POST")
    with pytest.raises(requests.ConnectionError):
        walk.request("POST", "/applications", key=key, json=BUSINESS)
    answer = walk.request("POST", "/applications", key=key, json=BUSINESS)
    assert (answer.status_code, answer.json()["status"]) == (201, "draft")


def test_a_key_serves_one_request(walk: Walk) -> None:
    key, answer = str(uuid.uuid4()), walk.photos()
    assert walk.put("photos", answer, key=key).status_code == 200
    answer["fields"]["address"] = "别的地址"
    problem = walk.put("photos", answer, key=key)
    assert (problem.status_code, problem.json()["code"]) == (409, "SERVER-CONFLICT")


def test_a_refusal_is_judged_afresh(walk: Walk) -> None:
    key = str(uuid.uuid4())
    upload_id = walk.announce("signature", picture("red")).json()["upload_id"]
    answer = walk.photos()
    answer["photos"]["signature"]["upload_id"] = upload_id
    assert walk.put("photos", answer, key=key).status_code == 422
    walk.upload("signature", picture("red"))
    assert walk.put("photos", answer, key=key).status_code == 200


@pytest.mark.parametrize("key", ["", "no uuid"])
def test_a_write_without_a_key_is_refused(walk: Walk, key: str) -> None:
    headers = {"Authorization": "Bearer " + walk.token, **({"Idempotency-Key": key} if key else {})}
    url = f"{walk.server.url}/v1/applications"
    problem = requests.post(url, json=BUSINESS, headers=headers, timeout=60)
    assert (problem.status_code, problem.json()["code"]) == (422 if key else 400, "SERVER-REFUSED")


def test_a_killed_server_goes_on_after_every_step(own_sandbox: SandboxServer) -> None:
    own_sandbox.start().open_hours()
    walk = Walk(own_sandbox).begin()
    for step in STEPS:
        key, answer = str(uuid.uuid4()), getattr(walk, step)()
        accepted = walk.put(step, answer, key=key)
        assert accepted.status_code == 200, accepted.text
        own_sandbox.restart()
        assert walk.read() == accepted.json()
        assert walk.put(step, answer, key=key).content == accepted.content
    assert walk.read()["status"] == "awaiting_review"


def test_half_an_upload_and_the_clock_survive_a_kill(own_sandbox: SandboxServer) -> None:
    own_sandbox.start().set_clock("2026-03-02T10:00:00")
    walk, content = Walk(own_sandbox).log_in(), picture("green")
    upload_id = walk.announce("original", content).json()["upload_id"]
    walk.send(upload_id, content[:200], 0)
    own_sandbox.restart()
    assert walk.request("GET", "/uploads/" + upload_id).json()["offset"] == 200
    assert own_sandbox.control("GET", "/clock")["now"].startswith("2026-03-02T10:0")
    assert walk.send(upload_id, content[200:], 200).json()["complete"]
