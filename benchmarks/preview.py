"""How fluent the live picture is: a real camera stream in a real window, with the found card outlined.

Usage: python benchmarks/preview.py [--seconds 20] [--windows 1280x800,1920x1080]

A server in a process of its own sends 1280×720 MJPEG at 30 frames a second, a card that is moved about by a
hand; the capture view of the photo page reads it through OpenCV like any camera, and finds, follows and
judges the card meanwhile. Every frame carries its number in its upper left corner, so that what is painted
can be compared with where the card is in that frame. Prints a table for each display (offscreen and X11; a
private Xvfb where there is no display); 1 when a target is missed. The first seconds are not counted. Where
other programs are busy, the UI thread also waits for them: look at what it computed itself, too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

SIZE = (1280, 720)
RATE, LOOP = 30, 90  # frames a second, and until the movement begins anew
BITS, BLOCK = 7, 20  # of the frame's number, and the side of each bit's square (pixels)
WARM_UP = 4.0  # seconds
PATIENCE = 180.0


class Measure(NamedTuple):
    """One line of the table. target: (``≥`` or ``≤``, value), None where the house has none."""

    key: str
    text: str
    unit: str
    target: tuple[str, float] | None = None


MEASURES = (
    Measure("fps", "painted a second, median", "", ("≥", 25)),
    Measure("fps_least", "the slowest second", ""),
    Measure("camera_fps", "frames a second that the camera gave", ""),
    Measure("dropped", "of these not painted", "%"),
    Measure("outlined", "of the painted frames with an outline", "%"),
    Measure("iou", "outline against the card in that frame, mean IoU", ""),
    Measure("iou_least", "the same, 5th percentile", ""),
    Measure("age", "from the frame's arrival to its painting, median", "ms"),
    Measure("age_most", "the same, 95th percentile", "ms"),
    Measure("first_outline", "from the first frame to the first outline", "ms"),
    Measure("looks", "looks for the card a second", ""),
    Measure("block", "UI thread away at most", "ms", ("≤", 50)),
    Measure("block_own", "of longer ones, what it computed itself", "ms"),
    Measure("cpu", "CPU of the client (100 % is one core)", "%"),
    Measure("rss", "memory of the client", "MB"),
)


# what is filmed


def scene() -> tuple[list[Any], list[Any]]:
    """(pictures, corners of the card in each), of one turn of the movement."""
    import cv2
    import numpy as np

    from kaihu_desktop.sandbox.specimens import cards, people
    from kaihu_desktop.sandbox.specimens.photograph import camera_sequence
    from kaihu_desktop.vision.finder import find_card

    card = cards.render_id_portrait(people.make_person(3), 3)
    *_, still = camera_sequence(card, seed=7, frames=8, size=SIZE)
    corners = find_card(still).corners
    pictures, truths = [], []
    for number in range(LOOP):
        turn = 2 * np.pi * number / LOOP
        matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), 2.5 * np.sin(turn), 1)
        matrix[:, 2] += (120 * np.sin(turn), 40 * np.sin(2 * turn))
        moved = cv2.warpAffine(still, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)
        noise = np.random.default_rng(number).normal(0, 3, moved.shape)
        pictures.append(stamped(np.clip(moved + noise, 0, 255).astype(np.uint8), number))
        truths.append(cv2.transform(corners[None], matrix)[0])
    return pictures, truths


def stamped(picture: Any, number: int) -> Any:
    """The picture with its number in black and white squares."""
    for bit in range(BITS):
        picture[:BLOCK, bit * BLOCK : (bit + 1) * BLOCK] = 255 if number >> bit & 1 else 0
    return picture


def number_on(image: Any) -> int:
    """The number of a picture, read from the QImage that is painted."""
    scale = image.width() / SIZE[0]
    middles = ((bit + 0.5) * BLOCK * scale for bit in range(BITS))
    row = round(BLOCK * scale / 2)
    return sum((image.pixelColor(round(x), row).red() > 127) << bit for bit, x in enumerate(middles))


def serve() -> None:
    """Send the pictures over and over to whoever asks, on time."""
    import cv2

    frames = [cv2.imencode(".jpg", picture)[1].tobytes() for picture in scene()[0]]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            began = time.monotonic()
            try:
                for number in range(10**9):
                    time.sleep(max(0.0, began + number / RATE - time.monotonic()))
                    jpeg = frames[number % LOOP]
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                    self.wfile.write(head.encode() + jpeg + b"\r\n")
            except OSError:
                pass  # the viewer went away

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}/video.mjpg", flush=True)
    server.serve_forever()


# the client


class Painted(NamedTuple):
    """One frame that was painted. late: seconds since it arrived. corners: in the frame's pixels, or None."""

    at: float
    late: float
    number: int
    corners: Any


class Observer:
    """Notes what the live picture paints, and how often the card was looked for."""

    def __init__(self, view: Any) -> None:
        from kaihu_desktop.ui.widgets.live_picture import LivePicture

        self.painted: dict[int, Painted] = {}  # by the camera's number
        self.looks: list[float] = []
        self.first_frame = self.first_outline = 0.0
        view.camera.glanced.connect(lambda _: self.looks.append(time.monotonic()))
        paint = LivePicture.paintEvent

        def watched(picture: Any, event: Any) -> None:
            paint(picture, event)
            self._note(picture.view)

        LivePicture.paintEvent = watched  # type: ignore[method-assign]

    def _note(self, view: Any) -> None:
        now = time.monotonic()
        if view is None:
            return
        self.first_frame = self.first_frame or view.seen_at
        if view.corners is not None:
            self.first_outline = self.first_outline or now
        corners = None if view.corners is None else view.corners * (SIZE[0] / view.pixels.width)
        self.painted.setdefault(view.number, Painted(now, now - view.seen_at, number_on(view.image), corners))


def probe(url: str, seconds: float, window: tuple[int, int]) -> dict[str, float]:
    """Show the capture view in a window and measure."""
    from qtpy.QtCore import QTimer

    from benchmarks.ui_thread import Watch
    from kaihu_desktop.devices.camera import cameras
    from kaihu_desktop.ui.application import create_application
    from kaihu_desktop.ui.page import Page
    from kaihu_desktop.ui.shell import Shell
    from kaihu_desktop.ui.tasks import TaskRunner
    from kaihu_desktop.ui.widgets.capture_view import CaptureView

    application = create_application()
    tasks = TaskRunner()
    shell, page = Shell(tasks), Page("preview", "拍摄身份证人像面", "1280×720，每秒 30 帧")
    view = CaptureView(
        "preview.capture", tasks, cameras({"KAIHU_CAMERA_SOURCE": url}), shell.dialogs, lambda: None
    )
    page.body.addWidget(view)
    observer = Observer(view)
    view.captured.connect(lambda _: view.begin("id-portrait"))
    shell.resize(*window)
    shell.show_page(page, rail=True, footer=True)
    shell.show()
    view.begin("id-portrait")
    started: dict[str, Any] = {}

    def begin() -> None:
        started.update(watch=Watch(), cpu=time.process_time(), at=time.monotonic())

    QTimer.singleShot(round(WARM_UP * 1000), begin)
    QTimer.singleShot(round((WARM_UP + seconds) * 1000), application.quit)
    application.exec_()
    ended, cpu = time.monotonic(), time.process_time()
    view.end()
    tasks.close()
    share = (cpu - started["cpu"]) / (ended - started["at"])
    return {
        **results(observer, started["at"], ended),
        "block": started["watch"].longest * 1000,
        "block_own": max((own for _, own, _ in started["watch"].blocks), default=0.0) * 1000,
        "cpu": share * 100,
        "rss": rss(),
    }


def results(observer: Observer, began: float, ended: float) -> dict[str, float]:
    """The figures of what was painted between two instants."""
    _, truths = scene()
    inside = {number: one for number, one in observer.painted.items() if began <= one.at < ended}
    seconds = range(int(ended - began))
    each = [sum(began + s <= one.at < began + s + 1 for one in inside.values()) for s in seconds]
    given = max(inside) - min(inside) + 1
    outlined = [one for one in inside.values() if one.corners is not None]
    ious = sorted(iou(one.corners, truths[one.number]) for one in outlined) or [0.0]
    ages = sorted(one.late * 1000 for one in inside.values())
    return {
        "fps": statistics.median(each),
        "fps_least": min(each),
        "camera_fps": given / (ended - began),
        "dropped": 100 * (1 - len(inside) / given),
        "outlined": 100 * len(outlined) / len(inside),
        "iou": statistics.fmean(ious),
        "iou_least": ious[len(ious) // 20],
        "age": statistics.median(ages),
        "age_most": ages[len(ages) * 95 // 100],
        "first_outline": (observer.first_outline - observer.first_frame) * 1000,
        "looks": sum(began <= at < ended for at in observer.looks) / (ended - began),
    }


def iou(drawn: Any, truth: Any) -> float:
    """Intersection over union of the drawn outline and the card, 4×2 each, in the frame's pixels."""
    import cv2
    import numpy as np

    first, second = (np.asarray(one, np.float32) for one in (drawn, truth))
    common, _ = cv2.intersectConvexConvex(first, second)
    both = float(cv2.contourArea(first) + cv2.contourArea(second))
    return float(common / (both - common))


def rss() -> float:
    """Resident memory of this process in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


# the table


def main() -> int:
    """Measure on every display and print a table; 1 if a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--windows", default="1280x800,1920x1080", help="sizes of the window")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--probe", nargs=2, metavar=("URL", "WINDOW"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
    elif options.probe:
        width, height = map(int, options.probe[1].split("x"))
        print(json.dumps(probe(options.probe[0], options.seconds, (width, height))), flush=True)
    else:
        return measure(options.seconds, options.windows.split(","))
    return 0


def measure(seconds: float, windows: list[str]) -> int:
    """Run the probes one after the other beside one server."""
    from benchmarks.startup import cpu, displays

    print(f"{cpu()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n")
    print("| display | window | measure | value | target | |\n| --- | --- | --- | ---: | ---: | --- |")
    met = True
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, encoding="utf-8")
    lost = threading.Timer(PATIENCE * 4, server.kill)
    lost.start()
    try:
        url = (server.stdout.readline() if server.stdout else "").strip()
        with displays() as environments:
            for display, environment in environments.items():
                for window in windows:
                    values = run_probe(url, window, seconds, environment)
                    fine = [tell(display, window, one, values[one.key]) for one in MEASURES]
                    met &= all(fine)
    finally:
        lost.cancel()
        server.kill()
        server.wait()
        if server.stdout:
            server.stdout.close()
    return 0 if met else 1


def run_probe(url: str, window: str, seconds: float, environment: dict[str, str]) -> dict[str, float]:
    """One probe in a process of its own."""
    command = [sys.executable, __file__, "--seconds", str(seconds), "--probe", url, window]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, timeout=PATIENCE, check=True
    )
    values: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return values


COMPARE: dict[str, Callable[[float, float], bool]] = {"≥": lambda a, b: a >= b, "≤": lambda a, b: a <= b}


def tell(display: str, window: str, measure: Measure, value: float) -> bool:
    """Print one line; False if its target is missed."""
    digits = 3 if measure.key.startswith("iou") else 1
    fine = measure.target is None or COMPARE[measure.target[0]](value, measure.target[1])
    limit = (
        "" if measure.target is None else f"{measure.target[0]} {measure.target[1]:g} {measure.unit}".strip()
    )
    verdict = "" if measure.target is None else "met" if fine else "MISSED"
    number = f"{value:.{digits}f} {measure.unit}".strip()
    print(f"| {display} | {window} | {measure.text} | {number} | {limit} | {verdict} |", flush=True)
    return fine


if __name__ == "__main__":
    sys.exit(main())
