"""Reads and draws QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from kaihu_desktop.vision.arrays import BgrImage


def read_qr_code(image: BgrImage) -> str | None:
    """The text of the first QR code in the picture (uint8 BGR H×W×3), None when there is none."""
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text) or None


def draw_qr_code(text: str) -> NDArray[Any]:
    """The modules of a QR code as uint8 H×W, one pixel each (0 dark, 255 light), margin of 2 included."""
    modules: NDArray[Any] = cv2.QRCodeEncoder.create().encode(text)
    return modules
