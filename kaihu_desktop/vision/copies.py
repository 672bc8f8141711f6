"""Tells a copy from a card: black and white prints, and cards photographed off a screen.

A black and white print has the colour of paper and light everywhere; every card has some colour of its own.

A screen's pixels are stripes of red, green and blue, a third of a pixel apart. Photographed, stripes or their
moiré leave a wave in each colour channel, and the three waves are out of step. The waves that printed lines
leave are in step or opposite: one ink weakens all channels at the same place. In the plane of complex numbers
the three amplitudes of a frequency are the corners of a triangle, which is flat for print. With z = (R − B) +
i·(G − B) its area is (|Z(f)|² − |Z(−f)|²) / 4, so one Fourier transform tells. The lens's lateral colour
error moves red and blue evenly apart, which leaves the triangle flat but for a third power. Moiré may be
coarse, so the picture is looked at in half its size, too.

Stripes as fine as a sensor's mosaic lose their colour to it. Then a fine wave remains that is the same on the
card and beside it: print ends with the card, cloth ends at it, a screen's raster goes on.

What can't be told: copies in colour on paper, and screens whose pixels the camera doesn't resolve.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats

LEAST_COLOUR = 0.03  # of white: below is what noise and a printer's inks leave of colour
COLOUR_SHARE = 0.02  # of the card has more colour than that; the emblem and a face are larger
MOST_RASTER = 3.2  # logarithm of power over its surroundings; cards reach 2.9, photocopies 2.5
LEAST_TURNING = 0.22  # triangle's area over its sides; 0.87 for stripes a third apart, for print noise alone

PATCH = 128  # pixels of the picture
LONGEST_WAVE = 16  # pixels; coarser patterns are print or things on the card
SURROUNDINGS = 21  # bins of the spectrum
DRIFT = 11  # bins by which a wave changes from patch to patch, by perspective
LEAST_PATCHES = 4
LARGEST_PATCH = 0.5  # of the card's length; larger ones say more of the table than of the card
LEAST_GREY_RASTER = 3.8  # the same logarithm for a wave without colour; cards on tables reach 3.1
LONGEST_GREY_WAVE = 7  # pixels
_PLACES = np.array([(x, y) for x in (0.14, 0.38, 0.62, 0.86) for y in (0.27, 0.73)])
_FEW = np.array([(0.22, 0.3), (0.72, 0.27), (0.5, 0.5), (0.28, 0.73), (0.78, 0.7)])
_BESIDE = np.array(
    [(x, y) for x in (-0.2, 0.15, 0.5, 0.85, 1.2) for y in (-0.25, 0.5, 1.25) if x in (-0.2, 1.2) or y != 0.5]
)
BURNT = 245


def is_colourless(card: BgrImage) -> bool:
    """Whether a rectified card (BGR, in fair light) has no colour but that of paper, ink and light.

    Colour is what remains beside a smooth function of the brightness: cameras and inks tint highlights and
    shadows differently.
    """
    small = cv2.resize(card, (64, 40), interpolation=cv2.INTER_AREA)[2:-2, 3:-3].reshape(-1, 3)
    pixels: Floats = small[small.max(axis=1) < BURNT].astype(np.float64)
    if len(pixels) < len(small) // 8:
        return False
    grey = pixels.mean(axis=1)
    white = max(1.0, float(np.percentile(grey, 90)))
    tints = (pixels[:, ::2] - grey[:, None]) / white
    powers = np.stack([np.ones_like(grey), grey / white, (grey / white) ** 2], axis=1)
    rest = tints - powers @ np.linalg.lstsq(powers, tints, rcond=None)[0]
    colour = np.hypot(rest[:, 0], rest[:, 1])
    return float(np.percentile(colour, 100 * (1 - COLOUR_SHARE))) < LEAST_COLOUR


def is_off_screen(image: BgrImage, corners: Corners) -> bool:
    """Whether the card at `corners` (4×2, clockwise, the first side a long one) shows a screen's raster.

    Only the unscaled picture will do. The same wave has to be in most parts of the card.
    """
    for places, shrink in ((_PLACES, 1), (_FEW, 2)):
        spectra = [_raster_spectrum(patch) for patch in _patches(image, corners, places, shrink)]
        if len(spectra) >= LEAST_PATCHES and float(_common(spectra).max()) > MOST_RASTER:
            return True
    return _has_grey_raster(image, corners)


def _has_grey_raster(image: BgrImage, corners: Corners) -> bool:
    """Whether one fine wave goes through the card and what is beside it."""
    length = float(np.linalg.norm(corners[1] - corners[0]))
    if length * LARGEST_PATCH < PATCH:
        return False
    within = [_grey_spectrum(patch) for patch in _patches(image, corners, _FEW)]
    if len(within) < LEAST_PATCHES:
        return False
    card = _common(within)
    if float(card.max()) < LEAST_GREY_RASTER:
        return False
    beside = [_spread(_grey_spectrum(patch)) for patch in _patches(image, corners, _BESIDE)]
    # the middle one: some may lie beyond the screen
    return bool(beside) and float(np.minimum(card, np.median(beside, axis=0)).max()) > LEAST_GREY_RASTER


def _common(spectra: list[Floats]) -> Floats:
    common: Floats = np.mean([_spread(spectrum) for spectrum in spectra], axis=0)
    return common


def _spread(spectrum: Floats) -> Floats:
    wide: Floats = cv2.dilate(spectrum, np.ones((DRIFT, DRIFT), np.uint8))
    return wide


def _patches(image: BgrImage, corners: Corners, places: Floats, shrink: int = 1) -> list[BgrImage]:
    """Squares of `PATCH` pixels around places of the card, as far as they lie in the picture shrunk so."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, np.asarray(corners, np.float32))
    centres = cv2.perspectiveTransform(places[None].astype(np.float32), matrix)[0]
    side = PATCH * shrink
    starts = np.round(centres).astype(int) - side // 2
    height, width = image.shape[:2]
    inside = (starts >= 0).all(axis=1) & (starts <= (width - side, height - side)).all(axis=1)
    patches = [image[y : y + side, x : x + side] for x, y in starts[inside].tolist()]
    if shrink == 1:
        return patches
    return [cv2.resize(patch, (PATCH, PATCH), interpolation=cv2.INTER_AREA) for patch in patches]


def _grey_spectrum(patch: BgrImage) -> Floats:
    """How far the power of each fine wave stands out: logarithms, float32 PATCH×(PATCH/2 + 1)."""
    window, _ = _window_and_band()
    grey = cv2.cvtColor(patch, cv2.COLOR_BGR2GRAY).astype(np.float32)
    grey -= cv2.blur(grey, (9, 9))
    waves = cv2.dft(grey * window[..., 0], flags=cv2.DFT_COMPLEX_OUTPUT)
    real, imaginary = cv2.split(waves[:, : PATCH // 2 + 1])
    logarithm: Floats = cv2.log(real * real + imaginary * imaginary + np.float32(1))
    relief = logarithm - cv2.blur(logarithm, (SURROUNDINGS, SURROUNDINGS))
    relief = np.where(_grey_band(), relief, np.float32(-3))
    smooth: Floats = cv2.GaussianBlur(relief, (3, 3), 0)
    return smooth


def _raster_spectrum(patch: BgrImage) -> Floats:
    """How far the area of each frequency's triangle stands out: logarithms, float32 PATCH×(PATCH/2 + 1)."""
    window, fine = _window_and_band()
    blue, green, red = cv2.split(patch.astype(np.float32))
    colours = cv2.merge([red - blue, green - blue])
    colours -= cv2.blur(colours, (LONGEST_WAVE, LONGEST_WAVE))
    real, imaginary = cv2.split(cv2.dft(colours * window))
    around = cv2.copyMakeBorder(real * real + imaginary * imaginary, 0, 1, 0, 1, cv2.BORDER_WRAP)
    half = np.s_[:PATCH, : PATCH // 2 + 1]
    power, mirrored = around[half], cv2.flip(around, -1)[half]
    area, whole = power - mirrored, power + mirrored
    logarithm: Floats = cv2.log(np.abs(area) + np.float32(1))
    relief = logarithm - cv2.blur(logarithm, (SURROUNDINGS, SURROUNDINGS))
    turning = np.abs(cv2.blur(area, (3, 3))) > LEAST_TURNING * cv2.blur(whole, (3, 3))
    relief = np.where(fine & turning, relief, np.float32(-3))
    smooth: Floats = cv2.GaussianBlur(relief, (3, 3), 0)
    return smooth


@functools.lru_cache(maxsize=1)
def _window_and_band() -> tuple[Floats, Floats]:
    """Hann's window PATCH×PATCH×2, and which bins are waves shorter than `LONGEST_WAVE`.

    Every other row is negative, which puts frequency 0 in the middle of the spectrum's rows.
    """
    hann = cv2.createHanningWindow((PATCH, PATCH), cv2.CV_32F)
    hann[1::2] *= -1
    window: Floats = cv2.merge([hann, hann])
    down = np.fft.fftshift(np.fft.fftfreq(PATCH))[:, None]
    right = np.arange(PATCH // 2 + 1)[None] / PATCH
    return window, np.hypot(down, right) > 1 / LONGEST_WAVE


@functools.lru_cache(maxsize=1)
def _grey_band() -> Floats:
    """Which bins are fine waves that neither JPEG's blocks of 8 pixels nor enlarging by 2 make."""
    down = np.fft.fftshift(np.fft.fftfreq(PATCH))[:, None]
    right = np.arange(PATCH // 2 + 1)[None] / PATCH
    near = 1.5 / PATCH
    off_blocks_down = np.abs(down * 8 - np.round(down * 8)) > 8 * near
    off_blocks_right = np.abs(right * 8 - np.round(right * 8)) > 8 * near
    blocks = ((right < near) & ~off_blocks_down) | ((np.abs(down) < near) & ~off_blocks_right)
    halves = (np.abs(down) > 0.5 - near) | (right > 0.5 - near)
    band: Floats = (np.hypot(down, right) > 1 / LONGEST_GREY_WAVE) & ~blocks & ~halves
    return band
