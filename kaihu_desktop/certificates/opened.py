"""A certificate between its password and the end of the signing: the key can be used, not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from kaihu_desktop.certificates.attempts import Clock
from kaihu_desktop.certificates.identity import aware, describe, validity_state
from kaihu_desktop.certificates.pkcs12 import Credential, SigningKey
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import STATE_FAILURES, CertificateInfo

if TYPE_CHECKING:
    from kaihu_desktop.certificates.timestamping import Timestamper


class OpenedKey:
    """Signs until it is closed. The key lives in OpenSSL's memory, which OpenSSL clears when it is freed.

    Nobody else holds the key: what an exception's traceback keeps alive is this object, empty by then.
    """

    def __init__(self, credential: Credential, clock: Clock) -> None:
        self._key: SigningKey | None = credential.key
        self.certificate = credential.certificate
        self.chain = credential.chain
        self._clock = clock
        self._timestampers: dict[Callable[[bytes], bytes], Timestamper] = {}

    @property
    def info(self) -> CertificateInfo:
        """The facts of the certificate, judged now."""
        return describe(self.certificate, validity_state(self.certificate, aware(self._clock().wall)))

    def sign_pdf(
        self, document: bytes, reason: str = "", timestamp: Callable[[bytes], bytes] | None = None
    ) -> bytes:
        """The PDF with a PAdES signature added, B-T with `timestamp`, else B-B.

        Raises CERT-EXPIRED, CERT-NOT-YET, SIGN-DOCUMENT, SIGN-TIMESTAMP, and what `timestamp` raises.
        """
        from kaihu_desktop.certificates import pades  # pyHanko takes half a second to import

        if self._key is None:
            raise ValueError("the certificate is closed again")
        problem = STATE_FAILURES.get(self.info.state)
        if problem:
            raise Failure(problem)
        return pades.sign_pdf(document, self, aware(self._clock().wall), reason, self._timestamper(timestamp))

    def sign(self, data: bytes) -> bytes:
        """The signature over `data` with SHA-256: RSA with PKCS #1 v1.5, or ECDSA in DER."""
        if self._key is None:
            raise ValueError("the certificate is closed again")
        if isinstance(self._key, RSAPrivateKey):
            return self._key.sign(data, PKCS1v15(), SHA256())
        return self._key.sign(data, ECDSA(SHA256()))

    @property
    def signature_bytes(self) -> int:
        """Length of a signature at most."""
        key = self.certificate.public_key()
        bits: int = getattr(key, "key_size")  # noqa: B009 - keys without a size are no `SigningKey`
        # A DER signature has two integers of the field's size, and at most 16 bytes around them.
        return bits // 8 if isinstance(self._key, RSAPrivateKey) else 2 * (bits // 8 + 8)

    def close(self) -> None:
        """Forget the key."""
        self._key = None

    def _timestamper(self, ask: Callable[[bytes], bytes] | None) -> Timestamper | None:
        """The same for all documents of one signing."""
        from kaihu_desktop.certificates.timestamping import Timestamper

        return None if ask is None else self._timestampers.setdefault(ask, Timestamper(ask))
