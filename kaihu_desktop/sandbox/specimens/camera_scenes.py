"""What may lie before the pretended camera: each scene as pictures, most of which repeat for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from kaihu_desktop.sandbox.specimens.backgrounds import paint_background
from kaihu_desktop.sandbox.specimens.cards import (
    SpecimenBankCard,
    SpecimenPerson,
    render_bank_card,
    render_id_emblem,
    render_id_portrait,
    render_signature_sheet,
)
from kaihu_desktop.sandbox.specimens.photograph import HELD, Condition, camera_sequence

Image = Any  # numpy uint8 H×W×3, BGR

SIZE = (1280, 720)
ARRIVING, STEADY = 6, 12  # pictures of a card that comes into view, and those that then repeat for ever
BANK_CARD = SpecimenBankCard("中国建设银行", "6217002430000099995", "ZHANG YANGBEN")


@dataclass(frozen=True)
class Scene:
    """title: for the page with buttons. paint: makes the pictures, of which the last `STEADY` repeat.

    None in place of `paint` for a camera that gives no picture: it hangs (``stalled``) or is gone
    (``unplugged``).
    """

    title: str
    paint: Callable[[SpecimenPerson], list[Image]] | None


def _held(render: Callable[[SpecimenPerson], Image], manner: Condition = HELD) -> Any:
    """A card pushed into view and held there."""
    return lambda person: list(camera_sequence(render(person), 7, ARRIVING + STEADY, SIZE, manner))


def _portrait(**manner: Any) -> Any:
    return _held(render_id_portrait, replace(HELD, **manner))


def _sheet(person: SpecimenPerson) -> list[Image]:
    sheet = render_signature_sheet(person.name)
    upper = sheet[: sheet.shape[1] * 7 // 10]  # the part of the sheet that a person holds to the camera
    scale = SIZE[1] * 0.86 / upper.shape[0]
    paper = cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scene = _table()
    left, top = (SIZE[0] - paper.shape[1]) // 2, (SIZE[1] - paper.shape[0]) // 2
    scene[top : top + paper.shape[0], left : left + paper.shape[1]] = paper * 0.94
    return _seen(scene)


def _photocopy(person: SpecimenPerson) -> Image:
    """The card as a copier prints it: grey, hard, in dots."""
    grey = cv2.cvtColor(render_id_portrait(person)[:, :, :3], cv2.COLOR_BGR2GRAY).astype(np.float32)
    hard = np.clip((grey - 128) * 1.5 + 118, 0, 255)
    y, x = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]].astype(np.float32)
    dots = 14 * np.sin((x + y) * 1.1) * np.sin((x - y) * 1.1)
    return np.repeat(np.clip(hard + dots, 12, 232)[:, :, None], 3, axis=2).astype(np.uint8)


def _table() -> Image:
    return paint_background("wood", SIZE, np.random.default_rng(7)) * np.float32(0.55)


def _seen(scene: Image) -> list[Image]:
    """Pictures (uint8) of a scene that doesn't move: a sensor's noise makes no two of them alike."""
    chance = np.random.default_rng(7)
    noises = (chance.normal(0, 1.5, scene.shape).astype(np.float32) for _ in range(STEADY))
    return [np.clip(scene + noise, 0, 255).astype(np.uint8) for noise in noises]


SCENES: dict[str, Scene] = {
    "id_portrait": Scene("身份证人像面", _portrait()),
    "id_portrait_glare": Scene("人像面：反光", _portrait(glare=3)),
    "id_portrait_far": Scene("人像面：太远", _portrait(fill=(0.3, 0.3))),
    "id_portrait_low_contrast": Scene("人像面：背景相近", _portrait(tables=("plain",), contrast=(-1, -1))),
    "id_portrait_dark": Scene("人像面：太暗", _portrait(exposure=(0.3, 0.3), noise=(4, 4))),
    "id_portrait_blur": Scene("人像面：模糊", _portrait(blur=(5, 5))),
    "id_portrait_copy": Scene("人像面：复印件", _held(_photocopy)),
    "id_emblem": Scene("身份证国徽面", _held(render_id_emblem)),
    "signature": Scene("签名纸", _sheet),
    "bank_card": Scene("银行卡", _held(lambda person: render_bank_card(BANK_CARD))),
    "empty": Scene("空桌面", lambda person: _seen(_table())),
    "black": Scene("全黑", lambda person: _seen(np.full((*SIZE[::-1], 3), 1, np.float32))),
    "frozen": Scene("画面定住", lambda person: _seen(_table())[:1]),
    "stalled": Scene("不再出画面", None),
    "unplugged": Scene("拔掉摄像头", None),
}
