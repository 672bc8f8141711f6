"""The functions of Windows that reach its certificate stores, with their types. Only there can it be loaded.

Names, numbers and structures are those of wincrypt.h and ncrypt.h.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_ubyte, c_void_p
from ctypes.wintypes import BOOL, DWORD, LPCWSTR, LPWSTR
from typing import Any

X509_ASN_ENCODING = 1
CERT_STORE_PROV_MEMORY, CERT_STORE_PROV_SYSTEM = 2, 10
CERT_SYSTEM_STORE_CURRENT_USER, CERT_SYSTEM_STORE_LOCAL_MACHINE = 0x10000, 0x20000
CERT_STORE_READONLY_FLAG = 0x8000
CERT_STORE_ADD_USE_EXISTING, CERT_STORE_ADD_REPLACE_EXISTING, CERT_STORE_ADD_ALWAYS = 2, 3, 4
CERT_FIND_SHA1_HASH, CERT_FIND_SUBJECT_NAME = 0x10000, 0x20007
CERT_KEY_PROV_INFO_PROP_ID = 2
CRYPT_USER_KEYSET = 0x1000
EXPORT_PRIVATE_KEYS, REPORT_NO_PRIVATE_KEY, REPORT_NOT_ABLE_TO_EXPORT_PRIVATE_KEY = 4, 1, 2
CRYPT_ACQUIRE_SILENT_FLAG, CRYPT_ACQUIRE_ALLOW_NCRYPT_KEY_FLAG = 0x40, 0x10000
CERT_NCRYPT_KEY_SPEC = 0xFFFFFFFF
CRYPT_DELETEKEYSET = 0x10
KP_PERMISSIONS, CRYPT_EXPORT = 6, 4
NCRYPT_EXPORT_POLICY_PROPERTY = "Export Policy"
NCRYPT_ALLOW_EXPORT_FLAG, NCRYPT_ALLOW_PLAINTEXT_EXPORT_FLAG = 1, 2
#: What PFXExportCertStoreEx says of a key that doesn't come out.
KEY_REFUSALS = frozenset(
    {
        0x80090003,  # NTE_BAD_KEY
        0x8009000A,  # NTE_BAD_TYPE
        0x8009000B,  # NTE_BAD_KEY_STATE
        0x8009000D,  # NTE_NO_KEY
        0x80090010,  # NTE_PERM
        0x80090016,  # NTE_BAD_KEYSET
        0x80090029,  # NTE_NOT_SUPPORTED
        0x8009200B,  # CRYPT_E_NO_KEY_PROPERTY
        0x80070005,  # E_ACCESSDENIED
    }
)


class Blob(Structure):
    """CRYPT_DATA_BLOB."""

    _fields_ = (("size", DWORD), ("data", c_void_p))


class CertContext(Structure):
    """CERT_CONTEXT."""

    _fields_ = (
        ("encoding_type", DWORD),
        ("encoded", POINTER(c_ubyte)),
        ("encoded_size", DWORD),
        ("info", c_void_p),
        ("store", c_void_p),
    )


class KeyProviderInfo(Structure):
    """CRYPT_KEY_PROV_INFO. type: 0 for a key storage provider (CNG), else one of the older kind."""

    _fields_ = (
        ("container", LPWSTR),
        ("provider", LPWSTR),
        ("type", DWORD),
        ("flags", DWORD),
        ("parameter_count", DWORD),
        ("parameters", c_void_p),
        ("key_spec", DWORD),
    )


ContextPointer = POINTER(CertContext)

_windows: Any = ctypes  # which has on Windows what it hasn't elsewhere
_crypt32 = _windows.WinDLL("crypt32", use_last_error=True)
_advapi32 = _windows.WinDLL("advapi32", use_last_error=True)
_ncrypt = _windows.WinDLL("ncrypt")


def _declare(library: Any, name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


CertOpenStore = _declare(_crypt32, "CertOpenStore", c_void_p, c_void_p, DWORD, c_void_p, DWORD, LPCWSTR)
CertCloseStore = _declare(_crypt32, "CertCloseStore", BOOL, c_void_p, DWORD)
CertEnumCertificatesInStore = _declare(
    _crypt32, "CertEnumCertificatesInStore", ContextPointer, c_void_p, ContextPointer
)
CertFindCertificateInStore = _declare(
    _crypt32,
    "CertFindCertificateInStore",
    ContextPointer,
    c_void_p,
    DWORD,
    DWORD,
    DWORD,
    POINTER(Blob),
    ContextPointer,
)
CertFreeCertificateContext = _declare(_crypt32, "CertFreeCertificateContext", BOOL, ContextPointer)
CertAddCertificateContextToStore = _declare(
    _crypt32, "CertAddCertificateContextToStore", BOOL, c_void_p, ContextPointer, DWORD, c_void_p
)
CertAddEncodedCertificateToStore = _declare(
    _crypt32,
    "CertAddEncodedCertificateToStore",
    BOOL,
    c_void_p,
    DWORD,
    c_char_p,
    DWORD,
    DWORD,
    c_void_p,
)
CertGetCertificateContextProperty = _declare(
    _crypt32, "CertGetCertificateContextProperty", BOOL, ContextPointer, DWORD, c_void_p, POINTER(DWORD)
)
CryptAcquireCertificatePrivateKey = _declare(
    _crypt32,
    "CryptAcquireCertificatePrivateKey",
    BOOL,
    ContextPointer,
    DWORD,
    c_void_p,
    POINTER(c_void_p),
    POINTER(DWORD),
    POINTER(BOOL),
)
PFXImportCertStore = _declare(_crypt32, "PFXImportCertStore", c_void_p, POINTER(Blob), c_void_p, DWORD)
PFXExportCertStoreEx = _declare(
    _crypt32, "PFXExportCertStoreEx", BOOL, c_void_p, POINTER(Blob), c_void_p, c_void_p, DWORD
)

CryptAcquireContext = _declare(
    _advapi32, "CryptAcquireContextW", BOOL, POINTER(c_void_p), LPCWSTR, LPCWSTR, DWORD, DWORD
)
CryptReleaseContext = _declare(_advapi32, "CryptReleaseContext", BOOL, c_void_p, DWORD)
CryptGetUserKey = _declare(_advapi32, "CryptGetUserKey", BOOL, c_void_p, DWORD, POINTER(c_void_p))
CryptGetKeyParam = _declare(
    _advapi32, "CryptGetKeyParam", BOOL, c_void_p, DWORD, POINTER(DWORD), POINTER(DWORD), DWORD
)
CryptDestroyKey = _declare(_advapi32, "CryptDestroyKey", BOOL, c_void_p)

# These give 0 when all is well.
NCryptGetProperty = _declare(
    _ncrypt,
    "NCryptGetProperty",
    DWORD,
    c_void_p,
    LPCWSTR,
    POINTER(DWORD),
    DWORD,
    POINTER(DWORD),
    DWORD,
)
NCryptOpenStorageProvider = _declare(
    _ncrypt, "NCryptOpenStorageProvider", DWORD, POINTER(c_void_p), LPCWSTR, DWORD
)
NCryptOpenKey = _declare(_ncrypt, "NCryptOpenKey", DWORD, c_void_p, POINTER(c_void_p), LPCWSTR, DWORD, DWORD)
#: Frees the key's handle, too.
NCryptDeleteKey = _declare(_ncrypt, "NCryptDeleteKey", DWORD, c_void_p, DWORD)
NCryptFreeObject = _declare(_ncrypt, "NCryptFreeObject", DWORD, c_void_p)


def last_error() -> int:
    """Why the last function of crypt32 or advapi32 failed."""
    error: int = _windows.get_last_error()
    return error & 0xFFFFFFFF
