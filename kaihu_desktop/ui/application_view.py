"""Drives one application in the shell: pages in, answers kept and sent, failures shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Callable

from qtpy.QtCore import QObject, QTimer, Signal
from qtpy.QtWidgets import QApplication, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.engine import Engine, ProblemsFound
from kaihu_desktop.core.flow.step import Answer, Problem, Step
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.page import Page, PageContext
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.step_pages import STEP_PAGES
from kaihu_desktop.ui.tasks import Task

#: What is typed is kept this long after the key (milliseconds).
KEEP_AFTER_MS = 400


class ApplicationView(QObject):
    """The shell alone owns 上一步 and 下一步; this is what they do.

    Signals:
        left(str): the person goes to another place; its id.
    """

    left = Signal(str)

    def __init__(self, shell: Shell, engine: Engine, context: PageContext) -> None:
        super().__init__(shell)
        self.engine = engine
        self._shell, self._context = shell, context
        self._page: Page | None = None
        self._step = engine.shown
        self._sending: Task | None = None
        self._keeping: Task | None = None
        self._after_keeping: Callable[[], None] | None = None
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(KEEP_AFTER_MS)
        self._keep_timer.timeout.connect(self._keep)
        self._connections = (
            (shell.footer.back, self._back),
            (shell.footer.next, self._next),
            (shell.rail.chosen, self._go_to),
            (QApplication.instance().focusChanged, self._focus_moved),
            (shell.given_up, self._cancelling),
        )
        for signal, slot in self._connections:
            signal.connect(slot)
        self._show_step()

    def close(self) -> None:
        """Keep what is typed and let go of the shell."""
        self._leave_page()
        for signal, slot in self._connections:
            signal.disconnect(slot)
        self.deleteLater()

    def _show_step(self) -> None:
        engine, step = self.engine, self.engine.shown
        if self._page is not None:
            self._page.leave()
        page = STEP_PAGES[step.id](replace(self._context, application=engine.application))
        reasons = [reason for reason in engine.application.reasons if reason.step == step.id]
        page.load(engine.answer(step), reasons)
        page.changed.connect(self._changed)
        page.advance.connect(self._next)
        page.leave_to.connect(self.left)
        page.record_changed.connect(self._read_again)
        page.actions_changed.connect(self._show_actions)
        self._page, self._step = page, step
        self._show_rail()
        self._shell.footer.set_saved("")
        self._show_actions()
        self._shell.show_page(page, rail=True, footer=True)

    def _show_rail(self) -> None:
        engine, hotline = self.engine, self._context.services.company.hotline
        self._shell.rail.show_steps(engine.business.title, engine.plan, self._step, hotline)

    def _show_actions(self) -> None:
        engine, footer = self.engine, self._shell.footer
        footer.set_actions(self._page.primary_text, engine.plan.before(engine.shown) != engine.shown)
        self._show_blocked()

    def _show_blocked(self) -> None:
        cancelling = self._sending is not None and self._sending.cancelled
        self._shell.footer.set_blocked("正在取消…" if cancelling else self._page.blocked())

    def _changed(self) -> None:
        self._show_blocked()
        self._shell.footer.set_saved("正在自动保存…")
        if not self._keep_timer.isActive():  # not from the last key: who types without a pause is kept too
            self._keep_timer.start()

    def _focus_moved(self, _before: QWidget | None, _now: QWidget | None) -> None:
        self._keep_now()

    def _keep_now(self) -> None:
        """Don't wait any longer: the person has gone on, from a field to the next or to the next step."""
        if self._keep_timer.isActive():
            self._keep_timer.stop()
            self._keep()

    def _keep(self) -> None:
        if self._keeping is not None:
            self._keep_timer.start()
            return
        engine, step, answer, turn = self.engine, self._step, self._page.answer(), self.engine.turn()
        self._keeping = self._context.tasks.run(
            self,
            lambda progress: _keep(engine, step, answer, turn, progress),
            self._kept,
            lambda _: self._kept(False),
        )

    def _kept(self, kept: bool) -> None:
        self._keeping = None
        if not self._keep_timer.isActive():
            self._shell.footer.set_saved(self._saved_text() if kept else "自动保存没有成功")
        go_on, self._after_keeping = self._after_keeping, None
        if go_on is not None:
            go_on()

    def _saved_text(self) -> str:
        return f"已自动保存 {datetime.now():%H:%M}" if self.engine.keeps_drafts else "草稿只在本次有效"

    @property
    def _submitting(self) -> bool:
        """Whether the answer is on its way, or waits until what was typed is kept."""
        return self._sending is not None or self._after_keeping is not None

    def _next(self) -> None:
        if not self._submitting and self._page.blocked() is None:
            self._keep_now()  # what the page asks first may take its time
            self._page.before_submit(self._submit)

    def _submit(self) -> None:
        self._keep_timer.stop()
        if self._keeping is not None:
            self._after_keeping = self._submit
            return
        engine, step, answer = self.engine, self._step, self._page.answer()
        self._shell.error_panel.hide()
        self._sending = self._context.tasks.run(
            self,
            lambda progress: _send(engine, step, answer, progress),
            lambda _: self._show_step(),
            self._refused,
            label=self._page.sending_text,
            problems=self._show_problems,
            words=self._page.sending_progress,
        )
        self._sending.ended.connect(self._sent)

    def _cancelling(self, task: Task) -> None:
        """The request can't be called back: the page rests until it is known what has become of it."""
        if task is self._sending:
            self._page.setEnabled(False)
            self._show_blocked()

    def _sent(self) -> None:
        sending, self._sending = self._sending, None
        if sending.cancelled:
            self._show_step()  # it may have been accepted all the same: show where the engine stands

    def _show_problems(self, found: ProblemsFound) -> None:
        self._page.show_problems(found.problems)
        self._show_blocked()

    def _refused(self, failure: Failure) -> None:
        problems = [Problem(field, text) for field, text in failure.errors]
        if failure.field and not problems:
            problems = [Problem(failure.field, refusal_text(failure), failure.remedy)]
        self._page.show_problems(problems)
        if failure.code in _READ_AGAIN:
            self._shell.show_failure(failure, None)
            self._read_again()
        elif not problems:
            self._shell.show_failure(failure, self._submit)

    def _read_again(self) -> None:
        engine = self.engine
        before = engine.shown
        self._context.tasks.run(
            self,
            lambda _: engine.refresh(),
            lambda _: self._show_step() if engine.shown != before else self._show_rail(),
            lambda failure: self._shell.show_failure(failure),
        )

    def _back(self) -> None:
        if not self._submitting:
            self._leave_page()
            self.engine.go_back()
            self._show_step()

    def _go_to(self, place: str) -> None:
        if place in STEP_PAGES and not self._submitting:
            self._leave_page()
            self.engine.go_to(place)
            self._show_step()

    def _leave_page(self) -> None:
        """Keep the page's answer at once, before the page is gone."""
        if self._keeping is not None:
            self._keeping.cancel()  # it may not have begun
        if self._keeping is not None or self._keep_timer.isActive():
            _keep(self.engine, self._step, self._page.answer(), self.engine.turn(), _unwatched)
        self._keep_timer.stop()
        self._keeping = self._after_keeping = None
        self._page.leave()


def _keep(engine: Engine, step: Step, answer: Answer, turn: int, progress: Progress) -> bool:
    try:
        progress(0, 1)  # ends here when it was cancelled before it began
        return engine.keep(step, answer, turn)
    finally:
        _wipe(answer)


def _send(engine: Engine, step: Step, answer: Answer, progress: Progress) -> None:
    try:
        engine.submit(step, answer, progress)
    finally:
        _wipe(answer)


def _wipe(answer: Answer) -> None:
    for value in answer.values():
        if isinstance(value, Secret):
            value.wipe()


def _unwatched(done: int, total: int) -> None:
    """Progress that nobody follows."""


#: The server's record differs from what is shown: read it and show where it stands.
_READ_AGAIN = ("SERVER-CONFLICT", "APP-STEP-ORDER", "APP-CLOSED")
