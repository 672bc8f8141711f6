"""Answers timestamp queries (RFC 3161) with the key of the sandbox's timestamp authority."""

from __future__ import annotations

import datetime
import hashlib
import secrets

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.sandbox.authority import Authority

POLICY = "1.3.6.1.4.1.32473.1.1"  # the arc for documentation (RFC 5612)


class Refusal(core.Sequence):
    """A TimeStampResp without a token, which asn1crypto's own can't be."""

    _fields = [("status", tsp.PKIStatusInfo)]  # noqa: RUF012 - asn1crypto's way


DIGESTS = ("sha256", "sha384", "sha512")


def answer(authority: Authority, query: bytes, now: datetime.datetime) -> bytes:
    """The TimeStampResp (DER) to `query`: a token of the aware time `now`, or why there is none."""
    try:
        request = tsp.TimeStampReq.load(query, strict=True)
        imprint = request["message_imprint"]
        digest: str = imprint["hash_algorithm"]["algorithm"].native
        hashed: bytes = imprint["hashed_message"].native
        nonce, wants_certificate = request["nonce"].native, bool(request["cert_req"].native)
        policy = request["req_policy"].native
        extended = bool(request["extensions"].native)
    except Exception:  # whatever is no query makes the parser stumble in many ways
        return _refusal("bad_data_format")
    if digest not in DIGESTS:
        return _refusal("bad_alg")
    if len(hashed) != hashlib.new(digest).digest_size:
        return _refusal("bad_data_format")
    if policy not in (None, POLICY):
        return _refusal("unaccepted_policy")
    if extended:
        return _refusal("unaccepted_extensions")
    token = _token(authority, _info(authority, imprint, nonce, now), wants_certificate)
    response = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
    return bytes(response.dump())


def _refusal(reason: str) -> bytes:
    return bytes(Refusal({"status": {"status": "rejection", "fail_info": {reason}}}).dump())


def _info(
    authority: Authority, imprint: tsp.MessageImprint, nonce: int | None, now: datetime.datetime
) -> bytes:
    members = {
        "version": "v1",
        "policy": POLICY,
        "message_imprint": imprint,
        "serial_number": secrets.randbits(63),
        "gen_time": now.astimezone(datetime.UTC).replace(microsecond=0),
        "accuracy": {"seconds": 1},
        "tsa": asn1_x509.GeneralName("directory_name", _certificate(authority).subject),
    }
    if nonce is not None:
        members["nonce"] = nonce
    return bytes(tsp.TSTInfo(members).dump())


def _token(authority: Authority, info: bytes, wants_certificate: bool) -> cms.ContentInfo:
    """The signed info; the signer's certificate is in it when it is wanted, and named in any case."""
    certificate = _certificate(authority)
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("message_digest", hashlib.sha256(info).digest()),
            _attribute("signing_certificate_v2", _named(certificate)),
        ]
    )
    digest = algos.DigestAlgorithm({"algorithm": "sha256"})
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
            ),
            "digest_algorithm": digest,
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_rsa"},
            "signature": authority.timestamping_key.sign(attributes.dump(), PKCS1v15(), hashes.SHA256()),
        }
    )
    content = {"content_type": "tst_info", "content": core.ParsableOctetString(info)}
    signed = {
        "version": "v3",
        "digest_algorithms": [digest],
        "encap_content_info": content,
        "signer_infos": [signer],
    }
    if wants_certificate:
        signed["certificates"] = [cms.CertificateChoices("certificate", certificate)]
    return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _named(certificate: asn1_x509.Certificate) -> tsp.SigningCertificateV2:
    return tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]})


def _certificate(authority: Authority) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(authority.timestamping.public_bytes(Encoding.DER))
