"""The live picture: outline, advice, the shutter by itself and by hand, rules, brightness, a lost camera."""

from __future__ import annotations

from typing import Any, Callable, Iterator

import numpy as np
import pytest

from kaihu_desktop.core.ports import Camera, CameraDirectory
from kaihu_desktop.devices.camera import LiveCamera, cameras
from kaihu_desktop.ui.page import Page
from kaihu_desktop.ui.shell import Shell
from kaihu_desktop.ui.tasks import TaskRunner
from kaihu_desktop.ui.widgets.capture_view import CaptureView
from kaihu_desktop.ui.widgets.live_feed import screen_pixels
from tests.e2e.pretended_camera import PretendedCamera
from tests.sandbox_server import sandbox_python
from tests.ui.conftest import Hands


@pytest.fixture(scope="module")
def camera_process() -> Iterator[PretendedCamera]:
    """A pretended camera for all tests of this file."""
    if sandbox_python() is None:
        pytest.skip("needs KAIHU_SANDBOX_PYTHON, an interpreter that runs the camera")
    with PretendedCamera() as camera:
        yield camera


class Taken:
    """What the view has taken, and whether the check of the devices was asked for."""

    def __init__(self, view: CaptureView) -> None:
        self.view, self.pictures, self.checked = view, [], 0
        view.captured.connect(self.pictures.append)

    @property
    def picture(self) -> Any:
        """What is painted."""
        return self.view.picture


@pytest.fixture
def open_view(
    shell: Shell, tasks: TaskRunner, show: Callable[[Page], Page]
) -> Iterator[Callable[..., Taken]]:
    """Shows a capture view by itself."""
    views = []

    def open_view(directory: CameraDirectory, kind: str = "id-portrait") -> Taken:
        page = Page("look", "拍摄")
        taken: list[Taken] = []

        def check() -> None:
            taken[0].checked += 1

        view = CaptureView("look.capture", tasks, directory, shell.dialogs, check)
        taken.append(Taken(view))
        page.body.addWidget(view)
        show(page)
        view.begin(kind)
        views.append(view)
        return taken[0]

    yield open_view
    for view in views:
        view.end()


@pytest.fixture
def live(
    camera_process: PretendedCamera, hands: Hands, open_view: Callable[..., Taken]
) -> Callable[[str, str], Taken]:
    """Shows the pretended camera with something lying before it."""

    def live(scene: str, kind: str = "id-portrait") -> Taken:
        camera_process.show(scene)
        taken = open_view(cameras({"KAIHU_CAMERA_SOURCE": camera_process.stream}), kind)
        hands.wait(lambda: taken.picture.view)
        return taken

    return live


def test_card_that_is_held_still_is_taken_once(hands: Hands, live: Callable[..., Taken]) -> None:
    taken = live("id_portrait")
    hands.wait(lambda: taken.picture.view.corners is not None and taken.picture.view.accepted)
    hands.wait(lambda: taken.pictures)
    assert taken.pictures[0].shape == (720, 1280, 3)
    number = taken.picture.view.number
    hands.wait(lambda: taken.picture.view.number > number + 20)  # the picture goes on, the shutter rests
    assert len(taken.pictures) == 1
    taken.view.begin("id-portrait")
    hands.wait(lambda: len(taken.pictures) == 2)


@pytest.mark.parametrize(
    ("scene", "flag", "advice"),
    [
        ("id_portrait_glare", "glare", "反光"),
        ("id_portrait_far", "too_far", "再靠近一点"),
        ("id_portrait_low_contrast", "low_contrast", "颜色相近"),
        ("id_portrait_dark", "dark", "太暗"),
    ],
)
def test_bad_picture_is_told_in_words_and_not_taken(
    hands: Hands, live: Callable[..., Taken], scene: str, flag: str, advice: str
) -> None:
    taken = live(scene)
    hands.wait(lambda: advice in taken.picture.advice)
    hands.see_text(f"look.capture.check.{flag}", "▲")
    number = taken.picture.view.number
    hands.wait(lambda: taken.picture.view.number > number + 20)
    assert taken.pictures == []
    hands.click("look.capture.shutter")
    hands.wait(lambda: taken.pictures)


def test_other_side_is_told_at_once(hands: Hands, live: Callable[..., Taken]) -> None:
    taken = live("id_emblem")
    hands.wait(lambda: taken.picture.advice == "这是国徽面，请换成人像面")
    assert hands.text("look.capture.check.other_side") == "▲ 请换一面"
    assert taken.pictures == []


def test_copy_is_taken_by_hand_only(hands: Hands, live: Callable[..., Taken]) -> None:
    taken = live("id_portrait_copy")
    hands.wait(lambda: "复印件" in taken.picture.advice)
    assert taken.pictures == []
    hands.click("look.capture.shutter")
    hands.wait(lambda: taken.pictures)


def test_sheet_of_paper_is_taken_by_hand(hands: Hands, live: Callable[..., Taken]) -> None:
    taken = live("signature", "signature")
    assert "手动拍摄" in taken.picture.advice
    hands.click("look.capture.shutter")
    hands.wait(lambda: taken.pictures)
    assert taken.picture.view.corners is None


def test_nothing_is_taken_while_the_rules_are_read(
    hands: Hands, camera_process: PretendedCamera, live: Callable[..., Taken]
) -> None:
    taken = live("empty")
    hands.click("look.capture.rules")
    assert "身份证人像面拍照规范" in hands.text("dialog.title")
    camera_process.show("id_portrait")
    number = taken.picture.view.number
    hands.wait(lambda: taken.picture.view.number > number + 30)
    assert taken.pictures == []
    hands.click("dialog.accept")
    hands.wait(lambda: taken.pictures)


def test_hidden_view_gives_the_camera_back(hands: Hands, live: Callable[..., Taken]) -> None:
    taken = live("empty")
    taken.view.hide()
    assert not taken.view.camera.running
    assert taken.picture.view is None
    taken.view.show()
    hands.wait(lambda: taken.picture.view)
    assert taken.picture.advice


def test_lost_camera_leads_to_the_check(
    hands: Hands, camera_process: PretendedCamera, live: Callable[..., Taken]
) -> None:
    taken = live("id_portrait_glare")
    hands.see_text("look.capture.check.glare", "▲")
    hands.click("look.capture.check_devices")
    assert taken.checked == 1
    camera_process.show("unplugged")
    hands.click("look.capture.check_camera")
    assert taken.checked == 2
    assert hands.find("look.capture.check.glare") is None  # nothing is judged any more
    assert not hands.see("look.capture.shutter").isEnabled()
    camera_process.show("id_portrait")
    hands.wait(lambda: taken.pictures)  # it comes back by itself


class DimmableFrames:
    """A source whose driver can change the brightness."""

    interval, adjustable = 0.02, True

    def __init__(self) -> None:
        self.level = 100

    def open(self) -> None:
        """It is there."""

    def brighten(self, steps: int) -> None:
        self.level += 20 * steps

    def read(self) -> Any:
        return np.full((360, 640, 3), self.level, np.uint8)

    def release(self) -> None:
        """Nothing to give back."""

    def interrupt(self) -> None:
        """Nothing that waits."""


class OneCamera:
    """A directory with one camera that reads a source."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def names(self) -> tuple[str, ...]:
        return ("USB 摄像头",)

    def open(self, index: int) -> Camera:
        return LiveCamera(self._source)


def test_brightness_where_the_driver_has_it(hands: Hands, open_view: Callable[..., Taken]) -> None:
    taken = open_view(OneCamera(DimmableFrames()))
    for button, level in (("brighter", 120), ("brighter", 140), ("darker", 120)):
        hands.click(f"look.capture.{button}")
        hands.wait(lambda level=level: taken.picture.view.image.pixelColor(9, 9).red() == level)


def test_no_brightness_where_it_has_not(hands: Hands, live: Callable[..., Taken]) -> None:
    live("empty")
    hands.see("look.capture.shutter")
    assert hands.find("look.capture.brighter") is None


@pytest.mark.parametrize("size", [(640, 360), (900, 300), (5000, 5000), (0, 0), (433, 217)])
def test_frame_is_prepared_for_the_screen(size: tuple[int, int]) -> None:
    frame = np.random.default_rng(1).integers(0, 255, (720, 1280, 3), dtype=np.uint8)
    frame[:, :640] = (10, 20, 200)
    pixels = screen_pixels(frame, size)
    image = pixels.image()
    assert image.width() <= 1280
    assert min(size) == 0 or (image.width() <= max(size[0], 1) and image.height() <= max(size[1], 1))
    assert abs(image.width() / image.height() - 16 / 9) < 0.02
    colour = image.pixelColor(image.width() // 4, image.height() // 2)
    assert (colour.red(), colour.green(), colour.blue()) == (200, 20, 10)
