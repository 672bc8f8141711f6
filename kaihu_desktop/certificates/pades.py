"""Signs PDFs: PAdES B-B, with timestamp B-T (ETSI EN 319 142-1), SHA-256, visible on the last page."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any, Protocol

from cryptography.x509 import Certificate
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from kaihu_desktop.certificates.identity import subject_name
from kaihu_desktop.certificates.page_room import place_for, turn_of
from kaihu_desktop.certificates.stamp import HEIGHT, WIDTH, draw_stamp
from kaihu_desktop.certificates.trust import to_asn1
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Cancelled

FIELD = "KaihuSignature"
DIGEST = "sha256"


class Key(Protocol):
    """What a signature needs of an opened certificate: not the key itself, which nobody else may hold."""

    certificate: Certificate
    chain: tuple[Certificate, ...]

    @property
    def signature_bytes(self) -> int: ...

    def sign(self, data: bytes) -> bytes: ...


def sign_pdf(
    document: bytes,
    key: Key,
    signed_at: datetime,
    reason: str = "",
    timestamper: TimeStamper | None = None,
) -> bytes:
    """`document` with one more signature; what was there stays byte for byte.

    Raises SIGN-DOCUMENT and what `timestamper` raises.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(document), strict=False)
        if writer.prev.encrypted:
            raise Failure("SIGN-DOCUMENT", "协议文件设有密码，无法签署")
        existing = sum(1 for _ in enumerate_sig_fields(writer.prev))
        return _sign(writer, f"{FIELD}{existing + 1}", key, signed_at, reason, timestamper)
    except (Failure, Cancelled):
        raise
    except Exception as error:  # a broken PDF makes pyHanko stumble in many ways
        raise Failure("SIGN-DOCUMENT") from error


def _sign(
    writer: Any, field: str, key: Key, signed_at: datetime, reason: str, timestamper: TimeStamper | None
) -> bytes:
    name = subject_name(key.certificate)
    page = _last_page(writer.prev)
    stamp = draw_stamp(name, signed_at, f"{key.certificate.serial_number:x}")
    box = None if stamp is None else place_for(page, WIDTH, HEIGHT)
    signer = PdfSigner(
        PdfSignatureMetadata(
            field_name=field,
            md_algorithm=DIGEST,
            name=name,
            reason=reason or None,
            subfilter=SigSeedSubFilter.PADES,
        ),
        signer=_KeySigner(key),
        timestamper=timestamper,
        stamp_style=None
        if stamp is None
        else StaticStampStyle(
            background=PdfImage(stamp.rotate(turn_of(page), expand=True)),
            background_opacity=1,
            border_width=0,
        ),
        new_field_spec=SigFieldSpec(field, on_page=-1, box=box),
    )
    return bytes(signer.sign_pdf(writer).getvalue())


def _last_page(reader: Any) -> Any:
    node = reader.root["/Pages"]
    while "/Kids" in node:
        node = node["/Kids"][-1]
    return node


class _KeySigner(Signer):
    """Lets pyHanko sign without handing it the key."""

    def __init__(self, key: Key) -> None:
        registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple([to_asn1(issuer) for issuer in key.chain])
        super().__init__(signing_cert=to_asn1(key.certificate), cert_registry=registry)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != DIGEST:
            raise ValueError("signs with SHA-256 only")
        return bytes(self._key.signature_bytes) if dry_run else self._key.sign(data)
