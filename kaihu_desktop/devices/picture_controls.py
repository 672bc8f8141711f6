"""Makes the picture of an open camera brighter or darker, by what its driver offers.

By the exposure where the driver reports one, for that is light; else by the brightness, which is arithmetic.
OpenCV has no property for a lamp. Units by OpenCV's own drivers: DirectShow counts the exposure in powers of
two of a second, V4L2 in 100 µs. What a real driver does with them can only be seen on one.
"""

from __future__ import annotations

import sys
from typing import Any, NamedTuple, Protocol

BRIGHTER = 1.4  # times the exposure, for a step on V4L2: half a stop
BRIGHTNESS_STEP = 12.0  # of a range that is mostly 128 or 255 wide
UNKNOWN = (0.0, -1.0)  # what OpenCV answers for a property that a driver doesn't have
MANUAL = {"linux": 1.0, "win32": 0.0}  # V4L2_EXPOSURE_MANUAL; DirectShow is manual once a value is set


class Driver(Protocol):
    """The part of `cv2.VideoCapture` that is used here."""

    def get(self, prop: int) -> float: ...

    def set(self, prop: int, value: float) -> bool: ...


class _Properties(NamedTuple):
    exposure: int
    automatic: int
    brightness: int


class PictureControls:
    """Of one open camera, in the thread that reads it; `restore` before it is released."""

    def __init__(self, driver: Driver, cv2: Any, platform: str = sys.platform) -> None:
        self._driver, self._platform = driver, platform
        self._names = _Properties(cv2.CAP_PROP_EXPOSURE, cv2.CAP_PROP_AUTO_EXPOSURE, cv2.CAP_PROP_BRIGHTNESS)
        self._before: dict[int, float] = {}
        known = platform in MANUAL and driver.get(self._names.exposure) not in UNKNOWN
        self._exposes = known
        brightness = driver.get(self._names.brightness)
        self._brightens = brightness != -1.0 and driver.set(self._names.brightness, brightness)

    @property
    def adjustable(self) -> bool:
        """Whether the driver reports anything that `brighten` could change."""
        return self._exposes or self._brightens

    def brighten(self, steps: int) -> None:
        """Change the picture by so many steps, darker when negative; without effect where nothing can."""
        if self._exposes:
            self._exposes = self._expose(steps)
        if not self._exposes and self._brightens:
            value = self._driver.get(self._names.brightness)
            self._change(self._names.brightness, value + steps * BRIGHTNESS_STEP)

    def restore(self) -> None:
        """Give the driver back what it had: many keep such values for the next program."""
        for name in reversed(tuple(self._before)):
            self._driver.set(name, self._before[name])
        self._before.clear()

    def _expose(self, steps: int) -> bool:
        exposure = self._driver.get(self._names.exposure)
        self._change(self._names.automatic, MANUAL[self._platform])
        wanted = exposure + steps if self._platform == "win32" else round(exposure * BRIGHTER**steps)
        return self._change(self._names.exposure, wanted)

    def _change(self, name: int, value: float) -> bool:
        self._before.setdefault(name, self._driver.get(name))
        return self._driver.set(name, value)
