"""Timestamps in signatures: asked for, checked, and judged offline."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from datetime import timedelta

import pytest
from asn1crypto import cms, tsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from kaihu_desktop.certificates import timestamping
from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.pdf_verification import KEY_USAGE, verify_pdf
from kaihu_desktop.certificates.trust import to_asn1
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Cancelled
from tests.unit.certificates.certificate_people import (
    NAME,
    NOW,
    ROOT,
    YEAR,
    Authority,
    Watch,
    authority,
    failure_of,
    needs,
    person,
    small_pdf,
)
from tests.unit.certificates.timestamp_service import SERVICE, TimestampService


@pytest.fixture(scope="module")
def service():
    return TimestampService()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(timestamping, "PAUSES", (0, 0))


@pytest.fixture(scope="module")
def signed(service):
    return stamped(service.ask)


def stamped(ask, credential=None):
    return OpenedKey(credential or person(), Watch()).sign_pdf(small_pdf(), timestamp=ask)


def embedded_in(data):
    (embedded,) = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
    return embedded


def test_our_own_verdict_names_time_and_authority(signed, service):
    verdict = verify_pdf(signed, authority().pem)
    assert (verdict.intact, verdict.trusted, verdict.code) == (True, True, None)
    (signature,) = verdict.signatures
    timestamp = signature.timestamp
    assert (timestamp.authority, timestamp.intact, timestamp.trusted) == (SERVICE, True, True)
    assert timestamp.time == service._service.fixed_dt
    assert signature.proven_at == timestamp.time


def test_pyhanko_judges_signature_and_timestamp(signed):
    context = ValidationContext(trust_roots=[to_asn1(authority().certificate)], allow_fetching=False)
    status = validate_pdf_signature(embedded_in(signed), context, key_usage_settings=KEY_USAGE)
    assert status.bottom_line
    assert status.timestamp_validity.valid and status.timestamp_validity.trusted


@needs("pdfsig")
def test_poppler_calls_it_valid(signed, tmp_path):
    (tmp_path / "协议.pdf").write_bytes(signed)
    done = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "协议.pdf")], capture_output=True, check=True)
    told = done.stdout.decode("utf-8")
    assert f"Signer Certificate Common Name: {NAME}" in told
    assert "Signature Validation: Signature is Valid." in told
    assert "Total document signed" in told


def test_the_command_tells_the_timestamp(signed, service, tmp_path):
    (tmp_path / "协议.pdf").write_bytes(signed)
    (tmp_path / "root.pem").write_bytes(authority().pem)
    command = ["cert", "verify", tmp_path / "协议.pdf", "--trust", tmp_path / "root.pem"]
    told = subprocess.run(
        [sys.executable, "-m", "kaihu_desktop", *command], capture_output=True, check=True, cwd=str(ROOT)
    ).stdout.decode("utf-8")
    moment = service._service.fixed_dt.astimezone()
    assert f"时间戳：{moment:%Y-%m-%d %H:%M:%S}  {SERVICE}（是受信任的机构）" in told


def test_without_a_service_there_is_no_timestamp():
    (signature,) = verify_pdf(stamped(None), authority().pem).signatures
    assert (signature.timestamp, signature.proven_at, signature.code) == (None, None, None)


def test_a_query_for_each_document_and_one_for_the_size(service):
    service.queries.clear()
    opened = OpenedKey(person(), Watch())
    for _ in range(3):
        opened.sign_pdf(small_pdf(), timestamp=service.ask)
    assert len(service.queries) == 4
    nonces = {tsp.TimeStampReq.load(query)["nonce"].native for query in service.queries}
    assert len(nonces) == 4


# a service that fails


def other_answer(change):
    """A service of which each answer is changed."""
    service = TimestampService()
    service.spoil = change
    return service.ask


def refused(answer):
    return bytes([0x30, 5, 0x30, 3, 2, 1, 2])  # a status alone: rejection


@pytest.mark.parametrize(
    "change",
    [lambda _: b"", lambda _: b"<html>busy</html>", lambda answer: answer[:-40], refused],
    ids=["nothing", "a page", "cut", "refused"],
)
def test_an_answer_without_a_good_token_is_a_clear_failure(change):
    assert failure_of(stamped, other_answer(change)).code == "SIGN-TIMESTAMP"


def test_a_token_with_another_signature_is_refused():
    def changed(answer):
        response = tsp.TimeStampResp.load(answer)
        signer = response["time_stamp_token"]["content"]["signer_infos"][0]
        value = signer["signature"].native
        signer["signature"] = value[:-1] + bytes([value[-1] ^ 1])
        return response.dump(force=True)

    assert failure_of(stamped, other_answer(changed)).code == "SIGN-TIMESTAMP"


@pytest.mark.parametrize("field", ["nonce", "message_imprint"])
def test_a_token_of_another_query_is_refused(service, field):
    def ask(query):
        changed = tsp.TimeStampReq.load(query)
        if field == "nonce":
            changed["nonce"] = changed["nonce"].native + 1
        else:
            changed["message_imprint"]["hashed_message"] = b"\1" * 32
        return service.ask(changed.dump(force=True))

    assert failure_of(stamped, ask).code == "SIGN-TIMESTAMP"


def test_a_certificate_that_is_not_for_timestamps_is_refused():
    service = TimestampService(usage=ExtendedKeyUsageOID.CODE_SIGNING)
    assert failure_of(stamped, service.ask).code == "SIGN-TIMESTAMP"


class Failing:
    """A service that fails so many times."""

    def __init__(self, service, times, *failure, **details):
        self._service, self._times, self._failure, self._details = service, times, failure, details
        self.asked = 0

    def __call__(self, query):
        self.asked += 1
        if self.asked <= self._times:
            raise Failure(*self._failure, **self._details)
        return self._service.ask(query)


@pytest.mark.parametrize("code", ["SERVER-ERROR", "NET-INTERRUPTED", "NET-BAD-ANSWER", "NET-TIMEOUT"])
def test_a_service_that_comes_back_is_asked_again(service, code):
    failing = Failing(service, 2, code)
    assert verify_pdf(stamped(failing), authority().pem).signatures[0].proven_at
    assert failing.asked == 4


@pytest.mark.parametrize(
    ("code", "details", "told", "asked"),
    [
        ("SERVER-ERROR", {}, "SIGN-TIMESTAMP", 3),
        ("NET-BAD-ANSWER", {}, "SIGN-TIMESTAMP", 3),
        ("SERVER-REFUSED", {}, "SIGN-TIMESTAMP", 1),
        ("NET-OFFLINE", {}, "NET-OFFLINE", 3),
        ("SERVER-BUSY", {"wait": 30}, "SERVER-BUSY", 1),
        ("AUTH-EXPIRED", {}, "AUTH-EXPIRED", 1),
    ],
)
def test_one_that_does_not_is_told(service, code, details, told, asked):
    failing = Failing(service, 99, code, **details)
    assert failure_of(stamped, failing).code == told
    assert failing.asked == asked


def test_the_person_can_cancel_while_the_service_is_asked():
    def ask(query):
        raise Cancelled

    with pytest.raises(Cancelled):
        stamped(ask)


# judged afterwards


def test_a_service_that_nobody_knows_proves_no_time():
    signed = stamped(TimestampService(issuer=Authority("别家中心")).ask)
    verdict = verify_pdf(signed, authority().pem)
    (signature,) = verdict.signatures
    assert (verdict.intact, verdict.trusted, verdict.code) == (True, True, "SIGN-TIME")
    assert (signature.timestamp.intact, signature.timestamp.trusted) == (True, False)
    assert signature.proven_at is None


def test_without_anchors_the_service_is_not_judged(signed):
    verdict = verify_pdf(signed, b"")
    (signature,) = verdict.signatures
    assert (verdict.code, signature.timestamp.trusted, signature.proven_at) == (None, None, None)


def test_a_timestamp_outlives_the_certificate_of_its_service(signed, service):
    verdict = verify_pdf(signed, authority().pem, NOW + 3 * YEAR)
    assert verdict.code is None
    assert verdict.signatures[0].proven_at == service._service.fixed_dt


def test_a_timestamp_made_when_the_certificate_of_its_service_had_expired():
    service = TimestampService(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR)
    assert verify_pdf(stamped(service.ask), authority().pem).code == "SIGN-TIME"


def test_a_pc_whose_clock_is_behind_believes_the_timestamp(signed):
    verdict = verify_pdf(signed, authority().pem, NOW - timedelta(days=3))
    assert verdict.code is None
    assert verdict.signatures[0].proven_at


def test_the_certificate_had_expired_when_the_service_saw_the_signature():
    """The PC's clock was set back: pyHanko's claimed time is the real one, so the service's is later."""
    late = TimestampService(time=NOW + 2 * YEAR, not_after=NOW + 3 * YEAR)
    verdict = verify_pdf(stamped(late.ask), authority().pem, NOW + 2 * YEAR)
    assert (verdict.intact, verdict.code) == (True, "CERT-EXPIRED")


def test_a_timestamp_of_another_signature_is_found(service):
    """The token sits outside of what the signature covers: it can be exchanged, but not unseen."""
    signed, other = stamped(service.ask), embedded_in(stamped(service.ask))
    container = cms.ContentInfo.load(embedded_in(signed).pkcs7_content)
    foreign = cms.ContentInfo.load(other.pkcs7_content)["content"]["signer_infos"][0]["unsigned_attrs"]
    container["content"]["signer_infos"][0]["unsigned_attrs"] = foreign
    changed = container.dump(force=True).hex().encode()
    start = signed.rindex(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", start)
    exchanged = signed[:start] + changed.ljust(end - start, b"0") + signed[end:]
    verdict = verify_pdf(exchanged, authority().pem)
    assert (verdict.intact, verdict.code) == (True, "SIGN-TIME")
    assert verdict.signatures[0].proven_at is None


# garbage


def judged_alone(ask):
    digest = b"\2" * 32
    return asyncio.run(timestamping.Timestamper(ask).async_timestamp(digest, "sha256"))


MUTATION = st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 8), st.binary(max_size=8))


def mutated(data, mutation):
    share, length, other = mutation
    start = int(share * len(data))
    return data[:start] + other + data[start + length :]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutation=MUTATION)
def test_a_mutated_answer_is_a_good_token_or_a_clear_failure(service, monkeypatch, mutation):
    """What isn't signed, such as a text beside the status, may change; then it is good all the same."""
    monkeypatch.setattr(timestamping, "PAUSES", ())
    try:
        token = judged_alone(lambda query: mutated(service.ask(query), mutation))
    except Failure as failure:
        assert failure.code == "SIGN-TIMESTAMP"
    else:
        info = token["content"]["encap_content_info"]["content"].parsed
        assert info["gen_time"].native == service._service.fixed_dt


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutation=MUTATION)
def test_a_mutated_signature_never_proves_another_time(signed, service, mutation):
    start = signed.rindex(b"/Contents <") + len(b"/Contents <")
    end = signed.index(b">", start)
    used = bytes.fromhex(signed[start:end].decode()).rstrip(b"\0")
    changed = mutated(used, mutation).hex().encode().ljust(end - start, b"0")[: end - start]
    try:
        (signature,) = verify_pdf(signed[:start] + changed + signed[end:], authority().pem).signatures
    except Failure as failure:
        assert failure.code == "SIGN-DOCUMENT"
        return
    assert signature.proven_at in (None, service._service.fixed_dt)
    assert signature.code in (None, "SIGN-DOCUMENT", "SIGN-TIME", "CERT-UNTRUSTED")
