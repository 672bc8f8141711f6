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
    profiles, step = _profiles(image, corners, reach)
    gradient = _gradient(profiles)
    offsets = np.stack([_best_line(side) for side in gradient])
    lines, hold, steps = [], [], []
    for number in range(4):
        start, end = corners[number], corners[(number + 1) % 4]
        fitted, held = _settle(gradient[number], offsets[number])
        normal = step[number]
        lines.append((start + normal * fitted[0], end + normal * fitted[1]))
        hold.append(held)
        steps.append(_step_across(profiles[number], fitted))
    meeting = _corners(lines)
    if meeting is None:
        return None
    contrast, coherence = np.array(steps, np.float32).T
    return Fit(meeting, np.array(hold, np.float32), contrast, coherence)


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
    lines = []
    for number in range(4):
        along = slope[number][np.arange(PROFILES), columns]
        steepness = np.partition(along, PROFILES // 2, axis=1)[:, PROFILES // 2]
        best = int(np.argmax(steepness))
        moved = ends[best] if steepness[best] > SHARPER * steepness[here].max() else np.zeros(2)
        start, end = corners[number], corners[(number + 1) % 4]
        lines.append((start + normal[number] * moved[0], end + normal[number] * moved[1]))
    meeting = _corners(lines)
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
    share = np.linspace(TRIM, 1 - TRIM, PROFILES)
    columns = np.rint(ends[:, :1] * (1 - share) + ends[:, 1:] * share) + reach
    return ends, columns.astype(np.intp)


def _best_line(gradient: Floats) -> Floats:
    """End offsets (at share 0 and 1 of the side) of the line that collects most edge strength."""
    reach = gradient.shape[1] // 2
    ends, columns = _slopes(reach)
    collected = gradient[np.arange(PROFILES), columns].sum(axis=1)
    shift = np.abs(ends).sum(axis=1) / (2 * reach)
    best: Floats = ends[int(np.argmax(collected * (1 - 0.08 * shift)))]
    return best


def _settle(gradient: Floats, ends: Floats) -> tuple[Floats, float]:
    """Least squares through the sub-pixel peaks near the line, and the share of profiles that agree."""
    reach = gradient.shape[1] // 2
    share = np.linspace(TRIM, 1 - TRIM, PROFILES)
    fitted = ends.astype(np.float64)
    held = 0.0
    for width in (3, 2):
        centre = np.rint(fitted[0] * (1 - share) + fitted[1] * share).astype(np.intp) + reach
        window = np.clip(centre[:, None] + np.arange(-width, width + 1), 0, 2 * reach)
        values = np.take_along_axis(gradient, window, axis=1) ** 2
        mass = values.sum(axis=1)
        peak = (values * window).sum(axis=1) / np.maximum(mass, 1e-6) - reach
        residual = np.abs(peak - (fitted[0] * (1 - share) + fitted[1] * share))
        agrees = (values.max(axis=1) > 0.2) & (residual < width * 0.75)
        held = float(agrees.mean())
        if agrees.sum() < 6:
            return fitted, held
        weight = np.where(agrees, np.minimum(mass, 2.0), 0)
        fitted = _weighted_line(share, peak, weight)
    return fitted, held


def _weighted_line(share: Floats, value: Floats, weight: Floats) -> Floats:
    basis = np.stack([1 - share, share], axis=1)
    normal = basis.T @ (basis * weight[:, None]) + np.eye(2) * 1e-6
    solution: Floats = np.linalg.solve(normal, basis.T @ (weight * value))
    return solution


def _step_across(profiles: Floats, ends: Floats) -> tuple[float, float]:
    """Median colour step across the line in grey levels, and the likeness of neighbouring steps, −1 … 1."""
    reach = profiles.shape[1] // 2
    share = np.linspace(TRIM, 1 - TRIM, PROFILES)
    centre = np.rint(ends[0] * (1 - share) + ends[1] * share).astype(np.intp) + reach
    rows = np.arange(PROFILES)[:, None]
    outer = profiles[rows, np.clip(centre[:, None] + (2, 3, 4), 0, 2 * reach)].mean(axis=1)
    inner = profiles[rows, np.clip(centre[:, None] - (2, 3, 4), 0, 2 * reach)].mean(axis=1)
    step = outer - inner
    size = np.linalg.norm(step, axis=1)
    alike = (step[1:] * step[:-1]).sum() / max(float((size[1:] * size[:-1]).sum()), 1e-3)
    return float(np.median(np.abs(step).max(axis=1))), float(alike)


def _corners(lines: list[tuple[Floats, Floats]]) -> Corners | None:
    """Intersections of neighbouring sides: corner k is where side k−1 meets side k."""
    meeting = []
    for number in range(4):
        (p, q), (r, s) = lines[number - 1], lines[number]
        u, v = q - p, s - r
        cross = float(u[0] * v[1] - u[1] * v[0])
        if abs(cross) < 1e-3 * float(np.linalg.norm(u) * np.linalg.norm(v)):
            return None
        w = r - p
        meeting.append(p + u * float(w[0] * v[1] - w[1] * v[0]) / cross)
    return np.array(meeting, np.float32)
