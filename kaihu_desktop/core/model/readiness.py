"""What looking at one part of this PC found: its state in words, with code and remedy where it isn't good."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """ok; warning: the business can go on, with less; failed: a business that needs it can't."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


#: Failures of devices that serve all the same, perhaps: a hand takes the cover off; a silent room, too, is
#: digital silence to microphones that remove all noise. A warning, whoever meets them.
BEARABLE = frozenset(("CAM-BLACK", "CAM-FROZEN", "MIC-MUTED"))


@dataclass(frozen=True)
class Reason:
    """One of several things that a check found, with its failure code and what to do about it."""

    text: str
    code: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """What a check found. text: a Chinese sentence without its full stop; code: of a failure.

    reasons: each thing by itself, where a check looks at several; `code` and `remedy` are those of the worst.
    """

    state: State
    text: str
    code: str | None = None
    remedy: str | None = None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Result:
    """A check when it is done; `ms` is how many milliseconds it took."""

    id: str
    title: str
    finding: Finding
    ms: int
