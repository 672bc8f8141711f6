"""The businesses: each a tuple of steps. Progress, next, back and resume are derived from it."""

from __future__ import annotations

from dataclasses import dataclass

from kaihu_desktop.core.flow.step import Step
from kaihu_desktop.core.flow.steps.bank_cards import BankCards
from kaihu_desktop.core.flow.steps.certificate_check import CertificateCheck
from kaihu_desktop.core.flow.steps.certificate_install import CertificateInstall
from kaihu_desktop.core.flow.steps.photos import Photos
from kaihu_desktop.core.flow.steps.sign import Sign
from kaihu_desktop.core.flow.steps.submitted import Submitted


@dataclass(frozen=True)
class Business:
    """A business of SPEC section 2. The last step shows the result and is never sent.

    needs: readiness checks (`core.ports.Readiness`) without which it can't be finished on this PC.
    does_without: those that would help, each with what the person does instead.
    """

    id: str
    title: str
    steps: tuple[Step, ...]
    needs: tuple[str, ...] = ()
    does_without: tuple[tuple[str, str], ...] = ()


PHOTOS = Photos("photos", "上传照片", 3)
BANK_CARDS = BankCards("bank_cards", "银行卡", 2)
CERTIFICATE_CHECK = CertificateCheck("certificate_check", "证书检测", 1)
CERTIFICATE = CertificateInstall("certificate", "安装证书", 2)
SIGN = Sign("sign", "签署协议", 4)
SUBMITTED = Submitted("submitted", "提交结果", 0)

SETTLEMENT_ACCOUNT = Business(
    "settlement-account",
    "修改结算账户",
    (PHOTOS, BANK_CARDS, CERTIFICATE_CHECK, CERTIFICATE, SIGN, SUBMITTED),
    needs=("network", "disk", "folder", "certificates"),
    does_without=(("camera", "没有可用的摄像头，可以选择照片文件"),),
)

BUSINESSES = {business.id: business for business in (SETTLEMENT_ACCOUNT,)}
