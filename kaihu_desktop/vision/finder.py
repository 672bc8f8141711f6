"""Finds the ID-1 card in a picture: its four corners, and whether they can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, NamedTuple

import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.completion import complete_quads
from kaihu_desktop.vision.edges import Gradients, colour_gradients, thin_edges
from kaihu_desktop.vision.evidence import Evidence, corner_roundness, weigh
from kaihu_desktop.vision.geometry import in_turn
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import Quads, find_quads
from kaihu_desktop.vision.refine import Fit, refine


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


class Pass(NamedTuple):
    """One look at the picture.

    share, floor: see `thin_edges`. search: how quads are made of lines. candidates: how many quads are looked
    at closely. reach: pixels of the reduced picture by which their sides may be off.
    """

    share: float
    floor: float
    search: Callable[[Lines, tuple[int, int]], Quads]
    candidates: int
    reach: float


class Effort(NamedTuple):
    """How hard to look: a further pass is made only while the best find isn't good enough."""

    long_side: int
    passes: tuple[Pass, ...]


THOROUGH = Effort(
    640,
    (
        Pass(0.10, 24.0, find_quads, 8, 3.2),
        Pass(0.22, 11.0, find_quads, 8, 3.2),
        Pass(0.22, 11.0, complete_quads, 8, 5.0),
    ),
)
PREVIEW = Effort(480, (Pass(0.10, 24.0, find_quads, 3, 3.2),))
LEAST_VOTES = 0.028  # of the long side: the backing of the shortest side of a small card
GOOD_ENOUGH = 0.72  # no second look is needed
ACCEPT = 0.62


def find_card(image: BgrImage, preview: bool = False) -> CardFind:
    """Find the card in a BGR image H×W×3 uint8."""
    effort = PREVIEW if preview else THOROUGH
    gradients = colour_gradients(image, effort.long_side)
    best = None
    for manner in effort.passes:
        found = _look(image, gradients, manner)
        if found is not None and (best is None or found[1].score > best[1].score):
            best = found
        if best is not None and best[1].score >= GOOD_ENOUGH:
            break
    if best is None:
        return CardFind(None, 0.0, False)
    fit, evidence = best
    score = float(np.clip(evidence.score, 0, 1))
    return CardFind(in_turn(fit.corners), score, score >= ACCEPT)


def _look(image: BgrImage, gradients: Gradients, manner: Pass) -> tuple[Fit, Evidence] | None:
    edges = thin_edges(gradients, manner.share, manner.floor)
    height, width = gradients.magnitude.shape
    quads = manner.search(find_lines(edges, LEAST_VOTES * max(width, height)), (width, height))
    best = None
    for quad in _promising(gradients, quads, manner.candidates):
        coarse = in_turn((quad + 0.5) / gradients.scale - 0.5)
        fit = refine(image, coarse, max(6, round(manner.reach / gradients.scale)))
        if fit is None:
            continue
        evidence = weigh(image, fit, gradients.gain)
        if best is None or evidence.score > best[1].score:
            best = (fit, evidence)
    return best


def _promising(gradients: Gradients, quads: Quads, count: int) -> Floats:
    """The quads worth a closer look, by score and round corners: ≤count×4×2, reduced pixels."""
    height, width = gradients.magnitude.shape
    chosen = _distinct(quads.corners, 0.012 * max(width, height), 5 * count)
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
        close = [k for k in chosen if np.abs(centres[k] - centres[index]).max() <= radius]
        if all(_farthest(corners[k], corners[index]) > radius for k in close):
            chosen.append(index)
            if len(chosen) == count:
                break
    return chosen


def _farthest(first: Floats, second: Floats) -> float:
    """Largest distance from a corner of one quad to the nearest of the other."""
    distance = np.abs(first[:, None] - second[None]).max(axis=2)
    return float(distance.min(axis=1).max())
