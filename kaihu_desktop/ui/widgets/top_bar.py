"""The top bar: whose client this is, whether the PC is ready, and who is logged in."""

from __future__ import annotations

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtGui import QColor, QFont, QPainter, QPixmap
from qtpy.QtWidgets import QFrame, QHBoxLayout, QLabel

from kaihu_desktop.ui.icons import icon
from kaihu_desktop.ui.pixels import png_pixmap
from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.labels import button, label, set_property
from kaihu_desktop.ui.widgets.shortened_label import ShortenedLabel

LOGO_SIZE = 32


class TopBar(QFrame):
    """Company on the left; state of the PC, the masked person and 退出登录 on the right.

    Signals: logout(); readiness(), the person wants to see the state of the PC; certificates(); settings().
    """

    logout = Signal()
    readiness = Signal()
    certificates = Signal()
    settings = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "top-bar")
        self.setFixedHeight(56)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(12)
        self._logo = QLabel()
        self._logo.setFixedSize(LOGO_SIZE, LOGO_SIZE)
        self._name = ShortenedLabel("card-title", "shell.company")
        self._product = label("", "secondary")
        row.addWidget(self._logo)
        row.addWidget(self._name)
        row.addWidget(self._product)
        row.addStretch(1)
        self._readiness = button("", "state", "shell.readiness", self.readiness.emit)
        self._readiness.setIconSize(QSize(14, 14))
        self._readiness.hide()
        certificates = button("我的证书", "link-quiet", "shell.certificates", self.certificates.emit)
        settings = button("设置", "link-quiet", "shell.settings", self.settings.emit)
        for place in (self._readiness, certificates, settings):
            place.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # whoever comes back goes on typing where one was
            row.addWidget(place)
        self._person = ShortenedLabel("secondary", "shell.person")
        row.addWidget(self._person)
        self._logout = button("退出登录", "link", "shell.logout", self.logout.emit)
        row.addWidget(self._logout)
        self.set_person("")
        self.set_company("", None)

    def set_company(self, name: str, logo_png: bytes | None) -> None:
        """Show a company; without a name the product alone."""
        self._name.set_whole(name or "期货互联网开户云")
        self._product.setText("期货互联网开户云" if name else "")
        self._logo.setPixmap(_logo(name, logo_png, self.devicePixelRatioF()))

    def set_person(self, text: str) -> None:
        """Show who is logged in, masked; empty when nobody is."""
        self._person.set_whole(text)
        self._person.setVisible(bool(text))
        self._logout.setVisible(bool(text))

    def set_readiness(self, text: str, state: str) -> None:
        """Say how the PC is; state: ok, warn, error, or empty while it is being looked at."""
        tokens = Theme.current
        sign, colour = {
            "ok": ("circle-check", tokens.ok),
            "warn": ("triangle-alert", tokens.warn),
            "error": ("circle-alert", tokens.error),
        }.get(state, ("loader-circle", tokens.text_secondary))
        self._readiness.setText(text)
        self._readiness.setIcon(icon(sign, colour, 14))
        self._readiness.setAccessibleName(f"设备检测：{text}")
        self._readiness.setToolTip("设备检测")
        set_property(self._readiness, "state", state)
        self._readiness.show()

    def set_compact(self, compact: bool) -> None:
        """Leave out what a narrow window has no room for."""
        self._product.setVisible(not compact)


def _logo(name: str, logo_png: bytes | None, ratio: float) -> QPixmap:
    size = round(LOGO_SIZE * ratio)
    picture = png_pixmap(logo_png or b"")
    if not picture.isNull():
        picture = picture.scaled(
            size, size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    else:
        picture = _initial(name[:1] or "开", size)
    picture.setDevicePixelRatio(ratio)
    return picture


def _initial(letter: str, size: int) -> QPixmap:
    picture = QPixmap(size, size)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(Theme.current.primary))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(picture.rect(), size * 0.2, size * 0.2)
    font = QFont(painter.font())
    font.setPixelSize(round(size * 0.5))
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(picture.rect(), Qt.AlignmentFlag.AlignCenter, letter)
    painter.end()
    return picture
