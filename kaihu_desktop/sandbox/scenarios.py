"""Puts the seeded customers into the database, each in the situation that it is there for."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import secrets
from collections.abc import Iterator
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox import flow
from kaihu_desktop.sandbox.agreements import agreements_of
from kaihu_desktop.sandbox.companies import find_company
from kaihu_desktop.sandbox.database import Base
from kaihu_desktop.sandbox.identity import LONG_TERM
from kaihu_desktop.sandbox.issuing import certificate_of
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER, SEED, SeedCustomer
from kaihu_desktop.sandbox.specimen_files import promise
from kaihu_desktop.sandbox.state import Sandbox
from kaihu_desktop.sandbox.storage import keep
from kaihu_desktop.sandbox.tables import Application, Customer, IssuedCertificate, Upload

COMPANY = "8888"
PHOTO_KINDS = ("id_portrait", "id_emblem", "signature")
NEW_CARD = ("CCB", "6217002430000000019", "河南省郑州市样例支行")
DAYS_SINCE_SUCCESS = 40
GLARE = "银行卡照片反光，卡号后四位看不清"


def seed(db: Session, sandbox: Sandbox) -> None:
    """Adds all customers to an empty database."""
    for customer in SEED:
        db.add(_row(customer))
        db.flush()
        _prepare(db, sandbox, customer)


def reset(db: Session, sandbox: Sandbox) -> None:
    """Everything as on the first day; only the certificates of the backup files stay."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != IssuedCertificate.__tablename__:
            db.execute(delete(table))
    db.execute(delete(IssuedCertificate).where(IssuedCertificate.pkcs12.is_(None)))
    db.expire_all()
    for file in sandbox.uploads.iterdir():
        file.unlink()
    sandbox.clock.shift(0)
    sandbox.faults.replace([])
    seed(db, sandbox)


def ensure_signed(db: Session, sandbox: Sandbox, application: Application) -> None:
    """Signs the agreements of a seeded application that counts as signed, when somebody wants to see them."""
    record = application.steps["sign"]
    customer = BY_ID_NUMBER.get(application.id_number)
    if record["state"] == "open" or record["answer"]["signed"] or customer is None:
        return
    from kaihu_desktop.sandbox.signatures import sign_as_seeded, verify  # pyHanko: slow to import

    issued = certificate_of(db, sandbox, customer)
    stamped_by = sandbox.authority if find_company(application.company_code).timestamps else None
    moment = datetime.datetime.fromisoformat(record["accepted_at"])
    backup, signed = issued.pkcs12 or b"", []
    for agreement in agreements_of(db, application):
        document = sign_as_seeded(backup, customer.password, agreement.content, moment, stamped_by)
        upload = _signed_upload(db, sandbox, application, document)
        owner = db.get_one(Customer, application.id_number)
        agreement.verdict = verify(db, sandbox, owner, agreement.content, document, issued.pem.decode())
        agreement.signed_upload = upload.id
        signed.append({"agreement_id": agreement.id, "upload_id": upload.id})
    answer = {**record["answer"], "signed": signed}
    application.steps = {**application.steps, "sign": {**record, "answer": answer}}
    db.flush()


def _row(customer: SeedCustomer) -> Customer:
    person = customer.person
    cards = [
        {"id": f"record-{place + 1}", "bank_code": bank, "number": number, "branch": branch}
        for place, (bank, number, branch) in enumerate(customer.cards)
    ]
    return Customer(
        id_number=person.id_number,
        name=person.name,
        phone=customer.phone,
        valid_until=person.valid_until.isoformat() if person.valid_until else LONG_TERM,
        accounts=customer.accounts,
        cards=cards,
        photos={},
        wrong_codes=0,
        always_locked=customer.scenario == "locked",
        witnessed=customer.witnessed,
        next_certificate="valid",
    )


def _prepare(db: Session, sandbox: Sandbox, customer: SeedCustomer) -> None:
    if customer.scenario in ("fresh", "locked"):
        return
    id_number = customer.person.id_number
    photos = {kind: promise(db, sandbox, id_number, kind) for kind in PHOTO_KINDS}
    if customer.scenario == "photos_on_record":
        db.get_one(Customer, id_number).photos = photos
        return
    with _days_ago(sandbox, DAYS_SINCE_SUCCESS if customer.scenario == "succeeded" else 0):
        _begin(db, sandbox, customer, photos)


def _begin(db: Session, sandbox: Sandbox, customer: SeedCustomer, photos: dict[str, str]) -> None:
    """An application as far as the customer's scenario has it."""
    id_number = customer.person.id_number
    application = flow.start(db, sandbox, id_number, COMPANY, "settlement-account")
    flow.record_answer(application, sandbox, "photos", _photos_answer(customer, photos))
    if customer.scenario == "draft_at_bank_cards":
        return
    rejected = customer.scenario == "rejected"
    photo_id = promise(db, sandbox, id_number, "bank_card", "glare" if rejected else None)
    issued = certificate_of(db, sandbox, customer)
    flow.record_answer(application, sandbox, "bank_cards", _cards_answer(customer, photo_id))
    flow.record_answer(application, sandbox, "certificate_check", {"certificate": issued.pem.decode()})
    flow.record_answer(application, sandbox, "sign", {"signed": [], "read": [], "consent": True})
    if customer.scenario == "succeeded":
        flow.approve(db, sandbox, application)
    application.held = True
    if rejected:
        place = len(application.steps["bank_cards"]["answer"]["cards"]) - 1
        reason = {"step": "bank_cards", "field": f"cards.{place}.photo_id", "text": GLARE}
        flow.reject(application, sandbox, [reason])


@contextlib.contextmanager
def _days_ago(sandbox: Sandbox, days: int) -> Iterator[None]:
    """Lets what is done within have been done some days ago."""
    offset = sandbox.clock.offset
    sandbox.clock.shift(offset - days * 86_400)
    try:
        yield
    finally:
        sandbox.clock.shift(offset)


def _photos_answer(customer: SeedCustomer, photos: dict[str, str]) -> dict[str, Any]:
    person = customer.person
    fields = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
        "authority": person.authority,
        "valid_from": person.valid_from.isoformat(),
        "valid_until": person.valid_until.isoformat() if person.valid_until else LONG_TERM,
    }
    return {
        "photos": {kind: {"upload_id": photos[kind], "original_id": None} for kind in PHOTO_KINDS},
        "fields": fields,
        "responsibility_version": find_company(COMPANY).certificate_responsibility.version,
    }


def _cards_answer(customer: SeedCustomer, photo_id: str) -> dict[str, Any]:
    kept = [
        {
            "id": f"record-{place + 1}",
            "bank_code": bank,
            "number": None,
            "branch": branch,
            "photo_id": None,
            "source": "record",
        }
        for place, (bank, _, branch) in enumerate(customer.cards)
        if bank != NEW_CARD[0]
    ]
    bank, number, branch = NEW_CARD
    new = {
        "id": None,
        "bank_code": bank,
        "number": number,
        "branch": branch,
        "photo_id": photo_id,
        "source": "ocr",
    }
    return {"cards": [*kept, new], "notice_accepted": True}


def _signed_upload(db: Session, sandbox: Sandbox, application: Application, document: bytes) -> Upload:
    upload = Upload(
        id=secrets.token_hex(16),
        id_number=application.id_number,
        kind="signed_agreement",
        media_type="application/pdf",
        size=len(document),
        sha256=hashlib.sha256(document).hexdigest(),
        complete=True,
        created_at=sandbox.clock.now(),
    )
    keep(sandbox, upload, document)
    db.add(upload)
    db.flush()
    return upload
