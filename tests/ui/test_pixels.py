"""Images made out of pixels that are gone afterwards."""

from __future__ import annotations

import os

import pytest
from qtpy.QtGui import QColor, QImage
from qtpy.QtWidgets import QApplication

from kaihu_desktop.ui.pixels import PICTURE_SIDE, image_of, png_pixmap
from kaihu_desktop.ui.widgets.pictures import bgra_of, png_of

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


def _png(side: int) -> bytes:
    return png_of(bgra_of(QImage(side, 8, QImage.Format.Format_Mono)))


def test_a_picture_from_outside_is_shown(qapp: QApplication) -> None:
    assert png_pixmap(_png(PICTURE_SIDE)).width() == PICTURE_SIDE


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", b"/* XPM */", _png(8)[:40], _png(PICTURE_SIDE + 1)],
    ids=["empty", "no picture", "another format", "cut", "too large"],
)
def test_a_picture_from_outside_that_is_no_small_png_is_nothing(qapp: QApplication, data: bytes) -> None:
    assert png_pixmap(data).isNull()
