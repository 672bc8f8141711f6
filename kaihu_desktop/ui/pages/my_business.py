"""Page 我的业务: what the person has going on, what must be corrected, and what is done."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Sequence

from qtpy.QtCore import QEvent, QTimer, Signal
from qtpy.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure, Retry
from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.ports import Backend, Journal
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.application_rows import ApplicationRows
from kaihu_desktop.ui.widgets.labels import button, card, label
from kaihu_desktop.ui.widgets.rejected_card import RejectedCard
from kaihu_desktop.ui.widgets.resting import rest, wake
from kaihu_desktop.ui.widgets.skeleton import Skeleton

REFRESH_MS = 15_000
ABANDON_SECONDS = 5


class MyBusinessPage(Page):
    """Signals: operate(Application), start_other()."""

    operate = Signal(object)
    start_other = Signal()

    def __init__(
        self, tasks: TaskRunner, dialogs: Dialogs, backend: Backend, journal: Journal, hotline: str
    ) -> None:
        super().__init__("my_business", "我的业务", "有业务被退回时，从这里直接回到需要修改的地方")
        self._tasks, self._dialogs, self._backend, self._journal = tasks, dialogs, backend, journal
        self._hotline = hotline
        self._shown: tuple[Application, ...] | None = None
        self._reading = False
        self._contents: QWidget = Skeleton("my_business.skeleton")
        self._add_tools()
        self.body.addWidget(self._contents)
        self.body.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(lambda: self._read(quiet=True))
        self._read(quiet=False)

    def _add_tools(self) -> None:
        self._read_at = label("", "hint", "my_business.read_at")
        self._refresh = button(
            "刷新", "link", "my_business.refresh", lambda: self._read(quiet=False), icon_name="refresh-cw"
        )
        self.heading.addWidget(self._read_at)
        self.heading.addWidget(self._refresh)

    def showEvent(self, event: QEvent) -> None:
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    # reading

    def _read(self, *, quiet: bool) -> None:
        if self._reading:
            return
        self._reading = True
        if not quiet:
            rest(self._refresh)
        task = self._tasks.run(
            self,
            lambda _: self._backend.applications(),
            self._show,
            lambda failure: self._not_read(failure, quiet),
        )
        task.ended.connect(self._has_read)

    def _has_read(self) -> None:
        self._reading = False
        wake(self._refresh)

    def _not_read(self, failure: Failure, quiet: bool) -> None:
        """A refresh that nobody asked for fails quietly, unless the login is over."""
        if quiet and failure.retry is not Retry.LOGIN:
            self._read_at.setText("暂时读取不到最新状态，稍后会自动重试")
        else:
            self.failed.emit(failure, lambda: self._read(quiet=False))

    def _show(self, applications: tuple[Application, ...]) -> None:
        self._read_at.setText(f"更新于 {datetime.now():%H:%M}")
        if applications == self._shown:
            return
        self._shown = applications
        focused = self.window().focusWidget()
        name = focused.objectName() if focused and self._contents.isAncestorOf(focused) else ""
        before, self._contents = self._contents, self._lists(applications)
        self.body.replaceWidget(before, self._contents)
        before.hide()
        before.deleteLater()
        if name:
            (self._contents.findChild(QWidget, name) or self).setFocus()

    # what is shown

    def _lists(self, applications: Sequence[Application]) -> QWidget:
        contents = QWidget()
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for application in applications:
            if application.status.rejected and application.business in BUSINESSES:
                column.addWidget(RejectedCard(application, self.operate.emit, self._ask_abandon))
        pending = [one for one in applications if not one.status.finished]
        finished = [one for one in applications if one.status.finished]
        column.addWidget(self._list("pending", "待完成业务", pending))
        column.addWidget(self._list("finished", "已完成业务", finished))
        return contents

    def _list(self, name: str, title: str, applications: Sequence[Application]) -> QFrame:
        frame, column = card(f"my_business.{name}")
        heading = QHBoxLayout()
        heading.addWidget(label(title, "card-title"))
        heading.addStretch(1)
        if name == "pending" and not applications:
            heading.addWidget(button("去办理业务", "link", "my_business.start_other", self.start_other.emit))
        column.addLayout(heading)
        if applications:
            column.addWidget(ApplicationRows(applications, self._actions))
        else:
            column.addLayout(_nothing(name))
        return frame

    def _actions(self, application: Application) -> list[QPushButton]:
        made = []
        if application.business in BUSINESSES:
            text = "操作" if application.status.editable else "查看"
            made.append(
                button(
                    text,
                    "link",
                    f"my_business.{application.id}.operate",
                    lambda: self.operate.emit(application),
                )
            )
            made[-1].setAccessibleName(f"{text}{application.title}")
        if application.can_abandon and not application.status.finished:
            made.append(
                button(
                    "放弃",
                    "link-quiet",
                    f"my_business.{application.id}.abandon",
                    lambda: self._ask_abandon(application),
                )
            )
            made[-1].setAccessibleName(f"放弃{application.title}")
        return made

    # abandoning

    def _ask_abandon(self, application: Application) -> None:
        key = str(uuid.uuid4())
        self._dialogs.confirm(
            f"放弃“{application.title}”？",
            "放弃后，这笔业务已上传的照片、填写的银行卡信息和阅读记录会从期货公司和这台电脑上删除，"
            f"不能恢复；以后可以重新办理。如有疑问请拨打客服热线 {self._hotline}。",
            "放弃业务",
            lambda: self._abandon(application, key),
            reject="再想想",
            kind="danger",
            countdown=ABANDON_SECONDS,
        )

    def _abandon(self, application: Application, key: str) -> None:
        def work(_: object) -> None:
            self._backend.abandon(application.id, key)
            self._journal.clear(application.id)

        self._tasks.run(
            self,
            work,
            lambda _: self._read(quiet=False),
            lambda failure: self._not_abandoned(failure, application, key),
            label="正在放弃…",
        )

    def _not_abandoned(self, failure: Failure, application: Application, key: str) -> None:
        self.failed.emit(failure, lambda: self._abandon(application, key))
        if failure.retry is Retry.NO:
            self._read(quiet=True)  # the list is out of date


def _nothing(name: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 12, 0, 20)
    row.addStretch(1)
    row.addWidget(label("暂无数据", "hint", f"my_business.{name}.empty"))
    row.addStretch(1)
    return row
