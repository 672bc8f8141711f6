"""A bank card drawn in the tone of its bank, with its name and masked number."""

from __future__ import annotations

from qtpy.QtCore import QRectF, QSize, Qt
from qtpy.QtGui import QColor, QFont, QLinearGradient, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

#: Tone of a bank's cards (dark, light); white text can be read on both.
TONES = {
    "ICBC": ("#9E2030", "#BF3A47"),
    "ABC": ("#0B6B5B", "#17806B"),
    "BOC": ("#8E1F35", "#B03A50"),
    "CCB": ("#0F5AA0", "#2272BF"),
    "COMM": ("#163A7A", "#2C5BA8"),
    "CMB": ("#A3262B", "#BF3F44"),
    "SPDB": ("#15497F", "#2A67A6"),
    "CMBC": ("#1D5F73", "#2C7488"),
    "CIB": ("#1B4E8C", "#2F6BB0"),
    "SPABANK": ("#A8481A", "#B55A25"),
    "CEB": ("#5B2A78", "#7A4598"),
}
PLAIN = ("#3B4656", "#566274")
ASPECT = 1000 / 630


class DrawnCard(QWidget):
    """A picture for the eye only; what it says stands in the accessible name too."""

    def __init__(self, name: str, bank_code: str, bank_name: str, number: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(f"{bank_name} 借记卡 {number}")
        self._tone = TONES.get(bank_code, PLAIN)
        self._bank, self._number = bank_name, number
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(132)
        self.setMinimumWidth(200)

    def sizeHint(self) -> QSize:
        return QSize(320, 132)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = QRectF(self.rect())
        tone = QLinearGradient(place.topLeft(), place.bottomRight())
        tone.setColorAt(0, QColor(self._tone[0]))
        tone.setColorAt(1, QColor(self._tone[1]))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tone)
        painter.drawRoundedRect(place, 8, 8)
        inside = place.adjusted(16, 14, -16, -16)
        painter.setPen(QColor("white"))
        painter.setFont(self._font(14, QFont.Weight.Normal))
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, top, f"{self._bank} · 借记卡")
        painter.setFont(self._font(20 if self.width() >= 260 else 16, QFont.Weight.DemiBold))
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.drawText(inside, bottom, self._number)

    def _font(self, size: int, weight: QFont.Weight) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(size)
        font.setWeight(weight)
        return font
