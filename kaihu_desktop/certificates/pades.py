"""Signs PDFs: PAdES B-B (ETSI EN 319 142-1) with SHA-256, and a visible signature on the last page."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kaihu_desktop.certificates.identity import subject_name
from kaihu_desktop.certificates.pkcs12 import Credential
from kaihu_desktop.certificates.stamp import HEIGHT, WIDTH, draw_stamp
from kaihu_desktop.certificates.trust import to_asn1
from kaihu_desktop.core.failure import Failure

MARGIN = 24  # points between the stamp and the page's edges
FIELD = "KaihuSignature"
DIGEST = "sha256"


def sign_pdf(document: bytes, credential: Credential, signed_at: datetime, reason: str = "") -> bytes:
    """`document` with one more signature; what was there stays byte for byte. Raises SIGN-DOCUMENT."""
    try:
        writer = IncrementalPdfFileWriter(BytesIO(document), strict=False)
        if writer.prev.encrypted:
            raise Failure("SIGN-DOCUMENT", "协议文件设有密码，无法签署")
        existing = sum(1 for _ in enumerate_sig_fields(writer.prev))
        return _sign(writer, existing, credential, signed_at, reason)
    except Failure:
        raise
    except Exception as error:  # a broken PDF makes pyHanko stumble in many ways
        raise Failure("SIGN-DOCUMENT") from error


def _sign(writer: Any, existing: int, credential: Credential, signed_at: datetime, reason: str) -> bytes:
    name = subject_name(credential.certificate)
    stamp = draw_stamp(name, signed_at, f"{credential.certificate.serial_number:x}")
    field = f"{FIELD}{existing + 1}"
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm=DIGEST,
            name=name,
            reason=reason or None,
            subfilter=SigSeedSubFilter.PADES,
        ),
        signer=_KeySigner(credential),
        stamp_style=None
        if stamp is None
        else StaticStampStyle(background=PdfImage(stamp), background_opacity=1, border_width=0),
        new_field_spec=SigFieldSpec(
            field, on_page=-1, box=None if stamp is None else _box(writer.prev, existing)
        ),
    )
    return bytes(signer.sign_pdf(writer).getvalue())


def _box(reader: Any, existing: int) -> tuple[int, int, int, int]:
    """Where the stamp goes: (left, bottom, right, top) in points, bottom right, above earlier signatures."""
    page = _last_page(reader)
    area = page.get("/CropBox") or _inherited(page, "/MediaBox")
    left, bottom, right, top = (float(value) for value in area)
    left, right = min(left, right), max(left, right)
    bottom, top = min(bottom, top), max(bottom, top)
    y = bottom + MARGIN + existing * (HEIGHT + MARGIN / 4)
    if y + HEIGHT > top:
        y = bottom + MARGIN
    x = max(left, right - MARGIN - WIDTH)
    return round(x), round(y), round(x) + WIDTH, round(y) + HEIGHT


def _last_page(reader: Any) -> Any:
    node = reader.root["/Pages"]
    while "/Kids" in node:
        node = node["/Kids"][-1]
    return node


def _inherited(page: Any, key: str) -> Any:
    """A page's attribute, or that of the nearest page-tree node above (ISO 32000-1, 7.7.3.4)."""
    while key not in page:
        page = page["/Parent"]
    return page[key]


class _KeySigner(Signer):
    """Lets pyHanko sign without handing it the key: the bytes of the key never become a Python object."""

    def __init__(self, credential: Credential) -> None:
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([to_asn1(issuer) for issuer in credential.chain])
        super().__init__(signing_cert=to_asn1(credential.certificate), cert_registry=registry)
        self._credential = credential

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        key = self._credential.key
        if digest_algorithm != DIGEST:
            raise ValueError("signs with SHA-256 only")
        if isinstance(key, RSAPrivateKey):
            return bytes(key.key_size // 8) if dry_run else key.sign(data, PKCS1v15(), SHA256())
        # A DER signature has two integers of the field's size, and at most 16 bytes around them.
        return bytes(2 * (key.key_size // 8 + 8)) if dry_run else key.sign(data, ECDSA(SHA256()))
