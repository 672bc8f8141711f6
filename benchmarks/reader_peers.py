"""Reads a folder of cards with another engine through our parser, for `benchmarks.card_reader`.

    python3 dev.py setup --lane paddle
    .venv-paddle/bin/pip install --no-deps --require-hashes -r installers/locks/peers.txt
    .venv-paddle/bin/python -m benchmarks.reader_peers FOLDER --engine rapidocr

FOLDER is one of `benchmarks.card_reader_cards`; prints what `benchmarks.card_reader_run` prints. Engines:
`paddleocr-default` (paddleocr on the PP-OCRv6 small networks that we ship, with its own default settings),
`paddleocr-480` (as the client's second engine) and `rapidocr` (its default settings and networks).
"""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
from pathlib import Path
from typing import Any, Callable

import numpy as np

from benchmarks.card_reader_run import ROOT, report
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
        found = self._engine(image, return_word_box=True, return_single_char_box=True)
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
        made = report(arguments.engine, ENGINES[arguments.engine](Path(cache)), arguments.folder)
    print(json.dumps(made, ensure_ascii=False))


if __name__ == "__main__":
    main()
