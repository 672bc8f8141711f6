"""What a scene of the self-driving tour is made of: actions on named widgets."""

from __future__ import annotations

from typing import Callable

from kaihu_desktop.ui.tour.driver import Driver, NotThere

Action = Callable[[Driver], object]


def click(name: str) -> Action:
    """Click a widget."""
    return lambda driver: driver.click(name)


def enter(name: str, text: str) -> Action:
    """Type into a field."""
    return lambda driver: driver.type(name, text)


def see(name: str) -> Action:
    """Wait until a widget is there and nothing is going on."""
    return lambda driver: driver.usable(name)


def see_any(suffix: str) -> Action:
    """Wait until there is a widget whose name ends like this."""
    return lambda driver: driver.ending(suffix)


def click_any(suffix: str) -> Action:
    """Click the first widget whose name ends like this."""
    return lambda driver: driver.click(driver.ending(suffix))


def see_text(name: str) -> Action:
    """Wait until a label says something."""

    def look(driver: Driver) -> None:
        if not driver.text(name):
            raise NotThere(f"{name} is empty")

    return look


def see_text_with(name: str, part: str) -> Action:
    """Wait until a label says this."""

    def look(driver: Driver) -> None:
        if part not in driver.text(name):
            raise NotThere(f"{name} doesn't say {part}")

    return look


def see_card(name: str) -> Action:
    """Wait until the live picture of a capture view outlines the wanted side of a card and judges it."""

    def look(driver: Driver) -> None:
        driver.usable(f"{name}.check.blur")
        view = getattr(driver.widget(f"{name}.picture"), "view", None)
        if view is None or view.corners is None:
            raise NotThere("a card in the live picture")
        if driver.shows(f"{name}.check.other_side"):
            raise NotThere("its wanted side")  # what was judged lay there before

    return look
