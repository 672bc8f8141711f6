"""Headers of every answer (Date by the sandbox's clock, rate limit) and who may be answered at all."""

from __future__ import annotations

import datetime
import email.utils
from collections import Counter
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kaihu_desktop.sandbox.clock import Clock
from kaihu_desktop.sandbox.problems import Problem

REQUESTS_PER_MINUTE = 3000
LOCAL_NAMES = ("127.0.0.1", "localhost")


class AnswerHeaders:
    """Adds Date and RateLimit-Remaining; refuses the 3001st request of a caller within a minute."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock
        self._minute = 0
        self._counts: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limited = scope["path"].startswith("/v1/")
        remaining = self._count(scope) if limited else 0

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = email.utils.format_datetime(self._clock.now().astimezone(datetime.UTC), usegmt=True)
                message["headers"] = [*message["headers"], (b"date", date.encode())]
                if limited:
                    message["headers"].append((b"ratelimit-remaining", str(max(remaining, 0)).encode()))
            await send(message)

        if remaining < 0:
            wait = 60 - self._clock.now().second
            await Problem("SERVER-BUSY", retry_after=wait).response()(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    def _count(self, scope: Scope) -> int:
        minute = int(self._clock.now().timestamp() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, Counter()
        who = Headers(scope=scope).get("authorization", "")
        self._counts[who] += 1
        return REQUESTS_PER_MINUTE - self._counts[who]


class LocalOnly:
    """Refuses what a foreign web page could send: other host names, and other origins on the consoles."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] == "http" and not _is_local(scope):
            refusal = Problem("SERVER-REFUSED", "沙箱只接受本机的请求", status=403)
            await refusal.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if (urlsplit(f"//{host}").hostname or "") not in LOCAL_NAMES:
        return False
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return False
    writes_to_console = scope["path"].startswith("/console") and scope["method"] != "GET"
    return not writes_to_console or origin is not None or headers.get("sec-fetch-site") == "same-origin"
