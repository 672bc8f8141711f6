"""Moves the sides of coarse quads onto the card's edge, to a fraction of a pixel, many quads at once."""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats

SHADOW, SHARPER = 0.026, (1.5, 0.8)
GROOVE, BESIDE_GROOVE = 0.97, 0.6  # a shadow's share of the light beside it; the same as SHARPER, beside it
TRIM = 0.07  # share of the side at either end that the round corner takes
LEAST_REACH = 6  # pixels; the slope isn't known in the outer three
AGREEING = 0.12  # least share of the profiles that may move a side
STIFFNESS = 0.08  # of a side against being bent, as a share of its profiles
PAST = np.array([0.03, 0.045, 0.06, 0.075, 0.09])  # of a side's length, past either of its ends
ENDS = np.concatenate([-PAST[::-1], 1 + PAST])
NOISE_BESIDE = 1.2  # times the noise: steepness past a side's ends that noise may have
LONGEST_MAP = 30000  # rows that OpenCV maps at once
# the step from the sample before to the one after, smoothed by (1, 5, 8, 5, 1) / 20
SMOOTH_STEP = np.array([[-0.05, -0.25, -0.35, 0, 0.35, 0.25, 0.05]], np.float32)


class Grain(NamedTuple):
    """How densely sides are sampled: profiles per side, samples averaged along the side for each, against
    noise, and whether sides may be bent, as a lens bends them."""

    profiles: int
    strand: int
    bent: bool


FINE, ROUGH = Grain(48, 3, True), Grain(24, 1, False)


class Fits(NamedTuple):
    """Refined quads.

    corners: float32 Q×4×2 in pixels of the image; sound: bool Q, whether the sides still make a quad. For
    each side (float Q×4): hold, share of the profiles that have their edge on the fitted line; contrast,
    typical step across it in grey levels; coherence, −1 … 1, how alike the steps of neighbouring profiles are
    (noise and print give about 0, an outline nearly 1). beyond: Q×4×2, 0 … 1, how far the edge goes on past
    the start and the end of each side (a card's ends, a tile's doesn't); onward: the same by how much it
    stands out there from what is beside it.
    """

    corners: Corners
    sound: Floats
    hold: Floats
    contrast: Floats
    coherence: Floats
    beyond: Floats
    onward: Floats


@functools.lru_cache(maxsize=4)
def _basis(profiles: int) -> Floats:
    """3×profiles: offsets at start and end and bulge in the middle @ this = offsets at the profiles."""
    share = np.linspace(TRIM, 1 - TRIM, profiles)
    return np.stack([1 - share, share, 4 * share * (1 - share)])


def refine(image: BgrImage, quads: Corners, reach: int, noise: float, grain: Grain = FINE) -> Fits:
    """Fit each side of Q×4×2 quads (pixels, in turn, clockwise) within ±`reach` pixels of where it is.

    noise: of the image, as by `edges.noise_level`.
    """
    reach = max(LEAST_REACH, reach)
    starts, ends, normal = _sides(quads)
    profiles = _profiles(image, starts, ends, normal, reach, grain)
    along, past = profiles[:, : grain.profiles], profiles[:, grain.profiles :]
    slope = _slope(along)
    # one typical step saturates, so that a stretch of print doesn't outvote the rest of the side
    typical = np.maximum(_percentile(slope.max(axis=2), 0.4), 2.0)[:, None, None]
    gradient = np.minimum(slope / typical, 1.3)
    offsets, hold = _settle(gradient, _best_lines(gradient, grain.profiles), grain)
    beyond, onward = (
        np.minimum(steep / typical[:, 0], 1.0).reshape(-1, 4, 2)
        for steep in _going_on(past, offsets, NOISE_BESIDE * noise)
    )
    contrast, coherence = _steps_across(along, offsets, grain.profiles)
    corners, sound = _corners(starts + normal * offsets[:, :1], ends + normal * offsets[:, 1:2])
    hold, contrast, coherence = (field.reshape(-1, 4) for field in (hold, contrast, coherence))
    return Fits(corners, sound, hold, contrast, coherence, beyond, onward)


def leave_shadow(image: BgrImage, corners: Corners) -> tuple[Corners, bool]:
    """Move sides of a quad (4×2) that lie on the rim of a shadow inward to the card's own, sharper edge.

    Looks inward by `SHADOW` of the card's long side for a line that is typically `SHARPER` times as steep;
    where it is darker between the two than on either side, as in a shadow beside a card, less will do.
    Returns corners to be refined again, as many quads as there are factors: first with the sides moved that
    surely lay on a shadow's rim, then with those that may have. Sides that aren't moved stay. And whether the
    first has moved sides, all of them out of such a shadow.
    """
    width = float(np.linalg.norm(corners - np.roll(corners, 1, axis=0), axis=1).max())
    reach = int(np.clip(SHADOW * width, 8, 40))
    starts, ends, normal = _sides(corners[None])
    rough = ROUGH._replace(strand=3)
    profiles = _profiles(image, starts, ends, normal, reach, rough)[:, : rough.profiles]
    slope = _slope(profiles)
    tries, columns = _slopes(reach, rough.profiles)
    inward = (tries <= 1).all(axis=1) & (np.abs(tries[:, 0] - tries[:, 1]) <= 4)
    tries, columns = tries[inward], columns[inward]
    here = (np.abs(tries) <= 1).all(axis=1)
    steepness = _percentile(slope[:, np.arange(rough.profiles), columns], 0.5)
    within = np.where(here, 0, steepness)
    best, times = within.argmax(axis=1), within.max(axis=1) / np.maximum(steepness[:, here].max(axis=1), 1e-6)
    groove = _in_groove(profiles, columns[best]) & (times > BESIDE_GROOVE)
    clearly = (times > np.array(SHARPER)[:, None]) | groove
    moved = np.where(clearly[:, :, None], tries[best], 0).reshape(-1, 2)
    starts, ends, normal = (np.tile(part, (len(SHARPER), 1)) for part in (starts, ends, normal))
    meeting, sound = _corners(starts + normal * moved[:, :1], ends + normal * moved[:, 1:])
    quads: Corners = np.where(sound[:, None, None], meeting, corners).astype(np.float32)
    return quads, bool(groove.any() and (groove == clearly[0]).all())


def _in_groove(profiles: Floats, columns: Floats) -> Floats:
    """Whether just beyond lines (N×profiles, columns) it is darker than within them and than farthest out."""
    light, last = profiles.mean(axis=3), profiles.shape[2] - 1
    side, row = np.arange(len(light))[:, None], np.arange(light.shape[1])
    within, beyond = (
        _percentile(light[side, row, np.clip(columns + depth, 0, last)], 0.5) for depth in (-3, 3)
    )
    table = _percentile(light[:, :, -3:].mean(axis=2), 0.5)
    dark: Floats = beyond < GROOVE * np.minimum(within, table)
    return dark


def _sides(quads: Corners) -> tuple[Floats, Floats, Floats]:
    """Starts, ends and outward unit normals of all sides, (4·Q)×2 each."""
    starts = quads.reshape(-1, 2)
    ends = np.roll(quads, -1, axis=1).reshape(-1, 2)
    direction = ends - starts
    direction = direction / np.maximum(np.linalg.norm(direction, axis=1, keepdims=True), 1e-6)
    return starts, ends, np.stack([direction[:, 1], -direction[:, 0]], axis=1)


def _profiles(
    image: BgrImage, starts: Floats, ends: Floats, normal: Floats, reach: int, grain: Grain
) -> Floats:
    """Sample across the sides: float32 N×(profiles + len(ENDS))×(2·reach + 1)×3."""
    strands = np.linspace(TRIM, 1 - TRIM, grain.profiles * grain.strand)
    share = np.concatenate([strands, np.repeat(ENDS, grain.strand)]).astype(np.float32)
    offset = np.arange(-reach, reach + 1, dtype=np.float32)
    starts, ends, normal = (part.astype(np.float32) for part in (starts, ends, normal))
    on_side = starts[:, None] + (ends - starts)[:, None] * share[None, :, None]
    places = on_side[:, :, None] + (normal[:, None] * offset[:, None])[:, None]
    places = places.reshape(len(starts) * len(share), offset.size, 2)
    parts = [places[first : first + LONGEST_MAP] for first in range(0, len(places), LONGEST_MAP)]
    seen = [cv2.remap(image, part, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) for part in parts]
    sampled = seen[0] if len(seen) == 1 else np.concatenate(seen)
    sampled = sampled.reshape(len(starts), grain.profiles + len(ENDS), grain.strand, offset.size, 3)
    profiles: Floats = sampled[:, :, 0].astype(np.float32)
    for strand in range(1, grain.strand):
        profiles += sampled[:, :, strand]
    return profiles * np.float32(1 / grain.strand)


def _slope(profiles: Floats) -> Floats:
    """Colour difference of neighbouring samples, N×profiles×offsets, 0 near the ends of a profile."""
    sides, count, width = profiles.shape[:3]
    flat = np.ascontiguousarray(profiles).reshape(sides * count, width, 3)
    step = cv2.filter2D(flat, -1, SMOOTH_STEP)
    square: Floats = cv2.transform(cv2.multiply(step, step), np.ones((1, 3), np.float32))
    slope: Floats = cv2.sqrt(square).reshape(sides, count, width)
    slope[:, :, :3] = slope[:, :, -3:] = 0
    return slope


def _percentile(values: Floats, share: float) -> Floats:
    """The value below which that share of the last axis lies; quicker than numpy's, no interpolation."""
    place = int(share * (values.shape[-1] - 1))
    found: Floats = np.partition(values, place, axis=-1)[..., place]
    return found


@functools.lru_cache(maxsize=8)
def _slopes(reach: int, profiles: int) -> tuple[Floats, Floats]:
    """All lines through the strip: end offsets K×2, and the column of each at each profile, K×profiles."""
    grid = np.arange(-reach + 3, reach - 2)
    first, last = np.meshgrid(grid, grid, indexing="ij")
    ends = np.stack([first.ravel(), last.ravel()], axis=1)
    ends = ends[np.abs(ends[:, 0] - ends[:, 1]) <= max(6, reach)]
    return ends, np.rint(ends @ _basis(profiles)[:2]).astype(np.intp) + reach


def _best_lines(gradient: Floats, profiles: int) -> Floats:
    """End offsets (at share 0 and 1) and no bulge of the line that collects most edge strength; N×3."""
    reach = gradient.shape[2] // 2
    ends, columns = _slopes(reach, profiles)
    collected = gradient[:, np.arange(profiles), columns].sum(axis=2)
    shift = np.abs(ends).sum(axis=1) / (2 * reach)
    best = ends[(collected * (1 - 0.08 * shift)).argmax(axis=1)]
    return np.pad(best, ((0, 0), (0, 1)))


def _settle(gradient: Floats, lines: Floats, grain: Grain) -> tuple[Floats, Floats]:
    """Least squares through the sub-pixel peaks near the lines: N×3 as in `_basis`, share that agrees."""
    reach, basis = gradient.shape[2] // 2, _basis(grain.profiles)
    fitted, hold = lines.astype(np.float64), np.zeros(len(lines))
    for width in (3, 2):
        line = fitted @ basis
        window = np.rint(line).astype(np.intp)[:, :, None] + np.arange(-width, width + 1) + reach
        values = np.take_along_axis(gradient, np.clip(window, 0, 2 * reach), axis=2) ** 2
        mass = values.sum(axis=2)
        peak = (values * window).sum(axis=2) / np.maximum(mass, 1e-6) - reach
        agrees = (values.max(axis=2) > 0.2) & (np.abs(peak - line) < width * 0.75)
        hold = agrees.mean(axis=1)
        stiffness = STIFFNESS * grain.profiles if grain.bent else 1e6
        better = _weighted_curves(peak, np.where(agrees, np.minimum(mass, 2.0), 0), basis, stiffness)
        fitted = np.where((hold >= AGREEING)[:, None], better, fitted)
    return fitted, hold


def _weighted_curves(value: Floats, weight: Floats, basis: Floats, stiffness: float) -> Floats:
    """Weighted least squares of N×profiles values by the basis; N×3."""
    products = np.einsum("ip,jp,np->nij", basis, basis, weight) + np.diag([1e-6, 1e-6, stiffness])
    targets = (weight * value) @ basis.T
    solution: Floats = np.linalg.solve(products, targets[:, :, None])[:, :, 0]
    return solution


def _going_on(past: Floats, offsets: Floats, noise: float) -> tuple[Floats, Floats]:
    """How steep the picture is where each side goes on past its start and end, N×2, noise and print averaged.

    By how much it is steeper than beside it: first as far as noise may be the cause there, then altogether.
    past: N×len(ENDS)×columns×3, the profiles there. noise: how steep that may be.
    """
    reach, half = past.shape[2] // 2, len(ENDS) // 2
    slope = _slope(np.stack([past[:, :half].mean(axis=1), past[:, half:].mean(axis=1)], axis=1))
    share = np.array([ENDS[:half].mean(), ENDS[half:].mean()])
    line = np.rint(offsets[:, :2] @ np.stack([1 - share, share])).astype(np.intp)
    window = np.clip(line[:, :, None] + np.arange(-1, 2) + reach, 0, 2 * reach)
    steepest: Floats = np.take_along_axis(slope, window, axis=2).max(axis=2)
    beside = _percentile(slope[:, :, 3:-3], 0.5)
    return np.maximum(steepest - np.minimum(beside, noise), 0), np.maximum(steepest - beside, 0)


def _steps_across(profiles: Floats, offsets: Floats, count: int) -> tuple[Floats, Floats]:
    """For each side the median colour step across the line in grey levels, and the likeness of neighbours."""
    reach = profiles.shape[2] // 2
    centre = np.rint(offsets @ _basis(count)).astype(np.intp)[:, :, None] + reach
    sides, rows = np.arange(len(profiles))[:, None, None], np.arange(count)[None, :, None]
    depths = np.array([2, 3, 4])
    outer = profiles[sides, rows, np.clip(centre + depths, 0, 2 * reach)].mean(axis=2)
    inner = profiles[sides, rows, np.clip(centre - depths, 0, 2 * reach)].mean(axis=2)
    step = outer - inner
    size = np.linalg.norm(step, axis=2)
    together = (step[:, 1:] * step[:, :-1]).sum(axis=(1, 2))
    alike = together / np.maximum((size[:, 1:] * size[:, :-1]).sum(axis=1), 1e-3)
    return _percentile(np.abs(step).max(axis=2), 0.5), alike


def _corners(starts: Floats, ends: Floats) -> tuple[Corners, Floats]:
    """Where neighbouring sides meet, Q×4×2 (corner k: side k−1 and side k), and whether all do."""
    starts, ends = starts.reshape(-1, 4, 2), ends.reshape(-1, 4, 2)
    u, v = np.roll(ends - starts, 1, axis=1), ends - starts
    w = starts - np.roll(starts, 1, axis=1)
    cross = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    sizes = np.linalg.norm(u, axis=2) * np.linalg.norm(v, axis=2)
    sound = (np.abs(cross) > 1e-3 * sizes + 1e-9).all(axis=1)
    share = (w[..., 0] * v[..., 1] - w[..., 1] * v[..., 0]) / np.where(np.abs(cross) < 1e-9, 1.0, cross)
    meeting = (np.roll(starts, 1, axis=1) + u * share[..., None]).astype(np.float32)
    return meeting, sound
