"""银行卡: on record, by photo, by hand; refused cards; the notice; rejection and resumption."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QComboBox

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.bootstrap import bins, card_reader
from kaihu_desktop.core.flow.step import Problem
from kaihu_desktop.core.model.application import Application, StepState
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.sandbox.specimens.cards import SpecimenBankCard, render_bank_card
from kaihu_desktop.sandbox.specimens.photograph import photograph
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages.bank_cards import BankCardsPage
from tests.ui.capture_hands import HeldReader, drop, write_photo, write_picture
from tests.ui.conftest import Hands

#: A customer whose application stands at the bank cards, with a card of ICBC on record.
AT_BANK_CARDS = "410101198601295030"
#: A customer whose bank card photo was rejected.
REJECTED = "410101197004087052"
CCB_NUMBER = "6217002430123456783"
BRANCH = "河南省郑州市示范支行"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Files: a card of CCB, a card without any number."""
    folder = tmp_path_factory.mktemp("银行卡")
    card = render_bank_card(SpecimenBankCard("中国建设银行", CCB_NUMBER, "WANG ZAITU"))
    bare = card.copy()
    bare[315:400] = bare[315]
    return {
        "ccb": write_photo(folder / "ccb.jpg", card),
        "bare": write_photo(folder / "bare.jpg", bare),
        "plain": write_picture(folder / "plain.png", np.full((800, 1200, 3), 170, np.uint8)),
    }


@pytest.fixture
def open_page(
    backend: RestBackend,
    log_in: Callable[..., None],
    context: Callable[[Application], PageContext],
    show: Callable[[BankCardsPage], BankCardsPage],
) -> Callable[..., BankCardsPage]:
    """Shows the page by itself, as the application stands."""

    def open_page(id_number: str = AT_BANK_CARDS, answer: Any = None, **changes: Any) -> BankCardsPage:
        log_in(id_number)
        application = backend.applications()[0]
        page = BankCardsPage(replace(context(application), **changes))
        reasons = [reason for reason in application.reasons if reason.step == "bank_cards"]
        page.load(answer or application.record("bank_cards").answer, reasons)
        show(page)
        return page

    return open_page


def by_hand(hands: Hands) -> None:
    """Add a card without a photo."""
    hands.click("bank_cards.add")
    hands.click("bank_cards.by_hand")


def choose(hands: Hands, name: str, text: str) -> None:
    """Choose a row of a list by the keyboard."""
    combo = hands.see(name)
    assert isinstance(combo, QComboBox)
    combo.setFocus()
    while combo.currentText() != text:
        hands.qtbot.keyClick(combo, Qt.Key.Key_Down)


def test_whole_step(
    hands: Hands,
    backend: RestBackend,
    open_application: Callable[[Application], ApplicationView],
    log_in: Callable[..., None],
    pictures: dict[str, str],
) -> None:
    log_in(AT_BANK_CARDS)
    application = backend.applications()[0]
    view = open_application(application)
    assert hands.text("bank_cards.record.ICBC.state") == "已预留"
    hands.click("bank_cards.add")
    drop(hands.see("bank_cards.capture"), pictures["ccb"])
    hands.see_text("bank_cards.new1.number", "6217 0024 3012 3456 783")
    assert hands.text("bank_cards.new1.number.chip") == "借记卡 · 19 位"
    assert not hands.see("bank_cards.new1.number.snippet").empty
    assert hands.text("bank_cards.new1.number.sure").startswith("把握 9")
    assert hands.see("bank_cards.new1.bank_code").currentText() == "中国建设银行"
    hands.wait(lambda: hands.see("shell.next").isEnabled())
    hands.click("shell.next")
    hands.see_text("bank_cards.new1.branch.error", "省＋市＋支行")
    hands.focused("bank_cards.new1.branch")
    hands.type("bank_cards.new1.branch", BRANCH)
    hands.qtbot.keyClick(hands.see("bank_cards.new1.branch"), Qt.Key.Key_Return)
    hands.see("dialog.text")
    hands.click("dialog.accept")
    hands.see("certificate_check.page")
    record = backend.application(application.id).record("bank_cards")
    assert record.state is StepState.ACCEPTED
    assert record.answer is not None
    assert [card["source"] for card in record.answer["cards"]] == ["record", "ocr"]
    view.close()


def test_what_is_wrong_with_the_photo_stays_said(
    hands: Hands, open_page: Callable[..., BankCardsPage], tmp_path: Path
) -> None:
    card = render_bank_card(SpecimenBankCard("中国建设银行", CCB_NUMBER, "WANG ZAITU"))
    dark, _ = photograph(card, seed=5, condition="dark_noisy")
    open_page()
    hands.click("bank_cards.add")
    drop(hands.see("bank_cards.capture"), write_picture(tmp_path / "dark.jpg", dark))
    hands.see_text("bank_cards.new1.note.text", "太暗")


def test_number_is_grouped_and_names_the_bank(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    page = open_page()
    by_hand(hands)
    hands.type("bank_cards.new1.number", CCB_NUMBER)
    assert hands.text("bank_cards.new1.number") == "6217 0024 3012 3456 783"
    hands.wait(lambda: hands.see("bank_cards.new1.bank_code").currentText() == "中国建设银行")
    card = page.answer()["cards"][1]
    assert (card["number"], card["bank_code"], card["source"]) == (CCB_NUMBER, "CCB", "typed")


def test_number_typed_before_the_banks_are_known_names_its_bank(
    hands: Hands, open_page: Callable[..., BankCardsPage]
) -> None:
    known = threading.Event()
    open_page(bins=lambda: bins() if known.wait() else None)
    by_hand(hands)
    hands.type("bank_cards.new1.number", CCB_NUMBER)
    known.set()
    hands.wait(lambda: hands.see("bank_cards.new1.bank_code").currentText() == "中国建设银行")


def test_digit_in_the_middle_keeps_the_cursor(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    open_page()
    by_hand(hands)
    hands.type("bank_cards.new1.number", "62170043")
    edit = hands.see("bank_cards.new1.number")
    edit.setCursorPosition(7)
    hands.qtbot.keyClick(edit, Qt.Key.Key_2)
    assert edit.text() == "6217 0024 3"
    assert edit.cursorPosition() == 8


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("4033610000000000", "请使用借记卡，不支持信用卡"),
        ("4910200000000000", "请使用借记卡，不支持信用卡"),
        ("6210640000000000", "期货公司暂不支持这家银行，请换一张银行列表内的借记卡"),
    ],
)
def test_refused_cards(hands: Hands, open_page: Callable[..., BankCardsPage], number: str, text: str) -> None:
    page = open_page()
    by_hand(hands)
    hands.type("bank_cards.new1.number", number)
    hands.see_text("bank_cards.new1.number.error", text)
    assert page.blocked() == text


def test_wrong_check_digit_warns_only(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    page = open_page()
    by_hand(hands)
    hands.type("bank_cards.new1.number", CCB_NUMBER[:-1] + str((int(CCB_NUMBER[-1]) + 1) % 10))
    hands.see_text("bank_cards.new1.note.text", "卡号可能有误")
    assert page.blocked() is None


def test_photo_is_asked_for_even_by_hand(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    page = open_page()
    by_hand(hands)
    hands.type("bank_cards.new1.number", CCB_NUMBER)
    hands.wait(lambda: hands.see("bank_cards.new1.bank_code").currentText() == "中国建设银行")
    hands.type("bank_cards.new1.branch", BRANCH)
    page.before_submit(lambda: None)
    hands.see_text("bank_cards.new1.error", "请拍摄或选择银行卡照片")
    hands.focused("bank_cards.new1.take")


def test_unreadable_card_is_typed_with_its_photo_kept(
    hands: Hands, open_page: Callable[..., BankCardsPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    hands.click("bank_cards.add")
    drop(hands.see("bank_cards.capture"), pictures["bare"])
    hands.see_text("bank_cards.new1.note.text", "银行卡识别失败")
    hands.focused("bank_cards.new1.number")
    hands.type("bank_cards.new1.number", CCB_NUMBER)
    hands.type("bank_cards.new1.branch", BRANCH)
    hands.wait(lambda: page.blocked() is None)
    sent: list[bool] = []
    page.before_submit(lambda: sent.append(True))
    hands.click("dialog.accept")
    card = page.answer()["cards"][1]
    assert sent == [True]
    assert card["photo_id"]
    assert card["source"] == "typed"


def give_doubtful(hands: Hands, pictures: dict[str, str]) -> None:
    """Add a card by a picture in which none is found."""
    hands.click("bank_cards.add")
    drop(hands.see("bank_cards.capture"), pictures["plain"])
    hands.see("bank_cards.corners.canvas")


def test_doubtful_photo_shows_the_corners(
    hands: Hands, open_page: Callable[..., BankCardsPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    give_doubtful(hands, pictures)
    hands.click("bank_cards.corners.cancel")
    hands.see("bank_cards.capture")
    hands.click("bank_cards.capture.cancel")
    assert len(page.answer()["cards"]) == 1


def test_two_cards_of_one_bank(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    page = open_page()
    by_hand(hands)
    choose(hands, "bank_cards.new1.bank_code", "中国工商银行")
    page.before_submit(lambda: None)
    hands.see_text("bank_cards.new1.bank_code.error", "每家银行只能添加一张卡")


def test_card_on_record_is_deleted_and_taken_back(
    hands: Hands, open_page: Callable[..., BankCardsPage]
) -> None:
    page = open_page()
    hands.click("bank_cards.record.ICBC.remove")
    hands.click("dialog.accept")
    assert page.answer()["cards"] == []
    assert page.blocked() == "请至少添加一张银行卡"
    hands.click("bank_cards.restore.ICBC")
    assert [card["source"] for card in page.answer()["cards"]] == ["record"]
    assert hands.find("bank_cards.restore.ICBC") is None


def test_notice_is_asked_each_time(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    page = open_page()
    sent: list[bool] = []
    page.before_submit(lambda: sent.append(True))
    hands.click("dialog.reject")
    assert sent == []
    page.before_submit(lambda: sent.append(True))
    hands.click("dialog.accept")
    assert sent == [True]
    assert page.answer()["notice_accepted"] is True


def test_list_of_banks(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    open_page()
    hands.click("bank_cards.banks")
    assert "中国建设银行" in hands.see("dialog.document").toPlainText()


def test_rejected_photo_is_taken_again(
    hands: Hands, open_page: Callable[..., BankCardsPage], pictures: dict[str, str]
) -> None:
    page = open_page(REJECTED)
    panel = next(panel for panel in page.answer()["cards"] if panel["photo_id"])
    assert hands.text("bank_cards.new1.state") == "请重拍"
    assert "反光" in hands.text("bank_cards.new1.error")
    assert page.blocked() == "请重新拍摄银行卡照片"
    hands.click("bank_cards.new1.take")
    drop(hands.see("bank_cards.capture"), pictures["ccb"])
    hands.see("bank_cards.new1.branch")
    hands.wait(lambda: page.blocked() is None)
    again = next(card for card in page.answer()["cards"] if card["photo_id"])
    assert again["photo_id"] != panel["photo_id"]
    assert again["branch"] == panel["branch"]


def test_everything_is_there_again(
    hands: Hands, open_page: Callable[..., BankCardsPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    hands.click("bank_cards.add")
    drop(hands.see("bank_cards.capture"), pictures["ccb"])
    hands.see("bank_cards.new1.branch")
    hands.wait(lambda: page.blocked() is None and page.answer()["cards"][1]["number"])
    hands.type("bank_cards.new1.branch", "河南省郑")
    answer = page.answer()
    again = BankCardsPage(page._context)
    again.load(answer, ())
    hands.shell.show_page(again, rail=False, footer=False)
    assert again.answer() == answer
    hands.wait(lambda: not hands.see("bank_cards.new1.picture").empty)


def test_refusal_of_the_server_stands_at_its_field(
    hands: Hands, open_page: Callable[..., BankCardsPage]
) -> None:
    page = open_page()
    by_hand(hands)
    page.show_problems(
        [Problem("cards.1.number", "请使用借记卡，不支持信用卡"), Problem("cards", "最多 5 张")]
    )
    hands.see_text("bank_cards.new1.number.error", "不支持信用卡")
    hands.see_text("bank_cards.reason.text", "最多 5 张")


@pytest.mark.parametrize(
    "field", ["cards.x.number", "cards.9.number", "cards.-1.number", "cards.²", "foo", ""]
)
def test_refusal_of_what_nobody_knows_stands_above_all(
    hands: Hands, open_page: Callable[..., BankCardsPage], field: str
) -> None:
    page = open_page()
    page.show_problems([Problem(field, "说不清"), Problem("cards", "最多 5 张")])
    hands.see_text("bank_cards.reason.text", "说不清；最多 5 张")


def test_camera_closes_with_the_page(
    hands: Hands, open_page: Callable[..., BankCardsPage], tmp_path: Path
) -> None:
    for number in range(3):
        write_picture(tmp_path / f"img_{number:03d}.jpg", np.full((720, 1280, 3), 170, np.uint8))
    page = open_page(cameras=cameras({"KAIHU_CAMERA_SOURCE": str(tmp_path)}))
    hands.click("bank_cards.add")
    camera = page._capture.camera
    hands.wait(lambda: camera.newest is not None)
    hands.click("bank_cards.capture.cancel")
    assert not camera.running


def test_by_hand_begins_at_the_number(hands: Hands, open_page: Callable[..., BankCardsPage]) -> None:
    open_page()
    by_hand(hands)
    hands.focused("bank_cards.new1.number")


def test_number_that_is_too_short_is_told_when_it_is_left(
    hands: Hands, open_page: Callable[..., BankCardsPage]
) -> None:
    open_page()
    by_hand(hands)
    hands.focused("bank_cards.new1.number")
    hands.qtbot.keyClick(hands.see("bank_cards.new1.number"), Qt.Key.Key_Tab)
    assert hands.find("bank_cards.new1.number.error") is None
    hands.type("bank_cards.new1.number", "6222")
    assert hands.find("bank_cards.new1.number.error") is None
    hands.qtbot.keyClick(hands.see("bank_cards.new1.number"), Qt.Key.Key_Tab)
    hands.see_text("bank_cards.new1.number.error", "12 至 19 位")
    hands.type("bank_cards.new1.number", CCB_NUMBER)
    assert hands.find("bank_cards.new1.number.error") is None


def test_primary_action_uses_the_crop(
    hands: Hands, open_page: Callable[..., BankCardsPage], pictures: dict[str, str]
) -> None:
    page = open_page()
    give_doubtful(hands, pictures)
    assert page.primary_text == "使用这个裁剪"
    page.before_submit(lambda: None)
    hands.see("bank_cards.new1.number")
    assert page.primary_text == "下一步"


def test_reader_is_prepared_before_the_first_card(
    hands: Hands, open_page: Callable[..., BankCardsPage]
) -> None:
    reader = HeldReader(card_reader())
    open_page(card_reader=lambda: reader)
    hands.wait(reader.prepared.is_set)
