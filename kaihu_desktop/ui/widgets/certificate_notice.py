"""Says quietly that the person's certificate ends soon, or has ended; nothing when all is well."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Sequence

from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QHBoxLayout, QWidget

from kaihu_desktop.core.model.certificate import CertificateInfo, CertificateState, CertificateStore
from kaihu_desktop.core.rules.certificate_expiry import expires_soon, expiry_text
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.labels import Note, button


class CertificateNotice(QWidget):
    """Signals: manage(), the person wants to do something about it."""

    manage = Signal()

    def __init__(self, tasks: TaskRunner, certificates: CertificateStore, id_number: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self._note = Note("", "warn", "certificate_notice")
        row.addWidget(self._note, 1)
        row.addWidget(
            button("去处理", "link", "certificate_notice.manage", self.manage.emit),
            0,
            Qt.AlignmentFlag.AlignVCenter,
        )
        self.hide()
        tasks.run(self, lambda _: certificates.find(id_number), self._show, lambda _: None)

    def _show(self, infos: Sequence[CertificateInfo]) -> None:
        """The best one counts: who has a newer one has nothing to do about the old."""
        text = _text(infos[0], datetime.now(timezone.utc)) if infos else ""
        if text:
            self._note.set(text, "warn")
            self.show()


def _text(info: CertificateInfo, now: datetime) -> str:
    if info.state is CertificateState.EXPIRED:
        return "您的数字证书已经过期，签署协议前需要重新申领。"
    if expires_soon(info, now):
        return f"您的数字证书{expiry_text(info, now)}，请到“我的证书”续期。"
    return ""
