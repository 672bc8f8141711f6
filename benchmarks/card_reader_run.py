"""Reads a folder of cards in a clean process and prints what it read, how fast and with how much memory.

    python -m benchmarks.card_reader_run FOLDER [--threads 2]

FOLDER is one of `benchmarks.card_reader_cards`. Prints one JSON document:
{"engine", "ready_s": seconds until the engine could read, "peak_mb": peak resident memory of the whole
process, "base_mb": the same before the engine was loaded, "answers": [{"file", "fields": {name: [value,
needs_review]}, "wall_ms", "cpu_ms"}]}, in the order of `cards.json`; a card that can't be read has no fields.
Other engines print the same through `report`.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any

import cv2

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr.bins import load_bin_table
from kaihu_desktop.ocr.divisions import load_divisions
from kaihu_desktop.ocr.engine import OcrEngine
from kaihu_desktop.ocr.glyphs import Glyphs
from kaihu_desktop.ocr.reader import CardReader
from kaihu_desktop.ocr.words import load_words
from kaihu_desktop.process_memory import give_back_freed_memory

ROOT = Path(__file__).resolve().parent.parent


class Meter:
    """What this process has taken."""

    def times(self) -> tuple[float, float]:
        """Wall clock and CPU time in seconds; differences tell something."""
        return time.perf_counter(), time.process_time()

    def peak_mb(self) -> int:
        """The peak of its resident memory."""
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def report(name: str, engine: OcrEngine, folder: Path, meter: Meter) -> dict[str, Any]:
    """The document described above, for an engine that hasn't been prepared yet."""
    resources = ROOT / "resources"
    divisions = load_divisions(resources / "divisions.csv")
    words = load_words(resources / "words.txt")
    glyphs = Glyphs(resources / "glyphs.onnx")
    reader = CardReader(engine, load_bin_table(resources / "bank_bins.csv"), divisions, words, glyphs)
    base = Meter().peak_mb()  # of this run, though readings may be kept from another
    start, _ = meter.times()
    reader.prepare()
    ready = meter.times()[0] - start
    cards = json.loads((folder / "cards.json").read_text(encoding="utf-8"))["cards"]
    answers = [_answer(reader, card["kind"], folder / card["file"], meter) for card in cards if card["file"]]
    told = {"engine": name, "ready_s": ready, "peak_mb": meter.peak_mb(), "base_mb": base}
    return {**told, "answers": answers}


def _answer(reader: CardReader, kind: str, path: Path, meter: Meter) -> dict[str, Any]:
    card = cv2.imread(str(path))
    start = meter.times()
    try:
        fields = reader.read(kind, card).fields
    except Failure as failure:
        if failure.code == "OCR-ENGINE":
            raise  # nothing was measured: the models aren't there
        fields = {}
    wall, cpu = (end - begun for end, begun in zip(meter.times(), start))
    values = {name: [field.value, field.needs_review] for name, field in fields.items()}
    return {"file": path.name, "fields": values, "wall_ms": 1000 * wall, "cpu_ms": 1000 * cpu}


def main() -> None:
    from kaihu_desktop.ocr.onnx_engine import OnnxEngine

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    give_back_freed_memory()  # as the window's process does
    engine = OnnxEngine(ROOT / ".cache/models", arguments.threads)
    print(json.dumps(report("kaihu_desktop", engine, arguments.folder, Meter()), ensure_ascii=False))


if __name__ == "__main__":
    main()
