"""What the page of mining says, as plain values; money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa

from offersmith.preference.mining.incidence import LeftOut
from offersmith.store.baskets import By


@dataclass(frozen=True, slots=True)
class Node:
    """A product of the network: its id, group, edges, and the chance that two of them lead into different groups."""

    item: str
    group: int
    edges: int
    participation: float


@dataclass(frozen=True, slots=True)
class Edge:
    """Two nodes that are bought together, by their places, and how closely (0 to 1)."""

    first: int
    second: int
    weight: float


@dataclass(frozen=True, slots=True)
class Stand:
    """Two products that stand in for each other.

    Attributes:
        first: id.
        second: id.
        together: visits with both.
        expected: such visits by the same customers' habits.
        buyers: customers who buy both.
    """

    first: str
    second: str
    together: int
    expected: float
    buyers: int


@dataclass(frozen=True, slots=True, eq=False)
class MiningFacts:
    """What was mined from one shop at one moment.

    Attributes:
        shop: its name.
        as_of: the moment.
        currency: of every amount.
        by: whether items are products or categories.
        called: what items are called, by id.
        baskets: read.
        items: in enough baskets.
        floor: baskets a rule must hold in.
        left: out.
        margin_rate: over price, that the shop states.
        pairs: both rules of each pair (`measures.RULES`).
        more_pairs: counted and looked at no further.
        sets: rules of three products and more (`measures.RULES`).
        sets_cut: frequent sets that were left out, since there were too many.
        sequences: what is bought after what (`sequential.SEQUENCES`).
        nodes: of the network.
        edges: of the network.
        bridges: places of nodes that join groups, first the one that joins most.
        modularity: how far groups hold together.
        substitutes: the surest first.
        apart: pairs as seldom together that are not alike.
        bundles: candidates (`candidate.BUNDLES`).
    """

    shop: str
    as_of: datetime
    currency: str
    by: By
    called: dict[str, str]
    baskets: int
    items: int
    floor: int
    left: LeftOut
    margin_rate: float
    pairs: pa.Table
    more_pairs: int
    sets: pa.Table
    sets_cut: int
    sequences: pa.Table
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    bridges: tuple[int, ...]
    modularity: float
    substitutes: tuple[Stand, ...]
    apart: int
    bundles: pa.Table

    @property
    def groups(self) -> dict[int, list[int]]:
        """Nodes of each group of the network, those with most edges first; a pair alone is a group."""
        found: dict[int, list[int]] = {}
        for at, node in enumerate(self.nodes):
            found.setdefault(node.group, []).append(at)
        return {
            group: sorted(some, key=lambda at: (-self.nodes[at].edges, self.nodes[at].item))
            for group, some in sorted(found.items())
        }
