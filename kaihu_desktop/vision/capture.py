"""From a picture to a card: find, refine, turn upright, cut out, judge."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.vision.arrays import BgrImage, Corners
from kaihu_desktop.vision.far import shows_far_card
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.geometry import in_turn, stands_on_its_short_side
from kaihu_desktop.vision.orientation import upright
from kaihu_desktop.vision.quality import Quality, advice, judge, judge_light
from kaihu_desktop.vision.rectify import rectify
from kaihu_desktop.vision.signature import ONE, SEVERAL, read_signature

SIGNATURE = "signature"
LEAST_SIZE = (400, 250)  # pixels, long and short side of a picture in which a card can be read

ADVICE_DOUBTFUL = "没有把握找准证件的边缘，请核对四个角，或重新拍摄"
ADVICE_BLANK = "没有看到签名，请用深色笔写在白纸上"
ADVICE_SEVERAL = "纸上除了签名还有别的内容，请在空白的纸上只写姓名"
ADVICE_SIGNATURE = "签名已提取，请核对是否清晰完整"


@dataclass(frozen=True)
class Capture:
    """A processed picture.

    kind: ``id-portrait``, ``id-emblem``, ``bank-card`` or ``signature``. width, height: of the picture.
    corners: float32 4×2, TL, TR, BR, BL of the upright card in pixels of the picture; None if none found.
    orientation: by how many degrees clockwise the card lies turned in the picture: 0, 90, 180 or 270.
    accepted: whether the corners are vouched for. score: 0 … 1, the finder's confidence.
    card: uint8 BGR, the upright card of 1000×630; the whole picture, untouched, when not `accepted`.
    quality, advice: see `kaihu_desktop.vision.quality`.
    """

    kind: str
    width: int
    height: int
    corners: Corners | None
    card: BgrImage
    orientation: int
    accepted: bool
    score: float
    quality: Quality
    advice: str


def process_capture(image: BgrImage, kind: str) -> Capture:
    """Find the card of the `kind` in a BGR picture and cut it out, unless in doubt.

    Raises Failure PIC-TOO-SMALL for a picture in which no card could be read.
    """
    if kind == SIGNATURE:
        return _signature(image)
    height, width = image.shape[:2]
    if max(width, height) < LEAST_SIZE[0] or min(width, height) < LEAST_SIZE[1]:
        raise Failure("PIC-TOO-SMALL")
    found = find_card(image)
    if found.corners is None:
        return _without_corners(image, kind, 0.0, _judge_whole(image))
    return _cut_out(image, found.corners, kind, found.accepted, found.score)


def process_with_corners(image: BgrImage, corners: Corners, kind: str) -> Capture:
    """Cut out the card at corners that a person has set, in any order; they are vouched for."""
    return _cut_out(image, in_turn(np.asarray(corners, np.float32)), kind, True, 1.0)


def _cut_out(image: BgrImage, corners: Corners, kind: str, accepted: bool, score: float) -> Capture:
    height, width = image.shape[:2]
    if stands_on_its_short_side(corners, (width, height)):
        corners = np.roll(corners, -1, axis=0)
    card = rectify(image, corners)
    if upright(card, kind) == 180:
        corners = np.roll(corners, -2, axis=0)
        card = np.ascontiguousarray(card[::-1, ::-1])
    quality = judge(image, corners, kind)
    words = advice(quality)
    if not accepted:
        card, words = image, ADVICE_DOUBTFUL
        whole = _judge_whole(image)
        if {"cut_off", "too_far"} & set(whole.flags):  # then the corners are worth nothing
            return _without_corners(image, kind, score, whole)
        # nor do doubtful corners tell of the border, or of a grey thing that it is a copy
        flags = (flag for flag in quality.flags if flag not in ("cut_off", "copy") or flag in whole.flags)
        quality = replace(quality, flags=tuple(flags))
    return Capture(kind, width, height, corners, card, _quarter(corners), accepted, score, quality, words)


def _judge_whole(image: BgrImage) -> Quality:
    """Judge a picture without trustworthy corners, looking for a small card as well."""
    quality = judge(image, None)
    if "cut_off" in quality.flags or not shows_far_card(image):
        return quality
    return replace(quality, flags=("too_far", *quality.flags))


def _without_corners(image: BgrImage, kind: str, score: float, quality: Quality) -> Capture:
    height, width = image.shape[:2]
    return Capture(kind, width, height, None, image, 0, False, score, quality, advice(quality))


def _quarter(corners: Corners) -> int:
    """How the upright card's top edge lies in the picture, degrees clockwise to the nearest quarter."""
    edge = (corners[1] - corners[0]) + (corners[2] - corners[3])
    return round(float(np.degrees(np.arctan2(edge[1], edge[0]))) / 90) % 4 * 90


def _signature(image: BgrImage) -> Capture:
    height, width = image.shape[:2]
    found, quality = read_signature(image), judge_light(image)
    one = found.contents == ONE
    card = found.image if one and found.image is not None else image
    words = ADVICE_SIGNATURE if one else ADVICE_SEVERAL if found.contents == SEVERAL else ADVICE_BLANK
    return Capture(SIGNATURE, width, height, None, card, 0, one, float(one), quality, words)
