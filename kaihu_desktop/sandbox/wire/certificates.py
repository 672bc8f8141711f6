"""Certificates: applying, renewing; and the signed agreements of a customer."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from kaihu_desktop.sandbox.wire.applications import Pem
from kaihu_desktop.sandbox.wire.common import Answer, Ask

RequestPem = Annotated[str, Field(max_length=20_000, description="PKCS#10 as PEM")]


class CertificateRequest(Ask):
    """Applies for a certificate. Subject: C=CN, CN=name, serialNumber=ID number; signed with its own key."""

    request: RequestPem


class RenewalRequest(Ask):
    """Applies for the successor of a certificate, whose key signs the request too."""

    request: RequestPem
    certificate: Pem
    signature: str = Field(
        max_length=4_000,
        description="Base64; by the old key over the DER of the request (SHA-256; RSA PKCS#1 v1.5 or ECDSA)",
    )


class Issued(Answer):
    """A certificate of the CA."""

    certificate: str = Field(description="PEM")
    chain: list[str] = Field(description="PEM of the CA certificates: who issued it, up to the root")


class SignedCopy(Answer):
    """A signed agreement that the company keeps for the customer."""

    application_id: str
    agreement_id: str
    business: str
    business_title: str
    title: str
    signed_at: str
    pages: int
    size: int = Field(description="Bytes")
    sha256: str


class SignedCopies(Answer):
    """All that the customer has signed at the company, newest first."""

    items: list[SignedCopy]
