"""What went wrong with a request, as a `Failure`: from an exception, or from the answer of the backend."""

from __future__ import annotations

import http.client
import json
import ssl
from email.utils import parsedate_to_datetime
from typing import Any, Iterator, Mapping

import requests
import urllib3.exceptions as urllib3_errors
from requests import exceptions as requests_errors

from kaihu_desktop.core.failure import Failure

#: The failure for an answer that names none. Any other below 500 is SERVER-REFUSED, from 500 SERVER-ERROR.
STATUS_CODES = {
    401: "AUTH-EXPIRED",
    404: "SERVER-NOT-FOUND",
    407: "NET-PROXY",
    408: "NET-TIMEOUT",
    409: "SERVER-CONFLICT",
    413: "UPLOAD-TOO-LARGE",
    415: "UPLOAD-TYPE",
    429: "SERVER-BUSY",
}

#: The first of these that lies anywhere in the chain of an exception tells what happened.
EXCEPTION_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (requests_errors.ProxyError, "NET-PROXY"),
    (requests_errors.InvalidProxyURL, "NET-PROXY"),
    (requests_errors.InvalidSchema, "NET-PROXY"),  # a SOCKS proxy, which requests alone doesn't speak
    (urllib3_errors.ProxySchemeUnknown, "NET-PROXY"),
    (ssl.SSLCertVerificationError, "NET-TLS"),
    (ssl.SSLEOFError, "NET-INTERRUPTED"),
    (requests_errors.SSLError, "NET-TLS"),
    (requests_errors.Timeout, "NET-TIMEOUT"),
    (urllib3_errors.ReadTimeoutError, "NET-TIMEOUT"),
    (requests_errors.ContentDecodingError, "NET-BAD-ANSWER"),
    (urllib3_errors.NewConnectionError, "NET-OFFLINE"),
    (urllib3_errors.NameResolutionError, "NET-OFFLINE"),
    (requests_errors.InvalidURL, "NET-OFFLINE"),
    (http.client.IncompleteRead, "NET-INTERRUPTED"),
    (http.client.RemoteDisconnected, "NET-INTERRUPTED"),
    (http.client.HTTPException, "NET-BAD-ANSWER"),  # what came isn't HTTP
)

_LONGEST_TEXT = 200  # characters; a sentence, not a page


def failure_of_exception(error: BaseException) -> Failure:
    """The failure for an exception of requests, urllib3 or the socket; it keeps nothing of the exception."""
    chain = list(_chain(error))
    for kind, code in EXCEPTION_CODES:
        if any(isinstance(link, kind) for link in chain):
            return Failure(code)
    return Failure("NET-INTERRUPTED")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it was made of: requests keeps urllib3's in `args`, urllib3 in `reason`."""
    pending: list[Any] = [error]
    seen: set[int] = set()
    while pending:
        link = pending.pop()
        if isinstance(link, BaseException) and id(link) not in seen:
            seen.add(id(link))
            yield link
            pending += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]


def failure_of_answer(status: int, headers: Mapping[str, str], body: bytes) -> Failure:
    """The failure that an answer other than 2xx means: by its problem details (RFC 9457), else its status."""
    problem = _problem(headers, body)
    code = problem.get("code")
    detail = problem.get("detail")
    field = problem.get("field")
    wait = _whole(problem.get("retry_after"))
    return Failure(
        code if isinstance(code, str) and code else code_of_status(status),
        detail[:_LONGEST_TEXT] if isinstance(detail, str) and detail else None,
        field=field if isinstance(field, str) else None,
        wait=retry_after(headers) if wait is None else wait,
        remaining=_whole(problem.get("remaining")),
        errors=tuple(_errors(problem.get("errors"))),
    )


def code_of_status(status: int) -> str:
    """The failure code for an HTTP status; 1xx and 3xx are nothing that this backend sends."""
    if status < 400:
        return "NET-BAD-ANSWER"
    return STATUS_CODES.get(status, "SERVER-REFUSED" if status < 500 else "SERVER-ERROR")


def retry_after(headers: Mapping[str, str]) -> int | None:
    """Seconds of the header ``Retry-After``, which names seconds or a date (RFC 9110, section 10.2.3)."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return int(value[:6])
    try:
        now = parsedate_to_datetime(headers.get("Date", ""))
        return max(0, int((parsedate_to_datetime(value) - now).total_seconds()))
    except (TypeError, ValueError):
        return None


def _problem(headers: Mapping[str, str], body: bytes) -> Mapping[str, Any]:
    if headers.get("Content-Type", "").split(";")[0].strip().lower() != "application/problem+json":
        return {}
    try:
        problem = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _whole(value: Any) -> int | None:
    return int(value) if type(value) in (int, float) and 0 <= value < 10**6 else None


def _errors(value: object) -> Iterator[tuple[str, str]]:
    for error in value if isinstance(value, list) else ():
        if isinstance(error, dict) and isinstance(error.get("text"), str):
            yield str(error.get("field") or ""), error["text"][:_LONGEST_TEXT]


#: What requests, urllib3 and the socket raise; a proxy's or host's name may even fail to encode.
NETWORK_ERRORS = (
    requests.RequestException,
    urllib3_errors.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
)
