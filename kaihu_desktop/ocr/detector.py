"""Finds lines of text: preparation and post-processing of a DB (differentiable binarisation) network.

Liao et al., Real-time Scene Text Detection with Differentiable Binarization, AAAI 2020; thresholds .3 and .6
and growth 1.5 as PP-OCR uses them. Done with cv2 alone: a shrunken region is taken as its rotated rectangle,
which makes the polygon offset of the paper a plain enlargement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

if TYPE_CHECKING:
    from kaihu_desktop.ocr.engine import Floats, Image

STRIDE = 32  # the network needs sides that are multiples of it
MEAN = np.array((0.485, 0.456, 0.406), np.float32)  # of ImageNet
DEVIATION = np.array((0.229, 0.224, 0.225), np.float32)
#: The network's input for each grey level and channel: a third of the time of computing it for each pixel.
NORMAL = ((np.arange(256, dtype=np.float32)[:, None] / 255 - MEAN) / DEVIATION)[None]
PIXEL_THRESHOLD = 0.3
BOX_THRESHOLD = 0.6
GROWTH = 1.5
SMALLEST_SIDE = 3.0  # pixels of the probability map


def prepare(image: Image, long_side: int) -> Floats:
    """The network's input, 1×3×H×W float32: long side at most `long_side`, padded to multiples of 32."""
    height, width = image.shape[:2]
    scale = scale_for(image, long_side)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    below, right = (-side % STRIDE for side in (size[1], size[0]))
    padded = cv2.copyMakeBorder(small, 0, below, 0, right, cv2.BORDER_REPLICATE)
    normal = cv2.LUT(padded, NORMAL)
    return cast("Floats", np.ascontiguousarray(normal.transpose(2, 0, 1)[None]))


def scale_for(image: Image, long_side: int) -> float:
    """Pixels of the probability map per pixel of `image`; pictures are never enlarged."""
    return min(1.0, long_side / max(image.shape[:2]))


def find_boxes(probability: Floats, scale: float) -> list[Floats]:
    """Boxes (4×2 float32, TL TR BR BL, in image pixels) from top to bottom.

    probability: H×W map of text. scale: its pixels per pixel of the picture, see `scale_for`.
    """
    mask = (probability > PIXEL_THRESHOLD).astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = []
    for contour in contours:
        rectangle = cv2.minAreaRect(contour)
        if min(rectangle[1]) < SMALLEST_SIDE or _score(probability, contour) < BOX_THRESHOLD:
            continue
        boxes.append((_ordered(cv2.boxPoints(_grown(rectangle))) / scale).astype(np.float32))
    return sorted(boxes, key=lambda box: float(box[:, 1].mean()))


def cut_line(image: Image, box: Floats) -> Image:
    """The content of a box as an upright picture."""
    width = max(np.linalg.norm(box[1] - box[0]), np.linalg.norm(box[2] - box[3]))
    height = max(np.linalg.norm(box[3] - box[0]), np.linalg.norm(box[2] - box[1]))
    size = (max(1, round(float(width))), max(1, round(float(height))))
    target = np.array(((0, 0), (size[0], 0), size, (0, size[1])), np.float32)
    matrix = cv2.getPerspectiveTransform(box, target)
    return cast(
        "Image",
        cv2.warpPerspective(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
    )


def _score(probability: Floats, contour: Floats) -> float:
    """The mean probability within a contour."""
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - (left, top)], 1)
    return float(cv2.mean(probability[top : top + height, left : left + width], mask)[0])


def _grown(
    rectangle: tuple[tuple[float, float], tuple[float, float], float],
) -> tuple[tuple[float, float], tuple[float, float], float]:
    centre, (width, height), angle = rectangle
    distance = width * height * GROWTH / (2 * (width + height))
    return centre, (width + 2 * distance, height + 2 * distance), angle


def _ordered(points: Floats) -> Floats:
    """TL, TR, BR, BL: the two leftmost points are the left side."""
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left, right = (side[np.argsort(side[:, 1], kind="stable")] for side in (by_x[:2], by_x[2:]))
    return np.array((left[0], right[0], right[1], left[1]), np.float32)
