"""Who may enter: service hours, captcha, identity, account, lock, SMS code and consents, in this order."""

from __future__ import annotations

import datetime

from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.clock import in_service
from kaihu_desktop.sandbox.companies import find_company
from kaihu_desktop.sandbox.identity import age_on, birth_of
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Captcha, Customer, SmsCode
from kaihu_desktop.sandbox.wire.login import LoginRequest, SmsRequest

MOST_WRONG_CODES = 5
LOCK_SECONDS = 600
ADULT = 18


def check_captcha(db: Session, sandbox: Sandbox, ask: SmsRequest) -> Captcha:
    """The captcha that `ask` answers rightly, bound to its ID number from now on.

    It stands before every question about the person, so that nobody can try out ID numbers by machine.
    """
    find_company(ask.company_code)
    if not in_service(sandbox.clock.now()):
        raise Problem("AUTH-HOURS")
    if birth_of(ask.id_number) is None:
        raise Problem("AUTH-ID-NUMBER", field="id_number")
    captcha = db.get(Captcha, ask.captcha_id)
    if captcha is None or captcha.expires_at <= sandbox.clock.now():
        raise Problem("AUTH-CAPTCHA-STALE", field="captcha_text")
    if captcha.id_number not in (None, ask.id_number):
        db.delete(captcha)
        raise Problem("AUTH-CAPTCHA-STALE", field="captcha_text")
    if captcha.text != ask.captcha_text.strip().upper():
        db.delete(captcha)
        raise Problem("AUTH-CAPTCHA", field="captcha_text")
    captcha.id_number = ask.id_number
    return captcha


def customer_who_may_enter(db: Session, sandbox: Sandbox, ask: SmsRequest) -> Customer:
    """The account holder whom `ask` names; raises the refusal that applies."""
    today = sandbox.clock.today()
    birth = birth_of(ask.id_number)
    if birth is None or age_on(birth, today) < ADULT:
        raise Problem("AUTH-UNDER-AGE", field="id_number")
    customer = db.get(Customer, ask.id_number)
    if customer is None or ask.account_type not in customer.accounts.get(ask.company_code, []):
        raise Problem("AUTH-NO-ACCOUNT", field="id_number")
    wait = _locked_for(customer, sandbox.clock.now())
    if wait > 0:
        raise Problem("AUTH-LOCKED", retry_after=wait)
    if customer.valid_until < today.isoformat():
        raise Problem("AUTH-ID-EXPIRED", field="id_number")
    return customer


def check_consents(ask: LoginRequest) -> None:
    """Raises AUTH-CONSENT unless every required purpose is consented to in the present version."""
    company = find_company(ask.company_code)
    given = {consent.purpose for consent in ask.consents if consent.version == company.privacy_policy.version}
    if any(offer.required and offer.purpose not in given for offer in company.consents):
        raise Problem("AUTH-CONSENT", field="consents")


def check_sms_code(db: Session, sandbox: Sandbox, customer: Customer, ask: LoginRequest) -> SmsCode:
    """The SMS code that `ask` names rightly; counts wrong ones and locks after the fifth."""
    now = sandbox.clock.now()
    sent = db.get(SmsCode, (ask.company_code, ask.account_type, ask.id_number))
    if sent is None or sent.expires_at <= now:
        raise Problem("AUTH-SMS-STALE", field="sms_code")
    if sent.code == ask.sms_code.strip():
        customer.wrong_codes = 0
        return sent
    customer.wrong_codes += 1
    if customer.wrong_codes >= MOST_WRONG_CODES:
        customer.wrong_codes = 0
        customer.locked_until = now + datetime.timedelta(seconds=LOCK_SECONDS)
        db.delete(sent)
        raise Problem("AUTH-LOCKED", retry_after=LOCK_SECONDS)
    raise Problem("AUTH-SMS", field="sms_code", remaining=MOST_WRONG_CODES - customer.wrong_codes)


def _locked_for(customer: Customer, now: datetime.datetime) -> int:
    """Seconds for which the customer may not log in."""
    if customer.always_locked:
        return LOCK_SECONDS
    if customer.locked_until is None or customer.locked_until <= now:
        return 0
    return int((customer.locked_until - now).total_seconds()) + 1
