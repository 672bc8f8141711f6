"""What the login exchanges with the backend."""

from __future__ import annotations

from dataclasses import dataclass, field

from kaihu_desktop.core.secret import Secret


@dataclass(frozen=True)
class Captcha:
    """A captcha picture (PNG bytes)."""

    id: str
    image_png: bytes = field(repr=False)


@dataclass(frozen=True)
class SmsSent:
    """Where a code went, and after how many seconds the next may be asked for."""

    sent_to: str
    resend_after: int


@dataclass(frozen=True)
class Credentials:
    """Everything that the login form holds."""

    company_code: str
    account_type: str
    id_number: str = field(repr=False)
    captcha_id: str
    captcha_text: str
    sms_code: Secret
    consents: tuple[tuple[str, str], ...]  # (purpose, version)


@dataclass(frozen=True)
class LoggedIn:
    """Who is logged in, as shown in the top bar."""

    name: str = field(repr=False)
    masked_id_number: str
