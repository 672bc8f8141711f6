"""Windows' own certificate stores, as they are: runs on Windows alone, or under wine."""

from __future__ import annotations

import ctypes
import ssl
import sys
from contextlib import contextmanager, suppress
from ctypes import byref

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from kaihu_desktop.certificates.identity import fingerprint
from kaihu_desktop.certificates.pkcs12 import save
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.flow.windows_certificates import put_into_windows, take_from_windows
from kaihu_desktop.core.model.certificate import CertificateState, ExportProfile
from kaihu_desktop.core.model.windows_certificate import Place, PrivateKey
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import (
    CHEAP,
    ID_NUMBER,
    NAME,
    NOW,
    OTHER_ID_NUMBER,
    PASSWORD,
    YEAR,
    Authority,
    authority,
    failure_of,
    keep,
    other_person,
    person,
)

if sys.platform == "win32":
    import winreg

    from kaihu_desktop.certificates import windows_api as api
    from kaihu_desktop.certificates.windows_keys import delete_private_key
    from kaihu_desktop.certificates.windows_store import WindowsStore
else:
    pytest.skip("these are Windows' own stores", allow_module_level=True)

LOCATIONS = {"CurrentUser": 0x10000, "LocalMachine": 0x20000}
#: Wine (10) lets no key out, and puts those that come in to a provider that knows no SHA-256.
UNDER_WINE = hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
HASH, CALG_OF_HASH = (SHA1, 0x8004) if UNDER_WINE else (SHA256, 0x800C)
ALWAYS, AT_KEYEXCHANGE, CRYPT_EXPORTABLE = 4, 1, 1
CERT_FIND_ISSUER_NAME = 0x20004
ONCE = "one-time-password"


@contextmanager
def opened(place):
    location, _, name = place.value.partition("\\")
    store = api.CertOpenStore(api.CERT_STORE_PROV_SYSTEM, 0, None, LOCATIONS[location], name)
    yield store
    api.CertCloseStore(store, 0)


def found_in(store, kind, value):
    """The first certificate of a store that is so; the caller frees it."""
    room = ctypes.create_string_buffer(value, len(value))
    blob = api.Blob(len(value), ctypes.addressof(room))
    return api.CertFindCertificateInStore(store, 1, 0, kind, byref(blob), None)


def lay(place, certificate):
    """Lay a certificate without its key into a store of Windows."""
    encoded = certificate.public_bytes(Encoding.DER)
    with opened(place) as store:
        assert api.CertAddEncodedCertificateToStore(store, 1, encoded, len(encoded), ALWAYS, None)


def lay_with_key(place, credential):
    """Lay a certificate with its key into a store, to be taken out again, as Windows' wizard does."""
    data = save(credential, Secret(ONCE), ExportProfile.WINDOWS_7)
    room, text = ctypes.create_string_buffer(data, len(data)), ctypes.create_unicode_buffer(ONCE)
    blob = api.Blob(len(data), ctypes.addressof(room))
    imported = api.PFXImportCertStore(byref(blob), text, api.CRYPT_USER_KEYSET | CRYPT_EXPORTABLE)
    thumbprint = credential.certificate.fingerprint(SHA1())  # noqa: S303 - Windows' name for it
    context = found_in(imported, api.CERT_FIND_SHA1_HASH, thumbprint)
    name_its_kind(context)
    with opened(place) as store:
        assert api.CertAddCertificateContextToStore(store, context, ALWAYS, None)
    api.CertFreeCertificateContext(context)
    api.CertCloseStore(imported, 0)


def name_its_kind(context):
    """Say which of its keys is meant: wine says 3, which is both kinds at once and no kind of Windows."""
    size = ctypes.c_ulong()
    api.CertGetCertificateContextProperty(context, api.CERT_KEY_PROV_INFO_PROP_ID, None, byref(size))
    room = ctypes.create_string_buffer(size.value)
    api.CertGetCertificateContextProperty(context, api.CERT_KEY_PROV_INFO_PROP_ID, room, byref(size))
    api.KeyProviderInfo.from_buffer(room).key_spec = AT_KEYEXCHANGE
    change = ctypes.WinDLL("crypt32").CertSetCertificateContextProperty
    change.argtypes = (api.ContextPointer, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p)
    assert change(context, api.CERT_KEY_PROV_INFO_PROP_ID, 0, room)


def empty(place):
    """Remove what the tests' authority has issued, with its keys."""
    remove = ctypes.WinDLL("crypt32").CertDeleteCertificateFromStore
    remove.argtypes = (api.ContextPointer,)
    issuer = authority().certificate.issuer.public_bytes()
    with opened(place) as store:
        context = found_in(store, CERT_FIND_ISSUER_NAME, issuer)
        while context:
            delete_private_key(context)
            remove(context)  # frees it, too
            context = found_in(store, CERT_FIND_ISSUER_NAME, issuer)
    if UNDER_WINE:
        forget(place)


def forget(place):
    """Remove from the registry what wine leaves there of a certificate that was removed."""
    location, _, name = place.value.partition("\\")
    root = winreg.HKEY_LOCAL_MACHINE if location == "LocalMachine" else winreg.HKEY_CURRENT_USER
    path = rf"Software\Microsoft\SystemCertificates\{name}\Certificates"
    with suppress(OSError), winreg.OpenKey(root, path) as kept:  # until there is none
        while True:
            winreg.DeleteKey(kept, winreg.EnumKey(kept, 0))


@pytest.fixture
def windows():
    yield WindowsStore()
    for place in Place:
        if place is not Place.ROOT:  # of which Windows asks the person each time
            empty(place)


@pytest.fixture
def store():
    return MemoryCertificateStore(CHEAP)


def test_a_person_has_nothing_in_windows(windows):
    assert windows.find(ID_NUMBER) == ()


def test_a_certificate_goes_into_the_persons_own_store(windows, store):
    certificate_id = keep(store, person())
    put_into_windows(windows, store, certificate_id, Secret(PASSWORD))
    (found,) = windows.find(ID_NUMBER)
    assert (found.info.id, found.info.subject_name, found.place) == (certificate_id, NAME, Place.MY)
    assert found.key is PrivateKey.LOCKED  # there, but no program gets it out
    assert found.code == "CERT-WINDOWS-LOCKED" and not found.takeable
    assert found.info.not_after == person().certificate.not_valid_after_utc
    encoded = person().certificate.public_bytes(Encoding.DER)
    assert encoded in [one[0] for one in ssl.enum_certificates("MY")]


def test_the_key_that_went_in_signs_for_other_programs(windows, store):
    put_into_windows(windows, store, keep(store, person()), Secret(PASSWORD))
    signature = windows_signature(windows.find(ID_NUMBER)[0].thumbprint, b"agreement")
    person().key.public_key().verify(signature, b"agreement", PKCS1v15(), HASH())


def test_a_wrong_password_puts_nothing_in(windows, store):
    certificate_id = keep(store, person())
    failure = failure_of(put_into_windows, windows, store, certificate_id, Secret("000000"))
    assert failure.code == "CERT-PASSWORD"
    assert windows.find(ID_NUMBER) == ()


def test_what_is_there_isnt_put_in_twice(windows, store):
    certificate_id = keep(store, person())
    put_into_windows(windows, store, certificate_id, Secret(PASSWORD))
    failure = failure_of(put_into_windows, windows, store, certificate_id, Secret(PASSWORD))
    assert failure.code == "CERT-WINDOWS-EXISTS"


@pytest.mark.skipif(UNDER_WINE, reason="wine keeps what was replaced")
def test_one_without_its_key_gets_it(windows, store):
    lay(Place.MY, person().certificate)
    assert windows.find(ID_NUMBER)[0].code == "CERT-WINDOWS-NO-KEY"
    put_into_windows(windows, store, keep(store, person()), Secret(PASSWORD))
    (found,) = windows.find(ID_NUMBER)
    assert found.key is PrivateKey.LOCKED


@pytest.mark.parametrize("place", [Place.ADDRESS_BOOK, Place.CA, Place.TRUSTED_PEOPLE])
def test_a_certificate_in_the_wrong_store_is_found(windows, place):
    lay_with_key(place, person())
    (found,) = windows.find(ID_NUMBER)
    assert (found.place, found.key, found.code) == (place, PrivateKey.EXPORTABLE, "CERT-WRONG-STORE")
    assert found.takeable


def test_a_certificate_of_the_pc_is_found(windows):
    lay(Place.MACHINE, person().certificate)
    (found,) = windows.find(ID_NUMBER)
    assert found.code == "CERT-WINDOWS-NO-KEY"
    # Wine shows each user what is the PC's as their own, Windows in all stores but this one.
    assert found.place is (Place.MY if UNDER_WINE else Place.MACHINE)


def test_of_two_places_the_one_with_the_key_counts(windows):
    lay(Place.MY, person().certificate)
    lay_with_key(Place.CA, person())
    (found,) = windows.find(ID_NUMBER)
    assert (found.place, found.key) == (Place.CA, PrivateKey.EXPORTABLE)


def test_a_key_that_was_let_in_to_be_taken_out(windows):
    lay_with_key(Place.MY, person())
    (found,) = windows.find(ID_NUMBER)
    assert (found.key, found.code, found.takeable) == (PrivateKey.EXPORTABLE, "CERT-IN-WINDOWS", True)


def test_an_expired_one_is_told_as_such(windows):
    lay_with_key(Place.MY, authority().issue(not_before=NOW - 2 * YEAR, not_after=NOW - YEAR))
    (found,) = windows.find(ID_NUMBER)
    assert (found.info.state, found.code) == (CertificateState.EXPIRED, "CERT-EXPIRED")
    assert not found.takeable


def test_people_are_kept_apart(windows):
    lay_with_key(Place.MY, person())
    lay(Place.MY, other_person().certificate)
    assert [one.info.id for one in windows.find(ID_NUMBER)] == [fingerprint(person().certificate)]
    assert len(windows.find(OTHER_ID_NUMBER)) == 1
    everybody = {one.info.id for one in windows.find()}
    assert {fingerprint(person().certificate), fingerprint(other_person().certificate)} <= everybody


def test_issuers_arent_people(windows):
    lay(Place.CA, Authority().certificate)
    assert all(one.place is Place.MY or one.info.subject_id_number_masked for one in windows.find())


def test_a_certificate_is_taken_out(windows, store):
    lay_with_key(Place.MY, person())
    (found,) = windows.find(ID_NUMBER)
    if UNDER_WINE:
        assert failure_of(windows.export, found, Secret(ONCE)).code == "CERT-WINDOWS"
        pytest.skip("wine 10 can't export keys: PFXExportCertStoreEx is empty there")
    info = take_from_windows(windows, store, found, Secret(PASSWORD))
    with store.open(info.id, Secret(PASSWORD)) as opened_certificate:
        assert opened_certificate.info.subject_name == NAME


def test_a_key_that_is_locked_stays_where_it_is(windows, store):
    put_into_windows(windows, store, keep(store, person()), Secret(PASSWORD))
    (found,) = windows.find(ID_NUMBER)
    failure = failure_of(windows.export, found, Secret(ONCE))
    assert failure.code == ("CERT-WINDOWS" if UNDER_WINE else "CERT-WINDOWS-LOCKED")


def test_what_was_removed_meanwhile_is_not_found(windows):
    lay_with_key(Place.MY, person())
    (found,) = windows.find(ID_NUMBER)
    empty(Place.MY)
    assert failure_of(windows.export, found, Secret(ONCE)).code == "CERT-NOT-FOUND"


def windows_signature(thumbprint, data):
    """What any program of the user gets signed with a key of `CurrentUser\\My`."""
    advapi32 = ctypes.WinDLL("advapi32")
    provider, spec, ours = ctypes.c_void_p(), ctypes.c_ulong(), ctypes.c_long()
    digest, signature, size = ctypes.c_void_p(), ctypes.create_string_buffer(1024), ctypes.c_ulong(1024)
    with opened(Place.MY) as store:
        context = found_in(store, api.CERT_FIND_SHA1_HASH, bytes.fromhex(thumbprint))
        acquire = api.CryptAcquireCertificatePrivateKey
        assert acquire(context, 0, None, byref(provider), byref(spec), byref(ours))
        assert advapi32.CryptCreateHash(provider, CALG_OF_HASH, None, 0, byref(digest))
        assert advapi32.CryptHashData(digest, data, len(data), 0)
        assert advapi32.CryptSignHashW(digest, AT_KEYEXCHANGE, None, 0, signature, byref(size))
        api.CertFreeCertificateContext(context)
    return signature.raw[: size.value][::-1]  # Windows writes the last byte first
