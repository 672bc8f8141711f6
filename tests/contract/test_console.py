"""The console in the browser, as a browser would ask for it, and who may ask at all."""

from __future__ import annotations

import html
import re

import pytest
import requests

from tests.contract.walk import Walk
from tests.sandbox_server import SandboxServer

AWAITING = "410101199911056048"


def post(sandbox: SandboxServer, path: str, form: object, **headers: str) -> requests.Response:
    """Sends a form of the console from the console."""
    sent = {"Origin": sandbox.url, **headers}
    return requests.post(sandbox.console + path, data=form, headers=sent, timeout=60)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("", "待复核"),
        ("sms", "短信验证码"),
        ("customers", "410101199508130033"),
        ("switches", "在服务时间内"),
    ],
)
def test_every_page_is_there(sandbox: SandboxServer, path: str, shown: str) -> None:
    answer = requests.get(sandbox.console + path, timeout=60)
    assert answer.status_code == 200 and shown in answer.text


def test_an_sms_code_can_be_read(sandbox: SandboxServer) -> None:
    Walk(sandbox).log_in()
    assert "还没有发送过短信" in requests.get(sandbox.console + "sms", timeout=60).text  # used up
    sandbox.shift_clock(61)
    captcha = requests.post(sandbox.url + "/v1/captchas", timeout=60).json()["captcha_id"]
    ask = {"company_code": "8888", "account_type": "futures", "id_number": AWAITING, "captcha_id": captcha}
    body = {**ask, "captcha_text": sandbox.captcha_text(captcha)}
    requests.post(sandbox.url + "/v1/sms-codes", json=body, timeout=60).raise_for_status()
    assert sandbox.sms_code(AWAITING) in requests.get(sandbox.console + "sms", timeout=60).text


def test_a_reviewer_sees_everything_and_rejects_by_a_listed_reason(sandbox: SandboxServer) -> None:
    application = sandbox.applications(AWAITING)[0]
    page = requests.get(sandbox.console + "applications/" + application["id"], timeout=60).text
    assert page.count("有效，文件未改动") == 4
    for source in re.findall(r'<img src="([^"]+)"', page):
        picture = requests.get(sandbox.url + source, timeout=60)
        assert picture.headers["Content-Type"] == "image/jpeg"
    reasons = [html.unescape(value) for value in re.findall(r'name="reason" value="([^"]+)"', page)]
    chosen = next(reason for reason in reasons if "photo_id" in reason)
    form = {"decision": "reject", "reason": chosen, "other_step": "photos", "other_text": "请补签名"}
    assert post(sandbox, f"applications/{application['id']}/review", form).status_code == 200
    rejected = sandbox.applications(AWAITING)[0]
    fields = [(reason["step"], reason["field"]) for reason in rejected["rejection"]["reasons"]]
    assert fields == [("bank_cards", "cards.1.photo_id"), ("photos", None)]
    assert rejected["steps"]["photos"]["state"] == "rejected"


def test_a_reviewer_approves(sandbox: SandboxServer) -> None:
    path = f"applications/{sandbox.applications(AWAITING)[0]['id']}/review"
    assert post(sandbox, path, {"decision": "approve"}).status_code == 200
    assert sandbox.applications(AWAITING)[0]["status"] == "succeeded"
    refused = post(sandbox, path, {"decision": "approve"})
    assert refused.status_code == 409 and "只有待复核或复核中的业务可以复核" in refused.text


def test_a_rejection_needs_a_reason(sandbox: SandboxServer) -> None:
    path = f"applications/{sandbox.applications(AWAITING)[0]['id']}/review"
    assert post(sandbox, path, {"decision": "reject"}).status_code == 422
    assert sandbox.applications(AWAITING)[0]["status"] == "awaiting_review"


def test_the_switches_of_a_customer(sandbox: SandboxServer) -> None:
    sample = "410101199508130033"
    form = {"witnessed": "true", "next_certificate": "other_key"}
    assert post(sandbox, f"customers/{sample}", form).status_code == 200
    page = requests.get(sandbox.console + "customers", timeout=60).text
    row = page[page.index(f"/console/customers/{sample}") :].partition("</form>")[0]
    assert 'value="true" checked' in row and 'value="other_key" selected' in row
    assert Walk(sandbox).begin().application["witnessed"]
    post(sandbox, f"customers/{sample}", {"next_certificate": "valid"})
    assert not Walk(sandbox).resume().application["witnessed"]
    assert post(sandbox, f"customers/{sample}", {"next_certificate": "some"}).status_code == 422
    assert post(sandbox, "customers/nobody", {"next_certificate": "valid"}).status_code == 404


def test_a_reviewer_sees_that_a_certificate_was_applied_for(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, "410101199203152012").begin().through("bank_cards")
    walk.put("certificate_check", {"certificate": None})
    page = requests.get(f"{sandbox.console}applications/{walk.id}", timeout=60).text
    assert "安装证书" in page and "在本次业务中申请" in page


def test_clock_faults_and_reset(sandbox: SandboxServer) -> None:
    post(sandbox, "switches/clock", {"action": "set", "now": "2026-11-22T12:00"})
    assert "不在服务时间内" in requests.get(sandbox.console + "switches", timeout=60).text
    post(sandbox, "switches/clock", {"action": "open"})
    assert "不在服务时间内" not in requests.get(sandbox.console + "switches", timeout=60).text
    post(sandbox, "switches/faults", {"rules": '{"path_pattern": "/health", "kind": "status"}'})
    assert requests.get(sandbox.url + "/v1/health", timeout=60).status_code == 503
    Walk(sandbox).begin()
    post(sandbox, "switches/reset", {})
    assert sandbox.fault_hits() == [] and sandbox.applications("410101199508130033") == []


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}]
)
def test_a_foreign_page_can_do_nothing(sandbox: SandboxServer, headers: dict[str, str]) -> None:
    assert post(sandbox, "switches/reset", {}, **headers).status_code == 403
    assert requests.post(sandbox.url + "/sandbox/reset", headers=headers, timeout=60).status_code == 403


def test_a_form_without_origin_is_refused(sandbox: SandboxServer) -> None:
    assert requests.post(sandbox.console + "switches/reset", timeout=60).status_code == 403


@pytest.mark.parametrize("path", ["applications/unknown", "uploads/unknown", "applications/x/agreements/y"])
def test_what_is_not_there_is_said_on_a_page(sandbox: SandboxServer, path: str) -> None:
    answer = requests.get(sandbox.console + path, timeout=60)
    assert answer.status_code == 404 and "返回业务复核" in answer.text
