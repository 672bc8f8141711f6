"""Thousands of hostile files, each judged in a worker process under bounds of time and memory. Linux only.

Each file's peak of memory is measured anew (``/proc/self/clear_refs`` forgets the one before); a worker that
dies or takes too long is counted and replaced.
"""

from __future__ import annotations

import argparse
import collections
import json
import queue
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import Callable, Iterable, Iterator, NamedTuple, Sequence

HANG_S = 120.0  # wall


class Result(NamedTuple):
    """What came of one file: a failure's code, the campaign's good end, ``CRASH …`` or ``HANG``."""

    number: int
    seed: str
    mutation: str
    size: int
    outcome: str
    cpu_s: float
    peak_mb: float

    @property
    def crashed(self) -> bool:
        return self.outcome.startswith(("CRASH", "HANG"))


@dataclass(frozen=True)
class Campaign:
    """A campaign and its promises.

    case: makes a case from its number: what it was made of, by which of `mutations`, the file.
    good: what becomes of a sound file.
    """

    mutations: Iterable[str]
    case: Callable[[int], tuple[str, str, bytes]]
    good: str
    bound_mb: float
    slowest_s: float  # CPU

    def work(self, first: int, last: int, judge: Callable[[int, bytes], str]) -> None:
        """Judge the cases of these numbers; one line of JSON for each. What a worker process does."""
        limit = int((_status("VmSize") + 3 * self.bound_mb) * 1024 * 1024)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        for number in range(first, last):
            seed, mutation, data = self.case(number)
            with open("/proc/self/clear_refs", "w", encoding="ascii") as file:
                file.write("5")  # forget the peak
            before, started = _status("VmRSS"), time.process_time()
            outcome = judge(number, data)
            seconds, peak = time.process_time() - started, _status("VmHWM") - before
            print(json.dumps(Result(number, seed, mutation, len(data), outcome, seconds, peak)), flush=True)

    def run(self, worker: Sequence[str], first: int, last: int) -> Iterator[Result]:
        """The results of the cases from `first` to before `last`, in order; `worker` starts a worker."""
        number = first
        while number < last:
            for result in self._of_one_worker(worker, number, last):
                yield result
                number += 1

    def _of_one_worker(self, worker: Sequence[str], first: int, last: int) -> Iterator[Result]:
        """The results until the worker has ended; CRASH or HANG for the case that ended it."""
        command = [*worker, "--worker", str(first), str(last)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=_pump, args=(process, lines), daemon=True).start()
        for number in range(first, last):
            try:
                line, end = lines.get(timeout=HANG_S), "CRASH process"
            except queue.Empty:
                line, end = "", "HANG"
            if not line:
                process.kill()
                seed, mutation, data = self.case(number)
                yield Result(number, seed, mutation, len(data), end, HANG_S, 0.0)
                break
            yield Result(*json.loads(line))
        process.wait()

    def report(self, results: Sequence[Result]) -> int:
        """Print the table; 1 when a promise was broken."""
        self._print_table(results)
        broken = [one for one in results if one.crashed or not self._within(one)]
        for one in broken:
            print("BROKEN", *one)
        slowest, largest = max(one.cpu_s for one in results), max(one.peak_mb for one in results)
        print(f"\n{len(results)} files, {len(broken)} broken promises; slowest {slowest:.2f} s CPU", end=" ")
        print(f"(allowed {self.slowest_s:g}), most memory {largest:.0f} MB (allowed {self.bound_mb:g})")
        return 1 if broken else 0

    def _within(self, one: Result) -> bool:
        return one.cpu_s <= self.slowest_s and one.peak_mb <= self.bound_mb

    def _print_table(self, results: Sequence[Result]) -> None:
        width = max(map(len, self.mutations))
        print(f"{'mutation':{width}}  files {self.good:>8}  refused  p99 ms  max ms  max MB  codes")
        for mutation in [*self.mutations, "all"]:
            rows = [one for one in results if mutation in (one.mutation, "all")]
            if not rows:
                continue
            outcomes = collections.Counter(one.outcome for one in rows)
            times = sorted(one.cpu_s * 1000 for one in rows)
            good, memory = outcomes.pop(self.good, 0), max(one.peak_mb for one in rows)
            codes = ", ".join(f"{code} {count}" for code, count in outcomes.most_common())
            row = f"{mutation:{width}} {len(rows):6} {good:8} {len(rows) - good:8}"
            print(f"{row} {times[len(times) * 99 // 100]:7.0f} {times[-1]:7.0f} {memory:7.0f}  {codes}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that every campaign has."""
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--worker", type=int, nargs=2, help=argparse.SUPPRESS)


def _status(field: str) -> float:
    """A memory figure of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def _pump(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")
