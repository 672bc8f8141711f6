"""Carries a certificate between the program's own store and that of Windows, the key never on a disk."""

from __future__ import annotations

import secrets

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore, ExportProfile
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate, WindowsCertificates
from kaihu_desktop.core.secret import Secret


def take_from_windows(
    windows: WindowsCertificates, store: CertificateStore, found: WindowsCertificate, new_password: Secret
) -> CertificateInfo:
    """Keep what Windows has in `store` too, under `new_password`. Blocks.

    Raises CERT-WINDOWS-LOCKED, CERT-WINDOWS, CERT-NOT-FOUND, and what `CertificateStore.import_pkcs12` does.
    """
    once = _one_time_password()
    try:
        return store.import_pkcs12(windows.export(found, once), once, new_password).info
    finally:
        once.wipe()


def put_into_windows(
    windows: WindowsCertificates, store: CertificateStore, certificate_id: str, password: Secret
) -> None:
    """Give Windows a copy, which other programs can use without a password. Blocks.

    Raises CERT-WINDOWS-EXISTS, CERT-WINDOWS, and what `CertificateStore.export` does.
    """
    once = _one_time_password()
    try:
        windows.put(store.export(certificate_id, password, once, ExportProfile.WINDOWS_7), once)
    finally:
        once.wipe()


def _one_time_password() -> Secret:
    """192 random bits in 32 characters, which is as much as old versions of Windows take."""
    return Secret(secrets.token_urlsafe(24))
