"""What is stored of a certificate or of a request, as files: a clear header, and a part that names people."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Dict, Tuple

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates.attempts import LONGEST_LOCK, Attempts, Moment
from kaihu_desktop.certificates.binding import Binding, ScryptCost
from kaihu_desktop.certificates.identity import UNPARSABLE, fingerprint, key_id
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret

FORMAT = 3
NONCE_BYTES = 12
KEY_FILE = r"[0-9a-f]{64}-[0-9a-f]{8}\.p12"
#: What parsing something that isn't ours may raise.
UNREADABLE = (
    *UNPARSABLE,
    KeyError,
    AttributeError,
    RecursionError,
    OverflowError,
    InvalidTag,
)

Opened = Tuple[Binding, Dict[str, Any]]


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
    """What the file beside the key file says: readable without the password, but not without the PC."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    binding: Binding
    key_file: str
    key_sha256: str


@dataclass(frozen=True)
class Request:
    """A request for a certificate whose key is kept until the certificate is there.

    key: encrypted PKCS#8 (DER) under the derived passphrase. renews: id of the certificate that it follows.
    """

    csr: x509.CertificateSigningRequest = field(repr=False)
    created_at: datetime
    renews: str | None
    binding: Binding
    key: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """SHA-256 over the public key in hexadecimal."""
        return key_id(self.csr.public_key())

    def bound(self, binding: Binding, key: bytes) -> Request:
        """The same request with its key under another passphrase."""
        return replace(self, binding=binding, key=key)


def encode_public(part: PublicPart, device_secret: Secret) -> bytes:
    """`part` as JSON; all but the parameters of the binding is encrypted."""
    content = {
        "certificates": [_pem(certificate) for certificate in (part.certificate, *part.chain)],
        "key_file": part.key_file,
        "key_sha256": part.key_sha256,
    }
    return _seal(content, part.binding, device_secret, fingerprint(part.certificate))


def decode_public(data: bytes, device_secret: Secret, certificate_id: str) -> PublicPart:
    """The reverse of `encode_public`. Raises CERT-DAMAGED, CERT-OTHER-PC."""
    binding, content = _unseal(data, device_secret, certificate_id)
    try:
        certificate, *chain = (
            x509.load_pem_x509_certificate(pem.encode("ascii")) for pem in content["certificates"]
        )
        key_file, key_sha256 = content["key_file"], content["key_sha256"]
        if not re.fullmatch(KEY_FILE, key_file) or fingerprint(certificate) != certificate_id:
            raise ValueError("another certificate, or a key file outside the store")
    except UNREADABLE as error:
        raise Failure("CERT-DAMAGED") from error
    return PublicPart(certificate, tuple(chain), binding, key_file, key_sha256)


def encode_request(request: Request, device_secret: Secret) -> bytes:
    """`request` as JSON; all but the parameters of the binding is encrypted."""
    content = {
        "request": request.csr.public_bytes(Encoding.PEM).decode("ascii"),
        "created_at": request.created_at.isoformat(),
        "renews": request.renews,
        "key": base64.b64encode(request.key).decode("ascii"),
    }
    return _seal(content, request.binding, device_secret, request.id)


def decode_request(data: bytes, device_secret: Secret, request_id: str) -> Request:
    """The reverse of `encode_request`. Raises CERT-DAMAGED, CERT-OTHER-PC."""
    binding, content = _unseal(data, device_secret, request_id)
    try:
        csr = x509.load_pem_x509_csr(content["request"].encode("ascii"))
        created_at = datetime.fromisoformat(content["created_at"])
        request = Request(csr, created_at, content["renews"], binding, base64.b64decode(content["key"]))
        if request.id != request_id or created_at.tzinfo is None:
            raise ValueError("another request")
    except UNREADABLE as error:
        raise Failure("CERT-DAMAGED") from error
    return request


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
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Attempts()


def _seal(content: dict[str, Any], binding: Binding, device_secret: Secret, name: str) -> bytes:
    """`content` by AES-256-GCM behind its binding; bound to that and to `name`: files can't take turns.

    The checksum tells a damaged file from one of another device before any key is tried.
    """
    nonce = secrets.token_bytes(NONCE_BYTES)
    plain = json.dumps(content).encode("ascii")
    cost = binding.cost
    header = {
        "format": FORMAT,
        "scrypt": {"n": cost.n, "r": cost.r, "p": cost.p, "salt": binding.salt.hex()},
        "device_check": binding.device_check.hex(),
    }
    sealed = nonce + AESGCM(binding.index_key(device_secret)).encrypt(nonce, plain, _bound(header, name))
    document = {**header, "sealed": base64.b64encode(sealed).decode("ascii")}
    return json.dumps({**document, "sha256": _checksum(document)}, indent=1).encode("ascii")


def _unseal(data: bytes, device_secret: Secret, name: str) -> Opened:
    try:
        document = json.loads(data)
        checksum = document.pop("sha256")
        if document["format"] != FORMAT or checksum != _checksum(document):
            raise ValueError("unknown format or damaged")
        sealed = base64.b64decode(document.pop("sealed"), validate=True)
        scrypt = document["scrypt"]
        binding = Binding(
            bytes.fromhex(scrypt["salt"]),
            ScryptCost(scrypt["n"], scrypt["r"], scrypt["p"]),
            bytes.fromhex(document["device_check"]),
        )
        if not binding.belongs_to(device_secret):
            raise Failure("CERT-OTHER-PC")
        cipher = AESGCM(binding.index_key(device_secret))
        plain = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(document, name))
        content: dict[str, Any] = json.loads(plain)
    except UNREADABLE as error:
        raise Failure("CERT-DAMAGED") from error
    return binding, content


def _bound(header: dict[str, Any], name: str) -> bytes:
    """What the sealed part vouches for: whose file it is, and all that stands in clear before it."""
    return json.dumps([name, header], sort_keys=True).encode("utf-8")


def _checksum(document: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode("utf-8")).hexdigest()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")
