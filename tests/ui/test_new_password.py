"""A new password: entered twice, judged by the company's rule, with its strength."""

from __future__ import annotations

from datetime import date

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import Qt

from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.widgets.new_password import NewPassword
from tests.ui.conftest import Hands


@pytest.fixture
def password(shell: Shell, hands: Hands) -> NewPassword:
    """The widget on a page, with nothing in it."""
    page = Page("some", "一页")
    made = NewPassword("some.password", "证书密码", PasswordRule("digits", 6, 8), birth=date(1995, 8, 13))
    page.body.addWidget(made)
    shell.show_page(page, rail=False, footer=False)
    hands.see("some.password")
    return made


@pytest.mark.parametrize(
    ("first", "again", "words"),
    [
        ("", "", "请设置密码"),
        ("12345", "12345", "6 至 8 位"),
        ("123456", "123456", "容易被猜到"),
        ("950813", "950813", "生日"),
        ("839274", "", "再输入一次"),
        ("839274", "839275", "不一致"),
    ],
)
def test_it_says_what_is_wrong(
    hands: Hands, password: NewPassword, first: str, again: str, words: str
) -> None:
    hands.type("some.password", first)
    hands.type("some.password.again", again)
    assert words in (password.problem() or "")
    assert password.show_problem()
    at_first = bool(password.first.error)
    assert at_first == (first != "839274")
    hands.focused("some.password" if at_first else "some.password.again")


def test_what_is_asked_of_it_stays_to_be_read(hands: Hands, password: NewPassword) -> None:
    hands.type("some.password", "839")
    assert hands.text("some.password.rule") == "6 至 8 位数字，不要用生日、手机号或连续的数字"
    assert password.first.edit.placeholderText() == ""


def test_enter_goes_on_only_from_a_good_one(hands: Hands, password: NewPassword, qtbot: QtBot) -> None:
    hands.type("some.password", "123456")
    qtbot.keyClick(hands.see("some.password"), Qt.Key.Key_Return)
    assert "容易被猜到" in password.first.error
    hands.focused("some.password")


def test_the_same_twice_by_keyboard_is_confirmed(hands: Hands, password: NewPassword, qtbot: QtBot) -> None:
    hands.type("some.password", "839274")
    assert hands.text("some.password.strength") == "一般"
    qtbot.keyClick(hands.see("some.password"), Qt.Key.Key_Return)
    hands.focused("some.password.again")
    hands.type("some.password.again", "839274")
    with qtbot.waitSignal(password.confirmed):
        qtbot.keyClick(hands.see("some.password.again"), Qt.Key.Key_Return)
    assert password.problem() is None
    assert not password.show_problem()
    assert password.secret.reveal_text() == "839274"
    password.clear()
    assert hands.text("some.password") == hands.text("some.password.again") == ""
    assert hands.text("some.password.strength") == ""


def test_a_mistake_is_told_when_the_field_is_left_and_goes_with_the_next_key(
    hands: Hands, password: NewPassword
) -> None:
    hands.type("some.password", "111111")
    hands.see("some.password.again").setFocus()
    hands.see_text("some.password.error", "容易被猜到")
    hands.type("some.password", "839274")
    assert hands.find("some.password.error") is None
