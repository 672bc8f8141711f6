"""Windows' certificate stores written out, for tests on other systems; the real ones are tested apart."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1

from kaihu_desktop.certificates.identity import describe, subject_id_number, validity_state
from kaihu_desktop.certificates.pkcs12 import Credential, load, save
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import ExportProfile
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey, WindowsCertificate
from kaihu_desktop.core.secret import Secret


class WindowsPc:
    """What a PC with Windows has: `lay` puts a certificate somewhere, `holds` tells what came in."""

    def __init__(self) -> None:
        self._laid: list[tuple[Credential, WindowsCertificate]] = []

    def lay(
        self,
        credential: Credential,
        place: Place = Place.MY,
        key: PrivateKey = PrivateKey.EXPORTABLE,
    ) -> str:
        """Its id."""
        certificate = credential.certificate
        info = describe(certificate, validity_state(certificate, datetime.now(timezone.utc)))
        thumbprint = certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303
        self._laid.append((credential, WindowsCertificate(info, place, key, thumbprint)))
        return info.id

    def holds(self, certificate_id: str) -> bool:
        return any(found.info.id == certificate_id for _, found in self._laid)

    def find(self, id_number: str | None = None) -> tuple[WindowsCertificate, ...]:
        mine = [
            found
            for credential, found in self._laid
            if id_number is None or subject_id_number(credential.certificate) == id_number
        ]
        return tuple(sorted(mine, key=lambda found: not found.takeable))

    def export(self, found: WindowsCertificate, password: Secret) -> bytes:
        credential: Any = next((one for one, here in self._laid if here == found), None)
        if credential is None:
            raise Failure("CERT-NOT-FOUND")
        if found.key is not PrivateKey.EXPORTABLE:
            raise Failure("CERT-WINDOWS-LOCKED")
        return save(credential, password, ExportProfile.WINDOWS_7)

    def put(self, data: bytes, password: Secret) -> None:
        credential = load(data, password)
        if any(one.certificate == credential.certificate for one, _ in self._laid):
            raise Failure("CERT-WINDOWS-EXISTS")
        self.lay(credential, key=PrivateKey.LOCKED)
