"""The client's backend and the CA behind a bad line: certificates, timestamps, status, signed copies."""

from __future__ import annotations

import hashlib
import uuid

import pytest
from asn1crypto import tsp
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509 import ocsp

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.application import Application, StepState
from kaihu_desktop.core.ports import Cancelled
from tests.contract.requests_for_certificates import Request, certificate_in, key_number
from tests.contract.test_certificates import WITNESSED, good
from tests.contract.test_renewals import EXPIRING
from tests.contract.test_revocation import anchors
from tests.contract.test_signed_agreements import SIGNED
from tests.contract.test_timestamps import query
from tests.contract.walk import Walk
from tests.faults.backend_answers import log_in
from tests.sandbox_server import SandboxServer

#: What may happen once to a request without the client noticing more than a delay.
PASSING = ["drop", "lose_answer", "status"]


def key() -> str:
    return str(uuid.uuid4())


def backend_of(sandbox: SandboxServer, id_number: str) -> RestBackend:
    """A client whose person is logged in, as patient as in earnest: copies may be signed first."""
    backend = RestBackend(sandbox.url, None, lambda seconds: None)
    log_in(backend, sandbox, id_number)
    return backend


def begun(sandbox: SandboxServer) -> tuple[RestBackend, Application]:
    """卫见证 with a new application."""
    backend = backend_of(sandbox, WITNESSED)
    return backend, backend.create_application("settlement-account", key())


@pytest.mark.parametrize("kind", PASSING)
def test_a_certificate_is_issued_once_whatever_happens_on_the_way(sandbox: SandboxServer, kind: str) -> None:
    backend, application = begun(sandbox)
    assert application.witnessed
    sandbox.fault("/certificates$", kind, method="POST")
    issued = backend.apply_certificate(application.id, good().pem, key())
    assert sandbox.fault_hits() == [1]
    certificate = certificate_in(issued.certificate_pem)
    assert [item["serial"] for item in sandbox.certificates(WITNESSED)] == [f"{certificate.serial_number:x}"]
    assert [certificate_in(pem) for pem in issued.chain_pems] == list(reversed(anchors(sandbox)))


def test_a_broken_answer_is_told_and_the_next_try_gets_the_same(sandbox: SandboxServer) -> None:
    backend, application = begun(sandbox)
    for kind in ("cut", "bad_json"):
        sandbox.fault("/certificates$", kind, method="POST", times=3, after=100)
        with pytest.raises(Failure) as caught:
            backend.apply_certificate(application.id, good().pem, key())
        assert caught.value.code in ("NET-INTERRUPTED", "NET-BAD-ANSWER")
        sandbox.clear_faults()
    backend.apply_certificate(application.id, good().pem, key())
    assert len(sandbox.certificates(WITNESSED)) == 1


def test_refusals_arrive_as_what_they_are(sandbox: SandboxServer) -> None:
    backend, application = begun(sandbox)
    sandbox.next_certificate(WITNESSED, "refused")
    sandbox.witness(WITNESSED, False)
    codes = []
    for _ in range(2):
        with pytest.raises(Failure) as caught:
            backend.apply_certificate(application.id, good().pem, key())
        codes.append(caught.value.code)
        sandbox.witness(WITNESSED)
    assert codes == ["CERT-NOT-WITNESSED", "CERT-REQUEST"]


def test_the_step_comes_and_goes_with_the_answer(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, WITNESSED).begin().through("bank_cards")
    backend = backend_of(sandbox, WITNESSED)
    application = backend.put_step(walk.id, "certificate_check", {"certificate": None}, key())
    assert list(application.steps) == ["photos", "bank_cards", "certificate_check", "certificate", "sign"]
    assert application.record("certificate").state is StepState.OPEN
    pem = backend.apply_certificate(walk.id, good().pem, key()).certificate_pem
    application = backend.put_step(walk.id, "certificate", {"certificate": pem}, key())
    assert application.record("certificate").state is StepState.ACCEPTED
    application = backend.put_step(walk.id, "certificate_check", {"certificate": pem}, key())
    assert "certificate" not in application.steps


@pytest.mark.parametrize("kind", PASSING)
def test_a_certificate_is_renewed_once(sandbox: SandboxServer, kind: str) -> None:
    person = sandbox.customer(EXPIRING)
    password = person["certificate_password"].encode()
    old_key, old, _ = pkcs12.load_key_and_certificates(sandbox.certificate_file(EXPIRING), password)
    assert old is not None
    request = Request.of(key_number(7), person["name"], EXPIRING)
    backend, pem = backend_of(sandbox, EXPIRING), old.public_bytes(Encoding.PEM).decode()
    before = len(sandbox.certificates(EXPIRING))
    sandbox.fault("/renewals$", kind)
    issued = backend.renew_certificate(request.pem, pem, request.signed_by(old_key), key())  # type: ignore[arg-type]
    assert certificate_in(issued.certificate_pem).not_valid_after_utc > old.not_valid_after_utc
    assert len(sandbox.certificates(EXPIRING)) == before + 1


@pytest.mark.parametrize("kind", PASSING)
def test_a_timestamp_comes_on_a_bad_line(sandbox: SandboxServer, kind: str) -> None:
    backend = backend_of(sandbox, WITNESSED)
    sandbox.fault("/timestamps$", kind)
    answer = tsp.TimeStampResp.load(backend.timestamp(query(nonce=42, cert_req=True)))
    assert answer["status"]["status"].native == "granted"


@pytest.mark.parametrize("kind", PASSING)
def test_the_status_of_a_certificate_needs_no_login(sandbox: SandboxServer, kind: str) -> None:
    backend = RestBackend(sandbox.url, None, lambda seconds: None)
    _, issuing = anchors(sandbox)
    held, password = sandbox.certificate_file(SIGNED), sandbox.customer(SIGNED)["certificate_password"]
    certificate = pkcs12.load_key_and_certificates(held, password.encode())[1]
    assert certificate is not None
    asked = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuing, SHA256()).build()
    sandbox.fault("/ocsp$", kind)
    answer = ocsp.load_der_ocsp_response(backend.certificate_status(asked.public_bytes(Encoding.DER)))
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_signed_copies_arrive_whole_or_not_at_all(sandbox: SandboxServer) -> None:
    backend = backend_of(sandbox, SIGNED)
    copies = backend.signed_agreements()
    assert len(copies) == 4
    sandbox.fault("/signed$", "cut", after=1000)
    first = copies[0]
    content = backend.signed_agreement_content(first.application_id, first.agreement_id)
    assert sandbox.fault_hits() == [1]
    assert (len(content), hashlib.sha256(content).hexdigest()) == (first.size, first.sha256)

    def cancel(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        backend.signed_agreement_content(first.application_id, first.agreement_id, cancel)
    with pytest.raises(Failure) as caught:
        backend.signed_agreement_content(first.application_id, "unknown")
    assert caught.value.code == "SERVER-NOT-FOUND"
