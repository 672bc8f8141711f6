"""What ``kaihu-desktop cert`` finds in Windows' own certificate stores."""

from __future__ import annotations

from typing import Any

from kaihu_desktop.commands import cert_texts
from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate, WindowsCertificates


def windows_stores() -> WindowsCertificates:
    """Raises CERT-NOT-WINDOWS."""
    from kaihu_desktop.bootstrap import windows_certificates

    windows = windows_certificates()
    if windows is None:
        raise Failure("CERT-NOT-WINDOWS")
    return windows


def named(windows: WindowsCertificates, name: str) -> WindowsCertificate:
    """The one whose id or thumbprint begins with `name`. Raises CERT-NOT-FOUND, as well for several."""
    wanted = name.lower()
    found = [one for one in windows.find() if _is_called(one, wanted)]
    if len(wanted) < cert_texts.ID_PREFIX or len(found) != 1:
        raise Failure("CERT-NOT-FOUND")
    return found[0]


def document(found: WindowsCertificate) -> dict[str, Any]:
    """`found` for JSON."""
    kind = KINDS[found.code]
    return {
        "certificate": cert_texts.certificate_document(found.info),
        "place": found.place.value,
        "private_key": found.key.value,
        "thumbprint": found.thumbprint,
        "code": found.code,
        "text": kind.text,
        "remedy": kind.remedy,
    }


def _is_called(found: WindowsCertificate, wanted: str) -> bool:
    return found.info.id.startswith(wanted) or found.thumbprint.lower().startswith(wanted)
