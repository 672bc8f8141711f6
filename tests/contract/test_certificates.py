"""Applying for a certificate and renewing one: what is issued, to whom, and what is refused."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID

from tests.contract.requests_for_certificates import Request, certificate_in, key_number, verify_issue
from tests.contract.walk import Walk, certificate_pem
from tests.sandbox_server import SandboxServer

WITNESSED, NAME = "410101199203152012", "卫见证"
UNWITNESSED = "410101199508130033"


@pytest.fixture
def applicant(sandbox: SandboxServer) -> Walk:
    """卫见证, who has no certificate, with the steps before the check done."""
    return Walk(sandbox, WITNESSED).begin().through("bank_cards")


def good(number: int = 1, bits: int = 2048) -> Request:
    """A request that is right for 卫见证."""
    return Request.of(key_number(number, bits), NAME, WITNESSED)


def apply(walk: Walk, request: Request | dict[str, Any], **options: Any) -> requests.Response:
    """Applies in the walk's application."""
    body = request.body if isinstance(request, Request) else request
    return walk.request("POST", f"/applications/{walk.id}/certificates", json=body, **options)


def issued(answer: requests.Response) -> x509.Certificate:
    """The certificate of a good answer."""
    assert answer.status_code == 201, answer.text
    return certificate_in(answer.json()["certificate"])


def code(answer: requests.Response) -> str:
    """The code of a refusal."""
    return str(answer.json()["code"])


def states(walk: Walk) -> dict[str, str]:
    """The states of the application's steps, in their order."""
    return {step: record["state"] for step, record in walk.read()["steps"].items()}


def test_the_company_says_what_its_ca_asks(sandbox: SandboxServer) -> None:
    said = [
        requests.get(f"{sandbox.url}/v1/companies/{number}", timeout=60).json() for number in (8888, 6666)
    ]
    assert [company["certificate_profile"]["key_bits"] for company in said] == [2048, 3072]
    assert [company["timestamps"] for company in said] == [True, False]


def test_a_person_without_a_certificate_applies_installs_and_signs(applicant: Walk) -> None:
    assert applicant.read()["witnessed"]
    assert applicant.put("certificate_check", {"certificate": None}).status_code == 200
    assert list(states(applicant).items())[2:] == [
        ("certificate_check", "accepted"),
        ("certificate", "open"),
        ("sign", "open"),
    ]
    request = good()
    answer = apply(applicant, request)
    certificate = issued(answer)
    issuer, root = (certificate_in(pem) for pem in answer.json()["chain"])
    verify_issue(certificate, issuer)
    verify_issue(issuer, root)
    assert request.is_key_of(certificate) and certificate.subject == request.csr.subject
    pem = answer.json()["certificate"]
    nothing: dict[str, Any] = {"signed": [], "read": [], "consent": True}
    assert code(applicant.put("sign", nothing)) == "APP-STEP-ORDER"
    assert applicant.put("certificate", {"certificate": pem}).status_code == 200
    backup = pkcs12.serialize_key_and_certificates(
        b"", request.key, certificate, [issuer], _encryption(b"Made-up-2026")
    )
    copies = {
        entry["id"]: applicant.signed_with(backup, b"Made-up-2026", applicant.document(entry["id"]))
        for entry in applicant.agreements()
    }
    done = applicant.put("sign", applicant.sign(**copies))
    assert done.status_code == 200, done.text
    assert done.json()["status"] == "awaiting_review"


def _encryption(password: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption

    return BestAvailableEncryption(password)


def test_without_a_witness_nothing_is_applied_for(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, UNWITNESSED).begin().through("bank_cards")
    refused = walk.put("certificate_check", {"certificate": None})
    assert (refused.status_code, code(refused)) == (409, "CERT-NOT-WITNESSED")
    request = Request.of(key_number(1), "张样本", UNWITNESSED)
    assert code(apply(walk, request)) == "CERT-NOT-WITNESSED"
    assert walk.put("certificate", {"certificate": certificate_pem(sandbox, UNWITNESSED)}).status_code == 404
    sandbox.witness(UNWITNESSED)
    assert walk.read()["witnessed"]
    issued(apply(walk, request))


def test_a_certificate_that_turned_up_takes_the_step_away(applicant: Walk) -> None:
    applicant.put("certificate_check", {"certificate": None})
    pem = apply(applicant, good()).json()["certificate"]
    assert "certificate" in states(applicant)
    assert applicant.put("certificate_check", {"certificate": pem}).status_code == 200
    assert list(states(applicant)) == ["photos", "bank_cards", "certificate_check", "sign"]


def test_the_installed_certificate_is_judged_like_the_checked_one(applicant: Walk) -> None:
    applicant.put("certificate_check", {"certificate": None})
    others = certificate_pem(applicant.server, "410101198803041020")
    assert code(applicant.put("certificate", {"certificate": others})) == "CERT-OTHER-PERSON"
    assert code(applicant.put("certificate", {"certificate": "none"})) == "CERT-UNTRUSTED"
    assert states(applicant)["certificate"] == "open"


def test_the_same_key_gets_the_same_certificate(applicant: Walk) -> None:
    first = issued(apply(applicant, good()))
    assert issued(apply(applicant, good())) == first
    assert len(applicant.server.certificates(WITNESSED)) == 1


def test_another_key_supersedes_what_was_issued_in_the_application(applicant: Walk) -> None:
    first, second = issued(apply(applicant, good(1))), issued(apply(applicant, good(2)))
    applicant.put("certificate_check", {"certificate": None})
    pem = first.public_bytes(Encoding.PEM).decode()
    assert code(applicant.put("certificate", {"certificate": pem})) == "CERT-REVOKED"
    known = {item["serial"]: item for item in applicant.server.certificates(WITNESSED)}
    assert known[f"{first.serial_number:x}"]["superseded"]
    assert known[f"{second.serial_number:x}"]["revoked_at"] is None
    again = issued(apply(applicant, good(1)))  # whoever comes back with the old key gets a new certificate
    assert again.serial_number not in (first.serial_number, second.serial_number)


def test_a_new_application_goes_on_with_the_old_request(applicant: Walk) -> None:
    first = issued(apply(applicant, good()))
    applicant.request("DELETE", f"/applications/{applicant.id}")
    assert issued(apply(applicant.begin(), good())) == first


def _broken_proof() -> dict[str, str]:
    der = good().csr.public_bytes(Encoding.DER)
    broken = der[:-1] + bytes([der[-1] ^ 1])
    text = base64.encodebytes(broken).decode()
    return {"request": f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"}


def _elliptic() -> dict[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    csr = x509.CertificateSigningRequestBuilder().subject_name(good().csr.subject).sign(key, SHA256())
    return {"request": csr.public_bytes(Encoding.PEM).decode()}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: {"request": "no PEM"},
        lambda: {"request": "\x00\ud7ff"},
        _broken_proof,
        _elliptic,
        lambda: Request.of(key_number(1, 1024), NAME, WITNESSED),
        lambda: Request.of(key_number(1), "李示范", WITNESSED),
        lambda: Request.of(key_number(1), NAME, "410101198803041020"),
        lambda: Request.of(
            key_number(1), NAME, WITNESSED, x509.NameAttribute(NameOID.ORGANIZATION_NAME, "样例期货")
        ),
        lambda: Request.of(key_number(1), NAME, WITNESSED, x509.NameAttribute(NameOID.COMMON_NAME, NAME)),
    ],
    ids=["text", "bytes", "proof", "elliptic", "short", "name", "number", "more", "name twice"],
)
def test_a_request_that_is_not_right_is_refused(applicant: Walk, wrong: Any) -> None:
    refused = apply(applicant, wrong())
    assert (refused.status_code, code(refused)) == (422, "CERT-REQUEST")
    assert applicant.server.certificates(WITNESSED) == []


def test_the_other_company_wants_a_longer_key(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, WITNESSED, "6666").begin()
    refused = apply(walk, good())
    assert code(refused) == "CERT-REQUEST" and "3072" in refused.json()["detail"]
    issued(apply(walk, good(1, 3072)))


def test_somebody_elses_key_is_refused(applicant: Walk) -> None:
    issued(apply(applicant, good()))
    sandbox, other = applicant.server, "410101198407221062"
    request = Request.of(key_number(1), sandbox.customer(other)["name"], other)
    assert code(apply(Walk(sandbox, other).begin(), request)) == "CERT-REQUEST"


def test_a_submitted_application_is_closed(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox).begin().through("sign")
    sandbox.witness(UNWITNESSED)
    request = Request.of(key_number(1), "张样本", UNWITNESSED)
    assert code(apply(walk, request)) == "APP-CLOSED"


# --- wrong on demand


def _fault(request: Request, certificate: x509.Certificate, issuer: x509.Certificate) -> str:
    """What is wrong with an issued certificate, as one word."""
    names = {part.oid: part.value for part in certificate.subject}
    if certificate.issuer != issuer.subject:
        return "issuer"
    try:
        verify_issue(certificate, issuer)
    except InvalidSignature:
        return "untrusted"
    if names[NameOID.COMMON_NAME] != NAME:
        return "other_name"
    if names[NameOID.SERIAL_NUMBER] != WITNESSED:
        return "other_number"
    return "valid" if request.is_key_of(certificate) else "other_key"


@pytest.mark.parametrize("kind", ["other_name", "other_number", "other_key", "untrusted"])
def test_the_ca_issues_something_wrong_once(applicant: Walk, kind: str) -> None:
    request = good()
    anchors = requests.get(f"{applicant.server.url}/v1/companies/8888/trust-anchors", timeout=60).text
    issuer = certificate_in(anchors[anchors.rindex("-----BEGIN") :])
    applicant.server.next_certificate(WITNESSED, kind)
    wrong = issued(apply(applicant, request))
    assert _fault(request, wrong, issuer) == kind
    right = issued(apply(applicant, request))
    assert _fault(request, right, issuer) == "valid"
    known = {item["serial"]: item["revoked_at"] for item in applicant.server.certificates(WITNESSED)}
    assert known.get(f"{wrong.serial_number:x}", "of another CA") is not None
    assert known[f"{right.serial_number:x}"] is None


@pytest.mark.parametrize(("kind", "expected"), [("expired", "CERT-EXPIRED"), ("not_yet", "CERT-NOT-YET")])
def test_the_ca_issues_at_a_wrong_time(applicant: Walk, kind: str, expected: str) -> None:
    applicant.server.next_certificate(WITNESSED, kind)
    pem = apply(applicant, good()).json()["certificate"]
    assert code(applicant.put("certificate_check", {"certificate": pem})) == expected


def test_the_ca_refuses_once(applicant: Walk) -> None:
    applicant.server.next_certificate(WITNESSED, "refused")
    assert code(apply(applicant, good())) == "CERT-REQUEST"
    issued(apply(applicant, good()))


def test_a_kind_that_does_not_exist_is_refused(sandbox: SandboxServer) -> None:
    with pytest.raises(requests.HTTPError):
        sandbox.next_certificate(WITNESSED, "something")


# --- faults on the line


def test_a_lost_answer_is_asked_for_again(applicant: Walk) -> None:
    key = str(uuid.uuid4())
    applicant.server.fault("/certificates$", "lose_answer", method="POST")
    with pytest.raises(requests.ConnectionError):
        apply(applicant, good(), key=key)
    certificate = issued(apply(applicant, good(), key=key))
    assert [item["serial"] for item in applicant.server.certificates(WITNESSED)] == [
        f"{certificate.serial_number:x}"
    ]


def test_a_killed_ca_forgets_nothing(own_sandbox: SandboxServer) -> None:
    own_sandbox.start().open_hours()
    walk, key = Walk(own_sandbox, WITNESSED).begin(), str(uuid.uuid4())
    first = apply(walk, good(), key=key)
    own_sandbox.restart()
    assert apply(walk, good(), key=key).content == first.content
    assert issued(apply(walk, good())) == issued(first)


def test_a_company_that_does_not_answer_is_retried(applicant: Walk) -> None:
    applicant.server.fault("/certificates$", "status", method="POST")
    assert apply(applicant, good()).status_code == 503
    issued(apply(applicant, good()))


# --- an application that came back


def submitted(sandbox: SandboxServer) -> Walk:
    """张样本, witnessed, whose application awaits its review."""
    sandbox.witness(UNWITNESSED)
    return Walk(sandbox).begin().through("sign")


def reject(walk: Walk, *steps: str) -> None:
    """A reviewer wants these steps again."""
    reasons = [{"step": step, "field": None, "text": "请重新办理"} for step in steps]
    walk.server.review(walk.id, "reject", reasons)


def test_a_rejected_certificate_is_replaced_by_a_new_one_that_signs_again(sandbox: SandboxServer) -> None:
    walk = submitted(sandbox)
    reject(walk, "certificate_check")
    assert walk.put("certificate_check", {"certificate": None}).status_code == 200
    assert list(states(walk).items())[2:] == [
        ("certificate_check", "accepted"),
        ("certificate", "rejected"),
        ("sign", "rejected"),
    ]
    nothing: dict[str, Any] = {"signed": [], "read": [], "consent": True}
    assert code(walk.put("sign", nothing)) == "APP-STEP-ORDER"
    pem = apply(walk, Request.of(key_number(1), "张样本", UNWITNESSED)).json()["certificate"]
    assert walk.put("certificate", {"certificate": pem}).status_code == 200
    assert code(walk.put("sign")) == "SIGN-REJECTED"  # signed by the old certificate
    assert walk.read()["status"] == "review_rejected"


def test_the_same_certificate_again_needs_no_new_signatures(sandbox: SandboxServer) -> None:
    walk = submitted(sandbox)
    reject(walk, "certificate_check")
    again = walk.put("certificate_check")
    assert again.json()["status"] == "awaiting_review"
    assert set(states(walk).values()) == {"accepted"}


def test_a_rejected_installation_is_asked_again(applicant: Walk) -> None:
    applicant.put("certificate_check", {"certificate": None})
    applicant.put("certificate", {"certificate": apply(applicant, good()).json()["certificate"]})
    assert code(applicant.put("certificate", {"certificate": "none"})) == "CERT-UNTRUSTED"
    assert states(applicant)["certificate"] == "accepted"
    second = apply(applicant, good(2)).json()["certificate"]
    assert applicant.put("certificate", {"certificate": second}).status_code == 200
