"""Plays a tour: one scene after the other, each repeated until it succeeds or its time is up."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Callable, Iterator, Sequence

from qtpy.QtCore import QObject, QTimer, Signal

from kaihu_desktop.ui.tour.driver import Driver, NotThere

#: Between two tries (milliseconds), and after a scene before its picture is taken.
TICK_MS, SETTLE_MS = 60, 450
#: A scene that has not succeeded by then has failed (seconds).
PATIENCE = 60.0


@dataclass(frozen=True)
class Scene:
    """One picture of the tour, and what is done before it is taken.

    actions: each uses the driver; one that raises `NotThere` is tried again a moment later. fleeting: what
    the last action has seen will be gone when everything has settled.
    """

    step: str
    title: str
    actions: Sequence[Callable[[Driver], object]]
    fleeting: bool = False


@dataclass(frozen=True)
class Shot:
    """A line of ``tour.json``."""

    step: str
    title: str
    file: str
    seconds: float
    result: str


class Player(QObject):
    """Signals: finished(bool), whether every scene succeeded."""

    finished = Signal(bool)

    def __init__(self, driver: Driver, scenes: Sequence[Scene], folder: Path) -> None:
        super().__init__()
        self._driver, self._folder = driver, folder
        self._scenes = iter(scenes)
        self._shots: list[Shot] = []
        self._actions: Iterator[Callable[[Driver], object]] = iter(())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        """Play from the first scene."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._next_scene()

    def _next_scene(self) -> None:
        scene = next(self._scenes, None)
        if scene is None:
            self._end(True)
            return
        self._scene, self._since = scene, time.monotonic()
        self._actions = iter(scene.actions)
        self._next_action()

    def _next_action(self) -> None:
        self._action = next(self._actions, None)
        if self._action is None and self._scene.fleeting:
            self._tick()
        else:
            self._timer.start(TICK_MS if self._action else SETTLE_MS)

    def _tick(self) -> None:
        if self._action is None:
            self._shoot("ok")
            self._next_scene()
            return
        try:
            self._action(self._driver)
        except NotThere as missing:
            if time.monotonic() - self._since > PATIENCE:
                seen = "；".join(self._driver.errors())
                self._shoot(f"failed: {missing} {seen}".strip())
                self._end(False)
            else:
                self._timer.start(TICK_MS)
        except Exception as error:  # whatever it is, the report must say so
            self._shoot(f"failed: {type(error).__name__}: {error}")
            self._end(False)
        else:
            self._next_action()

    def _shoot(self, result: str) -> None:
        name = f"{len(self._shots) + 1:02d}-{self._scene.step}.png"
        self._driver.shoot(self._folder / name)
        seconds = round(time.monotonic() - self._since, 2)
        self._shots.append(Shot(self._scene.step, self._scene.title, name, seconds, result))

    def _end(self, succeeded: bool) -> None:
        report = [asdict(shot) for shot in self._shots]
        text = json.dumps(report, ensure_ascii=False, indent=2)
        (self._folder / "tour.json").write_text(text + "\n", encoding="utf-8")
        self.finished.emit(succeeded)
