"""The background half of the live picture: frames at the size of the screen, outline, sights, the burst."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from qtpy.QtGui import QImage

from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.ports import Camera, Progress
from kaihu_desktop.ui.pixels import Pixels

if TYPE_CHECKING:
    from kaihu_desktop.vision.arrays import BgrImage, Corners
    from kaihu_desktop.vision.sight import Sight
    from kaihu_desktop.vision.tracker import CardTracker

#: How often the camera is asked whether there is another frame (seconds).
POLL = 0.006

#: A feed without frames says that it is alive, and so learns that nobody listens any more (seconds).
SIGN_OF_LIFE = 0.25

#: A card is looked for at most so often, and rests for this share of the time that it took (seconds).
LOOK_EVERY, REST = 0.08, 0.5

#: So many looks in a row must miss the card before the outline that is carried along is given up.
MOST_MISSES = 3

#: A found corner this near to the carried one (share of the picture's width) is no reason to jump.
SAME_PLACE = 0.003

#: Frames that the shutter, pressed by hand, has to choose from.
NEWEST = 3


@dataclass(frozen=True)
class View:
    """One frame as it is shown.

    pixels: RGB32, of the size that was asked for or smaller. corners: float32 4×2 in its pixels, None without
    a card. accepted: the finder vouches for them. number: of the frame, counted by the camera.
    seen_at: when the frame was taken up (monotonic seconds).
    """

    pixels: Pixels
    corners: Corners | None
    accepted: bool
    number: int
    seen_at: float

    @property
    def image(self) -> QImage:
        """The frame, for the UI thread, as long as it holds this view."""
        return self.pixels.image()


@dataclass(frozen=True)
class Glance:
    """What a look at one frame brought. progress: of holding still, 0 … 1. held: the picture to take."""

    sight: Sight
    progress: float
    held: BgrImage | None


class LiveFeed:
    """Reads one open camera from `show` and `look`, each in a background task, until `stop`.

    Only the newest of everything waits for the window, so that a busy window is never behind.
    """

    def __init__(self, camera: Camera) -> None:
        self._camera = camera
        self._stopped = threading.Event()
        self._came = threading.Condition()  # guards everything below
        self._size = (0, 0)
        self._frames: deque[tuple[int, BgrImage]] = deque(maxlen=NEWEST)
        self._kind, self._round = "", 0
        self._view: View | Failure | None = None
        self._glance: Glance | None = None
        self._outline = _Outline()

    # for the window

    def stop(self) -> None:
        """End both tasks; nothing is to be taken afterwards."""
        self._stopped.set()
        with self._came:
            self._came.notify_all()

    def show_at(self, width: int, height: int) -> None:
        """Reduce the frames to this size (pixels of the screen), as their shape allows."""
        self._size = (width, height)

    def seek(self, kind: str) -> None:
        """Look for a card of this kind from the next frame on; for none when it is empty."""
        with self._came:
            self._kind, self._round, self._glance = kind, self._round + 1, None
            self._came.notify_all()
        if not kind:
            self._outline.forget()

    def take_view(self) -> View | Failure | None:
        """What is to be shown now; None when that is shown already."""
        with self._came:
            view, self._view = self._view, None
        return view

    def take_glance(self) -> Glance | None:
        """What the last look brought; None when there was no other since."""
        with self._came:
            glance, self._glance = self._glance, None
        return glance

    @property
    def newest(self) -> tuple[BgrImage, ...]:
        """The last frames, oldest first."""
        with self._came:
            return tuple(frame for _, frame in self._frames)

    # for the tasks

    def show(self, tell: Progress) -> None:
        """Prepare every frame for the window; `tell` is called when something waits at `take_view`."""
        number, told = -1, time.monotonic()
        while not self._stopped.wait(POLL):
            try:
                latest = self._camera.latest()
            except Failure as failure:
                fresh = self._put(failure)
                latest = None
            else:
                fresh = latest is not None and latest[0] != number and self._put(self._prepared(*latest))
            number = latest[0] if latest is not None else number
            if fresh or time.monotonic() - told > SIGN_OF_LIFE:
                told = time.monotonic()
                tell(0, 0)

    def _put(self, view: View | Failure) -> bool:
        """Leave a view for the window; whether it must be told."""
        with self._came:
            if isinstance(view, Failure):
                self._frames.clear()
            unseen, self._view = self._view is not None, view
            self._came.notify_all()
        return not unseen

    def _prepared(self, number: int, frame: BgrImage) -> View:
        seen_at = time.monotonic()
        with self._came:
            self._frames.append((number, frame))
            self._came.notify_all()
        corners, accepted = self._outline.follow(number, frame)
        pixels = screen_pixels(frame, self._size)
        if corners is not None:
            scale = pixels.width / frame.shape[1]
            corners = ((corners + 0.5) * scale - 0.5).astype(np.float32)
        return View(pixels, corners, accepted, number, seen_at)

    def look(self, tell: Progress) -> None:
        """Look for the card in the newest frame, again and again; `tell`: something is at `take_glance`."""
        from kaihu_desktop.vision.shutter import AutoShutter
        from kaihu_desktop.vision.sight import Calm, look

        shutter, calm, last, round_ = AutoShutter(), Calm(), -1, 0
        while not self._stopped.is_set():
            found = self._await_frame(last)
            if found is None:
                tell(0, 0)
                continue
            last, frame, kind, current = found
            if current != round_:
                shutter, calm, round_ = AutoShutter(), Calm(), current
            began = time.monotonic()
            sight = look(frame, kind)
            held = shutter.see(frame, sight, began)
            if self._leave(current, Glance(calm.see(sight, began), shutter.progress, held)):
                self._outline.found(last, frame, sight.corners, sight.accepted)
                tell(0, 0)
            took = time.monotonic() - began
            self._stopped.wait(max(LOOK_EVERY - took, REST * took))

    def _await_frame(self, last: int) -> tuple[int, BgrImage, str, int] | None:
        """A frame other than `last`, what is sought in it, and in which round; None if none has come."""

        def sought() -> bool:
            return bool(self._kind and self._frames and self._frames[-1][0] != last)

        with self._came:
            self._came.wait_for(lambda: self._stopped.is_set() or sought(), SIGN_OF_LIFE)
            return (*self._frames[-1], self._kind, self._round) if sought() else None

    def _leave(self, current: int, glance: Glance) -> bool:
        """Leave a glance for the window; False if the card isn't sought any more, or the camera is lost."""
        with self._came:
            if self._round != current or not self._kind or not self._frames:
                return False
            self._glance = glance
            if glance.held is not None:
                self._kind = ""  # one picture for each time that it is sought
            return True


class _Outline:
    """The card's outline, found now and then by one thread, and carried along to every frame by another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tracker: CardTracker | None = None
        self._accepted = False
        self._misses = 0
        self._carried: deque[tuple[int, Corners]] = deque(maxlen=16)

    def forget(self) -> None:
        """There is none."""
        with self._lock:
            self._tracker, self._misses = None, 0
            self._carried.clear()

    def follow(self, number: int, frame: BgrImage) -> tuple[Corners | None, bool]:
        """The corners in the next frame, and whether the finder vouches for them."""
        with self._lock:
            tracker, accepted = self._tracker, self._accepted
        corners = None if tracker is None else tracker.follow(frame)
        with self._lock:
            if corners is None and tracker is self._tracker:
                self._tracker = None
            elif corners is not None:
                self._carried.append((number, corners))
        return corners, accepted

    def found(self, number: int, frame: BgrImage, corners: Corners | None, accepted: bool) -> None:
        """A look at a frame, which needn't be the newest any more, has found this."""
        if corners is None:
            self._misses += 1
            if self._misses >= MOST_MISSES:
                self.forget()
            return
        from kaihu_desktop.vision.tracker import CardTracker

        self._misses = 0
        with self._lock:
            carried = next((there for seen, there in self._carried if seen == number), None)
            following = self._tracker is not None
            self._accepted = accepted
        if following and carried is not None:
            apart = float(np.abs(carried - corners).max())
            if apart < SAME_PLACE * frame.shape[1]:
                return
        tracker = CardTracker()
        tracker.start(frame, corners)
        with self._lock:
            self._tracker = tracker
            self._carried.clear()


def screen_pixels(frame: BgrImage, size: tuple[int, int]) -> Pixels:
    """A BGR frame reduced so that it fits into `size` (width, height), never enlarged; RGB32.

    First by a whole number, averaging, then by what is left: as good as averaging alone, many times quicker.
    """
    import cv2

    height, width = frame.shape[:2]
    scale = min(1.0, size[0] / width, size[1] / height) if min(size) > 0 else 1.0
    wanted = (max(1, round(width * scale)), max(1, round(height * scale)))
    times = int(1 / scale)
    if times > 1:
        frame = cv2.resize(frame, (width // times, height // times), interpolation=cv2.INTER_AREA)
    if (frame.shape[1], frame.shape[0]) != wanted:
        frame = cv2.resize(frame, wanted, interpolation=cv2.INTER_LINEAR)
    shown = cv2.cvtColor(frame, cv2.COLOR_BGR2BGRA)
    return Pixels(shown.reshape(-1).data, *wanted, wanted[0] * 4, QImage.Format.Format_RGB32)
