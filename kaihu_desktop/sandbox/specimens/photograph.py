"""Photographs specimen cards as a webcam would: pose, table, light, lens, sensor and JPEG, all from a seed.

The camera is a pinhole of random focal length (0.75–1.3 picture widths) with a slightly distorting lens; the
card is an ID-1 rectangle with corners rounded to 3.18 mm (ISO/IEC 7810), so the true corners are known to a
fraction of a pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from kaihu_desktop.sandbox.specimens.backgrounds import Chance, Image, paint_background

CARD_MM = (85.60, 53.98)
CORNER_RADIUS_MM = 3.18
DISTORTION = 0.045  # largest radial distortion: share of the radius, at a radius of one picture width
ANY_TABLE = ("plain", "wood", "cloth", "stone", "tiles", "papers", "keyboard", "clutter")


@dataclass(frozen=True)
class Condition:
    """How pictures of one kind are taken. Ranges are (low, high).

    fill: long side of the card over the picture's width. tilt, roll: degrees. any_way_up: the card may lie
    upside down or on its side. contrast: table's grey level minus that of the card's edge; None for any.
    blur: sigma in pixels at 1920 wide. exposure: share of the full light. noise: grey levels.
    """

    tables: tuple = ANY_TABLE
    fill: tuple = (0.35, 0.78)
    tilt: tuple = (0, 10)
    roll: tuple = (-14, 14)
    any_way_up: bool = False
    contrast: Any = None
    blur: tuple = (0.4, 1.0)
    exposure: tuple = (0.8, 1.08)
    noise: tuple = (1, 3)
    glare: int = 0
    fingers: int = 0


CONDITIONS = {
    "easy": Condition(tables=("plain", "wood", "stone", "cloth")),
    "perspective": Condition(tilt=(18, 42), roll=(-45, 45), any_way_up=True),
    "clutter": Condition(tables=("clutter", "keyboard", "papers", "tiles"), tilt=(0, 18), any_way_up=True),
    "low_contrast": Condition(tables=("plain",), contrast=(5, 18)),
    "glare": Condition(tilt=(0, 20), glare=3),
    "finger": Condition(tilt=(0, 18), fingers=2),
    "dark_noisy": Condition(exposure=(0.10, 0.28), noise=(4, 8)),
    "blur": Condition(blur=(2.2, 4.5)),
}


def photograph(card: Image, *, seed: int, condition: str, size: tuple = (1920, 1080)) -> tuple:
    """Photograph a flat card (uint8 H×W×3 or ×4, upright) under one of `CONDITIONS`.

    Returns (picture uint8 BGR of `size`, corners float32 4×2: TL, TR, BR, BL of the upright card in pixels,
    those of the full rectangle before rounding). The sides between them are bent by the lens, by a few pixels
    at most.
    """
    chance = np.random.default_rng([seed, sorted(CONDITIONS).index(condition)])
    return photograph_as(card, CONDITIONS[condition], chance, size)


def photograph_as(card: Image, manner: Condition, chance: Chance, size: tuple = (1920, 1080)) -> tuple:
    """Photograph a card as `photograph` does, in any manner."""
    bend = float(chance.uniform(-DISTORTION, DISTORTION))
    corners = _pose(manner, size, chance, bend=bend)
    table = _table(card, manner, size, chance)
    scene = _place(table, card, corners, chance)
    for _ in range(int(chance.integers(1, manner.fingers + 1)) if manner.fingers else 0):
        _finger(scene, corners, chance)
    scene *= _light(size, chance)
    for _ in range(int(chance.integers(1, manner.glare + 1)) if manner.glare else 0):
        _glare(scene, corners, chance)
    picture = _expose(_through_lens(scene, bend), manner, chance)
    return picture, _seen_through_lens(corners, size, bend).astype(np.float32)


def photograph_table(*, seed: int, size: tuple = (1920, 1080)) -> Image:
    """Photograph a table without a card on it, some with a finger or a lamp's reflection; uint8 BGR."""
    chance = np.random.default_rng([seed, 97])
    scene = paint_background(ANY_TABLE[seed % len(ANY_TABLE)], size, chance)
    manner = Condition(blur=(0.4, 2.0), exposure=(0.25, 1.08), noise=(1, 5))
    somewhere = _pose(Condition(tilt=(0, 30), any_way_up=True), size, chance)
    if chance.random() < 0.3:
        _finger(scene, somewhere, chance)
    scene *= _light(size, chance)
    if chance.random() < 0.3:
        _glare(scene, somewhere, chance)
    bend = float(chance.uniform(-DISTORTION, DISTORTION))
    return _expose(_through_lens(scene, bend), manner, chance)


def photograph_sheet(sheet: Image, *, seed: int, size: tuple = (1920, 1080)) -> Image:
    """Photograph a bent sheet of paper (uint8 H×W×3) lying on a table; returns uint8 BGR of `size`."""
    chance = np.random.default_rng([seed, 98])
    (height, width), wanted = sheet.shape[:2], np.array(size)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    share = np.array([[0.12, 0.06], [0.88, 0.08], [0.9, 0.93], [0.1, 0.9]]) + chance.normal(0, 0.015, (4, 2))
    matrix = cv2.getPerspectiveTransform(flat, (share * wanted).astype(np.float32))
    mask = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)[:, :, None]
    table = paint_background(str(chance.choice(["wood", "cloth", "stone"])), size, chance) * 0.7
    scene = table * (1 - mask) + cv2.warpPerspective(sheet.astype(np.float32), matrix, size) * mask
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    bend = np.sin(x / size[0] * chance.uniform(2, 5) + chance.uniform(0, 6))
    scene = cv2.remap(scene, x, y + bend * size[1] * 0.02, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    lit = scene * _light(size, chance) * (0.85 + 0.12 * bend[:, :, None])
    return _expose(lit, Condition(exposure=(0.7, 1.0)), chance)


#: A card held before a webcam over a table of dark wood; what goes wrong is added by `dataclasses.replace`.
HELD = Condition(
    tables=("wood",),
    fill=(0.62, 0.7),
    tilt=(2, 6),
    roll=(-4, 4),
    blur=(0.6, 0.6),
    exposure=(1, 1),
    noise=(1.5, 1.5),
)


def camera_sequence(
    card: Image, seed: int, frames: int, size: tuple = (1280, 720), manner: Condition = HELD
) -> Iterator[Image]:
    """Yield `frames` pictures (uint8 BGR) of a card that is pushed into view and then held almost still."""
    chance = np.random.default_rng([seed, 99])
    corners = _pose(manner, size, chance, centred=True)
    table = _table(card, manner, size, chance) * (0.55 if manner.contrast is None else 1)
    light, arrival = _light(size, chance), max(1, frames // 4)
    for number in range(frames):
        way = max(0.0, 1 - number / arrival) ** 2
        seen = corners + np.array([0.3, 1.1]) * size * way + chance.normal(0, 0.4, 2)
        scene = _place(table.copy(), card, seen, np.random.default_rng(seed)) * light
        lamps = np.random.default_rng([seed, 97])  # which stand still
        for _ in range(manner.glare):
            _glare(scene, seen, lamps)
        yield _expose(scene, manner, np.random.default_rng([seed, number]))


def _pose(manner: Condition, size: tuple, chance: Chance, centred: bool = False, bend: float = 0) -> Image:
    """Corners TL, TR, BR, BL, as a pinhole sees them, of a card that the lens shows wholly in the picture."""
    width = size[0]
    flat = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(CARD_MM) / 2
    for attempt in range(200):
        focal = chance.uniform(0.75, 1.3) * width
        roll = np.radians(
            chance.uniform(*manner.roll) + (chance.choice([0, 90, 180, 270]) if manner.any_way_up else 0)
        )
        tilt, toward = np.radians(chance.uniform(*manner.tilt)), chance.uniform(0, 2 * np.pi)
        axis = tilt * np.array([np.cos(toward), np.sin(toward), 0])
        turned = (
            cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0, 0, roll]))[0] @ np.c_[flat, np.zeros(4)].T
        )
        fill = chance.uniform(*manner.fill) * (1 - attempt / 400)
        distance = focal * CARD_MM[0] / (fill * width)
        # moved sideways in space: the optical axis stays in the middle of the picture
        aim = (0.0, 0.0) if centred else chance.uniform(-0.5, 0.5, 2) * np.array(size) * (1 - fill * 0.8)
        turned += np.array([aim[0] * distance / focal, aim[1] * distance / focal, distance])[:, None]
        seen = (focal * turned[:2] / turned[2]).T + np.array(size) / 2
        shown = _seen_through_lens(seen, size, bend)
        if all((place > 12).all() and (place < np.array(size) - 12).all() for place in (seen, shown)):
            return seen
    raise ValueError("no pose fits into the picture")


def _table(card: Image, manner: Condition, size: tuple, chance: Chance) -> Image:
    table = paint_background(str(chance.choice(manner.tables)), size, chance)
    if manner.contrast is None:
        return table
    height, width = card.shape[:2]
    rim = np.concatenate(
        [card[: height // 16, :, :3].reshape(-1, 3), card[:, : width // 16, :3].reshape(-1, 3)]
    )
    shift = chance.uniform(*manner.contrast) * chance.choice([-1, 1])
    grain = (table - table.mean(axis=(0, 1))) * 0.6
    return np.clip(np.median(rim, axis=0) * 0.93 + shift + chance.normal(0, 2, 3) + grain, 0, 250).astype(
        np.float32
    )


def _place(table: Image, card: Image, corners: Image, chance: Chance) -> Image:
    """Lay the card on the table with a soft shadow; float32, edges antialiased."""
    height, width = table.shape[:2]
    mask = _mask((width, height), corners)
    far = np.linalg.norm(corners[1] - corners[0]) / 40
    move = np.float32([[1, 0, chance.normal(0, far * 0.4)], [0, 1, abs(chance.normal(0, far * 0.4))]])
    reach = int(far * chance.uniform(0.3, 1)) * 2 + 1
    shadow = cv2.GaussianBlur(cv2.warpAffine(mask, move, (width, height)), (0, 0), reach / 3 + 0.5)
    table *= (1 - chance.uniform(0.05, 0.4) * shadow)[:, :, None]
    flat = _prepared(card, corners)
    scale = np.array([flat.shape[1], flat.shape[0]])
    source = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * scale - 0.5
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), corners.astype(np.float32))
    seen = cv2.warpPerspective(
        flat, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return table + (seen * np.float32(0.93) - table) * mask[:, :, None]


def _prepared(card: Image, corners: Image) -> Image:
    """The card's printing, shrunk to about its size in the picture so that warping doesn't alias."""
    flat = card[:, :, :3].astype(np.float32)
    share = (
        max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3])) / card.shape[1]
    )
    if share < 0.8:
        flat = cv2.resize(flat, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return flat


def _mask(size: tuple, corners: Image) -> Image:
    """Coverage 0 … 1 of each pixel by the rounded card, float32 H×W."""
    flat = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]) * CARD_MM
    matrix = cv2.getPerspectiveTransform(flat.astype(np.float32), corners.astype(np.float32))
    outline = cv2.perspectiveTransform(
        _rounded_outline()[None].astype(np.float64), matrix.astype(np.float64)
    )[0]
    fine = 4
    mask = np.zeros((size[1] * fine, size[0] * fine), np.uint8)
    points = np.round((outline + 0.5) * fine * 16 - 8).astype(np.int32)
    cv2.fillPoly(mask, [points], 255, shift=4)
    return cv2.resize(mask, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255


def _rounded_outline() -> Image:
    """The outline of an ID-1 card in millimetres, corners as arcs."""
    (width, height), radius = CARD_MM, CORNER_RADIUS_MM
    arc = np.linspace(0, np.pi / 2, 16)
    quarter = np.c_[-np.cos(arc), -np.sin(arc)] * radius
    parts, centres = [], [(radius, radius), (width - radius, radius)]
    centres += [(width - radius, height - radius), (radius, height - radius)]
    for number, centre in enumerate(centres):
        angle = number * np.pi / 2
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        parts.append(quarter @ turn.T + centre)
    return np.concatenate(parts)


def _finger(scene: Image, corners: Image, chance: Chance) -> None:
    """A fingertip that comes from outside and covers a part of one edge, in place."""
    side = int(chance.integers(0, 4))
    start, end = corners[side], corners[(side + 1) % 4]
    centre, share = corners.mean(axis=0), chance.uniform(0.15, 0.85)
    edge_point = start + (end - start) * share
    inward = (centre - edge_point) / np.linalg.norm(centre - edge_point)
    long_side = np.linalg.norm(corners[1] - corners[0])
    thick = long_side * chance.uniform(0.15, 0.22)
    tip = edge_point + inward * long_side * chance.uniform(-0.02, 0.1)
    turn = np.radians(chance.uniform(-35, 35))
    away = -inward @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    root = tip + away * long_side
    mask = np.zeros(scene.shape[:2], np.uint8)
    cv2.line(
        mask, np.round(tip).astype(int).tolist(), np.round(root).astype(int).tolist(), 255, max(3, int(thick))
    )
    soft = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32) / 255
    shade = cv2.GaussianBlur(mask, (0, 0), float(thick / 5)).astype(np.float32) / 255
    skin = np.array([chance.uniform(90, 150), chance.uniform(120, 180), chance.uniform(170, 230)], np.float32)
    colour = skin * (0.55 + 0.5 * shade)[:, :, None]
    scene *= (1 - 0.25 * shade * (1 - soft))[:, :, None]
    scene += (colour - scene) * soft[:, :, None]


def _light(size: tuple, chance: Chance) -> Image:
    """Uneven light and vignette as a factor, float32 H×W×1."""
    width, height = size
    x, y = np.meshgrid(
        np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    )
    angle, strength = chance.uniform(0, 2 * np.pi), chance.uniform(0, 0.2)
    ramp = 1 + strength * (np.cos(angle) * x + np.sin(angle) * y)
    vignette = 1 - chance.uniform(0, 0.12) * (x * x + y * y)
    return (ramp * vignette)[:, :, None].astype(np.float32)


def _glare(scene: Image, corners: Image, chance: Chance) -> None:
    """A lamp's reflection somewhere on the card, in place."""
    height, width = scene.shape[:2]
    weights = chance.dirichlet([1, 1, 1, 1])
    x0, y0 = weights @ corners
    long_side = np.linalg.norm(corners[1] - corners[0])
    radius = long_side * chance.uniform(0.05, 0.16, 2)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32) - x0, np.arange(height, dtype=np.float32) - y0)
    angle = chance.uniform(0, np.pi)
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    spot = np.exp(-((along / radius[0]) ** 2 + (across / radius[1]) ** 2).astype(np.float32))
    lit = _mask((width, height), corners) * 0.85 + 0.15  # the card shines, most tables hardly do
    scene += (chance.uniform(180, 420) * spot * lit)[:, :, None]


def _through_lens(scene: Image, bend: float) -> Image:
    """The picture that a lens makes of what a pinhole sees; bend > 0: barrel, < 0: pincushion."""
    height, width = scene.shape[:2]
    x = np.arange(width, dtype=np.float32)[None, :] - (width - 1) / 2
    y = np.arange(height, dtype=np.float32)[:, None] - (height - 1) / 2
    stretch = 1 + np.float32(bend / width**2) * (x * x + y * y)
    return cv2.remap(
        scene,
        (x * stretch + (width - 1) / 2).astype(np.float32),
        (y * stretch + (height - 1) / 2).astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )


def _seen_through_lens(places: Image, size: tuple, bend: float) -> Image:
    """Where the lens shows places (N×2, pixels) of the pinhole's picture: `_through_lens` the other way."""
    centre = (np.array(size) - 1) / 2
    ideal = places - centre
    shown = ideal
    for _ in range(8):  # converges fast: the bend is small
        shown = ideal / (1 + bend / size[0] ** 2 * (shown**2).sum(axis=1, keepdims=True))
    return shown + centre


def _expose(scene: Image, manner: Condition, chance: Chance) -> Image:
    """Lens blur, exposure, sensor noise and JPEG; uint8."""
    sigma = chance.uniform(*manner.blur) * scene.shape[1] / 1920
    if manner.blur[0] > 1 and chance.random() < 0.4:
        scene = _shake(scene, sigma * 4, chance)
    else:
        scene = cv2.GaussianBlur(scene, (0, 0), max(0.2, sigma))
    scene = scene * np.float32(chance.uniform(*manner.exposure))
    noise = chance.uniform(*manner.noise)
    shot = np.sqrt(np.clip(scene, 1, 255) / 128, dtype=np.float32) * 0.6 + 0.5
    scene += shot * chance.standard_normal(scene.shape, dtype=np.float32) * np.float32(noise)
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(78, 96))])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)


def _shake(scene: Image, length: float, chance: Chance) -> Image:
    size = int(length) | 1
    kernel = np.zeros((size, size), np.float32)
    kernel[size // 2] = 1
    matrix = cv2.getRotationMatrix2D((size // 2, size // 2), chance.uniform(0, 180), 1)
    kernel = cv2.warpAffine(kernel, matrix, (size, size))
    return cv2.filter2D(scene, -1, kernel / kernel.sum())
