"""Around a step's page: what 上一步 and closing do while an answer is kept, or on its way."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from qtpy.QtWidgets import QPushButton

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import FileJournal, MemoryJournal
from kaihu_desktop.core.flow.businesses import BANK_CARDS, SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Journal
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.pages.sign import SignPage
from kaihu_desktop.ui.shell import Shell
from tests.sandbox_server import SandboxServer
from tests.ui.conftest import Hands

#: Made-up customer whose application stands at the bank cards, photos accepted.
UNFINISHED = "410101198601295030"
BRANCH = "河南省郑州市示范支行"


@pytest.fixture
def view(
    backend: RestBackend,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
) -> ApplicationView:
    log_in(UNFINISHED)
    return open_application(backend.applications()[0])


def test_while_an_answer_is_on_its_way_one_stays_on_its_page(
    view: ApplicationView, hands: Hands, sandbox: SandboxServer
) -> None:
    hands.see("bank_cards.page")
    sandbox.fault("/steps/bank_cards", "slow", seconds=1)
    hands.click("shell.next")
    hands.click("dialog.accept")
    hands.see("shell.back").click()  # as assistive software may: the veil holds off mouse and keys
    assert hands.find("bank_cards.page") is not None
    hands.see("certificate_check.page")


def test_after_a_cancel_one_is_told_to_wait_and_then_shown_where_one_stands(
    view: ApplicationView, hands: Hands, sandbox: SandboxServer
) -> None:
    hands.see("bank_cards.page")
    sandbox.fault("/steps/bank_cards", "slow", seconds=1)
    hands.click("shell.next")
    hands.click("dialog.accept")
    hands.see("shell.busy").findChild(QPushButton, "shell.busy.cancel").click()
    assert hands.text("shell.blocked") == "正在取消…"
    assert not hands.see("shell.next").isEnabled()
    assert not hands.see("bank_cards.page").isEnabled()
    hands.see("certificate_check.page")  # it had been accepted all the same


def _file_journal(folder: Path) -> Journal:
    return FileJournal(folder / "drafts", Secret(bytes(32)))


def _journal_without_a_disk(folder: Path) -> Journal:
    (folder / "drafts").write_text("a file where the folder should be")
    return _file_journal(folder)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (_file_journal, "已自动保存"),
        (_journal_without_a_disk, "自动保存没有成功"),
        (lambda _: MemoryJournal(), "草稿只在本次有效"),
    ],
)
def test_nothing_is_called_saved_that_is_not(
    shell: Shell,
    hands: Hands,
    backend: RestBackend,
    context: Callable[[Application], PageContext],
    log_in: Callable[..., None],
    tmp_path: Path,
    make: Callable[[Path], Journal],
    text: str,
) -> None:
    log_in(UNFINISHED)
    made = context(backend.applications()[0])
    engine = Engine(SETTLEMENT_ACCOUNT, made.services, make(tmp_path), made.application)
    view = ApplicationView(shell, engine, made)
    hands.click("bank_cards.add")
    hands.click("bank_cards.by_hand")
    hands.type("bank_cards.new1.branch", BRANCH)
    hands.see_text("shell.saved", text)
    view.close()


def test_what_was_just_typed_is_kept_when_the_page_is_left(
    view: ApplicationView, hands: Hands, journal: MemoryJournal
) -> None:
    hands.click("bank_cards.add")
    hands.click("bank_cards.by_hand")
    hands.type("bank_cards.new1.branch", BRANCH)
    hands.see("shell.back").click()
    hands.see("photos.page")
    draft = journal.load(view.engine.application.id, BANK_CARDS.id)
    assert draft is not None
    assert draft["answer"]["cards"][-1]["branch"] == BRANCH


def test_a_password_in_use_outlives_its_page(
    hands: Hands,
    backend: RestBackend,
    context: Callable[[Application], PageContext],
    log_in: Callable[..., None],
    show: Callable[[Page], Page],
) -> None:
    """Else the certificate store would count a wrong try when the window is closed while it signs."""
    log_in(UNFINISHED)
    page = SignPage(context(backend.applications()[0]))
    show(page)
    given: list[bool] = []
    page.before_submit(lambda: given.append(True))
    hands.type("dialog.password", "13572468")
    hands.click("dialog.accept")
    hands.wait(lambda: given)
    answer = page.answer()
    page.leave()
    assert answer["password"].reveal_text() == "13572468"
    assert "password" not in page.answer()
