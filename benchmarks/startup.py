"""How long the client takes to a usable window, and how much memory it holds there.

Usage: python benchmarks/startup.py [--runs 7] [--no-cold]

Starts the real client against a real sandbox, each in a process of its own, and prints medians beside their
targets; 1 when one is missed. *First paint*: the window shows something. *Usable*: the login form is painted
and the field for the ID number has the focus; the company and its rules have come over the network by then.
*Cold*: the page cache was dropped before (Linux, root). The display is this machine's, else a private Xvfb;
`offscreen` leaves the display out. Where other programs are busy, look at the CPU time too: on a quiet
machine the UI thread can't be away for longer than all threads of the client compute meanwhile. How the
instants are taken: see `startup_probe.py`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, NamedTuple

import qtpy

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.startup_probe import BORN, CARD  # noqa: E402 - needs the path above
from installers.linux.headless_session import headless_session  # noqa: E402
from kaihu_desktop.sandbox.specimens import cards, people  # noqa: E402
from kaihu_desktop.sandbox.specimens.photograph import photograph  # noqa: E402
from tests.sandbox_server import SandboxServer  # noqa: E402

DROP_CACHES = Path("/proc/sys/vm/drop_caches")
COLD_RUNS = 3
PATIENCE = 120  # seconds for one start

Times = dict[str, float]


class Measure(NamedTuple):
    """One line of the table. target: None where the house has none."""

    key: str
    text: str
    unit: str
    target: float | None


WARM = (
    Measure("first_paint", "first paint", "s", None),
    Measure("usable", "usable window", "s", 1.0),
    Measure("usable_cpu", "CPU time of the client until then", "s", None),
    Measure("captcha", "captcha shown", "s", None),
    Measure("stall_login", "UI thread away at most, login", "s", 0.05),
    Measure("rss_login", "RSS at login", "MB", 150),
    Measure("first_card", "first card read, OCR loaded on the way", "s", None),
    Measure("stall_card", "UI thread away at most, meanwhile", "s", 0.05),
    Measure("stall_card_cpu", "CPU time of the client in that time, at most", "s", None),
    Measure("rss_ocr", "memory (PSS) with OCR loaded, helper processes too", "MB", 450),
)
COLD = (Measure("first_paint", "first paint", "s", None), Measure("usable", "usable window", "s", None))


def main() -> int:
    """Measure on every display that is there and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=7, help="warm starts of each kind (default 7)")
    parser.add_argument(
        "--no-cold", action="store_true", help="leave out the starts with an empty page cache"
    )
    options = parser.parse_args()
    print(
        f"{cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before;"
        f" Python {platform.python_version()}, {qtpy.API_NAME} {qtpy.QT_VERSION}\n"
    )
    print("| display | start | measure | median | least | most | target | |")
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | --- |")
    met = True
    with tempfile.TemporaryDirectory() as name, SandboxServer(Path(name) / "sandbox") as sandbox:
        sandbox.open_hours()
        folder = Path(name)
        client = {"KAIHU_BACKEND_URL": sandbox.url, "KAIHU_COMPANY": "8888", CARD: str(card_photo(folder))}
        with displays() as environments:
            for display, environment in environments.items():
                environment.update(client, KAIHU_HOME=str(folder / display))
                start(environment)  # compiles, and fills the page cache
                warm = [start(environment) for _ in range(options.runs)]
                met &= tell(display, "warm", WARM, warm)
                if not options.no_cold and cold_possible():
                    tell(display, "cold", COLD, [cold_start(environment) for _ in range(COLD_RUNS)])
    if not options.no_cold and not cold_possible():
        print("\nCold starts weren't measured: the page cache can only be dropped as root on Linux.")
    return 0 if met else 1


def start(environment: dict[str, str]) -> Times:
    """Start the client once and return what its probe has seen."""
    command = [sys.executable, "-m", "benchmarks.startup_probe"]
    born = {BORN: repr(time.monotonic())}
    done = subprocess.run(
        command, env={**environment, **born}, cwd=ROOT, stdout=subprocess.PIPE, timeout=PATIENCE, check=True
    )
    times: Times = json.loads(done.stdout)
    if CARD in environment and "first_card" not in times:
        sys.exit("The client read nothing from the card. Are the OCR models there? python3 dev.py setup")
    return times


def cold_start(environment: dict[str, str]) -> Times:
    """The same with nothing of the client in memory."""
    os.sync()
    DROP_CACHES.write_text("3\n", encoding="ascii")
    return start({name: value for name, value in environment.items() if name != CARD})


def cold_possible() -> bool:
    """Whether the page cache can be dropped here."""
    return os.access(DROP_CACHES, os.W_OK)


def tell(display: str, kind: str, measures: tuple[Measure, ...], runs: list[Times]) -> bool:
    """Print the lines of one kind of start; False if a target is missed."""
    met = True
    for key, text, unit, target in measures:
        values = [run[key] for run in runs]
        median = statistics.median(values)
        fine = target is None or median <= target
        verdict = "" if target is None else "met" if fine else "MISSED"
        numbers = " | ".join(number(value, unit) for value in (median, min(values), max(values)))
        limit = "" if target is None else f"≤ {number(target, unit)}"
        print(f"| {display} | {kind} | {text} | {numbers} | {limit} | {verdict} |", flush=True)
        met &= fine
    return met


def number(value: float, unit: str) -> str:
    """A value with its unit, to a sensible precision."""
    return f"{value:.2f} s" if unit == "s" else f"{value:.0f} {unit}"


@contextlib.contextmanager
def displays() -> Iterator[dict[str, dict[str, str]]]:
    """The environments to measure in, by name."""
    offscreen = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    if os.environ.get("DISPLAY"):
        yield {"offscreen": offscreen, "xcb": dict(os.environ, QT_QPA_PLATFORM="xcb")}
        return
    with headless_session(dict(os.environ)) as session:
        yield {"offscreen": offscreen, "xcb": dict(session, QT_QPA_PLATFORM="xcb")}


def card_photo(folder: Path) -> Path:
    """A photograph of a made-up ID card to read."""
    from PIL import Image

    card = cards.render_id_portrait(people.make_person(3), 3)
    picture, _ = photograph(card, seed=5, condition="easy", size=(1280, 720))
    path = folder / "card.png"
    Image.fromarray(picture[:, :, ::-1]).save(path)
    return path


def cpu() -> str:
    """The name of this machine's processor."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), "CPU")


if __name__ == "__main__":
    sys.exit(main())
