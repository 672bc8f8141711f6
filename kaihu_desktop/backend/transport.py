"""Sends a request to the backend and returns its answer, bounded in size and time, or raises `Failure`."""

from __future__ import annotations

import json as json_format
import logging
import platform
import time
from http.cookiejar import DefaultCookiePolicy
from typing import Callable
from urllib.parse import quote, urlsplit

import requests
from requests.adapters import HTTPAdapter

from kaihu_desktop import __version__
from kaihu_desktop.backend.problems import (
    NETWORK_ERRORS,
    failure_of_answer,
    failure_of_exception,
    retry_after,
)
from kaihu_desktop.backend.proxies import is_loopback, proxies_for
from kaihu_desktop.backend.request import RETRY_PAUSES, Answer, Request, TimeLimits
from kaihu_desktop.backend.tls import SystemTrustAdapter, system_trust
from kaihu_desktop.core.failure import Failure

logger = logging.getLogger(__name__)

API = "/v1"
PROBLEM_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
CONNECTIONS = 16  # every piece of background work has a thread of its own

LONGEST_PAUSE = 2  # seconds; a longer ``Retry-After`` is shown to the person
RETRY_STATUSES = (502, 503, 504)
RETRY_CODES = ("NET-OFFLINE", "NET-INTERRUPTED")  # not a timeout: the person has waited long enough


class _Unanswered(Exception):
    """A request failed. repeat: sending it again may help; after: seconds that the backend asks to wait."""

    def __init__(self, failure: Failure, repeat: bool, after: int = 0) -> None:
        super().__init__(failure.code)
        self.failure = failure
        self.repeat = repeat
        self.after = after


class Transport:
    """One connection pool to one backend; threads may share it.

    base_url: ``https://host[:port][/prefix]``; plain http only to this computer itself, else every request
    raises NET-NO-ADDRESS or NET-INSECURE. wait: called with the seconds to wait before an automatic retry.
    """

    def __init__(
        self,
        base_url: str,
        limits: TimeLimits,
        wait: Callable[[float], object],
    ) -> None:
        self._root = base_url.rstrip("/") + API
        self._refused = _address_problem(base_url)
        self._limits = limits
        self._wait = wait
        self._session = _session()

    def send(self, request: Request) -> Answer:
        """The answer with status 2xx.

        Raises every NET-… and SERVER-… failure, and the one that the backend names in its problem document.
        An exception of `progress` passes through.
        """
        if self._refused:
            raise Failure(self._refused)
        pauses = iter(RETRY_PAUSES if request.idempotent else ())
        while True:
            try:
                return self._send_once(request)
            except _Unanswered as unanswered:
                pause = next(pauses, None) if unanswered.repeat else None
                if pause is None:
                    raise unanswered.failure from None
                self._wait(max(pause, unanswered.after))

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _send_once(self, request: Request) -> Answer:
        started = time.monotonic()
        outcome = "cancelled"
        try:
            answer = self._exchange(request, started)
            outcome = str(answer.status)
            if 200 <= answer.status < 300:
                return answer
            raise _refused(answer)
        except Failure as failure:
            outcome = failure.code
            raise _Unanswered(failure, failure.code in RETRY_CODES) from None
        finally:
            took = (time.monotonic() - started) * 1000
            logger.info("%s %s %s %d ms", request.method, request.template, outcome, took)

    def _exchange(self, request: Request, started: float) -> Answer:
        url = self._root + request.template.format_map(
            {name: quote(value, safe="") for name, value in (request.variables or {}).items()}
        )
        response = None
        try:
            response = self._session.request(
                request.method,
                url,
                data=_payload(request),
                headers=_headers(request),
                timeout=(self._limits.connect, self._limits.read),
                proxies=proxies_for(url),
                allow_redirects=False,
                stream=True,
            )
            return self._read(request, response, started)
        except NETWORK_ERRORS as error:
            raise failure_of_exception(error) from None
        finally:
            if response is not None:
                response.close()

    def _read(self, request: Request, response: requests.Response, started: float) -> Answer:
        good = 200 <= response.status_code < 300
        if good and response.status_code != 204:
            _check_media_type(response, request.media_type)
        body = bytearray()
        # read1 returns what has arrived; anything that waits for a full chunk never meets the time limit
        for piece in iter(lambda: response.raw.read1(CHUNK_BYTES, decode_content=False), b""):
            body += piece
            if time.monotonic() - started > self._limits.whole:
                raise Failure("NET-TIMEOUT")
            if not good and len(body) > PROBLEM_BYTES:
                break
            if len(body) > request.limit:
                raise Failure("NET-BAD-ANSWER")
            if good and request.progress:
                announced = response.headers.get("Content-Length", "")
                request.progress(len(body), int(announced) if announced.isdigit() else len(body))
        return Answer(response.status_code, response.headers, bytes(body))


def _address_problem(base_url: str) -> str | None:
    """The code of the failure that asking this address is, None for a good one."""
    if not base_url:
        return "NET-NO-ADDRESS"
    return None if _is_secure(base_url) else "NET-INSECURE"


def _is_secure(base_url: str) -> bool:
    try:
        parts = urlsplit(base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no netrc, no bundle from the environment; proxies are given to each request
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers["User-Agent"] = f"kaihu-desktop/{__version__} ({platform.system()})"
    session.headers["Accept-Encoding"] = "identity"  # so that the limits count the bytes on the line
    session.mount("https://", SystemTrustAdapter(system_trust(), CONNECTIONS))
    session.mount("http://", HTTPAdapter(pool_maxsize=CONNECTIONS))
    return session


def _headers(request: Request) -> dict[str, str]:
    headers = {
        "Accept": f"{request.media_type or '*/*'}, application/problem+json",
        **(request.headers or {}),
    }
    if request.json is not None:
        headers["Content-Type"] = "application/json"
    if request.key is not None:
        headers["Idempotency-Key"] = request.key
    if request.token is not None:
        headers["Authorization"] = f"Bearer {request.token.reveal_text()}"
    return headers


def _payload(request: Request) -> bytes | None:
    if request.json is None:
        return request.data
    return json_format.dumps(request.json, ensure_ascii=False).encode("utf-8")


def _refused(answer: Answer) -> _Unanswered:
    failure = failure_of_answer(answer.status, answer.headers, answer.body)
    after = retry_after(answer.headers) or 0
    return _Unanswered(failure, answer.status in RETRY_STATUSES and after <= LONGEST_PAUSE, after)


def _check_media_type(response: requests.Response, media_type: str | None) -> None:
    """A page of a hotel's network that asks to log in comes with status 200, too."""
    found = response.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type is not None and found != media_type:
        raise Failure("NET-BAD-ANSWER")
