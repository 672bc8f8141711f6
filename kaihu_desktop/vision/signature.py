"""Cleans the photograph of a signature on paper to dark ink on white, cropped.

Paper has no known proportions and may be bent, so nothing is straightened: the light of the sheet is
estimated place by place and divided away, and what stays much darker than its surroundings is ink.
"""

from __future__ import annotations

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats

WORKING_SIDE = 1200  # pixels; strokes of a pen stay several pixels wide
MARGIN = 0.08  # of the signature's long side
INK_BEGINS, INK_FULL = 0.82, 0.55  # brightness relative to the paper
LEAST_INK = 0.0004  # of the picture
LEAST_EXTENT = 0.03  # of the picture's long side


def clean_signature(image: BgrImage) -> BgrImage:
    """Return the signature as uint8 BGR, dark ink on white, cropped with a margin; white if there is none."""
    grey = _working_grey(image)
    relative = _relative_to_paper(grey)
    ink = _ink_mask(relative, _sheet(grey))
    if _mask_is_blank(ink):
        return np.full((200, 400, 3), 255, np.uint8)
    near_ink = cv2.dilate(ink, np.ones((5, 5), np.uint8)) > 0
    strength = np.where(near_ink, np.clip((INK_BEGINS - relative) / (INK_BEGINS - INK_FULL), 0, 1), 0)
    white: Floats = 255 - strength * 235
    left, top, width, height = cv2.boundingRect(ink)
    margin = round(MARGIN * max(width, height)) + 4
    padded = np.pad(white[top : top + height, left : left + width], margin, constant_values=255)
    result: BgrImage = cv2.cvtColor(padded.astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return result


def is_blank(image: BgrImage) -> bool:
    """Whether a picture of a signature (photograph, cleaned or drawn on screen; BGR) shows no ink."""
    grey = _working_grey(image)
    return _mask_is_blank(_ink_mask(_relative_to_paper(grey), _sheet(grey)))


def _mask_is_blank(ink: BgrImage) -> bool:
    _, _, width, height = cv2.boundingRect(ink)
    return bool(ink.mean() / 255 < LEAST_INK or max(width, height) < LEAST_EXTENT * max(ink.shape))


def _working_grey(image: BgrImage) -> BgrImage:
    factor = WORKING_SIDE / max(image.shape[:2])
    if factor < 1:
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    # blue ink is darkest in red light, black ink anywhere
    grey: BgrImage = np.minimum(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), image[:, :, 2])
    return grey


def _relative_to_paper(grey: BgrImage) -> Floats:
    """Brightness over that of the paper around, about 1 on paper."""
    side = max(grey.shape)
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    reach = max(5, side // 4 // 12) | 1  # wider than any stroke
    paper = cv2.morphologyEx(
        small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    )
    paper = cv2.blur(paper, (reach, reach))
    level = cv2.resize(paper, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_LINEAR)
    relative: Floats = cv2.GaussianBlur(grey, (3, 3), 0).astype(np.float32) / np.maximum(level, 16)
    return relative


def _sheet(grey: BgrImage) -> BgrImage:
    """Mask (uint8, 0 or 255) of the sheet without its edge; the whole picture where no sheet stands out."""
    small = cv2.resize(grey, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    closed = cv2.morphologyEx(cv2.medianBlur(small, 9), cv2.MORPH_CLOSE, np.ones((25, 25), np.uint8))
    level, bright = cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark_share = float((bright == 0).mean())
    whole = np.full(grey.shape, 255, np.uint8)
    if not 0.01 < dark_share < 1 or closed[bright > 0].mean() - closed[bright == 0].mean() < 0.18 * level:
        return whole
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bright)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    if stats[largest, cv2.CC_STAT_AREA] < 0.15 * small.size:
        return whole
    sheet = (labels == largest).astype(np.uint8) * 255
    sheet = cv2.erode(sheet, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=255)
    mask: BgrImage = cv2.resize(sheet, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_NEAREST)
    return mask


def _ink_mask(relative: Floats, sheet: BgrImage) -> BgrImage:
    """Ink (uint8, 0 or 255): dark parts of the sheet, without specks and what hangs on its edge."""
    dark = ((relative < 0.72) & (sheet > 0)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA]
    beyond = cv2.dilate((sheet == 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    border = np.zeros_like(beyond)
    border[[0, -1], :] = border[:, [0, -1]] = True
    keep = area >= max(12, relative.size * 0.00001)
    keep[np.unique(labels[beyond | border])] = False
    keep[0] = False
    mask: BgrImage = keep[labels].astype(np.uint8) * 255
    return mask
