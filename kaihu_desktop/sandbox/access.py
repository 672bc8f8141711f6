"""Who asks: bearer tokens and idempotency keys as FastAPI dependencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.state import Database, Sandbox, TheSandbox, digest
from kaihu_desktop.sandbox.tables import Customer, LoginSession
from kaihu_desktop.sandbox.transaction import fingerprint, replay_or_remember

bearer = HTTPBearer(
    auto_error=False, scheme_name="bearer", description="Access token of POST /sessions; lives 300 s."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


@dataclass(frozen=True)
class Caller:
    """The customer who asks, at the company that the login named."""

    session: LoginSession
    customer: Customer

    @property
    def company_code(self) -> str:
        """The company that the login named."""
        return self.session.company_code

    @property
    def owner(self) -> str:
        """Key of what belongs to this customer at this company."""
        return f"{self.session.company_code}:{self.customer.id_number}"


def find_caller(db: Session, sandbox: Sandbox, token: str | None) -> Caller:
    """The holder of an access token; raises AUTH-EXPIRED when it isn't good (any more)."""
    if token is None:
        raise Problem("AUTH-EXPIRED", "请先登录")
    session = db.scalar(select(LoginSession).where(LoginSession.access_hash == digest(token)))
    if session is None or session.access_expires <= sandbox.clock.now():
        raise Problem("AUTH-EXPIRED")
    return Caller(session, db.get_one(Customer, session.id_number))


def _caller(db: Database, sandbox: TheSandbox, credentials: Credentials) -> Caller:
    return find_caller(db, sandbox, credentials.credentials if credentials else None)


TheCaller = Annotated[Caller, Depends(_caller)]


async def _writer(
    request: Request,
    caller: TheCaller,
    idempotency_key: Annotated[
        UUID,
        Header(description="UUID of this write. The same key with the same request gets the same answer."),
    ],
) -> Caller:
    replay_or_remember(request, caller.owner, str(idempotency_key), await fingerprint(request))
    return caller


#: A caller who writes: the request carries an Idempotency-Key.
Writer = Annotated[Caller, Depends(_writer)]

#: Codes that every authenticated operation may answer with, for `refusals`.
COMMON: tuple[str, ...] = ("AUTH-EXPIRED", "SERVER-BUSY")


def masked_id_number(id_number: str) -> str:
    """First six and last four characters."""
    return f"{id_number[:6]}{'*' * (len(id_number) - 10)}{id_number[-4:]}"


def masked_phone(phone: str) -> str:
    """First three and last four digits."""
    return f"{phone[:3]}****{phone[-4:]}"


def summary_of(customer: Customer) -> dict[str, Any]:
    """The masked customer, as in `wire.login.CustomerSummary`."""
    return {
        "name": customer.name,
        "masked_id_number": masked_id_number(customer.id_number),
        "masked_phone": masked_phone(customer.phone),
    }
