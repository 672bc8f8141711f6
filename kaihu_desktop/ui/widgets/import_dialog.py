"""The form of 我的证书 that takes in a backup file (.pfx, .p12)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Callable

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import CertificateStore, Imported
from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.backup_file import read_backup
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.form_dialog import FormDialog
from kaihu_desktop.ui.widgets.labels import button, icon_label, label
from kaihu_desktop.ui.widgets.new_password import NewPassword

TEXT = "请选择以前导出的证书文件（.pfx 或 .p12），并输入导出时设置的密码。"
REPLACES = (
    "用备份文件恢复这张证书：请选择它的备份文件，输入备份文件的密码，再为本机设一个新密码。"
    "备份能打开以后才会替换本机保存的这一份。"
)


class ImportDialog(FormDialog):
    """`done` gets what was imported.

    rule: what the company asks of a new password. birth: of who is logged in, whose birthday is refused.
    replace: the certificate is here already and its password was forgotten.
    """

    def __init__(
        self,
        host: QWidget,
        tasks: TaskRunner,
        store: CertificateStore,
        rule: PasswordRule,
        birth: date | None,
        done: Callable[[Imported], None],
        *,
        replace: bool = False,
    ) -> None:
        super().__init__(host, tasks, "从备份恢复" if replace else "导入数字证书")
        self._store, self._done, self._replace = store, done, replace
        self._path = ""
        self.form.addWidget(label(REPLACES if replace else TEXT, "subtitle", "dialog.text", wrap=True))
        self._add_file_row()
        self._password = PasswordField("证书文件的密码", "dialog.password", placeholder="导出时设置的密码")
        self._own = QCheckBox("在这台电脑上使用另一个密码")
        self._own.setObjectName("dialog.own_password")
        self._own.setChecked(replace)
        self._new = NewPassword("dialog.new", "在本机使用的新密码", rule, birth=birth)
        self._own.toggled.connect(self._show_own)
        for widget in (self._password, self._own, self._new):
            self.form.addWidget(widget)
        (self._own if replace else self._new).hide()
        self._password.edit.returnPressed.connect(self._password_entered)
        self._new.confirmed.connect(self.confirm)
        self.add_buttons("恢复" if replace else "导入", self._import)

    def _add_file_row(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(icon_label("file-key", Theme.current.text_secondary, 20))
        self._file = label("还没有选择文件", "subtitle", "dialog.file", wrap=True)
        row.addWidget(self._file, 1)
        self._choose_button = button(
            "选择证书文件", "secondary", "dialog.choose_file", self._choose, small=True
        )
        row.addWidget(self._choose_button)
        self._file_error = label("", "field-error", "dialog.file.error", wrap=True)
        self._file_error.hide()
        self.form.addLayout(row)
        self.form.addWidget(self._file_error)

    def open_over(self) -> None:
        super().open_over()
        self._choose_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def choose_file(self, path: str) -> None:
        """Take this file; its password is next."""
        self._path = path
        self._file.setText(Path(path).name)
        self._say_file_error("")
        self._choose_button.setText("换一个文件")
        self._choose_button.setAccessibleName("换一个文件")
        self._password.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose(self) -> None:
        dialog = QFileDialog(self, "选择证书文件")
        dialog.setObjectName("dialog.file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["证书文件 (*.pfx *.p12)", "所有文件 (*)"])
        dialog.fileSelected.connect(self.choose_file)
        dialog.open()

    def _show_own(self, wanted: bool) -> None:
        self._new.setVisible(wanted)
        if wanted:
            self.reveal(self._new)

    def _password_entered(self) -> None:
        if self._own.isChecked():
            self._new.setFocus()
        else:
            self.confirm()

    def _import(self) -> None:
        if not self._path:
            self._refuse_file("请先选择证书文件")
            return
        if not self._password.edit.text():
            self._password.set_error("请输入证书文件的密码")
            self._password.edit.setFocus()
            return
        if self._own.isChecked() and self._new.show_problem():
            return
        password = self._password.secret
        new = self._new.secret if self._own.isChecked() else Secret(password.reveal())
        store, path, replace = self._store, self._path, self._replace

        def work(_: Progress) -> Imported:
            return store.import_pkcs12(read_backup(path), password, new, replace=replace)

        def wipe() -> None:
            password.wipe()
            new.wipe()

        self.work("正在导入…", work, self._done, self._refused, wipe)

    def _refused(self, failure: Failure) -> None:
        if failure.code in ("CERT-FORMAT", "CERT-NO-KEY"):
            self._refuse_file(f"{failure.text}。{failure.remedy}")
        elif failure.code == "CERT-WEAK-PASSWORD" and self._own.isChecked():
            self._new.refuse(failure.text)
        else:
            self.refuse_password(self._password, failure)

    def _refuse_file(self, text: str) -> None:
        self._say_file_error(text)
        self._choose_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say_file_error(self, text: str) -> None:
        self._file_error.setText(text)
        self._file_error.setVisible(bool(text))
