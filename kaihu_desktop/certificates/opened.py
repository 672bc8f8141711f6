"""A certificate between its password and the end of the signing: the key can be used, not read."""

from __future__ import annotations

from kaihu_desktop.certificates.attempts import Clock
from kaihu_desktop.certificates.identity import aware, describe, validity_state
from kaihu_desktop.certificates.pkcs12 import Credential
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import STATE_FAILURES, CertificateInfo


class OpenedKey:
    """Signs until it is closed. The key lives in OpenSSL's memory, which OpenSSL clears when it is freed."""

    def __init__(self, credential: Credential, clock: Clock) -> None:
        self._credential: Credential | None = credential
        self._certificate = credential.certificate
        self._clock = clock

    @property
    def info(self) -> CertificateInfo:
        """The facts of the certificate, judged now."""
        return describe(self._certificate, validity_state(self._certificate, aware(self._clock().wall)))

    def sign_pdf(self, document: bytes, reason: str = "") -> bytes:
        """The PDF with a PAdES signature added. Raises CERT-EXPIRED, CERT-NOT-YET, SIGN-DOCUMENT."""
        from kaihu_desktop.certificates import pades  # pyHanko takes half a second to import

        if self._credential is None:
            raise ValueError("the certificate is closed again")
        problem = STATE_FAILURES.get(self.info.state)
        if problem:
            raise Failure(problem)
        return pades.sign_pdf(document, self._credential, aware(self._clock().wall), reason)

    def close(self) -> None:
        """Forget the key."""
        self._credential = None
