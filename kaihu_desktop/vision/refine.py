"""Moves the sides of a coarse quad onto the card's edge at full resolution, to a fraction of a pixel."""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats

PROFILES = 48  # per side
STRAND = 3  # samples averaged along the side for each profile, against noise
SHADOW, SHARPER = 0.026, 1.5
TRIM = 0.07  # share of the side at either end that the round corner takes
LEAST_AGREEING = 6  # profiles that may move a side
_SHARES = np.linspace(TRIM, 1 - TRIM, PROFILES)
_BASIS = np.stack([1 - _SHARES, _SHARES])  # 2×PROFILES: end offsets @ _BASIS = offsets at the profiles


class Fit(NamedTuple):
    """A refined quad.

    corners: float32 4×2 in pixels of the image. For each side (float32 4): hold, share of the profiles that
    have their edge on the fitted line; contrast, typical step across it in grey levels; coherence, −1 … 1,
    how alike the steps of neighbouring profiles are (noise and print give about 0, an outline nearly 1).
    """

    corners: Corners
    hold: Floats
    contrast: Floats
    coherence: Floats


def refine(image: BgrImage, corners: Corners, reach: int) -> Fit | None:
    """Fit each side within ±`reach` pixels of where it is; None when the sides no longer make a quad."""
    profiles, normal = _profiles(image, corners, reach)
    gradient = _gradient(profiles)
    offsets, hold = _settle(gradient, _best_lines(gradient))
    meeting = _corners(*_moved(corners, normal, offsets))
    if meeting is None:
        return None
    return Fit(meeting, hold, *_steps_across(profiles, offsets))


def leave_shadow(image: BgrImage, corners: Corners) -> Corners:
    """Move sides that lie on the rim of a shadow inward to the card's own, sharper edge.

    Looks inward by `SHADOW` of the card's long side for a line that is typically `SHARPER` times steeper.
    Returns corners to be refined again, the same ones when no side moves.
    """
    width = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
    reach = int(np.clip(SHADOW * width, 8, 40))
    profiles, normal = _profiles(image, corners, reach)
    slope = _slope(profiles)
    ends, columns = _slopes(reach)
    inward = (ends <= 1).all(axis=1) & (ends.min(axis=1) >= -reach) & (np.abs(ends[:, 0] - ends[:, 1]) <= 4)
    ends, columns = ends[inward], columns[inward]
    here = (np.abs(ends) <= 1).all(axis=1)
    along = slope[:, np.arange(PROFILES), columns]
    steepness = np.partition(along, PROFILES // 2, axis=2)[:, :, PROFILES // 2]
    best = steepness.argmax(axis=1)
    clearly = steepness.max(axis=1) > SHARPER * steepness[:, here].max(axis=1)
    meeting = _corners(*_moved(corners, normal, np.where(clearly[:, None], ends[best], 0)))
    return corners if meeting is None else meeting


def _profiles(image: BgrImage, corners: Corners, reach: int) -> tuple[Floats, Floats]:
    """Sample across the sides: float32 4×PROFILES×(2·reach + 1)×3, and the unit normals 4×2."""
    ends = np.roll(corners, -1, axis=0)
    direction = ends - corners
    direction = direction / np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
    normal = np.stack([direction[:, 1], -direction[:, 0]], axis=1)
    share = np.linspace(TRIM, 1 - TRIM, PROFILES * STRAND)
    offset = np.arange(-reach, reach + 1)
    on_side = corners[:, None] + (ends - corners)[:, None] * share[None, :, None]
    places = on_side[:, :, None] + normal[:, None, None] * offset[None, None, :, None]
    places = places.reshape(4 * PROFILES * STRAND, offset.size, 2).astype(np.float32)
    sampled = cv2.remap(
        image, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    strands: Floats = sampled.reshape(4, PROFILES, STRAND, offset.size, 3).astype(np.float32)
    profiles: Floats = strands.mean(axis=2)
    return profiles, normal


def _slope(profiles: Floats) -> Floats:
    """Colour difference of neighbouring samples, 4×PROFILES×offsets, 0 near the ends of a profile."""
    blurred = (
        profiles[:, :, 2:-2] * 0.4
        + (profiles[:, :, 1:-3] + profiles[:, :, 3:-1]) * 0.25
        + (profiles[:, :, :-4] + profiles[:, :, 4:]) * 0.05
    )
    slope = np.zeros(profiles.shape[:3], np.float32)
    slope[:, :, 3:-3] = np.sqrt(((blurred[:, :, 2:] - blurred[:, :, :-2]) ** 2).sum(axis=3))
    return slope


def _gradient(profiles: Floats) -> Floats:
    """Edge strength 4×PROFILES×offsets, 0 … 1.3: the slope in terms of a typical step of its side."""
    slope = _slope(profiles)
    top = slope.max(axis=2)
    # one typical step saturates, so that a stretch of print doesn't outvote the rest of the side
    typical = np.maximum(np.percentile(top, 40, axis=1), 2.0)[:, None, None]
    saturated: Floats = np.minimum(slope / typical, 1.3)
    return saturated


@functools.lru_cache(maxsize=8)
def _slopes(reach: int) -> tuple[Floats, Floats]:
    """All lines through the strip: end offsets K×2, and the column of each at each profile, K×PROFILES."""
    grid = np.arange(-reach + 3, reach - 2)
    first, last = np.meshgrid(grid, grid, indexing="ij")
    ends = np.stack([first.ravel(), last.ravel()], axis=1)
    ends = ends[np.abs(ends[:, 0] - ends[:, 1]) <= max(6, reach)]
    return ends, np.rint(ends @ _BASIS).astype(np.intp) + reach


def _best_lines(gradient: Floats) -> Floats:
    """End offsets (at share 0 and 1) of the line that collects most edge strength of each side; 4×2."""
    reach = gradient.shape[2] // 2
    ends, columns = _slopes(reach)
    collected = gradient[:, np.arange(PROFILES), columns].sum(axis=2)
    shift = np.abs(ends).sum(axis=1) / (2 * reach)
    best: Floats = ends[(collected * (1 - 0.08 * shift)).argmax(axis=1)]
    return best


def _settle(gradient: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """Least squares through the sub-pixel peaks near the lines: end offsets 4×2, share that agrees."""
    reach = gradient.shape[2] // 2
    fitted, hold = ends.astype(np.float64), np.zeros(4)
    for width in (3, 2):
        line = fitted @ _BASIS
        window = np.rint(line).astype(np.intp)[:, :, None] + np.arange(-width, width + 1) + reach
        values = np.take_along_axis(gradient, np.clip(window, 0, 2 * reach), axis=2) ** 2
        mass = values.sum(axis=2)
        peak = (values * window).sum(axis=2) / np.maximum(mass, 1e-6) - reach
        agrees = (values.max(axis=2) > 0.2) & (np.abs(peak - line) < width * 0.75)
        hold = agrees.mean(axis=1)
        better = _weighted_lines(peak, np.where(agrees, np.minimum(mass, 2.0), 0))
        fitted = np.where((agrees.sum(axis=1) >= LEAST_AGREEING)[:, None], better, fitted)
    return fitted, hold


def _weighted_lines(value: Floats, weight: Floats) -> Floats:
    """Weighted least squares of K×PROFILES values by a line over the share of the side; end offsets K×2."""
    products = np.einsum("ip,jp,kp->kij", _BASIS, _BASIS, weight) + np.eye(2) * 1e-6
    targets = (weight * value) @ _BASIS.T
    solution: Floats = np.linalg.solve(products, targets[:, :, None])[:, :, 0]
    return solution


def _steps_across(profiles: Floats, ends: Floats) -> tuple[Floats, Floats]:
    """For each side the median colour step across the line in grey levels, and the likeness of neighbours."""
    reach = profiles.shape[2] // 2
    centre = np.rint(ends @ _BASIS).astype(np.intp)[:, :, None] + reach
    sides, rows = np.arange(4)[:, None, None], np.arange(PROFILES)[None, :, None]
    depths = np.array([2, 3, 4])
    outer = profiles[sides, rows, np.clip(centre + depths, 0, 2 * reach)].mean(axis=2)
    inner = profiles[sides, rows, np.clip(centre - depths, 0, 2 * reach)].mean(axis=2)
    step = outer - inner
    size = np.linalg.norm(step, axis=2)
    together = (step[:, 1:] * step[:, :-1]).sum(axis=(1, 2))
    alike = together / np.maximum((size[:, 1:] * size[:, :-1]).sum(axis=1), 1e-3)
    return np.median(np.abs(step).max(axis=2), axis=1), alike


def _moved(corners: Corners, normal: Floats, offsets: Floats) -> tuple[Floats, Floats]:
    """Starts and ends (4×2 each) of the sides, moved outward by the offsets at their ends."""
    return corners + normal * offsets[:, :1], np.roll(corners, -1, axis=0) + normal * offsets[:, 1:]


def _corners(starts: Floats, ends: Floats) -> Corners | None:
    """Intersections of neighbouring sides: corner k is where side k−1 meets side k."""
    u, v = np.roll(ends - starts, 1, axis=0), ends - starts
    w = starts - np.roll(starts, 1, axis=0)
    cross = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    if (np.abs(cross) < 1e-3 * np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1) + 1e-9).any():
        return None
    share = (w[:, 0] * v[:, 1] - w[:, 1] * v[:, 0]) / cross
    meeting: Corners = (np.roll(starts, 1, axis=0) + u * share[:, None]).astype(np.float32)
    return meeting
