"""What 证书检测 says of the person's certificates that lie in Windows' own stores."""

from __future__ import annotations

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QFrame, QVBoxLayout

from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis
from kaihu_desktop.core.model.windows_certificate import WindowsCertificate
from kaihu_desktop.core.rules.id_number import parse_id_number
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.widgets.labels import Note, button
from kaihu_desktop.ui.widgets.take_from_windows import TakeFromWindowsDialog, place_text


class InWindows(QFrame):
    """Seen while the program's own store has none that can be used, and Windows has one.

    Signals: taken(CertificateInfo), it is in the program's own store, too.
    """

    taken = Signal(object)

    def __init__(self, context: PageContext) -> None:
        super().__init__()
        self._context = context
        self._found: tuple[WindowsCertificate, ...] = ()
        self._note = Note("", "warn", "certificate_check.in_windows")
        self._take = button(
            "从 Windows 证书库导入", "primary", "certificate_check.windows", self._ask, icon_name="import"
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._note)
        column.addWidget(self._take, 0, Qt.AlignmentFlag.AlignLeft)

    def show_diagnosis(self, diagnosis: Diagnosis) -> None:
        """Say where the most useful one lies, and let it be taken in if it can be."""
        self._found = () if diagnosis.usable else diagnosis.windows
        self._note.show_text(place_text(self._found[0]) if self._found else "", "warn")
        self._take.setVisible(any(one.takeable for one in self._found))
        self.setVisible(bool(self._found))

    def _ask(self) -> None:
        context, services = self._context, self._context.services
        number = parse_id_number(services.customer.id_number)
        if services.windows is not None:
            TakeFromWindowsDialog(
                context.dialogs.host,
                context.tasks,
                services.windows,
                services.certificates,
                self._found,
                services.company.certificate_password,
                number.birth if number else None,
                self.taken.emit,
            ).open_over()
