"""The CA as customers meet it: applying, renewing, timestamps, and whether a certificate is revoked."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from fastapi import APIRouter, Depends, Request, Response

from kaihu_desktop.sandbox import flow, issuing, revocation
from kaihu_desktop.sandbox.access import COMMON, TheCaller, Writer
from kaihu_desktop.sandbox.api.applications import ApplicationId, own_application
from kaihu_desktop.sandbox.api.refusals import binary, refusals
from kaihu_desktop.sandbox.companies import find_company
from kaihu_desktop.sandbox.holder import fault_of
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.state import Database, TheSandbox
from kaihu_desktop.sandbox.steps.certificate_check import certificate_from
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.certificates import CertificateRequest, Issued, RenewalRequest

router = APIRouter(route_class=TransactionRoute, tags=["certificates"])
TIMESTAMP_QUERY, TIMESTAMP_REPLY = "application/timestamp-query", "application/timestamp-reply"
OCSP_REQUEST, OCSP_RESPONSE = "application/ocsp-request", "application/ocsp-response"
CRL = "application/pkix-crl"
MOST_BYTES = 16 * 1024
_CERTIFICATE = ("CERT-UNTRUSTED", "CERT-OTHER-PERSON", "CERT-NOT-YET", "CERT-EXPIRED", "CERT-REVOKED")


def _body(media_type: str, description: str) -> dict[str, Any]:
    schema = {"type": "string", "contentMediaType": media_type}
    return {
        "requestBody": {
            "required": True,
            "description": f"{description}; at most {MOST_BYTES} bytes",
            "content": {media_type: {"schema": schema}},
        }
    }


async def _query(request: Request) -> bytes:
    """The body of a request that isn't JSON."""
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise Problem("UPLOAD-TOO-LARGE", f"超过 {MOST_BYTES // 1024} KB")
    return body


def _require(request: Request, media_type: str, query: bytes) -> None:
    """Refuses what isn't of this type; what is wrong inside the SEQUENCE is answered in the RFC's own way."""
    if request.headers.get("content-type", "").partition(";")[0] != media_type:
        raise Problem("UPLOAD-TYPE", f"Content-Type 应为 {media_type}")
    if not _is_sequence(query):
        raise Problem("SERVER-REFUSED", "请求的格式不正确")


def _is_sequence(data: bytes) -> bool:
    """Whether `data` is one ASN.1 SEQUENCE (tag, definite length, contents) and nothing else."""
    if len(data) < 2 or data[0] != 0x30:
        return False
    more = data[1] & 0x7F if data[1] & 0x80 else 0
    length = int.from_bytes(data[2 : 2 + more], "big") if data[1] & 0x80 else data[1]
    return len(data) == 2 + more + length


Query = Annotated[bytes, Depends(_query)]


@router.post(
    "/applications/{application_id}/certificates",
    operation_id="applyForCertificate",
    status_code=201,
    summary="Applies for a certificate",
    responses=refusals(
        *COMMON,
        "SERVER-NOT-FOUND",
        "SERVER-CONFLICT",
        "APP-CLOSED",
        "CERT-NOT-WITNESSED",
        "CERT-REQUEST",
        "SERVER-REFUSED",
        missing_key=True,
    ),
)
def apply_for_certificate(
    application_id: ApplicationId, ask: CertificateRequest, caller: Writer, db: Database, sandbox: TheSandbox
) -> Issued:
    """After the video witness. The same key gets the same certificate; another key supersedes it."""
    application = own_application(db, caller, application_id)
    if application.status not in flow.EDITABLE:
        raise Problem("APP-CLOSED")
    if not application.witnessed:
        raise Problem("CERT-NOT-WITNESSED")
    return _issued(
        issuing.apply(db, sandbox, caller.customer, caller.company_code, application.id, ask.request)
    )


@router.post(
    "/certificates/renewals",
    operation_id="renewCertificate",
    status_code=201,
    summary="Applies for the successor of a certificate",
    responses=refusals(
        *COMMON, "SERVER-CONFLICT", *_CERTIFICATE, "CERT-REQUEST", "SERVER-REFUSED", missing_key=True
    ),
)
def renew_certificate(ask: RenewalRequest, caller: Writer, db: Database, sandbox: TheSandbox) -> Issued:
    """The old certificate must be good, and stays so until it expires. The same key gets the same one."""
    old = certificate_from(ask.certificate)
    fault = fault_of(db, sandbox, caller.customer, old)
    if fault:
        raise Problem(fault, field="certificate")
    try:
        signature = base64.b64decode(ask.signature, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem("CERT-REQUEST", "续期申请的签名不是 Base64", field="signature") from error
    return _issued(
        issuing.renew(db, sandbox, caller.customer, caller.company_code, ask.request, old, signature)
    )


@router.post(
    "/timestamps",
    operation_id="createTimestamp",
    summary="Timestamp for a signature (RFC 3161)",
    response_class=Response,
    responses={
        **refusals(*COMMON, "SERVER-NOT-FOUND", "UPLOAD-TYPE", "UPLOAD-TOO-LARGE", "SERVER-REFUSED"),
        **binary(TIMESTAMP_REPLY, "TimeStampResp; it also tells why there is no token"),
    },
    openapi_extra=_body(TIMESTAMP_QUERY, "TimeStampReq over SHA-256, SHA-384 or SHA-512"),
)
def create_timestamp(request: Request, query: Query, caller: TheCaller, sandbox: TheSandbox) -> Response:
    """Where the company has `timestamps`. It keeps nothing, so it wants no Idempotency-Key."""
    _require(request, TIMESTAMP_QUERY, query)
    if not find_company(caller.company_code).timestamps:
        raise Problem("SERVER-NOT-FOUND", "期货公司没有提供时间戳服务")
    from kaihu_desktop.sandbox import timestamps  # asn1crypto: a start can do without

    reply = timestamps.answer(sandbox.authority, query, sandbox.clock.now())
    return Response(reply, media_type=TIMESTAMP_REPLY)


@router.get(
    "/ca/crl",
    operation_id="getRevokedCertificates",
    summary="List of revoked certificates (RFC 5280)",
    response_class=Response,
    responses={**refusals("SERVER-BUSY"), **binary(CRL, "CertificateList, DER")},
)
def get_crl(db: Database, sandbox: TheSandbox) -> Response:
    """Of the CA that issues the customers' certificates, by which it is signed."""
    return Response(revocation.crl(db, sandbox), media_type=CRL)


@router.post(
    "/ca/ocsp",
    operation_id="getCertificateStatus",
    summary="Whether a certificate is revoked (RFC 6960)",
    response_class=Response,
    responses={
        **refusals("SERVER-BUSY", "UPLOAD-TYPE", "UPLOAD-TOO-LARGE", "SERVER-REFUSED"),
        **binary(OCSP_RESPONSE, "OCSPResponse, signed by the CA that issued the certificate"),
    },
    openapi_extra=_body(OCSP_REQUEST, "OCSPRequest about one certificate; its nonce comes back"),
)
def get_certificate_status(request: Request, query: Query, db: Database, sandbox: TheSandbox) -> Response:
    """Needs no login, and reads only, so it wants no Idempotency-Key."""
    _require(request, OCSP_REQUEST, query)
    return Response(revocation.answer(db, sandbox, query), media_type=OCSP_RESPONSE)


def _issued(issue: issuing.Issue) -> Issued:
    certificate, chain = issue
    return Issued(certificate=_pem(certificate), chain=[_pem(issuer) for issuer in chain])


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
