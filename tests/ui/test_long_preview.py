"""The live picture may run for hours: hundreds of frames and several openings leave nothing behind.

How many frames and views of them live at once is counted one by one, so that a few that are kept are seen.
What native code keeps beside them only shows in the memory of the process, which the allocator lets swing by
30 MB: its bound here catches no less than a tenth of the frames, 2.8 MB each. Slower growth is for the hour
of `benchmarks/soak_preview.py`.
"""

from __future__ import annotations

import gc
import os
import sys
import weakref
from typing import Any, Callable, Iterator

import numpy as np
import pytest

from kaihu_desktop.core.ports import Camera, CameraDirectory
from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.sandbox.seed import BY_ID_NUMBER
from kaihu_desktop.sandbox.specimens.camera_scenes import SCENES as PAINTED
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.capture_view import CaptureView
from kaihu_desktop.ui.widgets.live_feed import NEWEST
from kaihu_desktop.vision.shutter import BURST
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import SAMPLE_ID_NUMBER, sandbox_python
from tests.ui.conftest import Hands

FRAMES = 25  # an opening
ROUNDS = 2
MOST_MORE = 60.0  # MB
LONG_LOOK = 200  # frames
#: Frames in use beside those that are kept to choose from: shown, looked at, followed, taken.
IN_USE = 4
SCENES = ("id_portrait", "empty", "id_portrait_glare", "id_portrait_far")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def camera() -> Iterator[PretendedCamera]:
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the camera")
    with PretendedCamera(60) as running:
        yield running


@pytest.fixture
def open_view(
    shell: Shell, tasks: TaskRunner, show: Callable[[Page], Page]
) -> Callable[[CameraDirectory], CaptureView]:
    def open_view(directory: CameraDirectory) -> CaptureView:
        page = Page("test", "拍摄")
        made = CaptureView("test.capture", tasks, directory, shell.dialogs, lambda: None)
        page.body.addWidget(made)
        show(page)
        return made

    return open_view


@pytest.fixture
def view(camera: PretendedCamera, open_view: Callable[[CameraDirectory], CaptureView]) -> CaptureView:
    return open_view(cameras({"KAIHU_CAMERA_SOURCE": camera.stream}))


class Living:
    """Counts what lives of what it has seen."""

    def __init__(self) -> None:
        self.seen = self.most = 0
        self._alive: set[int] = set()

    def add(self, thing: Any) -> None:
        self.seen += 1
        self._alive.add(self.seen)
        self.most = max(self.most, len(self._alive))
        weakref.finalize(thing, self._alive.discard, self.seen)

    @property
    def number(self) -> int:
        return len(self._alive)


class CountedCamera:
    """Plugged in and open: gives another frame each time, of a card that lies still."""

    adjustable = False

    def __init__(self) -> None:
        *_, self._picture = PAINTED["id_portrait"].paint(BY_ID_NUMBER[SAMPLE_ID_NUMBER].person)
        self.frames = Living()

    def names(self) -> tuple[str, ...]:
        return ("摄像头",)

    def open(self, index: int) -> Camera:
        return self

    def latest(self) -> tuple[int, Any]:
        frame = np.array(self._picture)
        self.frames.add(frame)
        return self.frames.seen, frame

    def brighten(self, steps: int) -> None:
        """It can't."""

    def close(self) -> None:
        """Nothing is held."""


def state() -> tuple[float, int, int]:
    """Memory in MB, threads, open files of this process."""
    with open("/proc/self/status", encoding="ascii") as lines:
        memory = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    return memory, len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


def test_only_the_newest_frames_are_kept_however_many_come(
    open_view: Callable[[CameraDirectory], CaptureView], hands: Hands
) -> None:
    camera, views, taken = CountedCamera(), Living(), []
    view = open_view(camera)
    view.camera.framed.connect(views.add)
    view.captured.connect(lambda image: taken.append(image.shape))
    for number in range(1, 4):
        view.begin("id-portrait")
        hands.wait(lambda number=number: len(taken) == number)
    hands.wait(lambda: camera.frames.seen >= LONG_LOOK)
    assert camera.frames.most <= NEWEST + BURST + IN_USE
    assert views.most <= 3  # shown, on its way, being made
    view.end()
    hands.wait(lambda: gc.collect() >= 0 and camera.frames.number == views.number == 0)


def test_hundreds_of_frames_and_several_openings_leave_nothing_behind(
    view: CaptureView, camera: PretendedCamera, hands: Hands
) -> None:
    seen: list[Any] = []
    view.camera.framed.connect(lambda shown: seen.append(shown.number))

    def open_and_look() -> None:
        for scene in SCENES:
            camera.show(scene)
            seen.clear()
            view.begin("id-portrait")
            hands.wait(lambda: len(seen) >= FRAMES)
            view.end()
            hands.wait(lambda: not view.camera.running)

    open_and_look()  # fills caches, starts the threads of the pools
    memory, threads, files = state()
    for _ in range(ROUNDS):
        open_and_look()
    hands.wait(lambda: state()[1] <= threads + 1 and state()[2] <= files + 1)
    assert state()[0] - memory < MOST_MORE


def test_an_unplugged_camera_comes_back_as_often_as_one_likes(
    view: CaptureView, camera: PretendedCamera, hands: Hands
) -> None:
    seen: list[Any] = []
    lost: list[str] = []
    view.camera.framed.connect(lambda shown: seen.append(shown.number))
    view.camera.lost.connect(lambda failure: lost.append(failure.code))
    camera.show("empty")
    view.begin("id-portrait")
    hands.wait(lambda: seen)
    _, threads, files = state()
    for number in range(1, 4):
        camera.show("unplugged")
        hands.wait(lambda number=number: len(lost) == number)
        camera.show("empty")
        seen.clear()
        hands.wait(lambda: len(seen) >= 3)
    assert lost == ["CAM-LOST"] * 3
    hands.wait(lambda: state()[1] <= threads + 2 and state()[2] <= files + 2)
