"""Grey bars where contents will be; they appear when loading takes a while."""

from __future__ import annotations

from qtpy.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from qtpy.QtGui import QColor, QPainter, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.tasks import QUIET_MS
from kaihu_desktop.ui.theme import Theme

#: Width of each bar as a share of the whole, top to bottom.
BARS = (0.28, 0.92, 0.86, 0.62)


class Skeleton(QWidget):
    """Shown after `QUIET_MS`, so that quick answers don't make it flash."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName("正在读取…")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._visible = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET_MS)
        self._timer.timeout.connect(self._appear)

    def sizeHint(self) -> QSize:
        return QSize(320, 32 * len(BARS) + 32)

    def showEvent(self, event: QEvent) -> None:
        self._timer.start()

    def _appear(self) -> None:
        self._visible = True
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._visible:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(Theme.current.card))
        painter.drawRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setBrush(QColor(Theme.current.disabled))
        for number, share in enumerate(BARS):
            bar = QRectF(20, 20 + 32 * number, (self.width() - 40) * share, 16)
            painter.drawRoundedRect(bar, 5, 5)
