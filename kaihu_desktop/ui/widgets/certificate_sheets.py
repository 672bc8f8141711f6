"""What 我的证书 tells about one certificate: its details, and whether and why it can be used."""

from __future__ import annotations

from typing import Callable, Sequence

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.flow.certificate_checks import Answer, Check
from kaihu_desktop.core.model.certificate import STATE_TEXTS, CertificateInfo
from kaihu_desktop.core.rules.id_number import BEIJING
from kaihu_desktop.ui.dialogs import Overlay
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.fitted_scroll import FittedScroll
from kaihu_desktop.ui.widgets.labels import Note, button, icon_label, label

WIDTH = 620
BY_VIDEO = (
    "申领新证书要再次视频见证，确认是您本人。新证书安装好以前不会删除这张证书；"
    "安装好以后，您可以在这里删除旧的。"
)
WITH_BACKUP = "有备份文件，并且记得备份文件的密码：点“从备份恢复”，为本机设一个新密码。"
FORGOTTEN = (
    "证书密码只有您知道，没有人能找回或重置它，客服也不能。",
    WITH_BACKUP,
    f"没有备份：需要重新申领。{BY_VIDEO}",
)
LOST = ("这张证书在这台电脑上不能使用了。", WITH_BACKUP, f"没有备份：需要重新申领。{BY_VIDEO}")
EXPIRED = ("过期的证书不能再续期，需要重新申领。", BY_VIDEO)


def details(info: CertificateInfo, backed_up: bool) -> tuple[tuple[str, str], ...]:
    """(title, value) of everything that can be told of a certificate."""
    begin, end = info.not_before, info.not_after
    groups = [info.id[start : start + 8] for start in range(0, len(info.id), 8)]
    return (
        ("姓名", info.subject_name or "无法读取"),
        ("证件号码", info.subject_id_number_masked or "无法读取"),
        ("状态", STATE_TEXTS[info.state]),
        ("颁发机构", info.issuer or "无法读取"),
        ("序列号", info.serial or "无法读取"),
        ("生效时间", f"{begin.astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）" if begin else "无法读取"),
        ("到期时间", f"{end.astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）" if end else "无法读取"),
        ("用途", info.used_for or "无法读取"),
        ("密钥", info.key or "无法读取"),
        ("备份", "已经导出过备份" if backed_up else "还没有在这台电脑上导出过备份"),
        ("证书指纹", " ".join(groups)),
    )


def show_details(host: QWidget, info: CertificateInfo, backed_up: bool) -> None:
    """A sheet with everything; the values can be marked and copied."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    for row, (title, value) in enumerate(details(info, backed_up)):
        grid.addWidget(label(title, "field-label"), row, 0, Qt.AlignmentFlag.AlignTop)
        shown = label(value, name=f"details.{row}", wrap=True)
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setAccessibleName(f"{title} {value}")
        grid.addWidget(shown, row, 1)
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.addLayout(grid)
    _open_sheet(host, "证书详情", inside)


def show_checks(host: QWidget, checks: Sequence[Check]) -> None:
    """A sheet with each question, its answer and what to do; above them the conclusion."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    column.addWidget(Note(*conclusion(checks), "checks.conclusion"))
    for check in checks:
        column.addLayout(_check_row(check))
    _open_sheet(host, "证书诊断", inside)


def conclusion(checks: Sequence[Check]) -> tuple[str, str]:
    """One sentence for all answers, and the kind of note that it stands in."""
    bad = [check for check in checks if check.answer is Answer.BAD]
    if bad:
        return f"发现 {len(bad)} 个问题，请按下面的办法处理。", "error"
    if any(check.answer is Answer.UNKNOWN for check in checks):
        return "没有发现问题，有的项目现在还不能判断。", ""
    return "没有发现问题，这张证书可以使用。", "ok"


def _check_row(check: Check) -> QHBoxLayout:
    tokens = Theme.current
    sign, colour = {
        Answer.GOOD: ("circle-check", tokens.ok),
        Answer.BAD: ("circle-x", tokens.error),
        Answer.UNKNOWN: ("minus", tokens.text_secondary),
    }[check.answer]
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(icon_label(sign, colour, 20), 0, Qt.AlignmentFlag.AlignTop)
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(label(f"{check.title}：{check.text}", "strong", f"checks.{check.id}", wrap=True))
    if check.remedy:
        code = f"（代码 {check.code}）" if check.code else ""
        words.addWidget(label(f"{check.remedy}{code}", "secondary", f"checks.{check.id}.remedy", wrap=True))
    row.addLayout(words, 1)
    return row


def ask_forgotten(
    host: QWidget,
    title: str,
    texts: Sequence[str],
    restore: Callable[[], None] | None,
    go_to_business: Callable[[], None] | None,
    hotline: str,
) -> None:
    """What to do about a forgotten password or a certificate that is no longer usable; nothing is deleted.

    restore: takes in a backup; None where that doesn't help.
    go_to_business: leads to where a certificate is applied for; None when nobody is logged in.
    """
    overlay = Overlay(host, title, width=560)
    for number, text in enumerate(texts):
        overlay.column.addWidget(label(text, "subtitle", f"dialog.text.{number}", wrap=True))
    if go_to_business is None:
        how = (
            f"登录后在办理业务时重新申领，或拨打客服热线 {hotline}。"
            if hotline
            else "登录后在办理业务时重新申领。"
        )
        overlay.column.addWidget(label(how, "secondary", "dialog.text.login", wrap=True))
    overlay.buttons.addWidget(button("关闭", "secondary", "dialog.reject", overlay.close_overlay))
    if go_to_business is not None:
        kind = "secondary" if restore else "primary"
        overlay.buttons.addWidget(
            button("去办理业务", kind, "dialog.business", lambda: _then(overlay, go_to_business))
        )
    if restore is not None:
        overlay.buttons.addWidget(
            button("从备份恢复", "primary", "dialog.accept", lambda: _then(overlay, restore))
        )
    overlay.open_over()


def _then(overlay: Overlay, action: Callable[[], None]) -> None:
    overlay.close_overlay()
    action()


def _open_sheet(host: QWidget, title: str, inside: QWidget) -> None:
    inside.setProperty("role", "card-body")
    overlay = Overlay(host, title, width=WIDTH)
    overlay.column.addWidget(FittedScroll(inside), 1)
    overlay.buttons.addWidget(button("关闭", "primary", "dialog.accept", overlay.close_overlay))
    overlay.open_over()
