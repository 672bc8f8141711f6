"""The forms of 我的证书 that ask for the password first: export, change it, renew, give it to Windows."""

from __future__ import annotations

from datetime import date
from typing import Callable

from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.windows_certificates import put_into_windows
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore, ExportProfile
from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.model.windows_certificate import WindowsCertificates
from kaihu_desktop.core.rules.passwords import EXPORT_RULE
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.form_dialog import FormDialog
from kaihu_desktop.ui.widgets.labels import Note, label
from kaihu_desktop.ui.widgets.new_password import NewPassword
from kaihu_desktop.ui.widgets.segments import Segments

PROFILES = (
    (ExportProfile.MODERN.value, "推荐格式"),
    (ExportProfile.WINDOWS_7.value, "Windows 7 能导入的格式"),
)
WEAKER = (
    "这种格式用的是旧的加密方法（3DES），保护较弱。只在要导入 Windows 7 等旧系统时使用，"
    "密码请设得长一些，用完后删除文件。"
)
EXPORT = "备份文件可以在另一台电脑上导入。它只靠自己的密码保护，请设一个不易猜到的密码，并与文件分开保管。"
CHANGE = "改好以后，签署协议时用新密码。以前导出的备份文件仍然用它原来的密码。"
RENEW = (
    "续期会在这台电脑上生成新的密钥，并用现在的证书证明是您本人，不需要再次视频见证。"
    "新证书的密码不变，现在的证书到期前仍然可用。"
)
PUT = (
    "把证书和私钥复制到 Windows 当前用户的“个人”证书库，供其他期货、网银等程序使用。"
    "复制后不能再从 Windows 里导出私钥；需要备份时请在本程序里导出。"
)
PUT_RISK = (
    "放入以后，同一 Windows 用户运行的其他程序不用证书密码就能使用这张证书签名。请只在您自己的电脑上这样做。"
)


class _PasswordForm(FormDialog):
    """What it is about, and the password that opens the certificate."""

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        title: str,
        text: str,
        field: str = "证书密码",
        placeholder: str = "签署协议时用的密码",
    ) -> None:
        super().__init__(host, tasks, title)
        self.form.addWidget(label(text, "subtitle", "dialog.text", wrap=True))
        self._password = PasswordField(field, "dialog.password", placeholder=placeholder)
        self.form.addWidget(self._password)

    def _given(self) -> bool:
        """Whether something was typed; else the field says so."""
        if self._password.edit.text():
            return True
        self._password.set_error("请输入密码")
        self._password.edit.setFocus()
        return False

    def _refused(self, failure: Failure) -> None:
        self.refuse_password(self._password, failure)


class ExportDialog(_PasswordForm):
    """`done` gets the backup file's contents (PKCS#12)."""

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        store: CertificateStore,
        info: CertificateInfo,
        done: Callable[[bytes], None],
    ) -> None:
        super().__init__(host, tasks, "导出备份", EXPORT)
        self._store, self._info, self._done = store, info, done
        self._new = NewPassword("dialog.new", "备份文件的密码", EXPORT_RULE)
        self._profile = Segments("dialog.profile", PROFILES)
        self._profile.changed.connect(self._show_profile)
        self._weaker = Note(WEAKER, "warn", "dialog.weaker")
        self._weaker.hide()
        for widget in (self._new, self._profile, self._weaker):
            self.form.addWidget(widget)
        self._password.edit.returnPressed.connect(self._new.setFocus)
        self._new.confirmed.connect(self.confirm)
        self.add_buttons("导出", self._export)

    def _show_profile(self) -> None:
        self._weaker.setVisible(self._profile.value == ExportProfile.WINDOWS_7.value)
        if self._weaker.isVisible():
            self.reveal(self._weaker)

    def _export(self) -> None:
        if not self._given() or self._new.show_problem():
            return
        password, new = self._password.secret, self._new.secret
        store, key, profile = self._store, self._info.id, ExportProfile(self._profile.value)
        self.work(
            "正在导出…",
            lambda _: store.export(key, password, new, profile),
            self._done,
            self._refused,
            lambda: _wipe(password, new),
        )


class ChangePasswordDialog(_PasswordForm):
    """rule: what the company asks of a password. birth: of the owner if known, whose birthday is refused."""

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        store: CertificateStore,
        info: CertificateInfo,
        rule: PasswordRule,
        birth: date | None,
        done: Callable[[], None],
    ) -> None:
        super().__init__(host, tasks, "修改证书密码", CHANGE, "现在的密码", "")
        self._store, self._info, self._done = store, info, done
        self._new = NewPassword("dialog.new", "新密码", rule, birth=birth)
        self.form.addWidget(self._new)
        self._password.edit.returnPressed.connect(self._new.setFocus)
        self._new.confirmed.connect(self.confirm)
        self.add_buttons("修改密码", self._change)

    def _change(self) -> None:
        if not self._given() or self._new.show_problem():
            return
        if self._password.edit.text() == self._new.first.edit.text():
            self._new.refuse("新密码与现在的密码相同，请换一个")
            return
        password, new = self._password.secret, self._new.secret
        store, key = self._store, self._info.id
        self.work(
            "正在修改…",
            lambda _: store.change_password(key, password, new),
            lambda _: self._done(),
            self._refused,
            lambda: _wipe(password, new),
        )

    def _refused(self, failure: Failure) -> None:
        if failure.code == "CERT-WEAK-PASSWORD":
            self._new.refuse(failure.text)
        else:
            super()._refused(failure)


class RenewDialog(_PasswordForm):
    """`renew` does it with the password, in the background; `done` gets the new certificate."""

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        renew: Callable[[Secret], CertificateInfo],
        done: Callable[[CertificateInfo], None],
    ) -> None:
        super().__init__(host, tasks, "证书续期", RENEW)
        self._renew, self._done = renew, done
        self._password.edit.returnPressed.connect(self.confirm)
        self.add_buttons("续期", self._start)

    def _start(self) -> None:
        if not self._given():
            return
        password = self._password.secret
        self.work(
            "正在续期…",
            lambda _: self._renew(password),
            self._done,
            self._refused,
            lambda: password.wipe(),
        )


class PutIntoWindowsDialog(_PasswordForm):
    """`done` is called when Windows has the certificate."""

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        windows: WindowsCertificates,
        store: CertificateStore,
        info: CertificateInfo,
        done: Callable[[], None],
    ) -> None:
        super().__init__(host, tasks, "放入 Windows 证书库", PUT)
        self._windows, self._store, self._info, self._done = windows, store, info, done
        self.form.insertWidget(self.form.indexOf(self._password), Note(PUT_RISK, "warn", "dialog.risk"))
        self._password.edit.returnPressed.connect(self.confirm)
        self.add_buttons("放入", self._put)

    def _put(self) -> None:
        if not self._given():
            return
        windows, store, info, password = self._windows, self._store, self._info, self._password.secret
        self.work(
            "正在放入…",
            lambda _: put_into_windows(windows, store, info.id, password),
            lambda _: self._done(),
            self._refused,
            lambda: password.wipe(),
        )


def _wipe(*secrets: Secret) -> None:
    for secret in secrets:
        secret.wipe()
