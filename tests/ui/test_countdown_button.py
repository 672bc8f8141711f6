"""The button behind which a person waits for the next SMS code."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from kaihu_desktop.ui.widgets.countdown_button import CountdownButton


def _button(qtbot: QtBot) -> CountdownButton:
    made = CountdownButton("test.send", "获取验证码", "正在发送…", "重新获取", lambda: None)
    qtbot.addWidget(made.button)
    return made


def test_it_says_how_long_to_wait_and_can_be_pressed_again_then(qtbot: QtBot) -> None:
    made = _button(qtbot)
    made.set_waiting()
    assert (made.button.text(), made.button.isEnabled()) == ("正在发送…", False)
    made.start(60)
    assert made.button.text().endswith(" 秒后重发")
    assert not made.button.isEnabled()
    made.start(0)
    assert (made.button.accessibleName(), made.button.isEnabled()) == ("重新获取", True)


def test_a_refused_request_leaves_it_as_it_was(qtbot: QtBot) -> None:
    made = _button(qtbot)
    made.set_waiting()
    made.reset()
    assert (made.button.text(), made.button.isEnabled()) == ("获取验证码", True)
