"""A timestamp service for tests: pyHanko's, with a certificate of the made-up authority, and its faults."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from asn1crypto import keys, tsp
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps import DummyTimeStamper

from kaihu_desktop.certificates.trust import to_asn1
from tests.unit.certificates.certificate_people import NOW, YEAR, authority

SERVICE = "演示时间戳服务"
YEARS = timedelta(days=3650)


class TimestampService:
    """Answers queries as `ask`; `spoil` changes what it answers, `queries` are those that came."""

    def __init__(
        self,
        issuer=None,
        usage=ExtendedKeyUsageOID.TIME_STAMPING,
        time=None,
        not_before=NOW - YEAR,
        not_after=NOW + YEAR,
    ):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        issuer = issuer or authority()
        self.certificate = _certificate(issuer, key, usage, not_before, not_after)
        der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._service = DummyTimeStamper(
            to_asn1(self.certificate),
            keys.PrivateKeyInfo.load(der),
            certs_to_embed=[to_asn1(issuer.certificate)],
            fixed_dt=time or datetime.now(timezone.utc).replace(microsecond=0),
        )
        self.queries = []
        self.spoil = lambda answer: answer

    def ask(self, query):
        self.queries.append(query)
        request = tsp.TimeStampReq.load(query)
        return self.spoil(self._service.request_tsa_response(request).dump())


def _certificate(issuer, key, usage, not_before, not_after):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERVICE)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=True)
        .sign(issuer.key, SHA256())
    )
