"""The company by number, link and QR code, and what is said when it isn't found."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import cv2
import numpy as np
import pytest
import segno
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QMimeData, Qt, QUrl
from qtpy.QtGui import QGuiApplication, QImage

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.company import CompanyPage
from kaihu_desktop.ui.tasks import TaskRunner
from tests.sandbox_server import SandboxServer
from tests.ui.conftest import LONG, Hands

LINK = "kaihu://company/8888"
Show = Callable[[Page], Page]


@pytest.fixture
def page(tasks: TaskRunner, backend: RestBackend, show: Show) -> CompanyPage:
    made = CompanyPage(tasks, backend, "")
    show(made)
    return made


@pytest.mark.parametrize("typed", ["8888", " ８８８８ ", LINK])
def test_number_or_link_leads_to_the_company_with_its_logo(
    page: CompanyPage, hands: Hands, qtbot: QtBot, typed: str
) -> None:
    hands.type("company.code", typed)
    with qtbot.waitSignal(page.chosen, timeout=LONG) as chosen:
        qtbot.keyClick(hands.see("company.code"), Qt.Key.Key_Return)
    company, logo = chosen.args
    assert company.code == "8888"
    assert logo.startswith(b"\x89PNG")


def test_unknown_number_is_told_at_the_field_and_kept(page: CompanyPage, hands: Hands) -> None:
    hands.type("company.code", "4711")
    hands.click("company.enter")
    hands.see_text("company.code.error", "没有找到这个期货公司编号")
    hands.focused("company.code")
    assert hands.text("company.code") == "4711"


def test_without_a_number_it_is_asked_for(page: CompanyPage, hands: Hands) -> None:
    hands.click("company.enter")
    assert "请填写期货公司编号" in hands.text("company.code.error")
    hands.focused("company.code")


def test_a_failed_connection_is_shown_and_retry_goes_on(
    page: CompanyPage, hands: Hands, qtbot: QtBot, sandbox: SandboxServer
) -> None:
    sandbox.fault("/v1/companies/8888$", "status", code=500, times=None)
    hands.type("company.code", "8888")
    hands.click("company.enter")
    hands.see_text("shell.error.code", "SERVER-ERROR")
    sandbox.clear_faults()
    with qtbot.waitSignal(page.chosen, timeout=LONG):
        hands.click("shell.error.retry")


def test_a_missing_logo_does_not_stand_in_the_way(
    page: CompanyPage, hands: Hands, qtbot: QtBot, sandbox: SandboxServer
) -> None:
    sandbox.fault("/logo$", "status", code=500, times=None)
    hands.type("company.code", "8888")
    with qtbot.waitSignal(page.chosen, timeout=LONG) as chosen:
        hands.click("company.enter")
    assert chosen.args[1] == b""


def test_a_known_company_is_fetched_without_asking(
    tasks: TaskRunner, backend: RestBackend, show: Show, hands: Hands, qtbot: QtBot
) -> None:
    page = CompanyPage(tasks, backend, "8888")
    with qtbot.waitSignal(page.chosen, timeout=LONG):
        show(page)
        page.submit()
        assert hands.find("company.code") is None


def test_when_a_known_company_is_not_reached_its_number_can_be_changed(
    tasks: TaskRunner, backend: RestBackend, show: Show, hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/v1/companies/8888$", "status", code=500, times=None)
    page = CompanyPage(tasks, backend, "8888")
    show(page)
    page.submit()
    hands.see("shell.error.retry")
    assert hands.text("company.code") == "8888"


def test_a_picture_of_the_qr_code_leads_to_the_company(
    page: CompanyPage, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "二维码.png"
    file.write_bytes(_picture(LINK))
    with qtbot.waitSignal(page.chosen, timeout=LONG) as chosen:
        page.read_picture(str(file))
    assert chosen.args[0].code == "8888"


def test_a_pasted_picture_of_the_qr_code_leads_to_the_company(
    page: CompanyPage, hands: Hands, qtbot: QtBot
) -> None:
    data = QMimeData()
    data.setImageData(QImage.fromData(_picture(LINK)))
    QGuiApplication.clipboard().setMimeData(data)
    with qtbot.waitSignal(page.chosen, timeout=LONG):
        qtbot.keyClick(hands.see("company.code"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_a_pasted_file_of_the_qr_code_leads_to_the_company(
    page: CompanyPage, hands: Hands, qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "二维码.png"
    file.write_bytes(_picture(LINK))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    QGuiApplication.clipboard().setMimeData(data)
    with qtbot.waitSignal(page.chosen, timeout=LONG):
        qtbot.keyClick(hands.see("company.code"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("text", [None, "https://example.com/8888"])
def test_a_picture_without_our_code_is_told(
    page: CompanyPage, hands: Hands, tmp_path: Path, text: str | None
) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(_picture(text))
    page.read_picture(str(file))
    hands.see_text("company.code.error", "没有找到期货公司的二维码")


def test_a_file_that_is_no_picture_is_told(page: CompanyPage, hands: Hands, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"no picture")
    page.read_picture(str(file))
    hands.see_text("company.code.error", "不支持这种文件")


def _picture(text: str | None) -> bytes:
    rows = [[0]] if text is None else segno.make_qr(text).matrix
    modules = np.array([[0 if dark else 255 for dark in row] for row in rows], np.uint8)
    large = np.kron(np.pad(modules, 8, constant_values=255), np.ones((10, 10), np.uint8))
    return bytes(cv2.imencode(".png", large)[1])
