"""A signed PDF in the reader, with what its signatures are worth beside it."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import Signal
from qtpy.QtGui import QResizeEvent
from qtpy.QtWidgets import QBoxLayout, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.certificate import PdfVerification
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.signature_words import verdict_of
from kaihu_desktop.ui.tasks import Task, TaskRunner
from kaihu_desktop.ui.widgets.agreement_reader import AgreementReader
from kaihu_desktop.ui.widgets.signature_card import PREFIX, SignatureCard

#: From this width on the verdict stands beside the reader, else above it (device-independent pixels).
ROOM_FOR_BOTH = 860
CARD_WIDTH = 300

#: Verifies a PDF with all that is at hand; blocks.
Check = Callable[[bytes], PdfVerification]


class SignedDocument(QWidget):
    """Signals: saved(str), the path; failed(Failure), when saving or printing did not work."""

    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, tasks: TaskRunner, check: Check) -> None:
        super().__init__()
        self._tasks, self._check = tasks, check
        self._data = b""
        self._checking: Task | None = None
        self._card = SignatureCard()
        self._card.again.connect(self._verify)
        self.reader = AgreementReader(tasks, PREFIX)
        self.reader.saved.connect(self.saved)
        self.reader.failed.connect(self.failed)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(12)
        self._layout.addWidget(self._card)
        self._layout.addWidget(self.reader, 1)

    def show_document(self, title: str, document: PdfDocument, file: str) -> None:
        """Show a PDF and verify it. file: the name for it when it is saved."""
        self._data = document.data
        self.reader.show_document(title, document, 0, file)
        self._verify()

    @property
    def pages(self) -> QWidget:
        """Where the pages are, to be scrolled by the keyboard."""
        return self.reader.findChild(QWidget, f"{PREFIX}.reader.pages")

    def close_document(self) -> None:
        """Forget the document."""
        self._data = b""
        if self._checking is not None:
            self._checking.cancel()
        self.reader.close_document()

    def _verify(self) -> None:
        data, check = self._data, self._check
        self._card.show_working()
        if self._checking is not None:
            self._checking.cancel()  # that of the document before
        self._checking = self._tasks.run(
            self,
            lambda _: verdict_of(check(data)),
            lambda verdict: self._ended(lambda: self._card.show_verdict(verdict)),
            lambda failure: self._ended(lambda: self._not_verified(failure)),
        )

    def _ended(self, show: Callable[[], None]) -> None:
        self._checking = None
        show()

    def _not_verified(self, failure: Failure) -> None:
        self._card.show_failed(f"没有完成验证：{failure.text}。{failure.remedy}（代码 {failure.code}）")

    def resizeEvent(self, event: QResizeEvent) -> None:
        wide = event.size().width() >= ROOM_FOR_BOTH
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        self._layout.setDirection(direction)
        self._card.setMaximumWidth(CARD_WIDTH if wide else 16_777_215)
        self._card.setMinimumWidth(CARD_WIDTH if wide else 0)
        self._card.set_compact(not wide)
