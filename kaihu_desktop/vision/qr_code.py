"""Reads QR codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage


def read_qr_code(image: BgrImage) -> str | None:
    """The text of the first QR code in the picture (uint8 BGR H×W×3), None when there is none."""
    text, _, _ = cv2.QRCodeDetector().detectAndDecode(image)
    return str(text) or None
