"""Made-up people, a made-up authority that certifies them, and small documents for them to sign."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kaihu_desktop.certificates.attempts import Moment
from kaihu_desktop.certificates.binding import ScryptCost
from kaihu_desktop.certificates.pkcs12 import Credential, save
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret

ROOT = Path(__file__).resolve().parents[3]
NAME, ID_NUMBER = "张测试", "410101199508130033"
OTHER_NAME, OTHER_ID_NUMBER = "欧阳·演示", "11010519491231002X"
FILE_PASSWORD, PASSWORD = "qfP6-export", "482915"
DEVICE = b"d" * 32  # the secret of the PC on which all happens
CHEAP = ScryptCost(n=2**4)
NOW = datetime.now(timezone.utc).replace(microsecond=0)
YEAR = timedelta(days=365)


def needs(*programs):
    """Skips a test where a program that judges our work from outside is not installed."""
    missing = [program for program in programs if not shutil.which(program)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {' '.join(missing)}")


class Watch:
    """Clocks that a test sets: the wall's and the PC's uptime."""

    def __init__(self):
        self.wall, self.uptime = NOW.timestamp(), 5000.0

    def __call__(self):
        return Moment(self.wall, self.uptime)

    def pass_time(self, seconds):
        self.wall += seconds
        self.uptime += seconds


class Authority:
    """A certification authority with a self-signed root."""

    def __init__(self, name="演示证书认证中心", key=None):
        self.key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = _builder(self._name, self.key.public_key(), NOW - 10 * YEAR, NOW + 10 * YEAR)
        usage = _key_usage(key_cert_sign=True, crl_sign=True)
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = (
            builder.issuer_name(self._name)
            .add_extension(constraints, critical=True)
            .add_extension(usage, critical=True)
            .sign(self.key, SHA256())
        )

    @property
    def pem(self):
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self, name=NAME, id_number=ID_NUMBER, not_before=NOW - YEAR, not_after=NOW + YEAR, key=None
    ) -> Credential:
        key = key or rsa.generate_private_key(public_exponent=65537, key_size=2048)
        certificate = self.certify(name, id_number, key.public_key(), not_before, not_after)
        return Credential(key, certificate, (self.certificate,))

    def certify(
        self, name, id_number, public_key, not_before=NOW - YEAR, not_after=NOW + YEAR
    ) -> x509.Certificate:
        """A certificate for a key that only its owner holds."""
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
                x509.NameAttribute(NameOID.SERIAL_NUMBER, id_number),
            ]
        )
        usage = _key_usage(digital_signature=True, content_commitment=True)
        builder = _builder(subject, public_key, not_before, not_after).issuer_name(self._name)
        return builder.add_extension(usage, critical=True).sign(self.key, SHA256())

    def certify_request(self, request_pem, **changes) -> str:
        """The certificate (PEM) that is asked for, or one that differs from it by `changes`."""
        csr = x509.load_pem_x509_csr(request_pem.encode("ascii"))
        assert csr.is_signature_valid
        asked = {
            "name": csr.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value,
            "id_number": csr.subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value,
            "public_key": csr.public_key(),
        }
        return self.certify(**{**asked, **changes}).public_bytes(Encoding.PEM).decode("ascii")


def _builder(subject, public_key, not_before, not_after):
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _key_usage(**used):
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement"
    names += " key_cert_sign crl_sign encipher_only decipher_only"
    return x509.KeyUsage(**{name: used.get(name, False) for name in names.split()})


@lru_cache(maxsize=None)
def authority():
    return Authority()


@lru_cache(maxsize=None)
def person():
    return authority().issue()


@lru_cache(maxsize=None)
def other_person():
    return authority().issue(OTHER_NAME, OTHER_ID_NUMBER, key=ec.generate_private_key(ec.SECP256R1()))


@lru_cache(maxsize=None)
def backup_of(credential):
    """The credential as a .p12 file under FILE_PASSWORD."""
    return save(credential, Secret(FILE_PASSWORD), rounds=1000)


def keep(store, credential, password=PASSWORD):
    """Import the credential into `store`; returns its id."""
    return store.import_pkcs12(backup_of(credential), Secret(FILE_PASSWORD), Secret(password)).info.id


def opens(store, certificate_id, password=PASSWORD):
    """Whether the password opens it; raises the Failure otherwise."""
    with store.open(certificate_id, Secret(password)) as opened:
        return opened.info.id == certificate_id


def opens_or_not(store, certificate_id, password):
    """The same, but False for a wrong password; raises any other Failure."""
    try:
        return opens(store, certificate_id, password)
    except Failure as failure:
        assert failure.code == "CERT-PASSWORD"
        return False


def install(store, pending, certificate_pem=None, password=PASSWORD, anchors=None):
    """Put a certificate that was applied for, by default the one asked for, beside its key."""
    pem = certificate_pem or authority().certify_request(pending.request_pem)
    chain = [authority().pem.decode("ascii")]
    return store.install(pending.id, Secret(password), pem, chain, anchors or authority().pem)


def failure_of(action, *arguments, **named):
    """The Failure that `action` must raise."""
    with pytest.raises(Failure) as caught:
        action(*arguments, **named)
    return caught.value


def small_pdf(pages=2):
    """A PDF with some text on every page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(pages))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} /MediaBox [0 0 595 842] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number in range(pages):
        text = f"BT /F1 14 Tf 60 760 Td (Agreement, page {number + 1} of {pages}) Tj ET"
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /Contents {5 + 2 * number} 0 R {resources} >>")
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
    body, offsets = "%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


def start_python(script, *arguments, **options):
    """A process of its own that runs `script`, which may import the program and this module."""
    lines = f"import sys\nsys.path[:0] = [{str(ROOT)!r}]\n"
    command = [sys.executable, "-c", lines + textwrap.dedent(script), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", **options)


def openssl(*arguments, stdin=""):
    """Run OpenSSL; passwords go through its standard input."""
    done = subprocess.run(
        ["openssl", *map(str, arguments)], input=f"{stdin}\n".encode(), capture_output=True, check=True
    )
    return done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
