"""Signing against the real backend: with its timestamps, cancelled, interrupted, killed, and never twice."""

from __future__ import annotations

import gc
from dataclasses import replace
from typing import Any, Callable

import pytest

from kaihu_desktop.certificates import timestamping
from kaihu_desktop.certificates.opened import OpenedKey
from kaihu_desktop.certificates.pdf_verification import verify_pdf
from kaihu_desktop.certificates.pkcs12 import Credential
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import SIGN
from kaihu_desktop.core.flow.engine import Engine, ProblemsFound
from kaihu_desktop.core.model.certificate import PdfVerification
from kaihu_desktop.core.ports import Cancelled, Progress
from tests.faults.test_engine import IN_FLIGHT, Person, ignore, person, submit_up_to_signing
from tests.sandbox_server import COMPANY

__all__ = ["person"]  # the fixture


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timestamping, "PAUSES", (0, 0))


class Signing:
    """An application that stands at the signing."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.engine = person.start()
        submit_up_to_signing(person, self.engine)
        self.password = str(person.sandbox.customer(IN_FLIGHT)["certificate_password"])
        self.count = len(self.engine.services.backend.agreements(self.engine.application.id))

    def answer(self, password: str | None = None) -> dict[str, Any]:
        return self.person.sign_answer(self.engine, self.password if password is None else password)

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = self.person.sandbox.applications(IN_FLIGHT)[0]
        return found

    def verdicts(self) -> list[PdfVerification]:
        """On the copies that the backend keeps, judged offline by the company's trust anchors."""
        backend = self.engine.services.backend
        anchors = backend.trust_anchors(COMPANY)
        mine = [
            one for one in backend.signed_agreements() if one.application_id == self.engine.application.id
        ]
        return [
            verify_pdf(backend.signed_agreement_content(one.application_id, one.agreement_id), anchors)
            for one in mine
        ]


@pytest.fixture
def signing(person: Person) -> Signing:
    return Signing(person)


def stop_at(done: int) -> Progress:
    """The person presses 取消 when so much is done."""

    def progress(reached: int, total: int) -> None:
        if reached >= done:
            raise Cancelled

    return progress


def test_every_agreement_gets_a_timestamp_that_can_be_verified_offline(signing: Signing) -> None:
    told: list[tuple[int, int]] = []
    signing.engine.submit(SIGN, signing.answer(), lambda *step: told.append(step))
    verdicts = signing.verdicts()
    assert len(verdicts) == signing.count
    for verdict in verdicts:
        assert (verdict.intact, verdict.trusted, verdict.code) == (True, True, None)
        assert verdict.signatures[0].proven_at and verdict.signatures[0].timestamp.authority
    assert [step for place, step in enumerate(told) if step not in told[:place]] == [
        (done, 2 * signing.count) for done in range(2 * signing.count + 1)
    ]


def test_a_company_without_timestamps_gets_plain_signatures(signing: Signing) -> None:
    services = signing.engine.services
    signing.engine.services = replace(services, company=replace(services.company, timestamps=False))
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert [verdict.code for verdict in signing.verdicts()] == [None] * signing.count
    assert not any(verdict.signatures[0].timestamp for verdict in signing.verdicts())


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "status", "code": 500}, "SIGN-TIMESTAMP"),
        ({"kind": "bad_json"}, "SIGN-TIMESTAMP"),
        ({"kind": "drop"}, "NET-INTERRUPTED"),
    ],
)
def test_a_timestamp_service_that_fails_is_told_and_signing_goes_on_later(
    signing: Signing, fault: dict[str, Any], code: str
) -> None:
    signing.person.sandbox.fault("/timestamps$", times=None, **fault)
    answer = signing.answer()
    with pytest.raises(Failure) as failed:
        signing.engine.submit(SIGN, answer, ignore)
    assert failed.value.code == code
    assert not answer["password"]
    assert signing.record["steps"]["sign"]["answer"] is None
    signing.person.sandbox.clear_faults()
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert signing.record["status"] == "awaiting_review"


def test_a_service_that_fails_once_is_not_noticed(signing: Signing) -> None:
    signing.person.sandbox.fault("/timestamps$", "status", code=500, times=2)
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert all(verdict.signatures[0].proven_at for verdict in signing.verdicts())


def test_cancelled_anywhere_nothing_is_submitted_and_nothing_lost(signing: Signing) -> None:
    """Before the first signature, between them, between the uploads, and after the last."""
    for done in range(2 * signing.count + 1):
        answer = signing.answer()
        with pytest.raises(Cancelled):
            signing.engine.submit(SIGN, answer, stop_at(done))
        assert not answer["password"]
        assert signing.record["steps"]["sign"]["answer"] is None
        assert signing.engine.shown == SIGN
        with pytest.raises(ProblemsFound) as asked:  # what was signed is gone: the password is asked again
            signing.engine.submit(SIGN, signing.answer(""), ignore)
        assert [problem.field for problem in asked.value.problems] == ["password"]
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert signing.record["status"] == "awaiting_review"
    assert [verdict.code for verdict in signing.verdicts()] == [None] * signing.count


def test_a_document_that_nobody_has_read_is_not_signed(signing: Signing) -> None:
    """Not by its name, but by its content: the company may exchange it while the person reads."""
    answer = signing.answer()
    next(iter(answer["read"].values()))["sha256"] = "0" * 64
    with pytest.raises(Failure, match="SIGN-UNREAD"):
        signing.engine.submit(SIGN, answer, ignore)
    assert not answer["password"]
    assert signing.record["steps"]["sign"]["answer"] is None


def test_cancelled_within_a_document_too(signing: Signing) -> None:
    """At the timestamp of the second, when one is signed."""
    told: list[int] = []

    def progress(done: int, total: int) -> None:
        told.append(done)
        if told.count(1) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        signing.engine.submit(SIGN, signing.answer(), progress)
    assert set(told) == {0, 1}
    assert signing.record["steps"]["sign"]["answer"] is None


@pytest.mark.parametrize("path", ["/uploads", "/steps/sign"])
def test_a_retry_sends_what_was_signed_and_needs_neither_password_nor_key(
    signing: Signing, path: str
) -> None:
    answer = signing.answer()
    signing.person.sandbox.fault(path, "status", code=500, times=None)
    with pytest.raises(Failure):
        signing.engine.submit(SIGN, answer, ignore)
    assert not answer["password"]
    signing.person.sandbox.clear_faults()
    (info,) = signing.person.certificates.find(IN_FLIGHT)
    signing.person.certificates.delete(info.id)
    signing.engine.submit(SIGN, answer, ignore)
    assert signing.record["status"] == "awaiting_review"
    assert [verdict.code for verdict in signing.verdicts()] == [None] * signing.count


@pytest.mark.parametrize("path", ["/timestamps$", "/uploads", "/steps/sign"])
def test_after_a_kill_all_is_signed_anew_and_accepted_once(signing: Signing, path: str) -> None:
    signing.person.sandbox.fault(path, "drop", times=None)
    with pytest.raises(Failure):
        signing.engine.submit(SIGN, signing.answer(), ignore)
    before = len(signing.record["timeline"])
    signing.person.sandbox.clear_faults()
    signing.engine = signing.person.start()  # the client was killed and is started again
    assert signing.engine.shown == SIGN
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert [verdict.code for verdict in signing.verdicts()] == [None] * signing.count
    assert len(signing.record["timeline"]) == before + 1


def test_of_two_clients_that_sign_the_same_one_is_accepted(signing: Signing) -> None:
    there = signing.person.start()
    there.submit(SIGN, signing.answer(), ignore)
    accepted = signing.record["steps"]["sign"]["answer"]
    signing.engine.submit(SIGN, signing.answer(), ignore)
    assert signing.record["steps"]["sign"]["answer"] == accepted
    assert signing.engine.shown.id == "submitted"


def keys() -> int:
    """How many opened keys this process holds; what has held one and is closed counts no more."""
    gc.collect()
    holders = [one for one in gc.get_objects() if isinstance(one, (Credential, OpenedKey))]
    return sum(isinstance(one, Credential) or one._key is not None for one in holders)


def submitted(signing: Signing) -> Engine:
    signing.engine.submit(SIGN, signing.answer(), ignore)
    return signing.engine


def cancelled(signing: Signing) -> BaseException:
    with pytest.raises(Cancelled) as caught:
        signing.engine.submit(SIGN, signing.answer(), stop_at(1))
    return caught.value


def failed(signing: Signing) -> BaseException:
    signing.person.sandbox.fault("/timestamps$", "status", code=500, times=None)
    with pytest.raises(Failure) as caught:
        signing.engine.submit(SIGN, signing.answer(), ignore)
    return caught.value


def refused(signing: Signing) -> BaseException:
    with pytest.raises(Failure) as caught:
        signing.engine.submit(SIGN, signing.answer("not-the-password"), ignore)
    return caught.value


@pytest.mark.parametrize("end", [submitted, cancelled, failed, refused])
def test_no_key_outlives_the_signing_not_even_in_a_traceback(
    signing: Signing, end: Callable[[Signing], Any]
) -> None:
    before = keys()
    kept = end(signing)
    assert keys() == before, f"a key is still there after {kept!r}"
