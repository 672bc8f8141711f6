"""An application (受理单): the server's record of one business of one person."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Mapping


class Status(Enum):
    """办理状态 of SPEC section 3, with the text that is shown."""

    DRAFT = "draft"
    AWAITING_VIDEO = "awaiting_video"
    VIDEO_REJECTED = "video_rejected"
    AWAITING_REVIEW = "awaiting_review"
    REVIEWING = "reviewing"
    REVIEW_REJECTED = "review_rejected"
    AWAITING_COUNTER = "awaiting_counter"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def text(self) -> str:
        """The Chinese text of the status."""
        return _STATUS_TEXTS[self]

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return self in (Status.SUCCEEDED, Status.FAILED)

    @property
    def rejected(self) -> bool:
        """Whether the person must correct something."""
        return self in (Status.VIDEO_REJECTED, Status.REVIEW_REJECTED)

    @property
    def editable(self) -> bool:
        """Whether the person has steps to do."""
        return self is Status.DRAFT or self.rejected


_STATUS_TEXTS = {
    Status.DRAFT: "未提交",
    Status.AWAITING_VIDEO: "待视频",
    Status.VIDEO_REJECTED: "视频驳回",
    Status.AWAITING_REVIEW: "待复核",
    Status.REVIEWING: "复核中",
    Status.REVIEW_REJECTED: "复核驳回",
    Status.AWAITING_COUNTER: "已提交待柜台复核",
    Status.SUCCEEDED: "办理成功",
    Status.FAILED: "办理失败",
}


class StepState(Enum):
    """What the server says of one step."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True)
class StepRecord:
    """The server's record of a step; `answer` echoes what it accepted."""

    state: StepState
    answer: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Reason:
    """Why a step was rejected; `field` is the dotted path of the answer's field, if it names one."""

    step: str
    field: str | None
    text: str


@dataclass(frozen=True)
class TimelineEntry:
    """A status that the application had, and since when."""

    status: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Application:
    """One application, as the server last told it.

    witnessed: its video witness has passed, so that a certificate may be applied for.
    """

    id: str
    business: str
    title: str
    status: Status
    created_at: datetime
    submitted_at: datetime | None
    remark: str = field(repr=False)
    reasons: tuple[Reason, ...]
    steps: Mapping[str, StepRecord]
    timeline: tuple[TimelineEntry, ...]
    can_abandon: bool
    capital_account: str | None = field(default=None, repr=False)
    witnessed: bool = False

    def record(self, step_id: str) -> StepRecord:
        """The record of a step; an unknown step is open."""
        return self.steps.get(step_id, StepRecord(StepState.OPEN))
