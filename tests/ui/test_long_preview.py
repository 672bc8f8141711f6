"""The live picture may run for hours: hundreds of frames and several openings leave nothing behind.

`benchmarks/soak_preview.py` does the same for an hour. A frame is 2.8 MB: one kept of each would be far
beyond the bounds here, which are wide for the allocator's sake.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Iterator

import pytest

from kaihu_desktop.devices.camera import cameras
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.capture_view import CaptureView
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import sandbox_python
from tests.ui.conftest import Hands

FRAMES = 25  # an opening
ROUNDS = 2
MOST_MORE = 60.0  # MB
SCENES = ("id_portrait", "empty", "id_portrait_glare", "id_portrait_far")

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@pytest.fixture
def camera() -> Iterator[PretendedCamera]:
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the camera")
    with PretendedCamera(60) as running:
        yield running


@pytest.fixture
def view(
    camera: PretendedCamera, shell: Shell, tasks: TaskRunner, show: Callable[[Page], Page]
) -> CaptureView:
    page = Page("test", "拍摄")
    directory = cameras({"KAIHU_CAMERA_SOURCE": camera.stream})
    made = CaptureView("test.capture", tasks, directory, shell.dialogs, lambda: None)
    page.body.addWidget(made)
    show(page)
    return made


def state() -> tuple[float, int, int]:
    """Memory in MB, threads, open files of this process."""
    with open("/proc/self/status", encoding="ascii") as lines:
        memory = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))
    return memory, len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))


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
