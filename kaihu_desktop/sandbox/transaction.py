"""One transaction for one request, with the idempotency of writes inside it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.tables import StoredAnswer


class Replay(Exception):
    """The request was answered before: `response` is that answer."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


class TransactionRoute(APIRoute):
    """A route whose handler runs in one database transaction (``request.state.db``), one at a time.

    A normal answer and a `Problem` commit, anything else rolls back. The answer of an idempotent write is
    stored in the same transaction as its effect, so a killed server never knows one without the other.
    Only successes are stored: a refusal changes nothing and is judged afresh.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler = super().get_route_handler()

        async def in_transaction(request: Request) -> Response:
            try:
                await request.body()  # before the lock: a slow sender keeps nobody waiting
            except ClientDisconnect:
                return Response(status_code=400)
            sandbox = request.app.state.sandbox
            async with sandbox.lock:
                with Session(sandbox.engine) as db:
                    request.state.db = db
                    return await _run(handler, request, db)

        return in_transaction


async def _run(
    handler: Callable[[Request], Coroutine[Any, Any, Response]], request: Request, db: Session
) -> Response:
    try:
        response = await handler(request)
    except Replay as replay:
        return replay.response
    except Problem:
        db.commit()
        raise
    _store(request, response, db)
    db.commit()
    return response


async def fingerprint(request: Request) -> str:
    """SHA-256 of method, path and body."""
    head = f"{request.method} {request.url.path}\n".encode()
    return hashlib.sha256(head + await request.body()).hexdigest()


def replay_or_remember(request: Request, owner: str, key: str, print_of_request: str) -> None:
    """Raises `Replay` when this write was answered before, 409 when the key served another request."""
    db: Session = request.state.db
    stored = db.get(StoredAnswer, (owner, key))
    if stored is None:
        request.state.idempotency = (owner, key, print_of_request)
    elif stored.fingerprint != print_of_request:
        raise Problem("SERVER-CONFLICT", "同一个 Idempotency-Key 用在了不同的请求上")
    else:
        raise Replay(Response(stored.body, stored.status, media_type=stored.media_type))


def _store(request: Request, response: Response, db: Session) -> None:
    if not hasattr(request.state, "idempotency") or response.status_code >= 300:
        return
    owner, key, print_of_request = request.state.idempotency
    answer = StoredAnswer(
        owner=owner,
        key=key,
        path=request.url.path,
        fingerprint=print_of_request,
        status=response.status_code,
        media_type=response.headers.get("content-type"),
        body=bytes(response.body),
        at=request.app.state.sandbox.clock.now(),
    )
    db.add(answer)
