"""Makes the cards that the benchmark of reading reads: drawn, photographed, found, turned upright, cut out.

    python -m benchmarks.card_reader_cards FOLDER --cards 300 --seed 1000

writes `cards.json` and a PNG for each card that the client's own capture accepts. `cards.json` is
{"digest": …, "cards": [{"set", "kind", "seed", "file", "truth", "flags"}, …]}: `file` is null for a card that
wasn't accepted, `truth` maps the reader's field names to what is printed, `flags` is what the client would
complain of. A folder that holds the same already is left as it is.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import multiprocessing
from pathlib import Path
from typing import Any, Callable, Iterable, NamedTuple

import cv2
import numpy as np

from kaihu_desktop.core.rules.validity import LONG_TERM
from kaihu_desktop.ocr.bins import load_bin_table
from kaihu_desktop.sandbox.specimens import cards
from kaihu_desktop.sandbox.specimens.pen import Look
from kaihu_desktop.sandbox.specimens.photograph import photograph
from kaihu_desktop.sandbox.specimens.varied import varied_bank_card, varied_look, varied_person
from kaihu_desktop.vision.capture import process_capture

ROOT = Path(__file__).resolve().parent.parent
BINS = ROOT / "resources/bank_bins.csv"
PROCESSES = 2
BILINGUAL = ("维吾尔", "藏", "蒙古")  # whose cards carry a second script here
CONDITIONS = ("easy", "perspective", "clutter", "low_contrast")
MOST_VEIL = 0.5  # share of the contrast that a reflection takes away in its middle
MOST_BLUR = 0.8  # sigma in pixels of a picture 1280 pixels wide, added to the camera's own
MOST_NOISE = 3.0  # grey levels, added to the camera's own


class Set(NamedTuple):
    """picture: width and height in pixels. widths: least and greatest width of the card in it."""

    name: str
    picture: tuple[int, int]
    widths: tuple[int, int]


SETS = (Set("normal", (1280, 720), (500, 1000)), Set("hard", (640, 360), (250, 460)))


class Sample(NamedTuple):
    """A drawn card (BGR uint8) and what is printed on it, by the reader's names."""

    kind: str
    card: Any
    truth: dict[str, str]


def portrait_truth(person: cards.SpecimenPerson) -> dict[str, str]:
    """What the portrait side tells."""
    return {
        "name": person.name,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "birth": person.birth.isoformat(),
        "address": person.address,
        "id_number": person.id_number,
    }


def emblem_truth(person: cards.SpecimenPerson) -> dict[str, str]:
    """What the emblem side tells."""
    return {
        "authority": person.authority,
        "valid_from": person.valid_from.isoformat(),
        "valid_until": (person.valid_until or LONG_TERM).isoformat(),
    }


def portrait(seed: int) -> Sample:
    person = varied_person(seed)
    card = cards.render_id_portrait(person, seed, _look(person, seed))
    return Sample("id-portrait", card, portrait_truth(person))


def emblem(seed: int) -> Sample:
    person = varied_person(seed)
    card = cards.render_id_emblem(person, seed, _look(person, seed))
    return Sample("id-emblem", card, emblem_truth(person))


def bank_card(seed: int) -> Sample:
    table = load_bin_table(BINS)
    with BINS.open(encoding="utf-8", newline="") as file:
        bins = [(row["prefix"], int(row["length"]), row["bank_name"]) for row in csv.DictReader(file)]
    card = varied_bank_card(seed, bins)
    row = table.lookup(card.number)  # a longer prefix may belong to another bank
    assert row is not None
    truth = {"number": card.number, "bank": row.bank_name, "card_type": row.card_type.title}
    return Sample("bank-card", cards.render_bank_card(card, seed, varied_look(seed)), truth)


def _look(person: cards.SpecimenPerson, seed: int) -> Look:
    return varied_look(seed, second_script=person.ethnicity in BILINGUAL)


SAMPLES: dict[str, Callable[[int], Sample]] = {
    "id-portrait": portrait,
    "id-emblem": emblem,
    "bank-card": bank_card,
}


def photo_of(sample: Sample, chosen: Set, seed: int) -> Any:
    """A photograph (BGR uint8) in which the card has a width of the set."""
    chance = np.random.default_rng([seed, sorted(SAMPLES).index(sample.kind), chosen.picture[0]])
    card = _veiled(sample.card, chance) if chance.random() < 0.25 else sample.card
    for trial in range(1000):
        condition = CONDITIONS[(seed + trial) % len(CONDITIONS)]
        number = int(chance.integers(1 << 31))
        picture, corners = photograph(card, seed=number, condition=condition, size=chosen.picture)
        width = np.linalg.norm(corners[1] - corners[0])
        inside = (corners >= 0).all() and (corners < chosen.picture).all()
        if inside and chosen.widths[0] <= width <= chosen.widths[1]:
            return _worse(picture, chance)
    raise RuntimeError("no photograph of this width")


def _veiled(card: Any, chance: np.random.Generator) -> Any:
    """The card with a soft reflection somewhere, through which its print is still to be seen."""
    height, width = card.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    centre, radius = chance.uniform((0, 0), (width, height)), width * chance.uniform(0.08, 0.25)
    spot = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / radius**2)
    share = np.float32(chance.uniform(0.2, MOST_VEIL)) * spot[:, :, None]
    return (card + (255 - card) * share).round().astype(np.uint8)


def _worse(picture: Any, chance: np.random.Generator) -> Any:
    """The picture with some more blur and noise."""
    sigma = chance.uniform(0.05, MOST_BLUR) * picture.shape[1] / 1280
    noise = chance.normal(0, chance.uniform(0.1, MOST_NOISE), picture.shape)
    blurred = cv2.GaussianBlur(picture, (0, 0), sigma).astype(np.float32)
    return np.clip(blurred + noise, 0, 255).round().astype(np.uint8)


def write_cards(folder: Path, count: int, seed: int, sets: Iterable[str]) -> dict[str, Any]:
    """Make `count` cards of each kind and set in `folder`, unless it holds them; returns cards.json."""
    jobs = [(str(folder), name, kind, seed + at) for name in sets for kind in SAMPLES for at in range(count)]
    index = folder / "cards.json"
    digest = _digest(jobs)
    if index.exists():
        known: dict[str, Any] = json.loads(index.read_text(encoding="utf-8"))
        if known["digest"] == digest:
            return known
    folder.mkdir(parents=True, exist_ok=True)
    with multiprocessing.Pool(PROCESSES) as pool:
        made = {"digest": digest, "cards": pool.map(_made, jobs, chunksize=4)}
    index.write_text(json.dumps(made, ensure_ascii=False, indent=1), encoding="utf-8")
    return made


def _made(job: tuple[str, str, str, int]) -> dict[str, Any]:
    """Make one card's file; its entry in cards.json."""
    folder, set_name, kind, seed = job
    cv2.setNumThreads(1)
    sample = SAMPLES[kind](seed)
    picture = photo_of(sample, next(one for one in SETS if one.name == set_name), seed)
    capture = process_capture(picture, kind)
    file = f"{set_name}-{kind}-{seed}.png" if capture.accepted else None
    if file:
        cv2.imwrite(str(Path(folder) / file), capture.card, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return {
        "set": set_name,
        "kind": kind,
        "seed": seed,
        "file": file,
        "truth": sample.truth,
        "flags": list(capture.quality.flags),
    }


def _digest(jobs: list[tuple[str, str, str, int]]) -> str:
    """Of what is asked for and of all the code that makes it."""
    package = ROOT / "kaihu_desktop"
    sources = [*(package / "sandbox/specimens").glob("*.py"), *(package / "vision").glob("*.py")]
    parts = [str([job[1:] for job in jobs]).encode()]
    parts += [path.read_bytes() for path in sorted([*sources, Path(__file__)])]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cards", type=int, default=60, help="cards of each kind and set")
    parser.add_argument("--seed", type=int, default=1000, help="first seed")
    arguments = parser.parse_args()
    made = write_cards(arguments.folder, arguments.cards, arguments.seed, [one.name for one in SETS])
    print(f"{len(made['cards'])} cards, {sum(card['file'] is None for card in made['cards'])} not accepted")


if __name__ == "__main__":
    main()
