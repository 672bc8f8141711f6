"""Reads made-up cards from made-up photographs and prints exact matches, reviews and times as a table.

    python -m benchmarks.card_reader --cards 60

Each card is photographed (1280×720: card 500 to 1000 pixels wide; hard set 640×360: 250 to 460 pixels
wide), rectified by its true corners moved a little (a tenth of a percent of the width, what a good finder
misses by), and read. With --finder it goes through the client's own capture instead, and cards that it
doesn't accept count as not read. Times are wall clock; CPU time is printed beside because other programs
may be busy.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Callable, NamedTuple

import cv2
import numpy as np

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.rules.bank_bin import CardType
from kaihu_desktop.core.rules.validity import LONG_TERM
from kaihu_desktop.ocr.bins import load_bin_table
from kaihu_desktop.ocr.onnx_engine import OnnxEngine
from kaihu_desktop.ocr.reader import CardReader
from kaihu_desktop.sandbox.specimens import cards, people
from kaihu_desktop.sandbox.specimens.photograph import photograph

ROOT = Path(__file__).resolve().parent.parent
CONDITIONS = ("easy", "perspective", "clutter", "low_contrast")
FLAT = ((0, 0), (1000, 0), (1000, 630), (0, 630))


class Set(NamedTuple):
    name: str
    picture: tuple[int, int]
    widths: tuple[int, int]


SETS = (Set("normal", (1280, 720), (500, 1000)), Set("hard", (640, 360), (250, 460)))


class Sample(NamedTuple):
    kind: str
    card: Any
    truth: dict[str, str]


def portrait(seed: int) -> Sample:
    person = people.make_person(seed)
    truth = {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }
    return Sample("id-portrait", cards.render_id_portrait(person, seed), truth)


def emblem(seed: int) -> Sample:
    person = people.make_person(seed)
    until = person.valid_until or LONG_TERM
    truth = {
        "authority": person.authority,
        "valid_from": person.valid_from.isoformat(),
        "valid_until": until.isoformat(),
    }
    return Sample("id-emblem", cards.render_id_emblem(person, seed), truth)


def bank_card(seed: int) -> Sample:
    card = people.make_bank_card(seed)
    truth = {"number": card.number, "bank": card.bank, "card_type": CardType.DEBIT.title}
    return Sample("bank-card", cards.render_bank_card(card, seed), truth)


SAMPLES: tuple[Callable[[int], Sample], ...] = (portrait, emblem, bank_card)


def photo_of(sample: Sample, chosen: Set, seed: int) -> tuple[Any, Any]:
    """The first photograph from `seed` on whose card has a width of the set: (picture, corners)."""
    for trial in range(1000):
        condition = CONDITIONS[(seed + trial) % len(CONDITIONS)]
        number = seed * 1000 + trial
        picture, corners = photograph(sample.card, seed=number, condition=condition, size=chosen.picture)
        width = np.linalg.norm(corners[1] - corners[0])
        inside = (corners >= 0).all() and (corners < chosen.picture).all()
        if inside and chosen.widths[0] <= width <= chosen.widths[1]:
            return picture, corners
    raise RuntimeError("no photograph of this width")


def rectified(picture: Any, corners: Any, seed: int) -> Any:
    chance = np.random.default_rng(seed)
    moved = corners + chance.normal(0, 0.001 * np.linalg.norm(corners[1] - corners[0]), (4, 2))
    matrix = cv2.getPerspectiveTransform(moved.astype(np.float32), np.array(FLAT, np.float32))
    return cv2.warpPerspective(picture, matrix, (1000, 630), flags=cv2.INTER_CUBIC)


def captured(picture: Any, kind: str) -> Any:
    """The card as the client's capture gives it, None when it doesn't accept the picture."""
    from kaihu_desktop.vision.capture import process_capture

    capture = process_capture(picture, kind)
    return capture.card if capture.accepted else None


class Tally:
    """Counts of one field: read right, wrong, wrong without a mark for review, right but marked."""

    def __init__(self) -> None:
        self.all = self.right = self.unmarked = self.marked_right = 0

    def add(self, right: bool, marked: bool) -> None:
        self.all += 1
        self.right += right
        self.unmarked += not right and not marked
        self.marked_right += right and marked


def run(reader: CardReader, chosen: Set, count: int, first_seed: int, finder: bool, verbose: bool) -> None:
    tallies: dict[str, Tally] = defaultdict(Tally)
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for seed in range(first_seed, first_seed + count):
        for make in SAMPLES:
            sample = make(seed)
            picture, corners = photo_of(sample, chosen, seed)
            card = captured(picture, sample.kind) if finder else rectified(picture, corners, seed)
            fields, *seconds = timed_read(reader, sample.kind, card)
            times[sample.kind].append((seconds[0], seconds[1]))
            for name, truth in sample.truth.items():
                field = fields.get(name)
                value, marked = (field.value, field.needs_review) if field else ("", True)
                tallies[f"{sample.kind} {name}"].add(value == truth, marked)
                if verbose and value != truth:
                    print(f"  {sample.kind} {seed} {name}: {truth!r} read as {value!r}, marked {marked}")
    print(f"\n{chosen.name} set, {count} cards of each kind\n")
    print("| field | exact | wrong, not marked | right, but marked |")
    print("| --- | --- | --- | --- |")
    for name, tally in tallies.items():
        share = 100 * tally.right / tally.all
        print(f"| {name} | {share:.1f} % | {tally.unmarked} | {tally.marked_right} |")
    print()
    for kind, pairs in times.items():
        wall, cpu = (sorted(1000 * pair[i] for pair in pairs) for i in (0, 1))
        p95 = wall[int(0.95 * (len(wall) - 1))]
        median = statistics.median(wall)
        print(f"{kind}: median {median:.0f} ms, p95 {p95:.0f} ms, CPU {statistics.median(cpu):.0f} ms")


def timed_read(reader: CardReader, kind: str, card: Any) -> tuple[dict[str, Any], float, float]:
    """The fields read, wall clock and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        fields = dict(reader.read(kind, card).fields) if card is not None else {}
    except Failure as failure:
        if failure.code == "OCR-ENGINE":
            raise  # nothing was measured: the models aren't there
        fields = {}
    return fields, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cards", type=int, default=60, help="cards of each kind and set")
    parser.add_argument("--seed", type=int, default=1000, help="first seed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--finder", action="store_true", help="find the card instead of using its corners")
    parser.add_argument("--verbose", action="store_true", help="print each wrong field")
    parser.add_argument("--set", choices=[chosen.name for chosen in SETS], help="only this set")
    arguments = parser.parse_args()
    engine = OnnxEngine(ROOT / ".cache/models", arguments.threads)
    reader = CardReader(engine, load_bin_table(ROOT / "resources/bank_bins.csv"))
    timed_read(reader, "id-emblem", emblem(0).card)  # loads the networks
    for chosen in SETS:
        if arguments.set in (None, chosen.name):
            run(reader, chosen, arguments.cards, arguments.seed, arguments.finder, arguments.verbose)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
