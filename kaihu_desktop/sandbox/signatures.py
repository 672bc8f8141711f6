"""Verifies the signed copy of an agreement, and signs in the name of seeded customers."""

from __future__ import annotations

import datetime
import io
from typing import Any

from asn1crypto import pem as asn1_pem
from asn1crypto import tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    FormUpdatingRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox import (
    rare_names,  # noqa: F401  before pyHanko is used
    timestamps,
)
from kaihu_desktop.sandbox.authority import Authority
from kaihu_desktop.sandbox.holder import fault_of
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Customer

PADES = "/ETSI.CAdES.detached"
USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"}, match_all_key_usages=False)

LTA = ModificationLevel.LTA_UPDATES
#: What a signer may add to an agreement: one signature field, its value and its appearance.
ADDITIONS = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        DocInfoRule().as_qualified(LTA),
        XrefStreamRule().as_qualified(LTA),
        ObjectStreamRule().as_qualified(LTA),
    ],
    form_rule=FormUpdatingRule(
        [SigFieldCreationRule(), SigFieldModificationRule()], {"/Fields", "/DR", "/DA", "/SigFlags"}
    ),
)


class Rejected(Exception):
    """The signature isn't good; the message is a Chinese sentence that says why."""


def verify(
    db: Session, sandbox: Sandbox, customer: Customer, original: bytes, signed: bytes, expected_pem: str
) -> dict[str, Any]:
    """The verdict on a signed copy: {signer, serial, signed_at, timestamp, algorithm …}. Raises `Rejected`.

    Checked: `signed` is `original` with additions only, which add nothing but one PAdES signature over the
    whole file; chain, validity and revocation now; the signer is `customer`, by `expected_pem`; a timestamp,
    if there is one (PAdES B-T), is of the sandbox's own timestamp authority.
    """
    if not signed.startswith(original):
        raise Rejected("协议内容与原文不一致")
    try:
        reader = PdfFileReader(io.BytesIO(signed))
        embedded = list(reader.embedded_signatures)
        base = PdfFileReader(io.BytesIO(original)).xrefs.total_revisions - 1
        changes = ADDITIONS.review_file(reader, base)
    except Exception as error:  # a broken PDF makes the parser stumble in many ways
        raise Rejected("文件不是有效的 PDF") from error
    if len(embedded) != 1:
        raise Rejected("每份协议应当有且只有一个签名")
    if getattr(changes, "modification_level", ModificationLevel.OTHER) > ModificationLevel.FORM_FILLING:
        raise Rejected("协议内容在签名之外被改动过")
    return _judge(db, sandbox, customer, embedded[0], expected_pem)


def _judge(db: Session, sandbox: Sandbox, customer: Customer, embedded: Any, expected: str) -> dict[str, Any]:
    try:
        certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
        status = validate_pdf_signature(embedded, _context(sandbox), key_usage_settings=USAGE)
    except Exception as error:
        raise Rejected("签名无法解析") from error
    if embedded.sig_object["/SubFilter"] != PADES:
        raise Rejected("签名不是 PAdES 格式")
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise Rejected("签名没有覆盖整个文件")
    if not (status.intact and status.valid):
        raise Rejected("签名与文件内容不符")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and stamp.trusted):
        raise Rejected("签名中的时间戳没有通过验证")
    fault = fault_of(db, sandbox, customer, certificate)
    if fault or not status.trusted:
        raise Rejected(f"签名使用的数字证书没有通过验证（{fault or 'CERT-UNTRUSTED'}）")
    if certificate != x509.load_pem_x509_certificate(expected.encode()):
        raise Rejected("签名使用的证书与检测过的证书不是同一张")
    claimed = embedded.self_reported_timestamp
    return {
        "signer": customer.name,
        "serial": f"{certificate.serial_number:x}",
        "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
        "signed_at": claimed.isoformat() if claimed else None,
        "timestamp": stamp.timestamp.isoformat() if stamp else None,
        "algorithm": status.md_algorithm,
    }


def sign_as_seeded(
    pkcs12: bytes,
    password: str,
    original: bytes,
    moment: datetime.datetime,
    stamped_by: Authority | None = None,
) -> bytes:
    """`original` with a PAdES signature by the key of a backup file, made at the aware time `moment`.

    stamped_by: whose timestamp it gets (B-T), None for none (B-B).
    """
    signer = signers.SimpleSigner.load_pkcs12_data(pkcs12, other_certs=[], passphrase=password.encode())
    metadata = signers.PdfSignatureMetadata(field_name="Sandbox", subfilter=fields.SigSeedSubFilter.PADES)
    writer = IncrementalPdfFileWriter(io.BytesIO(original))
    stamper = None if stamped_by is None else _OwnStamper(stamped_by, moment)
    return bytes(_SignerAt(moment, metadata, signer=signer, timestamper=stamper).sign_pdf(writer).getvalue())


class _SignerAt(signers.PdfSigner):
    """Claims another time of signing than the computer's."""

    def __init__(self, moment: datetime.datetime, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._moment = moment

    def init_signing_session(self, *args: Any, **options: Any) -> Any:
        session = super().init_signing_session(*args, **options)
        session.system_time = self._moment
        return session


class _OwnStamper(TimeStamper):
    """The sandbox's timestamp authority, asked without a network."""

    def __init__(self, authority: Authority, moment: datetime.datetime) -> None:
        super().__init__()
        self._authority, self._moment = authority, moment

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(timestamps.answer(self._authority, req.dump(), self._moment))


def _context(sandbox: Sandbox) -> ValidationContext:
    return ValidationContext(
        trust_roots=[_asn1(sandbox.authority.root)],
        other_certs=[_asn1(sandbox.authority.issuing)],
        moment=sandbox.clock.now(),
        allow_fetching=False,
    )


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    _, _, der = asn1_pem.unarmor(certificate.public_bytes(Encoding.PEM))
    return asn1_x509.Certificate.load(der)
