"""A camera in its helper process: whatever its driver does there, the program goes on and gets it back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import numpy as np
import pytest

from kaihu_desktop.devices.camera import CameraLimits, LiveCamera, PretendedCameras
from kaihu_desktop.devices.helper_source import HelperSource
from tests.unit.devices.helpers import helpers
from tests.unit.devices.mjpeg_server import SIZE, MjpegServer, jpeg
from tests.unit.devices.outcomes import PICTURE, state
from tests.waiting import wait_for

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")

LIMITS = CameraLimits(open=20, stall=1, restart=2, reopen=0.05, close=4)


@pytest.fixture
def camera(server: MjpegServer) -> Iterator[LiveCamera]:
    opened = LiveCamera(HelperSource({"file": server.url}), LIMITS)
    wait_for(lambda: state(opened) == PICTURE)
    yield opened
    opened.close()
    assert helpers() == []
    wait_for(lambda: server.connections == 0)


def test_pictures_come_through(camera: LiveCamera) -> None:
    newest = camera.latest()
    assert newest is not None
    assert (newest[1].shape, newest[1].dtype) == ((*SIZE, 3), np.uint8)
    assert abs(float(newest[1][100, 100].mean()) - 128) < 3
    assert not camera.adjustable
    assert wait_for(lambda: (camera.latest() or (0, None))[0] > newest[0] + 5)


def test_a_driver_that_crashes_ends_its_helper_alone(camera: LiveCamera) -> None:
    (crashing,) = helpers()
    os.kill(crashing, signal.SIGSEGV)
    wait_for(lambda: state(camera) == "CAM-LOST")
    wait_for(lambda: state(camera) == PICTURE)
    assert helpers() != [crashing]


def test_a_driver_that_hangs_is_ended_and_begun_anew(camera: LiveCamera) -> None:
    (hanging,) = helpers()
    os.kill(hanging, signal.SIGSTOP)
    wait_for(lambda: state(camera) == "CAM-STALLED")
    wait_for(lambda: state(camera) == PICTURE)
    assert helpers() != [hanging]


def test_closing_a_driver_that_hangs_gives_its_camera_back(camera: LiveCamera, server: MjpegServer) -> None:
    os.kill(helpers()[0], signal.SIGSTOP)
    camera.close()
    assert helpers() == []


def test_a_camera_may_be_closed_before_it_is_open(server: MjpegServer) -> None:
    for _ in range(5):
        LiveCamera(HelperSource({"file": server.url}), LIMITS).close()
    assert helpers() == []


@pytest.mark.parametrize("job", [{"file": "/nowhere/at/all.avi"}, {"file": "http://127.0.0.1:9/none.mjpg"}])
def test_a_camera_that_is_not_there_says_so(job: dict[str, object]) -> None:
    camera = LiveCamera(HelperSource(job), LIMITS)
    wait_for(lambda: state(camera) == "CAM-NONE")
    camera.close()
    assert helpers() == []


def test_opencv_is_not_loaded_into_the_program(server: MjpegServer) -> None:
    program = (
        "import sys; from kaihu_desktop.devices.camera import PretendedCameras\n"
        f"camera = PretendedCameras({server.url!r}).open(0)\n"
        "while not camera.latest(): pass\n"
        "camera.close(); sys.exit('cv2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0


def test_a_file_begins_again_at_its_end(tmp_path: Path) -> None:
    for index in range(3):
        (tmp_path / f"img_{index:03d}.jpg").write_bytes(jpeg(100 + 50 * index))
    camera = PretendedCameras(str(tmp_path)).open(0)
    wait_for(lambda: (camera.latest() or (0, None))[0] > 7)
    camera.close()
    assert helpers() == []
