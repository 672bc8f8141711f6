"""Tells a copy from a card: black and white prints, and cards photographed off a screen.

A black and white print has the colour of paper and light everywhere; every card has some colour of its own.

A screen's pixels are stripes of red, green and blue, a third of a pixel apart. Photographed, stripes or their
moiré leave a wave in each colour channel, and the three waves are out of step. The waves that printed lines
leave are in step or opposite: one ink weakens all channels at the same place. In the plane of complex numbers
the three amplitudes of a frequency are the corners of a triangle, which is flat for print. With z = (R − B) +
i·(G − B) its area is (|Z(f)|² − |Z(−f)|²) / 4, so one Fourier transform tells. The lens's lateral colour
error moves red and blue evenly apart, which leaves the triangle flat but for a third power. Moiré may be
coarse, so the picture is looked at in half and a quarter of its size, too.

Stripes as fine as a sensor's mosaic lose their colour to it. Then a fine wave remains that is the same on the
card and beside it: print ends with the card, cloth ends at it, a screen's raster goes on.

What can't be told: copies in colour on paper, and screens whose pixels the camera doesn't resolve.
"""

from __future__ import annotations

import functools
from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats
from kaihu_desktop.vision.levels import histogram, level_at, reduced

COARSE = 64  # pixels of the card's length, in which its colours are looked at
LEAST_COLOUR = 0.03  # of white: below is what noise and a printer's inks leave of colour
LEAST_PALE = 0.5  # a copy's weakest channel over its strongest: paper under a tungsten lamp has 0.65
COLOUR_SHARE = 0.02  # of the card has more colour than that; the emblem and a face are larger
MOST_RASTER = 3.7  # logarithm of power over its surroundings; cards reach 3.1, screens have 4.5 and more
# times by which the picture is reduced, and the sum of that in this size and those before; cards reach 3.1,
# 5.3 and 7.9
SIZES = ((1, MOST_RASTER), (2, 5.7), (4, 8.4))
LEAST_TURNING = 0.22  # triangle's area over its sides; 0.87 for stripes a third apart, for print noise alone

PATCH = 128  # pixels of the picture
BESIDE_PATCH = 64  # the same beside the card, where there may be little room
LONGEST_WAVE = 16  # pixels; coarser patterns are print or things on the card
SURROUNDINGS = 21  # bins of the spectrum
DRIFT = 11  # bins by which a wave changes from patch to patch, by perspective
NEXT = 7  # the same from one end of the card to what is beside it: cloth has other waves, if not by far
LEAST_PATCHES = 4
LARGEST_PATCH = 0.5  # of the card's length; larger ones say more of the table than of the card
LEAST_GREY_RASTER = 3.15  # the same logarithm for a wave without colour; cards on tables reach 2.9
SHARE_BESIDE = 0.67  # of the patches beside may show less of it: some lie beyond the screen, or in the dark
MOST_OF_PRINT = 1.5  # times the grey level by which a patch's pixels commonly differ from those around them
LONGEST_GREY_WAVE = 7  # pixels
BESIDE = 12  # pixels between the card's side and a patch beside it
_PLACES = np.array([(0.22, 0.3), (0.72, 0.27), (0.5, 0.5), (0.28, 0.73), (0.78, 0.7)])
_ALONG = (0.15, 0.5, 0.85)  # of a side: where there are patches beside it
BURNT = 244  # a brighter channel says nothing of colour


def is_colourless(card: BgrImage) -> bool:
    """Whether a rectified card (BGR, in fair light) has no colour but that of paper, ink and light.

    Colour is what remains beside a smooth function of the brightness: cameras and inks tint highlights and
    shadows differently.
    """
    small = reduced(card, COARSE)[2:-2, 3:-3]
    lit = cv2.inRange(small, (0, 0, 0), (BURNT,) * 3) > 0
    blue, green, red = (channel[lit].astype(np.float32) for channel in cv2.split(small))
    if len(blue) < lit.size // 8:
        return False
    grey: Floats = (blue + green + red) / 3
    means = [float(one.mean()) for one in (blue, green, red)]
    if min(means) < LEAST_PALE * max(means):
        return False
    white = max(1.0, level_at(histogram(grey.astype(np.uint8)), 0.9))
    tints = np.stack([(blue - grey) / white, (red - grey) / white], axis=1)
    powers = np.stack([np.ones_like(grey), grey / white, (grey / white) ** 2], axis=1)
    rest = tints - powers @ np.linalg.lstsq(powers.T @ powers, powers.T @ tints, rcond=1e-6)[0]
    colour = np.hypot(rest[:, 0], rest[:, 1])
    return float(np.percentile(colour, 100 * (1 - COLOUR_SHARE))) < LEAST_COLOUR


def is_off_screen(image: BgrImage, corners: Corners) -> bool:
    """Whether the card at `corners` (4×2, clockwise, the first side a long one) shows a screen's raster.

    Only the unscaled picture will do. The same wave has to be in most parts of the card.
    """
    centres = _at(corners, _PLACES)
    length = float(np.linalg.norm(corners[1] - corners[0]))
    if _has_colour_raster(image, centres, length):
        return True
    return length * LARGEST_PATCH >= PATCH and _has_grey_raster(image, corners, _patches(image, centres))


def is_of_screen(image: BgrImage) -> bool:
    """Whether a picture in which no card was found shows a screen's raster."""
    height, width = image.shape[:2]
    return _has_colour_raster(image, _PLACES * (width, height), width)


def _has_colour_raster(image: BgrImage, centres: Floats, length: float) -> bool:
    """Whether patches of the picture in any size show a wave whose colours are out of step.

    A faint raster of some pixels' width shows in several sizes; noise that stands out in one seldom does in
    the next. Patches longer than the card, of that length, would say more of the table.
    """
    total = 0.0
    for shrink, most in SIZES:
        patches = _patches(image, centres, shrink) if shrink * PATCH <= length else []
        if len(patches) < LEAST_PATCHES:
            break
        height = float(_common([_colour_relief(patch) for patch in patches]).max())
        total += height
        if height > MOST_RASTER or total > most:
            return True
    return False


def _has_grey_raster(image: BgrImage, corners: Corners, patches: list[BgrImage]) -> bool:
    """Whether one fine wave goes through the card, of which there are patches, and what is beside it."""
    if len(patches) < LEAST_PATCHES:
        return False
    card = _common([_grey_relief(patch) for patch in patches])
    if float(card.max()) < LEAST_GREY_RASTER:
        return False
    around = _patches(image, _places_beside(corners), side=BESIDE_PATCH)
    if len(around) < LEAST_PATCHES:
        return False
    beside = np.quantile([_spread(_grey_relief(patch), NEXT) for patch in around], SHARE_BESIDE, axis=0)
    return float(np.minimum(card, beside).max()) > LEAST_GREY_RASTER


def _common(reliefs: list[Floats]) -> Floats:
    common: Floats = np.mean([_spread(relief) for relief in reliefs], axis=0)
    return common


def _spread(relief: Floats, drift: int = DRIFT) -> Floats:
    wide: Floats = cv2.dilate(relief, np.ones((drift, drift), np.uint8))
    return wide


def _at(corners: Corners, places: Floats) -> Floats:
    """Where places of the card (N×2, shares of its sides) are in the picture."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, np.asarray(corners, np.float32))
    seen: Floats = cv2.perspectiveTransform(places[None].astype(np.float32), matrix)[0]
    return seen


def _places_beside(corners: Corners) -> Floats:
    """Centres N×2 of patches that lie just beyond the card's sides."""
    places = []
    for start, end in zip(corners, np.roll(corners, -1, axis=0)):
        along = (end - start) / max(1.0, float(np.linalg.norm(end - start)))
        outward = np.array([along[1], -along[0]])
        away = outward * (BESIDE_PATCH / 2 * float(np.abs(outward).sum()) + BESIDE)
        places += [start + (end - start) * share + away for share in _ALONG]
    return np.array(places)


def _patches(image: BgrImage, centres: Floats, shrink: int = 1, side: int = PATCH) -> list[BgrImage]:
    """Squares of `side` pixels around places of the picture shrunk so, as far as they lie in it."""
    whole = side * shrink
    starts = np.round(centres).astype(int) - whole // 2
    height, width = image.shape[:2]
    inside = (starts >= 0).all(axis=1) & (starts <= (width - whole, height - whole)).all(axis=1)
    patches = [image[y : y + whole, x : x + whole] for x, y in starts[inside].tolist()]
    return [reduced(patch, side) for patch in patches]


_HALF = np.s_[:PATCH, : PATCH // 2 + 1]  # of a spectrum, frequency 0 in the middle of its rows


def _grey_relief(patch: BgrImage) -> Floats:
    """How far the power of each fine wave stands out: logarithms, float32, half a spectrum."""
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY).astype(np.float32)
    grey -= cv2.blur(grey, (9, 9))
    # print outweighs a faint raster unless it counts for no more than that
    some = np.abs(grey[::4, ::4]).ravel()
    most = MOST_OF_PRINT * float(np.partition(some, len(some) // 2)[len(some) // 2]) + 0.3
    grey = np.clip(grey, -most, most, dtype=np.float32)
    return _relief(_power(cv2.merge([grey, np.zeros_like(grey)]))[_HALF], _bands().grey)


def _colour_relief(patch: BgrImage) -> Floats:
    """How far the area of each frequency's triangle stands out: logarithms, float32, half a spectrum."""
    blue, green, red = cv2.split(patch)
    power = _power(cv2.merge([cv2.subtract(one, blue, dtype=cv2.CV_32F) for one in (red, green)]))
    around = cv2.copyMakeBorder(power, 0, 1, 0, 1, cv2.BORDER_WRAP)
    half, mirrored = power[_HALF], cv2.flip(around, -1)[_HALF]
    area, whole = half - mirrored, half + mirrored
    turning = np.abs(cv2.blur(area, (3, 3))) > LEAST_TURNING * cv2.blur(whole, (3, 3))
    return _relief(np.abs(area), _bands().fine & turning)


def _power(parts: Floats) -> Floats:
    """Power spectrum PATCH×PATCH of a complex picture no larger, given as its real and imaginary channel."""
    missing = PATCH - len(parts)
    seen = parts * _window(len(parts))
    if missing:
        seen = cv2.copyMakeBorder(seen, 0, missing, 0, missing, cv2.BORDER_CONSTANT)
    # in place: fresh memory of that size costs more time than the sums
    real, imaginary = cv2.split(cv2.dft(seen, dst=seen))
    power: Floats = cv2.add(
        cv2.multiply(real, real, dst=real), cv2.multiply(imaginary, imaginary, dst=imaginary), dst=real
    )
    return power


def _relief(power: Floats, band: Floats) -> Floats:
    logarithm: Floats = cv2.log(power + np.float32(1))
    relief = logarithm - cv2.blur(logarithm, (SURROUNDINGS, SURROUNDINGS))
    smooth: Floats = cv2.GaussianBlur(np.where(band, relief, np.float32(-3)), (3, 3), 0)
    return smooth


@functools.lru_cache(maxsize=2)
def _window(side: int) -> Floats:
    """Hann's, side×side×2; every other row is negative: frequency 0 is in the middle of a spectrum's rows."""
    hann = cv2.createHanningWindow((side, side), cv2.CV_32F)
    hann[1::2] *= -1
    both: Floats = cv2.merge([hann, hann])
    return both


class _Bands(NamedTuple):
    """fine, grey: which bins of half a spectrum are looked at."""

    fine: Floats
    grey: Floats


@functools.lru_cache(maxsize=1)
def _bands() -> _Bands:
    """fine: waves shorter than `LONGEST_WAVE`. grey: shorter ones, but for those that JPEG's blocks of 8
    pixels and enlarging by 2 make.
    """
    down = np.fft.fftshift(np.fft.fftfreq(PATCH))[:, None]
    right = np.arange(PATCH // 2 + 1)[None] / PATCH
    near = 1.5 / PATCH
    off_blocks_down = np.abs(down * 8 - np.round(down * 8)) > 8 * near
    off_blocks_right = np.abs(right * 8 - np.round(right * 8)) > 8 * near
    blocks = ((right < near) & ~off_blocks_down) | ((np.abs(down) < near) & ~off_blocks_right)
    halves = (np.abs(down) > 0.5 - near) | (right > 0.5 - near)
    wave = np.hypot(down, right)
    grey = (wave > 1 / LONGEST_GREY_WAVE) & ~blocks & ~halves
    return _Bands(wave > 1 / LONGEST_WAVE, grey)
