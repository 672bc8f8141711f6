"""Brighter and darker: only what a driver reports, and as it was when the camera is given back."""

from __future__ import annotations

import threading

import cv2
import numpy as np
import pytest

from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices.camera import LiveCamera
from kaihu_desktop.devices.frame_source import PretendedSource
from kaihu_desktop.devices.picture_controls import PictureControls
from tests.waiting import wait_for

EXPOSURE, AUTOMATIC = cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE
BRIGHTNESS = cv2.CAP_PROP_BRIGHTNESS


class ScriptedDriver:
    """Knows these properties, of which some can't be changed; answers like OpenCV for the others."""

    def __init__(self, values: dict[int, float], fixed: tuple[int, ...] = ()) -> None:
        self.values, self._fixed = dict(values), fixed

    def get(self, prop: int) -> float:
        return self.values.get(prop, -1.0)

    def set(self, prop: int, value: float) -> bool:
        if prop not in self.values or prop in self._fixed:
            return False
        self.values[prop] = value
        return True


V4L2 = {EXPOSURE: 150.0, AUTOMATIC: 3.0, BRIGHTNESS: 0.0}


def test_linux_exposes_longer() -> None:
    driver = ScriptedDriver(V4L2)
    controls = PictureControls(driver, cv2, "linux")
    assert controls.adjustable
    controls.brighten(1)
    assert driver.values == {EXPOSURE: 210.0, AUTOMATIC: 1.0, BRIGHTNESS: 0.0}
    controls.brighten(-2)
    assert driver.values[EXPOSURE] < 150
    controls.restore()
    assert driver.values == V4L2


def test_windows_exposes_by_stops() -> None:
    driver = ScriptedDriver({EXPOSURE: -6.0, AUTOMATIC: -1.0})
    PictureControls(driver, cv2, "win32").brighten(1)
    assert driver.values[EXPOSURE] == -5


def test_brightness_where_there_is_no_exposure() -> None:
    driver = ScriptedDriver({BRIGHTNESS: 128.0})
    controls = PictureControls(driver, cv2, "linux")
    controls.brighten(2)
    assert driver.values[BRIGHTNESS] > 128
    controls.restore()
    assert driver.values[BRIGHTNESS] == 128


def test_brightness_where_the_exposure_cannot_be_set() -> None:
    driver = ScriptedDriver(V4L2, fixed=(EXPOSURE,))
    controls = PictureControls(driver, cv2, "linux")
    controls.brighten(-1)
    assert driver.values[BRIGHTNESS] < 0


@pytest.mark.parametrize("values", [{}, {BRIGHTNESS: 9.0}])
def test_driver_that_reports_nothing_is_left_alone(values: dict[int, float]) -> None:
    driver = ScriptedDriver(values, fixed=(BRIGHTNESS,))
    controls = PictureControls(driver, cv2, "darwin")
    assert not controls.adjustable
    controls.brighten(1)
    assert driver.values == values


class AdjustableFrames:
    """A source that gets brighter when it is asked to, in the thread that reads it."""

    interval = 0.01

    def __init__(self) -> None:
        self.level, self.readers = 100, set()
        self.adjustable = False

    def open(self) -> None:
        self.adjustable = True

    def brighten(self, steps: int) -> None:
        self.readers.add(threading.current_thread().name)
        self.level += 20 * steps

    def read(self) -> ImageArray | None:
        return np.full((48, 64, 3), self.level, np.uint8)

    def release(self) -> None:
        self.adjustable = False

    def interrupt(self) -> None:
        pass


def test_camera_passes_it_on_in_its_own_thread() -> None:
    source = AdjustableFrames()
    camera = LiveCamera(source)
    assert wait_for(camera.latest)
    assert camera.adjustable
    camera.brighten(1)
    camera.brighten(2)
    assert wait_for(lambda: (camera.latest() or (0, np.zeros((1, 1, 1))))[1][0, 0, 0] == 160)
    assert source.readers == {"camera"}
    camera.close()
    assert not camera.adjustable


def test_a_file_cannot_be_adjusted(tmp_path: object) -> None:
    camera = LiveCamera(PretendedSource(str(tmp_path)))
    assert not camera.adjustable
    camera.close()
