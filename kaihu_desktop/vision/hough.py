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
    own = np.degrees(np.arctan2(edges.normals[:, 1], edges.normals[:, 0]))
    theta = np.rint(own)[:, None] + np.arange(-ANGLE_SLACK, ANGLE_SLACK + 1)
    table = np.radians(np.arange(-190, 191))
    index = theta.astype(np.intp)
    cosine, sine = np.cos(table)[index + 190], np.sin(table)[index + 190]
    rho = edges.points[:, :1] * cosine + edges.points[:, 1:] * sine
    folded = index % 180
    rho = np.where((index % 360) < 180, rho, -rho)  # a line's normal has no sign
    width = 2 * radius + 1
    cell = folded * width + np.rint(rho).astype(np.intp) + radius
    weight = np.repeat(edges.weights, theta.shape[1])
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


def _projected(normals: Floats, points: Floats) -> Floats:
    """n·p of all lines and points, L×N; a matrix product would wake the threads of a numerical library."""
    projected: Floats = normals[:, :1] * points[:, 0] + normals[:, 1:] * points[:, 1]
    return projected


def _backing(edges: Edges, normals: Floats, rho: Floats, radius: int) -> Floats:
    close = np.abs(_projected(normals, edges.points) - rho[:, None].astype(np.float32)) < REACH
    line, pixel = np.nonzero(close)
    aligned = np.abs((normals[line] * edges.normals[pixel]).sum(axis=1)) > _COS_SLACK
    line, pixel = line[aligned], pixel[aligned]
    along = edges.points[pixel, 1] * normals[line, 0] - edges.points[pixel, 0] * normals[line, 1]
    length = 2 * radius
    cell = line * length + np.clip(along + radius, 0, length - 1).astype(np.intp)
    present = np.bincount(cell, minlength=len(rho) * length).reshape(len(rho), length) > 0
    bridged = cv2.dilate(present.astype(np.uint8), np.ones((1, 3), np.uint8))  # slanted lines skip pixels
    sums = np.cumsum(bridged, axis=1, dtype=np.float32)
    padded: Floats = np.pad(sums, ((0, 0), (1, 0)))
    return padded
