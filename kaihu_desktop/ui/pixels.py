"""Makes Qt images out of pixels that others hold."""

from __future__ import annotations

from qtpy.QtGui import QImage


def image_of(
    pixels: bytes | memoryview, width: int, height: int, stride: int, layout: QImage.Format
) -> QImage:
    """An image with a copy of `pixels`: `height` rows, `stride` bytes from one to the next.

    PySide2's QImage takes no hold on the memory that it is made over: here it lives until it is copied.
    """
    return QImage(pixels, width, height, stride, layout).copy()
