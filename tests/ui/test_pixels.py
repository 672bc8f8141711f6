"""Images made out of pixels that are gone afterwards."""

from __future__ import annotations

import os

from qtpy.QtGui import QColor, QImage

from kaihu_desktop.ui.pixels import image_of

RGBX = QImage.Format.Format_RGBX8888


def test_an_image_keeps_its_own_pixels() -> None:
    width, height, stride = 700, 500, 704
    made = [
        image_of(bytes((number, 20, 30, 255)) * (stride * height), width, height, stride * 4, RGBX)
        for number in range(8)
    ]
    os.urandom(stride * height * 4)  # writes where the pixels were
    for number, image in enumerate(made):
        assert (image.width(), image.height()) == (width, height)
        corners = ((0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1))
        assert [image.pixelColor(x, y) for x, y in corners] == [QColor(number, 20, 30)] * 4
