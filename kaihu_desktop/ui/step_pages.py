"""Which page shows which step. A test asserts that steps and pages match one to one."""

from __future__ import annotations

from kaihu_desktop.ui.pages.bank_cards import BankCardsPage
from kaihu_desktop.ui.pages.certificate_check import CertificateCheckPage
from kaihu_desktop.ui.pages.certificate_install import CertificateInstallPage
from kaihu_desktop.ui.pages.photos import PhotosPage
from kaihu_desktop.ui.pages.sign import SignPage
from kaihu_desktop.ui.pages.submitted import SubmittedPage

STEP_PAGES = {
    "photos": PhotosPage,
    "bank_cards": BankCardsPage,
    "certificate_check": CertificateCheckPage,
    "certificate": CertificateInstallPage,
    "sign": SignPage,
    "submitted": SubmittedPage,
}
