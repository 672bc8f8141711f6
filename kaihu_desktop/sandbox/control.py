"""Control API for tests, QA and demonstrations; no part of the contract."""

from __future__ import annotations

import datetime
from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox import flow, scenarios
from kaihu_desktop.sandbox.issuing import NextCertificate, certificate_of
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER, SEED, SeedCustomer
from kaihu_desktop.sandbox.state import Database, Sandbox, TheSandbox
from kaihu_desktop.sandbox.tables import (
    Application,
    Captcha,
    Customer,
    IssuedCertificate,
    LoginSession,
    Setting,
    SmsCode,
)
from kaihu_desktop.sandbox.transaction import TransactionRoute

router = APIRouter(prefix="/sandbox", route_class=TransactionRoute, include_in_schema=False)


class ClockAsk(BaseModel):
    """One of: a time, an offset in seconds, or ``open`` to move into service hours if it isn't."""

    now: datetime.datetime | None = None
    offset: float | None = None
    open: bool = False


class FaultsAsk(BaseModel):
    """The rules to put in force; see `faults.FaultRule`."""

    rules: list[dict[str, Any]]


class ReasonAsk(BaseModel):
    """A reason of a rejection."""

    step: str
    field: str | None = None
    text: str


class ReviewAsk(BaseModel):
    """A reviewer's decision: take (复核中), approve or reject."""

    decision: str
    reasons: list[ReasonAsk] = []


class NextCertificateAsk(BaseModel):
    """What the CA does with the customer's next application or renewal."""

    kind: NextCertificate


class WitnessedAsk(BaseModel):
    """Whether the customer's video witness has passed."""

    witnessed: bool


class ExpireAsk(BaseModel):
    """Which tokens to expire."""

    refresh: bool = False


def keep_clock(db: Session, sandbox: Sandbox) -> None:
    """Stores the clock's offset."""
    db.merge(Setting(name="clock_offset", value=sandbox.clock.offset))


def review_application(
    db: Session, sandbox: Sandbox, application: Application, decision: str, reasons: list[dict[str, Any]]
) -> None:
    """Carries out a reviewer's decision; raises SERVER-REFUSED for one that makes no sense."""
    if decision == "approve":
        flow.approve(db, sandbox, application)
    elif decision == "take" and application.status == "awaiting_review":
        flow.begin_review(application, sandbox)
    elif decision == "reject" and reasons and all(item["step"] in application.steps for item in reasons):
        flow.reject(application, sandbox, reasons)
    else:
        raise Problem("SERVER-REFUSED", "请选择复核结论；驳回时请至少选择或填写一条原因")


def find_application(db: Session, application_id: str) -> Application:
    """The application, whoever owns it."""
    found = db.scalar(select(Application).where(Application.id == application_id))
    if found is None:
        raise Problem("SERVER-NOT-FOUND")
    return found


def find_customer(db: Session, id_number: str) -> Customer:
    """The customer; raises SERVER-NOT-FOUND."""
    found = db.get(Customer, id_number)
    if found is None:
        raise Problem("SERVER-NOT-FOUND", "没有这个客户")
    return found


def witness(db: Session, customer: Customer, witnessed: bool) -> None:
    """Says whether the customer's video witness has passed."""
    customer.witnessed = witnessed
    chosen = select(Application).where(
        Application.id_number == customer.id_number, Application.status.in_(flow.EDITABLE)
    )
    for application in db.scalars(chosen):
        application.witnessed = witnessed


@router.get("/clock")
def get_clock(sandbox: TheSandbox) -> dict[str, Any]:
    """The sandbox's time and how far it is ahead of the computer's."""
    return {"now": sandbox.clock.now().isoformat(), "offset": sandbox.clock.offset}


@router.put("/clock")
def put_clock(ask: ClockAsk, db: Database, sandbox: TheSandbox) -> dict[str, Any]:
    """Sets the clock."""
    if ask.now is not None:
        sandbox.clock.set(ask.now)
    elif ask.offset is not None:
        sandbox.clock.shift(ask.offset)
    if ask.open:
        sandbox.clock.open_now()
    keep_clock(db, sandbox)
    return get_clock(sandbox)


@router.get("/faults")
def get_faults(sandbox: TheSandbox) -> dict[str, Any]:
    """The rules in force with how often each has struck."""
    return {"rules": sandbox.faults.as_list()}


@router.put("/faults")
def put_faults(ask: FaultsAsk, sandbox: TheSandbox) -> dict[str, Any]:
    """Replaces all rules; an empty list ends all faults."""
    try:
        sandbox.faults.replace(ask.rules)
    except (TypeError, ValueError) as error:
        raise Problem("SERVER-REFUSED", str(error)) from error
    return get_faults(sandbox)


@router.get("/captchas")
def get_captchas(db: Database) -> dict[str, Any]:
    """The captchas that wait for their answers, newest first."""
    found = db.scalars(select(Captcha).order_by(Captcha.expires_at.desc()))
    return {"items": [{"captcha_id": captcha.id, "text": captcha.text} for captcha in found]}


@router.get("/captchas/{captcha_id}")
def get_captcha(captcha_id: str, db: Database) -> dict[str, str]:
    """The text of a captcha."""
    captcha = db.get(Captcha, captcha_id)
    if captcha is None:
        raise Problem("SERVER-NOT-FOUND")
    return {"text": captcha.text}


@router.get("/sms")
def get_sms(id_number: str, db: Database) -> dict[str, str]:
    """The last code sent to a person."""
    chosen = select(SmsCode).where(SmsCode.id_number == id_number).order_by(SmsCode.sent_at.desc())
    sent = db.scalars(chosen).first()
    if sent is None:
        raise Problem("SERVER-NOT-FOUND", "没有发给这个人的短信")
    return {"code": sent.code, "phone": sent.phone, "sent_at": sent.sent_at.isoformat()}


@router.get("/applications")
def get_applications(db: Database, id_number: str | None = None) -> dict[str, Any]:
    """The applications of one person or of everybody, newest first."""
    chosen = select(Application).order_by(Application.number.desc())
    if id_number is not None:
        chosen = chosen.where(Application.id_number == id_number)
    found = db.scalars(chosen)
    return {"items": [{**flow.as_wire(item), "id_number": item.id_number} for item in found]}


@router.post("/applications/{application_id}/review")
def post_review(application_id: str, ask: ReviewAsk, db: Database, sandbox: TheSandbox) -> dict[str, Any]:
    """Reviews an application."""
    application = find_application(db, application_id)
    reasons = [reason.model_dump() for reason in ask.reasons]
    review_application(db, sandbox, application, ask.decision, reasons)
    return flow.as_wire(application)


@router.post("/sessions/expire")
def expire_sessions(ask: ExpireAsk, db: Database, sandbox: TheSandbox) -> dict[str, int]:
    """Expires all access tokens, and the refresh tokens too when asked."""
    sessions = list(db.scalars(select(LoginSession)))
    for session in sessions:
        session.access_expires = sandbox.clock.now()
        if ask.refresh:
            session.refresh_expires = sandbox.clock.now()
    return {"expired": len(sessions)}


@router.post("/reset")
def post_reset(db: Database, sandbox: TheSandbox) -> dict[str, str]:
    """Everything as on the first day: customers, clock, faults."""
    scenarios.reset(db, sandbox)
    return {"status": "ok"}


@router.get("/customers")
def get_customers() -> dict[str, Any]:
    """The made-up customers with all that is printed on their ID cards."""
    return {"items": [_as_json(customer) for customer in SEED]}


@router.get("/customers/{id_number}/certificate.p12")
def get_certificate(id_number: str, db: Database, sandbox: TheSandbox) -> Response:
    """The backup file of a customer's certificate."""
    issued = certificate_of(db, sandbox, _holder(id_number))
    name = {"Content-Disposition": 'attachment; filename="certificate.p12"'}
    return Response(issued.pkcs12, media_type="application/x-pkcs12", headers=name)


@router.put("/customers/{id_number}/certificate/revoked")
def put_revoked(id_number: str, revoked: bool, db: Database, sandbox: TheSandbox) -> dict[str, bool]:
    """Revokes all certificates of a customer, or takes that back (not of those that were superseded)."""
    customer = BY_ID_NUMBER.get(id_number)
    if customer is not None and customer.certificate != "none":
        certificate_of(db, sandbox, customer)
    found = list(db.scalars(select(IssuedCertificate).where(IssuedCertificate.id_number == id_number)))
    if not found:
        raise Problem("SERVER-NOT-FOUND", "这个人没有证书")
    for issued in found:
        if not issued.superseded:
            issued.revoked_at = sandbox.clock.now() if revoked else None
    return {"revoked": revoked}


@router.get("/customers/{id_number}/certificates")
def get_certificates(id_number: str, db: Database) -> dict[str, Any]:
    """What the CA has issued to a customer, newest first."""
    chosen = select(IssuedCertificate).where(IssuedCertificate.id_number == id_number)
    found = db.scalars(chosen.order_by(IssuedCertificate.issued_at.desc()))
    return {"items": [_certificate_as_json(issued) for issued in found]}


@router.put("/customers/{id_number}/next-certificate")
def put_next_certificate(id_number: str, ask: NextCertificateAsk, db: Database) -> dict[str, str]:
    """Makes the CA issue something wrong once, or nothing."""
    find_customer(db, id_number).next_certificate = ask.kind
    return {"kind": ask.kind}


@router.put("/customers/{id_number}/witnessed")
def put_witnessed(id_number: str, ask: WitnessedAsk, db: Database) -> dict[str, bool]:
    """Lets the video witness of a customer have passed, in what is under way and in what will be begun."""
    witness(db, find_customer(db, id_number), ask.witnessed)
    return {"witnessed": ask.witnessed}


def _holder(id_number: str) -> SeedCustomer:
    customer = BY_ID_NUMBER.get(id_number)
    if customer is None or customer.certificate == "none":
        raise Problem("SERVER-NOT-FOUND", "这个人没有证书文件")
    return customer


def _certificate_as_json(issued: IssuedCertificate) -> dict[str, Any]:
    return {
        "serial": issued.serial,
        "pem": issued.pem.decode(),
        "issued_at": issued.issued_at.isoformat(),
        "revoked_at": issued.revoked_at.isoformat() if issued.revoked_at else None,
        "superseded": issued.superseded,
        "application_id": issued.application_id,
    }


def _as_json(customer: SeedCustomer) -> dict[str, Any]:
    person = customer.person
    has_certificate = customer.certificate != "none"
    return {
        "note": customer.note,
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
        "authority": person.authority,
        "valid_from": person.valid_from.isoformat(),
        "valid_until": person.valid_until.isoformat() if person.valid_until else "2099-12-31",
        "phone": customer.phone,
        "accounts": customer.accounts,
        "scenario": customer.scenario,
        "witnessed": customer.witnessed,
        "certificate": customer.certificate,
        "certificate_password": customer.password if has_certificate else None,
        "certificate_path": f"/sandbox/customers/{person.id_number}/certificate.p12"
        if has_certificate
        else None,
    }
