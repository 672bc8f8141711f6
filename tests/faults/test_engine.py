"""The engine over the real backend and a real journal: refused, interrupted, killed, and never sent twice."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any, Iterable

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import FileJournal
from kaihu_desktop.certificates.store import open_store
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BANK_CARDS, CERTIFICATE_CHECK, SETTLEMENT_ACCOUNT, SIGN
from kaihu_desktop.core.flow.engine import Engine, ProblemsFound
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.core.ports import CertificateStore
from kaihu_desktop.core.secret import Secret
from tests.faults.backend_answers import LIMITS, log_in
from tests.sandbox_server import COMPANY, SandboxServer

#: Made-up customer whose application stands at the bank cards, photos accepted.
IN_FLIGHT = "410101198601295030"


class Person:
    """A customer at a PC: each `start` is a new run of the client over the same files."""

    def __init__(self, sandbox: SandboxServer, folder: Path) -> None:
        self.sandbox, self._folder = sandbox, folder
        self.certificates: CertificateStore = open_store(folder / "certificates", Secret(b"d" * 32))
        self.drafts = folder / "drafts"
        self._backends: list[RestBackend] = []

    def start(self) -> Engine:
        """Log in and go on with the application where it stands."""
        backend = RestBackend(self.sandbox.url, LIMITS, lambda seconds: None)
        self._backends.append(backend)
        log_in(backend, self.sandbox, IN_FLIGHT)
        services = Services(backend, self.certificates, backend.company(COMPANY), backend.customer())
        journal = FileJournal(self.drafts, Secret(b"k" * 32))
        return Engine(SETTLEMENT_ACCOUNT, services, journal, backend.applications()[0])

    def certificate(self) -> str:
        """Their certificate, imported into the store, as PEM."""
        if not self.certificates.find(IN_FLIGHT):
            password = Secret(self.sandbox.customer(IN_FLIGHT)["certificate_password"])
            self.certificates.import_pkcs12(self.sandbox.certificate_file(IN_FLIGHT), password, password)
        return self.certificates.certificate_pem(self.certificates.find(IN_FLIGHT)[0].id)

    def sign_answer(self, engine: Engine, password: str) -> dict[str, Any]:
        """Everything read and agreed to."""
        agreements = engine.services.backend.agreements(engine.application.id)
        return {"read": read_whole(agreements), "consent": True, "password": Secret(password)}

    def close(self) -> None:
        for backend in self._backends:
            backend.close()


@pytest.fixture
def person(sandbox: SandboxServer, tmp_path: Path) -> Any:
    made = Person(sandbox, tmp_path)
    yield made
    made.close()


def read_whole(agreements: Iterable[Agreement]) -> dict[str, Any]:
    """What the page notes of agreements that were read to their end."""
    return {
        one.id: {"sha256": one.sha256, "pages": one.pages, "seconds": 9, "finished": True}
        for one in agreements
    }


def ignore(done: int, total: int) -> None:
    """Progress that nobody looks at."""


def cards(engine: Engine) -> dict[str, Any]:
    """The cards on record, unchanged."""
    return {
        "cards": [
            {
                "id": card.id,
                "bank_code": card.bank_code,
                "number": None,
                "branch": card.branch,
                "photo_id": None,
                "source": "record",
            }
            for card in engine.services.customer.bank_cards
        ],
        "notice_accepted": True,
    }


def submit_up_to_signing(person: Person, engine: Engine) -> None:
    engine.submit(BANK_CARDS, cards(engine), ignore)
    engine.submit(CERTIFICATE_CHECK, {"certificate": person.certificate()}, ignore)
    assert engine.shown == SIGN


def test_after_a_kill_one_is_where_one_was_with_what_was_typed(person: Person) -> None:
    engine = person.start()
    assert engine.shown == BANK_CARDS
    typed = cards(engine)
    typed["cards"][0]["branch"] = "河南省郑州市正在输"
    assert engine.keep(BANK_CARDS, typed, engine.turn())
    again = person.start()
    assert again.shown == BANK_CARDS
    assert again.answer(BANK_CARDS) == typed


def test_older_text_never_takes_the_place_of_newer(person: Person) -> None:
    engine = person.start()
    older, newer = cards(engine), cards(engine)
    older["cards"][0]["branch"], newer["cards"][0]["branch"] = "河南省郑", "河南省郑州市"
    first, second = engine.turn(), engine.turn()
    engine.keep(BANK_CARDS, newer, second)
    engine.keep(BANK_CARDS, older, first)
    assert engine.answer(BANK_CARDS) == newer
    sent, late = cards(engine), engine.turn()
    engine.submit(BANK_CARDS, sent, ignore)
    engine.keep(BANK_CARDS, older, late)
    assert engine.answer(BANK_CARDS) == sent


def test_what_the_disk_refuses_does_not_count_as_kept(person: Person) -> None:
    engine = person.start()
    typed = cards(engine)
    typed["cards"][0]["branch"] = "河南省郑"
    person.drafts.write_text("a file where the folder should be")
    assert not engine.keep(BANK_CARDS, typed, engine.turn())


def test_what_the_server_accepted_is_shown_when_one_goes_back(person: Person) -> None:
    engine = person.start()
    engine.submit(BANK_CARDS, cards(engine), ignore)
    engine.go_back()
    assert engine.shown == BANK_CARDS
    assert engine.answer(BANK_CARDS) == cards(engine)
    engine.submit(BANK_CARDS, cards(engine), ignore)
    assert engine.shown == CERTIFICATE_CHECK


def test_problems_are_found_before_anything_is_sent(person: Person) -> None:
    engine = person.start()
    person.sandbox.fault(f"/steps/{BANK_CARDS.id}", "status", code=500, times=None)
    with pytest.raises(ProblemsFound) as found:
        engine.submit(BANK_CARDS, {"cards": [], "notice_accepted": True}, ignore)
    assert [problem.field for problem in found.value.problems] == ["cards"]
    assert person.sandbox.fault_hits() == [0]


def test_a_refused_answer_is_kept_and_its_correction_accepted(person: Person) -> None:
    engine = person.start()
    wrong = cards(engine)
    wrong["cards"][0]["id"] = "someone-elses"
    with pytest.raises(Failure) as refused:
        engine.submit(BANK_CARDS, wrong, ignore)
    assert refused.value.code == "APP-ANSWER"
    assert engine.shown == BANK_CARDS
    assert engine.answer(BANK_CARDS) == wrong
    engine.submit(BANK_CARDS, cards(engine), ignore)
    assert engine.shown == CERTIFICATE_CHECK


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "status", "code": 500}, "SERVER-ERROR"),
        ({"kind": "drop", "times": None}, "NET-INTERRUPTED"),
        ({"kind": "lose_answer", "times": None}, "NET-INTERRUPTED"),
        ({"kind": "bad_json"}, "NET-BAD-ANSWER"),
    ],
)
def test_an_interrupted_answer_goes_through_at_the_next_try_once(
    person: Person, fault: dict[str, Any], code: str
) -> None:
    engine = person.start()
    before = len(person.sandbox.applications(IN_FLIGHT)[0]["timeline"])
    person.sandbox.fault(f"/steps/{BANK_CARDS.id}", **fault)
    with pytest.raises(Failure) as failed:
        engine.submit(BANK_CARDS, cards(engine), ignore)
    assert failed.value.code == code
    assert engine.shown == BANK_CARDS
    person.sandbox.clear_faults()
    engine.submit(BANK_CARDS, cards(engine), ignore)
    assert engine.shown == CERTIFICATE_CHECK
    assert len(person.sandbox.applications(IN_FLIGHT)[0]["timeline"]) == before + 1


def test_a_lost_answer_and_a_kill_lead_on_without_sending_again(person: Person) -> None:
    engine = person.start()
    person.sandbox.fault(f"/steps/{BANK_CARDS.id}", "lose_answer", times=None)
    with pytest.raises(Failure):
        engine.submit(BANK_CARDS, cards(engine), ignore)
    again = person.start()
    assert again.shown == CERTIFICATE_CHECK


def test_signing_is_not_repeated_when_its_answer_was_lost(person: Person) -> None:
    engine = person.start()
    submit_up_to_signing(person, engine)
    password = person.sandbox.customer(IN_FLIGHT)["certificate_password"]
    answer = person.sign_answer(engine, password)
    person.sandbox.fault("/steps/sign", "lose_answer", times=None)
    with pytest.raises(Failure):
        engine.submit(SIGN, answer, ignore)
    signed = deepcopy(person.sandbox.applications(IN_FLIGHT)[0]["steps"]["sign"]["answer"])
    person.sandbox.clear_faults()
    engine.submit(SIGN, answer, ignore)
    application = person.sandbox.applications(IN_FLIGHT)[0]
    assert application["steps"]["sign"]["answer"] == signed
    assert engine.shown.id == "submitted"
    assert application["status"] == "awaiting_review"


def test_a_wrong_certificate_password_belongs_to_its_field_and_counts(person: Person) -> None:
    engine = person.start()
    submit_up_to_signing(person, engine)
    with pytest.raises(Failure) as refused:
        engine.submit(SIGN, person.sign_answer(engine, "not-the-password"), ignore)
    assert (refused.value.code, refused.value.field) == ("CERT-PASSWORD", "password")
    assert refused.value.remaining == 4
    assert engine.shown == SIGN


def test_a_certificate_that_was_revoked_meanwhile_is_refused_and_can_sign_later(person: Person) -> None:
    engine = person.start()
    submit_up_to_signing(person, engine)
    password = person.sandbox.customer(IN_FLIGHT)["certificate_password"]
    person.sandbox.revoke_certificate(IN_FLIGHT)
    with pytest.raises(Failure) as refused:
        engine.submit(SIGN, person.sign_answer(engine, password), ignore)
    assert refused.value.code == "SIGN-REJECTED"
    person.sandbox.revoke_certificate(IN_FLIGHT, revoked=False)
    engine.submit(SIGN, person.sign_answer(engine, password), ignore)
    assert engine.shown.id == "submitted"


def test_a_rejection_asks_for_the_named_step_only(person: Person) -> None:
    engine = person.start()
    submit_up_to_signing(person, engine)
    password = person.sandbox.customer(IN_FLIGHT)["certificate_password"]
    engine.submit(SIGN, person.sign_answer(engine, password), ignore)
    reason = {"step": "bank_cards", "field": "cards.0.branch", "text": "网点名称不完整"}
    person.sandbox.review(engine.application.id, "reject", [reason])
    again = person.start()
    assert again.shown == BANK_CARDS
    assert [entry.text for entry in again.application.reasons] == ["网点名称不完整"]
    corrected = cards(again)
    corrected["cards"][0]["branch"] = "河南省郑州市金水支行"
    again.submit(BANK_CARDS, corrected, ignore)
    assert again.shown.id == "submitted"
    person.sandbox.review(again.application.id, "approve")
    again.refresh()
    assert again.application.status.finished


def test_a_step_that_another_pc_has_done_meanwhile_is_not_asked_again(person: Person) -> None:
    here, there = person.start(), person.start()
    there.submit(BANK_CARDS, cards(there), ignore)
    here.refresh()
    assert here.shown == CERTIFICATE_CHECK
