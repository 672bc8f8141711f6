"""Login: every gate and refusal, tokens and their end."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer

EXPIRED_ID, LOCKED, MINOR = "410101197909223012", "410101198307258060", "410101201005120044"
NO_ASSETS = "410101198601295030"
STRANGER, OTHER_PERSON = "110105199001010010", "410101198803041020"


class Visitor:
    """Somebody at the login page with a captcha before the eyes."""

    def __init__(self, server: SandboxServer, **changes: Any) -> None:
        self.server = server
        captcha = requests.post(server.url + "/v1/captchas", timeout=60).json()
        self.ask: dict[str, Any] = {
            "company_code": "8888",
            "account_type": "futures",
            "id_number": SAMPLE_ID_NUMBER,
            "captcha_id": captcha["captcha_id"],
            "captcha_text": server.captcha_text(captcha["captcha_id"]),
            **changes,
        }

    def send_sms(self, **changes: Any) -> requests.Response:
        """Asks for the SMS code."""
        return requests.post(self.server.url + "/v1/sms-codes", json={**self.ask, **changes}, timeout=60)

    def login(self, **changes: Any) -> requests.Response:
        """Logs in, with the right code and all consents unless told otherwise."""
        consents = [{"purpose": purpose, "version": "2026-01"} for purpose in ("privacy_policy", "biometric")]
        body = {**self.ask, "sms_code": "000000", "consents": consents, **changes}
        return requests.post(self.server.url + "/v1/sessions", json=body, timeout=60)

    def code(self) -> str:
        """The code on the phone."""
        return self.server.sms_code(self.ask["id_number"])


def code_of(answer: requests.Response) -> tuple[int, str, str | None]:
    """(status, code, field) of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    return answer.status_code, problem["code"], problem.get("field")


def test_a_login_tells_who_one_is_masked(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    assert visitor.send_sms().json() == {"sent_to": "111****3003", "resend_after": 60, "expires_in": 300}
    session = visitor.login(sms_code=visitor.code()).json()
    masked = {"name": "张样本", "masked_id_number": "410101********0033", "masked_phone": "111****3003"}
    assert (session["expires_in"], session["customer"]) == (300, masked)
    me = sandbox.request("GET", "/customers/me", session["access_token"]).json()
    assert me["id_number"] == SAMPLE_ID_NUMBER
    assert [card["bank_code"] for card in me["bank_cards"]] == ["ICBC"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"id_number": "410101199508130034"}, (422, "AUTH-ID-NUMBER", "id_number")),
        ({"id_number": "41010119950813"}, (422, "AUTH-ID-NUMBER", "id_number")),
        ({"id_number": MINOR}, (403, "AUTH-UNDER-AGE", "id_number")),
        ({"id_number": STRANGER}, (403, "AUTH-NO-ACCOUNT", "id_number")),
        ({"id_number": NO_ASSETS, "account_type": "asset_management"}, (403, "AUTH-NO-ACCOUNT", "id_number")),
        ({"id_number": EXPIRED_ID}, (403, "AUTH-ID-EXPIRED", "id_number")),
        ({"id_number": LOCKED}, (423, "AUTH-LOCKED", None)),
        ({"captcha_text": "0000"}, (422, "AUTH-CAPTCHA", "captcha_text")),
        ({"captcha_id": "unknown"}, (422, "AUTH-CAPTCHA-STALE", "captcha_text")),
        ({"company_code": "1234"}, (404, "COMPANY-UNKNOWN", None)),
    ],
)
def test_who_may_not_log_in_is_refused_before_an_sms(
    sandbox: SandboxServer, changes: dict[str, str], refusal: tuple[int, str, str | None]
) -> None:
    assert code_of(Visitor(sandbox).send_sms(**changes)) == refusal


@pytest.mark.parametrize(
    ("now", "served"),
    [
        ("2026-11-20T01:22:30", False),
        ("2026-11-20T01:23:30", True),
        ("2026-11-21T23:57:00", True),
        ("2026-11-21T23:58:30", False),
        ("2026-11-22T12:00:00", False),
    ],
)
def test_service_hours_are_kept(sandbox: SandboxServer, now: str, served: bool) -> None:
    sandbox.set_clock(now)
    answer = Visitor(sandbox).send_sms()
    assert answer.status_code == 202 if served else code_of(answer) == (403, "AUTH-HOURS", None)


def test_a_captcha_is_spent_by_a_wrong_answer_and_by_time(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    visitor.send_sms(captcha_text="0000")
    assert code_of(visitor.send_sms())[1] == "AUTH-CAPTCHA-STALE"
    late = Visitor(sandbox)
    sandbox.shift_clock(121)
    assert code_of(late.send_sms())[1] == "AUTH-CAPTCHA-STALE"


def test_a_captcha_serves_one_person_in_either_case_of_letters(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    assert visitor.send_sms(captcha_text=visitor.ask["captcha_text"].lower()).status_code == 202
    assert code_of(visitor.send_sms(id_number=EXPIRED_ID))[1] == "AUTH-CAPTCHA-STALE"


def test_a_second_sms_waits(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    visitor.send_sms()
    answer = visitor.send_sms()
    assert code_of(answer)[:2] == (429, "AUTH-SMS-WAIT")
    assert 0 < int(answer.headers["Retry-After"]) == answer.json()["retry_after"] <= 60
    sandbox.shift_clock(61)
    assert visitor.send_sms().status_code == 202


def test_five_wrong_codes_lock_for_ten_minutes(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    visitor.send_sms()
    wrong = "111111" if visitor.code() != "111111" else "222222"
    left = [visitor.login(sms_code=wrong).json()["remaining"] for _ in range(4)]
    assert left == [4, 3, 2, 1]
    answer = visitor.login(sms_code=wrong)
    assert (code_of(answer)[:2], answer.json()["retry_after"]) == ((423, "AUTH-LOCKED"), 600)
    assert code_of(Visitor(sandbox).send_sms())[1] == "AUTH-LOCKED"
    sandbox.shift_clock(601)
    assert sandbox.login()


def test_an_sms_code_ends_and_serves_once(sandbox: SandboxServer) -> None:
    visitor = Visitor(sandbox)
    visitor.send_sms()
    code = visitor.code()
    assert visitor.login(sms_code=code).status_code == 201
    again = Visitor(sandbox)
    assert code_of(again.login(sms_code=code))[1] == "AUTH-SMS-STALE"


@pytest.mark.parametrize(
    "consents",
    [
        [],
        [{"purpose": "privacy_policy", "version": "2026-01"}],
        [{"purpose": "biometric", "version": "2020-01"}],
    ],
)
def test_a_missing_or_outdated_consent_is_refused(sandbox: SandboxServer, consents: list[Any]) -> None:
    visitor = Visitor(sandbox)
    visitor.send_sms()
    answer = visitor.login(sms_code=visitor.code(), consents=consents)
    assert code_of(answer) == (422, "AUTH-CONSENT", "consents")


def test_an_access_token_ends_and_is_renewed_once(sandbox: SandboxServer) -> None:
    session = sandbox.login_session()
    sandbox.shift_clock(301)
    expired = sandbox.request("GET", "/customers/me", session["access_token"])
    assert code_of(expired)[:2] == (401, "AUTH-EXPIRED")
    body = {"refresh_token": session["refresh_token"]}
    renewed = requests.post(sandbox.url + "/v1/sessions/refresh", json=body, timeout=60).json()
    assert sandbox.request("GET", "/customers/me", renewed["access_token"]).ok
    again = requests.post(sandbox.url + "/v1/sessions/refresh", json=body, timeout=60)
    assert code_of(again)[:2] == (401, "AUTH-EXPIRED")


def test_logout_and_expiry_end_both_tokens(sandbox: SandboxServer) -> None:
    left, expired = sandbox.login_session(), sandbox.login_session(OTHER_PERSON)
    assert sandbox.request("DELETE", "/sessions/current", left["access_token"]).status_code == 204
    sandbox.expire_sessions(refresh=True)
    for session in (left, expired):
        assert sandbox.request("GET", "/customers/me", session["access_token"]).status_code == 401
        body = {"refresh_token": session["refresh_token"]}
        assert requests.post(sandbox.url + "/v1/sessions/refresh", json=body, timeout=60).status_code == 401
