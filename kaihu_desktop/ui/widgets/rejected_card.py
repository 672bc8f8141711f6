"""A rejected application: why, how far it is, and the way straight to what must be corrected."""

from __future__ import annotations

from typing import Callable

from qtpy.QtWidgets import QFrame, QHBoxLayout

from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.ui.widgets.application_rows import date_of
from kaihu_desktop.ui.widgets.labels import Note, button, card, chip, label, set_property
from kaihu_desktop.ui.widgets.status_timeline import StatusTimeline, marks_of


def reasons_text(application: Application) -> str:
    """The reasons, each with its step, and that nothing else is asked again."""
    titles = {step.id: step.title for step in BUSINESSES[application.business].steps}
    reasons = [f"{titles.get(reason.step, '资料')}：{reason.text}" for reason in application.reasons]
    if not reasons:
        return f"退回原因：{application.remark or '请按提示修改'}"
    return "退回原因\n" + "\n".join(reasons) + "\n只需修改以上内容，其他不用再填。"


class RejectedCard(QFrame):
    """The card on top of 我的业务."""

    def __init__(
        self,
        application: Application,
        operate: Callable[[Application], None],
        abandon: Callable[[Application], None],
    ) -> None:
        super().__init__()
        name = f"my_business.{application.id}"
        self.setObjectName(f"{name}.rejected")
        frame, column = card(spacing=12)
        set_property(frame, "state", "error")
        outside = QHBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(frame)
        heading = QHBoxLayout()
        heading.setSpacing(12)
        heading.addWidget(label(application.title, "card-title"))
        heading.addWidget(chip(application.status.text, "error"))
        heading.addWidget(label(f"{date_of(application)} 提交", "hint"))
        heading.addStretch(1)
        if application.can_abandon:
            heading.addWidget(
                button(
                    "放弃", "secondary", f"{name}.rejected.abandon", lambda: abandon(application), small=True
                )
            )
        heading.addWidget(
            button(
                "立即处理", "primary", f"{name}.rejected.operate", lambda: operate(application), small=True
            )
        )
        column.addLayout(heading)
        column.addWidget(Note(reasons_text(application), "error", f"{name}.rejected.reasons"))
        timeline = StatusTimeline(f"{name}.timeline")
        timeline.show_marks(marks_of(application))
        column.addWidget(timeline)
