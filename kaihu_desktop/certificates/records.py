"""What is stored of one certificate, and its public half as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates.attempts import LONGEST_LOCK, Attempts, Moment
from kaihu_desktop.certificates.binding import Binding, ScryptCost
from kaihu_desktop.certificates.identity import fingerprint
from kaihu_desktop.core.failure import Failure

FORMAT = 1
KEY_FILE = r"[0-9a-f]{64}-[0-9a-f]{8}\.p12"


@dataclass(frozen=True)
class Record:
    """One stored certificate.

    pkcs12: the key file under the derived passphrase; None when it is missing or not as it was written.
    """

    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)
    binding: Binding
    pkcs12: bytes | None = field(repr=False)

    @property
    def id(self) -> str:
        """SHA-256 fingerprint of the certificate in hexadecimal."""
        return fingerprint(self.certificate)


@dataclass(frozen=True)
class PublicPart:
    """What the file beside the key file says: readable without a password, and nothing secret."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    binding: Binding
    key_file: str
    key_sha256: str


def encode_public(part: PublicPart) -> bytes:
    """`part` as JSON."""
    cost = part.binding.cost
    document = {
        "format": FORMAT,
        "certificates": [_pem(certificate) for certificate in (part.certificate, *part.chain)],
        "scrypt": {"n": cost.n, "r": cost.r, "p": cost.p, "salt": part.binding.salt.hex()},
        "device_check": part.binding.device_check.hex(),
        "key_file": part.key_file,
        "key_sha256": part.key_sha256,
    }
    return json.dumps(document, indent=1).encode("ascii")


def decode_public(data: bytes) -> PublicPart:
    """The reverse of `encode_public`. Raises CERT-DAMAGED."""
    try:
        document = json.loads(data)
        if document["format"] != FORMAT:
            raise ValueError("unknown format")
        certificate, *chain = (
            x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in document["certificates"]
        )
        scrypt = document["scrypt"]
        binding = Binding(
            bytes.fromhex(scrypt["salt"]),
            ScryptCost(scrypt["n"], scrypt["r"], scrypt["p"]),
            bytes.fromhex(document["device_check"]),
        )
        key_file, key_sha256 = document["key_file"], document["key_sha256"]
        if not re.fullmatch(KEY_FILE, key_file):
            raise ValueError("key file outside the store")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Failure("CERT-DAMAGED") from error
    return PublicPart(certificate, tuple(chain), binding, key_file, key_sha256)


def encode_attempts(attempts: Attempts) -> bytes:
    """`attempts` as JSON."""
    document = {"failures": attempts.failures, "pause": attempts.pause, "seen": list(attempts.seen)}
    return json.dumps(document).encode("ascii")


def decode_attempts(data: bytes) -> Attempts:
    """The reverse of `encode_attempts`; a damaged file counts as none, as would a removed one."""
    try:
        document: Any = json.loads(data)
        wall, uptime = document["seen"]
        failures, pause = int(document["failures"]), float(document["pause"])
        return Attempts(max(0, failures), min(pause, LONGEST_LOCK), Moment(float(wall), float(uptime)))
    except (ValueError, TypeError, KeyError, OverflowError):
        return Attempts()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
