"""Judges a picture of a card: sharp, lit, large and whole enough to be read, and advice where it isn't."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.geometry import CARD_MM, side_lengths
from kaihu_desktop.vision.rectify import rectify

LEAST_CARD_WIDTH = 480  # pixels; below that rare characters can't be told apart
LEAST_EXTENT = 0.34  # of the picture's width or height
EDGE = 0.002  # of the picture: a corner nearer to the border counts as cut off
LEAST_SHARPNESS_PER_PIXEL = 0.165  # what a small picture can show at best is little more
LEAST_SHARPNESS = 1.2  # steepest slope over the whole contrast, per millimetre
GLARE_LEVEL, MOST_GLARE = 250, 0.02
LEAST_BRIGHTNESS = 95.0
LEAST_CONTRAST = 15.0

# flag, chip shown while it is absent, advice while it is present; in the order of what matters first
_TABLE = (
    ("cut_off", "四角完整", "证件没有拍全，请把四个角都放进画面"),
    ("too_far", "距离合适", "再靠近一点"),
    ("dark", "亮度合适", "光线太暗，请开灯或面向光源"),
    ("glare", "无反光", "有反光，请换个角度或避开灯光"),
    ("blur", "清晰", "画面模糊，请拿稳并等待对焦"),
    ("low_contrast", "背景分明", "背景与证件颜色相近，请换深色背景"),
)
CHECKS = tuple((flag, label) for flag, label, _ in _TABLE)
"""(flag, label) of the checks that are shown as chips, a chip being good while its flag is absent."""

ADVICE_GOOD = "很好，请保持不动"
ADVICE_NOT_FOUND = "没有找到证件，请把证件平放在深色背景上，露出四个角"


@dataclass(frozen=True)
class Quality:
    """Measures of a picture of a card.

    found: whether there were corners to judge by; without them only `brightness` is measured.
    sharpness: steepest slope over contrast, per millimetre, weakest of four directions.
    glare: share of the card in burnt-out blobs. brightness: grey level 0–255 that 5 % of the card exceed.
    contrast: colour step to the background in grey levels at the second weakest side.
    extent: of the picture's width or height, whichever is filled more. card_width: long side in pixels.
    flags: names from `CHECKS` of what is wrong, what matters most first.
    """

    found: bool
    sharpness: float
    glare: float
    brightness: float
    contrast: float
    extent: float
    card_width: float
    flags: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.found and not self.flags


def judge(image: BgrImage, corners: Corners | None) -> Quality:
    """Judge a BGR picture by its card's corners (float 4×2, clockwise, pixels), None if there is no card."""
    if corners is None:
        bright = _brightness(cv2.cvtColor(image[::4, ::4], cv2.COLOR_BGR2GRAY))
        return Quality(False, 0.0, 0.0, bright, 0.0, 0.0, 0.0, ("dark",) if bright < LEAST_BRIGHTNESS else ())
    height, width = image.shape[:2]
    sides = side_lengths(np.asarray(corners, np.float64))
    if sides[0] + sides[2] < sides[1] + sides[3]:
        corners = np.roll(corners, -1, axis=0)
    card_width = float(max(sides[0] + sides[2], sides[1] + sides[3]) / 2)
    span = np.clip(corners.max(axis=0), 0, (width, height)) - np.clip(corners.min(axis=0), 0, (width, height))
    flat, per_mm = _flat_card(image, corners, card_width)
    ring = round(RING_MM * per_mm)
    grey = cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY)[ring:-ring, ring:-ring]
    measures = {
        "sharpness": _sharpness(grey, per_mm),
        "glare": _glare(grey),
        "brightness": _brightness(grey),
        "contrast": _contrast(flat, per_mm),
        "extent": float((span / (width, height)).max()),
        "card_width": card_width,
    }
    return Quality(found=True, flags=_flags(measures, corners, (width, height)), **measures)


def advice(quality: Quality) -> str:
    """One sentence in Chinese: what to do first."""
    if not quality.found:
        return _advice_of("dark") if "dark" in quality.flags else ADVICE_NOT_FOUND
    return _advice_of(quality.flags[0]) if quality.flags else ADVICE_GOOD


def _advice_of(wanted: str) -> str:
    return next(text for flag, _, text in _TABLE if flag == wanted)


def _flags(measures: dict[str, float], corners: Corners, size: tuple[int, int]) -> tuple[str, ...]:
    border = EDGE * max(size)
    limit = np.array(size) - 1 - border
    per_mm = measures["card_width"] / CARD_MM[0]
    wrong = {
        "cut_off": bool((corners < border).any() or (corners > limit).any()),
        "too_far": measures["card_width"] < LEAST_CARD_WIDTH or measures["extent"] < LEAST_EXTENT,
        "dark": measures["brightness"] < LEAST_BRIGHTNESS,
        "glare": measures["glare"] > MOST_GLARE,
        "blur": measures["sharpness"] < min(LEAST_SHARPNESS, LEAST_SHARPNESS_PER_PIXEL * per_mm),
        "low_contrast": measures["contrast"] < LEAST_CONTRAST * min(1.0, measures["brightness"] / 200),
    }
    return tuple(flag for flag, _ in CHECKS if wrong[flag])


RING_MM = 2.0  # of background shown around the card
MOST_PER_MM = 8.0  # resolution at which a card is judged, never more than the picture has


def _flat_card(image: BgrImage, corners: Corners, card_width: float) -> tuple[BgrImage, float]:
    per_mm = min(MOST_PER_MM, card_width / CARD_MM[0])
    size = (round((CARD_MM[0] + 2 * RING_MM) * per_mm), round((CARD_MM[1] + 2 * RING_MM) * per_mm))
    return rectify(image, corners, size, RING_MM / CARD_MM[0]), per_mm


def _sharpness(grey: BgrImage, per_mm: float) -> float:
    """The weakest direction decides: a hand's shake blurs one direction only.

    Slopes are compared with the picture's own contrast, so that darkness doesn't pass for blur (the variance
    of the Laplacian does that), and are taken over two pixels, so that noise doesn't pass for sharpness.
    """
    smooth = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32)
    unburnt = smooth[smooth < GLARE_LEVEL - 5]  # a reflection isn't the card's own contrast
    low, high = np.percentile(unburnt if unburnt.size else smooth, (1, 99))
    inner, shifts = smooth[2:-2, 2:-2], ((0, 2, 2.0), (2, 0, 2.0), (2, 2, 2.83), (2, -2, 2.83))
    height, width = inner.shape
    slopes = [
        float(np.percentile(np.abs(smooth[2 + dy : 2 + dy + height, 2 + dx : 2 + dx + width] - inner), 99.3))
        / length
        for dy, dx, length in shifts
    ]
    return min(slopes) * per_mm / max(float(high - low), 8.0)


def _glare(grey: BgrImage) -> float:
    burnt = (grey >= GLARE_LEVEL).astype(np.uint8)
    blobs = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return float(blobs.mean())


def _brightness(grey: BgrImage) -> float:
    return float(np.percentile(grey, 95))


def _contrast(flat: BgrImage, per_mm: float) -> float:
    """Second weakest of the four colour steps between the card's rim and the background just outside."""
    lab: Floats = cv2.cvtColor(flat, cv2.COLOR_BGR2Lab).astype(np.float32)
    ring, deep = round(RING_MM * per_mm), max(2, round(1.2 * per_mm))
    steps = []
    for turn in range(4):
        turned = np.rot90(lab, turn)
        across = turned[:, 4 * ring : -4 * ring]
        outside = across[ring - deep : ring - 1].mean(axis=0)
        inside = across[ring + 1 : ring + deep].mean(axis=0)
        steps.append(float(np.median(np.linalg.norm(outside - inside, axis=1))))
    return sorted(steps)[1]
