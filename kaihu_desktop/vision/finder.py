"""Finds the ID-1 card in a picture: its four corners, and whether they can be trusted.

What is known before looking is the object, not the picture: a plane rectangle of 85.60×53.98 mm whose corners
are rounded to 3.18 mm (ISO/IEC 7810), seen by a pinhole camera. From that the method follows:

1. `edges`, `hough`: the outline consists of four straight stretches, so straight lines are voted for by edge
   pixels. Its corners are round, so contours with sharp corners aren't looked for at all.
2. `quads`, `completion`, `regions`: four lines bound a quad, and a quad determines a parallelogram in space;
   it has to be a rectangle of the card's proportions. Three sides determine the fourth. A region of one
   colour is circumscribed by its quad.
3. `refine`: the sides of the best quads are fitted, in the reduced picture first, the few that are left then
   in a finer one.
4. `evidence`: an outline separates two surfaces along each side, at the corners along an arc, and ends there.
   What meets all of it is a card; the gate is set where made-up tables without a card were still refused.
5. `whole`: without any table the picture itself may be the card.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Iterable, Iterator, NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.completion import complete_quads
from kaihu_desktop.vision.edges import (
    DARK_GAIN,
    Gradients,
    Scene,
    Sieve,
    Veil,
    noise_level,
    thin_edges,
    tints,
    without_print,
)
from kaihu_desktop.vision.evidence import Evidence, Light, corner_roundness, shows_print, weigh
from kaihu_desktop.vision.geometry import all_in_turn, in_turn
from kaihu_desktop.vision.hough import Lines, find_lines
from kaihu_desktop.vision.quads import BEST_PAIRS, Quads, facing_pairs, find_quads
from kaihu_desktop.vision.refine import ROUGH, Fits, leave_shadow, refine
from kaihu_desktop.vision.regions import region_quads
from kaihu_desktop.vision.whole import whole_card


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
    """The picture as one pass sees it; pairs: of facing lines, best first; size: width, height, reduced."""

    gradients: Gradients
    lines: Lines
    pairs: Floats
    size: tuple[int, int]


class Search(NamedTuple):
    """Ways to find quads, whose finds are judged together: many cost little more than a few.

    reach: pixels of the reduced picture by which sides may be off.
    """

    ways: tuple[Callable[[View], Quads], ...]
    reach: float


def _four_lines(view: View) -> Quads:
    return find_quads(view.lines, view.pairs[:BEST_PAIRS], view.size)


def _any_four_lines(view: View) -> Quads:
    return find_quads(view.lines, view.pairs, view.size)


def _three_lines(view: View) -> Quads:
    return complete_quads(view.lines, view.pairs[:BEST_PAIRS], view.size)


def _regions(view: View) -> Quads:
    return region_quads(view.gradients.small)


class Pass(NamedTuple):
    """A look at the picture reduced to `long_side` pixels; blur, veil and sieve as in `edges`.

    Its searches go on in turn while the best find scores less than `enough`.
    """

    enough: float
    long_side: int
    blur: float
    veil: Veil | None
    sieve: Sieve
    searches: tuple[Search, ...]


class Find(NamedTuple):
    """A refined quad in pixels of the picture `fine`, what speaks for it, and pixels of `fine` per pixel."""

    fits: Fits
    evidence: Evidence
    fine: BgrImage
    scale: float

    @property
    def score(self) -> float:
        return float(self.evidence.score[0])

    @property
    def corners(self) -> Corners:
        """4×2 in pixels of the image."""
        corners: Corners = (self.fits.corners[0] + 0.5) / self.scale - 0.5
        return corners


# a further search is made only while the best find isn't good enough: the second look sees nothing but tints,
# the third one no print, the fourth one woven cloth as even grey, the last one more lines among clutter
ACCEPT, GOOD, ROUND = 0.88, 0.95, 0.98  # the last takes round corners as well
PLAIN = 480, 0.9  # of the first look: long side and blur
_FAINT = Sieve(0.20, 11.0, 19, 0.8)
_PAPER, _CLOTH = Sieve(0.12, 8.0, 19, 0.6), Sieve(0.22, 8.0, 15, 0.6)
_NO_PRINT, _TINTS = Veil(without_print, 7), Veil(tints, 1.0)
THOROUGH = (
    Pass(ROUND, *PLAIN, None, _FAINT, (Search((_four_lines,), 3.2), Search((_regions, _three_lines), 5.0))),
    Pass(ACCEPT, 320, 1.4, _TINTS, _FAINT, (Search((_four_lines, _three_lines), 3.2),)),
    Pass(ACCEPT, 480, 1.2, _NO_PRINT, _PAPER, (Search((_four_lines, _three_lines), 4.4),)),
    Pass(ACCEPT, 240, 2.4, None, _CLOTH, (Search((_three_lines,), 3.2),)),
    Pass(ACCEPT, *PLAIN, None, _FAINT, (Search((_any_four_lines,), 3.2),)),
)
PREVIEW = (
    Pass(ACCEPT, *PLAIN, None, _FAINT, (Search((_four_lines,), 3.2), Search((_regions, _three_lines), 5.0))),
    Pass(ACCEPT, 320, 1.4, _TINTS, _FAINT, (Search((_four_lines,), 3.2),)),
    Pass(ACCEPT, 480, 1.2, _NO_PRINT, _PAPER, (Search((_four_lines,), 4.4),)),
)
LEAST_VOTES = 0.028  # of the long side: the backing of the shortest side of a small card
ROUGHLY, CLOSELY = 7, 2  # quads per way that are fitted in the reduced picture, per search in the finer one
LEFT = 0.6  # of a search's reach, by which sides may still be off once fitted in the reduced picture
PROMISING = 0.45  # least score in the reduced picture
LARGE_BONUS = (
    0.06  # for a card as long as the picture over one half as long: it is meant, not a thing beside it
)
LEAST_SCORE = 0.6  # below that the corners aren't even a suggestion
WHOLE = 0.95  # the score of a picture that is a card from border to border
LOST_BY_MOVING = 0.06  # of the score: no more may speak against sides moved to a sharper edge
LOST_IN_GROOVE = 0.3  # the same out of a shadow, whose rim is as round as the card and stands out more
FAINT = 50.0  # grey levels of a side's step, brightened: a shadow may stand out more
RIM, LEAST_MOVE = (
    0.03,
    0.004,
)  # of the long side: width of a shadow, and by how much tints show sides elsewhere
SHOWN = 0.94  # of each side by its tint
TINT_BLUR = 1.5  # sigma in pixels of the picture of half the size
VEILED = 0.08  # of the score: smoothing and painting over round the corners of anything
ROUNDED = 0.1  # roundness of corners that are round without that
BESIDE_PRINT = 9  # pixels by which painting over print may have moved an edge
SMALL_CARD = 500  # pixels; a longer card is fitted in the picture of half the size, with less noise
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
    scene, best = Scene(image), None
    for manner in PREVIEW if preview else THOROUGH:
        if best is not None and best.score >= manner.enough:
            break
        for found in _finds(scene, manner):
            if best is None or found.score > best.score:
                best = found
            if best.score >= manner.enough:
                break
    if best is not None and not preview:
        best = _settled(image, _without_shadow(scene, best), scene.gain)
    score = 0.0 if best is None else float(np.clip(best.score, 0, 1))
    whole = whole_card(image) if score < ACCEPT else None
    if whole is not None and (whole[1] or score < LEAST_SCORE):
        return CardFind(whole[0], WHOLE if whole[1] else LEAST_SCORE, whole[1])
    if best is None or score < LEAST_SCORE:
        return CardFind(None, score, False)
    return CardFind(in_turn(best.corners), score, score >= ACCEPT)


def _finds(scene: Scene, manner: Pass) -> Iterator[Find]:
    """The best find of each search of a pass, made as they are asked for."""
    gradients = scene.gradients(manner.long_side, manner.blur, manner.veil)
    height, width = gradients.magnitude.shape
    lines = find_lines(thin_edges(gradients, manner.sieve), LEAST_VOTES * max(width, height))
    if len(lines.rho) < 3:
        return
    veil = manner.veil and manner.veil._replace(width=0.5 * manner.veil.width / gradients.scale)
    view = View(gradients, lines, facing_pairs(lines, (width, height)), (width, height))
    for search in manner.searches:
        quads = _promising(gradients, [way(view).corners for way in search.ways], search.reach)
        found = _closest_look(scene, quads / gradients.scale, LEFT * search.reach / gradients.scale, veil)
        if found is not None:
            yield found


def _promising(gradients: Gradients, quads: list[Floats], reach: float) -> Floats:
    """The quads worth a closer look, fitted in the reduced picture: ≤CLOSELY×4×2; pixel corners are whole.

    quads: of each way its own, Q×4×2, best first.
    """
    height, width = gradients.magnitude.shape
    apart = 0.012 * max(width, height)
    corners: Floats = np.concatenate([found[_distinct(found, apart, ROUGHLY)] for found in quads])
    if not len(corners):
        return corners
    corners = corners + (np.array([width, height], np.float32) - 1) / 2
    corners = all_in_turn(corners)
    fits = refine(gradients.small, corners, round(reach) + 3, gradients.noise, ROUGH)
    evidence = weigh(gradients.small, fits, Light(1.0, gradients.noise))
    merit = evidence.score + LARGE_BONUS * np.log2(_length(fits.corners) / max(width, height))
    best = np.argsort(-merit)[: 2 * CLOSELY]
    best = best[evidence.score[best] > PROMISING]
    near: Floats = fits.corners[best][_distinct(fits.corners[best], apart, CLOSELY)] + 0.5
    return near


def _length(quads: Corners) -> Floats:
    """Length of the longest side of each quad of Q×4×2."""
    length: Floats = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2).max(axis=1)
    return length


def _closest_look(scene: Scene, quads: Floats, reach: float, veil: Veil | None) -> Find | None:
    """Refine and weigh quads (Q×4×2 in pixels of the image, pixel corners whole); the best that has print."""
    best = None
    small = _length(quads) < SMALL_CARD
    for size in sorted(set(small.tolist())):
        alike = quads[small == size]
        fine, scale, noise, gain = scene.fine(size, veil)
        near = (alike * scale - 0.5).astype(np.float32)
        fits = refine(fine, near, round(reach * scale) + 3, noise)
        evidence = weigh(fine, fits, Light(gain, noise))
        for index in np.argsort(-evidence.score):
            found = Find(Fits(*_row(fits, index)), Evidence(*_row(evidence, index)), fine, scale)
            if best is not None and found.score <= best.score:
                break
            if _has_print(scene, found):
                best = found
    if best is None or veil is None:
        return best
    doubted = _as_unveiled(scene, best)
    return _beside_print(scene, doubted) if veil.paint is without_print else doubted


def _has_print(scene: Scene, found: Find) -> bool:
    """Whether the picture itself, without any veil, shows print on the card."""
    seen = scene.gradients(*PLAIN)
    return shows_print(seen.small, (found.corners + 0.5) * seen.scale - 0.5)


def _as_unveiled(scene: Scene, found: Find) -> Find:
    """A find made under a veil, of a lower score unless the picture itself shows its corners round, too."""
    picture, scale, _, _ = scene.fine(False)
    corners = ((found.corners + 0.5) * scale - 0.5)[None].astype(np.float32)
    doubt = VEILED * np.clip(1 - corner_roundness(picture, corners) / ROUNDED, 0, 1)
    return found._replace(evidence=found.evidence._replace(score=found.evidence.score - doubt))


def _beside_print(scene: Scene, found: Find) -> Find:
    """The find with its sides where the picture with its print shows them, if it does.

    Painting over print that touches the card moves its edge. What speaks for the card remains: beside print
    no side looks alike all along.
    """
    picture, scale, noise, _ = scene.fine(False)
    fits = refine(picture, found.fits.corners * np.float32(scale / found.scale), BESIDE_PRINT, noise)
    holds = bool(fits.sound[0]) and float(fits.hold.mean()) > found.fits.hold.mean() - 0.25
    return found._replace(fits=fits) if holds and scale == found.scale else found


def _row(told: Iterable[Floats], index: int) -> Iterator[Floats]:
    """What is told of many quads, of one."""
    return (field[index : index + 1] for field in told)


def _without_shadow(scene: Scene, found: Find) -> Find:
    """The find with its sides where the card's tint ends, if all of them show it: a shadow has no tint.

    Only looked at for cards that hardly differ from the table: others stand out more than their shadow.
    """
    if float(np.median(found.fits.contrast)) * scene.gain > FAINT:
        return found
    picture, scale, noise, gain = scene.fine(False, Veil(tints, TINT_BLUR))
    corners = ((found.corners + 0.5) * scale - 0.5)[None].astype(np.float32)
    length = float(_length(corners)[0])
    fits = refine(picture, corners, round(RIM * length) + 3, noise)
    moved = float(np.abs(fits.corners - corners).max())
    if (
        moved < LEAST_MOVE * length
        or float(fits.hold.min()) < SHOWN
        or not _inside(fits.corners[0], corners[0])
    ):
        return found
    evidence = weigh(picture, fits, Light(gain, noise))
    if float(evidence.score[0]) < GOOD:
        return found
    score = np.maximum(evidence.score, found.evidence.score)
    return Find(fits, evidence._replace(score=score), picture, scale)


def _inside(quad: Corners, other: Corners) -> bool:
    """Whether the quad (4×2) has the smaller area of the two."""
    return float(cv2.contourArea(quad)) < float(cv2.contourArea(other))


def _settled(image: BgrImage, found: Find, gain: float) -> Find:
    """The find with its sides on the card's edge instead of its shadow's, fitted in the image itself.

    Edge and shadow differ in sharpness, which only the image shows; in the dark it shows noise instead.
    What speaks for the sides moved is compared with what speaks in the same picture for them as they are: a
    find made with print painted over has more to say there.
    """
    moved, groove = leave_shadow(image, found.corners)
    moved = moved[: 1 if groove or np.abs(moved[1] - moved[0]).max() < 1 else 2]
    if np.abs(moved - found.corners).max() < 1 and gain >= DARK_GAIN:
        return found
    light = Light(gain, noise_level(image))
    unmoved = found.fits._replace(corners=found.corners[None].astype(np.float32))
    before = float(weigh(image, unmoved, light).score[0])
    fits = refine(image, moved, 6, light.noise)
    evidence = weigh(image, fits, light)
    best = int(evidence.score.argmax())
    change = float(evidence.score[best]) - before
    if change < -(LOST_IN_GROOVE if groove else LOST_BY_MOVING):
        return found
    score = np.maximum(evidence.score[best], found.evidence.score + (0.0 if groove else min(change, 0.0)))
    best_evidence = Evidence(*_row(evidence, best))._replace(score=score)
    return Find(Fits(*_row(fits, best)), best_evidence, image, 1.0)


def _distinct(corners: Floats, radius: float, count: int) -> list[int]:
    """Indices of the first `count` quads of which no two share all corners within `radius`."""
    chosen: list[int] = []
    centres = corners.mean(axis=1)
    left = np.arange(min(len(corners), 40 * count))
    while len(left) and len(chosen) < count:
        chosen.append(int(left[0]))
        away = np.abs(centres[left] - centres[left[0]]).max(axis=1) > radius
        near = np.nonzero(~away)[0]
        away[near] = _farthest(corners[left[near]], corners[left[0]]) > radius
        left = left[away]
    return chosen


def _farthest(quads: Floats, other: Floats) -> Floats:
    """For each of Q×4×2 quads, the largest distance from a corner to the nearest of the other quad."""
    distance = np.abs(quads[:, :, None] - other).max(axis=3)
    farthest: Floats = distance.min(axis=2).max(axis=1)
    return farthest
