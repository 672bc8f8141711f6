"""Cleans the photograph of a signature on paper to dark ink on white, cropped.

Paper has no known proportions and may be bent, so nothing is straightened. The light on the sheet is what is
left when everything narrower than a finger is closed; divided by it, in each colour, shadows and tints are
gone, and what is dark is written or printed (`signature_paper`). Ink begins where it is dark beyond doubt and
goes on as far as it is darker than the noise: so thin strokes keep their ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats, GreyImage
from kaihu_desktop.vision.signature_paper import darkness_of, sheet_of, without_ruling

WORKING_SIDE = 1920  # pixels: a ball pen's stroke is then two pixels wide or more
LEAST_SIDE = 32  # pixels; nobody's name is smaller
MARGIN = 0.08  # of the signature's long side
SURE, FAINT = 0.2, 0.09  # darkness at which ink begins, and down to which it goes on
SURE_NOISES, FAINT_NOISES = 7.0, 3.5  # the same in sigmas of the noise
LEAST_INK = 0.0003  # of the picture
LEAST_EXTENT = 0.035  # of the picture's long side
NEAR = 0.03  # of the picture's long side: what lies nearer belongs together
RIM, AT_RIM = 0.03, 0.5  # of the long side: a strip at the edge; what lies in it by half is none of the ink
EDGE_SPAN, STRAIGHT, FRAME = 0.3, 0.004, 0.03  # of the long side
STRAY = 0.03  # of the largest writing's ink: what is less and stands apart is dust
OTHER_INK = 0.12  # of the main writing's, for what stands elsewhere to count as something else

Box = Tuple[int, int, int, int]
NONE, ONE, SEVERAL = "none", "one", "several"


@dataclass(frozen=True)
class Signature:
    """What was found on a sheet.

    contents: `NONE`, `ONE`, or `SEVERAL` when there is writing on other lines too.
    image: uint8 BGR, dark ink on white with a margin; None for `NONE`; all that is written for `SEVERAL`.
    box: left, top, width, height of `image` in pixels of the picture.
    """

    contents: str
    image: BgrImage | None
    box: Box


def read_signature(image: BgrImage) -> Signature:
    """Find the ink in a BGR picture of a sheet: a photograph, a scan, or a drawing made on the screen."""
    if min(image.shape[:2]) < LEAST_SIDE:
        return Signature(NONE, None, (0, 0, 0, 0))
    factor = min(1.0, WORKING_SIDE / max(image.shape[:2]))
    work = (
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else image
    )
    darkness, paper, noise = darkness_of(work)
    sheet = sheet_of(paper)
    darkness = without_ruling(darkness, sheet, noise)
    ink = _ink(darkness, sheet, noise)
    lines = _lines(ink)
    if not lines:
        return Signature(NONE, None, (0, 0, 0, 0))
    clean, place = _on_white(darkness, ink, noise)
    left, top, width, height = (round(one / factor) for one in place)
    return Signature(ONE if len(lines) == 1 else SEVERAL, clean, (left, top, width, height))


def _ink(darkness: Floats, sheet: GreyImage, noise: float) -> GreyImage:
    """Ink (uint8, 0 or 1): what is surely dark, with all that hangs on it; no specks, nothing at the edge."""
    faint = ((darkness > max(FAINT, FAINT_NOISES * noise)) & (sheet > 0)).astype(np.uint8)
    number, labels, stats, _ = cv2.connectedComponentsWithStats(faint, connectivity=8)
    peak = np.zeros(number, np.float32)
    np.maximum.at(peak, labels.ravel(), darkness.ravel())
    keep = peak > max(SURE, SURE_NOISES * noise)
    areas = stats[:, cv2.CC_STAT_AREA]
    keep &= areas >= max(10, darkness.size * 6e-6)
    keep &= np.bincount(labels[_rim(sheet)], minlength=number) < AT_RIM * areas
    keep[0] = False
    for label in np.flatnonzero(keep & (stats[:, 2:4].max(axis=1) > EDGE_SPAN * max(sheet.shape))):
        keep[label] = not _is_an_edge(labels, stats[label], int(label))
    ink: GreyImage = keep[labels].astype(np.uint8)
    return _without_strays(ink)


def _is_an_edge(labels: GreyImage, box: GreyImage, label: int) -> bool:
    """Whether something long is but a slightly curved line, or an angle or a frame of such lines.

    That is the edge of a sheet on a table of its own colour, or the shadow along it.
    """
    left, top, width, height = box[:4]
    y, x = np.nonzero(labels[top : top + height, left : left + width] == label)
    along, across = (x, y) if width > height else (y, x)
    curve = np.polyval(np.polyfit(along, across, 2), along)
    if float(np.std(across - curve)) < STRAIGHT * max(labels.shape):
        return True
    reach = FRAME * max(labels.shape)
    outermost = (x < reach) | (y < reach) | (x > width - reach) | (y > height - reach)
    return bool(outermost.mean() > 0.9 and min(width, height) > 6 * reach)


def _rim(sheet: GreyImage) -> GreyImage:
    """The strip inside the edge of the sheet and of the picture, where shadows of the edge lie; a mask."""
    inside = sheet.copy()
    inside[[0, -1], :] = inside[:, [0, -1]] = 0
    reach = round(RIM * max(sheet.shape)) | 1
    rim: GreyImage = cv2.erode(inside, np.ones((reach, reach), np.uint8)) == 0
    return rim


def _without_strays(ink: GreyImage) -> GreyImage:
    """Drop what is tiny beside the rest and far from it: dust, a fleck of the paper."""
    if not ink.any():
        return ink
    labels, stats = _clusters(ink)
    amounts = np.bincount(labels[ink > 0], minlength=len(stats))
    large = amounts > STRAY * amounts.max()
    left, top, width, height = cv2.boundingRect(large[labels].astype(np.uint8) * ink)
    middle_x = stats[:, cv2.CC_STAT_LEFT] + stats[:, cv2.CC_STAT_WIDTH] / 2
    middle_y = stats[:, cv2.CC_STAT_TOP] + stats[:, cv2.CC_STAT_HEIGHT] / 2
    among = (np.abs(middle_x - left - width / 2) < width / 2 + NEAR * max(ink.shape)) & (
        np.abs(middle_y - top - height / 2) < height / 2 + NEAR * max(ink.shape)
    )
    kept: GreyImage = (ink * (large | among)[labels]).astype(np.uint8)
    return kept


def _clusters(ink: GreyImage) -> tuple[GreyImage, GreyImage]:
    """(labels, stats) of what lies together, characters or parts of them."""
    reach = round(NEAR * max(ink.shape)) | 1
    together = cv2.dilate(ink, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(together)
    return labels, stats


def _lines(ink: GreyImage) -> list[tuple[int, int]]:
    """Top and bottom of the lines of writing that count, that with the most ink first; empty for a blank."""
    _, top, width, height = cv2.boundingRect(ink)
    if ink.mean() < LEAST_INK or max(width, height) < LEAST_EXTENT * max(ink.shape):
        return []
    labels, stats = _clusters(ink)
    amounts = np.bincount(labels[ink > 0], minlength=len(stats))
    boxes = [
        (stats[label], int(amounts[label])) for label in np.argsort(-amounts) if label and amounts[label]
    ]
    if _upright_name([box for box, _ in boxes], (width, height)):
        return [(top, top + height)]
    lines: list[list[int]] = []
    for box, amount in boxes:
        first, last = int(box[cv2.CC_STAT_TOP]), int(box[cv2.CC_STAT_TOP] + box[cv2.CC_STAT_HEIGHT])
        for line in lines:
            shared = min(last, line[1]) - max(first, line[0])
            if shared > 0.3 * min(last - first, line[1] - line[0]):
                line[:] = [min(first, line[0]), max(last, line[1]), line[2] + amount]
                break
        else:
            lines.append([first, last, amount])
    most = max(amount for _, _, amount in lines)
    return [(first, last) for first, last, amount in lines if amount >= OTHER_INK * most]


def _upright_name(boxes: list[GreyImage], size: tuple[int, int]) -> bool:
    """Whether two to four characters of about the same size stand one below the other."""
    if not 2 <= len(boxes) <= 4 or size[1] < 1.3 * size[0]:
        return False
    heights = [float(box[cv2.CC_STAT_HEIGHT]) for box in boxes]
    return max(heights) < 2.5 * min(heights)


def _on_white(darkness: Floats, ink: GreyImage, noise: float) -> tuple[BgrImage, Box]:
    """The ink on white with a margin, and its place (left, top, width, height)."""
    near = cv2.dilate(ink, np.ones((3, 3), np.uint8)) > 0
    full = 0.7 * float(np.percentile(darkness[ink > 0], 90))
    begins = min(max(0.5 * FAINT, 1.5 * noise), 0.4 * full)
    strength = np.where(near, np.clip((darkness - begins) / (full - begins), 0, 1), 0)
    white: Floats = 255 - strength * 235
    left, top, width, height = cv2.boundingRect(near.astype(np.uint8))
    margin = round(MARGIN * max(width, height)) + 4
    padded = np.pad(white[top : top + height, left : left + width], margin, constant_values=255)
    image: BgrImage = cv2.cvtColor(padded.astype(np.uint8), cv2.COLOR_GRAY2BGR)
    return image, (left - margin, top - margin, width + 2 * margin, height + 2 * margin)
