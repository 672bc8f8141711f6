"""A camera gives its newest frame, says what is wrong, comes back by itself, and never hangs its user."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Iterator

import cv2
import numpy as np
import pytest

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices.camera import CameraLimits, LiveCamera, PretendedCameras, SystemCameras, cameras
from kaihu_desktop.devices.camera_list import linux_cameras
from kaihu_desktop.devices.frame_source import FrameSource, PretendedSource
from tests.unit.devices.mjpeg_server import SIZE, MjpegServer, jpeg
from tests.unit.devices.outcomes import PICTURE, state
from tests.waiting import wait_for

#: Shorter than a person's patience, so that the tests are.
LIMITS = CameraLimits(open=15, stall=1, black=0.3, frozen=0.3, reopen=0.05, close=2)


@pytest.fixture
def camera(server: MjpegServer) -> Iterator[LiveCamera]:
    opened = LiveCamera(PretendedSource(server.url), LIMITS)
    wait_for(lambda: state(opened) == PICTURE)
    yield opened
    opened.close()


def number(camera: LiveCamera) -> int:
    newest = camera.latest()
    return newest[0] if newest else 0


def test_frames_are_bgr_pictures_with_rising_numbers(camera: LiveCamera) -> None:
    newest = camera.latest()
    assert newest is not None
    assert (newest[1].shape, newest[1].dtype) == ((*SIZE, 3), np.uint8)
    assert wait_for(lambda: number(camera) > newest[0])


def test_a_stall_is_noticed_and_ends(camera: LiveCamera, server: MjpegServer) -> None:
    server.mode = "stall"
    wait_for(lambda: state(camera) == "CAM-STALLED")
    server.mode = "on"
    wait_for(lambda: state(camera) == PICTURE)


def test_a_lost_camera_comes_back_by_itself(camera: LiveCamera, server: MjpegServer) -> None:
    before = number(camera)
    server.mode = "off"
    wait_for(lambda: state(camera) == "CAM-LOST")
    wait_for(lambda: server.refused > 1)
    assert state(camera) == "CAM-LOST"
    server.mode = "on"
    wait_for(lambda: state(camera) == PICTURE)
    assert number(camera) > before


def test_a_covered_lens_is_noticed_and_ends(camera: LiveCamera, server: MjpegServer) -> None:
    server.black = True
    wait_for(lambda: state(camera) == "CAM-BLACK")
    server.black = False
    wait_for(lambda: state(camera) == PICTURE)


def test_a_picture_that_stands_still_is_noticed_and_ends(camera: LiveCamera, server: MjpegServer) -> None:
    server.frozen = True
    wait_for(lambda: state(camera) == "CAM-FROZEN")
    server.frozen = False
    wait_for(lambda: state(camera) == PICTURE)


def test_closing_gives_the_camera_back(camera: LiveCamera, server: MjpegServer) -> None:
    camera.close()
    assert camera.latest() is None
    wait_for(lambda: server.connections == 0)
    camera.close()


def test_a_camera_that_is_plugged_in_later_is_noticed(server: MjpegServer) -> None:
    server.mode = "off"
    camera = LiveCamera(PretendedSource(server.url), LIMITS)
    wait_for(lambda: state(camera) == "CAM-NONE")
    server.mode = "on"
    wait_for(lambda: state(camera) == PICTURE)
    camera.close()


class ScriptedSource:
    """A source whose driver does what the test says. frames: what `read` returns before it hangs."""

    interval = 0.0

    def __init__(
        self, *frames: ImageArray | None, failure: Exception | None = None, hangs_opening: bool = False
    ) -> None:
        self._frames = iter(frames)
        self._failure = failure
        self._hangs_opening = hangs_opening
        self.hung = threading.Event()  # set when the frames are used up
        self.go_on = threading.Event()
        self.released = threading.Event()

    def open(self) -> None:
        if self._failure:
            raise self._failure
        if self._hangs_opening:
            self.go_on.wait(20)

    def read(self) -> ImageArray | None:
        for frame in self._frames:
            return frame
        self.hung.set()
        self.go_on.wait(20)
        return None

    def release(self) -> None:
        self.released.set()

    def interrupt(self) -> None:
        pass


GREY = np.full((48, 64, 3), 128, np.uint8)


def scripted(source: FrameSource) -> LiveCamera:
    return LiveCamera(source, CameraLimits(open=0.1, stall=0.1, black=0.1, reopen=30, close=0.1))


@pytest.mark.parametrize("code", ["CAM-NONE", "CAM-BUSY", "CAM-DENIED"])
def test_a_camera_that_cannot_be_opened_says_why(code: str) -> None:
    camera = scripted(ScriptedSource(failure=Failure(code)))
    wait_for(lambda: state(camera) == code)
    camera.close()


def test_a_driver_that_raises_is_a_busy_camera() -> None:
    camera = scripted(ScriptedSource(failure=RuntimeError("driver")))
    wait_for(lambda: state(camera) == "CAM-BUSY")
    camera.close()


def test_a_camera_that_opens_and_gives_nothing_is_busy() -> None:
    camera = scripted(ScriptedSource(None))
    wait_for(lambda: state(camera) == "CAM-BUSY")
    camera.close()


def test_a_driver_that_hangs_while_opening_hangs_nobody() -> None:
    source = ScriptedSource(hangs_opening=True)
    camera = scripted(source)
    wait_for(lambda: state(camera) == "CAM-BUSY")
    camera.close()
    assert not source.released.is_set()
    source.go_on.set()
    assert source.released.wait(10)


def test_a_driver_that_hangs_while_reading_hangs_nobody() -> None:
    source = ScriptedSource(GREY)
    camera = scripted(source)
    assert source.hung.wait(10)
    wait_for(lambda: state(camera) == "CAM-STALLED")
    started = time.monotonic()
    camera.close()
    assert time.monotonic() - started < 5
    source.go_on.set()
    assert source.released.wait(10)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "图片"
    folder.mkdir()
    for index in range(3):
        (folder / f"img_{index:03d}.jpg").write_bytes(jpeg(100 + 50 * index))
    return folder


def test_a_folder_of_pictures_is_shown_again_and_again(pictures: Path) -> None:
    camera = PretendedCameras(str(pictures)).open(0)
    seen = []

    def three_rounds() -> bool:
        newest = camera.latest()
        if newest and (not seen or newest[0] != seen[-1][0]):
            seen.append((newest[0], int(newest[1].mean())))
        return bool(seen) and seen[-1][0] > 9

    wait_for(three_rounds)
    camera.close()
    assert {round(value, -1) for _, value in seen} == {100, 150, 200}


def test_a_video_is_shown_again_at_its_end(tmp_path: Path) -> None:
    path = str(tmp_path / "video.avi")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"MJPG"), 25, SIZE[::-1])
    for _ in range(3):
        writer.write(np.full((*SIZE, 3), 128, np.uint8))
    writer.release()
    camera = PretendedCameras(path).open(0)
    wait_for(lambda: (camera.latest() or (0, None))[0] > 4)
    camera.close()


def test_the_source_is_chosen_by_the_environment() -> None:
    assert cameras({"KAIHU_CAMERA_SOURCE": "x.avi"}).names() == ("模拟摄像头",)
    assert isinstance(cameras({}), SystemCameras)


def test_a_packaged_program_has_real_cameras_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert isinstance(cameras({"KAIHU_CAMERA_SOURCE": "x.avi"}), SystemCameras)
    with pytest.raises(RuntimeError):
        PretendedSource("x.avi")


def test_linux_names_its_cameras(tmp_path: Path) -> None:
    for node, index, name in ((2, 0, "后置"), (0, 0, "Integrated Camera"), (1, 1, "Integrated Camera")):
        entry = tmp_path / f"video{node}"
        entry.mkdir()
        (entry / "index").write_text(f"{index}\n")
        (entry / "name").write_text(f"{name}\n")
    (tmp_path / "video9").mkdir()
    assert linux_cameras(tmp_path) == ((0, "Integrated Camera"), (2, "后置"))
    assert linux_cameras(tmp_path / "none") == ()


@pytest.mark.skipif(sys.platform != "linux", reason="asks for /dev/video")
def test_a_pc_without_a_camera_says_so() -> None:
    if SystemCameras().names():
        pytest.skip("this machine has a camera")
    camera = SystemCameras().open(0)
    wait_for(lambda: state(camera) == "CAM-NONE")
    camera.close()


def test_opencv_is_not_loaded_before_a_camera_is_opened() -> None:
    program = "import sys, kaihu_desktop.devices.camera; sys.exit('cv2' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
