"""Signs that stay long enough to be read, and the shutter that releases itself."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from kaihu_desktop.sandbox.specimens.cards import render_id_portrait
from kaihu_desktop.sandbox.specimens.people import make_person
from kaihu_desktop.sandbox.specimens.photograph import photograph
from kaihu_desktop.vision.quality import ADVICE_GOOD, ADVICE_NOT_FOUND, Quality, judge
from kaihu_desktop.vision.shutter import BURST, AutoShutter, sharpest
from kaihu_desktop.vision.sight import Calm, Sight, look

CORNERS = np.array([[100, 100], [740, 100], [740, 500], [100, 500]], np.float32)
FRAME = np.zeros((720, 1280, 3), np.uint8)


@lru_cache(maxsize=None)
def photo() -> Any:
    """(photograph of a made-up card, its corners)."""
    card = render_id_portrait(make_person(3), 3)
    return photograph(card, seed=5, condition="easy", size=(1280, 720))


@lru_cache(maxsize=None)
def judged(found: bool) -> Quality:
    """What the judge says of that photograph, with its corners or without."""
    frame, corners = photo()
    return judge(frame, np.asarray(corners, np.float32) if found else None)


def sight(*flags: str, found: bool = True, moved: float = 0.0, sharpness: float = 3.0) -> Sight:
    """A sight made by hand."""
    quality = replace(judged(found), flags=flags, sharpness=sharpness)
    return Sight(CORNERS + np.float32(moved) if found else None, found, quality, "")


def test_flickering_sign_is_not_shown() -> None:
    calm = Calm()
    advice = []
    for number in range(20):
        seen = sight("glare") if number % 4 == 3 else sight()
        advice.append(calm.see(seen, number * 0.08).advice)
    assert set(advice) == {ADVICE_GOOD}


def test_sign_that_stays_is_shown_and_leaves_again() -> None:
    calm = Calm()
    calm.see(sight(), 0.0)
    shown = [calm.see(sight("glare"), 0.1 * number).quality.flags for number in range(1, 8)]
    assert shown[0] == ()
    assert shown[-1] == ("glare",)
    assert calm.see(sight(), 0.9).quality.flags == ("glare",)
    assert calm.see(sight(), 1.3).quality.flags == ()


def test_card_that_is_missed_once_stays_found() -> None:
    calm = Calm()
    assert calm.see(sight(found=False), 0.0).advice == ADVICE_NOT_FOUND
    calm.see(sight(), 0.1)
    assert calm.see(sight(), 0.5).advice == ADVICE_GOOD
    missed = calm.see(sight(found=False), 0.6)
    assert (missed.advice, missed.corners) == (ADVICE_GOOD, None)
    assert calm.see(sight(found=False), 1.0).advice == ADVICE_NOT_FOUND


def held(shutter: AutoShutter, sights: list[Sight], every: float = 0.1) -> list[int]:
    """The numbers of the sights at which the shutter was released."""
    seen = [shutter.see(FRAME, one, number * every) for number, one in enumerate(sights)]
    return [number for number, picture in enumerate(seen) if picture is not None]


def test_held_card_releases_the_shutter() -> None:
    shutter = AutoShutter()
    assert held(shutter, [sight()] * 8)[0] == 7
    assert shutter.progress == 1


def test_slow_pc_needs_fewer_sights_than_a_quick_one() -> None:
    assert held(AutoShutter(), [sight()] * 6, every=0.3)[0] == 4
    assert held(AutoShutter(), [sight()] * 30, every=0.03)[0] == 24


def test_moving_card_is_not_taken() -> None:
    assert not held(AutoShutter(), [sight(moved=20.0 * number) for number in range(20)])


def test_one_bad_sight_is_forgiven_but_not_two() -> None:
    good, bad = sight(), sight("blur")
    assert held(AutoShutter(), [good, good, bad, *[good] * 6])[0] == 7
    assert held(AutoShutter(), [good, good, bad, bad, *[good] * 9])[0] == 11
    assert not held(AutoShutter(), [sight("copy")] * 30)


def test_sharpest_frame_of_the_burst_is_kept() -> None:
    shutter, taken = AutoShutter(), None
    frames = [np.full((72, 128, 3), number, np.uint8) for number in range(12)]
    for number, frame in enumerate(frames):
        sharpness = {0: 9.0, 5: 4.0}.get(number, 3.0)
        taken = shutter.see(frame, sight(sharpness=sharpness), number * 0.1)
        if taken is not None:
            break
    assert taken is not None
    assert int(taken[0, 0, 0]) == 5  # the first is sharper, but too long ago
    assert BURST < 7


def test_sharpest_of_frames_of_one_scene() -> None:
    frame, corners = photo()
    shaken = cv2.blur(frame, (9, 1))
    assert sharpest([shaken, frame, shaken]) is frame
    assert sharpest([shaken, frame, shaken], np.asarray(corners, np.float32)) is frame


def test_card_outside_of_the_frame_is_no_trouble() -> None:
    frame, _ = photo()
    assert sharpest([frame], CORNERS + 5000) is frame


def test_look_finds_and_judges() -> None:
    frame, _ = photo()
    seen = look(frame, "id-portrait")
    assert seen.accepted
    assert seen.quality.found
