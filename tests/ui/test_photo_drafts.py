"""Photos that had not arrived when the program ended: the draft has them, and they are sent the next time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import numpy as np
import pytest

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.backend.journal import FileJournal
from kaihu_desktop.core.flow.businesses import PHOTOS, SETTLEMENT_ACCOUNT
from kaihu_desktop.core.flow.engine import Engine
from kaihu_desktop.core.model.application import Application
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER
from kaihu_desktop.sandbox.specimens.camera_scenes import SCENES
from kaihu_desktop.sandbox.specimens.cards import SpecimenBankCard, render_bank_card, render_id_portrait
from kaihu_desktop.ui.application_view import ApplicationView
from kaihu_desktop.ui.page import PageContext
from kaihu_desktop.ui.pages.bank_cards_model import NewCard
from kaihu_desktop.ui.pages.photo import Photo
from kaihu_desktop.ui.pages.photos import PhotosPage
from kaihu_desktop.ui.pages.photos_work import pack, unpack
from kaihu_desktop.ui.shell import Shell
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.capture_hands import drop, write_photo, write_picture
from tests.ui.conftest import Hands

AT_BANK_CARDS = "410101198601295030"
KEY = "00000000-0000-4000-8000-000000000004"


class Drafts:
    """A program that ends and starts anew over the same drafts."""

    def __init__(self, folder: Path, shell: Shell, context: Callable[[Application], PageContext]) -> None:
        self._folder, self._shell, self._context = folder, shell, context

    def start(self, application: Application) -> ApplicationView:
        """Open the application with what is on the disk and nothing else."""
        made = self._context(application)
        journal = FileJournal(self._folder, Secret(bytes(32)))
        engine = Engine(SETTLEMENT_ACCOUNT, made.services, journal, application)
        return ApplicationView(self._shell, engine, made)

    def answer(self, application: Application, step: str) -> Any:
        """What a program that starts now would find."""
        draft = FileJournal(self._folder, Secret(bytes(32))).load(application.id, step)
        return draft["answer"] if draft else {}


@pytest.fixture
def drafts(tmp_path: Path, shell: Shell, context: Callable[[Application], PageContext]) -> Drafts:
    return Drafts(tmp_path / "草稿", shell, context)


def _page(shell: Shell) -> Any:
    return shell.page


def test_a_photo_that_was_not_sent_comes_back_from_the_draft(
    hands: Hands,
    shell: Shell,
    backend: RestBackend,
    sandbox: SandboxServer,
    log_in: Callable[..., None],
    drafts: Drafts,
    tmp_path: Path,
) -> None:
    log_in()
    application = backend.create_application(SETTLEMENT_ACCOUNT.id, KEY)
    sandbox.fault("/v1/uploads$", "status", method="POST", times=None)
    view = drafts.start(application)
    card = render_id_portrait(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    drop(hands.see("photos.capture"), write_photo(tmp_path / "人像面.jpg", card))
    hands.wait(lambda: drafts.answer(application, "photos").get("photos"))
    kept = drafts.answer(application, "photos")["photos"]["id_portrait"]
    assert kept["upload_id"] is None
    assert kept["pending"]["picture"] and kept["pending"]["original"] and len(kept["pending"]["corners"]) == 4
    view.close()

    again = drafts.start(application)
    hands.wait(lambda: not hands.see("photos.confirm.picture").empty)
    hands.see_text("photos.confirm.sending", "上传失败")
    hands.click("photos.confirm.adjust")
    hands.see("photos.corners.canvas")
    hands.click("photos.corners.cancel")
    sandbox.clear_faults()
    hands.click("photos.confirm.retry")
    hands.see_text("photos.confirm.sending", "原图已保留")
    sent = _page(shell).answer()["photos"]["id_portrait"]
    assert set(sent) == {"upload_id", "original_id", "seen"}
    assert all(sent.values())
    hands.wait(lambda: drafts.answer(application, "photos")["photos"]["id_portrait"] == sent)
    again.close()


def test_a_bank_card_that_was_not_sent_comes_back_from_the_draft(
    hands: Hands,
    shell: Shell,
    backend: RestBackend,
    sandbox: SandboxServer,
    log_in: Callable[..., None],
    drafts: Drafts,
    tmp_path: Path,
) -> None:
    log_in(AT_BANK_CARDS)
    application = backend.applications()[0]
    sandbox.fault("/v1/uploads$", "status", method="POST", times=None)
    view = drafts.start(application)
    hands.click("bank_cards.add")
    card = render_bank_card(SpecimenBankCard("中国建设银行", "6217002430123456783", "WANG ZAITU"))
    drop(hands.see("bank_cards.capture"), write_photo(tmp_path / "银行卡.jpg", card))
    hands.wait(lambda: _has_pending_card(drafts.answer(application, "bank_cards")))
    view.close()

    sandbox.clear_faults()
    again = drafts.start(application)
    hands.wait(lambda: not hands.see("bank_cards.new1.picture").empty)
    hands.wait(lambda: _page(shell).answer()["cards"][1]["photo_id"])
    assert "pending" not in _page(shell).answer()["cards"][1]
    assert hands.see("bank_cards.new1.adjust").isEnabled()
    again.close()


def _has_pending_card(answer: Any) -> bool:
    cards = answer.get("cards", [])
    return len(cards) == 2 and bool(cards[1].get("pending"))


def test_a_draft_that_can_not_be_read_asks_for_the_photo_again(
    hands: Hands,
    shell: Shell,
    backend: RestBackend,
    log_in: Callable[..., None],
    context: Callable[[Application], PageContext],
) -> None:
    log_in()
    application = backend.create_application(SETTLEMENT_ACCOUNT.id, KEY)
    made = context(application)
    damaged = {"picture": "bm8gcGljdHVyZQ==", "original": None, "corners": None}
    photos = {"id_portrait": {"upload_id": None, "original_id": None, "pending": damaged}}
    page = PhotosPage(made)
    page.load({"photos": photos, "fields": {}, "responsibility_version": None}, ())
    shell.show_page(page, rail=False, footer=False)
    hands.see("photos.capture")
    assert page.blocked() == "请先拍摄人像面"


def test_a_packed_photo_is_what_it_was() -> None:
    original = np.full((300, 400, 3), (30, 90, 150), np.uint8)
    corners = np.array([[10.5, 10], [390, 10], [390, 290], [10, 290]])
    card, whole, places = unpack(pack(original[20:100, 20:160], original, corners))
    assert card.shape == (80, 140, 3)
    assert whole is not None and np.abs(whole.astype(int) - original).max() < 4
    assert places is not None and (places == corners).all()
    assert unpack(pack(original, None, corners))[1:] == (None, None)


def test_what_is_printed_of_a_card_tells_nothing_of_its_owner() -> None:
    photo = Photo(np.zeros((2, 2, 3), np.uint8), pending={"picture": "secret"})
    card = NewCard("6217002430123456783", "CCB", "河南省郑州市示范支行", "6217002430123456783", photo)
    shown = repr(card)
    for part in ("6217", "示范", "secret", "array"):
        assert part not in shown


def test_original_and_warning_are_there_again_and_never_sent(
    hands: Hands,
    shell: Shell,
    backend: RestBackend,
    log_in: Callable[..., None],
    drafts: Drafts,
    context: Callable[[Application], PageContext],
    tmp_path: Path,
) -> None:
    log_in()
    application = backend.create_application(SETTLEMENT_ACCOUNT.id, KEY)
    view = drafts.start(application)
    *_, copy = SCENES["id_portrait_copy"].paint(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
    drop(hands.see("photos.capture"), write_picture(tmp_path / "复印件.jpg", copy))
    hands.see("photos.confirm.original")
    warning = hands.text("photos.confirm.quality.text")
    assert warning
    hands.wait(lambda: drafts.answer(application, "photos").get("photos", {}).get("id_portrait"))
    hands.wait(lambda: drafts.answer(application, "photos")["photos"]["id_portrait"]["original_id"])
    answer = drafts.answer(application, "photos")
    view.close()

    again = drafts.start(application)
    hands.see_text("photos.confirm.quality.text", warning)
    hands.wait(lambda: not hands.see("photos.confirm.original").empty)
    assert _page(shell).answer()["photos"] == answer["photos"]
    again.close()
    services = context(application).services
    body = PHOTOS.body(answer, services, application, lambda done, total: None)
    assert set(body["photos"]["id_portrait"]) == {"upload_id", "original_id"}
