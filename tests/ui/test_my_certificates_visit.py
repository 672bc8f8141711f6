"""我的证书 from anywhere: the top bar, the rail, over an application; and the notice before one ends."""

from __future__ import annotations

from typing import Callable

from kaihu_desktop.certificates.store import MemoryCertificateStore
from kaihu_desktop.ui.navigator import Navigator
from tests.sandbox_server import COMPANY, SAMPLE_ID_NUMBER
from tests.ui.conftest import Hands
from tests.ui.managing import PASSWORD, keep
from tests.ui.starting import log_in_by_hand, start

__all__ = ["keep", "log_in_by_hand", "start"]  # the fixtures

UNFINISHED, ENDS_SOON, EXPIRED = "410101198601295030", "410101199801092021", "410101197410191082"
Start = Callable[..., Navigator]
LogIn = Callable[[str], None]


def test_before_the_login_and_back(start: Start, hands: Hands, keep: Callable[[str], str]) -> None:
    keep(SAMPLE_ID_NUMBER)
    start(KAIHU_COMPANY=COMPANY)
    hands.type("login.id_number", SAMPLE_ID_NUMBER)
    hands.click("shell.certificates")
    hands.see_text("my_certificates.0.subject", "张样本")
    assert hands.find("my_certificates.0.mine") is None
    hands.click("my_certificates.return")
    assert hands.text("login.id_number").replace(" ", "") == SAMPLE_ID_NUMBER


def test_from_the_rail_who_is_logged_in_is_known(
    start: Start, hands: Hands, log_in_by_hand: LogIn, keep: Callable[[str], str]
) -> None:
    keep(SAMPLE_ID_NUMBER)
    start(KAIHU_COMPANY=COMPANY)
    log_in_by_hand(SAMPLE_ID_NUMBER)
    hands.see("business_choice.page")
    assert hands.find("certificate_notice") is None
    hands.click("rail.certificates")
    assert hands.text("my_certificates.0.mine") == "本人"
    hands.click("my_certificates.0.forgotten")
    hands.click("dialog.business")
    hands.see("business_choice.page")
    assert hands.find("my_certificates.page") is None


def test_over_an_application_nothing_of_which_is_lost(
    start: Start, hands: Hands, log_in_by_hand: LogIn
) -> None:
    start(KAIHU_COMPANY=COMPANY)
    log_in_by_hand(UNFINISHED)
    hands.see("bank_cards.page")
    hands.click("shell.certificates")
    hands.see("my_certificates.none")
    hands.click("my_certificates.return")
    hands.see("bank_cards.page")


def test_a_certificate_that_ends_soon_is_told_and_renewed(
    start: Start,
    hands: Hands,
    log_in_by_hand: LogIn,
    keep: Callable[[str], str],
    certificates: MemoryCertificateStore,
) -> None:
    keep(ENDS_SOON)
    start(KAIHU_COMPANY=COMPANY)
    log_in_by_hand(ENDS_SOON)
    hands.see_text("certificate_notice.text", "天到期")
    hands.click("certificate_notice.manage")
    hands.see_text("my_certificates.0.expiry.text", "请在到期前续期")
    hands.click("my_certificates.0.renew")
    hands.type("dialog.password", PASSWORD)
    hands.click("dialog.accept")
    hands.see_text("my_certificates.note.text", "已经安装成功")
    assert len(certificates.list()) == 2
    hands.see_text("my_certificates.1.expiry.text", "已经有新的证书")
    assert hands.find("my_certificates.0.expiry") is None
    assert hands.find("my_certificates.1.backup") is None  # the old one's isn't needed any more
    hands.click("my_certificates.return")
    hands.click("rail.my_business")
    hands.see("my_business.page")
    hands.click("rail.business_choice")
    hands.see("business_choice.page")
    assert hands.find("certificate_notice") is None


def test_an_expired_certificate_is_told(
    start: Start, hands: Hands, log_in_by_hand: LogIn, keep: Callable[[str], str]
) -> None:
    keep(EXPIRED)
    start(KAIHU_COMPANY=COMPANY)
    log_in_by_hand(EXPIRED)
    hands.see_text("certificate_notice.text", "已经过期")


def test_who_logs_out_is_forgotten(
    start: Start, hands: Hands, log_in_by_hand: LogIn, keep: Callable[[str], str]
) -> None:
    keep(SAMPLE_ID_NUMBER)
    start(KAIHU_COMPANY=COMPANY)
    log_in_by_hand(SAMPLE_ID_NUMBER)
    hands.click("rail.certificates")
    hands.see("my_certificates.0.mine")
    hands.click("shell.logout")
    hands.click("dialog.accept")
    hands.see("login.page")
    hands.click("shell.certificates")
    hands.see("my_certificates.0.subject")
    assert hands.find("my_certificates.0.mine") is None
