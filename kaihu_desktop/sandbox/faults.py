"""Faults on demand below the application: slow, cut, dropped, wrong answers on the real connection."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kaihu_desktop.sandbox.problems import PROBLEMS, Problem

Kind = Literal["slow", "slow_answer", "status", "cut", "cut_request", "bad_json", "drop", "lose_answer"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass
class FaultRule:
    """One fault.

    path_pattern: regular expression searched in the path. method: None for any. times: how often; None
    for ever. skip: matching requests that pass unharmed first.
    kind: ``slow`` waits `seconds` before the application sees the request, ``slow_answer`` after it has done
    its work; ``status`` answers `code` (with `problem` and `retry_after`) without asking the application;
    ``cut`` breaks the connection after `after` bytes of the answer's body; ``cut_request`` breaks it after
    `after` bytes of the request's body, which the application sees; ``bad_json`` replaces the answer's body
    by `body`; ``drop`` breaks the connection before the application sees the request; ``lose_answer`` breaks
    it after the application has done its work.
    """

    path_pattern: str
    kind: Kind
    method: str | None = None
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    code: int = 503
    retry_after: int | None = None
    problem: str | None = None
    after: int = 0
    body: str = '{"broken": '
    hits: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}")
        try:
            re.compile(self.path_pattern)
        except re.error as error:
            raise ValueError(f"{self.path_pattern!r} is no regular expression: {error}") from error

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule concerns the request."""
        return self.method in (None, method) and re.search(self.path_pattern, path) is not None


@dataclass
class FaultRules:
    """The rules in force. They are switches and do not outlive the process."""

    rules: list[FaultRule] = field(default_factory=list)

    def replace(self, rules: Iterable[dict[str, Any]]) -> None:
        """Puts `rules` in place of all others; raises TypeError or ValueError for a wrong one."""
        self.rules = [FaultRule(**rule) for rule in rules]

    def as_list(self) -> list[dict[str, Any]]:
        """The rules with how often each has struck."""
        return [asdict(rule) for rule in self.rules]

    def take(self, method: str, path: str) -> FaultRule | None:
        """The rule that strikes this request, which is counted."""
        for rule in self.rules:
            if not rule.matches(method, path) or (rule.times is not None and rule.hits >= rule.times):
                continue
            if rule.skip > 0:
                rule.skip -= 1
                continue
            rule.hits += 1
            return rule
        return None


class FaultInjector:
    """ASGI middleware next to the server. connections: the server's open connections (uvicorn protocols)."""

    def __init__(self, app: ASGIApp, rules: FaultRules) -> None:
        self._app = app
        self._rules = rules
        self.connections: Iterable[Any] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, struck by at most one rule."""
        rule = None
        if scope["type"] == "http" and not scope["path"].startswith(("/sandbox", "/console")):
            rule = self._rules.take(scope["method"], scope["path"])
        if rule is None:
            await self._app(scope, receive, send)
        else:
            await getattr(self, f"_{rule.kind}")(rule, scope, receive, send)

    def _break(self, scope: Scope, flush: bool) -> None:
        for connection in list(self.connections):
            if tuple(connection.client or ()) == tuple(scope["client"]):
                (connection.transport.close if flush else connection.transport.abort)()

    async def _slow(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(rule.seconds)
        await self._app(scope, receive, send)

    async def _slow_answer(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_late(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(rule.seconds)
            await send(message)

        await self._app(scope, receive, send_late)

    async def _status(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        code = rule.problem or ("SERVER-BUSY" if rule.code == 429 else "SERVER-ERROR")
        known = code if code in PROBLEMS else "SERVER-ERROR"
        problem = Problem(known, status=rule.code, retry_after=rule.retry_after)
        await problem.response()(scope, receive, send)

    async def _drop(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        self._break(scope, flush=False)

    async def _lose_answer(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        async def swallow(message: Message) -> None:
            self._break(scope, flush=False)

        await self._app(scope, receive, swallow)

    async def _cut(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        left = rule.after

        async def send_some(message: Message) -> None:
            nonlocal left
            if left < 0:
                return
            if message["type"] == "http.response.body":
                message = {**message, "body": message.get("body", b"")[:left], "more_body": True}
                left -= len(message["body"])
            await send(message)
            if message["type"] == "http.response.body" and left <= 0:
                left = -1
                self._break(scope, flush=True)

        await self._app(scope, receive, send_some)

    async def _cut_request(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        left = rule.after

        async def receive_some() -> Message:
            nonlocal left
            if left <= 0:
                self._break(scope, flush=False)
                return {"type": "http.disconnect"}
            message = await receive()
            if message["type"] == "http.request":
                message = {**message, "body": message.get("body", b"")[:left], "more_body": True}
                left -= len(message["body"])
            return message

        async def swallow(message: Message) -> None:
            """Nobody is there to hear the answer."""

        await self._app(scope, receive_some, swallow)

    async def _bad_json(self, rule: FaultRule, scope: Scope, receive: Receive, send: Send) -> None:
        body = rule.body.encode()

        async def send_other(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0].lower() != b"content-length"]
                length = (b"content-length", str(len(body)).encode())
                await send({**message, "headers": [*kept, length]})
            elif not message.get("more_body", False):
                await send({"type": "http.response.body", "body": body})

        await self._app(scope, receive, send_other)


def rules_from_json(text: str) -> list[dict[str, Any]]:
    """Rules as typed in the console: a JSON list, or one rule."""
    rules = json.loads(text or "[]")
    return rules if isinstance(rules, list) else [rules]
