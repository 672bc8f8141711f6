"""A camera for tests: MJPEG over HTTP, that can stall, drop, be covered, be unplugged and come back."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

FRAME_SECONDS = 0.02
SIZE = (240, 320)  # height, width


def jpeg(brightness: int, mark: int = 0) -> bytes:
    """A picture of one brightness. mark: pictures with different marks differ, as those of a sensor do."""
    picture = np.full((*SIZE, 3), brightness, np.uint8)
    if mark:
        picture[:32, :32] = brightness // 2 + mark * 16 % 128
    good, data = cv2.imencode(".jpg", picture)
    assert good
    return bytes(data)


class MjpegServer:
    """mode: ``on``; ``stall`` sends nothing more on open connections; ``off`` closes them and refuses others.

    black: whether the lens is covered. frozen: whether it sends one picture for ever.
    connections: how many are open. refused: how many were not opened.
    """

    def __init__(self) -> None:
        self.mode = "on"
        self.black = self.frozen = False
        self.connections = 0
        self.refused = 0
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner._stream(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/stream.mjpg"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> MjpegServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.mode = "off"
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        if self.mode == "off":
            self.refused += 1
            handler.send_error(503)
            return
        handler.send_response(200)
        handler.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        handler.end_headers()
        tick = threading.Event()
        self.connections += 1
        number = 1
        try:
            while self.mode != "off":
                if self.mode == "on":
                    number = number if self.frozen else number % 7 + 1
                    picture = jpeg(0 if self.black else 128, number)
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                    handler.wfile.write(head.encode() + picture + b"\r\n")
                tick.wait(FRAME_SECONDS)
        except OSError:
            pass  # the client went away
        finally:
            self.connections -= 1
