"""One certificate of 我的证书: its card, what should be done about it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Callable

from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState
from kaihu_desktop.core.rules.certificate_expiry import expires_soon, expiry_text
from kaihu_desktop.ui.widgets.certificate_card import CertificateCard
from kaihu_desktop.ui.widgets.flow_layout import FlowLayout
from kaihu_desktop.ui.widgets.labels import Note, button, chip

NO_BACKUP = "还没有备份。电脑损坏或重装系统后证书会丢失，建议现在导出一份。"
RENEW = "{}，请在到期前续期，不需要再次视频见证。"
REPLACED = "{}。已经有新的证书，这张到期后可以删除。"
RENEW_ANOTHERS = "{}，请本人登录后在这里续期。"

#: What can be done: (name, text), of a certificate whose key is here, and of one that can't be opened.
OPENABLE = (
    ("export", "导出备份"),
    ("change_password", "修改密码"),
    ("renew", "续期"),
    ("details", "详情"),
    ("diagnose", "诊断"),
    ("forgotten", "忘记密码"),
)
INTO_WINDOWS = ("into_windows", "放入 Windows 证书库")
UNOPENABLE = (("reapply", "恢复或重新申领"), ("details", "详情"), ("diagnose", "诊断"))
EXPIRED = (
    ("reapply", "重新申领"),
    ("export", "导出备份"),
    ("change_password", "修改密码"),
    ("details", "详情"),
    ("diagnose", "诊断"),
)


@dataclass(frozen=True)
class Standing:
    """What is known of a certificate besides itself.

    mine: it belongs to who is logged in; None when nobody is. now: aware datetime. windows: Windows has a
    store of its own that could have it, too. replaced: its owner has a newer one here.
    """

    mine: bool | None
    backed_up: bool
    now: datetime
    windows: bool = False
    replaced: bool = False


class ManagedCertificate(CertificateCard):
    """Object names begin with ``my_certificates.{number}``; `act` gets the name of what is to be done."""

    def __init__(
        self, info: CertificateInfo, number: int, standing: Standing, act: Callable[[str], None]
    ) -> None:
        name = f"my_certificates.{number}"
        super().__init__(info, name, None, lambda: None)
        if standing.mine:
            self.add_chip(chip("本人", "info", f"{name}.mine"))
        if expires_soon(info, standing.now):
            self.add_chip(chip("即将到期", "warn", f"{name}.soon"))
            words = RENEW_ANOTHERS if standing.mine is False else RENEW
            text = (REPLACED if standing.replaced else words).format(expiry_text(info, standing.now))
            self.add_below(Note(text, "" if standing.replaced else "warn", f"{name}.expiry"))
        if info.state is CertificateState.USABLE and not (standing.backed_up or standing.replaced):
            self.add_below(Note(NO_BACKUP, "", f"{name}.backup"))
        self.add_below(_actions(info, name, standing.windows, act))


def _actions(info: CertificateInfo, name: str, windows: bool, act: Callable[[str], None]) -> QWidget:
    row = QWidget()
    flow = FlowLayout(row, 4)
    which = f"{info.subject_name}，序列号 {info.serial}" if info.serial else "无法读取的证书"
    for action, text in _possible(info.state, windows):
        one = button(text, "link", f"{name}.{action}", lambda action=action: act(action))
        one.setAccessibleName(f"{text}：{which}")
        flow.addWidget(one)
    delete = button("删除", "link-danger", f"{name}.delete", lambda: act("delete"))
    delete.setAccessibleName(f"删除：{which}")
    flow.addWidget(delete)
    return row


def _possible(state: CertificateState, windows: bool) -> tuple[tuple[str, str], ...]:
    if state in (CertificateState.OTHER_DEVICE, CertificateState.DAMAGED):
        return UNOPENABLE
    if state is CertificateState.EXPIRED:
        return EXPIRED
    return (*OPENABLE, INTO_WINDOWS) if windows else OPENABLE
