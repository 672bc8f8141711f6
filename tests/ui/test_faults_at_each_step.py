"""What fails at 下一步: the page stays, the answer is kept, 重试 goes on, and nothing is sent twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.settings import load_settings
from kaihu_desktop.ui.navigator import Navigator
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.contract.walk import STEPS, Walk
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import Hands
from tests.ui.login_form import LoginForm
from tests.ui.readiness_world import ports
from tests.ui.reading import read_through

SMS_INTERVAL = 61  # seconds that must lie between two SMS codes

#: What happens to the answer, one after the other on the same page, and the code that is then shown.
FAULTS = (
    ({"kind": "status", "code": 500}, "SERVER-ERROR"),
    ({"kind": "drop"}, "NET-INTERRUPTED"),
    ({"kind": "cut", "after": 10}, "NET-INTERRUPTED"),
    ({"kind": "bad_json"}, "NET-BAD-ANSWER"),
    ({"kind": "lose_answer"}, "NET-INTERRUPTED"),
)


class Person:
    """Logs in by hand and presses 下一步 at a step whose answer lies ready as a draft."""

    def __init__(self, hands: Hands, sandbox: SandboxServer, password: str) -> None:
        self.hands, self.sandbox, self._password = hands, sandbox, password

    def log_in(self) -> None:
        """Fill and send the login form."""
        hands, sandbox = self.hands, self.sandbox
        sandbox.shift_clock(SMS_INTERVAL)
        sandbox.open_hours()
        LoginForm(hands, sandbox).log_in()

    def send(self, step: str) -> None:
        """Press the primary action, and answer what it asks."""
        hands = self.hands
        if step == "sign":
            hands.wait(lambda: hands.see("sign.consent").isEnabled())
            if not hands.see("sign.consent").isChecked():
                hands.tick("sign.consent")
        hands.click("shell.next")
        if step == "bank_cards":
            hands.click("dialog.accept")
        elif step == "sign":
            hands.type("dialog.password", self._password)
            hands.click("dialog.accept")

    def see_failure(self, step: str, code: str) -> None:
        """The panel tells what failed, what to do, and the code; the page is still there."""
        hands = self.hands
        hands.see_text("shell.error.code", code)
        assert hands.text("shell.error.text")
        assert KINDS[code].remedy in hands.text("shell.error.remedy")
        hands.see(f"{step}.page")


@pytest.fixture
def person(hands: Hands, sandbox: SandboxServer) -> Person:
    """The sample customer, before the window."""
    password = str(sandbox.customer(SAMPLE_ID_NUMBER)["certificate_password"])
    return Person(hands, sandbox, password)


@pytest.fixture
def ready(
    shell: Shell,
    tasks: TaskRunner,
    backend: RestBackend,
    journal: MemoryJournal,
    certificates: MemoryCertificateStore,
    sandbox: SandboxServer,
    person: Person,
    tmp_path: Path,
) -> Callable[[str], Walk]:
    """Opens the window at a step with a draft of a good answer."""
    environment = {"KAIHU_HOME": str(tmp_path), "HOME": str(tmp_path), "KAIHU_COMPANY": COMPANY}

    def open_at(step: str) -> Walk:
        walk = Walk(sandbox).begin()
        for before in STEPS[: STEPS.index(step)]:
            assert walk.put(before).status_code == 200
        password = sandbox.customer(SAMPLE_ID_NUMBER)["certificate_password"].encode()
        certificates.import_pkcs12(
            sandbox.certificate_file(SAMPLE_ID_NUMBER), Secret(password), Secret(password)
        )
        journal.save(walk.id, step, {"answer": _draft(walk, step), "key": "", "digest": ""})
        mine = ports(
            load_settings(environment),
            backend=backend,
            certificates=lambda: certificates,
            journal=lambda: journal,
        )
        Navigator(shell, tasks, mine).start()
        person.log_in()
        person.hands.see(f"{step}.page")
        return walk

    return open_at


def _draft(walk: Walk, step: str) -> dict[str, Any]:
    if step != "sign":
        draft: dict[str, Any] = getattr(walk, step)()
        return draft
    return {"read": read_through(walk.agreements()), "consent": False}


def _once(walk: Walk, step: str) -> None:
    """There is one application, and it was submitted at most once."""
    applications = walk.server.applications(SAMPLE_ID_NUMBER)
    assert [one["id"] for one in applications] == [walk.id]
    assert applications[0]["steps"][step]["state"] == "accepted"
    submissions = [entry["status"] for entry in applications[0]["timeline"]].count("awaiting_review")
    assert submissions == (1 if step == "sign" else 0)


def _page_after(step: str) -> str:
    return f"{(*STEPS, 'submitted')[STEPS.index(step) + 1]}.page"


@pytest.mark.parametrize("step", STEPS)
def test_every_fault_of_the_line_is_survived(
    step: str, ready: Callable[[str], Walk], person: Person, hands: Hands, sandbox: SandboxServer
) -> None:
    walk = ready(step)
    press = lambda: person.send(step)  # noqa: E731 - the first time; then it is 重试
    for fault, code in FAULTS:
        sandbox.clear_faults()
        sandbox.fault(f"/steps/{step}$", **fault, method="PUT", times=None)
        press()
        person.see_failure(step, code)
        press = lambda: hands.click("shell.error.retry")  # noqa: E731
    sandbox.clear_faults()
    sandbox.fault(f"/steps/{step}$", "slow", method="PUT", seconds=0.8)
    press()
    hands.see("shell.busy")
    hands.see(_page_after(step))
    _once(walk, step)


@pytest.mark.parametrize("step", STEPS)
def test_an_expired_login_leads_back_to_the_same_step(
    step: str, ready: Callable[[str], Walk], person: Person, hands: Hands, sandbox: SandboxServer
) -> None:
    walk = ready(step)
    sandbox.expire_sessions(refresh=True)
    person.send(step)
    person.see_failure(step, "AUTH-EXPIRED")
    assert hands.text("shell.error.retry") == "重新登录"
    hands.click("shell.error.retry")
    person.log_in()
    hands.see(f"{step}.page")
    person.send(step)
    hands.see(_page_after(step))
    _once(walk, step)


def test_a_backend_that_dies_and_comes_back(
    ready: Callable[[str], Walk], person: Person, hands: Hands, sandbox: SandboxServer
) -> None:
    walk = ready("bank_cards")
    before = hands.text("bank_cards.new1.branch")
    sandbox.kill()
    try:
        person.send("bank_cards")
        hands.see_text("shell.error.code", "NET-")
        code = hands.text("shell.error.code").split()[-1]
        person.see_failure("bank_cards", code)
        assert hands.text("bank_cards.new1.branch") == before
    finally:
        sandbox.start()
    hands.click("shell.error.retry")
    hands.see("certificate_check.page")
    _once(walk, "bank_cards")
