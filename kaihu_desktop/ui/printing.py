"""Prints a PDF on a printer that the person chooses."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from typing import Callable

from qtpy.QtCore import QObject, QRectF, Qt
from qtpy.QtGui import QPainter
from qtpy.QtPrintSupport import QPrintDialog, QPrinter
from qtpy.QtWidgets import QDialog, QWidget

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Progress
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.pixels import Pixels
from kaihu_desktop.ui.tasks import Task, TaskRunner

#: Resolution of the printed pages (dots per inch).
DPI = 200

#: Pages that wait to be painted at most: each takes 15 MB.
AHEAD = 1

#: How often work that waits for the printer asks whether anybody waits for it (seconds).
SIGN_OF_LIFE = 0.25


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
        task = print_document(self, self._tasks, self._document, self._printer, self._failed)
        if task is None:
            self.deleteLater()
        else:
            task.ended.connect(self.deleteLater)


def print_document(
    owner: QObject,
    tasks: TaskRunner,
    document: PdfDocument,
    printer: QPrinter,
    failed: Callable[[Failure], None],
) -> Task | None:
    """Print every page as large as the paper allows; None, and PC-PRINTER to `failed`, if that can't begin.

    The pictures are made in the background, one page ahead of what is painted.
    """
    painter, room = QPainter(), threading.Semaphore(AHEAD)
    pages: deque[Pixels] = deque()
    number = itertools.count()
    if not painter.begin(printer):
        failed(Failure("PC-PRINTER"))
        return None

    def make(progress: Progress) -> None:
        for page in range(len(document.sizes)):
            while not room.acquire(timeout=SIGN_OF_LIFE):
                progress(page, len(document.sizes))  # ends here when nobody waits for it any more
            pages.append(document.render(page, DPI / 72))
            progress(page + 1, len(document.sizes))

    def paint() -> None:
        if not pages:
            return
        if next(number) == 0 or printer.newPage():
            _paint(painter, pages.popleft())
        else:
            task.cancel()
            failed(Failure("PC-PRINTER"))
        room.release()

    task = tasks.run(owner, make, lambda _: None, failed, label="正在打印…")
    task.progressed.connect(lambda _done, _total: paint())
    task.ended.connect(lambda: painter.end())  # it holds the painter, too, should the owner be gone
    return task


def _paint(painter: QPainter, pixels: Pixels) -> None:
    picture, area = pixels.image(), painter.viewport()
    fitted = picture.size().scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
    painter.drawImage(QRectF(0, 0, fitted.width(), fitted.height()), picture)
