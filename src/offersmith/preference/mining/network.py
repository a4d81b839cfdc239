"""The network of products that are bought together more than by chance: groups in it, and products that join groups.

An edge is a pair that stands two tests: more baskets hold both than if products were strewn over baskets blindly
(Fisher's exact test), and more than the same customers' habits and the sizes of their shopping trips bring about
(`within`; a sum of unlike chances scatters less than a Poisson number of the same mean, Hoeffding 1956). Nearly every
frequent pair of a grocer passes the first alone. Both p-values are adjusted for all pairs there could be. The weight is
the correlation of buying the one and the other (phi), which neither frequent nor rare products make large. A product's
participation is the chance that two of its edges, drawn by weight, lead into different groups (Guimera and Amaral
2005): products with a high one and several edges are bridges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.special import pdtrc

from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.louvain import communities
from offersmith.preference.mining.measures import Real, Whole
from offersmith.preference.mining.pairs import Compared, Pairs, possible
from offersmith.preference.mining.significance import adjusted
from offersmith.preference.mining.visits import visits
from offersmith.preference.mining.within import within

ALPHA = 0.01
"""Of the edges, one in a hundred may be chance."""
BRIDGE = 0.4
"""Participation of a bridge at least; of one that joins two groups it is at most a half."""
BRIDGE_EDGES = 3
"""Edges of a bridge at least."""


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Products and what joins them.

    Attributes:
        items: columns of the matrix that have an edge: the nodes, rising.
        first: node of each edge.
        second: its other node.
        together: baskets with both.
        lift: times chance, above 1.
        own_lift: times what the same customers' habits and sizes of trips bring about, above 1.
        phi: the correlation, above 0: the weight.
        group: of each node; 0 has most nodes.
        modularity: how far groups hold together: 0 is chance.
        degree: edges of each node.
        participation: of each node, 0 to 1.
    """

    items: Whole
    first: Whole
    second: Whole
    together: Whole
    lift: Real
    own_lift: Real
    phi: Real
    group: Whole
    modularity: float
    degree: Whole
    participation: Real

    def weights(self) -> csr_array:
        """Return the network as a symmetric matrix of weights."""
        return _matrix(len(self.items), self.first, self.second, self.phi)

    def bridges(self) -> Whole:
        """Return the nodes that join groups, the one that joins most evenly first, then the one with most edges."""
        some = np.flatnonzero((self.participation >= BRIDGE) & (self.degree >= BRIDGE_EDGES))
        return some[np.lexsort((some, -self.degree[some], -self.participation[some].round(6)))]


def network(found: Incidence, some: Pairs, how: Compared, seed: int) -> Network:
    """Return the network of pairs.

    Args:
        found: the matrix.
        some: its pairs.
        how: they compare with chance.
        seed: of finding groups.
    """
    likely = np.flatnonzero((how.lift > 1) & (how.q_value < ALPHA))
    own = within(visits(found, nobody=True), some.first[likely], some.second[likely], by_size=True)
    log_p = np.log(np.clip(pdtrc(own.together - 1.0, own.expected), np.finfo(np.float64).tiny, 1.0))
    beyond = (own.lift > 1) & (adjusted(log_p, possible(found)) < ALPHA)
    sure = likely[beyond]
    one, other, together = some.first[sure], some.second[sure], some.together[sure]
    phi = _phi(found, one, other, together)
    items = np.flatnonzero(np.bincount(np.concatenate([one, other]), minlength=len(found.items)))
    first, second = np.searchsorted(items, one), np.searchsorted(items, other)
    weights = _matrix(len(items), first, second, phi)
    group, worth = communities(weights, seed)
    degree = np.diff(weights.indptr).astype(np.int64)
    parts = _participation(weights, group)
    lifts = (how.lift[sure], own.lift[beyond])
    return Network(items, first, second, together, *lifts, phi, group, worth, degree, parts)


def _phi(found: Incidence, one: Whole, other: Whole, together: Whole) -> Real:
    n = float(max(found.baskets, 1))
    a, b = found.counts[one] / n, found.counts[other] / n
    spread = np.sqrt(a * (1 - a) * b * (1 - b))
    return np.divide(together / n - a * b, spread, out=np.zeros(len(one)), where=spread > 0)


def _matrix(nodes: int, first: Whole, second: Whole, weight: Real) -> csr_array:
    where = (np.concatenate([first, second]), np.concatenate([second, first]))
    return csr_array((np.tile(weight, 2), where), shape=(nodes, nodes)).tocsr()


def _participation(weights: csr_array, group: Whole) -> Real:
    nodes = len(group)
    kinds = csr_array((np.ones(nodes), (np.arange(nodes), group)), shape=(nodes, int(group.max(initial=-1)) + 1))
    shares = (weights @ kinds).tocsr()
    strength = np.asarray(weights.sum(axis=1), np.float64).ravel()
    squares = np.asarray(shares.multiply(shares).sum(axis=1), np.float64).ravel()
    return 1 - np.divide(squares, strength**2, out=np.ones(nodes), where=strength > 0)
