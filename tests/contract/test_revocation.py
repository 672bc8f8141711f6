"""CRL and OCSP of the sandbox's CA, as OpenSSL judges them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from tests.contract.requests_for_certificates import certificate_in
from tests.contract.test_certificates import WITNESSED, apply, good, issued
from tests.contract.walk import Walk, certificate_pem
from tests.sandbox_server import SandboxServer

HOLDER, REVOKED = "410101199508130033", "410101199602149072"
REQUEST_TYPE, RESPONSE_TYPE = "application/ocsp-request", "application/ocsp-response"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")


def anchors(sandbox: SandboxServer) -> tuple[x509.Certificate, x509.Certificate]:
    """Root and issuing CA."""
    text = requests.get(f"{sandbox.url}/v1/companies/8888/trust-anchors", timeout=60).text
    second = text.rindex("-----BEGIN")
    return certificate_in(text[:second]), certificate_in(text[second:])


def ask(sandbox: SandboxServer, query: bytes, media_type: str = REQUEST_TYPE) -> requests.Response:
    """Asks the responder."""
    headers = {"Content-Type": media_type}
    return requests.post(f"{sandbox.url}/v1/ca/ocsp", data=query, headers=headers, timeout=60)


def status_of(
    sandbox: SandboxServer, certificate: x509.Certificate, nonce: bytes | None = None
) -> ocsp.OCSPResponse:
    """What the responder says of a certificate."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, anchors(sandbox)[1], SHA256())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    answer = ask(sandbox, builder.build().public_bytes(Encoding.DER))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, RESPONSE_TYPE)
    return ocsp.load_der_ocsp_response(answer.content)


def revoked_in(crl: x509.CertificateRevocationList, certificate: x509.Certificate) -> bool:
    """Whether the list names the certificate."""
    return crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


def crl_of(sandbox: SandboxServer) -> x509.CertificateRevocationList:
    """The list as it is now."""
    answer = requests.get(f"{sandbox.url}/v1/ca/crl", timeout=60)
    assert answer.headers["Content-Type"] == "application/pkix-crl"
    return x509.load_der_x509_crl(answer.content)


def test_a_good_and_a_revoked_certificate(sandbox: SandboxServer) -> None:
    held, revoked = (certificate_in(certificate_pem(sandbox, number)) for number in (HOLDER, REVOKED))
    assert status_of(sandbox, held).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert status_of(sandbox, revoked).certificate_status is ocsp.OCSPCertStatus.REVOKED
    crl = crl_of(sandbox)
    assert (revoked_in(crl, held), revoked_in(crl, revoked)) == (False, True)


def test_a_certificate_is_revoked_and_taken_back(sandbox: SandboxServer) -> None:
    certificate = certificate_in(certificate_pem(sandbox, HOLDER))
    sandbox.revoke_certificate(HOLDER)
    assert status_of(sandbox, certificate).certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert revoked_in(crl_of(sandbox), certificate)
    sandbox.revoke_certificate(HOLDER, revoked=False)
    assert status_of(sandbox, certificate).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert not revoked_in(crl_of(sandbox), certificate)


def test_a_superseded_certificate_says_so(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, WITNESSED).begin()
    first, second = issued(apply(walk, good(1))), issued(apply(walk, good(2)))
    answer = status_of(sandbox, first)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.superseded
    assert status_of(sandbox, second).certificate_status is ocsp.OCSPCertStatus.GOOD
    entry = crl_of(sandbox).get_revoked_certificate_by_serial_number(first.serial_number)
    assert entry is not None
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value
    assert reason.reason is x509.ReasonFlags.superseded


def test_a_revoked_certificate_is_not_replaced_by_the_same_request(sandbox: SandboxServer) -> None:
    walk = Walk(sandbox, WITNESSED).begin()
    first = issued(apply(walk, good()))
    sandbox.revoke_certificate(WITNESSED)
    second = issued(apply(walk, good()))
    assert second != first
    assert status_of(sandbox, first).certificate_status is ocsp.OCSPCertStatus.REVOKED


def test_what_the_ca_did_not_issue_is_unknown(sandbox: SandboxServer) -> None:
    root, issuing = anchors(sandbox)
    held = certificate_in(certificate_pem(sandbox, HOLDER))
    known = ocsp.OCSPRequestBuilder().add_certificate(held, issuing, SHA256()).build()
    other = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        known.issuer_name_hash, known.issuer_key_hash, 4711, SHA256()
    )
    answer = ocsp.load_der_ocsp_response(ask(sandbox, other.build().public_bytes(Encoding.DER)).content)
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN
    query = ocsp.OCSPRequestBuilder().add_certificate(issuing, root, SHA256()).build()
    refused = ocsp.load_der_ocsp_response(
        ask(sandbox, query.public_bytes(Encoding.DER)).content
    ).response_status
    assert refused is ocsp.OCSPResponseStatus.UNAUTHORIZED  # asked about the root's certificates


@pytest.mark.parametrize("nonce", [None, b"0123456789abcdef"])
def test_the_nonce_comes_back(sandbox: SandboxServer, nonce: bytes | None) -> None:
    answer = status_of(sandbox, certificate_in(certificate_pem(sandbox, HOLDER)), nonce)
    told = [part.value.nonce for part in answer.extensions if isinstance(part.value, x509.OCSPNonce)]
    assert told == ([] if nonce is None else [nonce])


@pytest.mark.parametrize("query", [b"", b"0", b"no DER at all", bytes(2000)])
def test_what_is_no_question(sandbox: SandboxServer, query: bytes) -> None:
    answer = ask(sandbox, query)
    assert (answer.status_code, answer.json()["code"]) == (422, "SERVER-REFUSED")


@pytest.mark.parametrize("query", [b"0\x00", b"0\x03\x02\x01\x01"])
def test_what_is_no_ocsp(sandbox: SandboxServer, query: bytes) -> None:
    answer = ocsp.load_der_ocsp_response(ask(sandbox, query).content)
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_other_bodies_are_refused(sandbox: SandboxServer) -> None:
    assert ask(sandbox, b"{}", "application/json").json()["code"] == "UPLOAD-TYPE"
    assert ask(sandbox, bytes(20_000)).json()["code"] == "UPLOAD-TOO-LARGE"


@needs_openssl
@pytest.mark.parametrize(("holder", "word"), [(HOLDER, "good"), (REVOKED, "revoked")])
def test_openssl_reads_the_answer_and_trusts_who_signed_it(
    sandbox: SandboxServer, tmp_path: Path, holder: str, word: str
) -> None:
    root, issuing = anchors(sandbox)
    (tmp_path / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (tmp_path / "issuing.pem").write_bytes(issuing.public_bytes(Encoding.PEM))
    (tmp_path / "holder.pem").write_text(certificate_pem(sandbox, holder))
    command = ["openssl", "ocsp", "-issuer", "issuing.pem", "-cert", "holder.pem", "-CAfile", "root.pem"]
    command += ["-url", f"{sandbox.url}/v1/ca/ocsp"]
    command += ["-validity_period", "259200"]  # the sandbox's clock may have been moved over a Sunday
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert f"holder.pem: {word}" in run.stdout and "Response verify OK" in run.stderr


@needs_openssl
def test_openssl_reads_the_list(sandbox: SandboxServer, tmp_path: Path) -> None:
    certificate_pem(sandbox, REVOKED)
    (tmp_path / "list.crl").write_bytes(crl_of(sandbox).public_bytes(Encoding.DER))
    (tmp_path / "issuing.pem").write_bytes(anchors(sandbox)[1].public_bytes(Encoding.PEM))
    command = ["openssl", "crl", "-inform", "DER", "-in", "list.crl", "-CAfile", "issuing.pem", "-noout"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert "verify OK" in run.stderr
