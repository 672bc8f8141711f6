"""What a company configures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from kaihu_desktop.sandbox.wire.common import Answer

AccountType = Literal["futures", "asset_management"]


class Business(Answer):
    """A business that the company offers."""

    id: str = Field(examples=["settlement-account"])
    title: str
    description: str
    minutes: int = Field(description="About how long it takes")
    enabled: bool
    login: Literal["id_number", "phone"]


class Bank(Answer):
    """A bank of the company's 银行列表."""

    code: str = Field(examples=["ICBC"])
    name: str
    signing_guide: str = Field(description="How to complete 银期签约 at this bank")


class Text(Answer):
    """A titled text."""

    title: str
    text: str


class VersionedText(Text):
    """A titled text whose version is sent back when it is accepted."""

    version: str


class ConsentOffer(Answer):
    """A purpose that is consented to by itself at login."""

    purpose: str = Field(examples=["privacy_policy"])
    title: str
    required: bool


class PasswordRule(Answer):
    """What a certificate password looks like."""

    kind: Literal["digits", "letters_digits"]
    min: int
    max: int


class CertificateProfile(Answer):
    """What the company's CA asks of the key of a new certificate."""

    key_bits: Literal[2048, 3072] = Field(description="RSA, so many bits or more")


class Company(Answer):
    """Everything that differs between companies."""

    code: str
    name: str
    short_name: str
    logo_url: str | None
    colour: str | None = Field(description="#RRGGBB, replaces the primary colour")
    hotline: str
    service_hours_text: str
    app_download_url: str
    account_types: list[AccountType]
    businesses: list[Business]
    banks: list[Bank]
    privacy_policy: VersionedText
    consents: list[ConsentOffer]
    certificate_password: PasswordRule
    certificate_profile: CertificateProfile
    timestamps: bool = Field(description="There is a timestamp service for signatures")
    in_flight_rule: Literal["block", "first_submission"]
    usage_notice: Text = Field(description="Shown when leaving the bank cards (银行卡)")
    certificate_responsibility: VersionedText = Field(description="数字证书安全责任书")
