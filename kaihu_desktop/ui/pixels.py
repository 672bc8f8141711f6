"""Makes Qt images out of pixels that others hold."""

from __future__ import annotations

from dataclasses import dataclass

from qtpy.QtCore import QBuffer, QByteArray, QIODevice
from qtpy.QtGui import QImage, QImageReader, QPixmap

#: Logos and captchas from a server are at most this wide and high (pixels).
PICTURE_SIDE = 2048


@dataclass(frozen=True)
class Pixels:
    """A picture as any thread may make and hold it, for it is nothing of Qt's.

    data: `height` rows of `stride` bytes each. layout: of a pixel's bytes.
    """

    data: bytes | memoryview
    width: int
    height: int
    stride: int
    layout: QImage.Format

    def image(self) -> QImage:
        """An image over these pixels, for the UI thread; it must not outlive them."""
        return QImage(self.data, self.width, self.height, self.stride, self.layout)


def image_of(
    pixels: bytes | memoryview, width: int, height: int, stride: int, layout: QImage.Format
) -> QImage:
    """An image with a copy of `pixels`: `height` rows, `stride` bytes from one to the next.

    PySide2's QImage takes no hold on the memory that it is made over: here it lives until it is copied.
    """
    return QImage(pixels, width, height, stride, layout).copy()


def png_pixmap(data: bytes) -> QPixmap:
    """A picture from a server; a null one when it is no PNG, or a larger one than `PICTURE_SIDE` allows.

    A few kilobytes may hold a picture that takes gigabytes: its size is looked at before it is decoded.
    """
    if not data:
        return QPixmap()  # libpng would complain on the error output
    held = QByteArray(data)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"png"))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    small = size.isValid() and max(size.width(), size.height()) <= PICTURE_SIDE
    image = reader.read() if small else QImage()
    return QPixmap.fromImage(image) if not image.isNull() else QPixmap()
