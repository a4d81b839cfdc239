"""How far a clustering is the shop's and not the lot's: two random halves learn it apart, and both label everybody.

The agreement of the two labellings is the adjusted Rand index (Hubert and Arabie 1985): 1 is the same segments, 0 is
what chance gives. Segments that come out otherwise as soon as other customers are looked at are no segments (Ben-Hur,
Elisseeff and Guyon 2002, "A stability based method for discovering structure in clustered data"; Hennig 2007,
"Cluster-wise assessment of cluster stability").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from offersmith.errors import InputError
from offersmith.profiles.clusters.columns import Floats, Ints

Labeller = Callable[[Floats], Ints]


def agreement(one: Ints, other: Ints) -> float:
    """Return the adjusted Rand index of two labellings of the same customers; 1 where both know one segment only.

    Raises:
        InputError: they are of different lengths, or of fewer than two customers.
    """
    if len(one) != len(other) or len(one) < 2:
        raise InputError(f"two labellings of {len(one)} and {len(other)} customers cannot be compared", field="labels")
    _, rows = np.unique(one, return_inverse=True)
    _, columns = np.unique(other, return_inverse=True)
    wide = int(columns.max()) + 1
    table = np.bincount(rows * wide + columns, minlength=(int(rows.max()) + 1) * wide).reshape(-1, wide)
    both, left, right = _pairs(table), _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0))
    by_chance = left * right / _pairs(np.array([len(one)]))
    most = (left + right) / 2
    return 1.0 if most == by_chance else float((both - by_chance) / (most - by_chance))


def halves(customers: int, splits: int, seed: int) -> list[tuple[Ints, Ints]]:
    """Return so many ways to split customers into two random halves."""
    rng = np.random.default_rng(seed)
    cut = customers // 2
    orders = (rng.permutation(customers) for _ in range(splits))
    return [(np.sort(order[:cut]), np.sort(order[cut:])) for order in orders]


def stability(points: Floats, learn: Callable[[Floats], Labeller], splits: Sequence[tuple[Ints, Ints]]) -> Floats:
    """Return the agreement of the halves of each split.

    Args:
        points: (n, d) of everybody.
        learn: makes of the points of one half what labels everybody.
        splits: see `halves`.
    """
    found = [agreement(learn(points[one])(points), learn(points[other])(points)) for one, other in splits]
    return np.array(found, np.float64)


def _pairs(counts: Ints) -> float:
    many = counts.astype(np.float64)
    return float((many * (many - 1.0) / 2.0).sum())
