"""Certificates in Windows' own stores as the business sees them, and the contract of who reaches them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from kaihu_desktop.core.model.certificate import STATE_FAILURES, CertificateInfo
from kaihu_desktop.core.secret import Secret


class Place(Enum):
    """Stores of Windows in which a person's certificate may lie, the right one first.

    The values are their names for administrators; another user's stores can't be seen.
    """

    MY = "CurrentUser\\My"
    MACHINE = "LocalMachine\\My"
    TRUSTED_PEOPLE = "CurrentUser\\TrustedPeople"
    ADDRESS_BOOK = "CurrentUser\\AddressBook"
    CA = "CurrentUser\\CA"
    ROOT = "CurrentUser\\Root"


#: The names of the same in Windows' certificate manager.
PLACE_TEXTS = {
    Place.MY: "当前用户的“个人”",
    Place.MACHINE: "本地计算机的“个人”",
    Place.TRUSTED_PEOPLE: "“受信任人”",
    Place.ADDRESS_BOOK: "“其他人”",
    Place.CA: "“中间证书颁发机构”",
    Place.ROOT: "“受信任的根证书颁发机构”",
}


class PrivateKey(Enum):
    """Whether Windows has a certificate's private key, and gives it out."""

    EXPORTABLE = "exportable"
    LOCKED = "locked"
    MISSING = "missing"


@dataclass(frozen=True)
class WindowsCertificate:
    """A certificate where it lies.

    thumbprint: SHA-1 of the certificate, 40 upper-case hexadecimal digits, as Windows shows it.
    """

    info: CertificateInfo
    place: Place
    key: PrivateKey
    thumbprint: str

    @property
    def code(self) -> str:
        """The failure that says why it can't be used where it lies; a certificate there never can."""
        if self.info.state in STATE_FAILURES:
            return STATE_FAILURES[self.info.state]
        if self.key is not PrivateKey.EXPORTABLE:
            return "CERT-WINDOWS-NO-KEY" if self.key is PrivateKey.MISSING else "CERT-WINDOWS-LOCKED"
        return "CERT-IN-WINDOWS" if self.place is Place.MY else "CERT-WRONG-STORE"

    @property
    def takeable(self) -> bool:
        """Whether it can be brought into the program's own store, and is of use there."""
        return self.code in ("CERT-IN-WINDOWS", "CERT-WRONG-STORE")


class WindowsCertificates(Protocol):
    """Windows' certificate stores, as far as this user may look. Blocking; raises `Failure` only."""

    def find(self, id_number: str | None = None) -> tuple[WindowsCertificate, ...]:
        """The certificates of the person with this ID number, wherever they lie, the most useful first.

        None: all in `Place.MY`, and elsewhere those that name an ID number. A certificate that lies in
        several places is told once. A store that can't be opened counts as empty.
        """
        ...

    def export(self, found: WindowsCertificate, password: Secret) -> bytes:
        """It and its issuers as a PKCS#12 file. Raises CERT-NOT-FOUND, CERT-WINDOWS-LOCKED, CERT-WINDOWS."""
        ...

    def put(self, data: bytes, password: Secret) -> None:
        """Put a PKCS#12 file into `Place.MY`, and its issuers where they belong; read back before it ends.

        Other programs of this user can use the key from then on; none can take it out again.
        Raises CERT-WINDOWS-EXISTS, CERT-WINDOWS.
        """
        ...
