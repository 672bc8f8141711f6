"""A rejected application: why, how far it is, and the way straight to what must be corrected."""

from __future__ import annotations

from typing import Callable

from qtpy.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from kaihu_desktop.core.flow.businesses import BUSINESSES
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.ui.widgets.application_rows import date_of
from kaihu_desktop.ui.widgets.labels import Note, button, card, chip, label, set_property
from kaihu_desktop.ui.widgets.responsive import ResponsiveRow, lined_up
from kaihu_desktop.ui.widgets.status_timeline import StatusTimeline, marks_of

#: Below this width the buttons stand under the facts (device-independent pixels).
ROOM_FOR_ONE_LINE = 560

Act = Callable[[Application], None]


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
        operate: Act,
        abandon: Act,
    ) -> None:
        super().__init__()
        name = f"my_business.{application.id}"
        self.setObjectName(f"{name}.rejected")
        frame, column = card(spacing=12)
        set_property(frame, "state", "error")
        outside = QHBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(frame)
        heading = ResponsiveRow(ROOM_FOR_ONE_LINE, 8)
        heading.add(_facts(application), 1)
        heading.add(lined_up(QHBoxLayout(), _buttons(application, name, operate, abandon)), 0)
        column.addWidget(heading)
        column.addWidget(Note(reasons_text(application), "error", f"{name}.rejected.reasons"))
        timeline = StatusTimeline(f"{name}.timeline")
        timeline.show_marks(marks_of(application))
        column.addWidget(timeline)


def _facts(application: Application) -> QWidget:
    return lined_up(
        QHBoxLayout(),
        [
            label(application.title, "card-title"),
            chip(application.status.text, "error"),
            label(f"{date_of(application)} 提交", "hint"),
        ],
    )


def _buttons(application: Application, name: str, operate: Act, abandon: Act) -> list[QPushButton]:
    offered = [("放弃", "secondary", "abandon", abandon)] if application.can_abandon else []
    offered.append(("立即处理", "primary", "operate", operate))
    return [
        button(text, kind, f"{name}.rejected.{act_name}", lambda act=act: act(application), small=True)
        for text, kind, act_name, act in offered
    ]
