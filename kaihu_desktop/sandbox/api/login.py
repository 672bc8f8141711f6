"""Captcha, SMS code, login, refresh and logout."""

from __future__ import annotations

import base64
import datetime
import secrets

from fastapi import APIRouter, Response
from sqlalchemy import select

from kaihu_desktop.sandbox import captcha_picture
from kaihu_desktop.sandbox.access import TheCaller, masked_phone, summary_of
from kaihu_desktop.sandbox.api.refusals import refusals
from kaihu_desktop.sandbox.gates import check_captcha, check_consents, check_sms_code, customer_who_may_enter
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.state import Database, Sandbox, TheSandbox, digest
from kaihu_desktop.sandbox.tables import Captcha, Customer, LoginSession, SmsCode
from kaihu_desktop.sandbox.transaction import TransactionRoute
from kaihu_desktop.sandbox.wire.login import (
    CaptchaPicture,
    CustomerSummary,
    LoginRequest,
    RefreshRequest,
    SessionTokens,
    SmsRequest,
    SmsSent,
)

router = APIRouter(route_class=TransactionRoute, tags=["login"])
CAPTCHA_SECONDS = 120
SMS_SECONDS = 300
RESEND_SECONDS = 60
REFRESH_SECONDS = 1800
_ENTRY = (
    "COMPANY-UNKNOWN",
    "AUTH-HOURS",
    "AUTH-ID-NUMBER",
    "AUTH-CAPTCHA",
    "AUTH-CAPTCHA-STALE",
    "AUTH-LOCKED",
    "AUTH-UNDER-AGE",
    "AUTH-NO-ACCOUNT",
    "AUTH-ID-EXPIRED",
    "SERVER-REFUSED",
    "SERVER-BUSY",
)


@router.post(
    "/captchas",
    operation_id="createCaptcha",
    status_code=201,
    summary="A new picture captcha",
    responses=refusals("SERVER-BUSY"),
)
def create_captcha(db: Database, sandbox: TheSandbox) -> CaptchaPicture:
    """Four characters, letters in either case. A wrong answer spends it."""
    text = captcha_picture.new_text()
    expires_at = sandbox.clock.now() + datetime.timedelta(seconds=CAPTCHA_SECONDS)
    captcha = Captcha(id=secrets.token_hex(16), text=text, expires_at=expires_at)
    db.add(captcha)
    picture = base64.b64encode(captcha_picture.draw(text)).decode()
    return CaptchaPicture(captcha_id=captcha.id, image_png=picture, expires_in=CAPTCHA_SECONDS)


@router.post(
    "/sms-codes",
    operation_id="sendSmsCode",
    status_code=202,
    summary="Sends a code to the phone on record",
    responses=refusals(*_ENTRY, "AUTH-SMS-WAIT"),
)
def send_sms_code(ask: SmsRequest, db: Database, sandbox: TheSandbox) -> SmsSent:
    """Whoever may not log in is refused here already.

    The captcha that was answered rightly serves the login of the same ID number as long as the code does.
    """
    captcha = check_captcha(db, sandbox, ask)
    customer = customer_who_may_enter(db, sandbox, ask)
    now = sandbox.clock.now()
    key = (ask.company_code, ask.account_type, ask.id_number)
    sent = db.get(SmsCode, key)
    if sent is not None:
        wait = RESEND_SECONDS - (now - sent.sent_at).total_seconds()
        if 0 < wait <= RESEND_SECONDS:
            raise Problem("AUTH-SMS-WAIT", retry_after=int(wait) + 1)
        db.delete(sent)
        db.flush()
    expires_at = now + datetime.timedelta(seconds=SMS_SECONDS)
    code = f"{secrets.randbelow(1_000_000):06d}"
    db.add(
        SmsCode(
            company_code=ask.company_code,
            account_type=ask.account_type,
            id_number=ask.id_number,
            phone=customer.phone,
            code=code,
            sent_at=now,
            expires_at=expires_at,
        )
    )
    captcha.expires_at = expires_at
    return SmsSent(sent_to=masked_phone(customer.phone), resend_after=RESEND_SECONDS, expires_in=SMS_SECONDS)


@router.post(
    "/sessions",
    operation_id="login",
    status_code=201,
    summary="Login",
    responses=refusals(*_ENTRY, "AUTH-SMS", "AUTH-SMS-STALE", "AUTH-CONSENT"),
)
def login(ask: LoginRequest, db: Database, sandbox: TheSandbox) -> SessionTokens:
    """ID number, captcha, SMS code and consents. Five wrong codes lock the login for 600 s."""
    captcha = check_captcha(db, sandbox, ask)
    customer = customer_who_may_enter(db, sandbox, ask)
    check_consents(ask)
    sent = check_sms_code(db, sandbox, customer, ask)
    db.delete(captcha)
    db.delete(sent)
    session = LoginSession(
        id=secrets.token_hex(16),
        id_number=customer.id_number,
        company_code=ask.company_code,
        account_type=ask.account_type,
        consents=[{"purpose": given.purpose, "version": given.version} for given in ask.consents],
    )
    db.add(session)
    return _issue(session, customer, sandbox)


@router.post(
    "/sessions/refresh",
    operation_id="refreshSession",
    summary="Fresh tokens for a session",
    responses=refusals("AUTH-EXPIRED", "SERVER-REFUSED", "SERVER-BUSY"),
)
def refresh(ask: RefreshRequest, db: Database, sandbox: TheSandbox) -> SessionTokens:
    """Both tokens are replaced; the old ones are worthless afterwards."""
    session = db.scalar(select(LoginSession).where(LoginSession.refresh_hash == digest(ask.refresh_token)))
    if session is None or session.refresh_expires <= sandbox.clock.now():
        raise Problem("AUTH-EXPIRED")
    return _issue(session, db.get_one(Customer, session.id_number), sandbox)


@router.delete(
    "/sessions/current",
    operation_id="logout",
    status_code=204,
    summary="Logout",
    responses=refusals("AUTH-EXPIRED", "SERVER-BUSY"),
)
def logout(caller: TheCaller, db: Database) -> Response:
    """Both tokens are worthless afterwards."""
    db.delete(caller.session)
    return Response(status_code=204)


def _issue(session: LoginSession, customer: Customer, sandbox: Sandbox) -> SessionTokens:
    access, renewal = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    now = sandbox.clock.now()
    session.access_hash, session.refresh_hash = digest(access), digest(renewal)
    session.access_expires = now + datetime.timedelta(seconds=sandbox.options.token_seconds)
    session.refresh_expires = now + datetime.timedelta(seconds=REFRESH_SECONDS)
    return SessionTokens(
        access_token=access,
        expires_in=sandbox.options.token_seconds,
        refresh_token=renewal,
        customer=CustomerSummary(**summary_of(customer)),
    )
