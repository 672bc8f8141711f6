"""签署协议: reading page after page, searching, zooming, saving and printing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pypdfium2
import pytest
from qtpy.QtCore import Qt
from qtpy.QtPrintSupport import QPrintDialog, QPrinter
from qtpy.QtWidgets import QFileDialog

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.ui.pdf import PdfDocument
from kaihu_desktop.ui.printing import print_document
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import SandboxServer
from tests.ui.conftest import Hands
from tests.ui.reading import Reading, agreements, certificates, open_reading, reading

__all__ = ["agreements", "certificates", "open_reading", "reading"]  # the fixtures


def test_a_jump_to_the_end_does_not_count_as_reading(
    reading: Reading, hands: Hands, agreements: list[dict[str, Any]]
) -> None:
    first = agreements[0]
    reading.wait_for_document()
    assert hands.text("sign.reader.title") == first["title"]
    reading.jump_to_end()
    hands.see_text("sign.reader.number", f"{first['pages']} / {first['pages']}")
    hands.see_text("sign.note.text", "请完整阅读该协议内容，第 1、2 页还没有看")
    assert "已读完" not in hands.see(f"sign.agreement.{first['id']}").accessibleName()
    reading.read_to_end()
    hands.see_text("sign.note.text", "这份协议已读完")
    assert hands.see(f"sign.agreement.{first['id']}").accessibleName().endswith("已读完")
    assert not hands.see("sign.consent").isEnabled()
    assert hands.text("shell.blocked") == f"还有 {len(agreements) - 1} 份协议没有读完"


def test_the_least_time_must_pass(
    reading: Reading, hands: Hands, agreements: list[dict[str, Any]], shell: Shell
) -> None:
    slow = next(item for item in agreements if item["min_seconds"])
    hands.click(f"sign.agreement.{slow['id']}")
    hands.see_text("sign.reader.title", slow["title"])
    reading.read_to_end()
    hands.see_text("sign.note.text", f"还需 {slow['min_seconds']} 秒")
    page: Any = shell.page
    page._reader._clock.start(10)
    hands.see_text("sign.note.text", "这份协议已读完")


def test_reading_goes_on_where_it_was_left(
    reading: Reading, hands: Hands, agreements: list[dict[str, Any]], shell: Shell
) -> None:
    first, second = agreements[:2]
    reading.read_to_end()
    hands.click("sign.next_agreement")
    hands.see_text("sign.reader.title", second["title"])
    reading.wait_for_document()
    page: Any = shell.page
    assert page.answer()["read"][second["id"]]["seen"] == []
    reading.scroll_until(lambda: page.answer()["read"][second["id"]]["pages"])
    before = page.answer()["read"]
    assert before[second["id"]]["seen"] == [0]
    reading.again()
    hands.see_text("sign.reader.title", second["title"])
    page = shell.page
    hands.wait(lambda: page.answer()["read"] == before)
    assert hands.see(f"sign.agreement.{first['id']}").accessibleName().endswith("已读完")
    reading.wait_for_document()
    bar = reading.area.verticalScrollBar()
    hands.wait(lambda: bar.value() > 0)  # at the first page that was not seen


def test_search_finds_every_place_or_says_that_there_is_none(reading: Reading, hands: Hands) -> None:
    reading.wait_for_document()
    bar = reading.area.verticalScrollBar()
    hands.qtbot.keyClick(reading.area, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    hands.focused("sign.reader.search_text")
    _search(hands, "投诉与咨询")
    hands.see_text("sign.reader.found", "1 / 1")
    hands.wait(lambda: bar.value() > 0)
    _search(hands, "投资者")
    hands.see_text("sign.reader.found", "1 / ")
    hits = int(hands.text("sign.reader.found").split(" / ")[1])
    assert hits > 1
    for number in (*range(2, hits + 1), 1):
        hands.qtbot.keyClick(hands.see("sign.reader.search_text"), Qt.Key.Key_Return)
        assert hands.text("sign.reader.found") == f"{number} / {hits}"
    _search(hands, "没有这样的句子")
    hands.see_text("sign.reader.found", "没有找到")
    hands.qtbot.keyClick(hands.see("sign.reader.search_text"), Qt.Key.Key_Escape)
    assert hands.find("sign.reader.search_text") is None
    hands.focused("sign.reader.pages")


def _search(hands: Hands, text: str) -> None:
    hands.type("sign.reader.search_text", text)
    hands.qtbot.keyClick(hands.see("sign.reader.search_text"), Qt.Key.Key_Return)


def test_zoom_has_two_ends_and_keeps_the_place(reading: Reading, hands: Hands) -> None:
    reading.wait_for_document()
    bar = reading.area.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value() / reading.area.widget().height()
    before = reading.area.widget().height()
    hands.click("sign.reader.zoom_in")
    assert reading.area.widget().height() > 1.2 * before
    hands.wait(lambda: abs(bar.value() / reading.area.widget().height() - place) < 0.01)
    while hands.see("sign.reader.zoom_in").isEnabled():
        hands.click("sign.reader.zoom_in")
    assert reading.area.widget().width() > 2 * reading.area.viewport().width()
    while hands.see("sign.reader.zoom_out").isEnabled():
        hands.click("sign.reader.zoom_out")
    assert reading.area.widget().height() < before


def test_an_agreement_is_saved_as_it_is(
    reading: Reading, hands: Hands, backend: RestBackend, tmp_path: Path
) -> None:
    reading.wait_for_document()
    path = tmp_path / "协议.pdf"
    _save(hands, path)
    hands.wait(lambda: path.exists() and path.read_bytes().endswith(b"%%EOF\n"))
    application = backend.applications()[0]
    first = backend.agreements(application.id)[0]
    assert path.read_bytes() == backend.agreement_content(application.id, first)


def test_a_disk_that_takes_nothing_is_told(reading: Reading, hands: Hands, tmp_path: Path) -> None:
    reading.wait_for_document()
    _save(hands, tmp_path / "no such folder" / "协议.pdf")
    hands.see_text("shell.error.text", "磁盘空间不足或文件夹不可写")


def _save(hands: Hands, path: Path) -> None:
    hands.click("sign.reader.save")
    dialog = hands.shell.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))  # what the dialog of the system does, whichever it is
    dialog.reject()


def test_an_agreement_is_printed(
    reading: Reading, hands: Hands, tasks: TaskRunner, backend: RestBackend, tmp_path: Path
) -> None:
    application = backend.applications()[0]
    first = backend.agreements(application.id)[0]
    document = PdfDocument(backend.agreement_content(application.id, first))
    printer, path, done = QPrinter(QPrinter.PrinterMode.ScreenResolution), tmp_path / "印出.pdf", []
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(path))
    task = print_document(hands.shell, tasks, document, printer, done.append)
    task.progressed.connect(lambda page, pages: done.append((page, pages)))
    task.ended.connect(lambda: done.append("ended"))
    hands.wait(lambda: "ended" in done)
    assert list(dict.fromkeys(done)) == [*((page + 1, first.pages) for page in range(first.pages)), "ended"]
    printed = pypdfium2.PdfDocument(str(path))
    assert len(printed) == first.pages
    width, height = printed.get_page_size(0)
    assert (round(width), round(height)) == (595, 842)
    printed.close()


def test_printing_to_nowhere_is_told(
    reading: Reading, hands: Hands, backend: RestBackend, tmp_path: Path
) -> None:
    reading.wait_for_document()
    hands.click("sign.reader.print")
    dialog = hands.shell.findChild(QPrintDialog)
    assert dialog is not None
    printer = dialog.printer()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no such folder" / "印出.pdf"))
    dialog.accepted.emit(printer)
    hands.see_text("shell.error.text", "打印没有成功")
    dialog.reject()


@pytest.mark.parametrize("path", ["/agreements$", "/content$"])
def test_a_failed_download_is_told_and_repeated(
    open_reading: Callable[[], Reading],
    hands: Hands,
    sandbox: SandboxServer,
    agreements: list[dict[str, Any]],
    path: str,
) -> None:
    sandbox.fault(path, "status", method="GET", times=None)
    reading = open_reading()
    hands.see_text("sign.note.text", "SERVER-ERROR")
    assert not hands.see("shell.next").isEnabled()
    sandbox.clear_faults()
    hands.click("sign.retry")
    reading.wait_for_document()
    assert hands.text("sign.reader.title") == agreements[0]["title"]
    assert hands.find("sign.retry") is None


def test_another_document_than_was_announced_is_refused(
    open_reading: Callable[[], Reading], hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/content$", "bad_json", method="GET", times=None, body="%PDF-1.7 something else")
    open_reading()
    hands.see_text("sign.note.text", "协议文件不完整或被改动过")
    hands.see("sign.retry")
