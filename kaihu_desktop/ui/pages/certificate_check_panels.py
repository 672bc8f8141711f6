"""The panels of the page 证书检测: why no certificate was found, and how to apply for a new one."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS
from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis, Finding
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.busy_overlay import Spinner
from kaihu_desktop.ui.widgets.labels import Note, button, card, icon_label, label

NAME = "certificate_check"

#: Why a certificate that somebody has isn't found here (SPEC section 6), and what helps.
CAUSES = (
    ("换过电脑，或重装过系统", "在原来的电脑上导出证书备份（.pfx 或 .p12），再在这里导入。"),
    ("换了 Windows 用户登录", "请用申领证书时的 Windows 用户登录，或从那个用户导出备份后在这里导入。"),
    (
        "证书在 Windows 的证书库里",
        "请用 Windows 的证书导出向导保存为 .pfx（勾选“导出私钥”），再在这里导入。",
    ),
    ("备份找不到了，或忘记了密码", "只能申领新的证书，见下方。"),
)

#: What helps instead of the table's remedy where a new certificate may be applied for at once.
APPLY_INSTEAD = "请在下方申领新证书。"
CURED_BY_NEW = ("CERT-EXPIRED", "CERT-REVOKED", "CERT-UNTRUSTED")


def finding_text(finding: Finding, witnessed: bool) -> str:
    """Why a certificate can't be used, and what to do; empty when it can."""
    if finding.code is None:
        return ""
    kind = KINDS[finding.code]
    instead = witnessed and finding.code in CURED_BY_NEW
    return f"{kind.text}。{APPLY_INSTEAD if instead else kind.remedy}（代码 {kind.code}）"


def nameless_text(findings: Sequence[Finding]) -> str:
    """What is said of files that nobody can tell whose they are; each reason once, with its number."""
    codes = [finding.code for finding in findings if finding.code]
    return "\n".join(
        f"{codes.count(code)} 个证书文件：{KINDS[code].text}。{KINDS[code].remedy}（代码 {code}）"
        for code in dict.fromkeys(codes)
    )


def checking() -> QWidget:
    """That the PC is being looked through."""
    frame, column = card(f"{NAME}.checking", margins=24)
    row = QHBoxLayout()
    row.setSpacing(12)
    row.addWidget(Spinner())
    row.addWidget(label("正在检测这台电脑上的数字证书…", "subtitle"), 1)
    column.addLayout(row)
    return frame


class NothingFound(QFrame):
    """No certificate of the person: what was found instead, and each usual cause with what helps."""

    def __init__(self) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(f"{NAME}.none", margins=20, spacing=8)
        outside.addWidget(frame)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(icon_label("info", Theme.current.info, 24), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(8)
        self._title = label("", "card-title", f"{NAME}.none.title", wrap=True)
        self._others = label("", "subtitle", f"{NAME}.none.others", wrap=True)
        self._nameless = Note("", "error", f"{NAME}.nameless")
        words.addWidget(self._title)
        words.addWidget(self._others)
        words.addWidget(self._nameless)
        words.addWidget(label("证书保存在申领时使用的电脑上。找不到的原因通常是：", "subtitle", wrap=True))
        words.addLayout(causes())
        self._code = label("", "hint", f"{NAME}.none.code")
        words.addWidget(self._code)
        row.addLayout(words, 1)
        column.addLayout(row)

    def show_diagnosis(self, found: Diagnosis) -> None:
        """Say what is there instead of the person's certificate."""
        self._title.setText(KINDS["CERT-NONE"].text)
        self._code.setText(f"代码 {found.code}")
        others = f"这里有其他人的证书 {found.others} 张，不能用来办理您的业务。" if found.others else ""
        self._others.setText(others)
        self._others.setVisible(bool(others))
        self._nameless.show_text(nameless_text(found.nameless), "error")


def causes() -> QGridLayout:
    """Each usual cause with what helps."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    for row, (cause, remedy) in enumerate(CAUSES):
        grid.addWidget(label(cause, "strong"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(remedy, "subtitle", wrap=True), row, 1)
    return grid


class ApplyPanel(QFrame):
    """申领新证书, for who was witnessed; the others are told how to come to that.

    Signals: apply(), the person wants a new one; look_again(), the witness may have passed meanwhile.
    """

    apply = Signal()
    look_again = Signal()

    def __init__(self, hotline: str) -> None:
        super().__init__()
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(f"{NAME}.apply_card", margins=20, spacing=8)
        outside.addWidget(frame)
        self._hotline = hotline
        row = QHBoxLayout()
        row.setSpacing(16)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("申领新的数字证书", "card-title"))
        self._text = label("", "subtitle", f"{NAME}.apply_text", wrap=True)
        words.addWidget(self._text)
        row.addLayout(words, 1)
        self._apply = button(
            "申领新证书", "secondary", f"{NAME}.apply", self.apply.emit, icon_name="badge-check"
        )
        self._again = button(
            "重新检测", "secondary", f"{NAME}.look_again", self.look_again.emit, icon_name="refresh-cw"
        )
        for made in (self._apply, self._again):
            row.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        self.set_witnessed(False)

    def set_witnessed(self, witnessed: bool) -> None:
        """Whether a certificate may be applied for now."""
        self._apply.setVisible(witnessed)
        self._again.setVisible(not witnessed)
        call = f"客服热线 {self._hotline} " if self._hotline else "期货公司"
        self._text.setText(
            "您的视频见证已通过，可以在这台电脑上申领，大约需要 2 分钟。原有的证书不受影响。"
            if witnessed
            else "没有备份，或忘记了密码，就需要申领新证书。申领前要先通过视频见证："
            f"请拨打{call}预约，或带身份证到营业部办理；通过后点“重新检测”。"
        )
