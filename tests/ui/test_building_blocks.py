"""Background tasks, dialogs, the theme and the table of pages: what every page stands on."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject, Qt
from qtpy.QtGui import QColor, QTextDocument
from qtpy.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.company import Document
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.step_pages import STEP_PAGES
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import LEAST_CONTRAST, Tokens, contrast
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.labels import set_tooltip


def test_every_step_has_one_page_and_every_page_a_step() -> None:
    steps = {step.id for business in BUSINESSES.values() for step in business.steps}
    assert steps == set(STEP_PAGES)
    assert all(issubclass(page, Page) for page in STEP_PAGES.values())


@pytest.mark.parametrize(
    "colour", ["#1F5EDB", "#FFD400", "#B3261E", "#FFFFFF", "#000000", "not a colour", None]
)
def test_white_text_can_be_read_on_every_company_colour(colour: str | None) -> None:
    tokens = Tokens.for_brand(colour)
    assert contrast(QColor("white"), QColor(tokens.primary)) >= LEAST_CONTRAST
    assert contrast(QColor(tokens.text), QColor(tokens.primary_tint)) >= LEAST_CONTRAST


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ("text", "card"),
        ("text", "ground"),
        ("text_secondary", "ground"),
        ("text_hint", "ground"),
        ("text_hint", "card"),
        ("ok", "ok_tint"),
        ("warn", "warn_tint"),
        ("error", "error_tint"),
        ("error", "card"),
        ("primary", "primary_tint"),
    ],
)
def test_texts_of_the_theme_have_the_contrast_of_wcag_aa(ink: str, paper: str) -> None:
    tokens = Tokens()
    assert contrast(QColor(getattr(tokens, ink)), QColor(getattr(tokens, paper))) >= LEAST_CONTRAST


def test_a_tooltip_shows_tags_instead_of_obeying_them(qtbot: QtBot) -> None:
    widget, shown = QWidget(), QTextDocument()
    qtbot.addWidget(widget)
    for text in ("<b>协议</b><img src=x>", "甲 & <u>乙</u>", "&lt;b>协议"):
        set_tooltip(widget, text)
        shown.setHtml(widget.toolTip())
        assert shown.toPlainText() == text
    set_tooltip(widget, "甲 & 乙")
    assert widget.toolTip() == "甲 & 乙"


# tasks


@pytest.fixture
def tasks(qtbot: QtBot) -> Any:
    runner = TaskRunner()
    yield runner
    runner.close()


def test_work_is_done_in_another_thread_and_its_result_arrives_on_the_ui_thread(
    qtbot: QtBot, tasks: TaskRunner
) -> None:
    seen: list[object] = []
    owner = QObject()
    tasks.run(
        owner,
        lambda _: threading.current_thread(),
        lambda thread: seen.extend((thread, threading.current_thread())),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] is not threading.main_thread()
    assert seen[1] is threading.main_thread()


def test_a_failure_arrives_as_it_is_and_anything_else_as_an_internal_one(
    qtbot: QtBot, tasks: TaskRunner, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    owner = QObject()

    def run(error: Exception) -> None:
        def work(_: Progress) -> None:
            raise error

        tasks.run(owner, work, lambda _: None, lambda failure: seen.append(failure.code))

    run(Failure("NET-TIMEOUT"))
    qtbot.waitUntil(lambda: len(seen) == 1)
    run(ValueError("张样本 410101199508130033"))
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["NET-TIMEOUT", "PC-INTERNAL"]
    assert "ValueError" in caplog.text
    assert "410101" not in caplog.text


def test_nothing_is_delivered_when_the_owner_is_gone_or_the_task_was_cancelled(
    qtbot: QtBot, tasks: TaskRunner
) -> None:
    delivered: list[object] = []
    gate = threading.Event()
    owner, other = QObject(), QObject()
    first = tasks.run(owner, lambda _: gate.wait(30), delivered.append)
    second = tasks.run(other, lambda _: gate.wait(30), delivered.append)
    with qtbot.waitSignals([first.ended, second.ended]):
        owner.deleteLater()
        second.cancel()
        qtbot.waitUntil(lambda: first.cancelled)
        gate.set()
    assert delivered == []


def test_cancelled_work_ends_at_its_next_report(qtbot: QtBot, tasks: TaskRunner) -> None:
    started, reports = threading.Event(), []
    owner = QObject()

    def work(progress: Progress) -> None:
        for number in range(1_000_000_000):
            started.set()
            progress(number, 1_000_000_000)
        reports.append("finished")

    task = tasks.run(owner, work, reports.append, reports.append, label="正在工作…")
    with qtbot.waitSignal(tasks.idle):
        assert started.wait(30)
        task.cancel()
    assert reports == []


# dialogs


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(800, 600)
    column = QVBoxLayout(window)
    edit = QLineEdit()
    column.addWidget(edit)
    qtbot.addWidget(window)
    window.show()
    edit.setFocus()
    return window


def click(qtbot: QtBot, host: QWidget, name: str) -> None:
    qtbot.mouseClick(host.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_a_question_is_answered_by_its_buttons_and_by_escape(qtbot: QtBot, host: QWidget) -> None:
    answers: list[str] = []

    def ask() -> Any:
        return Dialogs(host).confirm(
            "放弃业务",
            "确定吗？",
            "放弃",
            lambda: answers.append("yes"),
            rejected=lambda: answers.append("no"),
        )

    for act, expected in (
        (lambda overlay: click(qtbot, host, "dialog.accept"), "yes"),
        (lambda overlay: click(qtbot, host, "dialog.reject"), "no"),
        (lambda overlay: qtbot.keyClick(overlay, Qt.Key.Key_Escape), "no"),
    ):
        overlay = ask()
        with qtbot.waitSignal(overlay.destroyed):
            act(overlay)
        assert answers.pop() == expected
    assert answers == []


def test_tab_stays_inside_a_dialog(qtbot: QtBot, host: QWidget) -> None:
    overlay = Dialogs(host).confirm("标题", "正文", "好", lambda: None)
    for _ in range(5):
        qtbot.keyClick(host.window().focusWidget(), Qt.Key.Key_Tab)
        assert overlay.isAncestorOf(host.window().focusWidget())


def test_an_accepting_button_with_a_countdown_waits(qtbot: QtBot, host: QWidget) -> None:
    Dialogs(host).confirm("放弃业务", "会删除已填写的内容", "放弃", lambda: None, countdown=2)
    accepting = host.findChild(QPushButton, "dialog.accept")
    assert not accepting.isEnabled()
    assert "2 秒" in accepting.text()
    qtbot.waitUntil(accepting.isEnabled)
    assert accepting.text() == "放弃"


def test_a_long_document_is_shown_as_plain_text(qtbot: QtBot, host: QWidget) -> None:
    Dialogs(host).read(Document("1", "隐私政策", "<b>不是标签</b>\n" * 200), "", lambda: None)
    shown = host.findChild(QWidget, "dialog.document")
    assert "<b>不是标签</b>" in shown.toPlainText()


def test_a_password_can_be_looked_at_with_the_keyboard(qtbot: QtBot) -> None:
    field = PasswordField("证书密码", "dialog.password")
    qtbot.addWidget(field)
    field.show()
    qtbot.keyClicks(field.edit, "Kaihu-2026")
    assert field.edit.displayText() != "Kaihu-2026"
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_Tab)
    eye = field.focusWidget()
    assert eye.accessibleName() == "显示密码"
    qtbot.keyClick(eye, Qt.Key.Key_Space)
    assert field.edit.displayText() == "Kaihu-2026"
    assert field.secret.reveal_text() == "Kaihu-2026"
