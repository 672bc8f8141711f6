"""Reads a folder of cards with another engine through our parser, for `benchmarks.card_reader`.

    python3 dev.py setup --lane paddle
    .venv-paddle/bin/pip install --no-deps --require-hashes -r installers/locks/peers.txt
    .venv-paddle/bin/python -m benchmarks.reader_peers FOLDER --engine rapidocr

FOLDER is one of `benchmarks.card_reader_cards`; prints what `benchmarks.card_reader_run` prints. Engines:
`paddleocr-default` (paddleocr on the PP-OCRv6 small networks that we ship, with its own default settings),
`paddleocr-480` (as the client's second engine) and `rapidocr` (its default settings and networks). They take
an hour for 300 cards of each kind and set; what they read is kept in FOLDER, with the time it took, so that a
run that was ended goes on, and a change of the parser needs no picture read again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np

from benchmarks.card_reader_run import ROOT, Meter, report
from kaihu_desktop.ocr.engine import Character, OcrEngine, TextLine
from kaihu_desktop.ocr.paddle_engine import PaddleEngine, line_of

MODELS = ROOT / ".cache/models"


class RapidEngine:
    """`rapidocr` with everything as it comes; implements `OcrEngine`."""

    def __init__(self) -> None:
        self._engine: Any = None

    def prepare(self) -> None:
        if self._engine is None:
            from rapidocr import RapidOCR

            logging.getLogger("RapidOCR").setLevel(logging.ERROR)
            self._engine = RapidOCR()

    def read(self, image: Any, alphabet: str = "") -> list[TextLine]:
        self.prepare()
        # What isn't said stays as at the last call.
        everything = {"use_det": True, "use_cls": True, "use_rec": True}
        found = self._engine(image, return_word_box=True, return_single_char_box=True, **everything)
        if found.txts is None:
            return []
        lines = [_line(box, pieces, alphabet) for box, pieces in zip(found.boxes, found.word_results)]
        return sorted(lines, key=lambda line: float(line.box[:, 1].mean()))

    def read_line(self, image: Any, alphabet: str = "") -> TextLine:
        self.prepare()
        found = self._engine(image, use_det=False, use_cls=False, use_rec=True)
        height, width = image.shape[:2]
        box = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32)
        return line_of(found.txts[0], found.scores[0], box, alphabet=alphabet)


def _line(corners: Any, pieces: Any, alphabet: str) -> TextLine:
    """A line of (character, probability, corners)."""
    box = np.asarray(corners, np.float32)
    left, width = box[0, 0], max(box[1, 0] - box[0, 0], 1)
    places = [(np.mean([x for x, _ in around]) - left) / width for _, _, around in pieces]
    read = [Character(text, float(score), float(place)) for (text, score, _), place in zip(pieces, places)]
    return TextLine(tuple(one for one in read if not alphabet or one.text in alphabet), box)


class KeptReadings(Meter):
    """An `OcrEngine` whose readings are kept in a file, and its meter: a kept one takes the time it took."""

    def __init__(self, engine: OcrEngine, path: Path) -> None:
        self._engine, self._path = engine, path
        records = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        # A run that was ended may have written the beginning of a record.
        self._kept = dict(json.loads(record) for record in records if record.endswith("]]"))
        self._wall = self._cpu = 0.0

    def prepare(self) -> None:
        self._engine.prepare()

    def read(self, image: Any, alphabet: str = "") -> list[TextLine]:
        return self._reading("lines", image, alphabet, lambda: self._engine.read(image, alphabet))

    def read_line(self, image: Any, alphabet: str = "") -> TextLine:
        return self._reading("line", image, alphabet, lambda: [self._engine.read_line(image, alphabet)])[0]

    def times(self) -> tuple[float, float]:
        wall, cpu = super().times()
        return wall + self._wall, cpu + self._cpu

    def peak_mb(self) -> int:
        return max([super().peak_mb(), *(peak for *_, peak in self._kept.values())])

    def _reading(
        self, kind: str, image: Any, alphabet: str, read: Callable[[], list[TextLine]]
    ) -> list[TextLine]:
        key = hashlib.sha256(image.tobytes() + f"{kind} {image.shape} {alphabet}".encode()).hexdigest()
        if key in self._kept:
            lines, wall, cpu, _ = self._kept[key]
            self._wall, self._cpu = self._wall + wall, self._cpu + cpu
            return [_unpacked(*line) for line in lines]
        start = super().times()
        found = read()
        wall, cpu = (end - begun for end, begun in zip(super().times(), start))
        self._kept[key] = [[_packed(line) for line in found], wall, cpu, super().peak_mb()]
        with self._path.open("a", encoding="utf-8") as file:
            file.write("\n" + json.dumps([key, self._kept[key]], ensure_ascii=False))
        return found


def _packed(line: TextLine) -> list[Any]:
    read = [[one.text, one.probability, one.position, one.rivals] for one in line.characters]
    return [read, line.box.tolist()]


def _unpacked(read: list[Any], box: list[Any]) -> TextLine:
    characters = (
        Character(text, probability, place, tuple(map(tuple, rivals)))
        for text, probability, place, rivals in read
    )
    return TextLine(tuple(characters), np.array(box, np.float32))


ENGINES: dict[str, Callable[[Path], OcrEngine]] = {
    "paddleocr-default": lambda cache: PaddleEngine(MODELS, cache, options={}, runtime={}),
    "paddleocr-480": lambda cache: PaddleEngine(MODELS, cache),
    "rapidocr": lambda _: RapidEngine(),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=ENGINES, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        engine = ENGINES[arguments.engine](Path(cache))
        kept = KeptReadings(engine, arguments.folder / f"{arguments.engine}.jsonl")
        made = report(arguments.engine, kept, arguments.folder, kept)
    print(json.dumps(made, ensure_ascii=False))


if __name__ == "__main__":
    main()
