"""A form over the page that stays while its work is done, so that a refusal stands at its field."""

from __future__ import annotations

from typing import Any, Callable

from qtpy.QtCore import QEvent, QObject
from qtpy.QtWidgets import QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ui.dialogs import Overlay
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.refusals import refusal_text
from kaihu_desktop.ui.tasks import TaskRunner, Work
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.fitted_scroll import FittedScroll
from kaihu_desktop.ui.widgets.labels import Note, button
from kaihu_desktop.ui.widgets.resting import rest, wake

#: Refusals that belong to the field of the password.
PASSWORD_REFUSALS = ("CERT-PASSWORD", "CERT-LOCKED")


class FormDialog(Overlay):
    """`form` takes the fields; it scrolls where the window is low."""

    def __init__(self, host: QWidget, tasks: TaskRunner, title: str, width: int = 480) -> None:
        super().__init__(host, title, width)
        self._tasks = tasks
        self._working = False
        inside = QWidget()
        inside.setProperty("role", "card-body")
        self.form = QVBoxLayout(inside)
        self.form.setContentsMargins(0, 0, 0, 2)
        self.form.setSpacing(12)
        self.note = Note("", "error", "dialog.note")
        self.note.hide()
        self.form.addWidget(self.note)
        self._inside = inside
        inside.installEventFilter(self)
        self._scrolled = FittedScroll(inside)
        self.column.addWidget(self._scrolled, 1)
        self.on_escape = self._leave

    def add_buttons(self, accept: str, confirmed: Callable[[], None], kind: str = "primary") -> None:
        """The two buttons; `confirmed` is called unless the work is under way."""
        self._confirmed, self._words = confirmed, accept
        self._reject = button("取消", "secondary", "dialog.reject", self._leave)
        self._accept = button(accept, kind, "dialog.accept", self.confirm)
        self.buttons.addWidget(self._reject)
        self.buttons.addWidget(self._accept)

    def confirm(self) -> None:
        """What the accepting button does, and Enter in the last field."""
        if not self._working:
            self.note.hide()
            self._confirmed()

    def work(
        self,
        words: str,
        work: Work,
        done: Callable[[Any], None],
        refused: Callable[[Failure], None],
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Do it in the background; `done` is called after the dialog is gone, `refused` while it is there."""
        self._working = True
        rest(self._accept)
        rest(self._reject)
        self._accept.setText(words)

        def close(result: Any) -> None:
            self.close_overlay()
            done(result)

        task = self._tasks.run(self, work, close, refused)
        task.ended.connect(self._has_worked)
        task.ended.connect(ended)

    def refuse(self, failure: Failure) -> None:
        """Say above the fields what failed."""
        remedy = failure.remedy.replace("“重试”", f"“{self._words}”")  # so is the button called here
        self.note.show_text(f"{refusal_text(failure)}。{remedy}（代码 {failure.code}）", "error")
        self._accept.setFocus()

    def refuse_password(self, field: PasswordField, failure: Failure) -> None:
        """Say it at the field of the password if it belongs there, else above the fields."""
        if failure.code in PASSWORD_REFUSALS:
            field.set_error(refusal_text(failure))
            field.edit.selectAll()
            field.edit.setFocus()
        else:
            self.refuse(failure)

    def reveal(self, widget: QWidget) -> None:
        """Scroll to what has just appeared, as soon as it has its place."""
        later(self, lambda: later(self, lambda: self._scrolled.reveal(widget)))

    def _fit_anew(self) -> None:
        self._scrolled.updateGeometry()
        self._fit()

    def _has_worked(self) -> None:
        self._working = False
        self._accept.setText(self._words)
        wake(self._reject)
        wake(self._accept)

    def _leave(self) -> None:
        if not self._working:
            self.close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            later(self, self._fit_anew)  # an error has appeared, or gone
        return super().eventFilter(watched, event)
