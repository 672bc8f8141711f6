"""A step of a business: what it needs, what is wrong with an answer, what is sent. Knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.core.model.customer import Customer
from kaihu_desktop.core.ports import Backend, CertificateStore, Progress, WindowsCertificates

#: What a page returns: a JSON document, but for `Secret` values, which are never kept.
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """Something to correct: `field` is the dotted path in the answer, `text` a Chinese sentence.

    remedy: what the person can do about it, where `text` alone doesn't say so.
    """

    field: str
    text: str
    remedy: str = ""


@dataclass(frozen=True)
class Services:
    """What a step may use while it prepares what is sent. windows: None on other systems."""

    backend: Backend
    certificates: CertificateStore
    company: Company
    customer: Customer
    windows: WindowsCertificates | None = None


#: What a draft holds of a photo beside what is sent: its pictures until they have arrived; how it was cut
#: out, and what is wrong with it.
DRAFT_ONLY = ("pending", "seen")


def without_draft(part: Answer) -> dict[str, Any]:
    """The part of an answer that tells of a photo, without what belongs to the draft alone."""
    return {name: value for name, value in part.items() if name not in DRAFT_ONLY}


@dataclass(frozen=True)
class Step:
    """One step. Subclasses say what differs; the defaults fit a step whose answer is sent as it is.

    id: key in the server's record, and prefix of the page's object names.
    title: shown in the step rail.
    minutes: about how long it takes, for the estimate in the rail.
    """

    id: str
    title: str
    minutes: float

    def applies(self, application: Application) -> bool:
        """Whether the application has this step at all."""
        return True

    def problems(self, answer: Answer, services: Services) -> tuple[Problem, ...]:
        """What must be corrected before the answer can be sent."""
        return ()

    def prepare(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> Answer:
        """What is made on this PC once for an answer (signing): `body` finds it in the answer.

        It is kept, in memory, while the same answer is tried again, and is gone when the person cancels. May
        block and raise `Failure`; wipes the answer's secrets when they are used.
        """
        return {}

    def body(
        self, answer: Answer, services: Services, application: Application, progress: Progress
    ) -> dict[str, Any]:
        """The document that is sent. May block (uploading) and raise `Failure`."""
        return dict(answer)
