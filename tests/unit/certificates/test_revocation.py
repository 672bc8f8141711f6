"""The CA's answer about a certificate: what is believed, and what is said when nothing can be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kaihu_desktop.certificates.revocation import CLOCK_TOLERANCE, LONGEST_AGE
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState, RevocationStatus
from tests.unit.certificates.certificate_people import (
    CHEAP,
    NOW,
    YEAR,
    Authority,
    authority,
    keep,
    needs,
    openssl,
    other_person,
    person,
)

HOUR = timedelta(hours=1)
REVOKED = ocsp.OCSPCertStatus.REVOKED


class Responder:
    """A CA that answers; `changes` say what is unusual about its answers."""

    def __init__(self, issuer=None, about=None, **changes):
        self.issuer = issuer or authority()
        self.about = about
        self.changes = changes
        self.requests = []

    def __call__(self, data):
        self.requests.append(data)
        request = ocsp.load_der_ocsp_request(data)
        unusual = self.changes.get
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=self.about or person().certificate,
            issuer=self.issuer.certificate,
            algorithm=unusual("algorithm", SHA256()),
            cert_status=unusual("status", ocsp.OCSPCertStatus.GOOD),
            this_update=NOW + unusual("age", timedelta()),
            next_update=NOW + unusual("until", HOUR) if unusual("until", HOUR) else None,
            revocation_time=NOW - HOUR if unusual("status") is REVOKED else None,
            revocation_reason=None,
        )
        nonce = request.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce
        nonce = unusual("nonce", nonce)
        if nonce:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        signer, key = unusual("signer", (self.issuer.certificate, self.issuer.key))
        if signer != self.issuer.certificate:
            builder = builder.certificates([signer])
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer)
        return builder.sign(key, unusual("digest", SHA256())).public_bytes(Encoding.DER)


@pytest.fixture
def store(watch):
    return MemoryCertificateStore(CHEAP, watch)


def check(store, responder, credential=None):
    certificate_id = keep(store, credential or person())
    return store.check_revocation(certificate_id, authority().pem, responder)


def delegate(issuer, *usages, not_after=NOW + YEAR):
    """A responder's certificate and key, made by `issuer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "证书状态服务")])
    builder = x509.CertificateBuilder(
        issuer.certificate.subject, name, key.public_key(), x509.random_serial_number(), NOW - YEAR, not_after
    )
    if usages:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(issuer.key, SHA256()), key


def test_a_good_certificate(store):
    told = check(store, Responder())
    assert (told.status, told.code, told.checked_at) == (RevocationStatus.GOOD, None, NOW)


@pytest.mark.parametrize("algorithm", [SHA1(), SHA256()])  # noqa: S303
def test_a_revoked_certificate_and_since_when(store, algorithm):
    told = check(store, Responder(status=REVOKED, algorithm=algorithm))
    assert (told.status, told.code) == (RevocationStatus.REVOKED, "CERT-REVOKED")
    assert (told.checked_at, told.revoked_at) == (NOW, NOW - HOUR)


def test_the_list_does_not_know_of_it(store):
    check(store, Responder(status=REVOKED))
    assert [info.state for info in store.list()] == [CertificateState.USABLE]


def test_a_revoked_certificate_stays_so_whatever_the_clock_says(store, watch):
    watch.pass_time(30 * 24 * 3600)
    assert check(store, Responder(status=REVOKED)).status is RevocationStatus.REVOKED


def test_each_question_has_a_nonce_of_its_own(store):
    responder = Responder()
    certificate_id = keep(store, person())
    for _ in range(2):
        store.check_revocation(certificate_id, authority().pem, responder)
    assert len(set(responder.requests)) == 2


@needs("openssl")
def test_openssl_reads_the_question(store, tmp_path):
    responder = Responder()
    check(store, responder)
    (tmp_path / "request.der").write_bytes(responder.requests[0])
    told = openssl("ocsp", "-reqin", tmp_path / "request.der", "-req_text", "-noverify")
    assert f"{person().certificate.serial_number:X}" in told
    assert "OCSP Nonce" in told


@pytest.mark.parametrize("failure", ["NET-OFFLINE", "NET-TIMEOUT", "SERVER-ERROR"])
def test_nobody_answers(store, failure):
    def ask(_):
        raise Failure(failure)

    told = check(store, ask)
    assert (told.status, told.code, told.checked_at) == (RevocationStatus.UNKNOWN, failure, None)


@pytest.mark.parametrize("responder", [lambda _: b"", lambda _: b"<html>", lambda data: data])
def test_an_answer_that_is_none(store, responder):
    assert check(store, responder).code == "CERT-STATUS"


def test_the_ca_has_no_answer(store):
    refused = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert check(store, lambda _: refused.public_bytes(Encoding.DER)).code == "CERT-STATUS"


@pytest.mark.parametrize(
    "changes",
    [
        {"status": ocsp.OCSPCertStatus.UNKNOWN},
        {"nonce": b"another nonce..."},
        {"nonce": None},
        {"age": -CLOCK_TOLERANCE - 2 * HOUR, "until": -CLOCK_TOLERANCE - HOUR},
        {"age": CLOCK_TOLERANCE + HOUR, "until": CLOCK_TOLERANCE + 2 * HOUR},
        {"age": -CLOCK_TOLERANCE - LONGEST_AGE - HOUR, "until": None},
        {"about": other_person().certificate},
    ],
)
def test_an_answer_that_says_nothing(store, changes):
    told = check(store, Responder(**changes))
    assert (told.status, told.code) == (RevocationStatus.UNKNOWN, "CERT-STATUS")


@pytest.mark.parametrize(
    "changes",
    [
        {"age": CLOCK_TOLERANCE, "until": CLOCK_TOLERANCE + HOUR},
        {"age": -CLOCK_TOLERANCE - HOUR, "until": -CLOCK_TOLERANCE},
        {"until": None},
    ],
)
def test_clocks_may_differ_a_little(store, changes):
    assert check(store, Responder(**changes)).status is RevocationStatus.GOOD


def test_a_flipped_byte_is_found(store):
    responder = Responder()

    def ask(data):
        answer = responder(data)
        return answer[:-1] + bytes([answer[-1] ^ 1])

    assert check(store, ask).code == "CERT-STATUS"


def test_an_answer_of_a_stranger_is_not_believed(store):
    stranger = Authority("演示证书认证中心")
    assert check(store, Responder(stranger)).code == "CERT-STATUS"
    assert check_again(store, Responder(signer=(stranger.certificate, stranger.key))).code == "CERT-STATUS"


def check_again(store, responder):
    return store.check_revocation(store.list()[0].id, authority().pem, responder)


def test_a_responder_must_be_certified_for_it(store):
    good = delegate(authority(), ExtendedKeyUsageOID.OCSP_SIGNING)
    assert check(store, Responder(signer=good)).status is RevocationStatus.GOOD
    for signer in (
        delegate(authority()),
        delegate(authority(), ExtendedKeyUsageOID.TIME_STAMPING),
        delegate(authority(), ExtendedKeyUsageOID.OCSP_SIGNING, not_after=NOW - HOUR),
        delegate(Authority("别家中心"), ExtendedKeyUsageOID.OCSP_SIGNING),
        (person().certificate, person().key),
    ):
        assert check_again(store, Responder(signer=signer)).code == "CERT-STATUS"


def test_without_the_issuer_nothing_is_asked(store):
    stranger = Authority("别家中心").issue()
    lonely = type(stranger)(stranger.key, stranger.certificate, ())
    responder = Responder()
    assert check(store, responder, lonely).code == "CERT-STATUS"
    assert responder.requests == []


def test_an_elliptic_issuer_answers_too(store):
    issuer = Authority("演示证书认证中心", ec.generate_private_key(ec.SECP256R1()))
    credential = issuer.issue(key=rsa.generate_private_key(public_exponent=65537, key_size=2048))
    certificate_id = keep(store, credential)
    told = store.check_revocation(certificate_id, issuer.pem, Responder(issuer, credential.certificate))
    assert told.status is RevocationStatus.GOOD
