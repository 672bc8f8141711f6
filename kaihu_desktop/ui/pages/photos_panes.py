"""Further panes of the photo page: the signature on the screen, and the last look with the 责任书."""

from __future__ import annotations

from typing import Mapping

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from kaihu_desktop.core.flow.steps.photos import CARD_FIELDS
from kaihu_desktop.core.model.company import Document
from kaihu_desktop.ui.dialogs import Dialogs
from kaihu_desktop.ui.pages.photos_model import EMBLEM, PORTRAIT, shown_value
from kaihu_desktop.ui.widgets.labels import button, card, label, set_property
from kaihu_desktop.ui.widgets.signature_pad import SignaturePad

#: The primary action while the name is written on the screen.
USE_SIGNATURE = "使用这个签名"


class SignatureBoard(QWidget):
    """The pad with its buttons; the shell's primary action uses what is written.

    Signals: written(image): a signature as a BGR array. changed(): there is enough now, or no longer.
    entered(): Enter was pressed on the pad.
    """

    written = Signal(object)
    changed = Signal()
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("photos.board")
        self.pad = SignaturePad("photos.pad")
        self._undo = button(
            "撤销", "secondary", "photos.pad.undo", self.pad.undo, small=True, icon_name="undo-2"
        )
        self._clear = button(
            "清除", "secondary", "photos.pad.clear", self.pad.clear, small=True, icon_name="eraser"
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._undo)
        row.addWidget(self._clear)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.pad, 1)
        column.addLayout(row)
        column.addStretch(1)
        self._blank = True
        self.pad.changed.connect(self._tell)
        self.pad.entered.connect(self.entered)

    def _tell(self) -> None:
        if self.pad.blank != self._blank:
            self._blank = self.pad.blank
            self.changed.emit()

    def use(self) -> None:
        """Take what is written."""
        self.written.emit(self.pad.image())


class Responsibility(QWidget):
    """The checkbox of the 数字证书安全责任书, which can be ticked only after reading to the end.

    Signals: changed(): it was accepted, or no longer is.
    """

    changed = Signal()

    def __init__(self, dialogs: Dialogs, document: Document) -> None:
        super().__init__()
        self._dialogs, self._document, self._read = dialogs, document, False
        self.box = QCheckBox("我已阅读并同意")
        self.box.setObjectName("photos.responsibility")
        self.box.setAccessibleName(f"我已阅读并同意《{document.title}》")
        self.box.clicked.connect(self._clicked)
        link = button(f"《{document.title}》", "link", "photos.responsibility.open", self.open_document)
        self._error = label("", "field-error", "photos.responsibility.error")
        self._error.hide()
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.box)
        row.addWidget(link)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._error)

    @property
    def version(self) -> str | None:
        """The version that was accepted, None if it wasn't."""
        return self._document.version if self.box.isChecked() else None

    def restore(self, version: str | None) -> None:
        """Show what was accepted before; another version must be read anew."""
        self._read = version == self._document.version
        self.box.setChecked(self._read)

    def show_problem(self, text: str) -> None:
        """Say that it must be accepted."""
        self._error.setText(text)
        self._error.setVisible(bool(text))
        set_property(self.box, "state", "error" if text else "")
        self.box.setAccessibleDescription(text)

    def open_document(self) -> None:
        """Show the text; accepting at its end ticks the box."""
        self._dialogs.read(self._document, "我已阅读并同意", self._accepted, to_the_end=not self._read)

    def _clicked(self) -> None:
        if self.box.isChecked() and not self._read:
            self.box.setChecked(False)
            self.open_document()
            return
        self.show_problem("")
        self.changed.emit()

    def _accepted(self) -> None:
        self._read = True
        self.box.setChecked(True)
        self.show_problem("")
        self.changed.emit()


class OverviewPane(QWidget):
    """The confirmed data once more, and the 责任书. Signals: correct(kind): change the fields of a side."""

    correct = Signal(str)

    def __init__(self, dialogs: Dialogs, document: Document) -> None:
        super().__init__()
        self.setObjectName("photos.overview")
        self.responsibility = Responsibility(dialogs, document)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._data())
        frame, inside = card("photos.responsibility.card", margins=20)
        inside.addWidget(label(document.title, "card-title"))
        why = "数字证书等同于您的手写签名，请保管好证书和密码。请阅读全文后勾选。"
        inside.addWidget(label(why, "secondary", wrap=True))
        inside.addWidget(self.responsibility)
        column.addWidget(frame)
        column.addStretch(1)

    def _data(self) -> QWidget:
        frame, inside = card("photos.overview.data", margins=20)
        heading = QHBoxLayout()
        heading.addWidget(label("身份证信息", "card-title"))
        heading.addStretch(1)
        self.buttons = {
            kind: button(text, "link", f"photos.overview.{kind}", lambda kind=kind: self.correct.emit(kind))
            for kind, text in ((PORTRAIT, "修改人像面信息"), (EMBLEM, "修改国徽面信息"))
        }
        for made in self.buttons.values():
            heading.addWidget(made)
        inside.addLayout(heading)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._values = {}
        for row, (name, title) in enumerate(CARD_FIELDS):
            grid.addWidget(label(title, "secondary"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._values[name] = label("", "", f"photos.overview.{name}", wrap=True)
            grid.addWidget(self._values[name], row, 1)
        inside.addLayout(grid)
        return frame

    def show_values(self, fields: Mapping[str, str]) -> None:
        """Show the fields of the answer."""
        for name, shown in self._values.items():
            shown.setText(shown_value(name, fields.get(name) or "") or "—")
