"""Finds specimen cards in generated photographs, beside three well-known recipes, and prints a table.

    python -m benchmarks.card_finder [--images 12] [--seed 2000]

Eight conditions × `--images` photographs of 1920×1080, each card a made-up specimen, and as many photographs
of tables without a card as of one condition. The measure is the intersection over union of the found and the
true quad (SmartDoc 2015). Times are CPU on one thread. The recipes are written from their public
descriptions, each with its usual constants; none of them has a gate, so that they vouch for all they find.
"""

from __future__ import annotations

import argparse
import itertools
import time
from typing import Any, Callable, Iterator

import cv2
import numpy as np

from benchmarks.one_thread import one_thread
from kaihu_desktop.sandbox.specimens import cards, people
from kaihu_desktop.sandbox.specimens.photograph import CONDITIONS, photograph, photograph_table
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.geometry import overlap

Corners = Any
Answer = tuple[Corners | None, bool]  # corners, and whether the method vouches for them


def ours(image: Any) -> Answer:
    found = find_card(image)
    return found.corners, found.accepted


def ours_preview(image: Any) -> Answer:
    found = find_card(image, preview=True)
    return found.corners, found.accepted


def squares_sample(image: Any) -> Answer:
    """OpenCV's sample squares.py: every channel, eleven thresholds, convex 4-gons with right angles."""
    found = []
    smooth = cv2.pyrUp(cv2.pyrDown(image))
    for channel, level in itertools.product(cv2.split(smooth), range(11)):
        if level == 0:
            mask = cv2.dilate(cv2.Canny(channel, 0, 50, apertureSize=5), None)
        else:
            mask = (channel >= level * 255 // 11).astype(np.uint8) * 255
        for contour in cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]:
            quad = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
            if len(quad) == 4 and cv2.contourArea(quad) > 1000 and cv2.isContourConvex(quad):
                quad = quad.reshape(4, 2).astype(np.float32)
                if _largest_cosine(quad) < 0.3:
                    found.append(quad)
    return _largest(found, image)


def contour_recipe(image: Any) -> Answer:
    """The tutorials' document scanner: height 500, blur, Canny 75–200, largest contour with four corners."""
    factor = 500 / image.shape[0]
    grey = cv2.cvtColor(cv2.resize(image, None, fx=factor, fy=factor), cv2.COLOR_BGR2GRAY)
    edges = cv2.Canny(cv2.GaussianBlur(grey, (5, 5), 0), 75, 200)
    contours = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:5]:
        quad = cv2.approxPolyDP(contour, 0.02 * cv2.arcLength(contour, True), True)
        if len(quad) == 4:
            return quad.reshape(4, 2).astype(np.float32) / factor, True
    return None, False


def lsd_corners(image: Any) -> Answer:
    """Line segments, their ends and crossings as corners, the largest quad of corners with fair angles."""
    factor = 500 / image.shape[0]
    grey = cv2.cvtColor(cv2.resize(image, None, fx=factor, fy=factor), cv2.COLOR_BGR2GRAY)
    closed = cv2.morphologyEx(cv2.GaussianBlur(grey, (7, 7), 0), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    segments = cv2.createLineSegmentDetector().detect(cv2.Canny(closed, 0, 84))[0]
    if segments is None:
        return None, False
    segments = segments.reshape(-1, 4)
    flat = np.abs(segments[:, 2] - segments[:, 0]) > np.abs(segments[:, 3] - segments[:, 1])
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    corners = _crossings(
        *(segments[side][np.argsort(-length[side])][:6] for side in (flat, ~flat)), grey.shape
    )
    quads = []
    for chosen in itertools.combinations(corners, 4):
        hull = cv2.convexHull(np.array(chosen, np.float32)).reshape(-1, 2)
        if len(hull) == 4 and _largest_cosine(hull) < 0.5 and cv2.contourArea(hull) > 0.05 * grey.size:
            quads.append(hull / factor)
    return _largest(quads, image)


def _crossings(rows: Any, columns: Any, shape: tuple[int, ...]) -> list[tuple[float, float]]:
    """Crossings of the longest horizontal and vertical segments in the picture, 20 px apart, at most 14."""
    found: list[tuple[float, float]] = []
    for (x1, y1, x2, y2), (x3, y3, x4, y4) in itertools.product(rows, columns):
        cross = (x1 - x2) * (y3 - y4) - (y1 - y2) * (x3 - x4)
        if abs(cross) < 1e-3:
            continue
        p, q = x1 * y2 - y1 * x2, x3 * y4 - y3 * x4
        x, y = (p * (x3 - x4) - (x1 - x2) * q) / cross, (p * (y3 - y4) - (y1 - y2) * q) / cross
        inside = 0 <= x < shape[1] and 0 <= y < shape[0]
        if inside and all(abs(x - a) + abs(y - b) > 20 for a, b in found):
            found.append((x, y))
    return found[:14]


def _largest_cosine(quad: Any) -> float:
    before, after = np.roll(quad, 1, axis=0) - quad, np.roll(quad, -1, axis=0) - quad
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return float(np.abs((before * after).sum(axis=1) / np.maximum(lengths, 1e-6)).max())


def _largest(quads: list[Any], image: Any) -> Answer:
    """The largest quad that isn't the picture's frame."""
    frame = image.shape[0] * image.shape[1] * 0.97
    quads = [quad for quad in quads if cv2.contourArea(quad) < frame]
    return (max(quads, key=cv2.contourArea), True) if quads else (None, False)


METHODS: dict[str, Callable[[Any], Answer]] = {
    "kaihu_desktop": ours,
    "kaihu_desktop, preview": ours_preview,
    "OpenCV squares sample": squares_sample,
    "contour recipe": contour_recipe,
    "LSD + corners": lsd_corners,
}
Result = tuple[float, bool, float]  # overlap, accepted, CPU milliseconds


def specimen(number: int) -> Any:
    """A made-up card: portrait side, emblem side and bank card in turn."""
    draw = (
        lambda: cards.render_id_portrait(people.make_person(number), number),
        lambda: cards.render_id_emblem(people.make_person(number), number),
        lambda: cards.render_bank_card(people.make_bank_card(number), number),
    )
    return draw[number % 3]()


def photographs(count: int, seed: int) -> Iterator[tuple[str, Any, Corners]]:
    for condition in CONDITIONS:
        for number in range(count):
            yield condition, *photograph(specimen(seed + number), seed=seed + number, condition=condition)


def tables(count: int, seed: int) -> Iterator[Any]:
    for number in range(count):
        yield photograph_table(seed=seed + number)


def measure(method: Callable[[Any], Answer], image: Any, truth: Corners) -> Result:
    started = time.process_time()
    corners, accepted = method(image)
    spent = (time.process_time() - started) * 1000
    return (0.0 if corners is None else overlap(truth, corners)), accepted, spent


def no_card(method: Callable[[Any], Answer], image: Any) -> Result:
    """What a method makes of a table; whatever it vouches for is wrong."""
    started = time.process_time()
    _, accepted = method(image)
    return 0.0, accepted, (time.process_time() - started) * 1000


def row(title: str, results: list[Result]) -> str:
    score, accepted, spent = (np.array(column) for column in zip(*results))
    cells = (
        f"{score.mean():.4f}",
        f"{(score >= 0.95).mean():.1%}",
        f"{(score >= 0.98).mean():.1%}",
        f"{accepted.astype(bool).mean():.1%}",
        f"{(accepted.astype(bool) & (score < 0.9)).mean():.1%}",
        f"{np.median(spent):.0f}",
        f"{np.percentile(spent, 95):.0f}",
    )
    return f"| {title} | " + " | ".join(cells) + " |"


HEAD = """| {} | mean IoU | ≥.95 | ≥.98 | accepted | accepted but <.9 | CPU ms | p95 |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=12, help="photographs per condition")
    parser.add_argument("--seed", type=int, default=2000)
    parser.add_argument("--only-ours", action="store_true", help="leave the peers out")
    arguments = parser.parse_args()
    one_thread("benchmarks.card_finder")
    methods = dict(itertools.islice(METHODS.items(), 2)) if arguments.only_ours else METHODS
    results: dict[str, list[tuple[str, Result]]] = {title: [] for title in methods}
    for method in methods.values():  # what is made once per program isn't timed
        method(photograph(specimen(0), seed=0, condition="easy")[0])
    for condition, image, truth in photographs(arguments.images, arguments.seed):
        for title, method in methods.items():
            results[title].append((condition, measure(method, image, truth)))
    empty: dict[str, list[Result]] = {title: [] for title in methods}
    for image in tables(arguments.images, arguments.seed):
        for title, method in methods.items():
            empty[title].append(no_card(method, image))
    report(results, empty)


def report(results: dict[str, list[tuple[str, Result]]], empty: dict[str, list[Result]]) -> None:
    """All methods side by side, then each by condition, the pictures without a card last."""
    print(HEAD.format("method"))
    for title, measured in results.items():
        print(row(title, [result for _, result in measured]))
    for title, measured in results.items():
        print("\n" + HEAD.format(f"{title}, by condition"))
        for condition in CONDITIONS:
            print(row(condition, [result for kind, result in measured if kind == condition]))
        share = np.mean([accepted for _, accepted, _ in empty[title]])
        spent = [milliseconds for _, _, milliseconds in empty[title]]
        times = f"{np.median(spent):.0f} | {np.percentile(spent, 95):.0f}"
        print(f"| no card | – | – | – | {share:.1%} | {share:.1%} | {times} |")


if __name__ == "__main__":
    main()
