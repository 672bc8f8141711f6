"""The two made-up companies of the sandbox and what each of them configures."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageDraw

from kaihu_desktop.sandbox.banks import BANKS
from kaihu_desktop.sandbox.clock import SERVICE_HOURS_TEXT
from kaihu_desktop.sandbox.company_texts import CERTIFICATE_RESPONSIBILITY, PRIVACY_POLICY, USAGE_NOTICE
from kaihu_desktop.sandbox.problems import Problem
from kaihu_desktop.sandbox.specimens.fonts import find_font
from kaihu_desktop.sandbox.wire import company as wire
from kaihu_desktop.sandbox.wire.company import Company

BUSINESS_TITLES = {"settlement-account": "修改结算账户"}
LOGO_SIZE = 192


def _company(code: str, name: str, short_name: str, colour: str, hotline: str, **other: Any) -> Company:
    texts = {"name": name, "hotline": hotline}
    return Company(
        code=code,
        name=name,
        short_name=short_name,
        logo_url=f"/v1/companies/{code}/logo",
        colour=colour,
        hotline=hotline,
        service_hours_text=SERVICE_HOURS_TEXT,
        app_download_url=f"https://app.example.com/{code}",
        businesses=[
            wire.Business(
                id="settlement-account",
                title=BUSINESS_TITLES["settlement-account"],
                description="更换、增加或删除用于出入金的银行卡",
                minutes=10,
                enabled=True,
                login="id_number",
            )
        ],
        banks=[wire.Bank(**vars(bank)) for bank in BANKS],
        privacy_policy=wire.VersionedText(
            version="2026-01", title="隐私政策", text=PRIVACY_POLICY.format(**texts)
        ),
        consents=[
            wire.ConsentOffer(purpose="privacy_policy", title="我已阅读并同意《隐私政策》", required=True),
            wire.ConsentOffer(
                purpose="biometric", title="同意采集身份证与人像信息用于本次办理", required=True
            ),
        ],
        usage_notice=wire.Text(title="银行卡使用须知", text=USAGE_NOTICE),
        certificate_responsibility=wire.VersionedText(
            version="2026-01",
            title="数字证书安全责任书",
            text=CERTIFICATE_RESPONSIBILITY.format(**texts),
        ),
        **other,
    )


COMPANIES = {
    company.code: company
    for company in (
        _company(
            "8888",
            "样例期货有限公司",
            "样例期货",
            "#1F5EDB",
            "400-000-0000",
            account_types=["futures", "asset_management"],
            certificate_password=wire.PasswordRule(kind="digits", min=6, max=8),
            certificate_profile=wire.CertificateProfile(key_bits=2048),
            timestamps=True,
            in_flight_rule="block",
        ),
        _company(
            "6666",
            "示范大宗商品与金融衍生品期货股份有限公司",
            "示范大宗商品期货",
            "#B3261E",
            "400-000-6666",
            account_types=["futures"],
            certificate_password=wire.PasswordRule(kind="letters_digits", min=8, max=16),
            certificate_profile=wire.CertificateProfile(key_bits=3072),
            timestamps=False,
            in_flight_rule="first_submission",
        ),
    )
}

#: Seconds that an agreement must be read at least, by company and agreement.
MIN_SECONDS = {("8888", "risk"): 2, ("6666", "contract"): 5, ("6666", "risk"): 5}


def find_company(code: str) -> Company:
    """The company with this code; raises COMPANY-UNKNOWN."""
    if code not in COMPANIES:
        raise Problem("COMPANY-UNKNOWN")
    return COMPANIES[code]


def draw_logo(company: Company) -> bytes:
    """A square PNG with the first character of the name on the company's colour."""
    picture = Image.new("RGBA", (LOGO_SIZE, LOGO_SIZE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, LOGO_SIZE - 1, LOGO_SIZE - 1), radius=36, fill=company.colour)
    middle = LOGO_SIZE // 2
    font = find_font("bold", 104, company.short_name[0])
    pen.text((middle, middle), company.short_name[0], fill="white", font=font, anchor="mm")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()
