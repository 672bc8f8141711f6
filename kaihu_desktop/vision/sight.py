"""What is seen in a frame of the live picture, and the same without the flicker from frame to frame."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kaihu_desktop.vision.arrays import BgrImage, Corners
from kaihu_desktop.vision.finder import find_card
from kaihu_desktop.vision.quality import CHECKS, Quality, advice, judge

#: A sign is believed when it has stayed for so long (seconds); what was believed is shown until then.
HOLD = 0.35

#: Signs that are believed at once: what they say is worth no wait.
AT_ONCE = ("other_side",)


@dataclass(frozen=True)
class Sight:
    """What was seen in one frame.

    corners: float32 4×2 in pixels of the frame, None if nothing looked like a card. accepted: the finder
    vouches for them. quality, advice: see `vision.quality`.
    """

    corners: Corners | None
    accepted: bool
    quality: Quality
    advice: str

    @property
    def good(self) -> bool:
        """Whether a picture may be taken now."""
        return self.accepted and self.quality.good


def look(frame: BgrImage, wanted: str) -> Sight:
    """Find and judge the card in a BGR frame; `wanted` is the kind that should be there.

    For a background task: takes tens of milliseconds.
    """
    found = find_card(frame, preview=True)
    quality = judge(frame, found.corners if found.accepted else None, wanted)
    return Sight(found.corners, found.accepted, quality, advice(quality))


class Calm:
    """Takes sights as they come and gives them back with signs that stay long enough to be read."""

    def __init__(self) -> None:
        self._believed: dict[str, bool] = {}
        self._since: dict[str, float] = {}
        self._last: dict[bool, Sight] = {}
        self._flags = [flag for flag, _ in CHECKS]

    def see(self, sight: Sight, now: float) -> Sight:
        """The sight of the instant `now` (monotonic seconds) as it may be shown; its corners are its own."""
        self._last[sight.quality.found] = sight
        found = self._settled("found", sight.quality.found, now)
        accepted = self._settled("accepted", sight.accepted, now)
        seen = self._last[found].quality
        self._flags[:0] = [flag for flag in sight.quality.flags if flag not in self._flags]
        wrong = {flag: self._settled(flag, flag in sight.quality.flags, now) for flag in self._flags}
        flags = tuple(flag for flag in wrong if wrong[flag] and (found or flag in seen.flags))
        quality = replace(seen, flags=flags)
        return Sight(sight.corners, accepted, quality, advice(quality))

    def _settled(self, name: str, seen: bool, now: float) -> bool:
        """What is believed of a sign; the first time it is believed at once."""
        believed = self._believed.setdefault(name, seen)
        if seen == believed:
            self._since.pop(name, None)
        elif now - self._since.setdefault(name, now) >= HOLD or (seen and name in AT_ONCE):
            del self._since[name]
            self._believed[name] = seen
        return self._believed[name]
