"""The futures company: its name, look, rules and texts, all delivered by the backend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bank:
    """A bank on the company's 银行列表; `signing_guide` tells how 银期签约 is completed there."""

    code: str
    name: str
    signing_guide: str


@dataclass(frozen=True)
class OfferedBusiness:
    """A business that the company offers; `id` is a key of `flow.businesses.BUSINESSES`."""

    id: str
    title: str
    description: str
    minutes: int
    enabled: bool


@dataclass(frozen=True)
class Document:
    """A versioned text that a person reads and accepts."""

    version: str
    title: str
    text: str


@dataclass(frozen=True)
class ConsentItem:
    """One purpose for which personal data is used."""

    purpose: str
    title: str
    required: bool


@dataclass(frozen=True)
class PasswordRule:
    """The company's rule for certificate passwords: `kind` is ``digits`` or ``letters_digits``."""

    kind: str
    min_length: int
    max_length: int


@dataclass(frozen=True)
class CertificateProfile:
    """What the company's CA asks of a new certificate's key: RSA of `key_bits` bits (2048 or 3072)."""

    key_bits: int = 2048


@dataclass(frozen=True)
class Company:
    """A company as the client shows it. Every rule that differs between companies stands here.

    timestamps: the backend offers a timestamp service (RFC 3161) for signatures.
    """

    code: str
    name: str
    has_logo: bool
    colour: str | None
    hotline: str
    service_hours_text: str
    app_download_url: str
    account_types: tuple[str, ...]
    businesses: tuple[OfferedBusiness, ...]
    banks: tuple[Bank, ...]
    privacy_policy: Document
    consents: tuple[ConsentItem, ...]
    certificate_password: PasswordRule
    usage_notice: Document
    certificate_responsibility: Document
    certificate_profile: CertificateProfile = CertificateProfile()
    timestamps: bool = False

    def bank(self, code: str) -> Bank | None:
        """The bank with this code, if it is on the company's list."""
        return next((bank for bank in self.banks if bank.code == code), None)
