"""What must hold on every page: the keyboard presses buttons, and a small window hides no button."""

from __future__ import annotations

import threading
from typing import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, QRect, Qt
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QApplication, QLineEdit, QPushButton, QShortcut

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.core.model.company import Document
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.agreement_list import AgreementRow
from kaihu_desktop.ui.widgets.card_grid import CardGrid
from kaihu_desktop.ui.widgets.labels import button
from tests.ui.conftest import Hands


def test_enter_presses_the_button_that_has_the_focus(shell: Shell, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    made = button("去办理", "secondary", "some.button", lambda: pressed.append(True))
    made.setParent(shell)
    made.show()
    made.setFocus()
    qtbot.keyClick(made, Qt.Key.Key_Return)
    qtbot.keyClick(made, Qt.Key.Key_Enter)
    assert pressed == [True, True]


def test_the_buttons_of_a_long_text_stay_clear_of_it_when_the_window_shrinks(
    shell: Shell, hands: Hands
) -> None:
    shell.resize(780, 780)
    shell.dialogs.read(Document("1", "隐私政策", "文字\n" * 200), "我已阅读并同意", lambda: None)
    text, accept = hands.see("dialog.document"), hands.see("dialog.accept")
    shell.resize(768, 432)

    def place(widget: object) -> QRect:
        return QRect(widget.mapTo(shell, QPoint(0, 0)), widget.size())

    hands.wait(lambda: place(text).bottom() < place(accept).top())
    assert shell.rect().contains(place(accept))


def test_a_long_name_does_not_widen_the_window(shell: Shell, hands: Hands) -> None:
    whole = "410101********5030 · 阿布都热合曼·阿卜杜拉·买买提江·艾则孜"
    shell.top_bar.set_company("样例期货股份有限公司上海自由贸易试验区分公司", None)
    shell.top_bar.set_readiness("3 项需要处理", "warn")
    shell.top_bar.set_person(whole)
    shell.resize(768, 432)
    hands.see_text("shell.person", "…")
    assert shell.width() == 768
    assert hands.see("shell.person").toolTip() == whole
    shell.resize(1600, 800)
    hands.see_text("shell.person", whole)
    hands.see_text("shell.company", "试验区分公司")


def test_tab_goes_from_the_page_to_the_footer_and_then_around_it(
    shell: Shell, hands: Hands, qtbot: QtBot
) -> None:
    page = Page("some", "一页")
    page.body.addWidget(QLineEdit(objectName="some.first"))
    shell.top_bar.set_person("张样本")
    shell.footer.set_actions("下一步", True)
    shell.show_page(page, rail=True, footer=True)
    page.body.addWidget(QLineEdit(objectName="some.later"))
    shell.show_failure(Failure("NET-OFFLINE"), lambda: None)
    order = ["some.first", "some.later", "shell.error.retry", "shell.error.close", "shell.back", "shell.next"]
    order += ["shell.certificates", "shell.settings", "shell.logout"]
    hands.see("some.first").setFocus()
    for name, following in zip(order, order[1:]):
        qtbot.keyClick(hands.see(name), Qt.Key.Key_Tab)
        hands.focused(following)
    for name, following in zip(order[::-1], order[-2::-1]):
        qtbot.keyClick(hands.see(name), Qt.Key.Key_Backtab)
        hands.focused(following)


@pytest.fixture
def field(shell: Shell, hands: Hands) -> QLineEdit:
    """The only field of a page, with the focus."""
    page = Page("some", "一页")
    made = QLineEdit(objectName="some.field")
    page.body.addWidget(made)
    shell.top_bar.set_person("张样本")
    shell.footer.set_actions("下一步", True)
    shell.show_page(page, rail=True, footer=True)
    hands.focused("some.page")
    made.setFocus()
    return made


@pytest.fixture
def keep_busy(shell: Shell, tasks: TaskRunner, hands: Hands) -> Iterator[Callable[[], Task]]:
    """Starts work that ends when `keep_busy.end` is set, and waits for the veil over the window."""
    end = threading.Event()

    def start() -> Task:
        task = tasks.run(shell, lambda _: end.wait(), lambda _: None, label="正在提交…")
        hands.focused("shell.busy")
        return task

    start.end = end  # type: ignore[attr-defined]
    yield start
    end.set()


def test_while_the_client_works_keys_reach_nothing_below(
    shell: Shell, hands: Hands, qtbot: QtBot, field: QLineEdit, keep_busy: Callable[[], Task]
) -> None:
    found: list[bool] = []
    QShortcut(QKeySequence("Ctrl+F"), field, lambda: found.append(True))
    keep_busy()
    for key in (Qt.Key.Key_A, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return):
        qtbot.keyClick(QApplication.focusWidget(), key)
        hands.focused("shell.busy")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert field.text() == ""
    assert found == []
    hands.see("shell.busy.cancel")
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        hands.focused("shell.busy.cancel")
    keep_busy.end.set()  # type: ignore[attr-defined]
    hands.focused("some.field")
    assert hands.find("shell.busy") is None


def test_work_that_takes_long_is_cancelled_by_escape(
    shell: Shell, hands: Hands, qtbot: QtBot, field: QLineEdit, keep_busy: Callable[[], Task]
) -> None:
    task = keep_busy()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert not task.cancelled
    hands.see("shell.busy.cancel")
    with qtbot.waitSignal(shell.given_up) as given_up:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert given_up.args == [task]
    assert task.cancelled
    hands.focused("some.field")


def test_what_took_the_focus_over_the_veil_keeps_it(
    shell: Shell, hands: Hands, field: QLineEdit, keep_busy: Callable[[], Task]
) -> None:
    keep_busy()
    shell.dialogs.confirm("标题", "正文", "好", lambda: None)
    keep_busy.end.set()  # type: ignore[attr-defined]
    hands.wait(lambda: hands.find("shell.busy") is None)
    hands.focused("dialog.accept")


def test_a_dialog_goes_with_the_page_that_it_was_opened_over(
    shell: Shell, hands: Hands, field: QLineEdit
) -> None:
    answers: list[str] = []
    shell.dialogs.confirm(
        "标题", "正文", "好", lambda: answers.append("yes"), rejected=lambda: answers.append("no")
    )
    other = Page("other", "另一页")
    other.body.addWidget(QPushButton(objectName="other.button"))
    shell.show_page(other, rail=False, footer=False)
    assert hands.find("dialog.accept") is None
    hands.focused("other.page")
    assert answers == []


def test_cards_stand_below_each_other_again_when_the_window_shrinks(shell: Shell, hands: Hands) -> None:
    grid = CardGrid(300)
    cards = [QLineEdit() for _ in range(2)]
    for card in cards:
        card.setMinimumWidth(360)  # more than the grid knows of
    grid.show_widgets(list(cards))
    page = Page("some", "一页")
    page.body.addWidget(grid)
    shell.resize(1280, 700)
    shell.show_page(page, rail=True, footer=False)
    hands.wait(lambda: cards[0].y() == cards[1].y() and cards[1].x() > 0)
    shell.resize(768, 432)
    hands.wait(lambda: cards[0].x() == cards[1].x())


def test_what_has_the_focus_in_a_list_that_paints_itself_looks_different(shell: Shell, hands: Hands) -> None:
    row = AgreementRow(Agreement("notice", "客户须知", 3, "0" * 64, 0))
    row.setParent(shell)
    row.resize(280, 64)
    row.show()
    for current in (False, True):
        row.show_state("3 页 · 未读", False, current)
        row.clearFocus()
        before = row.grab().toImage()
        row.setFocus()
        hands.wait(lambda before=before: row.grab().toImage() != before)
