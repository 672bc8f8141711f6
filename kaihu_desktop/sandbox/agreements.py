"""Agreements of an application: made once, then kept byte for byte."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.access import masked_id_number
from kaihu_desktop.sandbox.agreement_texts import AGREEMENTS
from kaihu_desktop.sandbox.companies import MIN_SECONDS, find_company
from kaihu_desktop.sandbox.tables import Agreement, Application, Customer


def agreements_of(db: Session, application: Application) -> list[Agreement]:
    """The application's agreements in reading order, made when first asked for."""
    found = db.scalars(select(Agreement).where(Agreement.application_id == application.id))
    known = {agreement.id: agreement for agreement in found}
    if not known:
        known = {agreement.id: agreement for agreement in _make(db, application)}
    return [known[text.id] for text in AGREEMENTS]


def min_seconds(application: Application, agreement_id: str) -> int:
    """How long the company wants the agreement to be read."""
    return MIN_SECONDS.get((application.company_code, agreement_id), 0)


def _make(db: Session, application: Application) -> list[Agreement]:
    from kaihu_desktop.sandbox import agreement_pdf  # reportlab: a quarter second that a start can do without

    customer = db.get_one(Customer, application.id_number)
    company = find_company(application.company_code)
    filling = {
        "name": customer.name,
        "masked_id": masked_id_number(customer.id_number),
        "company": company.name,
        "hotline": company.hotline,
        "number": application.id[:12].upper(),
        "date": f"{application.created_at:%Y年%m月%d日}",
    }
    made = []
    for text in AGREEMENTS:
        pdf = agreement_pdf.make(text, filling)
        digest = hashlib.sha256(pdf.content).hexdigest()
        made.append(
            Agreement(
                application_id=application.id,
                id=text.id,
                title=text.title,
                pages=pdf.pages,
                sha256=digest,
                content=pdf.content,
            )
        )
    db.add_all(made)
    db.flush()
    return made
