"""Every way in which a backend can fail: the code, the text, the remedy, and how often it was asked."""

from __future__ import annotations

import logging

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.request import JSON_BYTES, RETRY_PAUSES, TimeLimits
from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.core.model.login import Captcha
from kaihu_desktop.core.ports import Cancelled
from tests.faults.backend_answers import logged_in, login
from tests.faults.raw_server import RawServer, Reply, closed_port, drip, hang, hang_up, problem, reply, reset

CAPTCHA = reply(201, {"captcha_id": "c1", "image_png": "iVBORw==", "expires_in": 300})
COMPANY_SHAPED_WRONG = {"code": "1001", "name": 7}
LIMITS = TimeLimits(connect=2, read=0.2, whole=0.4)

#: name, answers, code, times that a GET is sent
FAULTS: tuple[tuple[str, tuple[Reply, ...], str, int], ...] = (
    ("no answer", (hang,), "NET-TIMEOUT", 1),
    ("one byte after the other", (drip,), "NET-TIMEOUT", 1),
    ("reset", (reset,), "NET-INTERRUPTED", 3),
    ("hung up", (hang_up,), "NET-INTERRUPTED", 3),
    ("cut in the body", (reply(200, body=b'{"code":', length=100),), "NET-INTERRUPTED", 3),
    ("not HTTP", (b"SSH-2.0-OpenSSH_9.2\r\n",), "NET-BAD-ANSWER", 1),
    ("bad JSON", (reply(200, body=b'{"code": '),), "NET-BAD-ANSWER", 1),
    ("JSON without end", (reply(200, body=b"[" * 100_000),), "NET-BAD-ANSWER", 1),
    ("not UTF-8", (reply(200, body=b'{"code": "\xff\xfe"}'),), "NET-BAD-ANSWER", 1),
    ("wrong shape", (reply(200, COMPANY_SHAPED_WRONG),), "NET-BAD-ANSWER", 1),
    ("a list", (reply(200, [1]),), "NET-BAD-ANSWER", 1),
    ("nothing", (reply(200),), "NET-BAD-ANSWER", 1),
    ("a hotel's login page", (reply(200, body=b"<html>", media_type="text/html"),), "NET-BAD-ANSWER", 1),
    ("a redirect", (reply(302, Location="https://elsewhere.example/"),), "NET-BAD-ANSWER", 1),
    ("too much", (reply(200, body=b" " * (JSON_BYTES + 1)),), "NET-BAD-ANSWER", 1),
    ("400", (reply(400),), "SERVER-REFUSED", 1),
    ("401", (reply(401),), "AUTH-EXPIRED", 1),
    ("403", (reply(403),), "SERVER-REFUSED", 1),
    ("404", (reply(404),), "SERVER-NOT-FOUND", 1),
    ("407", (reply(407),), "NET-PROXY", 1),
    ("408", (reply(408),), "NET-TIMEOUT", 1),
    ("409", (reply(409),), "SERVER-CONFLICT", 1),
    ("413", (reply(413),), "UPLOAD-TOO-LARGE", 1),
    ("415", (reply(415),), "UPLOAD-TYPE", 1),
    ("422", (reply(422),), "SERVER-REFUSED", 1),
    ("429", (reply(429),), "SERVER-BUSY", 1),
    ("500", (reply(500, body=b"<html>" * 50_000, media_type="text/html"),), "SERVER-ERROR", 1),
    ("502", (reply(502),), "SERVER-ERROR", 3),
    ("503", (reply(503),), "SERVER-ERROR", 3),
    ("504", (reply(504),), "SERVER-ERROR", 3),
    ("problem", (problem(404, "COMPANY-UNKNOWN"),), "COMPANY-UNKNOWN", 1),
    ("problem that isn't one", (problem(409, ""),), "SERVER-CONFLICT", 1),
    ("broken problem", (reply(409, body=b"{", media_type="application/problem+json"),), "SERVER-CONFLICT", 1),
)


@pytest.mark.parametrize(
    ("replies", "code", "times"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_each_fault_has_its_failure(replies: tuple[Reply, ...], code: str, times: int) -> None:
    pauses: list[float] = []
    with RawServer(*replies) as server:
        backend = RestBackend(server.url, LIMITS, pauses.append)
        with pytest.raises(Failure) as caught:
            backend.company("1001")
        backend.close()
        assert len(server.received) == times
    failure = caught.value
    assert (failure.code, failure.text, failure.remedy) == (code, KINDS[code].text, KINDS[code].remedy)
    assert pauses == list(RETRY_PAUSES[: times - 1])


def test_nobody_listening_is_offline() -> None:
    pauses: list[float] = []
    url, _ = closed_port()
    with pytest.raises(Failure) as caught:
        RestBackend(url, LIMITS, pauses.append).company("1001")
    assert caught.value.code == "NET-OFFLINE"
    assert pauses == list(RETRY_PAUSES)


@pytest.mark.parametrize("broken", [reset, hang_up, reply(502), reply(503), reply(504)])
def test_a_short_trouble_is_not_seen(broken: Reply) -> None:
    company_unknown = problem(404, "COMPANY-UNKNOWN")
    with RawServer(broken, broken, company_unknown) as server:
        with pytest.raises(Failure) as caught:
            RestBackend(server.url, LIMITS, lambda seconds: None).company("1001")
        assert caught.value.code == "COMPANY-UNKNOWN"
        assert len(server.received) == 3


@pytest.mark.parametrize("broken", [reset, reply(503)])
def test_what_has_an_effect_and_no_key_is_sent_once(broken: Reply) -> None:
    with RawServer(broken, CAPTCHA) as server:
        with pytest.raises(Failure):
            RestBackend(server.url, LIMITS, lambda seconds: None).captcha()
        assert len(server.received) == 1


def test_a_short_wait_that_the_backend_asks_for_is_kept() -> None:
    pauses: list[float] = []
    with RawServer(reply(503, Retry_After="2"), problem(404, "COMPANY-UNKNOWN")) as server:
        with pytest.raises(Failure):
            RestBackend(server.url, LIMITS, pauses.append).company("1001")
        assert pauses == [2]


@pytest.mark.parametrize(
    "answer",
    [
        reply(503, Retry_After="30"),
        reply(429, Retry_After="30"),
        reply(503, Retry_After="Fri, 20 Nov 2026 10:00:30 GMT", Date="Fri, 20 Nov 2026 10:00:00 GMT"),
        problem(423, "AUTH-LOCKED", retry_after=30),
    ],
)
def test_a_long_wait_is_shown(answer: bytes) -> None:
    with RawServer(answer) as server:
        with pytest.raises(Failure) as caught:
            RestBackend(server.url, LIMITS).company("1001")
        assert caught.value.wait == 30
        assert len(server.received) == 1


def test_a_problem_tells_all_that_the_backend_knows() -> None:
    errors = [{"field": "cards.0.number", "text": "请使用借记卡，不支持信用卡"}, {"nonsense": 1}]
    answer = problem(
        422, "APP-ANSWER", detail="有 1 处需要修改", field="cards.0.number", remaining=4, errors=errors
    )
    with RawServer(answer) as server, pytest.raises(Failure) as caught:
        RestBackend(server.url).company("1001")
    failure = caught.value
    assert (failure.code, failure.text, failure.field) == ("APP-ANSWER", "有 1 处需要修改", "cards.0.number")
    assert (failure.remaining, failure.wait) == (4, None)
    assert failure.errors == (("cards.0.number", "请使用借记卡，不支持信用卡"),)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://backend.example", "NET-INSECURE"),
        ("ftp://127.0.0.1", "NET-INSECURE"),
        ("backend.example", "NET-INSECURE"),
        ("http://[::1", "NET-INSECURE"),
        ("", "NET-NO-ADDRESS"),
    ],
)
def test_an_address_that_is_missing_or_not_encrypted_is_never_asked(url: str, code: str) -> None:
    with pytest.raises(Failure) as caught:
        RestBackend(url).company("1001")
    assert caught.value.code == code


def test_the_log_names_the_request_and_nothing_personal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    secret = "410101199508130033"
    answer = problem(422, "AUTH-ID-NUMBER", detail=f"{secret} 不正确")
    with RawServer(answer) as server:
        with pytest.raises(Failure):
            RestBackend(server.url).send_sms("1001", "futures", secret, "c1", "abcd")
        with pytest.raises(Failure):
            RestBackend(server.url).company(secret)
    assert [record.getMessage().rsplit(" ", 2)[0] for record in caplog.records] == [
        "POST /sms-codes 422",
        "GET /companies/{code} 422",
    ]


def test_cancelling_passes_through() -> None:
    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with RawServer(login(), reply(200, body=b"%PDF", media_type="application/pdf")) as server:
        backend = logged_in(server)
        with pytest.raises(Cancelled):
            backend.agreement_content("a1", Agreement("1", "协议", 1, "00", 0), cancel)
        assert len(server.received) == 2


def test_a_captcha_is_read() -> None:
    with RawServer(CAPTCHA) as server:
        assert RestBackend(server.url).captcha() == Captcha("c1", b"\x89PNG")
