"""A pretended camera for demonstrations and tests: a seeded customer's cards as an MJPEG stream.

``python -m kaihu_desktop.sandbox.specimens.camera_server --id-number … [--port P]`` prints one line of JSON,
``{"stream": …, "scenes": …}``. ``PUT /scenes/<name>`` (id_portrait, id_emblem, signature, bank_card, empty)
puts something before the camera; ``GET /`` shows buttons that do the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from kaihu_desktop.sandbox.seed import SEED
from kaihu_desktop.sandbox.specimens.backgrounds import paint_background
from kaihu_desktop.sandbox.specimens.cards import (
    SpecimenBankCard,
    SpecimenPerson,
    render_bank_card,
    render_id_emblem,
    render_id_portrait,
    render_signature_sheet,
)
from kaihu_desktop.sandbox.specimens.photograph import camera_sequence

SIZE = (1280, 720)
FRAMES, STEADY = 24, 12  # a scene's frames, and the last ones of them that are repeated for ever
INTERVAL = 1 / 15  # seconds between frames
TITLES = {
    "id_portrait": "身份证人像面",
    "id_emblem": "身份证国徽面",
    "signature": "签名纸",
    "bank_card": "银行卡",
    "empty": "空桌面",
}
BANK_CARD = SpecimenBankCard("中国建设银行", "6217002430000099995", "ZHANG YANGBEN")


class Scenes:
    """What is before the camera: encoded frames of one scene, and since when it is shown."""

    def __init__(self, person: SpecimenPerson) -> None:
        self._person = person
        self._encoded: dict[str, list[bytes]] = {}
        self._shown: dict[str, int] = {}
        self._changed = threading.Condition()
        self.show("empty")

    def show(self, name: str) -> None:
        """Put a scene before the camera. KeyError for a scene that doesn't exist.

        Shown again it is a shade darker: no two photos of a real camera are the same file either.
        """
        if name not in self._encoded:
            self._encoded[name] = [_jpeg(frame) for frame in _SCENES[name](self._person)]
        before = self._shown.get(name, 0)
        self._shown[name] = before + 1
        frames = [_darker(jpeg, before) for jpeg in self._encoded[name]] if before else self._encoded[name]
        with self._changed:
            self._frames, self._since = frames, time.monotonic()
            self._changed.notify_all()

    def frame(self) -> bytes:
        """The JPEG that the camera sees now; waits until the next one is due."""
        with self._changed:
            self._changed.wait(INTERVAL)
            number = int((time.monotonic() - self._since) / INTERVAL)
            if number >= len(self._frames):
                steady = min(STEADY, len(self._frames))
                number = len(self._frames) - steady + number % steady
            return self._frames[number]


def _jpeg(frame: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", frame)[1].tobytes()


def _darker(jpeg: bytes, levels: int) -> bytes:
    frame = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return _jpeg(cv2.subtract(frame, np.full_like(frame, levels)))


def _card_scene(
    render: Callable[[SpecimenPerson], np.ndarray],
) -> Callable[[SpecimenPerson], list[np.ndarray]]:
    return lambda person: list(camera_sequence(render(person), seed=7, frames=FRAMES, size=SIZE))


def _sheet(person: SpecimenPerson) -> list[np.ndarray]:
    sheet = render_signature_sheet(person.name)
    upper = sheet[: sheet.shape[1] * 7 // 10]  # the part of the sheet that a person holds to the camera
    scale = SIZE[1] * 0.86 / upper.shape[0]
    paper = cv2.resize(upper, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    scene = _empty(person)[0]
    left, top = (SIZE[0] - paper.shape[1]) // 2, (SIZE[1] - paper.shape[0]) // 2
    scene[top : top + paper.shape[0], left : left + paper.shape[1]] = (paper * 0.94).astype(np.uint8)
    return [scene]


def _empty(person: SpecimenPerson) -> list[np.ndarray]:
    table = paint_background("wood", SIZE, np.random.default_rng(7)) * 0.55
    return [np.clip(table, 0, 255).astype(np.uint8)]


_SCENES: dict[str, Callable[[SpecimenPerson], list[np.ndarray]]] = {
    "id_portrait": _card_scene(render_id_portrait),
    "id_emblem": _card_scene(render_id_emblem),
    "signature": _sheet,
    "bank_card": _card_scene(lambda person: render_bank_card(BANK_CARD)),
    "empty": _empty,
}


class CameraHandler(BaseHTTPRequestHandler):
    """The stream, the switch, and a page with buttons."""

    scenes: Scenes

    def do_GET(self) -> None:
        if self.path == "/video.mjpg":
            self._stream()
        elif self.path == "/":
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", _page().encode())
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def do_PUT(self) -> None:
        name = self.path.rpartition("/")[2]
        if name in _SCENES:
            self.scenes.show(name)
            self._send(HTTPStatus.OK, "application/json", b"{}")
        else:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"")

    def _stream(self) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        try:
            while True:
                jpeg = self.scenes.frame()
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
                self.wfile.write(head.encode() + jpeg + b"\r\n")
        except OSError:
            pass  # the viewer went away

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
        f"<button onclick=\"fetch('/scenes/{name}',{{method:'PUT'}})\">{title}</button> "
        for name, title in TITLES.items()
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
    args = parser.parse_args()
    persons = {customer.person.id_number: customer.person for customer in SEED}
    CameraHandler.scenes = Scenes(persons[args.id_number])
    server = ThreadingHTTPServer(("127.0.0.1", args.port), CameraHandler)
    server.daemon_threads = True
    url = f"http://127.0.0.1:{server.server_port}"
    print(json.dumps({"stream": f"{url}/video.mjpg", "scenes": f"{url}/scenes"}), flush=True)
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
