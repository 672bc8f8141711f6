"""The panel beside the login: what to prepare, when it is open, and the way to the mobile app."""

from __future__ import annotations

import segno
from qtpy.QtCore import QSize, Qt
from qtpy.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from qtpy.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from kaihu_desktop.core.model.company import Company
from kaihu_desktop.ui.pixels import image_of
from kaihu_desktop.ui.widgets.labels import label

PREPARE = (
    "准备二代身份证原件、本人手机",
    "准备本人借记卡（不支持信用卡）",
    "准备数字证书的备份文件和密码",
)

#: Below this height the QR code is left out (device-independent pixels).
ROOM_FOR_CODE = 560
CODE_SIZE = 88

#: White around the code, in modules; the panel's own ground is no quiet zone.
QUIET_ZONE = 2


class BrandPanel(QFrame):
    """In the company's colour."""

    def __init__(self, company: Company) -> None:
        super().__init__()
        self.setObjectName("login.brand")
        self.setProperty("role", "brand")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.setMaximumWidth(500)
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 56, 40, 40)
        column.setSpacing(10)
        column.addWidget(label("一台电脑、一张身份证，\n大约十分钟。", "brand-headline", wrap=True))
        column.addSpacing(20)
        for sign, text in zip("①②③", PREPARE):
            column.addWidget(label(f"{sign} {text}", "brand-text", wrap=True))
        column.addSpacing(20)
        column.addWidget(_facts(company))
        column.addStretch(1)
        self._mobile = _MobileApp(company.app_download_url)
        self._has_mobile = bool(company.app_download_url)
        column.addWidget(self._mobile)

    def minimumSizeHint(self) -> QSize:
        return QSize(320, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._mobile.setVisible(self._has_mobile and event.size().height() >= ROOM_FOR_CODE)


def _facts(company: Company) -> QFrame:
    box = QFrame()
    box.setProperty("role", "brand-box")
    column = QVBoxLayout(box)
    column.setContentsMargins(20, 16, 20, 16)
    column.setSpacing(6)
    for text in (
        f"服务时间 {company.service_hours_text}",
        "仅限年满 18 周岁、持有效二代身份证的中国大陆个人客户",
        f"客服热线 {company.hotline}",
    ):
        column.addWidget(label(text, "brand-fact", wrap=True))
    return box


class _MobileApp(QWidget):
    def __init__(self, url: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        if url:
            row.addWidget(QrCode("login.app_code", "扫码下载开户云 APP", url))
        row.addWidget(label("也可以用手机办理\n扫码下载开户云 APP", "brand-fact"), 1)


class QrCode(QWidget):
    """A QR code on white, sharp at every scale."""

    def __init__(self, name: str, accessible_name: str, text: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setFixedSize(CODE_SIZE, CODE_SIZE)
        self._modules = _modules(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("white"))
        painter.drawRoundedRect(self.rect(), 8, 8)
        ratio = self.devicePixelRatioF()
        module = int(self.width() * ratio) // self._modules.width()
        side = module * self._modules.width()
        picture = QPixmap.fromImage(self._modules.scaled(side, side))
        picture.setDevicePixelRatio(ratio)
        margin = (self.width() - side / ratio) / 2
        painter.setCompositionMode(
            QPainter.CompositionMode.CompositionMode_Multiply
        )  # the corners stay round
        painter.drawPixmap(round(margin), round(margin), picture)


def _modules(text: str) -> QImage:
    """The code with one pixel for each module."""
    rows = tuple(segno.make_qr(text).matrix_iter(border=QUIET_ZONE))
    pixels = b"".join(bytes(0 if dark else 255 for dark in row) for row in rows)
    return image_of(pixels, len(rows), len(rows), len(rows), QImage.Format.Format_Grayscale8)
