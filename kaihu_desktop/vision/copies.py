"""Tells a copy from a card: black and white prints, and cards photographed off a screen.

A black and white print has the colour of paper and light everywhere; every card has some colour of its own.

A screen's pixels are stripes of red, green and blue, a third of a pixel apart. Photographed, stripes or their
moiré leave a wave in each colour channel, and the three waves are out of step. The waves that printed lines
leave are in step or opposite: one ink weakens all channels at the same place. In the plane of complex numbers
the three amplitudes of a frequency are the corners of a triangle, which is flat for print. With z = (R − B) +
i·(G − B) its area is (|Z(f)|² − |Z(−f)|²) / 4, so one Fourier transform tells. The lens's lateral colour
error moves red and blue evenly apart, which leaves the triangle flat but for a third power.

What can't be told: copies in colour on paper, and screens whose pixels the camera doesn't resolve.
"""

from __future__ import annotations

import functools

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Corners, Floats

LEAST_COLOUR = 0.03  # of white: below is what noise and a printer's inks leave of colour
COLOUR_SHARE = 0.02  # of the card has more colour than that; the emblem and a face are larger
MOST_RASTER = 2.8  # logarithm of power over its surroundings; finely printed cards reach 2.1, photocopies 2.5
LEAST_TURNING = 0.22  # triangle's area over its sides; 0.87 for stripes a third apart, for print noise alone

PATCH = 128  # pixels of the picture
LONGEST_WAVE = 16  # pixels; coarser patterns are print or things on the card
SURROUNDINGS = 21  # bins of the spectrum
DRIFT = 11  # bins by which a wave changes from patch to patch, by perspective
LEAST_PATCHES = 4
_PLACES = np.array([(x, y) for x in (0.14, 0.38, 0.62, 0.86) for y in (0.2, 0.5, 0.8)])
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
    spectra = [_raster_spectrum(patch) for patch in _patches(image, corners)]
    if len(spectra) < LEAST_PATCHES:
        return False
    reach = np.ones((DRIFT, DRIFT), np.uint8)
    common: Floats = np.mean([cv2.dilate(spectrum, reach) for spectrum in spectra], axis=0)
    return float(common.max()) > MOST_RASTER


def _patches(image: BgrImage, corners: Corners) -> list[BgrImage]:
    """Squares of `PATCH` pixels from all over the card, as far as they lie in the picture."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, np.asarray(corners, np.float32))
    centres = cv2.perspectiveTransform(_PLACES[None].astype(np.float32), matrix)[0]
    starts = np.round(centres).astype(int) - PATCH // 2
    height, width = image.shape[:2]
    inside = (starts >= 0).all(axis=1) & (starts <= (width - PATCH, height - PATCH)).all(axis=1)
    return [image[y : y + PATCH, x : x + PATCH] for x, y in starts[inside].tolist()]


def _raster_spectrum(patch: BgrImage) -> Floats:
    """How far the area of each frequency's triangle stands out: logarithms, float32 PATCH×(PATCH/2 + 1)."""
    window, fine = _window_and_band()
    blue, green, red = cv2.split(patch.astype(np.float32))
    colours = cv2.merge([red - blue, green - blue])
    colours -= cv2.blur(colours, (LONGEST_WAVE, LONGEST_WAVE))
    real, imaginary = cv2.split(cv2.dft(colours * window))
    power: Floats = real * real + imaginary * imaginary
    mirrored = np.roll(power[::-1, ::-1], 1, axis=(0, 1))
    area, whole = (
        np.fft.fftshift(part[:, : PATCH // 2 + 1], axes=0) for part in (power - mirrored, power + mirrored)
    )
    logarithm: Floats = cv2.log(np.abs(area) + np.float32(1))
    relief = logarithm - cv2.blur(logarithm, (SURROUNDINGS, SURROUNDINGS))
    turning = np.abs(cv2.blur(area, (3, 3))) > LEAST_TURNING * cv2.blur(whole, (3, 3))
    relief = np.where(fine & turning, relief, np.float32(-3))
    smooth: Floats = cv2.GaussianBlur(relief, (3, 3), 0)
    return smooth


@functools.lru_cache(maxsize=1)
def _window_and_band() -> tuple[Floats, Floats]:
    """Hann's window PATCH×PATCH×2, and which bins are waves shorter than `LONGEST_WAVE`."""
    hann = cv2.createHanningWindow((PATCH, PATCH), cv2.CV_32F)
    window: Floats = cv2.merge([hann, hann])
    down = np.fft.fftshift(np.fft.fftfreq(PATCH))[:, None]
    right = np.arange(PATCH // 2 + 1)[None] / PATCH
    return window, np.hypot(down, right) > 1 / LONGEST_WAVE
