"""QR codes: what is drawn can be read."""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.qr_code import draw_qr_code, read_qr_code


def test_a_drawn_code_is_read() -> None:
    modules = np.kron(draw_qr_code("kaihu://company/8888"), np.ones((8, 8), np.uint8))
    assert read_qr_code(cv2.cvtColor(modules, cv2.COLOR_GRAY2BGR)) == "kaihu://company/8888"


def test_a_picture_without_a_code() -> None:
    assert read_qr_code(np.full((200, 300, 3), 255, np.uint8)) is None


def test_a_drawn_code_has_a_light_margin() -> None:
    modules = draw_qr_code("https://app.example.com/8888")
    assert modules.dtype == np.uint8
    assert modules[:2].min() == modules[:, :2].min() == 255
