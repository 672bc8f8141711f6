"""What is asked of the backend and what it answers; loads nothing of the network."""

from __future__ import annotations

import json as json_format
from dataclasses import dataclass, field
from typing import Any, Mapping

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.secret import Secret

JSON_BYTES = 4 * 1024 * 1024  # no document of the contract comes near
RETRY_PAUSES = (0.3, 1.0)  # seconds before each automatic retry


@dataclass(frozen=True)
class TimeLimits:
    """Seconds: until connected, between two pieces of an answer, for a whole answer."""

    connect: float = 10.0
    read: float = 30.0
    whole: float = 300.0


@dataclass(frozen=True)
class Request:
    """What is sent. Its text form is the line that may be logged: all else is a person's.

    template: path below ``/v1`` with names for its `variables`, ``/applications/{id}``; this is logged.
    json: sent as JSON. data: sent as it is. token: bearer token.
    key: idempotency key. reads: a request that changes nothing though it is no GET. With either, or with GET,
    a request that failed on the way is repeated.
    media_type: what the answer must be (None: anything). limit: largest answer in bytes.
    progress: called with (bytes so far, bytes announced).
    """

    method: str
    template: str
    variables: Mapping[str, str] | None = field(default=None, repr=False)
    json: object = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    token: Secret | None = None
    key: str | None = None
    reads: bool = False
    media_type: str | None = "application/json"
    limit: int = JSON_BYTES
    progress: Progress | None = None

    @property
    def idempotent(self) -> bool:
        """Whether sending it twice has the effect of sending it once."""
        return self.method == "GET" or self.reads or self.key is not None


@dataclass(frozen=True)
class Answer:
    """An answer with status 2xx."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def document(self) -> Any:
        """The JSON document of the body. Raises NET-BAD-ANSWER."""
        try:
            return json_format.loads(self.body)
        except (ValueError, RecursionError):
            raise Failure("NET-BAD-ANSWER") from None
