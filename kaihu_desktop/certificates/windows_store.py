"""Windows' certificate stores: found in them, taken out of them, and put into `CurrentUser\\My`."""

from __future__ import annotations

import ctypes
import logging
import warnings
from contextlib import contextmanager, suppress
from ctypes import byref
from typing import Any, ContextManager, Iterator, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates import pkcs12
from kaihu_desktop.certificates import windows_api as api
from kaihu_desktop.certificates.attempts import Clock, system_clock
from kaihu_desktop.certificates.identity import (
    UNPARSABLE,
    aware,
    describe,
    fingerprint,
    subject_id_number,
    validity_state,
)
from kaihu_desktop.certificates.windows_keys import delete_private_key, names_private_key, private_key
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateState
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey, WindowsCertificate
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.core.secret import Secret

log = logging.getLogger(__name__)

LOCATIONS = {
    "CurrentUser": api.CERT_SYSTEM_STORE_CURRENT_USER,
    "LocalMachine": api.CERT_SYSTEM_STORE_LOCAL_MACHINE,
}
PLACES, KEYS = list(Place), list(PrivateKey)
#: A certificate with more issuers than that is none of a person's.
LONGEST_CHAIN = 8


class WindowsStore:
    """See `WindowsCertificates` for the contract.

    A key that is put in goes to the older kind of provider (CSP), which both the programs of the time of IE
    and newer ones (CNG) can use, and can't be taken out again: the way to a backup is this program, which
    asks for the password, and not any program that the person runs.
    """

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock

    def find(self, id_number: str | None = None) -> tuple[WindowsCertificate, ...]:
        wanted = id_number.strip().upper() if id_number is not None else None
        found: dict[str, WindowsCertificate] = {}
        for place in PLACES:
            for one in self._in(place, wanted):
                before = found.get(one.info.id)
                if before is None or KEYS.index(one.key) < KEYS.index(before.key):
                    found[one.info.id] = one
        return tuple(sorted(found.values(), key=_usefulness))

    def export(self, found: WindowsCertificate, password: Secret) -> bytes:
        memory = api.CertOpenStore(api.CERT_STORE_PROV_MEMORY, 0, None, 0, None)
        with _closing(memory), _opened(found.place) as store, _with_thumbprint(
            store, found.thumbprint
        ) as context:
            certificate = _parsed(context) if context else None
            if certificate is None or fingerprint(certificate) != found.info.id:
                raise Failure("CERT-NOT-FOUND")
            _must(api.CertAddCertificateContextToStore(memory, context, api.CERT_STORE_ADD_ALWAYS, None))
            _add_issuers(memory, certificate)
            return _exported(memory, password)

    def put(self, data: bytes, password: Secret) -> None:
        credential = pkcs12.load(data, password)
        thumbprint = _thumbprint(credential.certificate)
        with _opened(Place.MY) as my, _with_thumbprint(my, thumbprint) as present:
            if present and private_key(present) is not PrivateKey.MISSING:
                raise Failure("CERT-WINDOWS-EXISTS")
        with _imported(data, password) as imported, _with_thumbprint(imported, thumbprint) as context:
            try:
                _keep(context, thumbprint)
            except Failure:
                delete_private_key(context)
                raise
        _keep_issuers(credential.chain)

    def _in(self, place: Place, wanted: str | None) -> Iterator[WindowsCertificate]:
        """What lies in one place and belongs to this person, None: to anybody."""
        try:
            with _opened(place) as store:
                for context in _contexts(store):
                    certificate = _parsed(context)
                    if certificate is not None and _belongs(certificate, place, wanted):
                        yield self._told(context, certificate, place)
        except Failure:
            log.warning("%s can't be opened", place.value)

    def _told(self, context: Any, certificate: x509.Certificate, place: Place) -> WindowsCertificate:
        info = describe(certificate, validity_state(certificate, aware(self._clock().wall)))
        return WindowsCertificate(info, place, _key_in(place, context), _thumbprint(certificate))


def _belongs(certificate: x509.Certificate, place: Place, wanted: str | None) -> bool:
    number = subject_id_number(certificate)
    if wanted is not None:
        return number == wanted
    return place is Place.MY or parse_id_number(number) is not None


def _key_in(place: Place, context: Any) -> PrivateKey:
    """The PC's keys are there, but only for administrators, whom the program doesn't want to be."""
    key = private_key(context)
    if key is PrivateKey.MISSING and place is Place.MACHINE and names_private_key(context):
        return PrivateKey.LOCKED
    return key


def _usefulness(one: WindowsCertificate) -> tuple[bool, int, float]:
    """The most useful comes first."""
    valid = one.info.not_after.timestamp() if one.info.not_after else 0.0
    return not one.takeable, PLACES.index(one.place), -valid


def _opened(place: Place, writable: bool = False) -> ContextManager[Any]:
    """A store of Windows. Raises CERT-WINDOWS."""
    location, _, name = place.value.partition("\\")
    flags = LOCATIONS[location] | (0 if writable else api.CERT_STORE_READONLY_FLAG)
    return _closing(api.CertOpenStore(api.CERT_STORE_PROV_SYSTEM, 0, None, flags, name))


@contextmanager
def _closing(store: Any) -> Iterator[Any]:
    """A store that was opened, if it was. Raises CERT-WINDOWS."""
    _must(store)
    try:
        yield store
    finally:
        api.CertCloseStore(store, 0)


def _contexts(store: Any) -> Iterator[Any]:
    """Each certificate (PCCERT_CONTEXT) of a store; it lives until the next one is asked for."""
    context = api.CertEnumCertificatesInStore(store, None)
    try:
        while context:
            yield context
            context = api.CertEnumCertificatesInStore(store, context)
    finally:
        if context:
            api.CertFreeCertificateContext(context)


@contextmanager
def _found(store: Any, kind: int, value: bytes) -> Iterator[Any]:
    """The first certificate of a store that is so; a null pointer, which is false, if there is none."""
    room = ctypes.create_string_buffer(value, len(value))
    blob = api.Blob(len(value), ctypes.addressof(room))
    context = api.CertFindCertificateInStore(store, api.X509_ASN_ENCODING, 0, kind, byref(blob), None)
    try:
        yield context
    finally:
        if context:
            api.CertFreeCertificateContext(context)


def _parsed(context: Any) -> x509.Certificate | None:
    """The certificate; None for one that isn't worth a look, because the library can't read it."""
    encoded = context.contents
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what issuers do wrong
            certificate = x509.load_der_x509_certificate(
                ctypes.string_at(encoded.encoded, encoded.encoded_size)
            )
            describe(certificate, CertificateState.USABLE)  # fields are decoded when asked for
    except UNPARSABLE:
        return None
    return certificate


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(SHA1()).hex().upper()  # noqa: S303 - Windows' name for it, no protection


def _with_thumbprint(store: Any, thumbprint: str) -> ContextManager[Any]:
    return _found(store, api.CERT_FIND_SHA1_HASH, bytes.fromhex(thumbprint))


# taking out


def _add_issuers(memory: Any, certificate: x509.Certificate) -> None:
    """Add the certificates between this one and its root, which trust anchors need not contain."""
    with _opened(Place.CA) as store:
        for _ in range(LONGEST_CHAIN):
            if certificate.issuer == certificate.subject:
                return
            with _found(store, api.CERT_FIND_SUBJECT_NAME, certificate.issuer.public_bytes()) as context:
                issuer = _parsed(context) if context else None
                if issuer is None:
                    return
                _must(_add_encoded(memory, issuer))
            certificate = issuer


def _exported(memory: Any, password: Secret) -> bytes:
    """The certificates of a store with their keys as PKCS#12. Raises CERT-WINDOWS-LOCKED, CERT-WINDOWS."""
    flags = api.EXPORT_PRIVATE_KEYS | api.REPORT_NO_PRIVATE_KEY | api.REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY
    blob = api.Blob(0, None)
    with _in_clear(password) as text:
        _must_export(api.PFXExportCertStoreEx(memory, byref(blob), text, None, flags))
        room = ctypes.create_string_buffer(blob.size)
        blob.data = ctypes.addressof(room)
        _must_export(api.PFXExportCertStoreEx(memory, byref(blob), text, None, flags))
    return room.raw[: blob.size]


def _must_export(succeeded: int) -> None:
    if not succeeded and api.last_error() in api.KEY_REFUSALS:
        raise Failure("CERT-WINDOWS-LOCKED")
    _must(succeeded)


# putting in


def _keep(context: Any, thumbprint: str) -> None:
    """Put a certificate into `Place.MY`, in place of itself without its key. Raises CERT-WINDOWS."""
    with _opened(Place.MY, writable=True) as my:
        _must(api.CertAddCertificateContextToStore(my, context, api.CERT_STORE_ADD_REPLACE_EXISTING, None))
    with _opened(Place.MY) as my, _with_thumbprint(my, thumbprint) as kept:
        _must(kept and private_key(kept) is not PrivateKey.MISSING)


def _keep_issuers(chain: Sequence[x509.Certificate]) -> None:
    """What is between the person's certificate and its root; whom to trust is not for us to say."""
    with suppress(Failure), _opened(Place.CA, writable=True) as store:
        for issuer in chain:
            if issuer.issuer != issuer.subject:
                _add_encoded(store, issuer)


def _imported(data: bytes, password: Secret) -> ContextManager[Any]:
    """A store in memory with what a PKCS#12 file holds; its key is kept in this user's keys from now on."""
    room = ctypes.create_string_buffer(data, len(data))
    blob = api.Blob(len(data), ctypes.addressof(room))
    with _in_clear(password) as text:
        return _closing(api.PFXImportCertStore(byref(blob), text, api.CRYPT_USER_KEYSET))


def _add_encoded(store: Any, certificate: x509.Certificate) -> bool:
    encoded = certificate.public_bytes(Encoding.DER)
    added = api.CertAddEncodedCertificateToStore(
        store, api.X509_ASN_ENCODING, encoded, len(encoded), api.CERT_STORE_ADD_USE_EXISTING, None
    )
    return bool(added)


@contextmanager
def _in_clear(password: Secret) -> Iterator[Any]:
    """The password as Windows reads it, for a moment."""
    text = ctypes.create_unicode_buffer(password.reveal_text())
    try:
        yield text
    finally:
        ctypes.memset(text, 0, ctypes.sizeof(text))


def _must(succeeded: Any) -> None:
    if not succeeded:
        log.warning("Windows' certificate store: error %#x", api.last_error())
        raise Failure("CERT-WINDOWS")
