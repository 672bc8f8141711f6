"""All pages of a PDF below each other, painted as far as they are seen."""

from __future__ import annotations

from typing import Sequence

from qtpy.QtCore import QRect, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QWidget

from kaihu_desktop.ui.pdf import Hit, PdfDocument
from kaihu_desktop.ui.pixels import Pixels
from kaihu_desktop.ui.tasks import TaskRunner

MARGIN, GAP = 16, 12
GROUND = "#E8ECF3"
#: Width of a page at 100 %, in device-independent pixels; less where the window is narrower.
PAGE_WIDTH = 720


class PdfCanvas(QWidget):
    """Signals: painted(), after pages came into view."""

    painted = Signal()

    def __init__(self, tasks: TaskRunner) -> None:
        super().__init__()
        self._tasks = tasks
        self._document: PdfDocument | None = None
        self._pictures: dict[int, tuple[float, Pixels]] = {}
        self._rendering: set[int] = set()
        self._wanted = range(0)
        self._places: list[QRect] = []
        self._zoom, self._width = 1.0, PAGE_WIDTH
        self._hits: Sequence[Hit] = ()
        self._hit = -1

    def show_document(self, document: PdfDocument | None) -> None:
        """Show another document from its first page, or none."""
        self._document = document
        self._pictures, self._rendering, self._wanted = {}, set(), range(0)
        self._hits, self._hit = (), -1
        self._lay_out()

    def fit(self, viewport_width: int, zoom: float) -> None:
        """Lay the pages out for a viewport and a zoom (1.0: the whole page width is seen)."""
        width = max(min(viewport_width - 2 * MARGIN, PAGE_WIDTH), 200)
        if (width, zoom) != (self._width, self._zoom):
            self._width, self._zoom = width, zoom
            self._lay_out()

    def show_hits(self, hits: Sequence[Hit], current: int) -> None:
        """Mark search hits, the current one stronger."""
        self._hits, self._hit = hits, current
        self.update()

    @property
    def pages_held(self) -> frozenset[int]:
        """The pages whose pictures are in memory."""
        return frozenset(self._pictures)

    def page_place(self, page: int) -> QRect:
        """Where a page lies on the canvas."""
        return self._places[page]

    def hit_places(self, hit: Hit) -> list[QRect]:
        """Where a hit lies on the canvas."""
        page = self._places[hit.page]
        scale = page.width() / self._document.sizes[hit.page].width
        places = (QRectF(*(side * scale for side in place)) for place in hit.places)
        return [place.translated(page.topLeft()).toAlignedRect() for place in places]

    def _lay_out(self) -> None:
        self._places, top = [], MARGIN
        if self._document is None:
            self.setMinimumSize(QSize(0, 0))
            self.update()
            return
        widest = max(size.width for size in self._document.sizes)
        scale = self._width * self._zoom / widest
        canvas_width = round(self._width * self._zoom) + 2 * MARGIN
        for size in self._document.sizes:
            width, height = round(size.width * scale), round(size.height * scale)
            self._places.append(QRect((canvas_width - width) // 2, top, width, height))
            top += height + GAP
        self.setMinimumSize(QSize(canvas_width, top - GAP + MARGIN))
        self.resize(max(canvas_width, self.width()), top - GAP + MARGIN)
        self._centre()
        self.update()

    def _centre(self) -> None:
        for place in self._places:
            place.moveLeft((self.width() - place.width()) // 2)

    def resizeEvent(self, event: object) -> None:
        self._centre()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(GROUND))
        if self._document is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._forget_far_pages()
        for page, place in enumerate(self._places):
            if place.intersects(event.rect()):
                self._paint_page(painter, page, place)
        for index, hit in enumerate(self._hits):
            colour = QColor(255, 150, 0, 120) if index == self._hit else QColor(255, 220, 60, 90)
            for place in self.hit_places(hit):
                painter.fillRect(place, colour)
        self.painted.emit()

    def _forget_far_pages(self) -> None:
        """Keep the pictures of what is seen and of the pages beside it: one takes up to 100 MB."""
        view = self.visibleRegion().boundingRect()
        seen = [page for page, place in enumerate(self._places) if place.intersects(view)]
        self._wanted = range(min(seen) - 1, max(seen) + 2) if seen else range(0)
        self._pictures = {page: made for page, made in self._pictures.items() if page in self._wanted}

    def _paint_page(self, painter: QPainter, page: int, place: QRect) -> None:
        painter.fillRect(place, Qt.GlobalColor.white)
        scale = place.width() / self._document.sizes[page].width * self.devicePixelRatioF()
        rendered = self._pictures.get(page)
        if rendered is not None:
            painter.drawImage(place, rendered[1].image())
        if (rendered is None or abs(rendered[0] - scale) > 1e-3) and page not in self._rendering:
            self._render(page, scale)

    def _render(self, page: int, scale: float) -> None:
        document, rendering = self._document, self._rendering
        rendering.add(page)

        def wanted() -> bool:
            return document is self._document and page in self._wanted

        def done(picture: Pixels | None) -> None:
            if wanted():
                if picture is not None:
                    self._pictures[page] = (scale, picture)
                self.update(self._places[page])

        # what was scrolled past while others were rendered isn't rendered at all
        task = self._tasks.run(self, lambda _: document.render(page, scale) if wanted() else None, done)
        task.ended.connect(lambda: rendering.discard(page))
