"""Paints the tables that specimen cards lie on: plain, wood, cloth, stone, papers, keyboards, clutter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

Image = Any  # numpy uint8 or float32 array, H×W×3, BGR
Chance = np.random.Generator


def paint_background(kind: str, size: tuple[int, int], chance: Chance) -> Image:
    """Return a table of the `kind` (a key of `PAINTERS`) as float32 H×W×3 BGR; size = (width, height)."""
    width, height = size
    canvas = PAINTERS[kind](max(width, height) * 5 // 4, chance)
    side = canvas.shape[0]
    # seen turned and slightly from the side, so that nothing runs parallel to the picture by habit
    angle = chance.uniform(-40, 40) if kind != "plain" else 0.0
    turn = np.vstack(
        [cv2.getRotationMatrix2D((side / 2, side / 2), angle, chance.uniform(1.25, 1.6)), [0, 0, 1]]
    )
    lean = np.eye(3)
    lean[2, :2] = chance.uniform(-0.12, 0.12, 2) / side
    move = np.array([[1, 0, (width - side) / 2], [0, 1, (height - side) / 2], [0, 0, 1.0]])
    return cv2.warpPerspective(canvas, move @ lean @ turn, size, borderMode=cv2.BORDER_REFLECT)


def smooth_noise(height: int, width: int, cells_y: float, cells_x: float, chance: Chance) -> Image:
    """Smooth random field H×W, float32, about −1 … 1, with so many cells down and across."""
    coarse = chance.normal(0, 0.5, (max(2, round(cells_y)), max(2, round(cells_x)))).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def random_colour(chance: Chance, low: float = 20, high: float = 240) -> Image:
    """A random BGR colour that is more often greyish than bright."""
    grey = chance.uniform(low, high)
    return np.clip(grey + chance.normal(0, 28, 3), 5, 250).astype(np.float32)


def _flat(side: int, colour: Image) -> Image:
    return np.broadcast_to(np.asarray(colour, np.float32), (side, side, 3)).copy()


def _plain(side: int, chance: Chance) -> Image:
    table = _flat(side, random_colour(chance))
    return table + smooth_noise(side, side, 3, 3, chance)[:, :, None] * 8


def _wood(side: int, chance: Chance) -> Image:
    light = np.array([chance.uniform(60, 150), chance.uniform(100, 180), chance.uniform(140, 220)])
    grain = smooth_noise(side, side, 160, 4, chance) + 0.6 * smooth_noise(side, side, 500, 9, chance)
    table = _flat(side, light) * (1 + 0.13 * grain[:, :, None])
    if chance.random() < 0.6:  # planks
        width = int(chance.uniform(0.12, 0.3) * side)
        for row in range(int(chance.uniform(0, width)), side, width):
            table[row : row + int(chance.integers(2, 6))] *= 0.45
    return table


def _cloth(side: int, chance: Chance) -> Image:
    colour, period = random_colour(chance), chance.uniform(4, 12)
    ramp = np.arange(side, dtype=np.float32) * (2 * np.pi / period)
    weave = np.sin(ramp)[:, None] * np.sin(ramp)[None, :]
    table = _flat(side, colour) * (1 + 0.10 * weave[:, :, None])
    if chance.random() < 0.6:  # plaid
        for axis in (0, 1):
            for _ in range(int(chance.integers(3, 9))):
                start, width = chance.integers(0, side), chance.integers(15, 110)
                band = (
                    (slice(start, start + width),)
                    if axis == 0
                    else (slice(None), slice(start, start + width))
                )
                table[band] = table[band] * 0.6 + random_colour(chance) * 0.4
    return table


def _stone(side: int, chance: Chance) -> Image:
    field = sum(smooth_noise(side, side, 4 * 2**k, 4 * 2**k, chance) / 1.6**k for k in range(6))
    table = _flat(side, random_colour(chance, 60, 230)) * (1 + 0.16 * np.asarray(field)[:, :, None])
    veins = np.abs(smooth_noise(side, side, 7, 7, chance)) < 0.012
    table[veins] *= chance.uniform(0.6, 1.3)
    return table


def _tiles(side: int, chance: Chance) -> Image:
    table = _plain(side, chance)
    joint, pitch, width = random_colour(chance), int(chance.uniform(120, 420)), int(chance.integers(3, 10))
    for start in range(0, side, pitch):
        table[start : start + width] = joint
        table[:, start : start + width] = joint
    return table


def _papers(side: int, chance: Chance) -> Image:
    table = _wood(side, chance) if chance.random() < 0.5 else _plain(side, chance)
    for _ in range(int(chance.integers(1, 5))):
        width = int(chance.uniform(0.3, 0.7) * side)
        sheet = np.full((int(width * 1.414), width, 3), chance.uniform(215, 250), np.float32)
        for row in range(60, sheet.shape[0] - 60, int(chance.integers(22, 44))):
            x = 50
            while x < width - 80:
                length = int(chance.integers(12, 90))
                sheet[row : row + 9, x : min(x + length, width - 50)] = chance.uniform(30, 110)
                x += length + int(chance.integers(6, 16))
        _lay(table, sheet, chance)
    return table


def _keyboard(side: int, chance: Chance) -> Image:
    table = _flat(side, random_colour(chance, 20, 120))
    pitch = int(chance.uniform(70, 130))
    key, legend = random_colour(chance, 20, 235), random_colour(chance, 100, 250)
    for y in range(0, side, pitch):
        shift = int(chance.integers(0, pitch))
        for x in range(-shift, side, pitch):
            cv2.rectangle(table, (x + 5, y + 5), (x + pitch - 6, y + pitch - 6), key.tolist(), -1)
            for _ in range(3):  # the legend, as strokes
                ends = (chance.uniform(0.25, 0.5, 4) * pitch).astype(int) + np.array([x, y, x, y])
                cv2.line(table, ends[:2].tolist(), ends[2:].tolist(), legend.tolist(), 2)
    return table


def _clutter(side: int, chance: Chance) -> Image:
    first = ("_plain", "_wood", "_cloth", "_papers")[int(chance.integers(0, 4))]
    table = globals()[first](side, chance)
    for _ in range(int(chance.integers(6, 22))):
        size = chance.uniform(0.04, 0.4, 2) * side
        thing = _flat(max(8, int(size.max())), random_colour(chance))[
            : max(8, int(size[1])), : max(8, int(size[0]))
        ]
        for _ in range(int(chance.integers(0, 7))):
            corner = chance.integers(0, max(thing.shape[:2]), 4)
            colour = random_colour(chance).tolist()
            cv2.rectangle(
                thing, corner[:2].tolist(), corner[2:].tolist(), colour, int(chance.choice([-1, 2, 4]))
            )
        _lay(table, np.ascontiguousarray(thing), chance)
    for _ in range(int(chance.integers(2, 9))):  # pens and cables
        ends = chance.integers(0, side, 4)
        cv2.line(
            table,
            ends[:2].tolist(),
            ends[2:].tolist(),
            random_colour(chance).tolist(),
            int(chance.integers(4, 26)),
        )
    for _ in range(int(chance.integers(0, 4))):  # cups and coins
        centre, radius = chance.integers(0, side, 2), int(chance.integers(20, 160))
        cv2.circle(
            table, centre.tolist(), radius, random_colour(chance).tolist(), int(chance.choice([-1, 8]))
        )
    return table


def _lay(table: Image, thing: Image, chance: Chance) -> None:
    """Put a rectangular thing on the table, turned and somewhere, with a soft shadow."""
    side, (height, width) = table.shape[0], thing.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), chance.uniform(-90, 90), 1)
    matrix[:, 2] += chance.uniform(0, side, 2) - (width / 2, height / 2)
    mask = cv2.warpAffine(np.ones((height, width), np.float32), matrix, (side, side), flags=cv2.INTER_LINEAR)
    shadow = cv2.blur(np.roll(mask, chance.integers(-8, 9, 2), (0, 1)), (17, 17))
    table *= (1 - 0.3 * shadow)[:, :, None]
    placed = cv2.warpAffine(thing, matrix, (side, side), flags=cv2.INTER_LINEAR)
    table *= (1 - mask)[:, :, None]
    table += placed


PAINTERS: dict[str, Callable[[int, Chance], Image]] = {
    "plain": _plain,
    "wood": _wood,
    "cloth": _cloth,
    "stone": _stone,
    "tiles": _tiles,
    "papers": _papers,
    "keyboard": _keyboard,
    "clutter": _clutter,
}
