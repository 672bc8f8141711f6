"""Finds the straight lines of a picture and how far each is backed by edge pixels."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from kaihu_desktop.vision.arrays import Floats
from kaihu_desktop.vision.edges import Edges

ANGLE_SLACK = 4  # degrees by which an edge pixel's gradient may stray from its line's normal
SECTOR = 8  # degrees
LINES_PER_SECTOR = 11  # stripes and plaid would otherwise take every place
MAX_LINES = 96
REACH = 1.8  # pixels from the line within which an edge pixel backs it
_COS_SLACK = float(np.cos(np.radians(14)))
# by degrees from _FIRST on: the angle 0 … 179 of a line with that normal, and its normal; it has no sign
_FIRST = -190
_DEGREES = np.arange(_FIRST, 191)
_FOLDED = (_DEGREES % 180).astype(np.int32)
_COSINE = np.cos(np.radians(_FOLDED)).astype(np.float32)
_SINE = np.sin(np.radians(_FOLDED)).astype(np.float32)


class Lines(NamedTuple):
    """Lines n·p = rho, with p relative to the picture's centre.

    normals: float32 L×2, unit. rho: float32 L, pixels. votes: float32 L.
    backing: float32 L×(T+1), prefix sums of the backed pixels along the direction (−n_y, n_x);
        entry t counts positions below t − T/2.
    """

    normals: Floats
    rho: Floats
    votes: Floats
    backing: Floats

    def backed(self, line: Floats, start: Floats, end: Floats) -> Floats:
        """Backed pixels of `line` (indices) between the positions `start` < `end` along it."""
        last = self.backing.shape[1] - 1
        half = last / 2
        low = np.clip(np.rint(start + half), 0, last).astype(np.intp)
        high = np.clip(np.rint(end + half), 0, last).astype(np.intp)
        backed: Floats = self.backing[line, high] - self.backing[line, low]
        return backed


def find_lines(edges: Edges, least_votes: float) -> Lines:
    """Vote for 1° × 1 px lines, each edge pixel only for normals near its own gradient; keep the peaks."""
    radius = int(np.hypot(*edges.size) / 2) + 2
    votes = _vote(edges, radius)
    theta, rho, strength = _peaks(votes, radius, least_votes)
    if not len(theta):
        return Lines(np.zeros((0, 2), np.float32), np.zeros(0, np.float32), strength, np.zeros((0, 2)))
    angle = np.radians(theta)
    normals = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)
    return Lines(normals, rho.astype(np.float32), strength, _backing(edges, normals, rho, radius))


def _vote(edges: Edges, radius: int) -> Floats:
    """Accumulator 180 × (2·radius + 1), float32."""
    own = np.rint(np.degrees(np.arctan2(edges.normals[:, 1], edges.normals[:, 0]))).astype(np.int32)
    turned = own + (np.arange(-ANGLE_SLACK, ANGLE_SLACK + 1, dtype=np.int32) - _FIRST)[:, None]
    rho = edges.points[:, 0] * _COSINE[turned] + edges.points[:, 1] * _SINE[turned]
    width = 2 * radius + 1
    cell = np.rint(rho).astype(np.int32) + (_FOLDED * width + radius)[turned]
    weight = np.tile(edges.weights.astype(np.float64), len(turned))
    total = np.bincount(cell.ravel(), weights=weight, minlength=180 * width)
    votes: Floats = total.reshape(180, width).astype(np.float32)
    return votes


def _peaks(votes: Floats, radius: int, least_votes: float) -> tuple[Floats, Floats, Floats]:
    pad = 4
    wrapped = np.concatenate([votes[-pad:, ::-1], votes, votes[:pad, ::-1]])
    smooth = cv2.sepFilter2D(
        wrapped, -1, np.array([0.5, 1, 0.5], np.float32), np.array([0.25, 0.5, 0.25], np.float32)
    )
    summit = cv2.dilate(smooth, np.ones((7, 5), np.uint8))
    found = (smooth >= summit) & (smooth >= least_votes)
    theta, rho = np.nonzero(found[pad:-pad])
    strength = smooth[pad:-pad][theta, rho]
    order = np.argsort(-strength)
    theta, rho, strength = theta[order], rho[order], strength[order]
    keep = _sector_rank(theta // SECTOR) < LINES_PER_SECTOR
    chosen = np.nonzero(keep)[0][:MAX_LINES]
    return theta[chosen], rho[chosen] - radius, strength[chosen]


def _sector_rank(sector: Floats) -> Floats:
    """For each entry, how many earlier entries share its sector."""
    same = sector[:, None] == sector[None, :]
    rank: Floats = np.tril(same, -1).sum(axis=1)
    return rank


def _backing(edges: Edges, normals: Floats, rho: Floats, radius: int) -> Floats:
    # OpenCV's matrix product: numpy's would wake the threads of a numerical library
    planes = np.concatenate([normals, -rho[:, None].astype(np.float32)], axis=1)
    places = np.concatenate([edges.points.T, np.ones((1, len(edges.points)), np.float32)])
    close = cv2.inRange(cv2.gemm(planes, places, 1, None, 0), -REACH, REACH).view(np.bool_)
    line, pixel = np.divmod(np.flatnonzero(close), len(edges.points))
    nx, ny = normals[:, 0][line], normals[:, 1][line]
    aligned = np.abs(nx * edges.normals[:, 0][pixel] + ny * edges.normals[:, 1][pixel]) > _COS_SLACK
    line, pixel, nx, ny = line[aligned], pixel[aligned], nx[aligned], ny[aligned]
    along = edges.points[:, 1][pixel] * nx - edges.points[:, 0][pixel] * ny
    length = 2 * radius
    cell = line * length + np.clip(along + radius, 0, length - 1).astype(np.intp)
    present = np.bincount(cell, minlength=len(rho) * length).reshape(len(rho), length) > 0
    bridged = cv2.dilate(present.astype(np.uint8), np.ones((1, 3), np.uint8))  # slanted lines skip pixels
    sums = np.cumsum(bridged, axis=1, dtype=np.float32)
    padded: Floats = np.pad(sums, ((0, 0), (1, 0)))
    return padded
