"""Decodes thousands of broken and malicious picture files: no crash, no hang, bounded memory.

    python benchmarks/fuzz_pictures.py [--count 10000]

prints one line per mutation and a verdict. Every file is decoded in a worker process whose peak memory is
measured anew for each; a worker that dies or takes too long is counted and replaced. Linux only
(``/proc/self/clear_refs`` forgets a process's peak).
"""

from __future__ import annotations

import argparse
import collections
import json
import queue
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.picture_mutations import MUTATIONS, case

BOUND_MB = 450  # beyond what there was before: 8000 × 8000 pixels of four bytes, and what is made of them
SLOWEST_S = 10.0  # CPU; a file of 10 MB at a million steps of Python a second
HANG_S = 120.0  # wall


def _status(field: str) -> float:
    """A memory figure of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def work(first: int, last: int) -> None:
    """Decode the cases of these numbers; one line of JSON for each."""
    from kaihu_desktop.core.failure import Failure
    from kaihu_desktop.vision.decode import decode_picture

    limit = int((_status("VmSize") + 3 * BOUND_MB) * 1024 * 1024)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for number in range(first, last):
        format_, mutation, data = case(number)
        with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
            file.write("5")  # forget the peak
        before, started = _status("VmRSS"), time.process_time()
        try:
            outcome = _sound(decode_picture(data))
        except Failure as failure:
            outcome = failure.code
        except BaseException as error:
            outcome = f"CRASH {type(error).__name__}"
        seconds, peak = time.process_time() - started, _status("VmHWM") - before
        print(json.dumps([number, format_, mutation, len(data), outcome, seconds, peak]), flush=True)


def _sound(picture: Any) -> str:
    """``picture`` when what was decoded is what `decode_picture` promises."""
    image, sides = picture.image, (picture.height, picture.width)
    shrink, long_side = max(image.shape) / max(sides), max(image.shape)
    good = image.ndim == 3 and image.shape[2] == 3 and image.dtype == "uint8" and image.flags.c_contiguous
    good = good and min(max(sides), 3000) <= long_side <= 4096
    good = good and all(abs(seen - side * shrink) <= 2 for seen, side in zip(image.shape, sides))
    return "picture" if good else "CRASH not as promised"


def run(count: int, start: int) -> Iterator[list[Any]]:
    """The results of all cases, in order; a case that ends its worker gives CRASH or HANG."""
    number, end = start, start + count
    while number < end:
        command = [sys.executable, __file__, "--worker", str(number), str(end)]
        worker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pump, args=(worker, lines), daemon=True).start()
        while number < end:
            try:
                line = lines.get(timeout=HANG_S)
            except queue.Empty:
                line, verdict = "", "HANG"
            else:
                verdict = "CRASH process"
            if not line:
                worker.kill()
                format_, mutation, data = case(number)
                yield [number, format_, mutation, len(data), verdict, HANG_S, 0.0]
                number += 1
                break
            yield json.loads(line)
            number += 1
        worker.wait()


def _pump(worker: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert worker.stdout is not None
    for line in worker.stdout:
        lines.put(line)
    lines.put("")


def main() -> int:
    """Print the table; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--worker", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.worker:
        work(*args.worker)
        return 0
    results = list(run(args.count, args.start))
    _print_table(results)
    broken = [one for one in results if one[4].startswith(("CRASH", "HANG")) or not _within(one)]
    for one in broken:
        print("BROKEN", *one)
    slowest, largest = max(one[5] for one in results), max(one[6] for one in results)
    print(f"\n{len(results)} files, {len(broken)} broken promises; slowest {slowest:.2f} s CPU", end=" ")
    print(f"(allowed {SLOWEST_S:g}), most memory {largest:.0f} MB (allowed {BOUND_MB})")
    return 1 if broken else 0


def _within(one: list[Any]) -> bool:
    return bool(one[5] <= SLOWEST_S and one[6] <= BOUND_MB)


def _print_table(results: list[list[Any]]) -> None:
    print("mutation           files pictures  refused  p99 ms  max ms  max MB  codes")
    for mutation in [*MUTATIONS, "all"]:
        rows = [one for one in results if mutation in (one[2], "all")]
        if not rows:
            continue
        outcomes = collections.Counter(one[4] for one in rows)
        times = sorted(one[5] * 1000 for one in rows)
        pictures, memory = outcomes.pop("picture", 0), max(one[6] for one in rows)
        codes = ", ".join(f"{code} {number}" for code, number in outcomes.most_common())
        row = f"{mutation:17} {len(rows):6} {pictures:8} {len(rows) - pictures:8}"
        print(f"{row} {times[len(times) * 99 // 100]:7.0f} {times[-1]:7.0f} {memory:7.0f}  {codes}")


if __name__ == "__main__":
    sys.exit(main())
