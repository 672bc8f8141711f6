"""Certificates that the libraries can load, but stumble over when they are asked what stands in them."""

from __future__ import annotations

from asn1crypto import core
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates.pkcs12 import Credential, save
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    FILE_PASSWORD,
    PASSWORD,
    authority,
    failure_of,
    person,
)

AUTHORITY_NAME = "演示证书认证中心".encode()
UTF8_STRING, BIT_STRING = b"\x0c", b"\x03"
#: digitalSignature and contentCommitment; then the same octets behind a bit string that has none.
KEY_USAGE, KEY_USAGE_OF_NOTHING = b"\x03\x02\x06\xc0", b"\x03\x00\x06\xc0"


def strange(before, after):
    """The person's backup file, in whose certificate, signed again, the bytes `before` are `after`."""
    certificate = asn1.Certificate.load(person().certificate.public_bytes(Encoding.DER))
    content = certificate["tbs_certificate"].dump()
    assert content.count(before) == 1
    certificate["tbs_certificate"] = content = asn1.TbsCertificate.load(content.replace(before, after))
    signature = authority().key.sign(content.dump(), PKCS1v15(), SHA256())
    certificate["signature_value"] = core.OctetBitString(signature)
    loaded = x509.load_der_x509_certificate(certificate.dump())
    credential = Credential(person().key, loaded, (authority().certificate,))
    return save(credential, Secret(FILE_PASSWORD), rounds=1000)


def test_a_name_of_a_strange_type_is_refused(any_store):
    length = bytes([len(AUTHORITY_NAME)])
    bits = b"\0" + AUTHORITY_NAME[1:]
    data = strange(UTF8_STRING + length + AUTHORITY_NAME, BIT_STRING + length + bits)
    failure = failure_of(any_store.import_pkcs12, data, Secret(FILE_PASSWORD), Secret(PASSWORD))
    assert failure.code == "CERT-FORMAT"
    assert any_store.list() == ()


def test_an_extension_of_a_strange_content_is_not_trusted(any_store):
    data = strange(KEY_USAGE, KEY_USAGE_OF_NOTHING)
    info = any_store.import_pkcs12(data, Secret(FILE_PASSWORD), Secret(PASSWORD)).info
    verdict = any_store.verify(info.id, authority().pem)
    assert (verdict.trusted, verdict.code) == (False, "CERT-UNTRUSTED")
