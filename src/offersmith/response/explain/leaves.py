"""LightGBM's trees as what their leaves ask for, and exact Shapley values read off them.

A leaf speaks where all conditions on its path hold, for each feature that its value lies in an interval. Of one person
to compare with, let the customer meet the conditions of the features A and not the person, and the person those of B
and not the customer; if some feature meets neither's, the leaf is never reached. Else it is reached by the sets that
contain A and nothing of B, so that each of A is worth (|A| - 1)! |B|! / (|A| + |B|)! of the leaf and each of B as much
the less, |A|! (|B| - 1)! / (|A| + |B|)! (Lundberg et al. 2020, interventional TreeSHAP). Customers and people are
alike where they meet the same conditions, so every pair of patterns is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from offersmith.compiled import compiled
from offersmith.response.shared.kernels import Floats, Ints
from offersmith.response.structural.stacked import library

Path = dict[int, tuple[float, float]]

MOST = 16
"""Features on a leaf's path at most: a table of a leaf has two to the power of them rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Leaves:
    """The leaves of some trees.

    Attributes:
        value: (leaves,) what each adds.
        start: (leaves + 1,) where its conditions begin.
        feature: of every condition.
        low: the feature's value is above it.
        high: and not above this.
    """

    value: Floats
    start: Ints
    feature: Ints
    low: Floats
    high: Floats

    @property
    def deepest(self) -> int:
        """Features on the longest path."""
        return int(np.diff(self.start).max(initial=0))

    def shares(self, x: Floats, background: Floats) -> tuple[Floats, float] | None:
        """Return (n, p) Shapley values of the trees' sum, and its mean over the (m, p) background.

        None where a path has more than `MOST` features: time and memory double with each.
        """
        if self.deepest > MOST:
            return None
        rows, usual = np.ascontiguousarray(x.T), np.ascontiguousarray(background.T)
        found, base = shares(rows, usual, self.start, self.feature, self.low, self.high, self.value)
        return np.asarray(found.T), float(base)


@lru_cache(maxsize=64)
def leaves(text: str, rounds: int, fixed: tuple[tuple[int, float], ...]) -> Leaves:
    """Return the leaves of trees kept as text.

    Args:
        text: LightGBM's own.
        rounds: trees used; -1 = all.
        fixed: (column, value) of columns that are the same for everybody and belong to no feature.
    """
    trees = library().Booster(model_str=text).dump_model(num_iteration=rounds)
    share = 1 / len(trees["tree_info"]) if trees["average_output"] else 1.0
    known = dict(fixed)
    found = [leaf for tree in trees["tree_info"] for leaf in _leaves(tree["tree_structure"], {}, known)]
    ends = np.cumsum([0, *(len(path) for path, _ in found)])
    sides = [(feature, *limits) for path, _ in found for feature, limits in sorted(path.items())]
    return Leaves(
        value=share * np.array([value for _, value in found]),
        start=ends.astype(np.int64),
        feature=np.array([side[0] for side in sides], dtype=np.int64),
        low=np.array([side[1] for side in sides], dtype=np.float64),
        high=np.array([side[2] for side in sides], dtype=np.float64),
    )


def _leaves(node: Mapping[str, Any], path: Path, fixed: Mapping[int, float]) -> Iterator[tuple[Path, float]]:
    """Yield every leaf that can be reached, with an interval for each feature on its way."""
    if "split_feature" not in node:
        yield path, float(node["leaf_value"])
        return
    feature, border = int(node["split_feature"]), float(node["threshold"])
    low, high = path.get(feature, (-np.inf, np.inf))
    if feature in fixed:
        yield from _leaves(node["left_child" if fixed[feature] <= border else "right_child"], path, fixed)
        return
    if low < border:
        yield from _leaves(node["left_child"], {**path, feature: (low, min(high, border))}, fixed)
    if border < high:
        yield from _leaves(node["right_child"], {**path, feature: (max(low, border), high)}, fixed)


@compiled
def held(x: Floats, feature: Ints, low: Floats, high: Floats, found: Ints) -> None:
    """Fill in (n,) as bits which conditions every row of (p, n) features meets."""
    found[:] = 0
    for one in range(len(feature)):
        column, bit = x[feature[one]], np.int64(1) << one
        below, above = low[one], high[one]
        for i in range(len(found)):
            if column[i] > below and column[i] <= above:
                found[i] += bit


@compiled
def table(mine: Ints, theirs: Ints, part: Floats, players: int) -> Floats:
    """Return (2^players, players) the shares of a leaf's features, in rows of the patterns customers have.

    Args:
        mine: patterns of customers.
        theirs: patterns of the background.
        part: how much of the background has each.
        players: features on the leaf's path.
    """
    full = (1 << players) - 1
    # sums[a, b] = (a - 1)! b! / (a + b)!, what each of A is worth; each of B loses sums[b, a].
    sums = np.zeros((players + 1, players + 1))
    for a in range(1, players + 1):
        sums[a, 0] = 1.0 / a
        for b in range(1, players + 1):
            sums[a, b] = sums[a, b - 1] * b / (a + b)
    found = np.zeros((full + 1, players))
    for own in mine:
        for place in range(len(theirs)):
            other = theirs[place]
            if (own | other) != full:
                continue
            a, b = 0, 0
            for one in range(players):
                a += (own & ~other) >> one & 1
                b += (other & ~own) >> one & 1
            for one in range(players):
                if (own & ~other) >> one & 1:
                    found[own, one] += part[place] * sums[a, b]
                elif (other & ~own) >> one & 1:
                    found[own, one] -= part[place] * sums[b, a]
    return found


@compiled
def shares(
    x: Floats, background: Floats, start: Ints, feature: Ints, low: Floats, high: Floats, value: Floats
) -> tuple[Floats, float]:
    """Return (p, n) Shapley values of the leaves' sum and its mean over the background; arguments as of `Leaves`."""
    n, m = x.shape[1], background.shape[1]
    found, base = np.zeros(x.shape), 0.0
    own, usual = np.empty(n, np.int64), np.empty(m, np.int64)
    for leaf in range(len(value)):
        here = slice(start[leaf], start[leaf + 1])
        players = start[leaf + 1] - start[leaf]
        if players == 0:
            base += value[leaf]
            continue
        held(background, feature[here], low[here], high[here], usual)
        held(x, feature[here], low[here], high[here], own)
        counts = np.zeros(1 << players)
        for i in range(m):
            counts[usual[i]] += 1.0 / m
        seen = np.zeros(1 << players, np.bool_)
        for i in range(n):
            seen[own[i]] = True
        theirs = np.flatnonzero(counts)
        worth = table(np.flatnonzero(seen), theirs, counts[theirs], players) * value[leaf]
        base += value[leaf] * counts[-1]
        for one in range(players):
            column = found[feature[start[leaf] + one]]
            for i in range(n):
                column[i] += worth[own[i], one]
    return found, base
