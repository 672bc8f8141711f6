"""Where frames come from: a camera of this PC, or for tests a video file, pictures, or an MJPEG stream."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import ImageArray
from kaihu_desktop.devices.camera_list import camera_denied, camera_names, device_node
from kaihu_desktop.devices.picture_controls import PictureControls

#: Asked of a camera, which takes the nearest that it has. A card fills about two thirds of the width.
WIDTH, HEIGHT = 1920, 1080
FRAMES_PER_SECOND = 25  # of a file, which would else be read many times faster
PICTURES = "img_%03d.jpg"
STREAM_TIMEOUT = 5000  # milliseconds without a byte after which a stream counts as lost


class FrameSource(Protocol):
    """Used by one thread alone, which opens, reads and releases it, and perhaps opens it again.

    Only `interrupt` is for other threads.

    interval: least seconds between two frames; 0 where the source itself keeps the pace.
    """

    interval: float

    def open(self) -> None:
        """May block. Raises CAM-NONE, CAM-BUSY, CAM-DENIED."""
        ...

    def read(self) -> ImageArray | None:
        """The next frame, height × width × 3, uint8, BGR; None when the source is lost. May block."""
        ...

    def release(self) -> None:
        """Give the device back; harmless when it isn't open."""
        ...

    def interrupt(self) -> None:
        """End what the thread is waiting for, if that can be done; `read` then returns None."""
        ...


@runtime_checkable
class AdjustableSource(Protocol):
    """A source whose driver may be asked for a brighter or darker picture, in the thread that reads it."""

    @property
    def adjustable(self) -> bool:
        """Whether it would; False while it isn't open."""
        ...

    def brighten(self, steps: int) -> None:
        """Brighter by so many steps, darker when negative."""
        ...


class DeviceSource:
    """A camera of this PC, by its place in `camera_list.camera_names`. Implements `AdjustableSource` too."""

    interval = 0.0

    def __init__(self, index: int) -> None:
        self._index = index
        self._capture: Any = None
        self._controls: PictureControls | None = None

    def open(self) -> None:
        """Open the camera at the wanted resolution, its pictures compressed so that USB 2 carries them."""
        if camera_denied(self._index):
            raise Failure("CAM-DENIED")
        node = device_node(self._index)
        if node is None:
            raise Failure("CAM-NONE")
        cv2 = load_cv2()
        interface = {"win32": cv2.CAP_DSHOW, "linux": cv2.CAP_V4L2}.get(sys.platform, cv2.CAP_ANY)
        self._capture = cv2.VideoCapture(node, interface)
        if not self._capture.isOpened():
            raise Failure("CAM-BUSY" if camera_names() else "CAM-NONE")
        self._capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, WIDTH)
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, HEIGHT)
        self._controls = PictureControls(self._capture, cv2)

    def read(self) -> ImageArray | None:
        """The next frame of the camera."""
        good, frame = self._capture.read()
        return frame if good else None

    @property
    def adjustable(self) -> bool:
        """Whether the driver reports an exposure or a brightness."""
        return self._controls is not None and self._controls.adjustable

    def brighten(self, steps: int) -> None:
        """See `picture_controls`."""
        if self._controls is not None:
            self._controls.brighten(steps)

    def release(self) -> None:
        """Give the camera back to the system, as it was."""
        controls, self._controls = self._controls, None
        if controls is not None:
            controls.restore()
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def interrupt(self) -> None:
        """Nothing ends a call of OpenCV; in a helper process the process is ended instead."""


class PretendedSource:
    """A video file, a folder with ``img_000.jpg`` …, or an MJPEG address, in place of a camera.

    Files are paced and begin again at their end. It has no place in a program that is handed out.
    """

    def __init__(self, where: str) -> None:
        if is_packaged():
            raise RuntimeError("a packaged program has real cameras only")
        self._live = "://" in where
        self._name = str(Path(where) / PICTURES) if not self._live and Path(where).is_dir() else where
        self._capture: Any = None
        self.interval = 0.0 if self._live else 1 / FRAMES_PER_SECOND

    def open(self) -> None:
        """Open the file or the address; CAM-NONE when there is nothing."""
        cv2 = load_cv2()
        timeouts = [
            *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, STREAM_TIMEOUT),
            *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, STREAM_TIMEOUT),
        ]
        if self._live:
            self._capture = cv2.VideoCapture(self._name, cv2.CAP_FFMPEG, timeouts)
        else:
            self._capture = cv2.VideoCapture(self._name)
        if not self._capture.isOpened():
            raise Failure("CAM-NONE")

    def read(self) -> ImageArray | None:
        """The next frame; after the last frame of a file, its first."""
        good, frame = self._capture.read()
        if not good and not self._live:
            self.release()
            self.open()  # opening again rewinds every format, seeking doesn't
            good, frame = self._capture.read()
        return frame if good else None

    def release(self) -> None:
        """Close the file or the connection."""
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def interrupt(self) -> None:
        """Nothing ends a call of OpenCV; in a helper process the process is ended instead."""


def is_packaged() -> bool:
    """Whether this is a build that is handed out."""
    return bool(getattr(sys, "frozen", False))


def load_cv2() -> Any:
    """OpenCV, imported when the first camera is opened, and silent."""
    os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    import cv2

    return cv2
