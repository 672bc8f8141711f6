"""Puts the camera that the person has chosen before the others, so that everybody begins with it."""

from __future__ import annotations

from typing import Callable

from kaihu_desktop.core.ports import Camera, CameraDirectory


class PreferredCameras:
    """Implements `core.ports.CameraDirectory`: those of another, the preferred one first.

    preferred: gives the name that counts at the moment; empty, or one that isn't plugged in: as they come.
    """

    def __init__(self, cameras: CameraDirectory, preferred: Callable[[], str]) -> None:
        self._cameras, self._preferred = cameras, preferred
        self._order: tuple[int, ...] | None = None  # places in the other directory, as last told

    def names(self) -> tuple[str, ...]:
        """The cameras, the preferred one first."""
        names = self._cameras.names()
        preferred = self._preferred()
        self._order = tuple(sorted(range(len(names)), key=lambda place: names[place] != preferred))
        return tuple(names[place] for place in self._order)

    def open(self, index: int) -> Camera:
        """Open the camera at this place among the names as they were last told."""
        if self._order is None:
            self.names()
        order = self._order or ()
        return self._cameras.open(order[index] if index < len(order) else index)
