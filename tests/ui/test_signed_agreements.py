"""协议下载: the list, one document with what its signatures are worth, files from elsewhere, saving."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtWidgets import QFileDialog, QPushButton, QScrollArea

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.bootstrap import check_signatures
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.model.agreement import SignedAgreement
from kaihu_desktop.core.model.company import Company
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.signed_agreements import SignedAgreementsPage
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.signed_copies import SignedCopies, name_of
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.agreement_reader import AgreementReader
from kaihu_desktop.ui.widgets.signed_list import heading_of, in_order
from tests.contract.walk import Walk
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands
from tests.ui.test_pdf import signed_pdf
from tests.unit.certificates.certificate_people import NAME, small_pdf

SIGNED = "410101198911305011"
SMS_INTERVAL = 61  # seconds that must lie between two SMS codes
VERDICT, FACT = "signed_agreements.verdict.text", "signed_agreements.fact.0.{}"
ERROR = "shell.error.text"
VALID = "签名有效，文件完整，签署后没有改动"
Open = Callable[..., SignedAgreementsPage]


@pytest.fixture
def open_page(
    tasks: TaskRunner,
    backend: RestBackend,
    company: Company,
    log_in: Callable[..., None],
    show: Callable[[Page], Page],
) -> Open:
    def open_page(id_number: str = SIGNED) -> SignedAgreementsPage:
        log_in(id_number)
        page = SignedAgreementsPage(tasks, SignedCopies(backend, company.code, check_signatures))
        show(page)
        return page

    return open_page


@pytest.fixture
def page(open_page: Open, hands: Hands) -> SignedAgreementsPage:
    """The list of who has signed something."""
    made = open_page()
    hands.see("signed_agreements.save_all")
    return made


@pytest.fixture
def agreements(page: SignedAgreementsPage, backend: RestBackend) -> tuple[SignedAgreement, ...]:
    return backend.signed_agreements()


def _name(agreement: SignedAgreement, part: str) -> str:
    return f"signed_agreements.{agreement.application_id}.{agreement.agreement_id}.{part}"


def _content(backend: RestBackend, agreement: SignedAgreement) -> bytes:
    return backend.signed_agreement_content(agreement.application_id, agreement.agreement_id)


def _choose(hands: Hands, button: str, path: Path) -> QFileDialog:
    """Press a button and answer the dialog of the system, whichever it is."""
    hands.click(button)
    dialog = hands.shell.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    return dialog


# the list


def test_who_has_signed_nothing_is_told(open_page: Open, hands: Hands) -> None:
    open_page(SAMPLE_ID_NUMBER)
    assert hands.text("signed_agreements.empty") == "暂无数据"
    hint = hands.see("signed_agreements.empty.hint")
    assert hint.height() >= hint.heightForWidth(hint.width())
    assert hint.height() < 2 * hint.fontMetrics().height()  # in one line
    assert hands.find("signed_agreements.save_all") is None
    assert hands.find("signed_agreements.verify_other") is not None


def test_agreements_stand_under_their_business_and_day(
    agreements: tuple[SignedAgreement, ...], hands: Hands
) -> None:
    assert len(agreements) > 1
    title = hands.text("signed_agreements.group.0.title")
    assert title.startswith(f"{agreements[0].business_title} · 20")
    assert hands.find("signed_agreements.group.1.title") is None
    for agreement in agreements:
        assert hands.text(_name(agreement, "title")) == agreement.title
        assert f"{agreement.pages} 页" in hands.text(_name(agreement, "about"))
        assert hands.see(_name(agreement, "open")).accessibleName() == f"打开{agreement.title}"


def test_the_newest_day_comes_first_and_businesses_stay_together(
    agreements: tuple[SignedAgreement, ...],
) -> None:
    first, second, *_ = agreements
    day = datetime(2026, 3, 5, 15, 30, tzinfo=timezone.utc)  # half past eleven at night in Beijing
    one = replace(first, signed_at=day)
    same = replace(second, signed_at=day + timedelta(minutes=2))
    other = replace(first, business_title="增开交易编码", signed_at=day + timedelta(minutes=1))
    next_day = replace(second, signed_at=day + timedelta(minutes=31))
    ordered = in_order([same, next_day, other, one])
    assert [heading_of(item).split(" · ") for item in ordered] == [
        [first.business_title, "2026-03-06"],
        [first.business_title, "2026-03-05"],
        [first.business_title, "2026-03-05"],
        ["增开交易编码", "2026-03-05"],
    ]
    assert ordered[1:3] == [one, same]


def test_what_has_just_been_signed_is_there(open_page: Open, hands: Hands, sandbox: SandboxServer) -> None:
    Walk(sandbox).begin().through("sign")
    sandbox.shift_clock(SMS_INTERVAL)
    open_page(SAMPLE_ID_NUMBER)
    hands.see("signed_agreements.group.0.title")
    opening = [one for one in hands.shell.findChildren(QPushButton) if one.objectName().endswith(".open")]
    hands.click(opening[0].objectName())
    hands.see_text(VERDICT, VALID)


def test_a_list_that_does_not_come_can_be_asked_for_again(
    open_page: Open, hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/v1/signed-agreements$", "status", code=500, times=None)
    open_page()
    hands.see("signed_agreements.skeleton")
    hands.see(ERROR)
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see("signed_agreements.group.0.title")


def test_an_expired_login_is_told_as_such(
    page: SignedAgreementsPage, hands: Hands, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    sandbox.expire_sessions(refresh=True)
    with qtbot.waitSignal(page.failed, timeout=LONG) as failed:
        hands.click("signed_agreements.refresh")
    assert failed.args[0].code == "AUTH-EXPIRED"


# one document


def test_a_document_is_shown_and_verified(agreements: tuple[SignedAgreement, ...], hands: Hands) -> None:
    first = agreements[0]
    hands.click(_name(first, "open"))
    hands.see_text("signed_agreements.reader.title", first.title)
    hands.see_text(VERDICT, VALID)
    assert hands.text(FACT.format(0)) == "文件完整，签署后没有改动"
    assert hands.text(FACT.format(1)) == "沈已签（证件号 410101********5011）"
    assert "期货公司认可的机构" in hands.text(FACT.format(2))
    assert "（北京时间），由" in hands.text(FACT.format(3))
    assert "时间戳证明" in hands.text(FACT.format(3))
    hands.focused("signed_agreements.reader.pages")
    hands.click("signed_agreements.back")
    hands.focused(_name(first, "open"))
    assert hands.find("signed_agreements.reader") is None


def test_in_a_small_window_the_details_come_when_asked_for(
    page: SignedAgreementsPage, agreements: tuple[SignedAgreement, ...], hands: Hands, shell: Shell
) -> None:
    shell.resize(640, 400)
    hands.click(_name(agreements[0], "open"))
    hands.see_text(VERDICT, VALID)
    assert hands.find(FACT.format(0)) is None
    hands.click("signed_agreements.more")
    hands.see(FACT.format(0))
    area = page.findChild(QScrollArea)
    assert area is not None and area.horizontalScrollBar().maximum() == 0
    hands.click("signed_agreements.more")
    hands.wait(lambda: hands.find(FACT.format(0)) is None)
    shell.resize(1366, 768)
    hands.see(FACT.format(0))
    assert hands.find("signed_agreements.more") is None


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_a_download_that_fails_is_repeated(
    agreements: tuple[SignedAgreement, ...], hands: Hands, sandbox: SandboxServer, kind: str
) -> None:
    sandbox.fault("/signed$", kind, times=None)
    hands.click(_name(agreements[0], "open"))
    hands.see(ERROR)
    assert hands.find("signed_agreements.reader") is None
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see_text(VERDICT, VALID)


def test_another_document_than_the_listed_one_is_not_taken(
    agreements: tuple[SignedAgreement, ...], backend: RestBackend, company: Company
) -> None:
    copies = SignedCopies(backend, company.code, check_signatures)
    with pytest.raises(Failure) as failure:
        copies.content(replace(agreements[0], sha256=agreements[1].sha256), lambda done, total: None)
    assert failure.value.code == "SIGN-DOCUMENT"


def test_without_the_trust_anchors_the_issuer_is_judged_later(
    agreements: tuple[SignedAgreement, ...], hands: Hands, sandbox: SandboxServer
) -> None:
    sandbox.fault("/trust-anchors$", "status", code=500, times=None)
    hands.click(_name(agreements[0], "open"))
    hands.see_text(VERDICT, "颁发机构还没有核对")
    assert "还没有核对" in hands.text(FACT.format(2))
    sandbox.clear_faults()
    hands.click("signed_agreements.verify_again")
    hands.see_text(VERDICT, VALID)
    assert hands.find("signed_agreements.verify_again") is None


# files from elsewhere


@pytest.fixture
def copy(backend: RestBackend, agreements: tuple[SignedAgreement, ...], tmp_path: Path) -> Path:
    """A signed agreement that somebody has sent by mail."""
    path = tmp_path / "邮件里的协议.pdf"
    path.write_bytes(_content(backend, agreements[0]))
    return path


def test_a_file_of_this_pc_is_verified(copy: Path, hands: Hands) -> None:
    _choose(hands, "signed_agreements.verify_other", copy)
    hands.see_text("signed_agreements.reader.title", "邮件里的协议.pdf")
    hands.see_text(VERDICT, VALID)


def test_a_changed_file_is_told(copy: Path, hands: Hands) -> None:
    data = bytearray(copy.read_bytes())
    data[data.index(b"%PDF-1.") + len(b"%PDF-1.")] ^= 1  # nothing that one sees
    copy.write_bytes(bytes(data))
    _choose(hands, "signed_agreements.verify_other", copy)
    hands.see_text(VERDICT, "文件在签署后被改动过，不能作为凭证")
    assert "（代码 SIGN-DOCUMENT）" in hands.text(VERDICT)
    assert hands.text(FACT.format(0)) == "签署后被改动过，或签名已损坏"


def test_a_file_without_a_signature_is_told(page: SignedAgreementsPage, hands: Hands, tmp_path: Path) -> None:
    path = tmp_path / "没有签名.pdf"
    path.write_bytes(small_pdf())
    _choose(hands, "signed_agreements.verify_other", path)
    hands.see_text(VERDICT, "这份文件没有数字签名")
    assert "（代码 SIGN-NONE）" in hands.text(VERDICT)


def test_a_signer_whom_the_company_does_not_know_is_told(
    page: SignedAgreementsPage, hands: Hands, tmp_path: Path
) -> None:
    path = tmp_path / "别家的.pdf"
    path.write_bytes(signed_pdf())
    _choose(hands, "signed_agreements.verify_other", path)
    hands.see_text(VERDICT, "不是期货公司认可的机构签发的")
    assert "（代码 CERT-UNTRUSTED）" in hands.text(VERDICT)
    assert NAME in hands.text(FACT.format(1))
    assert hands.text(FACT.format(3)).endswith("由签署人的电脑记录")


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "PC-FILE"), (b"", "SIGN-FORMAT"), (b"%PDF-1.7 and nothing else", "SIGN-FORMAT")],
    ids=["missing", "empty", "no document"],
)
def test_a_file_that_cannot_be_opened_is_told(
    page: SignedAgreementsPage, hands: Hands, tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "文件.pdf"
    if content is not None:
        path.write_bytes(content)
    _choose(hands, "signed_agreements.verify_other", path)
    hands.see_text("shell.error.code", code)


def test_an_error_goes_when_something_else_is_opened(copy: Path, hands: Hands) -> None:
    _choose(hands, "signed_agreements.verify_other", copy.with_name("不在了.pdf"))
    hands.see(ERROR)
    _choose(hands, "signed_agreements.verify_other", copy)
    hands.see_text(VERDICT, VALID)
    assert hands.find(ERROR) is None


def test_a_long_name_does_not_widen_a_small_window(copy: Path, hands: Hands, shell: Shell) -> None:
    long = copy.rename(copy.with_name("期货交易特殊机构及个人投资者适当性评估和风险揭示确认书" * 2 + ".pdf"))
    shell.resize(640, 400)
    _choose(hands, "signed_agreements.verify_other", long)
    hands.see_text(VERDICT, VALID)
    area = hands.see("signed_agreements.page").findChild(QScrollArea)
    assert area.horizontalScrollBar().maximum() == 0
    title = hands.see("signed_agreements.reader.title")
    assert title.text().endswith("…") and title.accessibleName() == long.name


# saving


def test_one_is_saved_under_a_good_name(
    agreements: tuple[SignedAgreement, ...], hands: Hands, backend: RestBackend, tmp_path: Path
) -> None:
    first, path = agreements[0], tmp_path / "我的协议.pdf"
    dialog = _choose(hands, _name(first, "save"), path)
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    hands.see_text("signed_agreements.note.text", "我的协议.pdf")
    assert path.read_bytes() == _content(backend, first)
    assert [one.name for one in tmp_path.iterdir()] == ["我的协议.pdf"]
    assert name_of(first).endswith(f" {first.business_title} {first.title}.pdf")


def test_the_open_one_is_saved(
    agreements: tuple[SignedAgreement, ...], hands: Hands, backend: RestBackend, tmp_path: Path
) -> None:
    hands.click(_name(agreements[0], "open"))
    hands.see_text(VERDICT, VALID)
    _choose(hands, "signed_agreements.reader.save", tmp_path / "协议.pdf")
    hands.see_text("signed_agreements.note.text", "协议.pdf")
    assert (tmp_path / "协议.pdf").read_bytes() == _content(backend, agreements[0])


def test_a_place_that_takes_nothing_is_told(
    agreements: tuple[SignedAgreement, ...], hands: Hands, tmp_path: Path
) -> None:
    _choose(hands, _name(agreements[0], "save"), tmp_path / "no such folder" / "协议.pdf")
    hands.see_text(ERROR, "磁盘空间不足或文件夹不可写")


def test_all_are_saved_and_nothing_twice_or_over_another(
    agreements: tuple[SignedAgreement, ...], hands: Hands, backend: RestBackend, tmp_path: Path
) -> None:
    taken = tmp_path / name_of(agreements[0])
    taken.write_bytes(b"somebody's own")
    _choose(hands, "signed_agreements.save_all", tmp_path)
    hands.see_text("signed_agreements.note.text", f"保存了 {len(agreements)} 份协议")
    saved = {path.read_bytes() for path in tmp_path.iterdir()}
    assert saved == {b"somebody's own", *(_content(backend, one) for one in agreements)}
    assert taken.read_bytes() == b"somebody's own"
    _choose(hands, "signed_agreements.save_all", tmp_path)
    hands.see_text("signed_agreements.note.text", f"另有 {len(agreements)} 份文件夹里已经有了")
    assert len(list(tmp_path.iterdir())) == len(agreements) + 1


def test_saving_all_goes_on_after_a_failure(
    agreements: tuple[SignedAgreement, ...], hands: Hands, sandbox: SandboxServer, tmp_path: Path
) -> None:
    sandbox.fault("/signed$", "status", skip=1, times=None)
    _choose(hands, "signed_agreements.save_all", tmp_path)
    hands.see(ERROR)
    assert "没有全部保存，保存了 1 份协议" in hands.text("signed_agreements.note.text")
    assert len(list(tmp_path.iterdir())) == 1
    sandbox.clear_faults()
    hands.click("shell.error.retry")
    hands.see_text("signed_agreements.note.text", f"保存了 {len(agreements) - 1} 份协议，另有 1 份")
    assert len(list(tmp_path.iterdir())) == len(agreements)


def test_saving_all_over_a_slow_line_can_be_cancelled(
    agreements: tuple[SignedAgreement, ...], hands: Hands, sandbox: SandboxServer, tmp_path: Path
) -> None:
    sandbox.fault("/signed$", "slow", seconds=1.0, times=None)
    _choose(hands, "signed_agreements.save_all", tmp_path)
    assert f"正在保存 {len(agreements)} 份协议…" in hands.text("shell.busy.text")
    hands.see("shell.busy").findChild(QPushButton, "shell.busy.cancel").click()
    hands.see_text("signed_agreements.note.text", "已取消，保存了 0 份协议")
    assert list(tmp_path.iterdir()) == []


def test_whoever_leaves_leaves_nothing(
    page: SignedAgreementsPage, agreements: tuple[SignedAgreement, ...], hands: Hands
) -> None:
    hands.click(_name(agreements[0], "open"))
    hands.see_text(VERDICT, VALID)
    page.leave()
    hands.wait(lambda: page.findChild(AgreementReader) is None)
