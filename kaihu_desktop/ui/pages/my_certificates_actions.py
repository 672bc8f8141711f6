"""What can be done with a certificate of 我的证书: which dialog asks for what, and what follows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Sequence

from qtpy.QtCore import QObject, Qt, Signal
from qtpy.QtWidgets import QFileDialog, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.flow.certificate_checks import Check, check_certificate, company_word
from kaihu_desktop.core.flow.certificate_renewal import renew
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState, CertificateStore
from kaihu_desktop.core.model.company import PasswordRule
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate, WindowsCertificates
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.core.rules.passwords import DEFAULT_RULE
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.file_dialogs import in_documents
from kaihu_desktop.ui.file_names import file_name
from kaihu_desktop.ui.saving import write_document
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.visitor import Visitor
from kaihu_desktop.ui.widgets.certificate_forms import (
    ChangePasswordDialog,
    ExportDialog,
    PutIntoWindowsDialog,
    RenewDialog,
)
from kaihu_desktop.ui.widgets.certificate_sheets import (
    EXPIRED,
    FORGOTTEN,
    LOST,
    ask_forgotten,
    show_checks,
    show_details,
)
from kaihu_desktop.ui.widgets.import_dialog import ImportDialog
from kaihu_desktop.ui.widgets.managed_certificate import Standing
from kaihu_desktop.ui.widgets.take_from_windows import TakeFromWindowsDialog

#: The button that deletes waits this long (seconds).
DELETE_SECONDS = 3
SUFFIX = "p12"


class CertificateActions(QObject):
    """Signals:
    changed(text, kind): done; say this and read the list again. failed(Failure).
    imported(Imported); exported(certificate id); go_to_business().
    """

    changed = Signal(str, str)
    failed = Signal(object)
    imported = Signal(object)
    exported = Signal(str)
    go_to_business = Signal()

    def __init__(self, tasks: TaskRunner, dialogs: Dialogs, visitor: Visitor, page: QWidget) -> None:
        super().__init__(page)
        self._tasks, self._host, self._dialogs = tasks, dialogs.host, dialogs
        self._visitor, self._page = visitor, page

    def act(
        self,
        action: str,
        store: CertificateStore,
        info: CertificateInfo,
        standing: Standing,
        windows: WindowsCertificates | None = None,
    ) -> None:
        """Begin with what was asked for; `action` as in `managed_certificate`."""
        if action == "into_windows" and windows is not None:
            self._put_into(windows, store, info)
        elif action == "details":
            show_details(self._host, info, standing.backed_up)
        elif action == "diagnose":
            self._diagnose(store, info, standing)
        elif action in ("forgotten", "reapply"):
            self._explain(action, store, info)
        else:
            start = {
                "export": self._export,
                "change_password": self._change_password,
                "renew": self._renew,
                "delete": self._delete,
            }[action]
            start(store, info, standing)

    def ask_import(self, store: CertificateStore, *, replace: bool = False) -> None:
        """Take in a backup file; with `replace` also of a certificate that is here."""
        ImportDialog(
            self._host, self._tasks, store, self._rule, self._birth, self.imported.emit, replace=replace
        ).open_over()

    def ask_take(
        self, windows: WindowsCertificates, store: CertificateStore, found: Sequence[WindowsCertificate]
    ) -> None:
        """Take in one of what was found in Windows' own store."""

        def taken(info: CertificateInfo) -> None:
            self.changed.emit("数字证书已经从 Windows 证书库导入。请为它导出一份备份。", "ok")

        TakeFromWindowsDialog(
            self._host, self._tasks, windows, store, found, self._rule, self._birth, taken
        ).open_over()

    # each action

    def _put_into(self, windows: WindowsCertificates, store: CertificateStore, info: CertificateInfo) -> None:
        def put() -> None:
            self.changed.emit("证书已经放入 Windows 当前用户的“个人”证书库。", "ok")

        PutIntoWindowsDialog(self._host, self._tasks, windows, store, info, put).open_over()

    def _export(self, store: CertificateStore, info: CertificateInfo, standing: Standing) -> None:
        ExportDialog(
            self._host, self._tasks, store, info, lambda data: self._ask_where(info, data)
        ).open_over()

    def _ask_where(self, info: CertificateInfo, data: bytes) -> None:
        name = f"{file_name(f'数字证书 {info.subject_name}', '数字证书')}.{SUFFIX}"
        dialog = QFileDialog(self._page, "保存备份文件", in_documents(name), f"证书文件 (*.{SUFFIX})")
        dialog.setObjectName("my_certificates.save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self._save(info, path, data))
        dialog.rejected.connect(self._not_saved)
        dialog.open()

    def _save(self, info: CertificateInfo, path: str, data: bytes) -> None:
        """Write a backup where the person wants it, and read it back before it counts as one."""
        self._tasks.run(
            self,
            lambda _: _write(Path(path), data),
            lambda _: self.exported.emit(info.id),
            lambda failure: self._offer_another_place(info, data, failure),
            label="正在保存备份…",
        )

    def _offer_another_place(self, info: CertificateInfo, data: bytes, failure: Failure) -> None:
        """What was typed is not lost: only the place was wrong."""
        self._dialogs.confirm(
            "备份没有保存",
            f"{failure.text}。请换一个位置保存，不用重新输入密码。（代码 {failure.code}）",
            "换一个位置",
            lambda: self._ask_where(info, data),
            rejected=self._not_saved,
        )

    def _not_saved(self) -> None:
        self.changed.emit("没有保存，备份还没有导出。", "warn")

    def _change_password(self, store: CertificateStore, info: CertificateInfo, standing: Standing) -> None:
        birth = self._birth if standing.mine else None
        ChangePasswordDialog(
            self._host,
            self._tasks,
            store,
            info,
            self._rule,
            birth,
            lambda: self.changed.emit("证书密码已经修改，签署协议时请用新密码。", "ok"),
        ).open_over()

    def _renew(self, store: CertificateStore, info: CertificateInfo, standing: Standing) -> None:
        backend, company = self._visitor.backend, self._visitor.company
        if company is None or not standing.mine:
            text = "续期要向期货公司证明是您本人。请证书本人登录以后，再到“我的证书”续期。"
            title = "请证书本人登录" if standing.mine is False else "请先登录"
            self._dialogs.confirm(title, text, "知道了", lambda: None, reject="")
            return
        RenewDialog(
            self._host,
            self._tasks,
            lambda password: renew(store, backend, company, info.id, password),
            lambda renewed: self.changed.emit("新的数字证书已经安装成功。请为新证书导出一份备份。", "ok"),
        ).open_over()

    def _delete(self, store: CertificateStore, info: CertificateInfo, standing: Standing) -> None:
        self._dialogs.confirm(
            f"删除“{info.subject_name or '无法读取的证书'}”的数字证书？",
            _what_is_lost(info, standing),
            "删除",
            lambda: self._delete_now(store, info),
            reject="再想想",
            kind="danger",
            countdown=DELETE_SECONDS,
        )

    def _delete_now(self, store: CertificateStore, info: CertificateInfo) -> None:
        self._tasks.run(
            self,
            lambda _: store.delete(info.id),
            lambda _: self.changed.emit("数字证书已经从这台电脑上删除。", "ok"),
            self.failed.emit,
            label="正在删除…",
        )

    def _diagnose(self, store: CertificateStore, info: CertificateInfo, standing: Standing) -> None:
        backend, company = self._visitor.backend, self._visitor.company
        code = company.code if company else ""
        self._tasks.run(
            self,
            lambda _: check_certificate(store, info, standing.mine, company_word(backend, code)),
            self._show_checks,
            self.failed.emit,
            label="正在诊断…",
        )

    def _show_checks(self, checks: tuple[Check, ...]) -> None:
        show_checks(self._host, checks)

    def _explain(self, action: str, store: CertificateStore, info: CertificateInfo) -> None:
        visitor, expired = self._visitor, info.state is CertificateState.EXPIRED
        title, texts = "恢复或重新申领", LOST
        if action == "forgotten":
            title, texts = "忘记证书密码", FORGOTTEN
        elif expired:
            title, texts = "重新申领证书", EXPIRED
        ask_forgotten(
            self._host,
            title,
            texts,
            None if expired else lambda: self.ask_import(store, replace=True),
            self.go_to_business.emit if visitor.customer else None,
            visitor.company.hotline if visitor.company else "",
        )

    # who it is for

    @property
    def _rule(self) -> PasswordRule:
        company = self._visitor.company
        return company.certificate_password if company else DEFAULT_RULE

    @property
    def _birth(self) -> date | None:
        customer = self._visitor.customer
        number = parse_id_number(customer.id_number) if customer else None
        return number.birth if number else None


def _what_is_lost(info: CertificateInfo, standing: Standing) -> str:
    whose = (
        f"这是{info.subject_name}的证书，不是您本人的。"
        if standing.mine is False and info.subject_name
        else ""
    )
    lost = f"{whose}删除后不能再用它签署协议；以前签署的协议不受影响。"
    if info.state in (CertificateState.DAMAGED, CertificateState.OTHER_DEVICE):
        return f"这张证书在这台电脑上已经不能使用。{lost}"
    if standing.backed_up:
        return f"{lost}需要时可以用备份文件重新导入，请先确认备份文件还在，并且记得它的密码。"
    return (
        f"{lost}它还没有备份，删除后无法恢复，只能重新申领，而申领要再次视频见证。"
        "建议先点“再想想”，导出一份备份。"
    )


def _write(path: Path, data: bytes) -> None:
    """Write the file, and read it back. Raises PC-DISK."""
    write_document(path, data)
    try:
        same = path.read_bytes() == data
    except OSError:
        same = False
    if not same:
        raise Failure("PC-DISK")
