"""Reduces a picture to a list of thin edge pixels with direction and strength."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats

CHROMA_WEIGHT = 1.4  # a card and a table of the same grey level often differ in hue
FULL_LIGHT = 235.0  # dark pictures are gained up until their brightest parts reach this
MAX_GAIN = 8.0
NEIGHBOURHOOD = 25  # pixels of the reduced picture, wider than the quiet rim of a card
LEAST_RELIEF = 200.0  # 256 is a gradient as strong as its surroundings


class Edges(NamedTuple):
    """Thin edge pixels of a reduced picture.

    points: float32 N×2, (x, y) relative to the picture's centre, in pixels of the reduced picture.
    normals: float32 N×2, unit vectors along the gradient.
    weights: float32 N, 0 … 1, how clearly each stands out.
    size: (width, height) of the reduced picture. scale: reduced pixels per pixel of the original.
    """

    points: Floats
    normals: Floats
    weights: Floats
    size: tuple[int, int]
    scale: float


class Gradients(NamedTuple):
    """The reduced, gained-up picture (BGR) and the gradient of its strongest colour channel, float32 H×W."""

    small: BgrImage
    gain: float
    dx: Floats
    dy: Floats
    magnitude: Floats
    scale: float


def colour_gradients(image: BgrImage, long_side: int) -> Gradients:
    """Reduce to `long_side` pixels, gain up darkness, and take for each pixel the strongest Lab gradient."""
    height, width = image.shape[:2]
    scale = min(1.0, long_side / max(width, height))
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
    gain = min(MAX_GAIN, max(1.0, FULL_LIGHT / max(1.0, float(np.percentile(small[::4, ::4], 99)))))
    if gain > 1.05:
        small = cv2.convertScaleAbs(small, alpha=gain)
    small = cv2.GaussianBlur(small, (0, 0), 0.9 if gain < 2.5 else 1.4)
    lab = cv2.cvtColor(small, cv2.COLOR_BGR2Lab)
    dx = cv2.Sobel(lab, cv2.CV_32F, 1, 0)
    dy = cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    weight = np.array([1.0, CHROMA_WEIGHT, CHROMA_WEIGHT], np.float32)
    strength = cv2.magnitude(dx, dy) * weight
    strongest = strength.argmax(axis=2)
    dx, dy, magnitude = _channel(dx * weight, dy * weight, strength, strongest)
    return Gradients(small, gain, dx, dy, magnitude, size[0] / width)


def _channel(dx: Floats, dy: Floats, strength: Floats, strongest: Floats) -> tuple[Floats, Floats, Floats]:
    rows = np.arange(strongest.size)
    flat = strongest.ravel()

    def picked(values: Floats) -> Floats:
        chosen: Floats = values.reshape(-1, 3)[rows, flat].reshape(strongest.shape)
        return chosen

    return picked(dx), picked(dy), picked(strength)


def thin_edges(gradients: Gradients, share: float, floor: float) -> Edges:
    """Keep ridges of the gradient.

    A gradient counts by how it stands out from its surroundings, so that the weak outline of a white card
    on a white desk isn't lost beside print. share: about this share of all pixels may belong to an edge.
    floor: gradient (Sobel units, a step of one grey level gives 4) that is no more than noise.
    """
    surroundings = cv2.blur(gradients.magnitude, (NEIGHBOURHOOD, NEIGHBOURHOOD))
    gain = 256 / (floor + surroundings)
    relief = gradients.magnitude * gain
    high = max(LEAST_RELIEF, float(np.percentile(relief[::2, ::2], 100 * (1 - share))))
    dx, dy = gradients.dx * gain, gradients.dy * gain
    ridge = cv2.Canny(dx.astype(np.int16), dy.astype(np.int16), high * 0.45, high, L2gradient=True)
    rows, columns = np.nonzero(ridge)
    height, width = relief.shape
    dx, dy, strength = (field[rows, columns] for field in (dx, dy, relief))
    norm = np.maximum(strength, 1e-3)
    points = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2], axis=1).astype(np.float32)
    normals = np.stack([dx / norm, dy / norm], axis=1).astype(np.float32)
    weights = np.clip(strength / (2 * high), 0.4, 1.0).astype(np.float32)
    return Edges(points, normals, weights, (width, height), gradients.scale)
