"""PDF pages as pictures, and where a word stands in them (pdfium).

pdfium is not thread-safe: every call holds one lock, so documents may be used from any thread.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from qtpy.QtCore import QRectF, QSizeF
from qtpy.QtGui import QImage

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ui.pixels import image_of

_PDFIUM = threading.Lock()


@dataclass(frozen=True)
class Hit:
    """A place where the searched text stands: page number from 0, rectangle in points from the top left."""

    page: int
    place: QRectF


class PdfDocument:
    """A PDF held in memory. `sizes` are the pages' sizes in points (1/72 inch)."""

    def __init__(self, data: bytes) -> None:
        """Open the PDF. Raises Failure SIGN-DOCUMENT when it can't be read. Blocks: not for the UI thread."""
        import pypdfium2

        with _PDFIUM:
            try:
                self._pdf = pypdfium2.PdfDocument(data)
                self.sizes = tuple(QSizeF(*self._pdf.get_page_size(i)) for i in range(len(self._pdf)))
            except pypdfium2.PdfiumError:
                raise Failure("SIGN-DOCUMENT") from None
        self.data = data

    def close(self) -> None:
        """Give the memory back; the document must not be used any more."""
        with _PDFIUM:
            self._pdf.close()

    def render(self, page: int, scale: float) -> QImage:
        """One page as a picture, `scale` pixels for each point. About 20 ms: not for the UI thread."""
        with _PDFIUM:
            bitmap = self._pdf[page].render(scale=scale, rev_byteorder=True, prefer_bgrx=True)
            try:
                width, height, stride = bitmap.width, bitmap.height, bitmap.stride
                return image_of(bytes(bitmap.buffer), width, height, stride, QImage.Format.Format_RGBX8888)
            finally:
                bitmap.close()

    def find(self, text: str) -> list[Hit]:
        """Every place of `text`, in reading order; letter case does not count. Not for the UI thread."""
        hits = []
        for number in range(len(self.sizes)):
            with _PDFIUM:
                hits += self._hits(number, text)  # what it opens is closed when it returns, under the lock
        return hits

    def _hits(self, number: int, text: str) -> list[Hit]:
        hits, height = [], self.sizes[number].height()
        words = self._pdf[number].get_textpage()
        searcher = words.search(text)
        found = searcher.get_next()
        while found is not None:
            for index in range(words.count_rects(*found)):
                left, bottom, right, top = words.get_rect(index)
                hits.append(Hit(number, QRectF(left, height - top, right - left, top - bottom)))
            found = searcher.get_next()
        return hits
