"""The paper under a signature: how light falls on it, where it lies, and the lines that are printed on it."""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats, GreyImage

CLOSED = 1 / 48  # of the long side: broader than any stroke
STROKES_CLOSED = 4.0  # the same in widths of the strokes, once these are known: a pen's shadow is broader
LEAST_CLOSED = 15  # pixels
SHADE = 2.5  # widths of the strokes: what is broader is no stroke
DARKEST = 12.0  # grey level of paper below which nothing can be told
LEAST_SHEET = 0.12  # of the picture
CHROMA_APART, LEAST_LIGHT = (
    0.045,
    0.28,
)  # what is no paper: another colour, or much darker than the paper's best
STEP = 0.2  # of the light, within a few pixels

#: A ruled line is at least so long, one of several; one alone goes from side to side (shares of the sheet).
RULED, LEAST_RULES, ACROSS = 0.3, 3, 0.8
SLANTS = range(-15, 16, 3)  # degrees


def darkness_of(image: BgrImage) -> tuple[Floats, BgrImage, float]:
    """How much darker than the paper each pixel is, in the colour in which it is darkest.

    Returns (float32 H×W, 0 on paper to 1; the paper's light, uint8 H×W×3; the noise of the first, a sigma).
    """
    reach = max(LEAST_CLOSED, round(max(image.shape[:2]) * CLOSED)) | 1
    darkness, paper, noise = _darkness(image, reach)
    width = _stroke_width(darkness > max(0.25, 8 * noise))
    narrower = max(LEAST_CLOSED, round(STROKES_CLOSED * width)) | 1
    if width and narrower < 0.8 * reach:
        darkness, paper, noise = _darkness(image, narrower)
    return _without_shade(darkness, width, noise), paper, noise


def _without_shade(darkness: Floats, width: float, noise: float) -> Floats:
    """Take off what is broader than strokes and paler: the shadow of a pen."""
    dark = darkness > max(0.25, 8 * noise)
    if not width or not dark.any():
        return darkness
    ink = float(np.percentile(darkness[dark], 75))
    half = cv2.resize(darkness, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    reach = max(5, round(SHADE * width / 2)) | 1
    shade = cv2.morphologyEx(
        half, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    shade[(shade > 0.75 * ink) | (shade < 2 * noise)] = 0
    return _lifted(darkness, cv2.dilate(shade, np.ones((3, 3), np.uint8)))


def _lifted(darkness: Floats, film: Floats) -> Floats:
    """The darkness (H×W) without a film over the paper, whose own is given at half the size."""
    full = cv2.resize(film, (darkness.shape[1], darkness.shape[0]), interpolation=cv2.INTER_LINEAR)
    bare: Floats = 1 - (1 - darkness) / (1 - np.minimum(full, 0.9))
    return np.where(full > 0, np.clip(bare, 0, 1), darkness)


def _darkness(image: BgrImage, reach: int) -> tuple[Floats, BgrImage, float]:
    calm = cv2.GaussianBlur(image, (5, 5), 0)
    square = np.ones((reach, reach), np.uint8)
    paper: BgrImage = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, square, borderType=cv2.BORDER_REPLICATE)
    level = np.maximum(cv2.blur(paper, (5, 5)).astype(np.float32), DARKEST)
    relative = cv2.GaussianBlur(image, (3, 3), 0).astype(np.float32) / level
    darkness: Floats = 1 - relative.min(axis=2)
    # the closing takes the brightest of the noise for paper: what most of the picture shows is none of ink's
    middle = float(np.median(darkness))
    spread = float(np.median(np.abs(darkness - middle))) * 1.4826
    return np.clip(darkness - middle, 0, 1), paper, spread


def _stroke_width(dark: GreyImage) -> float:
    """Width of most strokes in pixels, 0 without any."""
    inside = cv2.distanceTransform(dark.astype(np.uint8), cv2.DIST_L2, 3)
    ridge = (inside > 0) & (inside >= cv2.dilate(inside, np.ones((3, 3), np.uint8)))
    return 2 * float(np.median(inside[ridge])) if ridge.any() else 0.0


def sheet_of(paper: BgrImage) -> GreyImage:
    """Mask (uint8, 0 or 1) of the sheet without its edge; everything where no sheet stands out.

    A shadow on the paper keeps its colour and some of its light, and falls off softly; hands, pens and most
    tables differ in the one or the other, and the sheet ends at a step.
    """
    small = cv2.resize(paper, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA).astype(np.float32)
    light = small.max(axis=2)
    step = cv2.morphologyEx(light, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) / np.maximum(light, DARKEST)
    small = cv2.GaussianBlur(small, (0, 0), 2)
    chroma = small / np.maximum(small.sum(axis=2, keepdims=True), 1)
    best = _middlemost(((light >= 0.7 * np.percentile(light, 98)) & (step < STEP)).astype(np.uint8))
    colour, brightest = np.median(chroma[best > 0], axis=0), float(np.median(light[best > 0]))
    alike = (np.abs(chroma - colour).max(axis=2) < CHROMA_APART) & (light > LEAST_LIGHT * brightest)
    paperlike = (alike & (step < STEP)).astype(np.uint8)
    gap = np.ones((7, 7), np.uint8)  # in the step, where the light makes paper and table alike
    sheet = cv2.dilate(_middlemost(cv2.erode(paperlike, gap)), gap)
    if sheet.mean() < LEAST_SHEET:
        sheet = np.ones_like(sheet)
    sheet = cv2.morphologyEx(sheet, cv2.MORPH_CLOSE, np.ones((17, 17), np.uint8))  # a pen's sharp shadow
    sheet = cv2.erode(sheet, np.ones((7, 7), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=1)
    mask: GreyImage = cv2.resize(sheet, (paper.shape[1], paper.shape[0]), interpolation=cv2.INTER_NEAREST)
    return mask


def _middlemost(mask: GreyImage) -> GreyImage:
    """The part of a mask that has most in the middle of the picture; everything if the mask is empty."""
    number, labels = cv2.connectedComponents(mask, connectivity=4)
    if number < 2:
        return np.ones_like(mask)
    height, width = mask.shape
    middle = labels[height // 6 : height - height // 6, width // 6 : width - width // 6]
    amounts = np.bincount(middle.ravel(), minlength=number) * 4 + np.bincount(
        labels.ravel(), minlength=number
    )
    amounts[0] = 0
    chosen: GreyImage = (labels == int(amounts.argmax())).astype(np.uint8)
    return chosen


def without_ruling(darkness: Floats, sheet: GreyImage, noise: float) -> Floats:
    """Take ruled lines, and the edge of a sheet that doesn't stand out, off the darkness."""
    half = cv2.resize(darkness, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(sheet, (half.shape[1], half.shape[0]), interpolation=cv2.INTER_NEAREST)
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    if not rows.size:
        return darkness
    film = np.zeros_like(half)
    for across, extent in ((True, columns[-1] - columns[0]), (False, rows[-1] - rows[0])):
        film = np.maximum(film, _ruling(half, int(extent), across, max(0.035, 2 * noise)))
    if not film.any():
        return darkness
    return _lifted(darkness, 1.25 * cv2.dilate(film, np.ones((3, 3), np.uint8)))


def _ruling(half: Floats, extent: int, across: bool, least: float) -> Floats:
    """Darkness of the ruled lines in one direction, 0 elsewhere."""
    length = max(15, round(max(half.shape) / 24)) | 1
    straight = np.zeros_like(half)
    for slant in SLANTS:
        opened = cv2.morphologyEx(half, cv2.MORPH_OPEN, _line(length, slant, across))
        np.maximum(straight, opened, out=straight)
    found = (straight > least).astype(np.uint8)
    bridge = np.ones((3, length) if across else (length, 3), np.uint8)  # ink crosses, waves change the slant
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(found, cv2.MORPH_CLOSE, bridge))
    spans = stats[:, cv2.CC_STAT_WIDTH if across else cv2.CC_STAT_HEIGHT].copy()
    spans[0] = 0
    ruled = (spans > RULED * extent)[labels] & (found > 0)
    begins = np.diff(ruled.astype(np.int8), axis=0 if across else 1) > 0
    if np.percentile(begins.sum(axis=0 if across else 1), 60) < LEAST_RULES:
        ruled = (spans > ACROSS * extent)[labels] & (found > 0)
    # a stroke that touches a line, or runs along it, is darker than lines are elsewhere
    return (
        np.where(ruled, np.minimum(straight, 1.3 * np.median(straight[ruled])), 0)
        if ruled.any()
        else 0 * half
    )


def _line(length: int, slant: float, across: bool) -> GreyImage:
    """A line of one pixel's width as a kernel."""
    kernel = np.zeros((length, length), np.uint8)
    middle, reach = length // 2, (length - 1) / 2
    angle = np.radians(slant if across else 90 + slant)
    x, y = round(reach * float(np.cos(angle))), round(reach * float(np.sin(angle)))
    cv2.line(kernel, (middle - x, middle - y), (middle + x, middle + y), 1)
    tall, wide = abs(y), abs(x)
    return kernel[middle - tall : middle + tall + 1, middle - wide : middle + wide + 1].copy()
