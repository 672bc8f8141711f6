"""PDFs as pictures: bounded in memory, closed under pdfium's lock, refused where no page can be seen."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pypdfium2
import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtPrintSupport import QPrinter
from qtpy.QtWidgets import QScrollArea

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.ui import pdf
from kaihu_desktop.ui.pdf import MOST_PIXELS, PdfDocument
from kaihu_desktop.ui.printing import print_document
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.pdf_canvas import PdfCanvas
from tests.ui.conftest import LONG
from tests.unit.certificates.certificate_people import CHEAP, PASSWORD, keep, person, small_pdf

A4 = (595, 842)


def made(*sizes: tuple[float, float]) -> bytes:
    """A PDF with empty pages of these sizes, in points."""
    document = pypdfium2.PdfDocument.new()
    for size in sizes:
        document.new_page(*size).close()
    buffer = io.BytesIO()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


@pytest.mark.parametrize(
    "size", [(595, 1e7), (1e7, 1e7), (14_401, 14_401), (10, 842), (100, 2_001)], ids=lambda size: str(size)
)
def test_a_page_of_an_absurd_size_is_refused(size: tuple[float, float]) -> None:
    with pytest.raises(Failure) as failure:
        PdfDocument(made(A4, size))
    assert failure.value.code == "SIGN-DOCUMENT"


@pytest.mark.parametrize("data", [b"", b"no PDF", made()], ids=["empty", "something else", "no pages"])
def test_what_has_no_pages_is_refused(data: bytes) -> None:
    with pytest.raises(Failure) as failure:
        PdfDocument(data)
    assert failure.value.code == "SIGN-DOCUMENT"


def test_pixels_of_a_page_are_bounded() -> None:
    document = PdfDocument(made(A4, (14_400, 14_400)))
    assert document.render(0, 2.0).width == 1190
    for page in (0, 1):
        picture = document.render(page, 50.0)
        pixels = picture.width * picture.height
        assert 0.98 * MOST_PIXELS < pixels <= 1.001 * MOST_PIXELS


def test_a_document_is_closed_when_nobody_uses_it_and_not_while_pdfium_is_used() -> None:
    document, other = PdfDocument(made(A4)), PdfDocument(made(A4))
    raw = document._pdf
    with pdf._pdfium():
        del document
        assert raw.raw
    other.render(0, 0.1)
    assert not raw.raw
    raw = other._pdf
    del other
    assert not raw.raw


def test_a_document_in_use_at_the_programs_end_is_closed_without_a_word(tmp_path: Path) -> None:
    """Also where exit handlers were registered before pdfium's own."""
    path = tmp_path / "a.pdf"
    path.write_bytes(made(A4))
    program = (
        "import sys, tempfile; from pathlib import Path; folder = tempfile.TemporaryDirectory();"
        "from kaihu_desktop.ui.pdf import PdfDocument;"
        "sys.kept = PdfDocument(Path(sys.argv[1]).read_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.fixture
def show(qtbot: QtBot, tasks: TaskRunner) -> Callable[[PdfDocument], tuple[PdfCanvas, QScrollArea]]:
    """Shows a document in a window of about one page."""

    def show(document: PdfDocument) -> tuple[PdfCanvas, QScrollArea]:
        area, canvas = QScrollArea(), PdfCanvas(tasks)
        qtbot.addWidget(area)
        area.setWidgetResizable(True)
        area.setWidget(canvas)
        area.resize(500, 600)
        canvas.show_document(document)
        canvas.fit(480, 1.0)
        area.show()
        return canvas, area

    return show


def test_only_what_is_seen_and_the_pages_beside_it_are_held(
    show: Callable[[PdfDocument], tuple[PdfCanvas, QScrollArea]], qtbot: QtBot
) -> None:
    canvas, area = show(PdfDocument(made(*[A4] * 40)))
    bar = area.verticalScrollBar()
    for page in (0, 5, 6, 20, 39, 2):
        bar.setValue(canvas.page_place(page).top())
        qtbot.waitUntil(lambda page=page: page in canvas.pages_held, timeout=LONG)
        assert canvas.pages_held <= {page - 1, page, page + 1, page + 2}
    canvas.show_document(None)
    assert canvas.pages_held == set()


def signed_pdf(document: bytes = b"") -> bytes:
    """A small document with a made-up person's signature, which is seen on its last page."""
    store = MemoryCertificateStore(CHEAP)
    return store.sign_pdf(keep(store, person()), Secret(PASSWORD), [document or small_pdf()])[0]


def test_a_visible_signature_is_drawn() -> None:
    plain = small_pdf()
    unsigned, signed = PdfDocument(plain), PdfDocument(signed_pdf(plain))
    last = len(unsigned.sizes) - 1
    assert signed.render(0, 1.0) == unsigned.render(0, 1.0)
    assert signed.render(last, 1.0) != unsigned.render(last, 1.0)


def test_printing_that_is_given_up_ends(qtbot: QtBot, tasks: TaskRunner, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "印出.pdf"))
    task = print_document(tasks, tasks, PdfDocument(made(*[A4] * 9)), printer, print)
    with qtbot.waitSignal(task.ended, timeout=LONG):
        task.cancel()
