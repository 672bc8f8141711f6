"""PDF pages as pictures, and where a word stands in them (pdfium).

pdfium is not thread-safe: every call holds one lock, so documents may be used from any thread, and are
closed under that lock too, when nobody uses them any more, and when the program ends. What is opened of a
document is closed at once: left to Python's garbage collection it could outlive its document.
"""

from __future__ import annotations

import atexit
import math
import threading
import weakref
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Iterator, NamedTuple

from qtpy.QtGui import QImage

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ui.pixels import Pixels

#: The sides of a page, in points: from a stamp to what PDF 1.7 allows (annex C: 200 inches).
SHORTEST, LONGEST = 18, 14_400
#: A page is no longer than so many times its width: its picture could be neither shown nor read.
LONGEST_RATIO = 20
#: Pixels of one picture at most, 100 MB; beyond that it is coarser.
MOST_PIXELS = 25_000_000

_LOCK = threading.Lock()
_ABANDONED: list[Any] = []
_OPEN: weakref.WeakSet[PdfDocument] = weakref.WeakSet()


@lru_cache(maxsize=1)
def _library() -> Any:
    """pypdfium2. At the program's end it complains of open documents: ours are closed before, as the handler
    that was registered last comes first."""
    import pypdfium2

    atexit.register(_close_all)
    return pypdfium2


def _close_all() -> None:
    for document in list(_OPEN):
        document._close()
    with _pdfium():
        pass  # closes them, also if pdfium was in use


@contextmanager
def _pdfium() -> Iterator[None]:
    """One at a time; what nobody uses any more is closed first."""
    with _LOCK:
        _close_abandoned()
        yield


def _abandon(pdf: Any) -> None:
    """Close a document now, or, while pdfium is in use, before its next use. Never waits."""
    _ABANDONED.append(pdf)
    if _LOCK.acquire(blocking=False):
        try:
            _close_abandoned()
        finally:
            _LOCK.release()


def _close_abandoned() -> None:
    while _ABANDONED:
        _ABANDONED.pop().close()


class Size(NamedTuple):
    """Of a page, in points."""

    width: float
    height: float


class Place(NamedTuple):
    """A rectangle of a page, in points from the top left."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Hit:
    """A place where the searched text stands: page number from 0, rectangles.

    There are several where the text goes on in the next line or changes its font.
    """

    page: int
    places: tuple[Place, ...]


class PdfDocument:
    """A PDF held in memory. `sizes` are the pages' sizes in points (1/72 inch)."""

    def __init__(self, data: bytes) -> None:
        """Open the PDF. Raises Failure SIGN-DOCUMENT when it can't be read. Blocks: not for the UI thread."""
        pypdfium2 = _library()
        with _pdfium():
            try:
                self._pdf = pypdfium2.PdfDocument(data)
                self._close = weakref.finalize(self, _abandon, self._pdf)
                _OPEN.add(self)
                self._pdf.init_forms()  # before any page, else visible signatures aren't drawn
                sizes = [self._pdf.get_page_size(number) for number in range(len(self._pdf))]
            except pypdfium2.PdfiumError:
                raise Failure("SIGN-DOCUMENT") from None
        if not sizes or not all(_can_be_shown(*size) for size in sizes):
            raise Failure("SIGN-DOCUMENT")
        self.sizes = tuple(Size(*size) for size in sizes)
        self.data = data

    def render(self, page: int, scale: float) -> Pixels:
        """One page as a picture, `scale` pixels for each point, less where that were `MOST_PIXELS`.

        About 20 ms for what a screen shows: not for the UI thread.
        """
        size = self.sizes[page]
        scale = min(scale, math.sqrt(MOST_PIXELS / (size.width * size.height)))
        with _pdfium(), closing(self._pdf[page]) as opened, closing(_picture(opened, scale)) as bitmap:
            width, height, stride = bitmap.width, bitmap.height, bitmap.stride
            return Pixels(bytes(bitmap.buffer), width, height, stride, QImage.Format.Format_RGBX8888)

    def find(self, text: str) -> list[Hit]:
        """Every place of `text`, in reading order; letter case does not count. Not for the UI thread."""
        hits = []
        for number in range(len(self.sizes)):
            with _pdfium(), closing(self._pdf[number]) as page, closing(page.get_textpage()) as words:
                hits += self._hits(number, words, text)
        return hits

    def _hits(self, number: int, words: Any, text: str) -> list[Hit]:
        hits, height = [], self.sizes[number].height
        with closing(words.search(text)) as searcher:
            found = searcher.get_next()
            while found is not None:
                rects = [words.get_rect(index) for index in range(words.count_rects(*found))]
                places = (
                    Place(left, height - top, right - left, top - low) for left, low, right, top in rects
                )
                if rects:
                    hits.append(Hit(number, tuple(places)))
                found = searcher.get_next()
        return hits


def _picture(page: Any, scale: float) -> Any:
    return page.render(scale=scale, rev_byteorder=True, prefer_bgrx=True)


def _can_be_shown(width: float, height: float) -> bool:
    """Whether a page is a page; files may claim any size."""
    short, long = min(width, height), max(width, height)
    return SHORTEST <= short <= long <= min(LONGEST, LONGEST_RATIO * short)
