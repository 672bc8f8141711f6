"""Background work: delivered on the UI thread, dropped with its owner, kept by nobody, in nobody's way."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.ui.tasks import TaskRunner

HANGING_WORK = """
import threading
from qtpy.QtCore import QCoreApplication
from kaihu_desktop.ui.tasks import TaskRunner

application = QCoreApplication([])
tasks = TaskRunner()
tasks.run(tasks, lambda progress: threading.Event().wait(), print)
tasks.close()
"""


class Picture:
    """Something large that a result's callback holds on to."""


def test_the_result_arrives_on_the_ui_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    seen: list[Any] = []
    tasks.run(tasks, lambda progress: 42, lambda result: seen.append((result, threading.current_thread())))
    qtbot.waitUntil(lambda: seen == [(42, threading.main_thread())])


def test_an_unexpected_error_is_told_and_logged_without_its_message(
    qtbot: QtBot, tasks: TaskRunner, caplog: pytest.LogCaptureFixture
) -> None:
    failures: list[Failure] = []
    tasks.run(tasks, lambda progress: {}["410101199508130033"], print, failures.append)
    qtbot.waitUntil(lambda: bool(failures))
    assert failures[0].code == "PC-INTERNAL"
    assert "KeyError" in caplog.text
    assert "410101199508130033" not in caplog.text


def test_nothing_is_kept_of_what_was_delivered(qtbot: QtBot, tasks: TaskRunner) -> None:
    """Else every frame that the live camera was searched in would stay in memory."""
    picture = Picture()
    kept = weakref.ref(picture)
    with qtbot.waitSignal(tasks.run(tasks, lambda progress: None, lambda _, held=picture: None).ended):
        del picture
    qtbot.waitUntil(lambda: kept() is None)


def test_work_that_hangs_keeps_no_other_work_waiting(qtbot: QtBot, tasks: TaskRunner) -> None:
    answer = threading.Event()
    for _ in range(20):
        tasks.run(tasks, lambda progress: answer.wait(), lambda _: None)
    done: list[None] = []
    tasks.run(tasks, lambda progress: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    answer.set()


def test_who_is_gone_gets_nothing_and_the_work_ends_at_its_next_report(
    qtbot: QtBot, tasks: TaskRunner
) -> None:
    owner, go_on, reports = QObject(), threading.Event(), []

    def work(progress: Progress) -> None:
        go_on.wait()
        progress(1, 2)
        reports.append("went on")

    task = tasks.run(owner, work, reports.append, reports.append)
    owner.deleteLater()
    qtbot.waitUntil(lambda: task.cancelled)
    with qtbot.waitSignal(task.ended):
        go_on.set()
    assert reports == []


def test_the_program_ends_while_a_server_does_not_answer() -> None:
    subprocess.run([sys.executable, "-c", HANGING_WORK], check=True, timeout=60)
