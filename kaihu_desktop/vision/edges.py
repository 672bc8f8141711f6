"""Reduces a picture to a list of thin edge pixels with direction and strength."""

from __future__ import annotations

from typing import Callable, NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import BgrImage, Floats, GreyImage

CHROMA_WEIGHT = 1.4  # a card and a table of the same grey level often differ in hue
FULL_LIGHT = 235.0  # dark pictures are gained up until their brightest parts reach this
MAX_GAIN = 8.0
DARK_GAIN, DARK_BLUR = 2.5, 1.4
MAX_EDGES = 12000
TINT_LEVELS = 500.0  # grey levels for a ratio of colours of e: a card's faint tint gives about twenty
DARKEST = 0.05  # of the brightest, added to all colours, for those of ink are mostly noise


class Sieve(NamedTuple):
    """What passes for an edge.

    A gradient counts by how it stands out from its surroundings, so that the weak outline of a white card
    on a white desk isn't lost beside print. share: about this share of all pixels may belong to an edge.
    floor: gradient (Sobel units, a step of one grey level gives 4) that is no more than noise.
    neighbourhood: size of the surroundings in pixels. relief: least ratio to the surroundings' mean gradient.
    """

    share: float
    floor: float
    neighbourhood: int
    relief: float


class Edges(NamedTuple):
    """Thin edge pixels of a reduced picture.

    points: float32 N×2, (x, y) relative to the picture's centre, in pixels of the reduced picture.
    normals: float32 N×2, unit vectors along the gradient.
    weights: float32 N, 0 … 1, how clearly each stands out.
    size: (width, height) of the reduced picture. scale: reduced pixels per pixel of the original.
    """

    points: Floats
    normals: Floats
    weights: Floats
    size: tuple[int, int]
    scale: float


class Gradients(NamedTuple):
    """The reduced, gained-up picture (BGR), its noise as by `noise_level`, and the gradient of its strongest
    colour channel, float32 H×W."""

    small: BgrImage
    noise: float
    dx: Floats
    dy: Floats
    magnitude: Floats
    scale: float


class Veil(NamedTuple):
    """A way to change a picture so that print vanishes, `without_print` or `tints`.

    width: of the strokes or of the smoothing, in pixels of the reduced picture.
    """

    paint: Callable[[BgrImage, float], BgrImage]
    width: float


class Fine(NamedTuple):
    """A picture in which a card is fitted, its pixels per pixel of the image, its noise, and its gain."""

    picture: BgrImage
    scale: float
    noise: float
    gain: float


class Scene:
    """A BGR picture, and what is made of it on the way, each once: it reduced, gained up, its gradients.

    gain: by how much it is brightened.
    """

    def __init__(self, image: BgrImage) -> None:
        self._image = image
        height, width = image.shape[:2]
        halved = (max(1, width // 2), max(1, height // 2))
        # by whole numbers reducing is ten times as quick
        even = image[: halved[1] * 2, : halved[0] * 2]
        self._half = cv2.resize(even, halved, interpolation=cv2.INTER_AREA)
        brightest = max(1.0, float(np.percentile(self._half[::6, ::6], 99)))
        self.gain = min(MAX_GAIN, max(1.0, FULL_LIGHT / brightest))
        self._gradients: dict[tuple[int, float, Veil | None], Gradients] = {}
        self._fine: dict[tuple[bool, Veil | None], Fine] = {}

    def fine(self, small_card: bool, veil: Veil | None = None) -> Fine:
        """The picture in which a card is fitted; veil: its width in pixels of this picture."""
        halved = (not small_card and max(self._image.shape) >= 1000) or veil is not None
        key = (halved, veil)
        if key not in self._fine:
            picture = self._half if halved else self._image
            picture = veil.paint(picture, veil.width) if veil else picture
            gain = 1.0 if veil and veil.paint is tints else self.gain
            self._fine[key] = Fine(picture, 0.5 if halved else 1.0, noise_level(picture), gain)
        return self._fine[key]

    def gradients(self, long_side: int, blur: float, veil: Veil | None = None) -> Gradients:
        """Reduce to `long_side` pixels, gain up darkness, and take for each pixel the strongest Lab gradient.

        blur: sigma in pixels of the reduced picture; pictures in the dark get at least `DARK_BLUR`.
        """
        key = (long_side, blur, veil)
        if key not in self._gradients:
            self._gradients[key] = self._made(*key)
        return self._gradients[key]

    def _made(self, long_side: int, blur: float, veil: Veil | None) -> Gradients:
        small = self._reduced(long_side)
        if self.gain > 1.05:
            small = cv2.convertScaleAbs(small, alpha=self.gain)
        if veil:
            small = veil.paint(small, veil.width)
        small = cv2.GaussianBlur(small, (0, 0), blur if self.gain < DARK_GAIN else max(blur, DARK_BLUR))
        dx, dy, magnitude = _strongest_channel(cv2.cvtColor(small, cv2.COLOR_BGR2Lab))
        return Gradients(small, noise_level(small), dx, dy, magnitude, small.shape[1] / self._image.shape[1])

    def _reduced(self, long_side: int) -> BgrImage:
        height, width = self._image.shape[:2]
        scale = min(1.0, long_side / max(width, height))
        size = (max(8, round(width * scale)), max(8, round(height * scale)))
        if scale == 1:
            reduced = cv2.resize(self._image, size) if size != (width, height) else self._image
        elif scale > 0.5:
            reduced = cv2.resize(self._image, size, interpolation=cv2.INTER_AREA)
        else:  # half of the way is gone already; for up to 1.7 pixels more interpolation will do
            manner = cv2.INTER_LINEAR if scale > 0.3 else cv2.INTER_AREA
            reduced = cv2.resize(self._half, size, interpolation=manner)
        return reduced


def noise_level(image: BgrImage) -> float:
    """Standard deviation of a BGR image's noise in grey levels, by second differences along some rows."""
    rows = image[:: max(1, image.shape[0] // 40), :, 1].astype(np.int16)
    if rows.shape[1] < 3:
        return 0.0
    second = np.abs(rows[:, 2::2] - 2 * rows[:, 1:-1:2] + rows[:, :-2:2])
    return float(np.median(second)) / (0.6745 * 6**0.5)


def without_print(picture: BgrImage, width: float) -> BgrImage:
    """Paint over dark strokes of up to `width` pixels."""
    kernel = np.ones((round(width), round(width)), np.uint8)
    closed: BgrImage = cv2.morphologyEx(cv2.medianBlur(picture, 3), cv2.MORPH_CLOSE, kernel)
    return closed


def tints(picture: BgrImage, width: float) -> BgrImage:
    """The ratios of blue and of red to green as grey levels around 128, smoothed by `width` (sigma).

    Paper, black print on it and shadows are all of the light's own colour; the faintest tint of a card isn't.
    """
    brightest = max(16.0, float(np.percentile(picture[::4, ::4], 99)))
    logarithms = np.log(np.arange(256) + DARKEST * brightest) * TINT_LEVELS
    blue, green, red = cv2.split(cv2.LUT(picture, np.rint(logarithms).astype(np.int16)))
    ratios = [cv2.addWeighted(other, 1, green, -1, 128, dtype=cv2.CV_8U) for other in (blue, red)]
    tinted: BgrImage = cv2.GaussianBlur(cv2.merge([*ratios, np.full_like(ratios[0], 128)]), (0, 0), width)
    return tinted


def _strongest_channel(lab: BgrImage) -> tuple[Floats, Floats, Floats]:
    """dx, dy and magnitude (float32 H×W) of the channel with the largest gradient at each pixel."""
    best, *others = (
        _sobel(channel, weight)
        for channel, weight in zip(cv2.split(lab), (1.0, CHROMA_WEIGHT, CHROMA_WEIGHT))
    )
    for other in others:
        larger = cv2.compare(other[2], best[2], cv2.CMP_GT)
        for source, target in zip(other, best):
            cv2.copyTo(source, larger, target)
    return best


def _sobel(channel: GreyImage, weight: float) -> tuple[Floats, Floats, Floats]:
    dx = cv2.Sobel(channel, cv2.CV_32F, 1, 0, scale=weight)
    dy = cv2.Sobel(channel, cv2.CV_32F, 0, 1, scale=weight)
    return dx, dy, cv2.magnitude(dx, dy)


def thin_edges(gradients: Gradients, sieve: Sieve) -> Edges:
    """Keep the ridges of the gradient that pass the sieve."""
    size = (sieve.neighbourhood, sieve.neighbourhood)
    gain = 256 / (sieve.floor + cv2.blur(gradients.magnitude, size))  # Canny wants whole numbers
    relief = gradients.magnitude * gain
    high = max(256 * sieve.relief, float(np.percentile(relief[::3, ::3], 100 * (1 - sieve.share))))
    dx, dy = gradients.dx * gain, gradients.dy * gain
    ridge = cv2.Canny(dx.astype(np.int16), dy.astype(np.int16), high * 0.45, high, L2gradient=True)
    rows, columns = _strongest(ridge, relief)
    height, width = relief.shape
    dx, dy, strength = (field[rows, columns] for field in (dx, dy, relief))
    norm = np.maximum(strength, 1e-3)
    points = np.stack([columns - (width - 1) / 2, rows - (height - 1) / 2], axis=1).astype(np.float32)
    normals = np.stack([dx / norm, dy / norm], axis=1).astype(np.float32)
    weights = np.clip(strength / (2 * high), 0.4, 1.0).astype(np.float32)
    return Edges(points, normals, weights, (width, height), gradients.scale)


def _strongest(ridge: GreyImage, relief: Floats) -> tuple[Floats, Floats]:
    """Rows and columns of the ridge's pixels, at most `MAX_EDGES`: cloth would bring a hundred thousand."""
    rows, columns = np.nonzero(ridge)
    if len(rows) > MAX_EDGES:
        best = np.argpartition(-relief[rows, columns], MAX_EDGES)[:MAX_EDGES]
        rows, columns = rows[best], columns[best]
    return rows, columns
