"""Tables of the sandbox."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kaihu_desktop.sandbox.database import Base, Moment


class Setting(Base):
    """One value of the server itself, such as the clock's offset."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class Customer(Base):
    """An account holder. accounts: company code → account types. cards: bank cards on record.

    photos: kind → upload id on record. witnessed: every video witness of theirs passes at once.
    next_certificate: what the CA does with their next application; see `issuing.NextCertificate`.
    """

    __tablename__ = "customers"
    id_number: Mapped[str] = mapped_column(String(18), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    phone: Mapped[str] = mapped_column(String(11))
    valid_until: Mapped[str] = mapped_column(String(10))
    accounts: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    cards: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    photos: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    wrong_codes: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime.datetime | None] = mapped_column(Moment, default=None)
    always_locked: Mapped[bool] = mapped_column(default=False)
    witnessed: Mapped[bool] = mapped_column(default=False)
    next_certificate: Mapped[str] = mapped_column(String(20), default="valid")


class Captcha(Base):
    """A captcha that waits for its answer. id_number: whom its right answer was given for."""

    __tablename__ = "captchas"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    text: Mapped[str] = mapped_column(String(8))
    expires_at: Mapped[datetime.datetime] = mapped_column(Moment)
    id_number: Mapped[str | None] = mapped_column(String(18), default=None)


class SmsCode(Base):
    """The last code sent for one login."""

    __tablename__ = "sms_codes"
    company_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    account_type: Mapped[str] = mapped_column(String(20), primary_key=True)
    id_number: Mapped[str] = mapped_column(String(18), primary_key=True)
    phone: Mapped[str] = mapped_column(String(11))
    code: Mapped[str] = mapped_column(String(6))
    sent_at: Mapped[datetime.datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime.datetime] = mapped_column(Moment)


class LoginSession(Base):
    """A login; the tokens are kept as SHA-256 only."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id_number: Mapped[str] = mapped_column(ForeignKey("customers.id_number"))
    company_code: Mapped[str] = mapped_column(String(12))
    account_type: Mapped[str] = mapped_column(String(20))
    consents: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    access_hash: Mapped[str] = mapped_column(String(64), unique=True)
    access_expires: Mapped[datetime.datetime] = mapped_column(Moment)
    refresh_hash: Mapped[str] = mapped_column(String(64), unique=True)
    refresh_expires: Mapped[datetime.datetime] = mapped_column(Moment)


class Application(Base):
    """A business under way or finished.

    steps: step id → {state, accepted_at, answer}. timeline: [{status, text, at}].
    held: the automatic reviewer leaves it alone. was_rejected: it has been rejected once.
    witnessed: its video witness has passed.
    """

    __tablename__ = "applications"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    id_number: Mapped[str] = mapped_column(ForeignKey("customers.id_number"))
    company_code: Mapped[str] = mapped_column(String(12))
    business: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), default="draft")
    created_at: Mapped[datetime.datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime.datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime.datetime | None] = mapped_column(Moment, default=None)
    remark: Mapped[str] = mapped_column(String(400), default="")
    capital_account: Mapped[str | None] = mapped_column(String(20), default=None)
    rejection: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    steps: Mapped[dict[str, dict[str, Any]]] = mapped_column(JSON)
    timeline: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    held: Mapped[bool] = mapped_column(default=False)
    was_rejected: Mapped[bool] = mapped_column(default=False)
    witnessed: Mapped[bool] = mapped_column(default=False)


class Agreement(Base):
    """An agreement as made for one application; kept so that its bytes never change."""

    __tablename__ = "agreements"
    application_id: Mapped[str] = mapped_column(
        ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True
    )
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    pages: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    signed_upload: Mapped[str | None] = mapped_column(String(32), default=None)
    verdict: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)


class Upload(Base):
    """A file of a customer; its bytes lie in the data folder, and their count is the offset.

    specimen: kind of drawing to make when the file is first asked for (seeded customers only).
    """

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("id_number", "kind", "sha256", "size"),)
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    id_number: Mapped[str] = mapped_column(ForeignKey("customers.id_number"))
    kind: Mapped[str] = mapped_column(String(20))
    media_type: Mapped[str] = mapped_column(String(80))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    complete: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime.datetime] = mapped_column(Moment)
    specimen: Mapped[str | None] = mapped_column(String(20), default=None)


class StoredAnswer(Base):
    """The answer to a write that succeeded, given again when the same request comes again."""

    __tablename__ = "stored_answers"
    owner: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[str] = mapped_column(String(200))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    media_type: Mapped[str | None] = mapped_column(String(80))
    body: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime.datetime] = mapped_column(Moment)


class IssuedCertificate(Base):
    """A certificate of the sandbox's CA. pkcs12: backup file, of seeded customers only.

    application_id: the application in which it was applied for. key_sha256: of the public key's DER.
    good: it is as it was asked for, not wrong on demand. superseded: revoked because another took its place.
    """

    __tablename__ = "certificates"
    serial: Mapped[str] = mapped_column(String(48), primary_key=True)
    id_number: Mapped[str] = mapped_column(String(18), index=True)
    pem: Mapped[bytes] = mapped_column(LargeBinary)
    key_sha256: Mapped[str] = mapped_column(String(64), index=True)
    issued_at: Mapped[datetime.datetime] = mapped_column(Moment)
    pkcs12: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    application_id: Mapped[str | None] = mapped_column(String(32), default=None)
    good: Mapped[bool] = mapped_column(default=True)
    revoked_at: Mapped[datetime.datetime | None] = mapped_column(Moment, default=None)
    superseded: Mapped[bool] = mapped_column(default=False)
