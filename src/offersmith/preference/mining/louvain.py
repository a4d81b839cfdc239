"""Groups of a network that hold more of its weight within than chance would put there: Louvain's method.

Each node moves to the neighbouring group that raises modularity most, until none does; groups become nodes of a
smaller network, and so on (Blondel, Guillaume, Lambiotte and Lefebvre 2008). Nodes are visited in an order by lot,
several times over, and the division of highest modularity stands: single runs end in different places.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from offersmith.compiled import compiled

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
RUNS = 5
_ROUNDS = 100
_LEAST = 1e-12


def communities(weights: csr_array, seed: int, runs: int = RUNS) -> tuple[Whole, float]:
    """Return the group of each node and the modularity; group 0 has most nodes, a node alone is a group of its own.

    Args:
        weights: symmetric, not negative, nothing on the diagonal.
        seed: of the orders in which nodes are visited.
        runs: of which the best is taken.
    """
    rng = np.random.default_rng(seed)
    best, top = np.arange(weights.shape[0]), -1.0
    for _ in range(runs):
        found = _run(weights, rng)
        if (worth := modularity(weights, found)) > top + _LEAST:
            best, top = found, worth
    return _by_size(best), max(top, 0.0)


def modularity(weights: csr_array, group: Whole) -> float:
    """Return the share of weight within groups, less what it would be by chance (Newman and Girvan 2004); at most 1."""
    total = float(weights.sum())
    if total <= 0:
        return 0.0
    coo = weights.tocoo()
    inside = float(coo.data[group[coo.row] == group[coo.col]].sum())
    strengths = np.bincount(group, np.asarray(weights.sum(axis=1)).ravel())
    return inside / total - float(((strengths / total) ** 2).sum())


def _run(weights: csr_array, rng: np.random.Generator) -> Whole:
    found, level = np.arange(weights.shape[0]), weights.tocsr().astype(np.float64)
    while level.nnz:
        level.sort_indices()
        index = (level.indptr.astype(np.int64), level.indices.astype(np.int64))
        strength = np.asarray(level.sum(axis=1), np.float64).ravel()
        group = _moved(*index, level.data, strength, rng.permutation(level.shape[0]))
        _, group = np.unique(group, return_inverse=True)
        group = group.ravel().astype(np.int64)
        count = int(group.max(initial=-1)) + 1
        found = group[found]
        if count == level.shape[0]:
            break
        joined = csr_array((np.ones(len(group)), (np.arange(len(group)), group)), shape=(len(group), count))
        level = (joined.T @ level @ joined).tocsr()
    return found


@compiled
def _moved(starts: Whole, neighbours: Whole, weights: Real, strength: Real, order: Whole) -> Whole:
    """Move nodes between groups until no move raises modularity; some weight is there."""
    nodes = len(order)
    group = np.arange(nodes)
    towards, held, total = np.zeros(nodes), strength.copy(), strength.sum()
    for _ in range(_ROUNDS):
        moves = 0
        for node in order:
            own = group[node]
            for at in range(starts[node], starts[node + 1]):
                if neighbours[at] != node:
                    towards[group[neighbours[at]]] += weights[at]
            held[own] -= strength[node]
            best, most = own, towards[own] - strength[node] * held[own] / total
            for at in range(starts[node], starts[node + 1]):
                other = group[neighbours[at]]
                gain = towards[other] - strength[node] * held[other] / total
                if gain > most + _LEAST * total:
                    best, most = other, gain
            for at in range(starts[node], starts[node + 1]):
                towards[group[neighbours[at]]] = 0.0
            held[best] += strength[node]
            if best != own:
                group[node] = best
                moves += 1
        if moves == 0:
            break
    return group


def _by_size(group: Whole) -> Whole:
    """Return groups numbered by size, the one that comes first among equals first."""
    _, first, number, sizes = np.unique(group, return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(sizes), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return rank[number.ravel()]
