"""QR codes that others drew are read."""

from __future__ import annotations

import cv2
import numpy as np
import segno

from kaihu_desktop.vision.qr_code import read_qr_code


def test_a_code_is_read() -> None:
    rows = [
        [0 if dark else 255 for dark in row] for row in segno.make_qr("kaihu://company/8888").matrix_iter()
    ]
    modules = np.kron(np.array(rows, np.uint8), np.ones((8, 8), np.uint8))
    assert read_qr_code(cv2.cvtColor(modules, cv2.COLOR_GRAY2BGR)) == "kaihu://company/8888"


def test_a_picture_without_a_code() -> None:
    assert read_qr_code(np.full((200, 300, 3), 255, np.uint8)) is None
