"""Page 我的证书: all certificates on this PC, and everything that can be done with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Callable

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QVBoxLayout, QWidget

from kaihu_desktop.core.failure import KINDS, Failure
from kaihu_desktop.core.flow.certificate_backups import remember_backup
from kaihu_desktop.core.flow.certificate_diagnosis import in_windows_only
from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateStore, Imported
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate, WindowsCertificates
from kaihu_desktop.core.ports import Settings
from kaihu_desktop.core.rules.backups import has_backup
from kaihu_desktop.core.rules.certificate_expiry import is_replaced
from kaihu_desktop.ui.covering_page import CoveringPage
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.pages.my_certificates_actions import CertificateActions
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.visitor import Visitor
from kaihu_desktop.ui.widgets.labels import Note, button, card, label
from kaihu_desktop.ui.widgets.managed_certificate import ManagedCertificate, Standing
from kaihu_desktop.ui.widgets.skeleton import Skeleton
from kaihu_desktop.ui.widgets.take_from_windows import place_text

SUBTITLE = "保存在这台电脑上的数字证书，签署协议时使用。密钥和密码不会离开这台电脑"
NONE = (
    "数字证书在办理业务时申领，保存在当时使用的电脑上。如果您在别的电脑上导出过备份"
    "（.pfx 或 .p12 文件），可以在这里导入。"
)
LEGACY = (
    "数字证书已经导入。这份文件用的是旧的加密方法，保护较弱；本机已改用新的方法保存，建议重新导出一份备份。"
)


@dataclass(frozen=True)
class _Found:
    store: CertificateStore
    infos: tuple[CertificateInfo, ...]
    mine: frozenset[str]
    persistent: bool
    windows: WindowsCertificates | None
    elsewhere: tuple[WindowsCertificate, ...]


class MyCertificatesPage(CoveringPage):
    """Lies over the page where one was, before and after the login.

    Signals: go_to_business(): a certificate is to be applied for, which a business is needed for.
    """

    go_to_business = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        dialogs: Dialogs,
        certificates: Callable[[], CertificateStore],
        windows: Callable[[], WindowsCertificates | None],
        settings: Settings,
        visitor: Visitor,
    ) -> None:
        super().__init__("my_certificates", "我的证书", SUBTITLE)
        self._tasks, self._settings = tasks, settings
        self._certificates, self._windows = certificates, windows
        self._visitor = visitor
        self._found: _Found | None = None
        self._actions = CertificateActions(tasks, dialogs, visitor, self)
        self._actions.changed.connect(self._say_and_read)
        self._actions.failed.connect(self._say_failure)
        self._actions.imported.connect(self._imported)
        self._actions.exported.connect(self._exported)
        self._actions.go_to_business.connect(self.go_to_business)
        self._note = Note("", "", "my_certificates.note")
        self._memory = Note("", "warn", "my_certificates.memory")
        self._elsewhere = Note("", "warn", "my_certificates.elsewhere")
        self._retry = button("重试", "secondary", "my_certificates.retry", self._read, small=True)
        self._contents: QWidget = Skeleton("my_certificates.skeleton")
        for widget in (self._note, self._retry, self._memory, self._elsewhere):
            widget.hide()
        self.body.addWidget(self._note)
        self.body.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self._memory)
        self.body.addWidget(self._elsewhere)
        self.body.addWidget(self._contents)
        self.body.addStretch(1)
        self._read()

    def _arrange(self, inside: QWidget) -> None:
        self._import = button(
            "导入证书",
            "secondary",
            "my_certificates.import",
            self._ask_import,
            small=True,
            icon_name="import",
        )
        self._import.setEnabled(False)
        self._take = button(
            "从 Windows 证书库导入", "secondary", "my_certificates.windows", self._ask_take, small=True
        )
        self._take.hide()
        self.heading.addWidget(self._take)
        self.heading.addWidget(self._import)
        super()._arrange(inside)

    def first_focus(self) -> QWidget | None:
        """The way back: nothing has to be done here."""
        return self.way_back

    # reading

    def _read(self) -> None:
        self._retry.hide()
        certificates, windows, customer = self._certificates, self._windows, self._visitor.customer
        id_number = customer.id_number if customer else None
        self._tasks.run(
            self, lambda _: _look(certificates(), windows(), id_number), self._show, self._not_read
        )

    def _not_read(self, failure: Failure) -> None:
        self._say_failure(failure)
        self._contents.hide()
        self._retry.show()

    def _show(self, found: _Found) -> None:
        self._found = found
        self._import.setEnabled(True)
        kind = KINDS["PC-KEYRING"]
        self._memory.show_text("" if found.persistent else f"{kind.text}。{kind.remedy}", "warn")
        self._take.setVisible(found.windows is not None)
        takeable = next((one for one in found.elsewhere if one.takeable), None)
        self._elsewhere.show_text(place_text(takeable) if takeable else "", "warn")
        focused = self.window().focusWidget()
        name = focused.objectName() if focused and self._contents.isAncestorOf(focused) else ""
        before, self._contents = self._contents, self._list(found)
        self.body.replaceWidget(before, self._contents)
        before.hide()
        before.deleteLater()
        if name:
            (self._contents.findChild(QWidget, name) or self.way_back).setFocus()

    def _list(self, found: _Found) -> QWidget:
        contents = QWidget()
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        now, logged_in = datetime.now(timezone.utc), self._visitor.customer is not None
        known = self._settings.backed_up
        ordered = sorted(found.infos, key=lambda info: info.id not in found.mine)
        for number, info in enumerate(ordered):
            mine = info.id in found.mine if logged_in else None
            replaced = is_replaced(info, found.infos)
            standing = Standing(mine, has_backup(known, info.id), now, found.windows is not None, replaced)
            column.addWidget(
                ManagedCertificate(
                    info,
                    number,
                    standing,
                    lambda action, info=info, standing=standing: self._act(action, found, info, standing),
                )
            )
        if not ordered:
            column.addWidget(_nothing())
        return contents

    def _act(self, action: str, found: _Found, info: CertificateInfo, standing: Standing) -> None:
        self._note.hide()  # it was about what was done before
        self._actions.act(action, found.store, info, standing, found.windows)

    # what has happened

    def _ask_import(self) -> None:
        if self._found is not None:
            self._note.hide()
            self._actions.ask_import(self._found.store)

    def _ask_take(self) -> None:
        if self._found is not None and self._found.windows is not None:
            self._actions.ask_take(self._found.windows, self._found.store, self._found.elsewhere)

    def _imported(self, imported: Imported) -> None:
        remember_backup(self._settings, imported.info.id)  # the file that it was taken from
        if imported.legacy:
            self._say_and_read(LEGACY, "warn")
        else:
            self._say_and_read("数字证书已经导入。", "ok")

    def _exported(self, certificate_id: str) -> None:
        remember_backup(self._settings, certificate_id)
        self._say_and_read("备份已经导出。请把备份文件和它的密码分开保管。", "ok")

    def _say_and_read(self, text: str, kind: str) -> None:
        self._note.show_text(text, kind)
        self._read()

    def _say_failure(self, failure: Failure) -> None:
        self._note.show_text(f"{failure.text}。{failure.remedy}（代码 {failure.code}）", "error")


def _look(store: CertificateStore, windows: WindowsCertificates | None, id_number: str | None) -> _Found:
    mine = frozenset(info.id for info in store.find(id_number)) if id_number else frozenset()
    infos = store.list()
    elsewhere = in_windows_only(windows, infos, id_number)
    return _Found(store, infos, mine, store.persistent, windows, elsewhere)


def _nothing() -> QFrame:
    frame, column = card("my_certificates.none", margins=32)
    column.addWidget(label("这台电脑上还没有数字证书", "strong", wrap=True))
    column.addWidget(label(NONE, "subtitle", wrap=True))
    return frame
