"""Choosing a certificate's backup file (.pfx, .p12) and entering its password."""

from __future__ import annotations

from pathlib import Path

from qtpy.QtCore import Qt, Signal
from qtpy.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from qtpy.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QWidget

from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.labels import button, card, icon_label, label, set_property
from kaihu_desktop.ui.widgets.resting import rest, wake

PREFIX = "certificate_check"
SUFFIXES = (".pfx", ".p12")
PROMPT = "选择以前备份的证书文件，也可以把文件拖到这里"


class CertificateImport(QFrame):
    """Signals: chosen(str), the path of a file; confirmed(Secret), the password of the chosen file."""

    chosen = Signal(str)
    confirmed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        outside = QHBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        frame, column = card(f"{PREFIX}.import_card", margins=20, spacing=12)
        outside.addWidget(frame)
        self.title = label("导入数字证书", "card-title")
        column.addWidget(self.title)
        self._drop = _DropZone(self.chosen.emit)
        column.addWidget(self._drop)
        self._file_error = label("", "field-error", f"{PREFIX}.file.error", wrap=True)
        self._file_error.hide()
        column.addWidget(self._file_error)
        self._entry = QWidget()
        row = QHBoxLayout(self._entry)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.password = PasswordField(
            "证书文件的密码", f"{PREFIX}.password", placeholder="备份证书时设置的密码"
        )
        self.password.edit.returnPressed.connect(self._confirm)
        self._import = button("导入证书", "secondary", f"{PREFIX}.import", self._confirm)
        self.password.row.addWidget(self._import)
        row.addWidget(self.password)
        column.addWidget(self._entry)
        column.addWidget(
            label(
                "密码只在这台电脑上使用，不会发送给任何人。导入以后，签署协议时也用这个密码。",
                "hint",
                wrap=True,
            )
        )
        self._entry.hide()

    @property
    def choose_button(self) -> QWidget:
        """Where the focus belongs at first."""
        return self._drop.button

    def show_file(self, name: str) -> None:
        """The file was read; ask for its password."""
        self._say_file_error("")
        self._drop.show_file(name)
        self._entry.show()
        self.password.clear()
        self.password.set_error("")
        self.password.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse_file(self, text: str) -> None:
        """The file can't be used: choose another."""
        self._drop.show_file("")
        self._entry.hide()
        self.password.clear()
        self._say_file_error(text)
        self._drop.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse_password(self, text: str) -> None:
        """The password wasn't right."""
        self.password.set_error(text)
        self.password.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.password.edit.selectAll()

    def rest(self) -> None:
        """The import is under way: another can't be started."""
        rest(self._import)

    def wake(self) -> None:
        """The import has ended."""
        wake(self._import)

    def start_over(self) -> None:
        """Forget the file and the password."""
        self._say_file_error("")
        self._drop.show_file("")
        self.password.clear()
        self._entry.hide()

    def _confirm(self) -> None:
        if not self._import.isEnabled():
            return
        secret: Secret = self.password.secret
        if secret:
            self.confirmed.emit(secret)
        else:
            self.refuse_password("请输入证书文件的密码")

    def _say_file_error(self, text: str) -> None:
        self._file_error.setText(text)
        self._file_error.setVisible(bool(text))


class _DropZone(QFrame):
    def __init__(self, chosen: object) -> None:
        super().__init__()
        self._chosen = chosen
        self.setProperty("role", "dashed")
        self.setAcceptDrops(True)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(icon_label("file-key", Theme.current.text_secondary, 24))
        self._text = label(PROMPT, "subtitle", f"{PREFIX}.file", wrap=True)
        row.addWidget(self._text, 1)
        self.button = button("选择证书文件", "secondary", f"{PREFIX}.choose_file", self._choose)
        row.addWidget(self.button)

    def show_file(self, name: str) -> None:
        self._text.setText(f"已选择 {name}" if name else PROMPT)
        self.button.setText("换一个文件" if name else "选择证书文件")
        self.button.setAccessibleName(self.button.text())

    def _choose(self) -> None:
        dialog = QFileDialog(self, "选择证书文件")
        dialog.setObjectName(f"{PREFIX}.file_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["证书文件 (*.pfx *.p12)", "所有文件 (*)"])
        dialog.fileSelected.connect(lambda path: self._chosen(path))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event):
            event.acceptProposedAction()
            set_property(self, "state", "over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        set_property(self, "state", "")

    def dropEvent(self, event: QDropEvent) -> None:
        set_property(self, "state", "")
        event.acceptProposedAction()
        self._chosen(_dropped(event))


def _dropped(event: QDropEvent) -> str:
    files = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    right = [name for name in files if Path(name).suffix.lower() in SUFFIXES]
    return (right or files or [""])[0]
