"""Judges generated photographs of cards and prints how often each flag is right, as a table.

    python -m benchmarks.card_quality [--images 16] [--seed 3000]

Each set takes `--images` pictures, from 640×480 to 3840×2160 but mostly 1920×1080, each developed as another
camera would (gamma, white balance, saturation, sharpening, denoising, JPEG quality). TPR and FPR are of
`judge` at the card's true corners, those marked "found" of `process_capture` with its own. "Passed" is the
share of the faulty that were then taken for good: the card found for certain, nothing flagged. A flag's
pictures are those that clearly have the fault, and those that clearly haven't it; what lies between is left
out:

| flag | clearly faulty | clearly sound |
| --- | --- | --- |
| blur | sigma ≥ 0.33 mm, 1.5 px, or shaken ≥ 1.2 mm: strokes run together | sigma ≤ 0.15 mm or 0.8 px |
| glare | ≥ 3.5 % of the card burnt out by the lamp | no lamp, or ≤ 0.3 % |
| dark | ≤ 22 % of the full light | ≥ 65 % |
| low_contrast | step of colour at the rim ≤ 12 along half of two sides | ≥ 36 along ¾ of three |
| too_far | card ≤ 380 px wide | ≥ 560 px and 0.4 of the picture |
| cut_off | ≥ 4 % of the card beyond the border | wholly inside, or a table without a card |
| other_side | another side or card than wanted | the wanted one |
| copy | photocopy in fair light; screen whose raster is visible (amplitude ≥ 0.05) | card itself, no card |
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Callable, Iterator

import cv2
import numpy as np

from benchmarks.one_thread import one_thread
from kaihu_desktop.sandbox.specimens import cards, people
from kaihu_desktop.sandbox.specimens.copies import Screen, photocopy, photograph_screen, plan_shot
from kaihu_desktop.sandbox.specimens.photograph import CONDITIONS, Condition, photograph_as, photograph_table
from kaihu_desktop.vision.capture import Capture, process_capture
from kaihu_desktop.vision.quality import Quality, judge

Image = Any
KINDS = ("id-portrait", "id-emblem", "bank-card")
FLAGS = ("blur", "glare", "dark", "low_contrast", "too_far", "cut_off", "other_side", "copy")
SIZES = ((1920, 1080),) * 6 + ((1280, 720),) * 2 + ((640, 480), (2560, 1440), (3840, 2160), (1440, 1080))
GOOD_LIGHT, LITTLE_LIGHT = 0.65, 0.22
SHAKE_SHARE = 0.29  # sigma of a shake's box, over its length


@dataclass(frozen=True)
class Sample:
    """A picture, the true corners (TL, TR, BR, BL of the upright card; None: no card), and what is known.

    faults: flag → whether the picture clearly has it; a flag that isn't in it isn't counted.
    """

    group: str
    picture: Image
    corners: Image
    shown: str
    wanted: str
    faults: dict[str, bool]


def specimen(number: int, kind: str) -> Image:
    """A made-up flat card, upright."""
    if kind == "bank-card":
        return cards.render_bank_card(people.make_bank_card(number), number)
    render = cards.render_id_portrait if kind == "id-portrait" else cards.render_id_emblem
    return render(people.make_person(number), number)


def develop(picture: Image, chance: np.random.Generator) -> Image:
    """The picture as another camera would have made it."""
    warm = chance.choice([0.0, chance.uniform(-0.1, 0.35)])  # tungsten light with a daylight balance
    gains = np.array([1 - 0.9 * warm, 1 - 0.25 * warm, 1.0])
    levels = 255 * (np.arange(256) / 255) ** chance.uniform(0.85, 1.2)
    table = np.clip(levels[:, None] * gains / gains.max(), 0, 255).astype(np.uint8)
    picture = cv2.LUT(picture, table[None])
    if chance.random() < 0.3:
        picture = cv2.bilateralFilter(picture, 5, 18, 2)
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    colour = chance.uniform(0.65, 1.2)
    picture = cv2.addWeighted(picture, colour, grey, 1 - colour, 0)
    if chance.random() < 0.5:
        amount = chance.uniform(0.2, 0.9)
        soft = cv2.GaussianBlur(picture, (0, 0), chance.uniform(0.7, 1.4))
        picture = cv2.addWeighted(picture, 1 + amount, soft, -amount, 0)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(60, 96))]
    return cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR)


def known_faults(manner: Condition, picture: Image, corners: Image) -> dict[str, bool]:
    """What follows from how the picture was taken; ranges of `manner` that matter are single values."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    width = sides[[0, 2]].mean()
    per_mm = min(sides[[0, 2]].min() / 85.6, sides[[1, 3]].min() / 53.98)
    sigma = manner.blur[0] * picture.shape[1] / 1920
    faults = {"cut_off": False, "other_side": False, "copy": False}
    _between(faults, "blur", sigma / per_mm, max(0.33, 1.5 / per_mm), max(0.15, 0.8 / per_mm))
    if width <= 560 or width > 0.4 * picture.shape[1]:  # what fills little of a huge picture doesn't count
        _between(faults, "too_far", -width, -380, -560)
    _between(faults, "dark", -manner.exposure[0], -LITTLE_LIGHT, -GOOD_LIGHT)
    if not manner.glare:
        faults["glare"] = False
    least, middle = (step / min(1.0, manner.exposure[0]) for step in rim_steps(picture, corners))
    if middle <= 12 or least >= 36:
        faults["low_contrast"] = bool(middle <= 12)
    return faults


def _between(faults: dict[str, bool], flag: str, value: float, faulty: float, sound: float) -> None:
    if value >= faulty or value <= sound:
        faults[flag] = bool(value >= faulty)


def rim_steps(picture: Image, corners: Image) -> tuple[float, float]:
    """Colour step (largest channel) between 1 mm within and 3 mm beyond the card's sides, at the second
    weakest side: what three quarters of the side exceed, and the middle one.
    """
    centre = corners.mean(axis=0)
    steps = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0)):
        share = np.linspace(0.15, 0.85, 60)[:, None]
        line = start + (end - start) * share
        rays = (line - centre) / 32  # about a millimetre at the short sides
        pair = [
            cv2.remap(
                picture, *np.moveaxis((line + rays * way).astype(np.float32)[:, None], 2, 0), cv2.INTER_LINEAR
            )
            for way in (-1, 2.5)
        ]
        difference = (pair[0].astype(float) - pair[1]).reshape(10, 6, 3).mean(axis=1)  # of a side's tenths
        steps.append(np.percentile(np.abs(difference).max(axis=1), (25, 50)))
    least, middle = np.sort(steps, axis=0)[1].tolist()
    return least, middle


Chance = np.random.Generator
Maker = Callable[[str, int, Chance], Sample]


def sample_of(group: str, manner: Condition, number: int, chance: Chance, **changes: Any) -> Sample:
    """A developed photograph in a manner whose ranges are drawn first, so that they are known."""
    drawn = replace(
        manner,
        blur=(chance.uniform(*manner.blur),) * 2,
        exposure=(chance.uniform(*manner.exposure),) * 2,
    )
    shown = changes.get("shown", KINDS[number % 3])
    card = specimen(number, shown)
    if "copier" in changes:
        card = changes["copier"](card, chance)
    size = changes.get("size", SIZES[int(chance.integers(len(SIZES)))])
    picture, corners = photograph_as(card, drawn, chance, size)
    faults = known_faults(drawn, picture, corners)
    return Sample(group, develop(picture, chance), corners, shown, changes.get("wanted", shown), faults)


def usual(condition: str) -> Maker:
    return lambda group, number, chance: sample_of(group, CONDITIONS[condition], number, chance)


def in_manner(**changes: Any) -> Maker:
    return lambda group, number, chance: sample_of(group, Condition(**changes), number, chance)


def lamp(group: str, number: int, chance: Chance) -> Sample:
    """A lamp's reflection put on the finished picture, so that what it burns is known."""
    sample = sample_of(group, replace(CONDITIONS["easy"], tilt=(0, 20)), number, chance)
    picture, corners = sample.picture, sample.corners
    height, width = picture.shape[:2]
    inside = (
        cv2.fillConvexPoly(np.zeros((height, width), np.uint8), np.round(corners).astype(np.int32), 1) > 0
    )
    centre = chance.dirichlet([2, 2, 2, 2]) @ corners
    axes = np.linalg.norm(corners[1] - corners[0]) * chance.uniform(0.06, 0.2, 2)
    x, y = np.meshgrid(np.arange(width) - centre[0], np.arange(height) - centre[1])
    spot = np.exp(-(((x / axes[0]) ** 2 + (y / axes[1]) ** 2) ** chance.uniform(0.8, 2))) * chance.uniform(
        150, 450
    )
    lit = np.clip(picture + (spot * np.where(inside, 1, 0.15))[:, :, None], 0, 255).astype(np.uint8)
    burnt = (lit.min(axis=2) >= 252) & (picture.min(axis=2) < 252)
    faults = {key: value for key, value in sample.faults.items() if key not in ("glare", "blur")}
    _between(faults, "glare", burnt[inside].mean(), 0.035, 0.003)
    return replace(sample, picture=lit, faults=faults)


def shaken(group: str, number: int, chance: Chance) -> Sample:
    """Moved in one direction, in any light that isn't night."""
    sample = sample_of(group, replace(CONDITIONS["easy"], exposure=(0.3, 1.0), noise=(1, 5)), number, chance)
    sides = np.linalg.norm(np.roll(sample.corners, -1, axis=0) - sample.corners, axis=1)
    length = chance.uniform(1.2, 2.5) * sides[[0, 2]].mean() / 85.6
    size = int(length) + 2 | 1
    kernel = np.zeros((size, size), np.float32)
    way = chance.uniform(0, np.pi)
    ends = np.array([[-np.cos(way), -np.sin(way)], [np.cos(way), np.sin(way)]]) * length / 2 + size // 2
    cv2.line(kernel, *np.round(ends * 16).astype(int).tolist(), 1.0, 1, cv2.LINE_AA, 4)
    picture = cv2.filter2D(sample.picture, -1, kernel / kernel.sum())
    noisy = picture + chance.standard_normal(picture.shape, dtype=np.float32) * 2
    return replace(
        sample, picture=np.clip(noisy, 0, 255).astype(np.uint8), faults={**sample.faults, "blur": True}
    )


def cut_off(group: str, number: int, chance: Chance) -> Sample:
    """A part of a larger picture, its border through the card: at a side, or at a corner."""
    manner = replace(CONDITIONS["easy"], fill=(0.3, 0.55), tilt=(0, 15))
    sample = sample_of(group, manner, number, chance, size=(2560, 1440))
    corners = sample.corners
    while True:
        size = np.array((2560, 1440)) * chance.uniform(0.5, 0.75)
        offset = chance.uniform((0, 0), (2560, 1440) - size)
        seen = np.array([[0, 0], [size[0], 0], size, [0, size[1]]], np.float32) + offset.astype(np.float32)
        part = cv2.intersectConvexConvex(corners, seen)[0] / cv2.contourArea(corners)
        if 0.6 < part < 0.96:
            break
    low, high = offset.astype(int), (offset + size).astype(int)
    picture = np.ascontiguousarray(sample.picture[low[1] : high[1], low[0] : high[0]])
    return replace(sample, picture=picture, corners=corners - low, faults={"cut_off": True})


def swapped(group: str, number: int, chance: Chance) -> Sample:
    shown, wanted = [(a, b) for a in KINDS for b in KINDS if a != b][number % 6]
    condition = CONDITIONS[sorted(CONDITIONS)[number // 6 % 8]]
    sample = sample_of(group, condition, number, chance, shown=shown, wanted=wanted)
    return replace(sample, faults={"other_side": True})


def photocopied(group: str, number: int, chance: Chance) -> Sample:
    sample = sample_of(group, CONDITIONS["easy"], number, chance, copier=photocopy)
    return replace(sample, faults={"copy": True})


def on_screen(group: str, number: int, chance: Chance) -> Sample:
    """A photograph of a card that is photographed once more from the screen that shows it."""
    kind = KINDS[number % 3]
    manner = replace(CONDITIONS["easy"], fill=(0.4, 0.7))
    shown, corners = photograph_as(specimen(number, kind), manner, chance)
    while True:
        shot = plan_shot(corners, Screen(), chance, SIZES[int(chance.integers(len(SIZES)))])
        if shot.amplitude >= 0.05 and (shot.places > 0).all() and (shot.places < shot.size).all():
            picture = photograph_screen(shown, shot, Screen(), chance)
            return Sample(group, picture, shot.places, kind, kind, {"copy": True})


def without_card(group: str, number: int, chance: Chance) -> Sample:
    picture = develop(photograph_table(seed=number), chance)
    return Sample(group, picture, None, "", KINDS[number % 3], {"cut_off": False, "copy": False})


SETS: dict[str, Maker] = {
    **{condition: usual(condition) for condition in CONDITIONS},
    "out of focus": in_manner(blur=(3.5, 9), exposure=(0.3, 1.0), noise=(1, 6)),
    "shaken": shaken,
    "lamp": lamp,
    "dark": in_manner(exposure=(0.06, 0.22), noise=(2, 8)),
    "table like the card": in_manner(tables=("plain",), contrast=(3, 9)),
    "far away": in_manner(fill=(0.1, 0.19)),
    "cut off": cut_off,
    "swapped": swapped,
    "photocopy": photocopied,
    "screen": on_screen,
    "no card": without_card,
}


def samples(count: int, seed: int, groups: list[str]) -> Iterator[Sample]:
    for place, group in enumerate(SETS):
        for number in range(count) if group in groups else ():
            yield SETS[group](
                group, seed + number + 100 * place, np.random.default_rng([seed + number, place])
            )


@dataclass(frozen=True)
class Outcome:
    """What was said of a sample: of the capture, and of the card at its true corners; whether it came out
    upright (None: not counted); judge's CPU ms.
    """

    sample: Sample
    capture: Capture
    alone: Quality
    upright: bool | None
    spent: float


def look_at(sample: Sample) -> Outcome:
    capture = process_capture(sample.picture, sample.wanted)
    started = time.process_time()
    alone = judge(sample.picture, sample.corners, sample.wanted)
    spent = (time.process_time() - started) * 1000
    return Outcome(sample, capture, alone, _came_upright(sample, capture), spent)


def _came_upright(sample: Sample, capture: Capture) -> bool | None:
    """Whether the corners begin where the true ones do; not counted where the place itself is wrong."""
    if capture.corners is None or sample.corners is None or sample.wanted != sample.shown:
        return None
    reach = np.linalg.norm(sample.corners[1] - sample.corners[0]) / 8
    off = [np.abs(np.roll(capture.corners, turn, axis=0) - sample.corners).max() for turn in range(4)]
    return None if min(off) > reach else bool(np.argmin(off) == 0)


def table(outcomes: list[Outcome]) -> str:
    lines = [
        "| flag | faulty | TPR | sound | FPR | TPR, found | FPR, found | passed |",
        "| --- |" + " --- |" * 7,
    ]
    for flag in FLAGS:
        known = [one for one in outcomes if flag in one.sample.faults]
        faulty = [one for one in known if one.sample.faults[flag]]
        sound = [one for one in known if not one.sample.faults[flag]]
        cells = [
            _share([flag in one.alone.flags for one in faulty]),
            _share([flag in one.alone.flags for one in sound]),
            _share([flag in one.capture.quality.flags for one in faulty]),
            _share([flag in one.capture.quality.flags for one in sound]),
            _share([one.capture.accepted and one.capture.quality.good for one in faulty]),
        ]
        lines.append(
            f"| {flag} | {len(faulty)} | {cells[0]} | {len(sound)} | " + " | ".join(cells[1:]) + " |"
        )
    return "\n".join(lines)


def _share(said: list[bool]) -> str:
    return f"{np.mean(said):.3f}" if said else "–"


def keep_failure(outcome: Outcome, folder: Path, number: int) -> None:
    """Write a picture that was judged wrongly into the folder, its name telling of what was said."""
    faults = outcome.sample.faults.items()
    wrong = [flag for flag, faulty in faults if (flag in outcome.alone.flags) != faulty]
    found = [flag for flag, faulty in faults if (flag in outcome.capture.quality.flags) != faulty]
    if wrong or found:
        folder.mkdir(parents=True, exist_ok=True)
        name = (
            f"{number:03} {outcome.sample.group}, {outcome.sample.shown}, at true corners {'+'.join(wrong)}"
        )
        cv2.imwrite(str(folder / f"{name}, found {'+'.join(found)}.jpg"), outcome.sample.picture)


def closing_lines(outcomes: list[Outcome]) -> str:
    """What isn't a flag: which way up, whether sound pictures were taken, how long judging took."""
    sound = [o for o in outcomes if set(FLAGS) == set(o.sample.faults) and not any(o.sample.faults.values())]
    taken = _share([o.capture.accepted and o.capture.quality.good for o in sound])
    counted = [o.upright for o in outcomes if o.upright is not None]
    lines = [f"upright where found: {np.mean(counted):.2%} of {len(counted)}"]
    lines.append(f"taken for good: {taken} of {len(sound)} clearly sound pictures")
    for size in sorted({o.sample.picture.shape[1::-1] for o in outcomes} & set(SIZES)):
        spent = [o.spent for o in outcomes if o.sample.picture.shape[1::-1] == size and o.alone.found]
        middle, most = np.median(spent), np.percentile(spent, 95)
        lines.append(f"judge, {size[0]}×{size[1]}: median {middle:.1f} ms CPU, p95 {most:.1f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--images", type=int, default=16, help="pictures per set")
    parser.add_argument("--seed", type=int, default=3000)
    parser.add_argument("--sets", nargs="*", default=list(SETS), help="only these sets")
    parser.add_argument("--failures", type=Path, help="folder for the pictures that were judged wrongly")
    arguments = parser.parse_args()
    one_thread("benchmarks.card_quality")
    look_at(next(samples(1, 0, ["easy"])))  # what is made once per program isn't timed
    outcomes = []
    for sample in samples(arguments.images, arguments.seed, arguments.sets):
        outcomes.append(look_at(sample))
        if arguments.failures:
            keep_failure(outcomes[-1], arguments.failures, len(outcomes))
    print(table(outcomes) + "\n\n" + closing_lines(outcomes))


if __name__ == "__main__":
    main()
