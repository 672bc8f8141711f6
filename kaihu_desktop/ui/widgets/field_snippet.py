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

#: What stands in the strip without a part: while the card is read, and when nothing was found.
READING, NOT_FOUND = "识别中…", "未识别到"


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
        self.text = ""
        self.clear()

    def clear(self, text: str = "") -> None:
        """Show no part, but `text` in its place: `READING`, `NOT_FOUND`, or nothing before it is read."""
        self._part, self.text = None, text
        self.setFixedHeight(ONE_LINE)
        self.setAccessibleName(f"{self._title}的照片截图，{text}" if text else f"{self._title}的照片截图")
        self.update()

    def show_part(self, image: BgrImage, box: Box) -> None:
        """Show the part (x, y, width, height) of a BGR array."""
        x, y, width, height = box
        margin = round(height * MARGIN)
        rows = slice(max(y - margin, 0), y + height + margin)
        columns = slice(max(x - 2 * margin, 0), x + width + 2 * margin)
        part = image[rows, columns]
        if not part.size:
            self.clear(NOT_FOUND)
            return
        self._part, self.text = to_qimage(part), ""
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
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text)
            return
        painter.setClipPath(place)
        room = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.drawImage(fitted(QSizeF(self._part.size()), room), self._part)
