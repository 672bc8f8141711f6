"""An hour of the live picture: does memory, threads or open files grow?

    python benchmarks/soak_preview.py [--minutes 60] [--display]

The capture view of the photo page, in a window (offscreen; with --display on the display that there is),
looks at the pretended camera, a process of its own that sends 1280×720 MJPEG at 30 frames a second. Every few
seconds something else lies before it: the cards, each mistake, nothing. Cards held still are taken, and the
next is sought. Every minute the camera hangs or is unplugged and comes back; every few minutes the view is
closed and opened again, and every ten the camera's process is killed and another takes its place.

One line a minute; then a verdict over the second half, when caches are full. Memory: Theil and Sen's slope
(median of the slopes between all pairs of minutes, which single outliers don't move) with its 95 % confidence
interval after Kendall. No growth: the slope is at most `MOST_SLOPE`, or its interval reaches down to zero
and it is at most `MOST_UNSURE`. Threads and files: the most in the last quarter is no more than in the one
before, give or take `MOST_MORE`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Iterator, NamedTuple

import requests

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

MOST_SLOPE, MOST_UNSURE = 1.0, 6.0  # MB an hour
MOST_MORE = 2  # threads, files: those of a camera that is just being closed or opened
RATE = 30
SAMPLES = 12  # of memory in a minute; their median counts
SCENE_SECONDS = 7.0
KINDS = {"id_emblem": "id-emblem", "bank_card": "bank-card", "signature": "signature"}


class Camera:
    """The pretended camera's process, which can be killed and come back at the same address."""

    def __init__(self) -> None:
        self._port = 0
        self._start()

    def _start(self) -> None:
        module = "kaihu_desktop.sandbox.specimens.camera_server"
        command = [sys.executable, "-m", module, "--fps", str(RATE), "--port", str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=_environment())
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.stream, self._scenes = said["stream"], said["scenes"]
        self._port = int(self.stream.split(":")[2].split("/")[0])

    def show(self, scene: str) -> None:
        """Put something before the camera."""
        with requests.Session() as http:
            http.trust_env = False  # loopback never goes through a proxy
            try:
                http.put(f"{self._scenes}/{scene}", timeout=120).raise_for_status()
            except requests.RequestException as error:
                print(f"camera: {error}", file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def restart(self) -> None:
        """Kill it, and start another at the same address."""
        self.stop()
        self._start()


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


class Director(threading.Thread):
    """Decides what lies before the camera, and when it fails. scene: the last that was shown."""

    def __init__(self, camera: Camera) -> None:
        super().__init__(name="director", daemon=True)
        from kaihu_desktop.sandbox.specimens.camera_scenes import SCENES

        self._camera, self._over = camera, threading.Event()
        self._shows = [name for name, scene in SCENES.items() if scene.paint is not None]
        self.scene, self.failures = "", 0

    def run(self) -> None:
        """Go on until `end`."""
        turns = itertools.cycle(self._shows)
        failures = itertools.cycle(("unplugged", "stalled"))
        for number in itertools.count(1):
            if number % 85 == 0:
                self.failures += 1
                self._camera.restart()
            elif number % 9 == 0:
                self.failures += 1
                self._camera.show(next(failures))
            else:
                self.scene = next(turns)
                self._camera.show(self.scene)
            if self._over.wait(SCENE_SECONDS):
                return

    def end(self) -> None:
        """Show nothing more."""
        self._over.set()
        self.join()


class Minute(NamedTuple):
    """One line of the table. memory: MB. frames: shown in a second. lost: how often the camera was."""

    number: int
    memory: float
    threads: int
    files: int
    frames: float
    taken: int
    lost: int
    cpu: float


class Log:
    """Samples the process, counts what the view tells, and prints a line a minute."""

    def __init__(self, view: Any) -> None:
        self.minutes: list[Minute] = []
        self._frames = self._taken = self._lost = 0
        self._samples: list[float] = []
        self._began, self._cpu = time.monotonic(), time.process_time()
        view.camera.framed.connect(self._count_frame)
        view.camera.lost.connect(self._count_lost)
        view.captured.connect(self._count_taken)
        print("minute  memory MB  threads  files  frames/s  taken  lost  CPU %", flush=True)

    def _count_frame(self, _: object) -> None:
        self._frames += 1

    def _count_lost(self, _: object) -> None:
        self._lost += 1

    def _count_taken(self, _: object) -> None:
        self._taken += 1

    def sample(self) -> None:
        """To be called `SAMPLES` times a minute."""
        self._samples.append(memory())
        if len(self._samples) < SAMPLES:
            return
        now, cpu = time.monotonic(), time.process_time()
        seconds = now - self._began
        one = Minute(
            len(self.minutes) + 1,
            statistics.median(self._samples),
            len(os.listdir("/proc/self/task")),
            len(os.listdir("/proc/self/fd")),
            self._frames / seconds,
            self._taken,
            self._lost,
            100 * (cpu - self._cpu) / seconds,
        )
        self.minutes.append(one)
        self._samples, self._began, self._cpu = [], now, cpu
        self._frames = self._taken = self._lost = 0
        figures = f"{one.number:6} {one.memory:10.1f} {one.threads:8} {one.files:6} {one.frames:9.1f}"
        print(f"{figures} {one.taken:6} {one.lost:5} {one.cpu:6.0f}", flush=True)


def memory() -> float:
    """Resident memory of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def soak(minutes: float) -> list[Minute]:
    """Run the view for so long."""
    from qtpy.QtCore import QTimer

    from kaihu_desktop.devices.camera import cameras
    from kaihu_desktop.ui.application import create_application
    from kaihu_desktop.ui.page import Page
    from kaihu_desktop.ui.shell import Shell
    from kaihu_desktop.ui.tasks import TaskRunner
    from kaihu_desktop.ui.widgets.capture_view import CaptureView

    camera = Camera()
    application, tasks = create_application(), TaskRunner()
    shell, page = Shell(tasks), Page("preview", "拍摄身份证人像面", "一小时")
    directory = cameras({"KAIHU_CAMERA_SOURCE": camera.stream})
    view = CaptureView("preview.capture", tasks, directory, shell.dialogs, lambda: None)
    page.body.addWidget(view)
    shell.resize(1280, 800)
    shell.show_page(page, rail=True, footer=True)
    shell.show()
    director, log = Director(camera), Log(view)

    def seek() -> None:
        view.begin(KINDS.get(director.scene, "id-portrait"))

    def reopen() -> None:
        view.end()
        seek()

    timers = []
    for seconds, work in ((60 / SAMPLES, log.sample), (SCENE_SECONDS * 3, seek), (200, reopen)):
        timers.append(QTimer())
        timers[-1].timeout.connect(work)
        timers[-1].start(round(seconds * 1000))
    view.captured.connect(lambda _: QTimer.singleShot(2000, seek))
    director.start()
    seek()
    QTimer.singleShot(round(minutes * 60_000) + 500, application.quit)
    application.exec_()
    for timer in timers:
        timer.stop()
    director.end()
    view.end()
    tasks.close()
    camera.stop()
    print(f"\nthe camera was made to fail {director.failures} times")
    return log.minutes


def slope(values: list[float]) -> tuple[float, float, float]:
    """Theil and Sen's slope of values at equal distances of a minute, an hour; and its 95 % interval."""
    pairs = itertools.combinations(enumerate(values), 2)
    slopes = sorted((later - sooner) / (b - a) * 60 for (a, sooner), (b, later) in pairs)
    count = len(values)
    reach = 1.96 * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)  # Kendall's variance without ties
    low = max(0, round((len(slopes) - reach) / 2))
    high = min(len(slopes) - 1, round((len(slopes) + reach) / 2))
    return statistics.median(slopes), slopes[low], slopes[high]


def verdict(minutes: list[Minute]) -> bool:
    """Judge the second half, in words; whether nothing grows."""
    half = minutes[len(minutes) // 2 :]
    if len(half) < 4:
        print("too short for a verdict")
        return True
    trend, low, high = slope([one.memory for one in half])
    flat = trend <= MOST_SLOPE or (low <= 0 and trend <= MOST_UNSURE)
    print(
        f"memory, second half: {trend:+.2f} MB/h (95 %: {low:+.2f} … {high:+.2f})",
        "no growth" if flat else "GROWS",
    )
    for name, values in _counts(half):
        before, after = max(values[: len(values) // 2]), max(values[len(values) // 2 :])
        steady = after <= before + MOST_MORE
        flat &= steady
        print(
            f"{name}, third and last quarter: at most {before}, {after}", "no growth" if steady else "GROWS"
        )
    print(f"frames/s, median: {statistics.median(one.frames for one in minutes):.1f}")
    return flat


def _counts(half: list[Minute]) -> Iterator[tuple[str, list[int]]]:
    yield "threads", [one.threads for one in half]
    yield "open files", [one.files for one in half]


def main() -> int:
    """Soak and judge; 1 if something grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--display", action="store_true", help="use the display")
    options = parser.parse_args()
    if not options.display:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return 0 if verdict(soak(options.minutes)) else 1


if __name__ == "__main__":
    sys.exit(main())
