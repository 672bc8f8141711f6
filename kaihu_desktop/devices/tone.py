"""The test tone: its samples, and whether a recording has it. Standard library only, for a quick start."""

from __future__ import annotations

import math
from array import array
from typing import Sequence

FREQUENCY = 1000.0  # hertz: every speaker has it, every ear and microphone, too
SECONDS = 0.8
RAMP = 0.03  # seconds, so that it doesn't click
AMPLITUDE = 0.25  # of full scale, -12 dBFS: clear, and not startling in a headset

FLOOR = -90.0  # dBFS of digital silence, and of the last of 16 bits

_BLOCK = 0.05  # seconds: 20 Hz of resolution
_NEIGHBOURS = (840.0, 1180.0)  # hertz, off by whole multiples of the resolution
_ABOVE_NEIGHBOURS = 10.0  # in power; speech and fans are broad, the tone is a line
_ABOVE_BEFORE = 4.0  # in power
_BLOCKS_HEARD = 6  # 0.3 s of the tone


def tone(rate: int, channels: int) -> bytes:
    """The tone as 16-bit samples, interleaved, in the machine's byte order."""
    count = int(SECONDS * rate)
    ramp = RAMP * rate
    samples = array("h")
    for index in range(count):
        # a raised cosine, as the first and last part of the tone
        edge = min(index, count - 1 - index, ramp) / ramp
        gain = AMPLITUDE * 0.5 * (1 - math.cos(math.pi * edge))
        value = round(32767 * gain * math.sin(2 * math.pi * FREQUENCY * index / rate))
        samples.extend([value] * channels)
    return samples.tobytes()


def loudness(samples: Sequence[int]) -> float:
    """dBFS of 16-bit samples, `FLOOR` … 0; a constant offset is no sound."""
    count = len(samples)
    if not count:
        return FLOOR
    mean = sum(samples) / count
    power = sum(sample * sample for sample in samples) / count - mean * mean
    if power <= 0:
        return FLOOR
    return max(FLOOR, min(0.0, 10 * math.log10(power / 32768.0**2)))


def is_heard(before: Sequence[int], during: Sequence[int], rate: int) -> bool:
    """Whether the tone is in `during` and was not in `before`: 16-bit samples of one channel."""
    earlier = max((_power(block, FREQUENCY, rate) for block in _blocks(before, rate)), default=0.0)
    heard = 0
    for block in _blocks(during, rate):
        power = _power(block, FREQUENCY, rate)
        beside = max(_power(block, frequency, rate) for frequency in _NEIGHBOURS)
        # one unit of 16 bits is no tone, whatever it stands above
        if power > max(1.0, _ABOVE_BEFORE * earlier, _ABOVE_NEIGHBOURS * beside):
            heard += 1
    return heard >= _BLOCKS_HEARD


def _blocks(samples: Sequence[int], rate: int) -> list[Sequence[int]]:
    size = int(_BLOCK * rate)
    return [samples[start : start + size] for start in range(0, len(samples) - size + 1, size)]


def _power(block: Sequence[int], frequency: float, rate: int) -> float:
    """Power of one frequency, in squared units of the samples (Goertzel, 1958)."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / rate)
    last = before = 0.0
    for sample in block:
        last, before = sample + coefficient * last - before, last
    return 2 * (last * last + before * before - coefficient * last * before) / len(block) ** 2
