"""The pretended camera streams its scenes over HTTP, hangs when told to, and can be unplugged."""

from __future__ import annotations

import http.client
import threading
from http.server import ThreadingHTTPServer
from typing import Iterator

import cv2
import numpy as np
import pytest

from kaihu_desktop.sandbox.seed import SEED
from kaihu_desktop.sandbox.specimens.camera_scenes import SIZE
from kaihu_desktop.sandbox.specimens.camera_server import CameraHandler, Scenes

LONG = 20


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    CameraHandler.scenes = Scenes(SEED[0].person, frames_per_second=100)
    server = ThreadingHTTPServer(("127.0.0.1", 0), CameraHandler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def show(port: int, scene: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONG)
    connection.request("PUT", f"/scenes/{scene}")
    status = connection.getresponse().status
    connection.close()
    return status


class Viewer:
    """One who looks at the stream."""

    def __init__(self, port: int, timeout: float = LONG) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self._connection.request("GET", "/video.mjpg")
        self._answer = self._connection.getresponse()
        self.status = self._answer.status

    def __enter__(self) -> Viewer:
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()
        self._connection.close()

    def jpeg(self) -> bytes:
        """The next picture; empty when the stream has ended."""
        length = 0
        for line in iter(self._answer.readline, b"\r\n"):
            if not line:
                return b""
            if line.startswith(b"Content-Length"):
                length = int(line.split(b":")[1])
        jpeg = self._answer.read(length)
        self._answer.readline()
        return jpeg


def test_a_scene_is_seen_by_who_looks_already(port: int) -> None:
    show(port, "empty")
    with Viewer(port) as viewer:
        assert decoded(viewer.jpeg()).mean() > 30
        assert show(port, "black") == 200
        assert any(decoded(viewer.jpeg()).mean() < 5 for _ in range(100))


def decoded(jpeg: bytes) -> np.ndarray:
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (SIZE[1], SIZE[0], 3)
    return image


def test_a_sensor_is_never_quite_still_but_a_frozen_one_is(port: int) -> None:
    for scene, pictures in (("empty", 2), ("frozen", 1)):
        show(port, scene)
        with Viewer(port) as viewer:
            assert (len({viewer.jpeg() for _ in range(8)}) >= 2) == (pictures == 2)


def test_unplugged_the_stream_ends_and_there_is_none(port: int) -> None:
    show(port, "empty")
    with Viewer(port) as viewer:
        assert viewer.jpeg()
        show(port, "unplugged")
        while viewer.jpeg():
            pass
    with Viewer(port) as viewer:
        assert viewer.status == 404
    show(port, "empty")
    with Viewer(port) as viewer:
        assert viewer.jpeg()


def test_a_hanging_camera_goes_on_when_it_may(port: int) -> None:
    show(port, "empty")
    with Viewer(port) as viewer:
        assert viewer.jpeg()
        show(port, "stalled")
        seen: list[bytes] = []
        looking = threading.Thread(target=lambda: seen.extend(viewer.jpeg() for _ in range(100)))
        looking.start()
        assert show(port, "empty") == 200
        looking.join(LONG)
        assert len(seen) == 100 and all(seen)


def test_an_unknown_scene_is_refused(port: int) -> None:
    assert show(port, "elephant") == 404
