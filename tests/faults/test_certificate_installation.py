"""Applying for a certificate, interrupted anywhere: it continues, and leaves no second certificate behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterator

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import CERTIFICATE, CERTIFICATE_CHECK, SETTLEMENT_ACCOUNT, SIGN
from kaihu_desktop.core.flow.certificate_installation import STAGES, Installed, install_certificate
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.flow.step import Services
from kaihu_desktop.core.flow.steps.certificate_check import APPLY
from kaihu_desktop.core.model.application import Status
from kaihu_desktop.core.ports import Cancelled
from kaihu_desktop.core.secret import Secret
from tests.faults.backend_answers import LIMITS, log_in
from tests.faults.test_engine import IN_FLIGHT, cards, ignore, read_whole
from tests.sandbox_server import COMPANY, SandboxServer
from tests.unit.certificates.certificate_people import CHEAP

PIN, OTHER_PIN = "839274", "60284917"


class Applicant:
    """A witnessed customer at a PC; each `engine` is a new run of the client over the same certificates."""

    def __init__(self, sandbox: SandboxServer, folder: Path) -> None:
        self.sandbox, self._folder = sandbox, folder
        self._backends: list[RestBackend] = []

    @property
    def store(self) -> FileCertificateStore:
        return FileCertificateStore(self._folder, Secret(b"d" * 32), CHEAP)

    def engine(self) -> Engine:
        backend = RestBackend(self.sandbox.url, LIMITS, lambda seconds: None)
        self._backends.append(backend)
        log_in(backend, self.sandbox, IN_FLIGHT)
        services = Services(backend, self.store, backend.company(COMPANY), backend.customer())
        return Engine(SETTLEMENT_ACCOUNT, services, MemoryJournal(), backend.applications()[0])

    def applying(self) -> Engine:
        """At the step certificate."""
        self.sandbox.witness(IN_FLIGHT)
        engine = self.engine()
        engine.refresh()
        engine.submit(engine.plan.step("bank_cards"), cards(engine), ignore)
        engine.submit(CERTIFICATE_CHECK, APPLY, ignore)
        assert engine.shown == CERTIFICATE
        return engine

    def valid(self) -> list[str]:
        """What the CA issued in the application and didn't revoke, as serial numbers."""
        application_id = self.sandbox.applications(IN_FLIGHT)[0]["id"]
        issued = self.sandbox.certificates(IN_FLIGHT)
        here = [one for one in issued if one["application_id"] == application_id]
        return [one["serial"] for one in here if not one["revoked_at"]]

    def close(self) -> None:
        for backend in self._backends:
            backend.close()


@pytest.fixture
def applicant(sandbox: SandboxServer, tmp_path: Path) -> Iterator[Applicant]:
    made = Applicant(sandbox, tmp_path)
    yield made
    made.close()


def install(engine: Engine, pin: str = PIN, new: bool = False, progress: Any = ignore) -> Installed:
    return install_certificate(engine.services, engine.application.id, Secret(pin), new, progress)


def is_the_only_one(applicant: Applicant, installed: Installed, pin: str = PIN) -> None:
    """In the store, at the CA, and open to its password."""
    (kept,) = applicant.store.list()
    assert kept.id == installed.info.id
    assert applicant.valid() == [kept.serial.lower().lstrip("0")]
    assert applicant.store.pending(IN_FLIGHT) is None
    with applicant.store.open(kept.id, Secret(pin)):
        pass


@pytest.mark.parametrize("stage", range(1, len(STAGES)))
def test_ended_between_two_stages_it_is_continued_by_another_run(applicant: Applicant, stage: int) -> None:
    def give_up(done: int, _total: int) -> None:
        if done == stage:
            raise Cancelled

    with pytest.raises(Cancelled):
        install(applicant.applying(), progress=give_up)
    engine = applicant.engine()
    if engine.services.certificates.pending(IN_FLIGHT) is None:  # it was already installed
        assert stage == 3
        (info,) = applicant.store.list()
        is_the_only_one(applicant, Installed(info, ""))
    else:
        is_the_only_one(applicant, install(engine))


@pytest.mark.parametrize("kind", ["drop", "lose_answer", "cut"])
@pytest.mark.parametrize("path", ["/certificates$", "/trust-anchors$"])
def test_a_broken_line_is_mended_by_a_second_try(applicant: Applicant, kind: str, path: str) -> None:
    engine = applicant.applying()
    applicant.sandbox.fault(path, kind, times=None)
    with pytest.raises(Failure, match="NET-"):
        install(engine)
    assert applicant.store.list() == ()
    applicant.sandbox.clear_faults()
    is_the_only_one(applicant, install(applicant.engine()))


def test_the_same_installation_twice_is_one_certificate_after_a_new_beginning(applicant: Applicant) -> None:
    engine = applicant.applying()
    with pytest.raises(Cancelled):
        install(engine, progress=_end_after_the_answer)
    (orphan,) = applicant.valid()
    installed = install(engine, OTHER_PIN, new=True)
    assert orphan not in applicant.valid()
    is_the_only_one(applicant, installed, OTHER_PIN)


def _end_after_the_answer(done: int, _total: int) -> None:
    if done == 2:
        raise Cancelled


def test_without_a_witness_nothing_is_issued(applicant: Applicant) -> None:
    engine = applicant.applying()
    applicant.sandbox.witness(IN_FLIGHT, False)
    with pytest.raises(Failure, match="CERT-NOT-WITNESSED"):
        install(engine)
    assert applicant.valid() == []
    assert applicant.store.list() == ()


def test_agreements_are_signed_with_the_certificate_that_was_applied_for(applicant: Applicant) -> None:
    password = Secret(applicant.sandbox.customer(IN_FLIGHT)["certificate_password"])
    applicant.store.import_pkcs12(applicant.sandbox.certificate_file(IN_FLIGHT), password, password)
    engine = applicant.applying()
    installed = install(engine)
    engine.submit(CERTIFICATE, {"certificate": installed.pem}, ignore)
    assert engine.shown == SIGN
    agreements = engine.services.backend.agreements(engine.application.id)
    read = read_whole(agreements)
    with pytest.raises(Failure, match="CERT-PASSWORD"):  # that of the other certificate
        engine.submit(SIGN, {"read": read, "consent": True, "password": password}, ignore)
    engine.submit(SIGN, {"read": read, "consent": True, "password": Secret(PIN)}, ignore)
    assert engine.application.status is Status.AWAITING_REVIEW
