"""The compiled search for the best split: every pair of binned features is counted once, and all trees read off it.

With sums of scores by (bin of one feature, bin of another, arm), the best depth-two tree follows from cumulative sums:
n p^2 / 2 additions instead of the n^2 p^2 of the search over sorted rows (Sverdrup et al. 2020, `policytree`), exact
for splits at bin borders.
"""

from __future__ import annotations

import numpy as np

from offersmith.compiled import compiled
from offersmith.response.shared.kernels import Bins, Floats, Ints


@compiled
def side(cells: Floats, least: float) -> tuple[float, int]:
    """Return the best sum of scores on one side when it may be split once more, and the last bin left of that split.

    Args:
        cells: (bins, k + 1) sums of scores by arm and, last, the number of rows.
        least: rows a leaf must have; a side with fewer is worth minus infinity.
    """
    bins, width = cells.shape
    k = width - 1
    total = np.zeros(width)
    for b in range(bins):
        for a in range(width):
            total[a] += cells[b, a]
    if total[k] < least:
        return -np.inf, -1
    best, border = total[:k].max(), -1
    slack = 1e-9 * (np.abs(total[:k]).max() + 1e-300)
    left = np.zeros(width)
    for b in range(bins - 1):
        for a in range(width):
            left[a] += cells[b, a]
        if cells[b, k] == 0.0 or left[k] < least:
            continue
        if total[k] - left[k] < least:
            break
        one, other = left[0], total[0] - left[0]
        for a in range(1, k):
            one = max(one, left[a])
            other = max(other, total[a] - left[a])
        if one + other > best + slack:
            best, border = one + other, b
    return best, border


@compiled
def fill(best: Floats, cells: Floats, least: float) -> None:
    """Raise (bins, 2) best sums left and right of every border of one feature by splits of another.

    Args:
        best: of the feature that is split first; changed in place.
        cells: (bins, bins, k + 1) sums by bin of that feature and of the other.
        least: as in `side`.
    """
    bins = len(cells)
    left, right = np.zeros(cells.shape[1:]), np.zeros(cells.shape[1:])
    for b in range(bins):
        right += cells[b]
    for b in range(bins - 1):
        left += cells[b]
        right -= cells[b]
        best[b, 0] = max(best[b, 0], side(left, least)[0])
        best[b, 1] = max(best[b, 1], side(right, least)[0])


@compiled
def root(bins: Bins, score: Floats, rows: Ints, count: int, least: float) -> tuple[int, int]:
    """Return feature and border of the first split of the best tree of depth two; (-1, -1) = no split is better.

    Args:
        bins: (p, n) binned features, below `count`.
        score: (n, k) what each arm is worth to each row.
        rows: which rows.
        count: of bins.
        least: rows a leaf must have.
    """
    p, k = len(bins), score.shape[1]
    best = np.full((p, count, 2), -np.inf)
    total = np.zeros(k)
    for i in rows:
        total += score[i]
    for j in range(p):
        for other in range(j, p):
            cells = np.zeros((count, count, k + 1))
            for i in rows:
                mine = cells[bins[j, i], bins[other, i]]
                for a in range(k):
                    mine[a] += score[i, a]
                mine[k] += 1.0
            fill(best[j], cells, least)
            if other != j:
                fill(best[other], cells.transpose(1, 0, 2).copy(), least)
    found = (-1, -1)
    most = total.max() + 1e-9 * (np.abs(total).max() + 1e-300)
    for j in range(p):
        for b in range(count - 1):
            if best[j, b, 0] + best[j, b, 1] > most:
                most = best[j, b, 0] + best[j, b, 1] + 1e-12 * abs(most)
                found = (j, b)
    return found


@compiled
def stump(bins: Bins, score: Floats, rows: Ints, count: int, least: float) -> tuple[int, int]:
    """Return feature and border of the best single split; (-1, -1) = none is better. Arguments as of `root`."""
    k = score.shape[1]
    found, most = (-1, -1), -np.inf
    for j in range(len(bins)):
        cells = np.zeros((count, k + 1))
        for i in rows:
            mine = cells[bins[j, i]]
            for a in range(k):
                mine[a] += score[i, a]
            mine[k] += 1.0
        worth, border = side(cells, least)
        if border >= 0 and worth > most:
            most, found = worth + 1e-12 * abs(worth), (j, border)
    return found
