"""What the client asks for, and what it accepts as an answer."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from kaihu_desktop.backend.client import LOGO_BYTES, RestBackend
from kaihu_desktop.backend.request import Answer, Request
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import Agreement
from tests.faults.backend_answers import APPLICATION, logged_in, login
from tests.faults.raw_server import RawServer, Received, hang_up, reply

PDF = b"%PDF-1.7 made up"
AGREEMENT = Agreement("risk", "风险说明书", 3, hashlib.sha256(PDF).hexdigest(), 2)


def test_the_headers_of_a_write() -> None:
    with RawServer(login(), reply(200, APPLICATION)) as server:
        logged_in(server).put_step("a/1", "photos", {"名": "值"}, "key-1")
        request = server.received[-1]
    assert (request.method, request.path) == ("PUT", "/v1/applications/a%2F1/steps/photos")
    assert request.headers["authorization"] == "Bearer access-1"
    assert request.headers["idempotency-key"] == "key-1"
    assert request.headers["content-type"] == "application/json"
    assert request.json == {"名": "值"}
    assert "cookie" not in request.headers


def test_what_is_sent_and_answered_prints_nothing_personal() -> None:
    number = "410101199508130033"
    request = Request("PUT", "/x/{id}", {"id": number}, number, number.encode(), {"X": number})
    assert number not in repr(request)
    assert number not in repr(Answer(200, {"X": number}, number.encode()))


def test_cookies_are_not_kept() -> None:
    company = reply(404, Set_Cookie="a=b")
    with RawServer(company) as server:
        backend = RestBackend(server.url)
        for _ in range(2):
            with pytest.raises(Failure):
                backend.company("8888")
        assert "cookie" not in server.received[-1].headers


def test_a_backend_may_live_below_a_path() -> None:
    with RawServer(reply(404)) as server:
        with pytest.raises(Failure):
            RestBackend(server.url + "/kaihu/").company("8888")
        assert server.received[0].path == "/kaihu/v1/companies/8888"


def test_the_line_is_measured_by_bytes_of_no_meaning() -> None:
    sample = reply(200, body=b"12345", media_type="application/octet-stream")
    with RawServer(sample, reply(204)) as server:
        backend = RestBackend(server.url)
        backend.download_sample(5)
        backend.upload_sample(7)
        asked, sent = server.received
    assert (asked.method, asked.path) == ("GET", "/v1/speed-test?bytes=5")
    assert (sent.method, sent.path, len(sent.body)) == ("POST", "/v1/speed-test", 7)


def test_an_agreement_is_fetched_once_for_a_login() -> None:
    content = reply(200, body=PDF, media_type="application/pdf")
    with RawServer(login(), content, login(), content) as server:
        backend = logged_in(server)
        told: list[tuple[int, int]] = []
        assert backend.agreement_content("a1", AGREEMENT, lambda *sizes: told.append(sizes)) == PDF
        assert backend.agreement_content("a1", AGREEMENT, lambda *sizes: told.append(sizes)) == PDF
        assert told == [(len(PDF), len(PDF))] * 2
        assert len(server.received) == 2
        backend.logout()
        with pytest.raises(Failure) as caught:
            backend.agreement_content("a1", AGREEMENT)
        assert caught.value.code == "AUTH-EXPIRED"


@pytest.mark.parametrize("content", [PDF[:-1], PDF + b" ", b""])
def test_an_agreement_that_isnt_the_one_named_is_refused(content: bytes) -> None:
    answer = reply(200, body=content, media_type="application/pdf")
    with RawServer(login(), answer) as server, pytest.raises(Failure) as caught:
        logged_in(server).agreement_content("a1", AGREEMENT)
    assert caught.value.code == "SIGN-DOCUMENT"


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, body=b"<html>", media_type="text/html"),
        reply(200, body=bytes(LOGO_BYTES + 1), media_type="image/png"),
    ],
    ids=["a page", "too large"],
)
def test_what_is_no_logo(answer: bytes) -> None:
    with RawServer(answer) as server, pytest.raises(Failure) as caught:
        RestBackend(server.url).logo("8888")
    assert caught.value.code == "NET-BAD-ANSWER"


def test_the_backends_clock() -> None:
    health = reply(200, {"status": "ok", "time": "x"}, Date="Fri, 20 Nov 2026 10:00:00 GMT")
    with RawServer(health) as server:
        assert RestBackend(server.url).clock().isoformat() == "2026-11-20T10:00:00+00:00"
    with RawServer(reply(200, {"status": "ok"})) as server, pytest.raises(Failure) as caught:
        RestBackend(server.url).clock()
    assert caught.value.code == "NET-BAD-ANSWER"


def test_an_upload_to_a_backend_that_miscounts_ends() -> None:
    def answer(request: Received) -> bytes:
        if request.path == "/v1/sessions":
            return login()
        return reply(200, {"upload_id": "u", "offset": 0, "complete": False})

    with RawServer(answer) as server, pytest.raises(Failure) as caught:
        logged_in(server).upload("original", "image/png", b"\x89PNG")
    assert caught.value.code == "NET-BAD-ANSWER"


def test_an_upload_that_arrives_damaged_is_sent_again_from_the_start() -> None:
    data = b"\x89PNG and more"
    digest = reply(422, {"code": "UPLOAD-DIGEST"}, media_type="application/problem+json")
    fresh = reply(200, {"upload_id": "u", "offset": 0, "complete": False})
    done = reply(200, {"upload_id": "u", "offset": len(data), "complete": True})
    with RawServer(login(), fresh, digest, fresh, done) as server:
        assert logged_in(server).upload("original", "image/png", data) == "u"
        pieces = [request for request in server.received if request.method == "PATCH"]
        assert [piece.headers["upload-offset"] for piece in pieces] == ["0", "0"]
        assert {piece.body for piece in pieces} == {data}
    with RawServer(login(), fresh, digest, fresh, digest, fresh, digest) as server:
        with pytest.raises(Failure) as caught:
            logged_in(server).upload("original", "image/png", data)
        assert caught.value.code == "UPLOAD-DIGEST"


def test_a_certificate_is_applied_for_and_renewed_under_a_key() -> None:
    issued = reply(201, {"certificate": "new", "chain": ["issuer", "root"]})
    with RawServer(login(), issued, issued) as server:
        backend = logged_in(server)
        applied = backend.apply_certificate("a1", "request", "key-1")
        assert backend.renew_certificate("request", "old", b"signed", "key-2") == applied
        asked, renewed = server.received[1:]
    assert (applied.certificate_pem, applied.chain_pems) == ("new", ("issuer", "root"))
    assert (asked.path, asked.json) == ("/v1/applications/a1/certificates", {"request": "request"})
    assert renewed.path == "/v1/certificates/renewals"
    assert renewed.json == {"request": "request", "certificate": "old", "signature": "c2lnbmVk"}
    assert [request.headers["idempotency-key"] for request in (asked, renewed)] == ["key-1", "key-2"]


def test_questions_that_write_nothing_are_repeated() -> None:
    stamp = reply(200, body=b"stamp", media_type="application/timestamp-reply")
    status = reply(200, body=b"status", media_type="application/ocsp-response")
    with RawServer(login(), hang_up, stamp, hang_up, status) as server:
        backend = logged_in(server)
        assert backend.timestamp(b"query") == b"stamp"
        assert backend.certificate_status(b"which") == b"status"
        stamps, statuses = server.received[1:3], server.received[3:]
    assert {request.path for request in stamps} == {"/v1/timestamps"}
    assert {request.body for request in stamps} == {b"query"}
    assert all(request.headers["content-type"] == "application/timestamp-query" for request in stamps)
    assert {request.path for request in statuses} == {"/v1/ca/ocsp"}
    assert not any("authorization" in request.headers for request in statuses)


@pytest.mark.parametrize("tag", ['"{}"', 'W/"{}"'])
def test_a_signed_agreement_is_whole(tag: str) -> None:
    whole = tag.format(hashlib.sha256(PDF).hexdigest())
    good = reply(200, body=PDF, media_type="application/pdf", ETag=whole)
    other = reply(200, body=PDF[:-1], media_type="application/pdf", ETag=whole)
    with RawServer(login(), good, other) as server:
        backend = logged_in(server)
        assert backend.signed_agreement_content("a1", "risk") == PDF
        with pytest.raises(Failure) as caught:
            backend.signed_agreement_content("a1", "risk")
    assert caught.value.code == "SIGN-DOCUMENT"
    assert server.received[-1].path == "/v1/applications/a1/agreements/risk/signed"


def test_the_network_is_not_loaded_before_it_is_used() -> None:
    program = (
        "import sys, kaihu_desktop.backend.client as client; client.RestBackend('https://backend.example');"
        "sys.exit('requests' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
