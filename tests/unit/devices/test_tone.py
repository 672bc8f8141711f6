"""The test tone is told from voices, whistles, hum and noise, at every rate of a sound card."""

from __future__ import annotations

import math
import random
from array import array
from typing import Callable

import pytest

from kaihu_desktop.devices.tone import FLOOR, SECONDS, is_heard, loudness, tone

RATE = 48000

Wave = Callable[[float], float]


def recorded(wave: Wave, seconds: float, rate: int = RATE, noise: float = 0.001) -> array[int]:
    dice = random.Random(1)
    samples = (wave(index / rate) + dice.gauss(0, noise) for index in range(int(seconds * rate)))
    return array("h", [round(32767 * max(-1.0, min(1.0, sample))) for sample in samples])


def sine(frequency: float, amplitude: float) -> Wave:
    return lambda seconds: amplitude * math.sin(2 * math.pi * frequency * seconds)


def silence(seconds: float) -> float:
    return 0.0


def voice(seconds: float) -> float:
    """Harmonics of a pitch that moves, as vowels have them; one of them crosses the tone's frequency."""
    phase = 2 * math.pi * (190 * seconds + 8 * math.sin(3 * seconds))
    return sum(0.3 / n * math.sin(n * phase) for n in range(1, 12))


def chord(*waves: Wave) -> Wave:
    return lambda seconds: sum(wave(seconds) for wave in waves)


@pytest.mark.parametrize("rate", [8000, 16000, 44100, 48000])
@pytest.mark.parametrize("amplitude", [0.5, 0.02, 0.002])
def test_a_tone_is_heard(rate: int, amplitude: float) -> None:
    before = recorded(silence, 0.3, rate)
    assert is_heard(before, recorded(sine(1000, amplitude), 1, rate), rate)


@pytest.mark.parametrize("beside", [voice, sine(50, 0.3), sine(120, 0.3)], ids=["voice", "hum", "fan"])
def test_a_tone_is_heard_beside(beside: Wave) -> None:
    during = recorded(chord(beside, sine(1000, 0.2)), 1)
    assert is_heard(recorded(beside, 0.3), during, RATE)


@pytest.mark.parametrize(
    "during",
    [silence, voice, sine(50, 0.5), sine(900, 0.2), sine(1100, 0.2)],
    ids=["nothing", "voice", "hum", "lower", "higher"],
)
def test_what_is_not_the_tone_is_not_heard(during: Wave) -> None:
    assert not is_heard(recorded(silence, 0.3), recorded(during, 1.2), RATE)


def test_a_tone_that_sounded_before_is_somebody_elses() -> None:
    everywhere = sine(1000, 0.2)
    assert not is_heard(recorded(everywhere, 0.3), recorded(everywhere, 1), RATE)


def test_a_knock_is_no_tone() -> None:
    assert not is_heard(recorded(silence, 0.3), recorded(sine(1000, 0.5), 0.15), RATE)


@pytest.mark.parametrize("noise", [0.3, 0.01])
def test_noise_is_no_tone(noise: float) -> None:
    assert not is_heard(recorded(silence, 0.3), recorded(silence, 1.2, noise=noise), RATE)


def test_digital_silence() -> None:
    zeros = array("h", [0] * RATE)
    assert not is_heard(zeros, zeros, RATE)
    assert not is_heard((), (), RATE)


@pytest.mark.parametrize("channels", [1, 2])
def test_the_tone_as_it_is_played(channels: int) -> None:
    samples = array("h", tone(RATE, channels))
    assert len(samples) == round(SECONDS * RATE) * channels
    left = samples[::channels]
    assert max(map(abs, left[:48])) < 30 and max(map(abs, left[-48:])) < 30  # no click
    assert loudness(left) == pytest.approx(-15.2, abs=0.3)
    assert is_heard(array("h", [0] * RATE), left, RATE)
    assert left == samples[channels - 1 :: channels]


@pytest.mark.parametrize(
    ("wave", "expected"),
    [(sine(440, 1), -3.0), (sine(440, 0.1), -23.0), (silence, FLOOR), (lambda _: 0.2, FLOOR)],
    ids=["full", "tenth", "silence", "offset"],
)
def test_loudness(wave: Wave, expected: float) -> None:
    assert loudness(recorded(wave, 0.1, noise=0)) == pytest.approx(expected, abs=0.1)
    assert loudness(()) == FLOOR
