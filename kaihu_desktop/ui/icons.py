"""Icons of one family (Lucide, SVG), tinted with a colour of the theme."""

from __future__ import annotations

from functools import lru_cache

from qtpy.QtCore import QByteArray, QRectF, Qt
from qtpy.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from qtpy.QtSvg import QSvgRenderer

from kaihu_desktop.resources import resource


def pixmap(name: str, colour: str, size: int = 18) -> QPixmap:
    """The icon `name` in a colour (#RRGGBB), `size` device-independent pixels wide and high."""
    return _pixmap(name, colour, size, QGuiApplication.primaryScreen().devicePixelRatio())


def icon(name: str, colour: str, size: int = 18) -> QIcon:
    """The same as a QIcon, for buttons."""
    return QIcon(pixmap(name, colour, size))


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    drawing = resource("icons", f"{name}.svg").read_text(encoding="utf-8").replace("currentColor", colour)
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(
        painter, QRectF(0, 0, picture.width(), picture.height())
    )
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
