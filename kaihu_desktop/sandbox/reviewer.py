"""The automatic reviewer: carries submitted applications through review in unattended runs."""

from __future__ import annotations

import asyncio
import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox import flow
from kaihu_desktop.sandbox.review_reasons import REASONS, reasons_for
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.tables import Application

GLANCE_SECONDS = 0.2


async def review_forever(sandbox: Sandbox) -> None:
    """Looks for work until cancelled; a no-op when automatic review is off."""
    while sandbox.options.auto_review != "off":
        await asyncio.sleep(GLANCE_SECONDS)
        async with sandbox.lock:
            with Session(sandbox.engine) as db:
                _review_due(db, sandbox)
                db.commit()


def _review_due(db: Session, sandbox: Sandbox) -> None:
    """Takes each application at half of the delay and decides at its end."""
    half = datetime.timedelta(seconds=sandbox.options.review_delay / 2)
    chosen = select(Application).where(Application.status.in_(flow.REVIEWABLE), Application.held.is_(False))
    for application in db.scalars(chosen):
        if sandbox.clock.now() < application.updated_at + half:
            continue
        if application.status == "awaiting_review":
            flow.begin_review(application, sandbox)
        elif sandbox.options.auto_review == "reject-then-approve" and not application.was_rejected:
            flow.reject(application, sandbox, [_reason(application, sandbox.options.reject_step)])
        else:
            flow.approve(db, sandbox, application)


def _reason(application: Application, step: str) -> dict[str, Any]:
    """The first reason of the list for `step`; of bank cards it means the last one that can be meant."""
    first_text = REASONS[step][0][1]
    chosen = [reason for reason in reasons_for(application)[step] if reason["text"] == first_text]
    if not chosen:  # only cards on record, whose photos nobody sent
        return {"step": step, "field": None, "text": first_text}
    return {name: chosen[-1][name] for name in ("step", "field", "text")}
