"""Every error that a person can meet: a code, a Chinese text, a remedy, and what may be retried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kaihu_desktop.core.failure_table import FAILURE_TABLE


class Retry(Enum):
    """What may follow a failure."""

    NO = "no"  # correct something first
    SAME = "same"  # the same request may simply be repeated
    LOGIN = "login"  # log in again, then repeat


@dataclass(frozen=True)
class FailureKind:
    """One row of the failure table.

    code: documented identifier such as ``NET-TIMEOUT``, spoken to the hotline.
    text: what happened, in Chinese, one short sentence.
    remedy: what the person can do now, in Chinese.
    """

    code: str
    text: str
    remedy: str
    retry: Retry


KINDS = {code: FailureKind(code, text, remedy, Retry(retry)) for code, text, remedy, retry in FAILURE_TABLE}


class Failure(Exception):
    """An error that is shown to a person.

    code: a key of `KINDS`; an unknown code from a backend is shown as ``SERVER-REFUSED``.
    text: overrides the table's text where the backend's sentence is more precise.
    field: dotted path of the answer's field that the failure belongs to, such as ``cards.0.number``.
    wait: seconds to wait before trying again, where the other side named them.
    remaining: tries left, where the other side named them.
    errors: (field, text) of each field to correct, where a backend refused an answer (``APP-ANSWER``).

    Never put personal data or secrets into `text`: failures are logged by code, and shown on screen.
    """

    def __init__(
        self,
        code: str,
        text: str | None = None,
        *,
        field: str | None = None,
        wait: int | None = None,
        remaining: int | None = None,
        errors: tuple[tuple[str, str], ...] = (),
    ) -> None:
        kind = KINDS.get(code) or KINDS["SERVER-REFUSED"]
        self.code = code
        self.text = text or kind.text
        self.remedy = kind.remedy
        self.retry = kind.retry
        self.field = field
        self.wait = wait
        self.remaining = remaining
        self.errors = errors
        super().__init__(code)
