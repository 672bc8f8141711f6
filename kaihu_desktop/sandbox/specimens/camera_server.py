"""A pretended camera for demonstrations and tests: a seeded customer's cards as an MJPEG stream.

``python -m kaihu_desktop.sandbox.specimens.camera_server --id-number … [--port P] [--fps N]`` prints one line
of JSON, ``{"stream": …, "scenes": …}``. ``PUT /scenes/<name>`` (a key of `camera_scenes.SCENES`) puts
something before the camera, makes it hang or unplugs it; ``GET /scenes`` lists the names; ``GET /`` shows
buttons that do the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from kaihu_desktop.sandbox.seed import SEED
from kaihu_desktop.sandbox.specimens.camera_scenes import SCENES, STEADY
from kaihu_desktop.sandbox.specimens.cards import SpecimenPerson

FRAMES_PER_SECOND = 15.0


class Unplugged(Exception):
    """There is no camera."""


class Scenes:
    """What is before the camera: encoded frames of one scene, and since when it is shown."""

    def __init__(self, person: SpecimenPerson, frames_per_second: float = FRAMES_PER_SECOND) -> None:
        self._person, self._interval = person, 1 / frames_per_second
        self._encoded: dict[str, list[bytes]] = {}
        self._shown: dict[str, int] = {}
        self._changed = threading.Condition()
        self.show("empty")

    def show(self, name: str) -> None:
        """Put a scene before the camera. KeyError for a scene that doesn't exist.

        Shown again it is a shade darker: no two photos of a real camera are the same file either.
        """
        paint = SCENES[name].paint
        if paint is not None and name not in self._encoded:
            self._encoded[name] = [_jpeg(frame) for frame in paint(self._person)]
        frames, before = self._encoded.get(name, []), self._shown.get(name, 0)
        self._shown[name] = before + 1
        if before:
            frames = [_darker(jpeg, before) for jpeg in frames]
        with self._changed:
            self._name, self._frames, self._since = name, frames, time.monotonic()
            self._changed.notify_all()

    def frame(self, since: float) -> bytes:
        """The JPEG that the camera sees when the next one after `since` (monotonic seconds) is due.

        Waits as long as the camera hangs. Raises Unplugged.
        """
        with self._changed:
            self._changed.wait_for(self._fails, since + self._interval - time.monotonic())
            self._changed.wait_for(lambda: self._frames or self._name == "unplugged")
            if not self._frames:
                raise Unplugged
            number = int((time.monotonic() - self._since) / self._interval)
            if number >= len(self._frames):
                steady = min(STEADY, len(self._frames))
                number = len(self._frames) - steady + number % steady
            return self._frames[number]

    def _fails(self) -> bool:
        return not self._frames


def _jpeg(frame: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", frame)[1].tobytes()


def _darker(jpeg: bytes, levels: int) -> bytes:
    frame = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return _jpeg(cv2.subtract(frame, np.full_like(frame, levels)))


class CameraHandler(BaseHTTPRequestHandler):
    """The stream, the switch, and a page with buttons."""

    scenes: Scenes

    def do_GET(self) -> None:
        if self.path == "/video.mjpg":
            self._stream()
        elif self.path == "/scenes":
            self._send(HTTPStatus.OK, "application/json", json.dumps(list(SCENES)).encode())
        elif self.path == "/":
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", _page().encode())
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def do_PUT(self) -> None:
        name = self.path.rpartition("/")[2]
        if name in SCENES:
            self.scenes.show(name)
            self._send(HTTPStatus.OK, "application/json", b"{}")
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def _stream(self) -> None:
        try:
            jpeg = self.scenes.frame(0.0)
        except Unplugged:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while True:
                sent = time.monotonic()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
                jpeg = self.scenes.frame(sent)
        except (OSError, Unplugged):
            pass  # the viewer went away, or the camera

    def _send(self, status: HTTPStatus, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _page() -> str:
    buttons = "".join(
        f"<button onclick=\"fetch('/scenes/{name}',{{method:'PUT'}})\">{scene.title}</button> "
        for name, scene in SCENES.items()
    )
    return (
        "<!doctype html><meta charset=utf-8><title>模拟摄像头</title>"
        "<style>body{font:16px sans-serif;margin:24px}button{font-size:16px;padding:8px 16px}"
        "img{display:block;margin-top:16px;max-width:100%}</style>"
        f"<h1>模拟摄像头前放什么</h1>{buttons}<img src=/video.mjpg alt=摄像头画面>"
    )


def main() -> int:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="模拟摄像头（仅供演示和测试）")
    parser.add_argument("--id-number", default=SEED[0].person.id_number, help="沙箱客户的身份证号")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--fps", type=float, default=FRAMES_PER_SECOND, help="每秒画面数")
    args = parser.parse_args()
    persons = {customer.person.id_number: customer.person for customer in SEED}
    CameraHandler.scenes = Scenes(persons[args.id_number], args.fps)
    server = ThreadingHTTPServer(("127.0.0.1", args.port), CameraHandler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    print(json.dumps({"stream": f"{url}/video.mjpg", "scenes": f"{url}/scenes"}), flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
