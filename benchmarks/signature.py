"""Cleans photographs of made-up signatures and counts the ink that is kept, lost, and added.

    python -m benchmarks.signature [--images 12] [--seed 1]

Photographs of 1920×1080 in several manners (`sandbox.specimens.signed_sheets`), of which the true place of
each stroke is known. recall: share of the ink that is dark in the result. lost: share of the strokes of
which more than a third is missing. precision: share of what is dark in the result that is ink, to within
two pixels. said: share of the sheets of which it was said rightly whether they bear a name alone, more, or
nothing. CPU on one thread.
"""

from __future__ import annotations

import argparse
import time

import cv2
import numpy as np

from kaihu_desktop.sandbox.specimens.signed_sheets import MANNERS, signed_sheet
from kaihu_desktop.vision.signature import NONE, ONE, SEVERAL, Signature, read_signature

DARK = 150
EXPECTED = {"": NONE, "name": ONE, "name and text": SEVERAL}


def placed(found: Signature, shape: tuple[int, int]) -> np.ndarray:
    """What is dark in the result, as a mask in the photograph."""
    mask = np.zeros(shape, np.uint8)
    if found.image is None:
        return mask
    left, top, width, height = found.box
    whole = np.full((shape[0] + 2 * height, shape[1] + 2 * width), 255, np.uint8)
    grey = cv2.resize(found.image, (width, height))[:, :, 0]
    whole[top + height : top + 2 * height, left + width : left + 2 * width] = grey
    return (whole[height : height + shape[0], width : width + shape[1]] < DARK).astype(np.uint8)


def measure(seed: int, manner: str) -> dict[str, float]:
    """The figures of one sheet."""
    picture, strokes = signed_sheet(seed, manner)
    started = time.process_time()
    found = read_signature(picture)
    seconds = time.process_time() - started
    dark = placed(found, strokes.shape)
    figures = {"ms": seconds * 1000, "said": float(found.contents == EXPECTED[MANNERS[manner].writing])}
    if MANNERS[manner].writing != "name":
        return figures
    near_dark = cv2.dilate(dark, np.ones((3, 3), np.uint8)) > 0
    near_ink = cv2.dilate((strokes > 0).astype(np.uint8), np.ones((5, 5), np.uint8))
    kept, all_ink = np.bincount(strokes[near_dark], minlength=strokes.max() + 1), np.bincount(strokes.ravel())
    seen = all_ink[1:] > 0
    shares = kept[1:][seen] / all_ink[1:][seen]
    figures["recall"] = float(kept[1:].sum() / max(all_ink[1:].sum(), 1))
    figures["lost"] = float((shares < 2 / 3).mean())
    figures["precision"] = float(near_ink[dark > 0].mean()) if dark.any() else 0.0
    return figures


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(MANNERS))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    print("manner            sheets  recall  worst   lost  precision  worst   said  ms (median)")
    for manner in args.only:
        rows = [measure(args.seed + number, manner) for number in range(args.images)]
        line = f"{manner:17} {len(rows):6}"
        for name, worst in (("recall", min), ("lost", None), ("precision", min)):
            values = [row[name] for row in rows if name in row]
            line += f" {np.mean(values):8.4f}" if values else "         "
            line += f" {worst(values):6.3f}" if values and worst else "        " if worst else ""
        said, ms = np.mean([row["said"] for row in rows]), np.median([row["ms"] for row in rows])
        print(f"{line}  {said:5.2f} {ms:8.0f}")


if __name__ == "__main__":
    main()
