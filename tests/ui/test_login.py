"""The login: its fields, the SMS code, and every refusal of the backend with its text at its place."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Callable

import pytest
from pytestqt.qtbot import QtBot
from qtpy.QtCore import QBuffer, QByteArray, Qt
from qtpy.QtGui import QImage
from qtpy.QtWidgets import QApplication

from kaihu_desktop.backend.client import RestBackend
from kaihu_desktop.core.model.company import Company, ConsentItem
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.pages.login import LoginPage
from kaihu_desktop.ui.pixels import PICTURE_SIDE
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.pictures import bgra_of, png_of
from kaihu_desktop.vision.decode import decode_picture
from kaihu_desktop.vision.qr_code import read_qr_code
from tests.sandbox_server import SAMPLE_ID_NUMBER, SandboxServer
from tests.ui.conftest import LONG, Hands
from tests.ui.login_form import BIOMETRIC, PRIVACY, LoginForm

SUNDAY = "2026-11-22T10:00:00+08:00"


def _png(width: int, height: int) -> bytes:
    return png_of(bgra_of(QImage(width, height, QImage.Format.Format_Mono)))


@pytest.fixture
def open_login(
    tasks: TaskRunner, shell: Shell, backend: RestBackend, company: Company, show: Callable[[Page], Page]
) -> Callable[..., LoginPage]:
    """Shows the login of a company, the sample one by default."""

    def open_login(of: Company = company) -> LoginPage:
        made = LoginPage(tasks, shell.dialogs, backend, of)
        show(made)
        return made

    return open_login


@pytest.fixture
def page(open_login: Callable[..., LoginPage]) -> LoginPage:
    return open_login()


@pytest.fixture
def form(hands: Hands, sandbox: SandboxServer) -> LoginForm:
    return LoginForm(hands, sandbox)


def test_a_person_logs_in(page: LoginPage, hands: Hands, form: LoginForm, qtbot: QtBot) -> None:
    assert hands.text("login.title") == "登录 · 修改结算账户"
    hands.focused("login.id_number")
    form.fill()
    with qtbot.waitSignal(page.logged_in, timeout=LONG) as logged_in:
        hands.click("login.submit")
    assert logged_in.args[0].name == "张样本"


def test_enter_in_the_last_field_logs_in(
    page: LoginPage, hands: Hands, form: LoginForm, qtbot: QtBot
) -> None:
    form.fill()
    with qtbot.waitSignal(page.logged_in, timeout=LONG):
        qtbot.keyClick(hands.see("login.sms_code"), Qt.Key.Key_Return)


def test_the_phone_is_told_and_the_next_code_waits(page: LoginPage, hands: Hands, form: LoginForm) -> None:
    assert hands.text("login.send_sms") == "获取验证码"
    form.ask_for_code()
    hands.see_text("login.sms_code.hint", "111****3003")
    assert hands.see("login.phone_warning").accessibleName() == (
        "预留手机号 111****3003，若已停用请到期货公司临柜变更"
    )
    assert hands.text("login.send_sms").endswith("秒后重发")
    assert not hands.see("login.send_sms").isEnabled()
    hands.focused("login.sms_code")


def test_every_missing_field_is_marked_and_the_first_focused(page: LoginPage, hands: Hands) -> None:
    hands.click("login.submit")
    assert hands.text("login.id_number.error") == "请填写身份证号"
    assert hands.text("login.captcha_text.error")
    assert "获取验证码" in hands.text("login.sms_code.error")
    assert "勾选" in hands.text("login.consents.error")
    hands.focused("login.id_number")


def test_the_id_number_is_shown_in_groups_and_checked_when_it_is_left(
    page: LoginPage, hands: Hands, qtbot: QtBot
) -> None:
    hands.type("login.id_number", "41010119950813001x")
    assert hands.text("login.id_number") == "410101 19950813 001X"
    qtbot.keyClick(hands.see("login.id_number"), Qt.Key.Key_Tab)
    assert "校验不通过" in hands.text("login.id_number.error")


def test_the_blanks_of_the_groups_are_nothing_to_delete(page: LoginPage, hands: Hands, qtbot: QtBot) -> None:
    hands.type("login.id_number", "4101011")
    edit = hands.see("login.id_number")
    assert edit.text() == "410101 1"
    edit.setCursorPosition(7)
    qtbot.keyClick(edit, Qt.Key.Key_Backspace)
    assert (edit.text(), edit.cursorPosition()) == ("410101", 5)
    qtbot.keyClicks(edit, "9")
    assert edit.text() == "410109 1"
    qtbot.keyClick(edit, Qt.Key.Key_Delete)
    assert edit.text() == "410109"


def test_a_pasted_id_number_with_full_width_digits(page: LoginPage, hands: Hands) -> None:
    hands.type("login.id_number", "４１０１０１１９９５０８１３００３３")
    assert hands.text("login.id_number") == "410101 19950813 0033"


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("周过期", "您的身份证有效期已过期", "AUTH-ID-EXPIRED"),
        ("吴少年", "网上办理仅限年满 18 周岁的客户", "AUTH-UNDER-AGE"),
        (None, "您未开通期货/资管账户，请先开通账户业务", "AUTH-NO-ACCOUNT"),
    ],
)
def test_who_may_not_enter_is_told_why_at_the_id_number(
    page: LoginPage,
    hands: Hands,
    form: LoginForm,
    sandbox: SandboxServer,
    name: str | None,
    text: str,
    code: str,
) -> None:
    known = {customer["name"]: customer["id_number"] for customer in sandbox.customers()}
    form.ask_for_code(known[name] if name else "110101199003074530")
    hands.see_text("login.id_number.error", text)
    assert code in hands.text("login.id_number.error")
    hands.focused("login.id_number")
    assert hands.see("login.send_sms").isEnabled()
    assert hands.text("login.id_number")


def test_who_is_locked_is_told_for_how_long_where_it_is_seen(
    page: LoginPage, hands: Hands, form: LoginForm, shell: Shell
) -> None:
    shell.resize(768, 432)
    form.ask_for_code("410101198307258060")
    hands.see_text("login.note.text", "请 10 分钟后再试")
    assert "AUTH-LOCKED" in hands.text("login.note.text")
    hands.wait(lambda: hands.see("login.note").visibleRegion().boundingRect().height() > 30)


def test_after_a_refusal_another_number_needs_another_captcha(
    page: LoginPage, hands: Hands, form: LoginForm
) -> None:
    form.ask_for_code("410101201005120044")
    hands.see_text("login.id_number.error", "年满 18 周岁")
    before = form.captcha_id()
    hands.type("login.id_number", SAMPLE_ID_NUMBER)
    hands.see("login.captcha_text").setFocus()
    hands.wait(lambda: form.captcha_id() != before)
    assert not hands.text("login.captcha_text")


def test_a_button_at_work_keeps_the_focus_to_itself(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    form.fill()
    sandbox.fault("/v1/sessions", "status", code=500, times=None)
    hands.see("login.submit").setFocus()
    qtbot.keyClick(hands.see("login.submit"), Qt.Key.Key_Space)
    assert QApplication.focusWidget() is None
    hands.focused("login.submit")


def test_no_account_of_the_chosen_type(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    hands.click("login.account_type.asset_management")
    form.ask_for_code("410101198601295030")
    hands.see_text("login.id_number.error", "您未开通期货/资管账户")
    hands.click("login.account_type.futures")
    assert hands.find("login.id_number.error") is None


def test_outside_the_service_hours(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    form.person()
    sandbox.set_clock(SUNDAY)
    hands.click("login.send_sms")
    hands.see_text("login.note.text", "服务时间")
    assert "AUTH-HOURS" in hands.text("login.note.text")


def test_a_wrong_captcha_brings_another_picture(page: LoginPage, hands: Hands, form: LoginForm) -> None:
    hands.type("login.id_number", SAMPLE_ID_NUMBER)
    before = form.captcha_id()
    form.consent()
    hands.type("login.captcha_text", "----")
    hands.click("login.send_sms")
    hands.see_text("login.captcha_text.error", "图形验证码不正确，已为您换了一张")
    hands.wait(lambda: form.captcha_id() != before)
    hands.focused("login.captcha_text")
    hands.wait(lambda: hands.see("login.captcha_text").selectedText() == "----")


def test_a_stale_captcha_brings_another_picture(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    form.person()
    before = form.captcha_id()
    sandbox.shift_clock(200)
    hands.click("login.send_sms")
    hands.see_text("login.captcha_text.error", "图形验证码已过期")
    hands.wait(lambda: form.captcha_id() != before)


def test_a_press_on_the_picture_changes_it(
    page: LoginPage, hands: Hands, form: LoginForm, qtbot: QtBot
) -> None:
    before = form.captcha_id()
    hands.see("login.captcha_picture").setFocus()
    qtbot.keyClick(hands.see("login.captcha_picture"), Qt.Key.Key_Space)
    hands.wait(lambda: form.captcha_id() != before)
    hands.focused("login.captcha_text")


def test_a_picture_that_does_not_come_can_be_asked_for_again(
    open_login: Callable[..., LoginPage],
    hands: Hands,
    form: LoginForm,
    sandbox: SandboxServer,
) -> None:
    sandbox.fault("/v1/captchas", "status", code=500, times=None)
    open_login()
    hands.see_text("login.captcha_picture", "点此重试")
    sandbox.clear_faults()
    hands.click("login.captcha_picture")
    assert form.captcha_id()


def test_wrong_codes_are_counted_at_the_field_and_then_lock(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    form.fill()
    wrong = f"{(int(sandbox.sms_code(SAMPLE_ID_NUMBER)) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        hands.type("login.sms_code", wrong)
        hands.click("login.submit")
        hands.see_text("login.sms_code.error", f"短信验证码不正确，还可以试 {left} 次")
        hands.focused("login.sms_code")
    hands.type("login.sms_code", wrong)
    hands.click("login.submit")
    hands.see_text("login.note.text", "请 10 分钟后再试")


def test_a_stale_code_is_told_at_its_field(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    form.fill()
    sandbox.shift_clock(299)
    sandbox.shift_clock(60)
    hands.click("login.submit")
    hands.see_text("login.captcha_text.error", "已过期")


def test_asking_too_often_starts_the_countdown_that_the_server_names(
    open_login: Callable[..., LoginPage],
    backend: RestBackend,
    company: Company,
    hands: Hands,
    form: LoginForm,
    log_in: Callable[..., None],
) -> None:
    captcha = backend.captcha()
    text = form.sandbox.captcha_text(captcha.id)
    backend.send_sms(company.code, "futures", SAMPLE_ID_NUMBER, captcha.id, text)
    open_login()
    form.ask_for_code()
    hands.see_text("login.sms_code.error", "短信发送太频繁")
    assert hands.text("login.send_sms").endswith("秒后重发")


def test_without_a_consent_nothing_is_sent(page: LoginPage, hands: Hands, form: LoginForm) -> None:
    form.fill()
    hands.tick(BIOMETRIC)
    hands.click("login.submit")
    assert "勾选" in hands.text("login.consents.error")
    hands.focused(BIOMETRIC)


def test_no_id_number_leaves_the_pc_before_the_consents(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer
) -> None:
    sandbox.fault("/sms-codes", "drop", times=None)
    form.person()
    hands.tick(PRIVACY)
    hands.click("login.send_sms")
    assert "勾选" in hands.text("login.consents.error")
    assert hands.see(PRIVACY).property("state") == "error"
    hands.focused(PRIVACY)
    assert sandbox.fault_hits() == [0]
    hands.tick(PRIVACY)
    hands.click("login.send_sms")
    hands.wait(lambda: sandbox.fault_hits()[0])


def test_a_policy_without_a_consent_of_its_own_can_be_read(
    open_login: Callable[..., LoginPage],
    company: Company,
    hands: Hands,
) -> None:
    item = ConsentItem("marketing", "同意《隐私政策》中的推广用途", False)
    open_login(replace(company, consents=(item,)))
    hands.click("login.read.marketing")
    hands.click("dialog.accept")
    assert not hands.see("login.consent.marketing").isChecked()


@pytest.mark.parametrize(
    ("offered", "shown"),
    [
        (("futures", "options"), ["futures"]),
        (("options",), ["futures", "asset_management"]),
        ((), ["futures", "asset_management"]),
    ],
)
def test_kinds_of_account_that_this_client_does_not_know_are_left_out(
    open_login: Callable[..., LoginPage],
    company: Company,
    hands: Hands,
    offered: tuple[str, ...],
    shown: list[str],
) -> None:
    page = open_login(replace(company, account_types=offered))
    hands.see("login.account_type")
    seen = [kind for kind in ("futures", "asset_management") if hands.find(f"login.account_type.{kind}")]
    assert seen == shown
    assert page.account_type.value == "futures"


@pytest.mark.parametrize("picture", [b"GIF89a", _png(PICTURE_SIDE + 1, 8)], ids=["no PNG", "too large"])
def test_a_captcha_that_is_no_picture_can_be_asked_for_again(
    open_login: Callable[..., LoginPage],
    hands: Hands,
    sandbox: SandboxServer,
    picture: bytes,
) -> None:
    told = {"captcha_id": "c1", "image_png": base64.b64encode(picture).decode(), "expires_in": 300}
    sandbox.fault("/v1/captchas", "bad_json", body=json.dumps(told), times=None)
    open_login()
    hands.see_text("login.captcha_picture", "点此重试")
    assert not hands.see("login.captcha_picture").property("captcha_id")


def test_the_policy_is_read_and_agreed_to(page: LoginPage, hands: Hands, company: Company) -> None:
    hands.click("login.read.privacy_policy")
    document = hands.see("dialog.document")
    assert "我们收集的信息" in document.toPlainText()
    hands.click("dialog.accept")
    assert hands.see(PRIVACY).isChecked()
    assert not hands.see(BIOMETRIC).isChecked()


def test_another_id_number_forgets_the_phone_and_its_captcha(
    page: LoginPage, hands: Hands, form: LoginForm
) -> None:
    form.ask_for_code()
    hands.see("login.phone_warning")
    before = form.captcha_id()
    hands.type("login.id_number", "410101198803041020")
    assert hands.find("login.phone_warning") is None
    hands.see("login.sms_code").setFocus()
    hands.wait(lambda: form.captcha_id() != before)


def test_a_lost_answer_can_be_repeated_and_nothing_typed_is_lost(
    page: LoginPage, hands: Hands, form: LoginForm, sandbox: SandboxServer, qtbot: QtBot
) -> None:
    form.fill()
    sandbox.fault("/v1/sessions$", "status", code=503, times=None)
    hands.click("login.submit")
    hands.see("shell.error.retry")
    sandbox.clear_faults()
    with qtbot.waitSignal(page.logged_in, timeout=LONG):
        hands.click("shell.error.retry")


def test_a_company_with_one_kind_of_account_in_a_narrow_window(
    tasks: TaskRunner, shell: Shell, backend: RestBackend, show: Callable[[Page], Page], hands: Hands
) -> None:
    page = LoginPage(tasks, shell.dialogs, backend, backend.company("6666"))
    show(page)
    hands.see("login.brand")
    hands.see("login.account_type.futures")
    assert hands.find("login.account_type.asset_management") is None
    shell.resize(768, 432)
    hands.wait(lambda: hands.find("login.brand") is None)


def test_the_form_may_be_gone_when_the_answer_comes(
    page: LoginPage,
    hands: Hands,
    tasks: TaskRunner,
    form: LoginForm,
    show: Callable[[Page], Page],
    qtbot: QtBot,
) -> None:
    form.fill()
    form.sandbox.fault("/sessions$", "slow", seconds=1)
    hands.click("login.submit")
    with qtbot.waitSignal(tasks.idle, timeout=LONG):
        show(Page("other", "另一页"))
    assert hands.find("other.page") is not None


def test_another_company_can_be_chosen(page: LoginPage, hands: Hands, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.other_company, timeout=LONG):
        hands.click("login.other_company")


def test_the_code_on_the_panel_leads_to_the_mobile_app(
    page: LoginPage, hands: Hands, company: Company
) -> None:
    picture = hands.see("login.app_code").grab().toImage().scaledToWidth(400)
    data = QByteArray()
    buffer = QBuffer(data)
    picture.save(buffer, "PNG")
    assert read_qr_code(decode_picture(bytes(data.data())).image) == company.app_download_url
