"""What must hold on every page: the keyboard presses buttons, and a small window hides no button."""

from __future__ import annotations

from pytestqt.qtbot import QtBot
from qtpy.QtCore import QPoint, QRect, Qt
from qtpy.QtWidgets import QLineEdit

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import Agreement
from kaihu_desktop.core.model.company import Document
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
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
    order.append("shell.logout")
    hands.see("some.first").setFocus()
    for name, following in zip(order, order[1:]):
        qtbot.keyClick(hands.see(name), Qt.Key.Key_Tab)
        hands.focused(following)
    for name, following in zip(order[::-1], order[-2::-1]):
        qtbot.keyClick(hands.see(name), Qt.Key.Key_Backtab)
        hands.focused(following)


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
