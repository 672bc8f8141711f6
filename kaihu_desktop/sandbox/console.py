"""The console in the browser: review of applications, SMS codes, customers, clock and faults."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.templating import Jinja2Templates

from kaihu_desktop.sandbox import flow, scenarios
from kaihu_desktop.sandbox.agreements import agreements_of
from kaihu_desktop.sandbox.banks import BANKS_BY_CODE
from kaihu_desktop.sandbox.clock import BEIJING, in_service
from kaihu_desktop.sandbox.companies import COMPANIES
from kaihu_desktop.sandbox.control import (
    find_application,
    find_customer,
    keep_clock,
    review_application,
    witness,
)
from kaihu_desktop.sandbox.faults import KINDS, rules_from_json
from kaihu_desktop.sandbox.issuing import NEXT_CERTIFICATES
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.review_reasons import reasons_for
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER
from kaihu_desktop.sandbox.specimen_files import ensure_drawn
from kaihu_desktop.sandbox.state import Database, Sandbox, TheSandbox
from kaihu_desktop.sandbox.storage import content_of
from kaihu_desktop.sandbox.tables import Agreement, Application, Customer, SmsCode, Upload
from kaihu_desktop.sandbox.transaction import TransactionRoute

HERE = Path(__file__).parent
STATIC = HERE / "static"
router = APIRouter(prefix="/console", route_class=TransactionRoute, include_in_schema=False)
templates = Jinja2Templates(directory=HERE / "templates")
templates.env.globals.update(
    status_texts=flow.STATUS_TEXTS, step_titles=flow.STEP_TITLES, companies=COMPANIES, banks=BANKS_BY_CODE
)
TONES = {"succeeded": "ok", "review_rejected": "error", "failed": "error", "awaiting_review": "warn"}
PHOTO_TITLES = {"id_portrait": "身份证人像面", "id_emblem": "身份证国徽面", "signature": "签名照"}
FIELD_TITLES = {
    "name": "姓名",
    "sex": "性别",
    "ethnicity": "民族",
    "birth": "出生",
    "address": "住址",
    "id_number": "公民身份号码",
    "authority": "签发机关",
    "valid_from": "有效期起",
    "valid_until": "有效期止",
}
NEXT_CERTIFICATE_TITLES = {
    "valid": "正常签发",
    "other_name": "签成别人的姓名",
    "other_number": "签成别人的身份证号",
    "other_key": "签给另一个密钥",
    "expired": "签发即过期",
    "not_yet": "尚未生效",
    "untrusted": "由别的机构签发",
    "refused": "拒绝签发",
}
FAULT_EXAMPLE = [{"path_pattern": "/steps/", "method": "PUT", "kind": "lose_answer", "times": 1}]
SEE_OTHER = 303


def show_problem(request: Request, problem: Problem) -> Response:
    """A refusal as a page."""
    return _page(request, "problem.html", {"problem": problem}, problem.status)


@router.get("/")
def show_applications(request: Request, db: Database) -> Response:
    """All applications, newest first."""
    chosen = select(Application, Customer).join(Customer).order_by(Application.number.desc())
    return _page(request, "applications.html", {"rows": list(db.execute(chosen)), "page": "applications"})


@router.get("/applications/{application_id}")
def show_application(request: Request, application_id: str, db: Database, sandbox: TheSandbox) -> Response:
    """One application with everything that a reviewer looks at."""
    application = find_application(db, application_id)
    scenarios.ensure_signed(db, sandbox, application)
    facts = {
        "page": "applications",
        "application": application,
        "customer": db.get_one(Customer, application.id_number),
        "agreements": agreements_of(db, application),
        "photo_titles": PHOTO_TITLES,
        "field_titles": FIELD_TITLES,
        "cards": _cards(db, application),
        "reasons": reasons_for(application),
        "reviewable": application.status in flow.REVIEWABLE,
    }
    return _page(request, "application.html", facts)


@router.post("/applications/{application_id}/review")
def post_review(
    application_id: str,
    db: Database,
    sandbox: TheSandbox,
    decision: Annotated[str, Form()],
    reason: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies defaults
    other_step: Annotated[str, Form()] = "photos",
    other_text: Annotated[str, Form()] = "",
) -> Response:
    """The reviewer's decision. Each `reason` is a JSON object {step, field, text}."""
    reasons: list[dict[str, Any]] = [json.loads(chosen) for chosen in reason]
    if other_text.strip():
        reasons.append({"step": other_step, "field": None, "text": other_text.strip()})
    review_application(db, sandbox, find_application(db, application_id), decision, reasons)
    return RedirectResponse(f"/console/applications/{application_id}", SEE_OTHER)


@router.get("/uploads/{upload_id}")
def show_upload(upload_id: str, db: Database, sandbox: TheSandbox) -> Response:
    """The bytes of an upload."""
    upload = db.get(Upload, upload_id)
    if upload is None:
        raise Problem("SERVER-NOT-FOUND")
    ensure_drawn(db, sandbox, upload)
    safety = {"X-Content-Type-Options": "nosniff"}
    return Response(content_of(sandbox, upload), media_type=upload.media_type, headers=safety)


@router.get("/applications/{application_id}/agreements/{agreement_id}")
def show_agreement(application_id: str, agreement_id: str, db: Database, sandbox: TheSandbox) -> Response:
    """The signed copy of an agreement, or the agreement while it isn't signed."""
    agreement = db.get(Agreement, (application_id, agreement_id))
    if agreement is None:
        raise Problem("SERVER-NOT-FOUND")
    upload = db.get(Upload, agreement.signed_upload) if agreement.signed_upload else None
    content = content_of(sandbox, upload) if upload else agreement.content
    return Response(content, media_type="application/pdf")


@router.get("/sms")
def show_sms(request: Request, db: Database, sandbox: TheSandbox) -> Response:
    """The codes on their way, newest first; the page reloads by itself."""
    chosen = select(SmsCode, Customer).join(Customer, Customer.id_number == SmsCode.id_number)
    rows = list(db.execute(chosen.order_by(SmsCode.sent_at.desc())))
    return _page(request, "sms.html", {"rows": rows, "now": sandbox.clock.now(), "page": "sms"})


@router.get("/customers")
def show_customers(request: Request, db: Database) -> Response:
    """The made-up customers, with the switches of each."""
    rows = [(BY_ID_NUMBER[row.id_number], row) for row in db.scalars(select(Customer))]
    rows.sort(key=lambda pair: list(BY_ID_NUMBER).index(pair[1].id_number))
    facts = {"rows": rows, "next_certificates": NEXT_CERTIFICATE_TITLES, "page": "customers"}
    return _page(request, "customers.html", facts)


@router.post("/customers/{id_number}")
def post_customer(
    id_number: str,
    db: Database,
    next_certificate: Annotated[str, Form()],
    witnessed: Annotated[bool, Form()] = False,
) -> Response:
    """Sets the switches of a customer: video witness, and what the CA issues next."""
    customer = find_customer(db, id_number)
    if next_certificate not in NEXT_CERTIFICATES:
        raise Problem("SERVER-REFUSED", "请选择下一张证书的情况")
    customer.next_certificate = next_certificate
    witness(db, customer, witnessed)
    return RedirectResponse(f"/console/customers#{id_number}", SEE_OTHER)


@router.get("/switches")
def show_switches(request: Request, sandbox: TheSandbox) -> Response:
    """Clock, faults and reset."""
    now = sandbox.clock.now()
    facts = {
        "page": "switches",
        "now": now,
        "open": in_service(now),
        "rules": sandbox.faults.as_list(),
        "example": json.dumps(FAULT_EXAMPLE, indent=2),
        "kinds": KINDS,
    }
    return _page(request, "switches.html", facts)


@router.post("/switches/clock")
def post_clock(
    db: Database,
    sandbox: TheSandbox,
    action: Annotated[str, Form()],
    now: Annotated[str, Form()] = "",
) -> Response:
    """Sets the clock: to a time, to the computer's time, or into service hours."""
    if action == "real":
        sandbox.clock.shift(0)
    elif action == "open":
        sandbox.clock.open_now()
    else:
        try:
            sandbox.clock.set(datetime.datetime.fromisoformat(now).replace(tzinfo=BEIJING))
        except ValueError as error:
            raise Problem("SERVER-REFUSED", "请填写日期和时间") from error
    keep_clock(db, sandbox)
    return RedirectResponse("/console/switches", SEE_OTHER)


@router.post("/switches/faults")
def post_faults(sandbox: TheSandbox, rules: Annotated[str, Form()] = "") -> Response:
    """Replaces the faults."""
    try:
        sandbox.faults.replace(rules_from_json(rules))
    except (TypeError, ValueError) as error:
        raise Problem("SERVER-REFUSED", f"规则不正确：{error}") from error
    return RedirectResponse("/console/switches", SEE_OTHER)


@router.post("/switches/reset")
def post_reset(db: Database, sandbox: TheSandbox) -> Response:
    """Everything as on the first day."""
    scenarios.reset(db, sandbox)
    return RedirectResponse("/console/switches", SEE_OTHER)


def _cards(db: Session, application: Application) -> list[dict[str, Any]]:
    """The bank cards of the answer, with the numbers of those on record."""
    answer = application.steps["bank_cards"]["answer"] or {"cards": []}
    customer = db.get_one(Customer, application.id_number)
    known = {card["id"]: card["number"] for card in customer.cards}
    return [{**card, "number": card["number"] or known.get(card["id"], "")} for card in answer["cards"]]


def _page(request: Request, name: str, facts: dict[str, Any], status: int = 200) -> Response:
    sandbox: Sandbox = request.app.state.sandbox
    common = {"tones": TONES, "clock": sandbox.clock.now()}
    headers = {"Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; form-action 'self'"}
    return templates.TemplateResponse(request, name, {**common, **facts}, status, headers)
