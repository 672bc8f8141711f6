"""Photographs of made-up signatures on paper, with the true place of every drop of ink.

The strokes are random: they look like handwriting and are nobody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from kaihu_desktop.sandbox.specimens.backgrounds import Chance, Image, paint_background, smooth_noise

SHEET = (1480, 1040)  # width, height of half an A4 sheet; 7 pixels are a millimetre
PER_MM = 7.0
INKS = {
    "black": ((30, 28, 28), 0.92),
    "blue": ((150, 60, 30), 0.85),
    "blue-black": ((80, 45, 35), 0.9),
    "red": ((50, 40, 190), 0.85),
    "green": ((70, 110, 30), 0.85),
}


@dataclass(frozen=True)
class Manner:
    """How a sheet is written and photographed. Ranges are (low, high).

    inks: of `INKS`. pen: width in mm. strength: how well the pen covers. ruling: ``lines`` or ``squares``.
    shadow: ``hand``, ``pen`` or none. bend: height of the paper's waves. tables: what it lies on.
    exposure, noise, blur: as in `photograph.Condition`. writing: ``name``, ``name and text`` or none.
    """

    inks: tuple = ("black", "blue-black")
    pen: tuple = (0.5, 0.9)
    strength: tuple = (0.85, 1.0)
    ruling: str = ""
    shadow: str = ""
    bend: tuple = (0.0, 0.012)
    tables: tuple = ("wood", "cloth", "stone")
    exposure: tuple = (0.75, 1.0)
    noise: tuple = (1, 3)
    blur: tuple = (0.5, 1.0)
    writing: str = "name"


MANNERS = {
    "plain": Manner(),
    "thin ball pen": Manner(inks=("blue", "black"), pen=(0.28, 0.4), strength=(0.55, 0.8)),
    "coloured ink": Manner(inks=("red", "green", "blue")),
    "lined paper": Manner(ruling="lines", pen=(0.4, 0.8)),
    "squared paper": Manner(ruling="squares", pen=(0.4, 0.8)),
    "bent paper": Manner(bend=(0.02, 0.04)),
    "hand's shadow": Manner(shadow="hand"),
    "pen's shadow": Manner(shadow="pen"),
    "low light": Manner(exposure=(0.14, 0.3), noise=(4, 8)),
    "white table": Manner(tables=("white",)),
    "blur": Manner(blur=(1.8, 2.6)),
    "with text": Manner(writing="name and text"),
    "blank": Manner(writing="", ruling=""),
    "blank, lined": Manner(writing="", ruling="lines"),
}


def signed_sheet(seed: int, manner: str, size: tuple = (1920, 1080)) -> tuple[Image, Image]:
    """Photograph a sheet of one of `MANNERS`.

    Returns (picture uint8 BGR of `size`, the name's ink: int32 H×W, 0 for none, else the stroke's number).
    """
    how, chance = MANNERS[manner], np.random.default_rng([seed, 96, sorted(MANNERS).index(manner)])
    paper = _paper(how, chance)
    strokes = np.zeros(SHEET[::-1], np.int32)
    if how.writing:
        strokes = _write(paper, how, chance)
    if how.writing == "name and text":
        _print_text(paper, chance)
    picture, strokes = _lay(paper, strokes, how, size, chance)
    return _expose(picture, how, chance), strokes


def _paper(how: Manner, chance: Chance) -> Image:
    colour = chance.uniform(232, 252) + chance.normal(0, 3, 3) + np.array([-3, 0, 2])
    paper = np.broadcast_to(np.minimum(colour, 254).astype(np.float32), (SHEET[1], SHEET[0], 3)).copy()
    paper += smooth_noise(SHEET[1], SHEET[0], 90, 120, chance)[:, :, None] * 1.5
    if not how.ruling:
        return paper
    pitch = int(chance.uniform(7, 9.5) * PER_MM if how.ruling == "lines" else chance.uniform(4, 6) * PER_MM)
    faint = np.array(
        [[225, 190, 160], [190, 190, 190], [180, 200, 225]][int(chance.integers(0, 3))], np.float32
    )
    faint += chance.uniform(-25, 10)
    width = int(chance.integers(1, 3))
    for y in range(int(chance.integers(10, pitch)), SHEET[1], pitch):
        cv2.line(paper, (0, y), (SHEET[0], y), faint.tolist(), width)
    if how.ruling == "squares":
        for x in range(int(chance.integers(10, pitch)), SHEET[0], pitch):
            cv2.line(paper, (x, 0), (x, SHEET[1]), faint.tolist(), width)
    return paper


def _write(paper: Image, how: Manner, chance: Chance) -> Image:
    """Write two to four characters on the paper, in place; returns the number of each pixel's stroke."""
    colour, cover = INKS[str(chance.choice(how.inks))]
    count, strokes = int(chance.integers(2, 5)), np.zeros(paper.shape[:2], np.int32)
    side = min(chance.uniform(0.17, 0.24), 0.8 / count) * SHEET[0]
    left = (SHEET[0] - count * side * 1.05) / 2 + chance.normal(0, 30)
    top = SHEET[1] * chance.uniform(0.36, 0.5)
    thick, strength = chance.uniform(*how.pen) * PER_MM, chance.uniform(*how.strength) * cover
    for number in range(count):
        corner = np.array([left + number * side * 1.05, top + chance.normal(0, side * 0.06)])
        for points in _character(chance):
            _stroke(paper, strokes, points * side * 0.94 + corner, (thick, strength, colour), chance)
    return strokes


def _character(chance: Chance) -> list[Image]:
    """Strokes in a unit square: across, down, falling, dots; some joined as in running hand."""
    made: list[Image] = []
    t = np.linspace(0, 1, 40)[:, None]
    for _ in range(int(chance.integers(4, 11))):
        kind = chance.choice(["across", "down", "left", "right", "dot", "hook"])
        length = chance.uniform(0.25, 0.85) if kind != "dot" else chance.uniform(0.05, 0.1)
        way = {"across": (1, -0.08), "down": (0.02, 1), "left": (-0.6, 0.8), "right": (0.7, 0.7)}
        toward = np.array(way.get(str(kind), (0.5, 0.8))) * length
        start = chance.uniform(0.05, 0.95, 2) - toward / 2
        bow = np.array([-toward[1], toward[0]]) * chance.normal(0, 0.12)
        line = start + toward * t + bow * np.sin(np.pi * t)
        if kind == "hook":
            line = np.concatenate([line, line[-1] + np.array([-0.12, -0.08]) * t[:20]])
        if made and chance.random() < 0.25:  # the pen isn't lifted
            line = np.concatenate([made.pop(), line])
        made.append(np.clip(line, 0.0, 1.0))
    return made


def _stroke(paper: Image, strokes: Image, points: Image, pen: tuple, chance: Chance) -> None:
    """Draw one stroke with changing pressure, in place."""
    thick, strength, colour = pen
    fine = 4
    low = np.floor(points.min(axis=0) - thick - 2).astype(int)
    box = np.ceil(points.max(axis=0) + thick + 2).astype(int) - low
    mask = np.zeros((box[1] * fine, box[0] * fine), np.uint8)
    pressure = 1 + 0.18 * np.sin(np.linspace(0, chance.uniform(2, 7), len(points)) + chance.uniform(0, 6))
    inside = np.round((points - low) * fine).astype(int).tolist()
    for start, end, press in zip(inside[:-1], inside[1:], pressure):  # noqa: B905 - the win7 lane's Python tests with it
        cv2.line(mask, start, end, 255, max(1, round(thick * press * fine)), cv2.LINE_AA)
    cover = (
        cv2.resize(mask, (int(box[0]), int(box[1])), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    )
    top, left = max(low[1], 0), max(low[0], 0)
    bottom, right = min(low[1] + box[1], SHEET[1]), min(low[0] + box[0], SHEET[0])
    cover = cover[top - low[1] : bottom - low[1], left - low[0] : right - low[0]]
    place = (slice(top, bottom), slice(left, right))
    drop = chance.normal(1, 0.06, cover.shape).astype(np.float32)
    paper[place] += (np.array(colour, np.float32) - paper[place]) * (cover * np.clip(drop, 0, 1) * strength)[
        :, :, None
    ]
    strokes[place][cover > 0.5] = strokes.max() + 1


def _print_text(paper: Image, chance: Chance) -> None:
    """Lines of print above or below the name, or a date."""
    below = chance.random() < 0.5
    rows = range(860, 990, 44) if below else range(70, 290, 44)
    for y in rows:
        x = int(chance.uniform(90, 200))
        while x < SHEET[0] - 200:
            width = int(chance.integers(18, 30))
            for _ in range(4):  # a printed character, about
                ends = chance.integers(0, width, 4) + np.array([x, y, x, y])
                cv2.line(paper, ends[:2].tolist(), ends[2:].tolist(), (60, 60, 60), 3, cv2.LINE_AA)
            x += 34


def _lay(paper: Image, strokes: Image, how: Manner, size: tuple, chance: Chance) -> tuple[Image, Image]:
    """Lay the bent sheet on a table, lit from somewhere."""
    width, height = size
    share = np.array([[0.08, 0.03], [0.92, 0.04], [0.93, 0.97], [0.07, 0.95]]) + chance.normal(
        0, 0.02, (4, 2)
    )
    flat = np.array([[0, 0], [SHEET[0], 0], SHEET, [0, SHEET[1]]], np.float32)
    back = cv2.getPerspectiveTransform((share * np.array(size)).astype(np.float32), flat)
    x, y = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(height, dtype=np.float64))
    wave = np.sin(
        x / width * chance.uniform(3, 7) + y / height * chance.uniform(-2, 2) + chance.uniform(0, 6)
    )
    y = y + wave * chance.uniform(*how.bend) * height
    u, v, w = (back[row, 0] * x + back[row, 1] * y + back[row, 2] for row in range(3))
    across, down = (u / w).astype(np.float32), (v / w).astype(np.float32)
    on_sheet = ((across >= 0) & (across < SHEET[0]) & (down >= 0) & (down < SHEET[1])).astype(np.float32)
    soft = cv2.GaussianBlur(on_sheet, (0, 0), 0.8)[:, :, None]
    scene = _table(how, size, chance)
    scene *= (1 - 0.35 * cv2.GaussianBlur(np.roll(on_sheet, (6, 5), (0, 1)), (0, 0), 5))[:, :, None]
    seen = cv2.remap(paper, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    scene = scene * (1 - soft) + seen * soft
    true = cv2.remap(strokes.astype(np.float32), across, down, cv2.INTER_NEAREST)
    lit = _light(size, chance) * (1 + wave * 0.9 * how.bend[1] * 4)[:, :, None]
    return scene * lit * _shadow(how.shadow, size, chance), true.astype(np.int32)


def _table(how: Manner, size: tuple, chance: Chance) -> Image:
    kind = str(chance.choice(how.tables))
    if kind == "white":
        table = np.full((size[1], size[0], 3), chance.uniform(205, 250), np.float32)
        return table + smooth_noise(size[1], size[0], 5, 5, chance)[:, :, None] * 6
    return paint_background(kind, size, chance) * np.float32(chance.uniform(0.5, 0.9))


def _light(size: tuple, chance: Chance) -> Image:
    width, height = size
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    angle, strength = chance.uniform(0, 2 * np.pi), chance.uniform(0.05, 0.3)
    ramp = 1 + strength * (np.cos(angle) * x + np.sin(angle) * y)
    tint = 1 + chance.normal(0, 0.03, 3)
    return ((ramp - chance.uniform(0, 0.12) * (x * x + y * y))[:, :, None] * tint).astype(np.float32)


def _shadow(kind: str, size: tuple, chance: Chance) -> Any:
    """What a hand or a pen between lamp and paper leaves of the light."""
    if not kind:
        return 1.0
    width, height = size
    mask = np.zeros((height, width), np.uint8)
    root = np.array([chance.uniform(0.55, 1.0) * width, height * 1.1])
    tip = np.array([chance.uniform(0.35, 0.6) * width, chance.uniform(0.35, 0.6) * height])
    thick = int((0.18 if kind == "hand" else 0.02) * width * chance.uniform(0.8, 1.3))
    cv2.line(mask, tip.astype(int).tolist(), root.astype(int).tolist(), 255, thick)
    penumbra = chance.uniform(8, 30) if kind == "hand" else chance.uniform(3, 8)
    depth = chance.uniform(0.25, 0.5)
    return 1 - depth * cv2.GaussianBlur(mask, (0, 0), penumbra).astype(np.float32)[:, :, None] / 255


def _expose(scene: Image, how: Manner, chance: Chance) -> Image:
    scene = cv2.GaussianBlur(scene, (0, 0), chance.uniform(*how.blur)) * chance.uniform(*how.exposure)
    scene = scene + chance.standard_normal(scene.shape) * chance.uniform(*how.noise)
    picture = np.clip(scene, 0, 255).astype(np.uint8)
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(80, 95))])[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)
