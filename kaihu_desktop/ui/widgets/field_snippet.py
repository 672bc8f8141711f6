"""The part of a card picture that a value was read from, shown beside the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qtpy.QtCore import QRectF, QSize, QSizeF, Qt
from qtpy.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent
from qtpy.QtWidgets import QSizePolicy, QWidget

from kaihu_desktop.ui.theme import Theme
from kaihu_desktop.ui.widgets.pictures import fitted, to_qimage

if TYPE_CHECKING:
    from kaihu_desktop.ui.widgets.pictures import Box
    from kaihu_desktop.vision.arrays import BgrImage

#: Height on the screen of one line and of several; a part higher than this share of the card has several.
ONE_LINE, SEVERAL_LINES, HIGH = 40, 68, 0.11

#: The part is cut a little larger than the field (share of the field's height).
MARGIN = 0.3


class FieldSnippet(QWidget):
    """A strip of the card, as high as an input field."""

    def __init__(self, name: str, title: str, width: int = 150) -> None:
        super().__init__()
        self.setObjectName(name)
        self._title, self._width = title, width
        self._part: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(min(width, 72))
        self.setMaximumWidth(width)
        self.clear()

    def clear(self) -> None:
        """Nothing was read for this field."""
        self._part = None
        self.setFixedHeight(ONE_LINE)
        self.setAccessibleName(f"{self._title}的照片截图，没有识别到")
        self.update()

    def show_part(self, image: BgrImage, box: Box) -> None:
        """Show the part (x, y, width, height) of a BGR array."""
        x, y, width, height = box
        margin = round(height * MARGIN)
        rows = slice(max(y - margin, 0), y + height + margin)
        columns = slice(max(x - 2 * margin, 0), x + width + 2 * margin)
        part = image[rows, columns]
        if not part.size:
            self.clear()
            return
        self._part = to_qimage(part)
        self.setFixedHeight(SEVERAL_LINES if height > HIGH * image.shape[0] else ONE_LINE)
        self.setAccessibleName(f"{self._title}的照片截图")
        self.update()

    @property
    def empty(self) -> bool:
        """Whether no part is shown."""
        return self._part is None

    def sizeHint(self) -> QSize:
        return QSize(self._width, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, tokens = QPainter(self), Theme.current
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QPainterPath()
        place.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.fillPath(place, QColor(tokens.ground))
        if self._part is None:
            painter.setPen(QColor(tokens.text_hint))
            font = painter.font()
            font.setPixelSize(12)
            painter.setFont(font)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "未识别到")
            return
        painter.setClipPath(place)
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawImage(fitted(QSizeF(self._part.size()), room), self._part)
