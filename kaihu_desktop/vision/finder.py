"""Finds the ID-1 card in a picture: its four corners, and whether they can be trusted.

What is known before looking is the object, not the picture: a plane rectangle of 85.60×53.98 mm whose corners
are rounded to 3.18 mm (ISO/IEC 7810), seen by a pinhole camera. From that the method follows:

1. `edges`, `hough`: the outline consists of four straight stretches, so straight lines are voted for by edge
   pixels. Its corners are round, so contours with sharp corners aren't looked for at all.
2. `quads`, `completion`, `regions`: four lines bound a quad, and a quad determines a parallelogram in space;
   it has to be a rectangle of the card's proportions. Three sides determine the fourth. A region of one
   colour is circumscribed by its quad.
3. `refine`: few quads are left; each side is fitted to the full picture.
4. `evidence`: an outline separates two surfaces along each side, and at the corners along an arc. What meets
   all of it is a card; the gate is set where made-up tables without a card were still refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterator, NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.completion import complete_quads
from kaihu_desktop.vision.edges import Gradients, Sieve, colour_gradients, thin_edges
from kaihu_desktop.vision.evidence import Evidence, corner_roundness, weigh
from kaihu_desktop.vision.geometry import in_turn
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import Quads, find_quads
from kaihu_desktop.vision.refine import Fit, leave_shadow, refine
from kaihu_desktop.vision.regions import region_quads


@dataclass(frozen=True)
class CardFind:
    """What was found.

    corners: float32 4×2 in pixels of the image, clockwise from the one nearest the top left; None if nothing
        looked like a card. They are the corners of the full rectangle, before rounding.
    score: 0 … 1. accepted: whether the finder vouches for the corners.
    """

    corners: Corners | None
    score: float
    accepted: bool


class View(NamedTuple):
    """The picture as one pass sees it; size = (width, height) of the reduced picture."""

    gradients: Gradients
    lines: Lines
    size: tuple[int, int]


class Search(NamedTuple):
    """A way to find quads. reach: pixels of the reduced picture by which their sides may be off."""

    quads: Callable[[View], Quads]
    candidates: int
    reach: float


def _four_lines(view: View) -> Quads:
    return find_quads(view.lines, view.size)


def _three_lines(view: View) -> Quads:
    return complete_quads(view.lines, view.size)


def _regions(view: View) -> Quads:
    return region_quads(view.gradients.small)


class Pass(NamedTuple):
    """A look at the picture reduced to `long_side` pixels; blur, closing and sieve as in `edges`.

    Its searches go on in turn while the best find scores less than `enough`.
    """

    enough: float
    long_side: int
    blur: float
    closing: int
    sieve: Sieve
    searches: tuple[Search, ...]


# a further search is made only while the best find isn't good enough; the third look doesn't see print, the
# last one sees woven cloth as even grey
GOOD, ROUND = 0.95, 1.02  # the latter takes round corners as well
_FIRST, _FAINT = Sieve(0.10, 24.0, 25, 0.8), Sieve(0.22, 11.0, 25, 0.8)
_PAPER, _CLOTH = Sieve(0.12, 8.0, 25, 0.6), Sieve(0.22, 8.0, 15, 0.6)
THOROUGH = (
    Pass(ROUND, 640, 0.9, 0, _FIRST, (Search(_four_lines, 4, 3.2), Search(_regions, 2, 5.0))),
    Pass(ROUND, 640, 0.9, 0, _FAINT, (Search(_four_lines, 4, 3.2), Search(_three_lines, 4, 5.0))),
    Pass(GOOD, 640, 1.6, 9, _PAPER, (Search(_four_lines, 4, 5.5), Search(_three_lines, 4, 5.5))),
    Pass(GOOD, 240, 2.4, 0, _CLOTH, (Search(_four_lines, 3, 3.2), Search(_three_lines, 3, 3.2))),
)
PREVIEW = (Pass(GOOD, 480, 0.9, 0, Sieve(0.10, 24.0, 19, 0.8), (Search(_four_lines, 3, 3.2),)),)
LEAST_VOTES = 0.028  # of the long side: the backing of the shortest side of a small card
ACCEPT = 0.92
LEAST_SCORE = 0.6  # below that the corners aren't even a suggestion
CERTAIN = 1.1  # all sides, the shape and round corners
FAR = 16.0  # pixels
LARGEST_SIDE = 2000  # pixels; more detail of an edge isn't needed to place it


def find_card(image: BgrImage, preview: bool = False) -> CardFind:
    """Find the card in a BGR image H×W×3 uint8; `preview` looks once and lightly, for a live picture."""
    excess = max(image.shape[:2]) / LARGEST_SIDE
    if excess > 1:
        small = cv2.resize(image, None, fx=1 / excess, fy=1 / excess, interpolation=cv2.INTER_AREA)
        found_small = find_card(small, preview)
        if found_small.corners is None:
            return found_small
        return replace(found_small, corners=((found_small.corners + 0.5) * excess - 0.5).astype(np.float32))
    best: tuple[Fit, Evidence] | None = None
    for manner in PREVIEW if preview else THOROUGH:
        if best is not None and best[1].score >= manner.enough:
            break
        for found in _finds(image, manner):
            if best is None or found[1].score > best[1].score:
                best = found
            if best[1].score >= manner.enough:
                break
    if best is None:
        return CardFind(None, 0.0, False)
    fit, evidence = _out_of_shadow(image, *best)
    score = float(np.clip(evidence.score, 0, 1))
    if score < LEAST_SCORE:
        return CardFind(None, score, False)
    return CardFind(in_turn(fit.corners), score, score >= ACCEPT)


def _finds(image: BgrImage, manner: Pass) -> Iterator[tuple[Fit, Evidence]]:
    """The best find of each search of a pass, made as they are asked for."""
    gradients = colour_gradients(image, manner.long_side, manner.blur, manner.closing)
    height, width = gradients.magnitude.shape
    lines = find_lines(thin_edges(gradients, manner.sieve), LEAST_VOTES * max(width, height))
    view = View(gradients, lines, (width, height))
    for search in manner.searches if len(lines.rho) >= 3 else ():
        promising = _promising(gradients, search.quads(view), search.candidates)
        found = _closest_look(image, gradients, promising, search.reach)
        if found is not None:
            yield found


def _closest_look(
    image: BgrImage, gradients: Gradients, quads: Floats, reach: float
) -> tuple[Fit, Evidence] | None:
    """Refine and weigh the quads; from far away the best is chosen at half resolution first."""
    corners = [in_turn((quad + 0.5) / gradients.scale - 0.5) for quad in quads]
    reach /= gradients.scale
    if reach > FAR and corners:
        half = np.ascontiguousarray(image[::2, ::2])
        nearer = _best_fit(half, [quad / 2 for quad in corners], reach / 2, gradients.gain)
        corners, reach = [] if nearer is None else [nearer[0].corners * 2], FAR / 2
    return _best_fit(image, corners, reach, gradients.gain)


def _best_fit(
    image: BgrImage, quads: list[Corners], reach: float, gain: float
) -> tuple[Fit, Evidence] | None:
    best = None
    for quad in quads:
        fit = refine(image, quad, max(6, round(reach)))
        if fit is None:
            continue
        evidence = weigh(image, fit, gain)
        if best is None or evidence.score > best[1].score:
            best = (fit, evidence)
        if evidence.score >= CERTAIN:
            break
    return best


def _out_of_shadow(image: BgrImage, fit: Fit, evidence: Evidence) -> tuple[Fit, Evidence]:
    """The find with its sides on the card's edge instead of its shadow's, where that holds as well."""
    moved = leave_shadow(image, fit.corners)
    if np.abs(moved - fit.corners).max() < 1:
        return fit, evidence
    again = refine(image, moved, 6)
    if again is None:
        return fit, evidence
    renewed = weigh(image, again, evidence.gain)
    return (again, renewed) if renewed.score > evidence.score - 0.06 else (fit, evidence)


def _promising(gradients: Gradients, quads: Quads, count: int) -> Floats:
    """The quads worth a closer look, by score and round corners: ≤count×4×2, reduced pixels."""
    height, width = gradients.magnitude.shape
    chosen = _distinct(quads.corners, 0.012 * max(width, height), 8 * count)
    if not chosen:
        return np.zeros((0, 4, 2), np.float32)
    corners = quads.corners[chosen] + (np.array([width, height], np.float32) - 1) / 2
    corners = np.stack([in_turn(quad) for quad in corners])
    merit = quads.score[chosen] + 0.2 * corner_roundness(gradients.small, corners)
    best: Floats = corners[np.argsort(-merit)[:count]]
    return best


def _distinct(corners: Floats, radius: float, count: int) -> list[int]:
    """Indices of the first `count` quads of which no two share all corners within `radius`."""
    chosen: list[int] = []
    centres = corners.mean(axis=1)
    for index in range(min(len(corners), 40 * count)):
        close = np.abs(centres[chosen] - centres[index]).max(axis=1, initial=0) <= radius
        if all(_farthest(corners[k], corners[index]) > radius for k in np.array(chosen)[close]):
            chosen.append(index)
            if len(chosen) == count:
                break
    return chosen


def _farthest(first: Floats, second: Floats) -> float:
    """Largest distance from a corner of one quad to the nearest of the other."""
    distance = np.abs(first[:, None] - second[None]).max(axis=2)
    return float(distance.min(axis=1).max())
