"""The private keys of certificates in Windows' stores: whether they are there, come out, and their end."""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from ctypes import byref, c_void_p
from ctypes.wintypes import BOOL, DWORD
from typing import Any, Iterator, NamedTuple

from kaihu_desktop.certificates import windows_api as api
from kaihu_desktop.core.model.windows_certificate import PrivateKey


class _Handle(NamedTuple):
    """A key of Windows: of a key storage provider (`modern`), else of a provider of the older kind."""

    value: c_void_p
    spec: int

    @property
    def modern(self) -> bool:
        return self.spec == api.CERT_NCRYPT_KEY_SPEC


def private_key(context: Any) -> PrivateKey:
    """What Windows has and gives of the key of a certificate (PCCERT_CONTEXT). Asks the person nothing."""
    with _acquired(context) as key:
        if key is None:
            return PrivateKey.MISSING
        return PrivateKey.EXPORTABLE if _exportable(key) else PrivateKey.LOCKED


def delete_private_key(context: Any) -> None:
    """Delete the key of a certificate (PCCERT_CONTEXT) that Windows is not to keep after all."""
    info = _provider_info(context)
    if info is None:
        return
    if info.type:
        flags = info.flags | api.CRYPT_DELETEKEYSET
        api.CryptAcquireContext(byref(c_void_p()), info.container, info.provider, info.type, flags)
        return
    provider, key = c_void_p(), c_void_p()
    if not api.NCryptOpenStorageProvider(byref(provider), info.provider, 0):
        if not api.NCryptOpenKey(provider, byref(key), info.container, 0, info.flags):
            api.NCryptDeleteKey(key, 0)
        api.NCryptFreeObject(provider)


def names_private_key(context: Any) -> bool:
    """Whether the certificate says where its key is, reachable or not."""
    return _provider_info(context) is not None


@contextmanager
def _acquired(context: Any) -> Iterator[_Handle | None]:
    """The key, None if there is none or it can't be reached: a card that isn't inserted, no permission."""
    handle, spec, ours = c_void_p(), DWORD(), BOOL()
    flags = api.CRYPT_ACQUIRE_SILENT_FLAG | api.CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG
    if not api.CryptAcquireCertificatePrivateKey(
        context, flags, None, byref(handle), byref(spec), byref(ours)
    ):
        yield None
        return
    key = _Handle(handle, spec.value)
    try:
        yield key
    finally:
        if ours and key.modern:
            api.NCryptFreeObject(handle)
        elif ours:
            api.CryptReleaseContext(handle, 0)


def _exportable(key: _Handle) -> bool:
    if key.modern:
        allowed = api.NCRYPT_ALLOW_EXPORT_FLAG | api.NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG
        return bool(_policy(key.value) & allowed)
    return bool(_permissions(key) & api.CRYPT_EXPORT)


def _policy(handle: c_void_p) -> int:
    policy, size = DWORD(), DWORD()
    name, whole = api.NCRYPT_EXPORT_POLICY_PROPERTY, ctypes.sizeof(policy)
    failed = api.NCryptGetProperty(handle, name, byref(policy), whole, byref(size), 0)
    return 0 if failed else policy.value


def _permissions(key: _Handle) -> int:
    handle, permissions = c_void_p(), DWORD()
    if not api.CryptGetUserKey(key.value, key.spec, byref(handle)):
        return 0
    size = DWORD(ctypes.sizeof(permissions))
    known = api.CryptGetKeyParam(handle, api.KP_PERMISSIONS, byref(permissions), byref(size), 0)
    api.CryptDestroyKey(handle)
    return permissions.value if known else 0


def _provider_info(context: Any) -> Any:
    """Where the certificate says that its key is; None if it says nothing."""
    size = DWORD()
    wanted = api.CERT_KEY_PROV_INFO_PROP_ID
    if not api.CertGetCertificateContextProperty(context, wanted, None, byref(size)):
        return None
    room = ctypes.create_string_buffer(size.value)
    if not api.CertGetCertificateContextProperty(context, wanted, room, byref(size)):
        return None
    info = api.KeyProviderInfo.from_buffer(room)  # keeps the room, in which its texts are
    return info
