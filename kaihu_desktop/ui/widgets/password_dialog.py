"""Asks for a certificate's password, over the page."""

from __future__ import annotations

from typing import Callable

from qtpy.QtWidgets import QWidget

from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui.dialogs import Overlay
from kaihu_desktop.ui.widgets.fields import PasswordField
from kaihu_desktop.ui.widgets.labels import button, label


class PasswordDialog(Overlay):
    """One password; `accepted` gets it as a `Secret` after the dialog is gone."""

    def __init__(
        self,
        host: QWidget,
        title: str,
        text: str,
        accept: str,
        accepted: Callable[[Secret], None],
        error: str = "",
    ) -> None:
        super().__init__(host, title)
        self._accepted = accepted
        self.column.addWidget(label(text, "subtitle", "dialog.text", wrap=True))
        self._field = PasswordField("证书密码", "dialog.password")
        self._field.edit.returnPressed.connect(self._accept)
        self._field.set_error(error)
        self.column.addWidget(self._field)
        self.buttons.addWidget(button("取消", "secondary", "dialog.reject", self.close_overlay))
        self.buttons.addWidget(button(accept, "primary", "dialog.accept", self._accept))

    def _accept(self) -> None:
        password = self._field.secret
        if not password:
            self._field.set_error("请输入证书密码")
            self._field.setFocus()
            return
        self._field.clear()
        self.close_overlay()
        self._accepted(password)
