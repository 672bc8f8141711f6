"""Judges a picture of a card: sharp, lit, large and whole enough to be read, and advice where it isn't."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, GreyImage
from kaihu_desktop.vision.copies import is_colourless, is_of_screen, is_off_screen
from kaihu_desktop.vision.cut_off import reaches_over_border
from kaihu_desktop.vision.geometry import CARD_MM, side_lengths
from kaihu_desktop.vision.levels import histogram, level_at, reduced
from kaihu_desktop.vision.orientation import BANK_CARD, ID_EMBLEM, ID_PORTRAIT, is_plainly_bank_card, kind_of
from kaihu_desktop.vision.rectify import rectify

LEAST_CARD_WIDTH = 480  # pixels; below that rare characters can't be told apart
LEAST_EXTENT = 0.34  # of the picture's width or height
EDGE = 0.002  # of the picture: a corner nearer to the border counts as cut off
# pixels per millimetre, and the least sharpness of a picture that has so many: few show less at best
LEAST_SHARPNESS = ((0.0, 3.5, 8.0), (0.0, 0.9, 1.15))
MOST_SHARPNESS = 3.0  # more isn't told apart
CHARACTER_MM = 1.6  # a little more than the strokes of a character are apart
SMALL = 125  # pixels of the card's length at least, in which its colours are looked at
GLARE_LEVEL, MOST_GLARE = 250, 0.02
BRIGHT = 0.98  # share of a picture that is darker than its lightest print
LEAST_BRIGHTNESS = 85.0  # of a card's lightest print; black cards in good light have 95
LEAST_CONTRAST = 18.0

LEAST_SHARE = 0.1  # of a picture that a small card fills
# in a picture without a card: its width in pixels at least, the card's share of that when it is held well,
# contrast that is print rather than wood, and how much less sharp than a card has to be it is
WHOLE, USUAL_EXTENT, LEAST_PRINT, BLURRED_WHOLE = 800, 0.6, 30.0, 0.92

# flag, chip shown while it is absent ("" for none), advice while it is present; what matters first is first
_TABLE = (
    ("cut_off", "四角完整", "证件没有拍全，请把四个角都放进画面"),
    ("other_side", "", "这不是要拍的那一面，请换一面"),
    ("too_far", "距离合适", "再靠近一点"),
    ("dark", "亮度合适", "光线太暗，请开灯或面向光源"),
    ("glare", "无反光", "有反光，请换个角度或避开灯光"),
    ("blur", "清晰", "画面模糊，请拿稳并等待对焦"),
    ("copy", "", "请拍摄证件原件，不要使用复印件或屏幕翻拍"),
    ("low_contrast", "背景分明", "背景与证件颜色相近，请换深色背景"),
)
CHECKS = tuple((flag, label) for flag, label, _ in _TABLE if label)
"""(flag, label) of the checks that are shown as chips, a chip being good while its flag is absent."""

ADVICE_GOOD = "很好，请保持不动"
ADVICE_NOT_FOUND = "没有找到证件，请靠近一点，把证件平放在深色、无花纹的背景上，露出四个角"
_ADVICE_INSTEAD = {  # by what is wanted and what is shown
    (ID_PORTRAIT, ID_EMBLEM): "这是国徽面，请换成人像面",
    (ID_EMBLEM, ID_PORTRAIT): "这是人像面，请换成国徽面",
    (ID_PORTRAIT, BANK_CARD): "这是银行卡，请换成身份证人像面",
    (ID_EMBLEM, BANK_CARD): "这是银行卡，请换成身份证国徽面",
    (BANK_CARD, ID_PORTRAIT): "这是身份证，请换成银行卡",
    (BANK_CARD, ID_EMBLEM): "这是身份证，请换成银行卡",
}


@dataclass(frozen=True)
class Quality:
    """Measures of a picture of a card.

    found: whether there were corners to judge by; without them only `brightness` and `sharpness` are measured
    of the whole picture, and only ``cut_off``, ``dark``, ``blur`` and ``copy`` are flagged.
    sharpness: steepest slope over nearby contrast, per millimetre, weakest of four directions.
    glare: share of the card in burnt-out blobs. brightness: grey level 0–255 that 2 % of the card exceed.
    contrast: colour step to the background in grey levels at the second weakest side.
    extent: of the picture's width or height, whichever is filled more. card_width: long side in pixels.
    flags: what is wrong, what matters most first: names of `CHECKS`, ``other_side`` when another side or card
    is shown than wanted, ``copy`` for a black and white copy or a photographed screen.
    wanted, shown: kinds of `kaihu_desktop.vision.orientation`; empty where nothing was wanted or looked at.
    """

    found: bool
    sharpness: float
    glare: float
    brightness: float
    contrast: float
    extent: float
    card_width: float
    flags: tuple[str, ...]
    wanted: str = ""
    shown: str = ""

    @property
    def good(self) -> bool:
        return self.found and not self.flags


def judge(image: BgrImage, corners: Corners | None, wanted: str = "") -> Quality:
    """Judge a BGR picture by its card's corners (float 4×2, clockwise, pixels), None if there is no card.

    wanted: kind of the card that should be there; "" to take any.
    """
    if corners is None:
        return _judge_whole(image)
    height, width = image.shape[:2]
    sides = side_lengths(np.asarray(corners, np.float64))
    if sides[0] + sides[2] < sides[1] + sides[3]:
        corners = np.roll(corners, -1, axis=0)
    card_width = float(max(sides[0] + sides[2], sides[1] + sides[3]) / 2)
    span = np.clip(corners.max(axis=0), 0, (width, height)) - np.clip(corners.min(axis=0), 0, (width, height))
    flat, per_mm = _flat_card(image, corners, card_width)
    ring = round(RING_MM * per_mm)
    card = flat[ring:-ring, ring:-ring]
    grey = cv2.cvtColor(card, cv2.COLOR_BGR2GRAY)
    counts = histogram(grey)
    measures = {
        "sharpness": _sharpness(grey, per_mm, _nearby_contrast(grey, per_mm)),
        "glare": _glare(card) if counts[GLARE_LEVEL:].any() else 0.0,
        "brightness": level_at(counts, BRIGHT),
        "contrast": _contrast(flat, per_mm),
        "extent": float((span / (width, height)).max()),
        "card_width": card_width,
    }
    small = reduced(card, SMALL)
    shown = kind_of(small, wanted) if wanted else ""
    wrong = _wrong(measures, corners, (width, height))
    # a card counts as a bank card for want of an ID card's signs, which lamps and darkness hide
    hidden = shown == BANK_CARD and (wrong["glare"] or wrong["dark"]) and not is_plainly_bank_card(small)
    wrong["other_side"] = (wanted, shown) in _ADVICE_INSTEAD and not hidden
    wrong["copy"] = not wrong["dark"] and (is_colourless(small) or is_off_screen(image, corners))
    flags = tuple(flag for flag, _, _ in _TABLE if wrong[flag])
    return Quality(found=True, flags=flags, wanted=wanted, shown=shown, **measures)


def judge_light(image: BgrImage) -> Quality:
    """Judge only whether there is light enough, as for a picture in which no card is looked for."""
    bright = level_at(histogram(cv2.cvtColor(image[::4, ::4], cv2.COLOR_BGR2GRAY)), BRIGHT)
    return Quality(False, 0.0, 0.0, bright, 0.0, 0.0, 0.0, ("dark",) if bright < LEAST_BRIGHTNESS else ())


def _judge_whole(image: BgrImage) -> Quality:
    """Judge a picture in which no card was found by what most likely keeps it from being found."""
    grey = cv2.cvtColor(reduced(image, WHOLE), cv2.COLOR_BGR2GRAY)
    per_mm = min(MOST_PER_MM, grey.shape[1] * USUAL_EXTENT / CARD_MM[0])
    brightness = level_at(histogram(grey), 1 - (1 - BRIGHT) * LEAST_SHARE)
    y, x = grey.shape[0] // 6, grey.shape[1] // 6
    middle = np.ascontiguousarray(grey[y : grey.shape[0] - y, x : grey.shape[1] - x])  # where a card would be
    contrast = _nearby_contrast(middle, per_mm)
    sharpness = _sharpness(middle, per_mm, contrast)
    dark = brightness < LEAST_BRIGHTNESS
    wrong = {
        "cut_off": reaches_over_border(image),
        "dark": dark,
        "blur": contrast > LEAST_PRINT and sharpness < BLURRED_WHOLE * _least_sharpness(per_mm),
        "copy": not dark and is_of_screen(image),
    }
    flags = tuple(flag for flag, _, _ in _TABLE if wrong.get(flag))
    return Quality(False, sharpness, 0.0, brightness, 0.0, 0.0, 0.0, flags)


def advice(quality: Quality) -> str:
    """One sentence in Chinese: what to do first."""
    if quality.flags:
        first, instead = quality.flags[0], _ADVICE_INSTEAD.get((quality.wanted, quality.shown))
        if first == "other_side" and instead:
            return instead
        return next(text for flag, _, text in _TABLE if flag == first)
    return ADVICE_GOOD if quality.found else ADVICE_NOT_FOUND


def _wrong(measures: dict[str, float], corners: Corners, size: tuple[int, int]) -> dict[str, bool]:
    border = EDGE * max(size)
    limit = np.array(size) - 1 - border
    per_mm = measures["card_width"] / CARD_MM[0]
    return {
        "cut_off": bool((corners < border).any() or (corners > limit).any()),
        "too_far": measures["card_width"] < LEAST_CARD_WIDTH or measures["extent"] < LEAST_EXTENT,
        "dark": measures["brightness"] < LEAST_BRIGHTNESS,
        "glare": measures["glare"] > MOST_GLARE,
        "blur": measures["sharpness"] < _least_sharpness(per_mm),
        "low_contrast": measures["contrast"] < LEAST_CONTRAST * min(1.0, measures["brightness"] / 200),
    }


RING_MM = 3.0  # of background shown around the card
BESIDE_MM = 1.0  # the outermost part of that: beyond the shadow that a card throws on a table like itself
MOST_PER_MM = 8.0  # resolution at which a card is judged, never more than the picture has


def _flat_card(image: BgrImage, corners: Corners, card_width: float) -> tuple[BgrImage, float]:
    per_mm = min(MOST_PER_MM, card_width / CARD_MM[0])
    size = (round((CARD_MM[0] + 2 * RING_MM) * per_mm), round((CARD_MM[1] + 2 * RING_MM) * per_mm))
    shrink = int(card_width / CARD_MM[0] / per_mm + 0.5)
    if shrink > 1:  # the card's part is reduced first, which is quicker than averaging afterwards
        low = np.clip(np.floor(corners.min(axis=0) - 4 * per_mm * shrink), 0, None).astype(int)
        high = np.ceil(corners.max(axis=0) + 4 * per_mm * shrink).astype(int)
        part = image[low[1] : max(high[1], low[1] + 8), low[0] : max(high[0], low[0] + 8)]
        image = cv2.resize(part, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA)
        corners = (corners - low + 0.5) / shrink - 0.5
    return rectify(image, corners, size, RING_MM / CARD_MM[0]), per_mm


def _least_sharpness(per_mm: float) -> float:
    return float(np.interp(per_mm, *LEAST_SHARPNESS))


def _nearby_contrast(grey: GreyImage, per_mm: float) -> float:
    """Grey levels that print and its ground are apart, within a character's width."""
    near = np.ones((max(3, round(CHARACTER_MM * per_mm / 2) | 1),) * 2, np.uint8)
    soft = np.ascontiguousarray(cv2.GaussianBlur(grey, (3, 3), 0)[::2, ::2])
    return level_at(histogram(cv2.subtract(cv2.dilate(soft, near), cv2.erode(soft, near))), 0.97)


def _sharpness(grey: GreyImage, per_mm: float, contrast: float) -> float:
    """The weakest direction decides: a hand's shake blurs one direction only.

    Slopes are compared with the contrast that the card has within a character's width: darkness doesn't pass
    for blur then (it does for the variance of the Laplacian), nor does the halo of a reflection. They are
    taken over two pixels, so that noise doesn't pass for sharpness.
    """
    # 16 times the grey levels, so that faint slopes in the dark are told apart
    smooth = cv2.sepFilter2D(grey, cv2.CV_16S, _BINOMIAL, _BINOMIAL)
    inner, shifts = smooth[2:-2, 2:-2], ((0, 2, 2.0), (2, 0, 2.0), (2, 2, 2.83), (2, -2, 2.83))
    height, width = inner.shape
    per_level = per_mm / max(contrast, 8.0)
    sharpness = MOST_SHARPNESS
    for dy, dx, length in shifts:
        steps = cv2.absdiff(smooth[2 + dy :, 2 + dx :][:height:3, :width], inner[::3])
        scaled = cv2.convertScaleAbs(steps, alpha=per_level * 255 / (16 * length * MOST_SHARPNESS))
        sharpness = min(sharpness, level_at(histogram(scaled), 0.993) * MOST_SHARPNESS / 255)
    return sharpness


_BINOMIAL = np.array([1.0, 2.0, 1.0])


def _glare(card: BgrImage) -> float:
    """Share of the card where no channel has kept anything; pale grounds burn out in one or two only."""
    burnt = cv2.inRange(card, (GLARE_LEVEL,) * 3, (255,) * 3)
    blobs = cv2.morphologyEx(burnt, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return float(blobs.mean()) / 255


def _contrast(flat: BgrImage, per_mm: float) -> float:
    """Second weakest of the four colour steps between the card's rim and the background beside it."""
    ring, start, deep = (round(mm * per_mm) for mm in (RING_MM, 0.3, 1.3))
    inset = round(8 * per_mm)
    steps = []
    for turn in range(4):
        side = np.rot90(flat, turn)[:, inset:-inset]
        beside, rim = side[: max(2, round(BESIDE_MM * per_mm))], side[ring + start + 1 : ring + deep + 2]
        # tenths of the side: a table's pattern is another colour than the card though it has some of it
        rows = [
            cv2.resize(np.ascontiguousarray(part), (10, 1), interpolation=cv2.INTER_AREA)
            for part in (beside, rim)
        ]
        outside, inside = (cv2.cvtColor(row, cv2.COLOR_BGR2Lab).astype(np.float32)[0] for row in rows)
        steps.append(float(np.median(np.linalg.norm(outside - inside, axis=1))))
    return sorted(steps)[1]
