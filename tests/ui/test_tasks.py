"""Background work: delivered on the UI thread, dropped with its owner, kept by nobody, in nobody's way."""

from __future__ import annotations

import subprocess
import sys
import threading
import weakref
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QObject

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.ui import pdf
from kaihu_desktop.ui.pixels import Pixels
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets import live_feed

HANGING_WORK = """
import threading
from qtpy.QtCore import QCoreApplication
from kaihu_desktop.ui.tasks import TaskRunner

application = QCoreApplication([])
tasks = TaskRunner()
tasks.run(tasks, lambda progress: threading.Event().wait(), print)
tasks.close()
"""

LAST_TO_HOLD_THE_RUNNER = """
from qtpy.QtCore import QCoreApplication, QTimer
from kaihu_desktop.ui.tasks import TaskRunner

class Page:
    pass

def begin():
    page = Page()
    page.tasks = TaskRunner()
    task = page.tasks.run(page.tasks, lambda progress: None, lambda _: None)
    task.ended.connect(lambda: page)
    task.ended.connect(lambda: QTimer.singleShot(50, application.quit))

application = QCoreApplication([])
begin()
application.exec_()
"""

BUSY_AT_THE_END = """
import sys
import cv2, numpy
from qtpy.QtCore import QCoreApplication
from kaihu_desktop.ui.application import leave
from kaihu_desktop.ui.tasks import TaskRunner

def work(progress):
    while True:
        cv2.resize(picture, (640, 480))

picture = numpy.zeros((2000, 3000, 3), numpy.uint8)
application = QCoreApplication([])
tasks = TaskRunner()
tasks.run(tasks, work, print)
tasks.close()
sys.exit(leave(tasks, 7))
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


class Page(QObject):
    """Something of Qt that must not be deleted outside the UI thread."""


def test_what_work_was_the_last_to_hold_is_let_go_on_the_ui_thread(qtbot: QtBot, tasks: TaskRunner) -> None:
    places: list[threading.Thread] = []
    page = Page()
    weakref.finalize(page, lambda: places.append(threading.current_thread()))
    tasks.run(tasks, lambda progress, held=page: None, lambda _: None)
    del page
    qtbot.waitUntil(lambda: bool(places))
    assert places == [threading.main_thread()]


def test_all_reports_come_in_order_and_before_the_end(qtbot: QtBot, tasks: TaskRunner) -> None:
    told: list[Any] = []
    go_on = threading.Event()

    def work(progress: Progress) -> None:
        go_on.wait()
        for done in range(100):
            progress(done, 100)

    task = tasks.run(tasks, work, lambda _: told.append("done"))
    task.progressed.connect(lambda done, total: told.append(done))
    task.ended.connect(lambda: told.append("ended"))
    go_on.set()
    qtbot.waitUntil(lambda: told[-1:] == ["done"])
    assert told == [*range(100), "ended", "done"]


def test_the_program_ends_while_a_server_does_not_answer() -> None:
    subprocess.run([sys.executable, "-c", HANGING_WORK], check=True, timeout=60)


def test_a_task_may_be_the_last_to_hold_its_runner() -> None:
    """It was deleted twice, and the process died."""
    subprocess.run([sys.executable, "-c", LAST_TO_HOLD_THE_RUNNER], check=True, timeout=60)


def test_the_program_ends_in_peace_while_native_code_works() -> None:
    """Threads that come back to an interpreter which is being taken down crash it."""
    ended = subprocess.run([sys.executable, "-c", BUSY_AT_THE_END], check=False, timeout=60)
    assert ended.returncode == 7


@pytest.mark.parametrize("module", [pdf, live_feed])
def test_what_makes_pictures_in_the_background_knows_nothing_of_qt(module: ModuleType) -> None:
    """But for the names of formats."""
    known = {name for name, value in vars(module).items() if "PySide" in getattr(value, "__module__", "")}
    assert known <= {"QImage"}
    assert type(live_feed.screen_pixels(np.zeros((9, 16, 3), np.uint8), (4, 4))) is Pixels
