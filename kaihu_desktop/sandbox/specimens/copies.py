"""Makes copies of specimen cards: black and white photocopies, and cards photographed off a screen.

A screen is a raster of red, green and blue stripes. Its picture through a lens is the picture shown times the
raster's Fourier series, each harmonic weakened by the lens and by the area of a sensor's pixel; taken at the
places of the pixels, what is finer than they can hold comes out as moiré by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np

Image = Any  # numpy uint8 or float32 array, H×W×3, BGR
Chance = np.random.Generator
GAMMA = 2.2
ROWS_AT_ONCE = 64  # of a picture, whose raster takes much room


@dataclass(frozen=True)
class Screen:
    """What a picture is shown on. Ranges are (low, high).

    dots: screen pixels across the card. fill: long side of the card over the picture's width. tilt, roll:
    degrees. stripe: width of a colour's stripe, row: height lit, as shares of a screen pixel. black: light of
    a black pixel. blur: sigma of the lens in pixels at 1920 wide. aperture: side of a pixel of the sensor
    over their distance. noise: grey levels. glow: light of white.
    """

    dots: tuple = (380, 1300)
    fill: tuple = (0.42, 0.78)
    tilt: tuple = (0, 14)
    roll: tuple = (-8, 8)
    stripe: tuple = (0.22, 0.31)
    row: tuple = (0.7, 0.9)
    black: tuple = (0.005, 0.05)
    blur: tuple = (0.35, 0.8)
    aperture: tuple = (0.7, 1.0)
    noise: tuple = (1, 3)
    glow: tuple = (0.55, 1.0)


def photocopy(card: Image, chance: Chance) -> Image:
    """A black and white copy of a flat card, cut out of paper; uint8 like the card."""
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    # a copier's curve is steep: pale tints turn white, dark ones black
    low, high = chance.uniform(0.02, 0.15), chance.uniform(0.85, 0.98)
    toned = np.clip((grey - low) / (high - low), 0, 1) ** chance.uniform(0.8, 1.5)
    if chance.random() < 0.5:
        toned = _halftone(toned, chance)
    grain = cv2.GaussianBlur(chance.standard_normal(grey.shape).astype(np.float32), (0, 0), 0.8)
    toned = cv2.GaussianBlur(np.clip(toned + grain * 0.05, 0, 1), (0, 0), chance.uniform(0.5, 1.1))
    paper = np.clip(chance.uniform(215, 252) + chance.normal(0, 5, 3), 0, 255)
    toner = np.clip(chance.uniform(18, 60) + chance.normal(0, 2, 3), 0, 255)
    copied = toner + (paper - toner) * toned[:, :, None]
    return np.clip(copied, 0, 255).astype(np.uint8)


def _halftone(grey: Image, chance: Chance) -> Image:
    """Dots of a laser printer, 60 to 120 to the inch, at 45° or so."""
    height, width = grey.shape
    pitch = width / 85.6 * 25.4 / chance.uniform(60, 120)
    angle = np.radians(chance.uniform(30, 60))
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    threshold = 0.5 + 0.25 * (np.cos(2 * np.pi * u / pitch) + np.cos(2 * np.pi * v / pitch))
    return np.clip((grey - threshold) * 4 + 0.5, 0, 1).astype(np.float32)


class Shot(NamedTuple):
    """How a screen is photographed: what a `Screen` leaves to chance.

    size: of the picture. factor: screen pixels per pixel of what is shown. matrix: homography from screen
    pixels to the picture. places: the card's corners in it, float32 4×2. sigma: of the lens, aperture: of a
    pixel, in pixels. stripe, row: shares lit of a screen pixel. reversed: blue is the first of the stripes.
    """

    size: tuple
    factor: float
    matrix: Image
    places: Image
    sigma: float
    aperture: float
    stripe: float
    row: float
    reversed: bool

    @property
    def amplitude(self) -> float:
        """Relative amplitude, 0 … 1, that the raster has on the card, from samples: asking is cheap."""
        step = np.linspace(0.03, 0.97, 61)
        u, v = (part.ravel() for part in np.meshgrid(step, step))
        unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
        onto = cv2.getPerspectiveTransform(unit, self.places)
        # pixels of a sensor lie on whole numbers, which is what makes moiré
        seen = np.round(cv2.perspectiveTransform(np.stack([u, v], axis=1)[None], onto)[0])
        return float(_raster_at(self, seen[:, 0], seen[:, 1]).std(axis=0).max())


def plan_shot(corners: Image, manner: Screen, chance: Chance, size: tuple = (1920, 1080)) -> Shot:
    """Choose how to photograph a screen that shows a card at `corners` (4×2, TL, TR, BR, BL)."""
    across = np.linalg.norm(corners[1] - corners[0])
    factor = float(chance.uniform(*manner.dots) / across)
    on_screen = np.asarray(corners, np.float64) * factor
    matrix = _view(on_screen, manner, chance, size)
    return Shot(
        size=size,
        factor=factor,
        matrix=matrix,
        places=cv2.perspectiveTransform(on_screen[None], matrix)[0].astype(np.float32),
        sigma=chance.uniform(*manner.blur) * size[0] / 1920,
        aperture=chance.uniform(*manner.aperture),
        stripe=chance.uniform(*manner.stripe),
        row=chance.uniform(*manner.row),
        reversed=bool(chance.random() < 0.5),
    )


def photograph_screen(shown: Image, shot: Shot, manner: Screen, chance: Chance) -> Image:
    """Photograph a screen that shows a picture (uint8 BGR); returns uint8 BGR of the shot's size."""
    inter = cv2.INTER_AREA if shot.factor < 1 else cv2.INTER_LINEAR
    scaled = cv2.resize(shown, None, fx=shot.factor, fy=shot.factor, interpolation=inter)
    black = chance.uniform(*manner.black)
    linear = (scaled.astype(np.float32) / 255) ** np.float32(GAMMA) * (1 - black) + black
    room = float(chance.uniform(0.0, 0.03))  # beyond the screen
    scene = cv2.warpPerspective(
        linear,
        shot.matrix,
        shot.size,
        flags=cv2.INTER_AREA,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=[room] * 3,
    )
    scene = cv2.GaussianBlur(scene, (0, 0), shot.sigma)
    x = np.arange(shot.size[0], dtype=np.float64)
    for start in range(0, shot.size[1], ROWS_AT_ONCE):
        part = scene[start : start + ROWS_AT_ONCE]
        part *= _raster_at(shot, x[None], np.arange(start, start + len(part), dtype=np.float64)[:, None])
    return _sensor(scene, manner, chance)


def _view(corners: Image, manner: Screen, chance: Chance, size: tuple) -> Image:
    """Homography from screen pixels to the picture, the card near its middle."""
    centre, across = corners.mean(axis=0), np.linalg.norm(corners[1] - corners[0])
    focal = chance.uniform(0.75, 1.3) * size[0]
    distance = focal / (chance.uniform(*manner.fill) * size[0])  # in widths of the card
    tilt, toward = np.radians(chance.uniform(*manner.tilt)), chance.uniform(0, 2 * np.pi)
    lean = cv2.Rodrigues(tilt * np.array([np.cos(toward), np.sin(toward), 0]))[0]
    spin = cv2.Rodrigues(np.array([0, 0, np.radians(chance.uniform(*manner.roll))]))[0]
    turned = lean @ spin
    move = np.array([*(chance.uniform(-0.06, 0.06, 2) * distance * 0.7), distance])
    plane = np.column_stack([turned[:, 0], turned[:, 1], move])
    to_widths = np.array(
        [[1 / across, 0, -centre[0] / across], [0, 1 / across, -centre[1] / across], [0, 0, 1]]
    )
    lens = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
    matrix: Image = lens @ plane @ to_widths
    return matrix


def _raster_at(shot: Shot, x: Image, y: Image) -> Image:
    """The factor by which the raster changes each channel at pixels x, y of the picture, float32 …×3."""
    back = np.linalg.inv(shot.matrix)
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in back)
    u, v = across / depth, down / depth
    # how fast a coordinate of the screen changes along the picture's x and y
    slopes = [[(back[i, j] - place * back[2, j]) / depth for j in (0, 1)] for i, place in ((0, u), (1, v))]
    thirds = np.array([2, 1, 0] if shot.reversed else [0, 1, 2]) / 3
    return (1 + _series(u, slopes[0], shot.stripe, thirds, shot)) * (
        1 + _series(v, slopes[1], shot.row, np.zeros(1), shot)
    )


def _series(coordinate: Image, slopes: Any, lit: float, phases: Image, shot: Shot) -> Image:
    """A raster lit for a share of its period, as lens and pixel let its harmonics through; …×phases."""
    steep = (slopes[0] ** 2 + slopes[1] ** 2).astype(np.float32)
    right, down = (shot.aperture * slope.astype(np.float32) for slope in slopes)
    # the whole part says nothing, and without it single precision is enough
    waves = np.cos(2 * np.pi * np.mod(coordinate[..., None] - phases, 1).astype(np.float32))
    total = np.zeros_like(waves)
    for harmonic, multiple in _MULTIPLES.items():
        passed = np.exp(np.float32(-2 * (np.pi * shot.sigma * harmonic) ** 2) * steep)
        passed *= np.sinc(harmonic * down) * np.sinc(harmonic * right)
        total += (np.float32(2 * np.sinc(harmonic * lit)) * passed)[..., None] * multiple(waves)
    return total


#: The cosine of so many times an angle, from its cosine.
_MULTIPLES = {1: lambda wave: wave, 2: lambda wave: 2 * wave**2 - 1, 3: lambda wave: (4 * wave**2 - 3) * wave}


def _sensor(scene: Image, manner: Screen, chance: Chance) -> Image:
    """Colour of the screen, mosaic of the sensor, noise, gamma and JPEG; uint8."""
    tint = np.array([chance.uniform(0.95, 1.15), 1.0, chance.uniform(0.82, 1.0)], np.float32)
    scene = np.clip(scene * tint * np.float32(chance.uniform(*manner.glow)), 0, 1)
    if chance.random() < 0.7:
        scene = _mosaic(scene)
    picture = scene ** np.float32(1 / GAMMA) * 255
    picture += chance.standard_normal(picture.shape, dtype=np.float32) * np.float32(
        chance.uniform(*manner.noise)
    )
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(75, 96))]
    encoded = cv2.imencode(".jpg", np.clip(picture, 0, 255).astype(np.uint8), quality)[1]
    return cv2.imdecode(encoded, cv2.IMREAD_COLOR)


def _mosaic(scene: Image) -> Image:
    """What remains of the colours behind a Bayer filter."""
    raw = scene[..., 1].copy()
    raw[::2, ::2], raw[1::2, 1::2] = scene[::2, ::2, 2], scene[1::2, 1::2, 0]
    levels = np.round(raw * 65535).astype(np.uint16)
    return cv2.cvtColor(levels, cv2.COLOR_BayerRGGB2BGR).astype(np.float32) / 65535
