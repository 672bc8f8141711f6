"""上传照片: from the first picture to the accepted step, and everything that can be wrong with a picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QApplication, QComboBox, QFileDialog, QTextBrowser, QWidget

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import MemoryJournal
from kaihu_desktop.bootstrap import bins, card_reader
from kaihu_desktop.core.flow.businesses import SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.flow.step import Problem
from kaihu_desktop.core.model.application import Application, Reason, StepState
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.reader import CardReader
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER
from kaihu_desktop.sandbox.specimens.camera_scenes import SCENES
from kaihu_desktop.sandbox.specimens.cards import render_id_emblem, render_id_portrait, render_signature_sheet
from kaihu_desktop.sandbox.specimens.photograph import camera_sequence
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages.photos import PhotosPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.vision.decode import encode_jpeg
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.capture_hands import HeldReader, drop, write_photo, write_picture
from tests.ui.conftest import Hands

#: A customer whose photos the company has already.
ON_RECORD = "410101198803041020"
KEY = "00000000-0000-4000-8000-000000000002"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files: portrait, emblem and signature of the sample person, portrait of somebody else."""
    folder = tmp_path_factory.mktemp("照片")
    person, other = BY_ID_NUMBER[SAMPLE_ID_NUMBER].person, BY_ID_NUMBER[ON_RECORD].person
    cards = {
        "portrait": render_id_portrait(person),
        "emblem": render_id_emblem(person),
        "other": render_id_portrait(other),
        "other_emblem": render_id_emblem(other),
        "signature": render_signature_sheet(person.name),
    }
    files = {name: write_photo(folder / f"{name}.jpg", card) for name, card in cards.items()}
    files["plain"] = write_picture(folder / "plain.png", np.full((800, 1200, 3), 170, np.uint8))
    return files


@pytest.fixture
def fresh(backend: RestBackend, log_in: Callable[..., None]) -> Callable[..., Application]:
    """Logs in and begins an application."""

    def begin(id_number: str = SAMPLE_ID_NUMBER) -> Application:
        log_in(id_number)
        return backend.create_application(SETTLEMENT_ACCOUNT.id, KEY)

    return begin


@pytest.fixture
def open_page(
    fresh: Callable[..., Application],
    context: Callable[[Application], PageContext],
    show: Callable[[PhotosPage], PhotosPage],
) -> Callable[..., PhotosPage]:
    """Shows the page by itself; changes are made to its context."""

    def open_page(
        id_number: str = SAMPLE_ID_NUMBER, answer: Any = None, reasons: Any = (), **changes: Any
    ) -> PhotosPage:
        page = PhotosPage(replace(context(fresh(id_number)), **changes))
        page.load(answer, reasons)
        show(page)
        return page

    return open_page


def confirmed_portrait(hands: Hands, page: PhotosPage, file: str) -> None:
    """Take the portrait side and wait until it was read."""
    drop(hands.see("photos.capture"), file)
    hands.see("photos.confirm")
    hands.wait(lambda: not page.blocked())


def go_on(page: PhotosPage) -> None:
    """What the primary action does within the page."""
    page.before_submit(lambda: None)


@pytest.fixture
def open_application(
    shell: Shell,
    journal: MemoryJournal,
    fresh: Callable[..., Application],
    context: Callable[[Application], PageContext],
) -> Callable[[], tuple[ApplicationView, Application]]:
    """Opens a new application, which begins with this page."""

    def open_application() -> tuple[ApplicationView, Application]:
        application = fresh()
        made = context(application)
        engine = Engine(SETTLEMENT_ACCOUNT, made.services, journal, application)
        return ApplicationView(shell, engine, made), application

    return open_application


def test_whole_step(
    hands: Hands,
    backend: RestBackend,
    open_application: Callable[[], tuple[ApplicationView, Application]],
    pictures: dict[str, str],
) -> None:
    view, application = open_application()
    hands.see_text("shell.blocked", "请先拍摄人像面")
    drop(hands.see("photos.capture"), pictures["portrait"])
    hands.see_text("photos.confirm.note.text", "身份证号校验通过；出生日期、性别与号码一致")
    assert hands.text("photos.name") == "张样本"
    assert hands.text("photos.id_number.chip").startswith("校验通过 · 把握 9")
    assert not hands.see("photos.address.snippet").empty
    hands.click("shell.next")
    hands.see_text("photos.title", "国徽面")
    drop(hands.see("photos.capture"), pictures["emblem"])
    hands.wait(lambda: hands.text("photos.valid_until") == "2041-08-18")
    hands.click("shell.next")
    hands.see_text("photos.title", "签名")
    drop(hands.see("photos.capture"), pictures["signature"])
    hands.see_text("shell.blocked", "数字证书安全责任书")
    read_to_the_end(hands)
    hands.click("shell.next")
    hands.see("bank_cards.page")
    record = backend.application(application.id).record("photos")
    assert record.state is StepState.ACCEPTED
    assert record.answer is not None
    assert all(told["original_id"] for told in record.answer["photos"].values())
    assert record.answer["fields"]["birth"] == "1995-08-13"
    view.close()


def read_to_the_end(hands: Hands) -> None:
    """Open the 责任书 by its box, scroll and accept."""
    hands.tick("photos.responsibility")
    browser = hands.see("dialog.document")
    assert isinstance(browser, QTextBrowser)
    browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())
    hands.click("dialog.accept")
    hands.wait(lambda: hands.see("photos.responsibility").isChecked())


def test_responsibility_is_read_before_it_is_accepted(
    hands: Hands, shell: Shell, open_page: Callable[..., PhotosPage]
) -> None:
    shell.resize(800, 420)
    page = open_page(ON_RECORD)
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    hands.tick("photos.responsibility")
    browser = hands.see("dialog.document")
    assert not hands.see("dialog.accept").isEnabled()
    assert hands.text("dialog.accept") == "请阅读到最后"
    browser.verticalScrollBar().setValue(browser.verticalScrollBar().maximum())
    assert hands.see("dialog.accept").isEnabled()
    hands.click("dialog.reject")
    assert not hands.see("photos.responsibility").isChecked()
    assert page.blocked() == "请阅读并同意《数字证书安全责任书》"


def test_file_dialog(hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]) -> None:
    open_page()
    hands.click("photos.capture.choose")
    dialog = hands.see("photos.capture.files")
    assert isinstance(dialog, QFileDialog)
    dialog.selectFile(pictures["portrait"])
    dialog.accept()
    hands.see("photos.confirm")


def test_paste_of_a_picture(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    open_page()
    QApplication.clipboard().setImage(QImage(pictures["portrait"]))
    hands.qtbot.keyClick(
        hands.see("photos.capture.choose"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier
    )
    hands.see("photos.confirm")


def test_other_side_is_sent_back(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    drop(hands.see("photos.capture"), pictures["emblem"])
    hands.see_text("photos.capture.note.text", "刚才拍的是国徽面，这里需要人像面")
    assert page.answer()["photos"] == {}
    assert page.blocked() == "请先拍摄人像面"


def test_card_of_another_person(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    drop(hands.see("photos.capture"), pictures["other"])
    hands.see_text("photos.confirm.said.text", "身份证照片上的人与登录人不一致")
    assert page.blocked() == "请使用登录人本人的身份证"
    hands.focused("photos.confirm.retake")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "照片文件是空的"),
        (b"%PDF-1.7\n", "不支持这种文件"),
        (b"\xff\xd8\xff\xe0 cut short", "照片文件已损坏"),
        (b"\xff\xd8\xff\xe0" + bytes(10 * 1024 * 1024), "照片文件超过 10 MB"),
    ],
    ids=["empty", "a document", "cut", "too large"],  # else the bytes themselves
)
def test_bad_file_is_refused_in_words(
    hands: Hands, open_page: Callable[..., PhotosPage], tmp_path: Path, content: bytes, text: str
) -> None:
    open_page()
    bad = tmp_path / "坏照片.jpg"
    bad.write_bytes(content)
    drop(hands.see("photos.capture"), str(bad))
    hands.see_text("photos.capture.note.text", text)


def test_what_is_wrong_with_a_picture_stays_said(
    hands: Hands, open_page: Callable[..., PhotosPage], tmp_path: Path
) -> None:
    *_, dark = SCENES["id_portrait_dark"].paint(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    page = open_page()
    confirmed_portrait(hands, page, write_picture(tmp_path / "dark.png", dark))
    hands.see_text("photos.confirm.quality.text", "太暗")
    go_on(page)
    hands.see_text("photos.title", "国徽面")


def test_copy_is_taken_with_a_warning(
    hands: Hands, open_page: Callable[..., PhotosPage], tmp_path: Path
) -> None:
    *_, copy = SCENES["id_portrait_copy"].paint(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    page = open_page()
    confirmed_portrait(hands, page, write_picture(tmp_path / "copy.png", copy))
    assert hands.text("photos.confirm.quality.text") == "请拍摄证件原件，不要使用复印件或屏幕翻拍。"
    hands.click("photos.confirm.adjust")
    hands.click("photos.corners.cancel")
    hands.see("photos.confirm.quality")  # it is still a copy


def test_original_stands_beside_the_card(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    confirmed_portrait(hands, page, pictures["portrait"])
    assert not hands.see("photos.confirm.original").empty
    hands.click("photos.confirm.compare")
    assert not hands.see("dialog.original").empty
    assert not hands.see("dialog.card").empty
    hands.qtbot.keyClick(hands.see("dialog.accept"), Qt.Key.Key_Escape)
    hands.wait(lambda: hands.find("dialog.card") is None)
    hands.focused("photos.confirm.compare")


def test_doubtful_picture_is_shown_whole_with_corners(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    drop(hands.see("photos.capture"), pictures["plain"])
    hands.see_text("photos.doubt.text", "也可以拖动四个角自行裁剪")
    canvas = hands.see("photos.corners.canvas")
    assert canvas.image.shape == (800, 1200, 3)
    before = canvas.corners.copy()
    hands.qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.corners[0, 0] == before[0, 0] + 10
    handle = canvas.on_screen(2).toPoint()
    hands.drag(canvas, handle, handle - QPoint(30, 20))
    assert (canvas.corners[2] < before[2]).all()
    hands.click("photos.corners.turn")
    assert canvas.image.shape == (1200, 800, 3)
    for _ in range(3):
        hands.click("photos.corners.undo")
    assert (canvas.corners == before).all()
    assert page.blocked() is None
    go_on(page)
    hands.see("photos.confirm")
    hands.wait(lambda: page.answer()["photos"].get("id_portrait"))


def test_fields_are_typed_by_hand_without_recognition(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str], tmp_path: Path
) -> None:
    page = open_page(card_reader=lambda: CardReader(OnnxEngine(tmp_path), bins()))
    drop(hands.see("photos.capture"), pictures["portrait"])
    hands.see_text("photos.confirm.said.text", "识别组件没有安装完整")
    assert page.blocked() == "请填写姓名"
    person = BY_ID_NUMBER[SAMPLE_ID_NUMBER].person
    values = {"name": person.name, "id_number": "410101199508130034", "birth": "1995年8月13日"}
    for name, value in {**values, "address": person.address}.items():
        hands.type(f"photos.{name}", value)
    for name, value in (("sex", "男"), ("ethnicity", "汉")):
        combo = hands.see(f"photos.{name}")
        assert isinstance(combo, QComboBox)
        combo.setFocus()
        hands.qtbot.keyClick(combo, Qt.Key.Key_Down)
        assert combo.currentText() == value
    assert page.blocked() is None
    go_on(page)
    assert "身份证号不正确" in hands.text("photos.id_number.error")
    hands.focused("photos.id_number")
    hands.type("photos.id_number", SAMPLE_ID_NUMBER)
    go_on(page)
    hands.see_text("photos.title", "国徽面")
    assert page.answer()["fields"]["birth"] == "1995-08-13"


def test_long_term_is_sent_as_a_date(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page(ON_RECORD)
    hands.wait(lambda: not page.blocked())
    go_on(page)
    hands.wait(lambda: not page.blocked())
    hands.type("photos.valid_until", "长期")
    assert page.answer()["fields"]["valid_until"] == "2099-12-31"
    hands.see_text("photos.confirm.note.text", "年限与常见年限不同")


def test_failed_upload_is_repeated_without_a_new_picture(
    hands: Hands, open_page: Callable[..., PhotosPage], sandbox: SandboxServer, pictures: dict[str, str]
) -> None:
    page = open_page(ON_RECORD)
    sandbox.fault("/v1/uploads$", "status", method="POST", times=None)
    hands.wait(lambda: not page.blocked())
    hands.click("photos.confirm.retake")
    drop(hands.see("photos.capture"), pictures["other"])
    hands.click("photos.confirm.retry")
    hands.see_text("photos.confirm.sending", "上传失败")
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    hands.see_text("photos.id_portrait.state", "上传失败")
    assert page.blocked() == "人像面没有上传成功，请点“重试”"
    sandbox.clear_faults()
    hands.click("photos.id_portrait.retry")
    hands.see_text("photos.id_portrait.state", "已完成")


def test_photos_on_record_are_used(hands: Hands, open_page: Callable[..., PhotosPage]) -> None:
    page = open_page(ON_RECORD)
    hands.wait(lambda: page.answer()["fields"]["name"] == "李示范")
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    for kind in ("id_portrait", "id_emblem", "signature"):
        assert hands.text(f"photos.{kind}.state") == "已有照片"
        hands.wait(lambda kind=kind: not hands.see(f"photos.{kind}.picture").empty)


def test_everything_is_there_again(
    hands: Hands,
    open_page: Callable[..., PhotosPage],
    show: Callable[[PhotosPage], PhotosPage],
    pictures: dict[str, str],
) -> None:
    page = open_page()
    confirmed_portrait(hands, page, pictures["portrait"])
    hands.type("photos.address", "河南省样例市示范区另一条路1号")
    go_on(page)
    hands.wait(lambda: page.answer()["photos"].get("id_portrait"))
    answer = page.answer()
    again = PhotosPage(page._context)
    again.load(answer, ())
    show(again)
    hands.wait(lambda: not again.blocked())
    assert again.answer() == answer
    assert again.findChild(QWidget, "photos.address").text() == "河南省样例市示范区另一条路1号"
    hands.click("photos.confirm.adjust")  # the original comes from the server
    hands.see("photos.corners.canvas")


def test_card_on_record_that_stands_is_turned_by_a_quarter(
    hands: Hands, open_page: Callable[..., PhotosPage], backend: RestBackend, show: Callable[..., PhotosPage]
) -> None:
    page = open_page()
    card = render_id_portrait(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    standing = encode_jpeg(np.ascontiguousarray(np.rot90(card)))
    upload_id = backend.upload("id_portrait", "image/jpeg", standing, lambda done, total: None)
    again = PhotosPage(page._context)
    again.load({"photos": {"id_portrait": {"upload_id": upload_id, "original_id": None}}, "fields": {}}, ())
    show(again)
    hands.see_text("photos.confirm.turn", "旋转 90°")
    hands.click("photos.confirm.turn")
    hands.see_text("photos.confirm.turn", "旋转 180°")
    hands.wait(lambda: again.findChild(QWidget, "photos.id_number").text() == SAMPLE_ID_NUMBER)


def test_only_what_was_rejected_is_asked_again(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page(ON_RECORD)
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    answer = {**page.answer(), "responsibility_version": "2026-01"}
    again = PhotosPage(page._context)
    again.load(answer, [Reason("photos", "photos.id_emblem", "国徽面反光，请重新拍摄")])
    hands.shell.show_page(again, rail=False, footer=False)
    hands.see_text("photos.capture.note.text", "国徽面反光，请重新拍摄")
    assert again.blocked() == "请重新拍摄国徽面"
    hands.wait(lambda: not hands.see("photos.id_portrait.picture").empty)
    assert hands.find("photos.id_portrait.retake") is None
    drop(hands.see("photos.capture"), pictures["other_emblem"])
    hands.see("photos.confirm")
    hands.wait(lambda: not again.blocked())
    go_on(again)
    hands.wait(lambda: not again.blocked())
    assert again.answer()["photos"]["id_portrait"] == answer["photos"]["id_portrait"]
    assert again.answer()["photos"]["id_emblem"] != answer["photos"]["id_emblem"]


def test_signature_is_written_on_the_screen(hands: Hands, open_page: Callable[..., PhotosPage]) -> None:
    page = open_page(ON_RECORD)
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    hands.click("photos.signature.retake")
    hands.click("photos.ways.pad")
    pad = hands.see("photos.pad")
    assert page.primary_text == "使用这个签名" and page.blocked() == "请先书写姓名"
    for start in (QPoint(60, 40), QPoint(180, 60)):
        hands.drag(pad, *(start + QPoint(4 * step, 3 * step) for step in range(20)))
    hands.click("photos.pad.undo")
    hands.click("photos.pad.clear")
    assert pad.blank
    hands.drag(pad, *(QPoint(40 + 5 * step, 40 + 3 * step) for step in range(41)))
    assert page.blocked() is None
    page.before_submit(lambda: None)
    assert page.primary_text == "下一步"
    hands.see_text("photos.signature.state", "已完成")
    told = page.answer()["photos"]["signature"]
    assert told["original_id"] is None
    height, width = page._photos["signature"].card.shape[:2]
    hands.click("photos.signature.turn")  # as a sheet that was photographed from its side needs it
    assert page._photos["signature"].card.shape[:2] == (width, height)
    hands.see_text("photos.signature.state", "已完成")
    assert page.answer()["photos"]["signature"]["upload_id"] != told["upload_id"]


def test_camera_takes_the_picture_by_itself(
    hands: Hands, open_page: Callable[..., PhotosPage], tmp_path: Path
) -> None:
    card = render_id_portrait(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    for number, frame in enumerate(camera_sequence(card, seed=4, frames=30)):
        write_picture(tmp_path / f"img_{number:03d}.jpg", frame)
    page = open_page(cameras=cameras({"KAIHU_CAMERA_SOURCE": str(tmp_path)}))
    hands.see("photos.confirm")
    hands.wait(lambda: page.answer()["fields"]["name"] == "张样本")
    camera = page._capture.camera
    assert not camera.running
    hands.click("photos.confirm.retake")
    hands.wait(lambda: camera.newest is not None)
    page.leave()
    assert not camera.running


def test_lost_camera_says_what_to_do_and_files_still_work(
    hands: Hands, open_page: Callable[..., PhotosPage], tmp_path: Path, pictures: dict[str, str]
) -> None:
    open_page(cameras=cameras({"KAIHU_CAMERA_SOURCE": str(tmp_path / "nothing")}))
    hands.see("photos.capture.reconnect")
    assert hands.text("photos.capture.camera_text")
    assert hands.text("photos.capture.camera_remedy")
    drop(hands.see("photos.capture"), pictures["portrait"])
    hands.see("photos.confirm")


def test_refusal_of_what_nobody_knows_stands_above_all(
    hands: Hands, open_page: Callable[..., PhotosPage]
) -> None:
    page = open_page(reasons=[Reason("photos", "fields.foo", "说不清的原因")])
    hands.see_text("photos.reason.text", "说不清的原因")
    page.show_problems([Problem("photos.foo", "说不清的错误")])
    hands.see_text("photos.reason.text", "说不清的错误")
    hands.see("photos.capture")


def test_card_of_another_person_warns_at_the_fields(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    open_page()
    drop(hands.see("photos.capture"), pictures["other"])
    hands.see_text("photos.confirm.note.text", "姓名与登录人的姓名不一致")
    for field in ("name", "id_number"):
        assert hands.text(f"photos.{field}.chip").startswith("请核对 · 把握")
    assert hands.text("photos.birth.chip").endswith("%")
    hands.type("photos.id_number", SAMPLE_ID_NUMBER)
    assert hands.text("photos.id_number.chip") == "校验通过"
    assert hands.text("photos.birth.chip").startswith("请核对 · 把握")
    hands.type("photos.name", "张样本")
    assert hands.text("photos.name.chip") == "已修改"


@pytest.mark.parametrize("field", ["photos.signature_id", "signature_id", None])
def test_rejection_that_names_no_photo_leaves_each_open(
    hands: Hands, open_page: Callable[..., PhotosPage], field: str
) -> None:
    page = open_page(ON_RECORD)
    for _ in range(2):
        hands.wait(lambda: not page.blocked())
        go_on(page)
    answer = {**page.answer(), "responsibility_version": "2026-01"}
    again = PhotosPage(page._context)
    again.load(answer, [Reason("photos", field, "签名不清楚")])
    hands.shell.show_page(again, rail=False, footer=False)
    hands.see_text("photos.reason.text", "签名不清楚")
    for kind in ("id_portrait", "id_emblem", "signature"):
        hands.see(f"photos.{kind}.retake")


def test_snippets_tell_that_the_card_is_still_read(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    reader = HeldReader(card_reader())
    open_page(card_reader=lambda: reader)
    drop(hands.see("photos.capture"), pictures["portrait"])
    assert hands.see("photos.name.snippet").text == "识别中…"
    reader.go_on.set()
    hands.wait(lambda: not hands.see("photos.name.snippet").empty)


def test_reader_is_prepared_before_the_first_card(hands: Hands, open_page: Callable[..., PhotosPage]) -> None:
    reader = HeldReader(card_reader())
    open_page(card_reader=lambda: reader)
    hands.wait(reader.prepared.is_set)


def test_long_address_is_seen_whole(
    hands: Hands, open_page: Callable[..., PhotosPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    confirmed_portrait(hands, page, pictures["portrait"])
    address = "河南省示范自治县某某镇示范新村小区示范路东段1号院2号楼3单元404室"
    hands.type("photos.address", address.replace("小区", "\n小区"))
    edit = hands.see("photos.address")
    assert edit.text() == page.answer()["fields"]["address"] == address
    hands.qtbot.keyClick(edit, Qt.Key.Key_Tab)
    assert not edit.hasFocus()
    hands.wait(lambda: edit.verticalScrollBar().maximum() == 0)
    hands.type("photos.address", "一" * 120)
    assert hands.text("photos.address") == "一" * 100
    hands.wait(lambda: not page.blocked())
    hands.qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert hands.text("photos.address") == "一" * 100


def test_primary_action_uses_the_crop(
    hands: Hands,
    open_application: Callable[[], tuple[ApplicationView, Application]],
    pictures: dict[str, str],
) -> None:
    view, _ = open_application()
    drop(hands.see("photos.capture"), pictures["plain"])
    hands.see_text("shell.next", "使用这个裁剪")
    hands.click("shell.next")
    hands.see("photos.confirm")
    assert hands.text("shell.next") == "下一步"
    view.close()


@pytest.mark.parametrize("before", [(768, 432), (1280, 800)])
def test_picture_and_advice_are_seen_whole_in_the_smallest_window(
    hands: Hands, shell: Shell, open_page: Callable[..., PhotosPage], before: tuple[int, int]
) -> None:
    shell.resize(*before)
    open_page()
    picture = hands.see("photos.capture.picture")
    hands.focused("photos.capture.choose")
    shell.resize(768, 432)
    hands.wait(lambda: picture.height() >= 220 and picture.visibleRegion().boundingRect() == picture.rect())
    hands.wait(lambda: not hands.see("photos.capture.choose").visibleRegion().isEmpty())
