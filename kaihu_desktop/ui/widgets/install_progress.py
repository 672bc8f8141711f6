"""How far the installation of a certificate is: one row for each stage, and a way out when it takes long."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedLayout, QVBoxLayout, QWidget

from kaihu_desktop.ui.icons import pixmap
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.busy_overlay import LONG_MS, Spinner
from kaihu_desktop.ui.widgets.labels import button, card, label, set_property

SIGN = 20


class InstallProgress(QFrame):
    """Stages are numbered from 0. Object names: ``{name}.stage.0`` …, ``{name}.cancel``.

    Signals: given_up(), the person doesn't want to wait any longer.
    """

    given_up = Signal()

    def __init__(self, name: str, title: str, stages: Sequence[str]) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(name, margins=24, spacing=12)
        outside.addWidget(frame)
        self._heading = label(title, "card-title", f"{name}.heading")
        column.addWidget(self._heading)
        self._rows = [_Stage(text, f"{name}.stage.{number}") for number, text in enumerate(stages)]
        for row in self._rows:
            column.addWidget(row)
        self._title = title
        self._cancel = button("取消", "secondary", f"{name}.cancel", self._give_up, small=True)
        self._hint = label("请不要关闭电脑；如果中断，下次会接着安装。", "hint", wrap=True)
        foot = QHBoxLayout()
        foot.addWidget(self._hint, 1)
        foot.addWidget(self._cancel)
        column.addLayout(foot)
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(LONG_MS)
        self._long.timeout.connect(self._cancel.show)

    def begin(self) -> None:
        """Show that the first stage has begun."""
        self._heading.setText(self._title)
        self._cancel.hide()
        self._long.start()
        self.show_done(0)

    def end(self) -> None:
        """Nothing runs any more."""
        self._long.stop()

    def show_done(self, done: int, total: int = 0) -> None:
        """So many stages are over; the next is under way."""
        for number, row in enumerate(self._rows):
            row.show_state("done" if number < done else "current" if number == done else "later")
        current = self._rows[min(done, len(self._rows) - 1)]
        self.setAccessibleName(f"{self._title} {current.text}")

    def _give_up(self) -> None:
        self._long.stop()
        self._cancel.hide()
        self._heading.setText("正在取消…")
        self.given_up.emit()


class _Stage(QWidget):
    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.text = text
        sign = QWidget(self)
        sign.setFixedSize(SIGN, SIGN)
        self._signs = QStackedLayout(sign)
        self._still, self._spinner = QLabel(), Spinner(SIGN)
        self._still.setFixedSize(SIGN, SIGN)
        self._signs.addWidget(self._still)
        self._signs.addWidget(self._spinner)
        self._words = label(text, "", name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._words, 1)
        self.show_state("later")

    def show_state(self, state: str) -> None:
        """state: done, current or later."""
        tokens = Theme.current
        done = state == "done"
        self._still.setPixmap(
            pixmap("circle-check" if done else "circle", tokens.ok if done else tokens.line_strong, SIGN)
        )
        self._signs.setCurrentWidget(self._spinner if state == "current" else self._still)
        set_property(self._words, "role", "strong" if state == "current" else "" if done else "secondary")
        word = {"done": "已完成", "current": "正在进行", "later": "未开始"}[state]
        self._words.setAccessibleName(f"{self.text} {word}")
