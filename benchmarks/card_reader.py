"""Reads made-up cards from made-up photographs and prints exact matches, reviews, times and memory as tables.

    python -m benchmarks.card_reader --cards 300

Each card is drawn, photographed (1280×720: card 500 to 1000 pixels wide; hard set 640×360: 250 to 460
pixels wide), then goes the way of a picture file in the client: find, turn upright, cut out, read. Cards
that are not accepted by the capture are counted, not read: the client asks for their corners or for another
picture. Those accepted with a flag (glare, blur, too far) are read: the client does so, too, and says what
is wrong; only its automatic shutter takes none of them. Reading happens in a clean process of its own, so
that its memory is the engine's and not the generator's. With --peers others (set up as `reader_peers` says)
read the same cards through the same parser, each in a process of its own. Times are wall clock on two
threads; CPU time is printed beside because other programs may be busy.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.card_reader_cards import ROOT, SETS, write_cards

PEERS_PYTHON = ROOT / ".venv-paddle/bin/python"
PEERS = ("paddleocr-default", "rapidocr")


class Tally:
    """Counts of one field: read right, wrong without a mark for review, right but marked."""

    def __init__(self) -> None:
        self.all = self.right = self.unmarked = self.marked_right = 0

    def add(self, right: bool, marked: bool) -> None:
        self.all += 1
        self.right += right
        self.unmarked += not right and not marked
        self.marked_right += right and marked


class Run(NamedTuple):
    """What one engine made of the cards; `answers` by name of file."""

    engine: str
    ready_s: float
    peak_mb: int
    base_mb: int
    answers: dict[str, dict[str, Any]]


def read_by(command: list[str]) -> Run:
    """Run an engine in its own process; see `benchmarks.card_reader_run` for what it prints."""
    printed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True).stdout
    told = json.loads(printed[printed.index("{") :])
    answers = {answer["file"]: answer for answer in told["answers"]}
    return Run(told["engine"], told["ready_s"], told["peak_mb"], told["base_mb"], answers)


def print_fields(cards: list[dict[str, Any]], runs: list[Run], verbose: bool) -> None:
    """One table: a row for each field, three columns for each engine."""
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    rows: dict[str, None] = {}
    for card in cards:
        for run in runs if card["file"] else ():
            fields = run.answers[card["file"]]["fields"]
            for name, truth in card["truth"].items():
                row = f"{card['kind']} {name}"
                value, marked = fields.get(name, ("", True))
                tallies[row, run.engine].add(value == truth, marked)
                rows[row] = None
                if verbose and value != truth:
                    print(f"  {run.engine} {card['file']} {name}: {truth} read as {value}, marked {marked}")
    heads = " | ".join(f"{run.engine}: exact | wrong, not marked | right, but marked" for run in runs)
    print(f"\n| field | {heads} |\n| --- |{' ---: | ---: | ---: |' * len(runs)}")
    for row in rows:
        counts = (tallies[row, run.engine] for run in runs)
        cells = (
            f"{100 * tally.right / tally.all:.2f} % | {tally.unmarked} | {tally.marked_right}"
            for tally in counts
        )
        print(f"| {row} | {' | '.join(cells)} |")


def print_captures(cards: list[dict[str, Any]]) -> None:
    """How many cards of each kind the capture doesn't accept."""
    for kind in dict.fromkeys(card["kind"] for card in cards):
        of_kind = [card for card in cards if card["kind"] == kind]
        refused = sum(card["file"] is None for card in of_kind)
        print(f"{kind}: {len(of_kind)} cards, {refused} not accepted by the capture")


def print_times(cards: list[dict[str, Any]], runs: list[Run]) -> None:
    print("\n| kind | engine | median ms | p95 ms | CPU ms |\n| --- | --- | ---: | ---: | ---: |")
    for kind in dict.fromkeys(card["kind"] for card in cards):
        for run in runs:
            answers = [run.answers[card["file"]] for card in cards if card["file"] and card["kind"] == kind]
            if not answers:
                continue
            wall = sorted(answer["wall_ms"] for answer in answers)
            cpu = statistics.median(answer["cpu_ms"] for answer in answers)
            p95 = wall[int(0.95 * (len(wall) - 1))]
            print(f"| {kind} | {run.engine} | {statistics.median(wall):.0f} | {p95:.0f} | {cpu:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cards", type=int, default=60, help="cards of each kind and set")
    parser.add_argument("--seed", type=int, default=1000, help="first seed")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peers", action="store_true", help=f"also {' and '.join(PEERS)}")
    parser.add_argument("--verbose", action="store_true", help="print each wrong field")
    parser.add_argument("--set", choices=[chosen.name for chosen in SETS], help="only this set")
    parser.add_argument("--folder", type=Path, help="keep the cards here, and use those that are there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        measure(arguments, arguments.folder or Path(passing))


def measure(arguments: argparse.Namespace, folder: Path) -> None:
    sets = [chosen.name for chosen in SETS if arguments.set in (None, chosen.name)]
    cards = write_cards(folder, arguments.cards, arguments.seed, sets)["cards"]
    ours = ["-m", "benchmarks.card_reader_run", str(folder), "--threads", str(arguments.threads)]
    runs = [read_by([sys.executable, *ours])]
    for peer in PEERS if arguments.peers else ():
        command = ["-m", "benchmarks.reader_peers", str(folder), "--engine", peer]
        runs.append(read_by([str(PEERS_PYTHON), *command]))
    for name in sets:
        of_set = [card for card in cards if card["set"] == name]
        print(f"\n## {name} set\n")
        print_captures(of_set)
        print_fields(of_set, runs, arguments.verbose)
        print_times(of_set, runs)
    print("\n| engine | ready | peak memory of its process | of it the engine's |")
    print("| --- | ---: | ---: | ---: |")
    for run in runs:
        print(f"| {run.engine} | {run.ready_s:.2f} s | {run.peak_mb} MB | {run.peak_mb - run.base_mb} MB |")


if __name__ == "__main__":
    main()
