"""Reads one agreement: pages, zoom, search, print, save, and which pages have been seen for how long."""

from __future__ import annotations

from pathlib import Path
from typing import Sequence

from qtpy.QtCore import QEvent, QObject, QRect, Qt, QTimer, Signal
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QShortcut,
    QToolButton,
    QVBoxLayout,
)

from kaihu_desktop.ui.file_dialogs import ask_where_to_save
from kaihu_desktop.ui.icons import icon
from kaihu_desktop.ui.later import later
from kaihu_desktop.ui.pdf import Hit, PdfDocument
from kaihu_desktop.ui.printing import PrintJob
from kaihu_desktop.ui.saving import document_name, write_document
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import label
from kaihu_desktop.ui.widgets.pdf_canvas import PdfCanvas
from kaihu_desktop.ui.widgets.shortened_label import ShortenedLabel

ZOOMS = (0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0)
#: How often the time is counted (milliseconds).
SECOND_MS = 1000
#: A page has been seen when this share of it, from its top, has been in view.
SEEN_SHARE = 0.9


class AgreementReader(QFrame):
    """Signals:
    page_seen(int): a page, counted from 0, has been seen to its end.
    second_passed(): the document has been in front of the person for another second.
    saved(str): the document was written to this path.
    failed(Failure): saving or printing did not work.
    """

    page_seen = Signal(int)
    second_passed = Signal()
    saved = Signal(str)
    failed = Signal(object)

    def __init__(self, tasks: TaskRunner, page: str = "sign") -> None:
        """page: the name of the page in which it stands, with which its widgets' names begin."""
        super().__init__()
        self.setProperty("role", "card")
        self._name = f"{page}.reader"
        self.setObjectName(self._name)
        self._tasks = tasks
        self._file = ""
        self._document: PdfDocument | None = None
        self._moving = False
        self._zoom = ZOOMS.index(1.0)
        self._hits: Sequence[Hit] = ()
        self._hit = -1
        self._canvas = PdfCanvas(tasks)
        self._area = QScrollArea()
        self._area.setObjectName(f"{self._name}.pages")
        self._area.setAccessibleName("协议内容")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._canvas)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setMinimumHeight(220)
        self._area.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._toolbar())
        column.addLayout(self._search_row())
        column.addWidget(self._area, 1)
        self._canvas.painted.connect(self._note_seen)
        self._area.verticalScrollBar().valueChanged.connect(lambda _: self._note_seen())
        self._clock = QTimer(self)
        self._clock.setInterval(SECOND_MS)
        self._clock.timeout.connect(self._tick)
        QShortcut(QKeySequence("Ctrl+F"), self, self._open_search)

    def _toolbar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 4, 8, 4)
        row.setSpacing(2)
        self._title = ShortenedLabel("strong", f"{self._name}.title")
        row.addWidget(self._title, 1)
        self._zoom_out = self._tool("zoom-out", "缩小", "zoom_out", lambda: self._step_zoom(-1))
        self._zoom_text = label("100%", "secondary")
        self._zoom_in = self._tool("zoom-in", "放大", "zoom_in", lambda: self._step_zoom(1))
        row.addWidget(self._zoom_out)
        row.addWidget(self._zoom_text)
        row.addWidget(self._zoom_in)
        for name, text, key, slot in (
            ("search", "查找", "search", self._open_search),
            ("printer", "打印", "print", self._print),
            ("save", "保存", "save", self._save),
        ):
            row.addWidget(self._tool(name, text, key, slot))
        self._number = label("", "secondary", f"{self._name}.number")
        self._number.setMinimumWidth(52)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._number)
        return row

    def _tool(self, icon_name: str, text: str, key: str, slot: object) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"{self._name}.{key}")
        made.setIcon(icon(icon_name, Theme.current.text_secondary))
        made.setToolTip(text)
        made.setAccessibleName(text)
        made.clicked.connect(lambda: slot())
        return made

    def _search_row(self) -> QHBoxLayout:
        self._search = QLineEdit()
        self._search.setObjectName(f"{self._name}.search_text")
        self._search.setAccessibleName("查找内容")
        self._search.setPlaceholderText("输入要查找的文字，按回车查找下一处")
        self._search.returnPressed.connect(self._find)
        self._search.textEdited.connect(lambda _: self._forget_hits())
        self._search.hide()
        self._found = label("", "secondary", f"{self._name}.found")
        self._found.hide()
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self._search, 1)
        row.addWidget(self._found)
        QShortcut(QKeySequence("Esc"), self._search, self._close_search)
        return row

    def show_document(self, title: str, document: PdfDocument, page: int, file: str = "") -> None:
        """Show a document, scrolled to a page (counted from 0). file: a name for it when it is saved."""
        self._document, self._moving = document, True
        self._file = file or document_name(title)
        self._title.set_whole(title)
        self._area.setAccessibleName(f"协议内容：{title}")
        self._forget_hits()
        self._canvas.show_document(document)
        self._fit()
        self._scroll_to(self._canvas.page_place(page))
        self._clock.start()

    def close_document(self) -> None:
        """Show nothing, and stop counting the time."""
        self._clock.stop()
        self._document = None
        self._title.set_whole("")
        self._number.setText("")
        self._canvas.show_document(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            later(self, self._fit)
        return False

    def _fit(self) -> None:
        self._canvas.fit(self._area.viewport().width(), ZOOMS[self._zoom])
        self._note_seen()

    def _step_zoom(self, step: int) -> None:
        self._zoom = min(max(self._zoom + step, 0), len(ZOOMS) - 1)
        self._zoom_text.setText(f"{ZOOMS[self._zoom]:.0%}")
        self._zoom_out.setEnabled(self._zoom > 0)
        self._zoom_in.setEnabled(self._zoom < len(ZOOMS) - 1)
        place = self._area.verticalScrollBar().value() / max(self._canvas.height(), 1)
        self._moving = True
        self._fit()
        document = self._document
        later(self, lambda: self._arrive(document, round(place * self._canvas.height())))

    def _in_view(self) -> QRect:
        top = self._area.verticalScrollBar().value()
        return QRect(0, top, self._canvas.width(), self._area.viewport().height())

    def _note_seen(self) -> None:
        if self._document is None or self._moving or not self.isVisible():
            return
        view = self._in_view()
        for page in range(len(self._document.sizes)):
            place = self._canvas.page_place(page)
            end = place.top() + round(place.height() * SEEN_SHARE)
            if view.top() <= end <= view.bottom():
                self.page_seen.emit(page)
            if place.top() <= view.center().y() <= place.bottom():
                self._number.setText(f"{page + 1} / {len(self._document.sizes)}")

    def _tick(self) -> None:
        if self.isVisible() and not self.window().isMinimized():
            self.second_passed.emit()

    def _scroll_to(self, place: QRect) -> None:
        document = self._document
        later(self, lambda: self._arrive(document, max(place.top() - 60, 0)))

    def _arrive(self, document: PdfDocument | None, top: int) -> None:
        """Scroll there; what lay in view on the way, at the old place in a new layout, nobody has seen."""
        if document is not self._document:
            return
        self._area.verticalScrollBar().setValue(top)
        self._moving = False
        self._note_seen()

    # search

    def _open_search(self) -> None:
        self._search.show()
        self._search.setFocus()
        self._search.selectAll()

    def _close_search(self) -> None:
        self._search.hide()
        self._forget_hits()
        self._area.setFocus()

    def _forget_hits(self) -> None:
        self._hits, self._hit = (), -1
        self._found.hide()
        self._canvas.show_hits((), -1)

    def _find(self) -> None:
        text, document = self._search.text().strip(), self._document
        if not text or document is None:
            return
        if self._hits:
            self._show_hit((self._hit + 1) % len(self._hits))
        else:
            self._tasks.run(
                self, lambda _: document.find(text), lambda hits: self._show_hits(document, text, hits)
            )

    def _show_hits(self, document: PdfDocument, text: str, hits: Sequence[Hit]) -> None:
        if document is not self._document or text != self._search.text().strip():
            return  # something else is looked for by now
        self._hits = hits
        if hits:
            self._show_hit(0)
        else:
            self._found.setText("没有找到")
            self._found.show()

    def _show_hit(self, number: int) -> None:
        self._hit = number
        self._found.setText(f"{number + 1} / {len(self._hits)}")
        self._found.show()
        self._canvas.show_hits(self._hits, number)
        self._scroll_to(self._canvas.hit_places(self._hits[number])[0])

    # print and save

    def _print(self) -> None:
        if self._document is not None:
            PrintJob(
                self, self._tasks, self._document, self._title.accessibleName(), self.failed.emit
            ).start()

    def _save(self) -> None:
        if self._document is not None:
            data = self._document.data
            ask_where_to_save(self, self._file, lambda path: self._write(path, data))

    def _write(self, path: str, data: bytes) -> None:
        self._tasks.run(
            self,
            lambda _: write_document(Path(path), data),
            lambda _: self.saved.emit(path),
            self.failed.emit,
        )
