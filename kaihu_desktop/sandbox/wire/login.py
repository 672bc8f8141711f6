"""Captcha, SMS code, session, and the customer who logged in."""

from __future__ import annotations

from pydantic import Field

from kaihu_desktop.sandbox.wire.common import Answer, Ask, CompanyCode, Identifier, IdNumber
from kaihu_desktop.sandbox.wire.company import AccountType


class CaptchaPicture(Answer):
    """A captcha to be typed."""

    captcha_id: str
    image_png: str = Field(description="PNG, base64")
    expires_in: int = Field(description="Seconds")


class SmsRequest(Ask):
    """Asks for a code by SMS to the phone on record."""

    company_code: CompanyCode
    account_type: AccountType
    id_number: IdNumber
    captcha_id: Identifier
    captcha_text: str = Field(max_length=8)


class SmsSent(Answer):
    """The code is on its way."""

    sent_to: str = Field(examples=["111****3003"])
    resend_after: int
    expires_in: int


class ConsentGiven(Ask):
    """One consent."""

    purpose: Identifier
    version: Identifier


class LoginRequest(SmsRequest):
    """A login."""

    sms_code: str = Field(max_length=8)
    consents: list[ConsentGiven] = Field(max_length=10)


class RefreshRequest(Ask):
    """Asks for fresh tokens."""

    refresh_token: str = Field(max_length=200)


class CustomerSummary(Answer):
    """Who is logged in, masked."""

    name: str
    masked_id_number: str
    masked_phone: str


class SessionTokens(Answer):
    """A session's tokens. The refresh token serves once."""

    access_token: str
    expires_in: int
    refresh_token: str
    customer: CustomerSummary


class PhotoOnRecord(Answer):
    """A photo that the company holds."""

    upload_id: str


class PhotosOnRecord(Answer):
    """The photos on record by kind."""

    id_portrait: PhotoOnRecord | None
    id_emblem: PhotoOnRecord | None
    signature: PhotoOnRecord | None


class CardOnRecord(Answer):
    """A bank card that the company holds."""

    id: str
    bank_code: str
    bank_name: str
    masked_number: str
    branch: str


class CustomerRecord(CustomerSummary):
    """The customer's own data."""

    id_number: str
    photos: PhotosOnRecord
    bank_cards: list[CardOnRecord]
