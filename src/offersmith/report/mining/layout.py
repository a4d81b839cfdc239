"""Where the points of a network stand: each group in a cell of its own, its points pushed apart and pulled by lines.

Within a group it is the method of Fruchterman and Reingold (1991): all points repel, lines attract, moves shrink.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEPS = 150
ROOM = 0.36
"""Half the width of what a group fills in its cell."""


def places(groups: Sequence[Sequence[int]], links: Sequence[tuple[int, int]]) -> dict[int, tuple[float, float]]:
    """Return x and y of each point, rounded.

    Args:
        groups: points of each group.
        links: pairs of points.
    """
    across = math.ceil(math.sqrt(len(groups) * 1.3)) if groups else 1
    found: dict[int, tuple[float, float]] = {}
    for number, points in enumerate(groups):
        row, column = divmod(number, across)
        inside = {point: at for at, point in enumerate(points)}
        joined = [(inside[a], inside[b]) for a, b in links if a in inside and b in inside]
        for point, (x, y) in zip(points, _spread(len(points), joined), strict=True):
            found[point] = (round(column + x, 3), round(-row + y, 3))
    return found


def _spread(count: int, links: list[tuple[int, int]]) -> NDArray[np.float64]:
    """Return points in a square of half-width `ROOM` around zero."""
    turn = 2 * np.pi * np.arange(count) / max(count, 1)
    at = np.column_stack([np.cos(turn), np.sin(turn)])
    far = 2 / math.sqrt(max(count, 1))
    ends = np.array(links, np.int64).reshape(-1, 2)
    for step in range(STEPS):
        gap = at[:, None, :] - at[None, :, :]
        length = np.maximum(np.sqrt((gap**2).sum(axis=2)), 1e-6)
        push = (gap * (far**2 / length**2)[:, :, None]).sum(axis=1)
        pull = at[ends[:, 0]] - at[ends[:, 1]]
        pull *= (np.sqrt((pull**2).sum(axis=1)) / far)[:, None]
        np.add.at(push, ends[:, 0], -pull)
        np.add.at(push, ends[:, 1], pull)
        size = np.maximum(np.sqrt((push**2).sum(axis=1)), 1e-6)
        at = at + push / size[:, None] * np.minimum(size, 0.2 * (1 - step / STEPS))[:, None]
    at = at - (at.max(axis=0) + at.min(axis=0)) / 2 if count else at
    reach = np.abs(at).max(axis=0, initial=0.0)
    scaled: NDArray[np.float64] = at / np.where(reach > 0, reach, 1.0) * ROOM
    return scaled
