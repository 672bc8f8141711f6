"""Life of an application: statuses, order of steps, review, abandonment."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.companies import BUSINESS_TITLES, find_company
from kaihu_desktop.sandbox.options import STEPS
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.storage import erase
from kaihu_desktop.sandbox.tables import Agreement, Application, Customer, StoredAnswer, Upload

STATUS_TEXTS = {
    "draft": "未提交",
    "awaiting_video": "待视频",
    "video_rejected": "视频驳回",
    "awaiting_review": "待复核",
    "reviewing": "复核中",
    "review_rejected": "复核驳回",
    "awaiting_counter": "已提交待柜台复核",
    "succeeded": "办理成功",
    "failed": "办理失败",
}
FINISHED = ("succeeded", "failed")
EDITABLE = ("draft", "video_rejected", "review_rejected")
REVIEWABLE = ("awaiting_review", "reviewing")
ABANDONABLE = (*EDITABLE, "awaiting_video", "awaiting_review")
CERTIFICATE_STEPS = ("certificate_check", "certificate")
OPEN: dict[str, Any] = {"state": "open", "accepted_at": None, "answer": None}
STEP_TITLES = {
    "photos": "上传照片",
    "bank_cards": "银行卡",
    "certificate_check": "证书检测",
    "certificate": "安装证书",
    "sign": "签署协议",
}


def applications_of(db: Session, id_number: str, company_code: str) -> list[Application]:
    """The customer's applications at the company, newest first."""
    chosen = select(Application).where(
        Application.id_number == id_number, Application.company_code == company_code
    )
    return list(db.scalars(chosen.order_by(Application.number.desc())))


def start(db: Session, sandbox: Sandbox, id_number: str, company_code: str, business: str) -> Application:
    """A new application as a draft; raises APP-IN-FLIGHT where the company's rule forbids it."""
    pending = [item for item in applications_of(db, id_number, company_code) if item.status not in FINISHED]
    if pending and find_company(company_code).in_flight_rule == "block":
        raise Problem("APP-IN-FLIGHT")
    now = sandbox.clock.now()
    application = Application(
        id=secrets.token_hex(16),
        id_number=id_number,
        company_code=company_code,
        business=business,
        status="draft",
        created_at=now,
        updated_at=now,
        remark="",
        steps={step: dict(OPEN) for step in STEPS},
        timeline=[],
        held=False,
        was_rejected=False,
        witnessed=db.get_one(Customer, id_number).witnessed,
    )
    _note(application, sandbox, "draft", "开始办理")
    db.add(application)
    db.flush()
    return application


def check_turn(application: Application, step_id: str) -> None:
    """Raises SERVER-NOT-FOUND, APP-CLOSED or APP-STEP-ORDER unless `step_id` may be answered now."""
    if step_id not in application.steps:
        raise Problem("SERVER-NOT-FOUND", "这笔业务没有这个步骤")
    if application.status not in EDITABLE:
        raise Problem("APP-CLOSED")
    states = {step: record["state"] for step, record in application.steps.items()}
    order = list(states)
    earlier = order[: order.index(step_id)]
    if application.status != "draft":
        if states[step_id] != "rejected":
            raise Problem("APP-STEP-ORDER", "只需要修改被退回的步骤")
        earlier = [step for step in earlier if step in CERTIFICATE_STEPS]  # the others in any order
    if any(states[step] != "accepted" for step in earlier):
        raise Problem("APP-STEP-ORDER")


def check_submission(db: Session, application: Application, step_id: str) -> None:
    """With the rule first_submission, another submitted application keeps this one from being submitted."""
    if find_company(application.company_code).in_flight_rule != "first_submission":
        return
    others = applications_of(db, application.id_number, application.company_code)
    submitted = any(item.status in REVIEWABLE and item.id != application.id for item in others)
    left = [step for step, record in application.steps.items() if record["state"] != "accepted"]
    if submitted and left in ([step_id], []):
        raise Problem("APP-IN-FLIGHT", "您有已提交的业务正在复核，复核结束之前不能再提交")


def record_answer(application: Application, sandbox: Sandbox, step_id: str, answer: dict[str, Any]) -> None:
    """Marks the step as accepted; submits the application when nothing is left."""
    now = sandbox.clock.now()
    accepted = {"state": "accepted", "accepted_at": now.isoformat(timespec="seconds"), "answer": answer}
    application.steps = {**application.steps, step_id: accepted}
    application.updated_at = now
    application.held = False
    if application.rejection:
        left = [reason for reason in application.rejection["reasons"] if reason["step"] != step_id]
        application.rejection = {"reasons": left} if left else None
        application.remark = "；".join(reason["text"] for reason in left)
    if all(record["state"] == "accepted" for record in application.steps.values()):
        application.submitted_at = now
        _change(application, sandbox, "awaiting_review", "已提交，等待复核")
    else:
        _note(application, sandbox, application.status, f"{STEP_TITLES[step_id]}已通过")


def choose_certificate(application: Application, pem: str | None) -> None:
    """What an accepted answer of certificate_check means for the steps after it.

    pem None: a certificate will be applied for, in the step certificate; else there is no such step. Copies
    that were signed with another certificate are signed again.
    """
    before = signing_certificate(application)
    steps = {step: record for step, record in application.steps.items() if step != "certificate"}
    if pem is None:
        place = list(steps).index("sign")
        records = list(steps.items())
        steps = dict([*records[:place], ("certificate", _still_to_do(application)), *records[place:]])
    application.steps = steps
    _sign_again_unless(application, pem is not None and pem == before)


def install_certificate(application: Application, pem: str) -> None:
    """What an accepted answer of the step certificate means for signing."""
    _sign_again_unless(application, pem == signing_certificate(application))


def signing_certificate(application: Application) -> str | None:
    """The certificate (PEM) that signs: the installed one, else the one that the check was answered with."""
    step = "certificate" if "certificate" in application.steps else "certificate_check"
    answer = application.steps[step]["answer"]
    certificate: str | None = answer["certificate"] if answer else None
    return certificate


def begin_review(application: Application, sandbox: Sandbox) -> None:
    """A reviewer has taken the application."""
    _change(application, sandbox, "reviewing", "复核中")


def approve(db: Session, sandbox: Sandbox, application: Application) -> None:
    """The application succeeds: its cards and photos are on record from now on."""
    _require_reviewable(application)
    customer = db.get_one(Customer, application.id_number)
    known = {card["id"]: card for card in customer.cards}
    customer.cards = [_settled(card, known) for card in application.steps["bank_cards"]["answer"]["cards"]]
    photos = application.steps["photos"]["answer"]["photos"]
    customer.photos = {kind: photo["upload_id"] for kind, photo in photos.items()}
    application.capital_account = f"{application.company_code}{int(application.id[:8], 16) % 10**8:08d}"
    application.rejection = None
    application.remark = "结算账户已更新，请到银行完成银期签约"
    _change(application, sandbox, "succeeded", "复核通过，办理成功")


def reject(application: Application, sandbox: Sandbox, reasons: list[dict[str, Any]]) -> None:
    """The application goes back; the steps that `reasons` ({step, field, text}) name are asked again."""
    _require_reviewable(application)
    steps = dict(application.steps)
    for step in {reason["step"] for reason in reasons}:
        steps[step] = {**steps[step], "state": "rejected"}
    application.steps = steps
    application.rejection = {"reasons": reasons}
    application.remark = "；".join(reason["text"] for reason in reasons)
    application.was_rejected = True
    _change(application, sandbox, "review_rejected", f"复核驳回：{application.remark}")


def abandon(db: Session, sandbox: Sandbox, application: Application) -> None:
    """Erases the application with its uploads and stored answers; raises APP-CLOSED when it is too late."""
    if application.status not in ABANDONABLE:
        raise Problem("APP-CLOSED", "这笔业务正在复核或已经结束，不能放弃")
    others = list(db.scalars(select(Application).where(Application.id_number == application.id_number)))
    others.remove(application)
    _erase_uploads(db, sandbox, application, others)
    db.execute(delete(StoredAnswer).where(StoredAnswer.path.contains(application.id)))
    db.execute(delete(Agreement).where(Agreement.application_id == application.id))
    db.delete(application)


def as_wire(application: Application) -> dict[str, Any]:
    """The application as in `wire.applications.ApplicationRecord`."""

    def time(moment: Any) -> str | None:
        return moment.isoformat(timespec="seconds") if moment else None

    return {
        "id": application.id,
        "business": application.business,
        "title": BUSINESS_TITLES[application.business],
        "status": application.status,
        "status_text": STATUS_TEXTS[application.status],
        "created_at": time(application.created_at),
        "updated_at": time(application.updated_at),
        "submitted_at": time(application.submitted_at),
        "remark": application.remark,
        "capital_account": application.capital_account,
        "rejection": application.rejection,
        "steps": application.steps,
        "timeline": application.timeline,
        "witnessed": application.witnessed,
        "can_abandon": application.status in ABANDONABLE,
    }


def _sign_again_unless(application: Application, same: bool) -> None:
    if not same and application.steps["sign"]["state"] == "accepted":
        application.steps = {**application.steps, "sign": _still_to_do(application)}


def _still_to_do(application: Application) -> dict[str, Any]:
    """Of an application that came back, only the rejected steps are asked."""
    return {**OPEN, "state": "open" if application.status == "draft" else "rejected"}


def _settled(card: dict[str, Any], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    number = card["number"] or known[card["id"]]["number"]
    return {
        "id": card["id"] or secrets.token_hex(8),
        "bank_code": card["bank_code"],
        "number": number,
        "branch": card["branch"].strip(),
    }


def _uploads_named(application: Application) -> set[str]:
    """Ids of the uploads in the accepted answers of an application."""

    def collect(value: Any) -> set[str]:
        if isinstance(value, dict):
            return set().union(*map(collect, value.values()))
        if isinstance(value, list):
            return set().union(*map(collect, value))
        return {value} if isinstance(value, str) and len(value) == 32 else set()

    return collect([record["answer"] for record in application.steps.values()])


def _erase_uploads(
    db: Session, sandbox: Sandbox, application: Application, others: list[Application]
) -> None:
    """Erases the application's files, and also those sent but not yet part of an answer unless another
    unfinished application may be waiting for them. What is on record stays."""
    kept = set(db.get_one(Customer, application.id_number).photos.values()).union(
        *map(_uploads_named, others)
    )
    own = _uploads_named(application)
    alone = all(other.status in FINISHED for other in others)
    for upload in db.scalars(select(Upload).where(Upload.id_number == application.id_number)):
        if upload.id not in kept and (alone or upload.id in own):
            erase(db, sandbox, upload)


def _require_reviewable(application: Application) -> None:
    if application.status not in REVIEWABLE:
        raise Problem("SERVER-CONFLICT", "只有待复核或复核中的业务可以复核")


def _change(application: Application, sandbox: Sandbox, status: str, text: str) -> None:
    application.status = status
    application.updated_at = sandbox.clock.now()
    _note(application, sandbox, status, text)


def _note(application: Application, sandbox: Sandbox, status: str, text: str) -> None:
    entry = {"status": status, "text": text, "at": sandbox.clock.now().isoformat(timespec="seconds")}
    application.timeline = [*application.timeline, entry]
