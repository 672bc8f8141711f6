"""The chosen camera comes first, whatever is plugged in."""

from __future__ import annotations

from kaihu_desktop.core.ports import Camera
from kaihu_desktop.devices.preferred_camera import PreferredCameras


class Plugged:
    """Implements `core.ports.CameraDirectory` with names alone. opened: the places that were opened."""

    def __init__(self, *names: str) -> None:
        self.plugged = names
        self.opened: list[int] = []

    def names(self) -> tuple[str, ...]:
        return self.plugged

    def open(self, index: int) -> Camera:
        self.opened.append(index)
        return None  # type: ignore[return-value]


def test_the_chosen_one_is_the_first_and_opens_as_such() -> None:
    plugged = Plugged("a", "b", "c")
    cameras = PreferredCameras(plugged, lambda: "b")
    assert cameras.names() == ("b", "a", "c")
    for index in range(3):
        cameras.open(index)
    assert plugged.opened == [1, 0, 2]


def test_without_a_choice_or_without_the_chosen_one_they_come_as_they_are() -> None:
    for chosen in ("", "unplugged"):
        plugged = Plugged("a", "b")
        cameras = PreferredCameras(plugged, lambda chosen=chosen: chosen)
        assert cameras.names() == ("a", "b")
        cameras.open(0)
        assert plugged.opened == [0]


def test_the_choice_counts_at_once() -> None:
    chosen = ["a"]
    plugged = Plugged("a", "b")
    cameras = PreferredCameras(plugged, lambda: chosen[0])
    cameras.open(0)
    chosen[0] = "b"
    assert cameras.names() == ("b", "a")
    cameras.open(0)
    assert plugged.opened == [0, 1]


def test_a_place_beyond_the_names_is_left_to_the_directory() -> None:
    plugged = Plugged()
    PreferredCameras(plugged, lambda: "a").open(0)
    assert plugged.opened == [0]
