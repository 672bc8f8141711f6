"""Prints a PDF on a printer that the person chooses."""

from __future__ import annotations

from typing import Callable

from qtpy.QtCore import QObject, QRectF, Qt
from qtpy.QtGui import QPainter
from qtpy.QtPrintSupport import QPrintDialog, QPrinter
from qtpy.QtWidgets import QDialog, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.tasks import TaskRunner

#: Resolution of the printed pages (dots per inch).
DPI = 200


class PrintJob(QObject):
    """One document on its way to a printer; lives as long as its dialog."""

    def __init__(
        self,
        parent: QWidget,
        tasks: TaskRunner,
        document: PdfDocument,
        title: str,
        failed: Callable[[Failure], None],
    ) -> None:
        super().__init__(parent)
        self._tasks, self._document, self._failed = tasks, document, failed
        self._printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        self._printer.setDocName(title)
        self._dialog = QPrintDialog(self._printer, parent)
        self._dialog.setWindowTitle("打印协议")
        self._dialog.accepted.connect(self._run)
        self._dialog.rejected.connect(self.deleteLater)

    def start(self) -> None:
        """Ask for the printer, then print."""
        QDialog.open(self._dialog)  # the print dialog's own `open` is another one

    def _run(self) -> None:
        document, printer = self._document, self._printer
        task = self._tasks.run(
            self,
            lambda progress: print_pages(document, printer, progress),
            lambda _: None,
            self._failed,
            label="正在打印…",
        )
        task.ended.connect(self.deleteLater)


def print_pages(document: PdfDocument, printer: QPrinter, progress: Progress) -> None:
    """Print every page as large as the paper allows. Raises Failure PC-PRINTER. Not for the UI thread."""
    painter = QPainter()
    if not painter.begin(printer):
        raise Failure("PC-PRINTER")
    try:
        pages = len(document.sizes)
        for page in range(pages):
            if page and not printer.newPage():
                raise Failure("PC-PRINTER")
            area = painter.viewport()
            picture = document.render(page, DPI / 72)
            fitted = picture.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
            painter.drawImage(QRectF(0, 0, fitted.width(), fitted.height()), picture)
            progress(page + 1, pages)
    finally:
        painter.end()
