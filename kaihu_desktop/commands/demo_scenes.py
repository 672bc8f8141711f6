"""The scenes of the self-driving tour: 修改结算账户 from the company to the approval."""

from __future__ import annotations

from kaihu_desktop.commands.demo_actions import (
    Action,
    click,
    click_any,
    enter,
    see,
    see_any,
    see_card,
    see_text,
)
from kaihu_desktop.commands.demo_keeping_scenes import my_certificates, signed_agreements
from kaihu_desktop.commands.demo_photo_scenes import photos
from kaihu_desktop.commands.demo_world import ID_NUMBER, NEW_PASSWORD, DemoWorld
from kaihu_desktop.ui.tour.driver import Driver, NotThere
from kaihu_desktop.ui.tour.player import Scene

COMPANY_CODE = "8888"
BRANCH = "河南省郑州市示范支行"
REJECTION = "银行卡照片反光，卡号后四位看不清"


def settlement_account(world: DemoWorld) -> list[Scene]:
    """The whole business, with a wrong captcha, a wrong password and one rejection on the way.

    At the end the person looks after the certificates and at what was signed.
    """
    return [
        *_company_and_login(world),
        *photos(world),
        *_bank_cards(world),
        *_certificate(world),
        *_new_certificate(world),
        *_agreements(world),
        *_review(world),
        *my_certificates(world),
        *signed_agreements(),
    ]


def _company_and_login(world: DemoWorld) -> list[Scene]:
    def type_captcha(driver: Driver) -> None:
        captcha_id = driver.widget("login.captcha_picture").property("captcha_id")
        if not captcha_id:
            raise NotThere("captcha")
        driver.type("login.captcha_text", world.captcha_text(str(captcha_id)))

    consents = ("login.consent.privacy_policy", "login.consent.biometric")
    return [
        Scene("company", "选择期货公司", [enter("company.code", COMPANY_CODE)]),
        Scene(
            "readiness",
            "设备检测",
            [
                click("shell.readiness"),
                lambda _: world.camera_shows("id_portrait"),
                see("readiness.preview.light"),
                see("readiness.again"),
            ],
        ),
        Scene(
            "login",
            "登录",
            [
                click("readiness.return"),
                click("company.enter"),
                see("login.captcha_text"),
                see("login.app_code"),
            ],
        ),
        Scene(
            "login-captcha",
            "图形验证码不正确",
            [
                enter("login.id_number", ID_NUMBER),
                enter("login.captcha_text", "----"),
                *(click(consent) for consent in consents),
                click("login.send_sms"),
                see("login.captcha_text.error"),
            ],
        ),
        Scene(
            "login-code",
            "短信验证码已发送",
            [
                type_captcha,
                click("login.send_sms"),
                see("login.phone_warning"),
                _phone_warning_rests,
                lambda driver: driver.type("login.sms_code", world.sms_code()),
            ],
        ),
        Scene("business", "业务办理", [click("login.submit"), see("business_choice.settlement-account")]),
    ]


def _phone_warning_rests(driver: Driver) -> None:
    if not driver.widget("login.phone_warning").resting:
        raise NotThere("the phone warning is still coming in")


def _bank_cards(world: DemoWorld) -> list[Scene]:
    return [
        Scene("bank-cards", "银行卡", [click("shell.next"), see("bank_cards.add")]),
        Scene(
            "bank-card-live",
            "拍摄银行卡",
            [
                click("bank_cards.add"),
                lambda _: world.camera_shows("bank_card"),
                see_card("bank_cards.capture"),
            ],
            fleeting=True,
        ),
        Scene("bank-card", "核对银行卡", [enter("bank_cards.new1.branch", BRANCH), see("shell.next")]),
        Scene("bank-card-notice", "使用提示", [click("shell.next"), see("dialog.accept")]),
    ]


def _certificate(world: DemoWorld) -> list[Scene]:
    return [
        Scene("certificate", "证书检测", [click("dialog.accept"), see("certificate_check.choose_file")]),
        Scene(
            "certificate-password",
            "导入证书",
            [
                click("certificate_check.choose_file"),
                lambda driver: driver.choose_file("certificate_check.file_dialog", world.certificate_file()),
                enter("certificate_check.password", world.certificate_password()),
            ],
        ),
        Scene("certificate-found", "证书可用", [click("certificate_check.import"), see("shell.next")]),
    ]


def _new_certificate(world: DemoWorld) -> list[Scene]:
    """The password was forgotten; the video witness passes meanwhile, and a new one is applied for."""
    forgotten = click("certificate_check.forgotten")
    return [
        Scene("certificate-forgotten", "忘记证书密码", [forgotten, see("certificate_check.look_again")]),
        Scene(
            "certificate-apply",
            "申领新证书",
            [
                lambda _: world.witness(),
                click("certificate_check.look_again"),
                forgotten,
                see("certificate_check.apply"),
            ],
        ),
        Scene(
            "certificate-new-password",
            "设置证书密码",
            [
                click("certificate_check.apply"),
                enter("certificate_install.password", NEW_PASSWORD),
                enter("certificate_install.password.again", NEW_PASSWORD),
            ],
        ),
        Scene(
            "certificate-installing",
            "正在安装证书",
            [click("shell.next"), see("certificate_install.progress")],
            fleeting=True,
        ),
        Scene(
            "certificate-installed", "证书安装成功", [see("certificate_install.success"), see("shell.next")]
        ),
    ]


def _agreements(world: DemoWorld) -> list[Scene]:
    def read(driver: Driver) -> None:
        if driver.widget("sign.consent").isEnabled():
            return
        if driver.shows("sign.next_agreement"):
            driver.click("sign.next_agreement")
        else:
            driver.scroll_page("sign.reader.pages")
        raise NotThere("agreements are not read")

    def password(text: str) -> list[Action]:
        return [enter("dialog.password", text), click("dialog.accept")]

    return [
        Scene("agreements", "阅读协议", [click("shell.next"), see_text("sign.reader.number")]),
        Scene("agreements-read", "协议已读完", [read, click("sign.consent")]),
        Scene("sign-password", "输入证书密码", [click("shell.next"), see("dialog.password")]),
        Scene("sign-wrong-password", "密码不正确", [*password("12345678"), see("dialog.password.error")]),
        Scene(
            "sign-progress",
            "正在签署",
            [lambda _: world.slow_uploads(0.5), *password(NEW_PASSWORD), _signed_and_uploading],
            fleeting=True,
        ),
        Scene("submitted", "提交成功", [see("submitted.card"), lambda _: world.slow_uploads(0)]),
    ]


def _signed_and_uploading(driver: Driver) -> None:
    driver.widget("shell.busy.cancel")  # stands beside the bar
    if "上传" not in driver.text("shell.busy.text"):
        raise NotThere("the bar has not moved")


def _review(world: DemoWorld) -> list[Scene]:
    def reject(_: Driver) -> None:
        world.review("reject", step="bank_cards", field="cards.1.photo_id", text=REJECTION)

    def approve(_: Driver) -> None:
        world.review("approve")

    return [
        Scene("my-business", "我的业务", [click("shell.next"), see("my_business.refresh")]),
        Scene(
            "rejected",
            "复核驳回",
            [reject, click("my_business.refresh"), see_any(".rejected.operate")],
        ),
        Scene(
            "rejected-step",
            "只改被驳回的一步",
            [click_any(".rejected.operate"), see("bank_cards.new1.take")],
        ),
        Scene(
            "rejected-card-again",
            "重新拍摄",
            [
                click("bank_cards.new1.take"),
                see("bank_cards.capture.shutter"),
                lambda _: world.camera_shows("bank_card"),
                see("shell.next"),
            ],
        ),
        Scene(
            "submitted-again",
            "重新提交",
            [click("shell.next"), click("dialog.accept"), see("submitted.card")],
        ),
        Scene("approved", "办理成功", [approve, see("submitted.guides")]),
        Scene("my-business-finished", "我的业务", [click("shell.next"), see("my_business.refresh")]),
    ]
