"""协议下载: what a customer has signed at a company."""

from __future__ import annotations

import hashlib

import requests

from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer

SIGNED = "410101198911305011"  # 沈已签


def copies(walk: Walk) -> list[dict[str, str]]:
    """The list as the customer gets it."""
    answer = walk.request("GET", "/signed-agreements")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, str]] = answer.json()["items"]
    return items


def content(walk: Walk, copy: dict[str, str]) -> requests.Response:
    """One of the copies."""
    path = f"/applications/{copy['application_id']}/agreements/{copy['agreement_id']}/signed"
    return walk.request("GET", path)


def test_an_earlier_business_left_signed_copies(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, SIGNED).log_in()
    found = copies(walk)
    assert [copy["agreement_id"] for copy in found] == ["notice", "risk", "contract", "transfer"]
    assert sandbox.applications(SIGNED)[0]["status"] == "succeeded"
    for copy in found:
        answer = content(walk, copy)
        assert hashlib.sha256(answer.content).hexdigest() == copy["sha256"]
        assert answer.headers["ETag"] == f'"{copy["sha256"]}"'
        assert len(answer.content) == copy["size"]
        assert copy["business_title"] == "修改结算账户" and copy["signed_at"].endswith("+08:00")
    assert copies(walk) == found


def test_the_copies_are_those_that_were_sent(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox).begin()
    assert copies(walk) == []
    answer = walk.through("certificate_check").sign()
    assert copies(walk) == []
    walk.put("sign", answer)
    found = copies(walk)
    sent = {entry["agreement_id"]: entry["upload_id"] for entry in answer["signed"]}
    for copy in found:
        upload = walk.request("GET", f"/uploads/{sent[copy['agreement_id']]}/content")
        assert content(walk, copy).content == upload.content
    assert len(found) == 4


def test_others_and_other_companies_see_nothing(sandbox: SandboxServer) -> None:
    copy = copies(Walk(sandbox, SIGNED).log_in())[0]
    elsewhere = Walk(sandbox, SIGNED, "6666").log_in()
    assert copies(elsewhere) == []
    assert content(elsewhere, copy).status_code == 404
    assert content(Walk(sandbox).log_in(), copy).status_code == 404
