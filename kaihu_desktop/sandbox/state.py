"""Everything that one running sandbox holds, and how requests reach it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from kaihu_desktop.sandbox.clock import Clock
from kaihu_desktop.sandbox.faults import FaultRules
from kaihu_desktop.sandbox.options import Options

if TYPE_CHECKING:
    from kaihu_desktop.sandbox.authority import Authority


@dataclass
class Sandbox:
    """State of the process. lock: held by the one transaction that runs. receiving: uploads being written."""

    options: Options
    engine: Engine
    clock: Clock
    faults: FaultRules
    authority: Authority
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    receiving: set[str] = field(default_factory=set)

    @property
    def uploads(self) -> Path:
        """Folder of the uploaded bytes."""
        return self.options.data / "uploads"


def sandbox_of(request: Request) -> Sandbox:
    """The sandbox that serves `request`."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


def database_of(request: Request) -> Session:
    """The transaction of `request`; see `transaction.TransactionRoute`."""
    db: Session = request.state.db
    return db


def digest(token: str) -> str:
    """SHA-256 of a token, which is all that the database knows of it."""
    return hashlib.sha256(token.encode()).hexdigest()


TheSandbox = Annotated[Sandbox, Depends(sandbox_of)]
Database = Annotated[Session, Depends(database_of)]
