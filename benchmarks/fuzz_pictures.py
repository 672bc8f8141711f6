"""Decodes thousands of broken and malicious picture files: no crash, no hang, bounded memory.

    python benchmarks/fuzz_pictures.py [--count 10000]

prints one line per mutation and a verdict. Linux only.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.campaign import Campaign, add_arguments
from benchmarks.picture_mutations import MUTATIONS, case

PICTURES = Campaign(
    MUTATIONS,
    case,
    good="picture",
    bound_mb=450,  # beyond what there was before: 8000 × 8000 pixels of four bytes, and what is made of them
    slowest_s=10.0,  # a file of 10 MB at a million steps of Python a second
)


def work(first: int, last: int) -> None:
    """Decode the cases of these numbers."""
    from kaihu_desktop.core.failure import Failure
    from kaihu_desktop.vision.decode import decode_picture

    def decode(_number: int, data: bytes) -> str:
        try:
            return _sound(decode_picture(data))
        except Failure as failure:
            return failure.code
        except BaseException as error:
            return f"CRASH {type(error).__name__}"

    PICTURES.work(first, last, decode)


def _sound(picture: Any) -> str:
    """``picture`` when what was decoded is what `decode_picture` promises."""
    image, sides = picture.image, (picture.height, picture.width)
    shrink, long_side = max(image.shape) / max(sides), max(image.shape)
    good = image.ndim == 3 and image.shape[2] == 3 and image.dtype == "uint8" and image.flags.c_contiguous
    good = good and min(max(sides), 3000) <= long_side <= 4096
    good = good and all(abs(seen - side * shrink) <= 2 for seen, side in zip(image.shape, sides))
    return PICTURES.good if good else "CRASH not as promised"


def main() -> int:
    """Print the table; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_arguments(parser)
    args = parser.parse_args()
    if args.worker:
        work(*args.worker)
        return 0
    last = args.start + args.count
    return PICTURES.report(list(PICTURES.run([sys.executable, __file__], args.start, last)))


if __name__ == "__main__":
    sys.exit(main())
