"""All that is mined from a shop's baskets in one go: rules, sets, sequences, the network, substitutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.preference.mining.incidence import MIN_SUPPORT, Incidence, incidence
from offersmith.preference.mining.measures import Whole
from offersmith.preference.mining.network import Network, network
from offersmith.preference.mining.pairs import Pairs, compared, pair_rules, pairs
from offersmith.preference.mining.sequential import sequences
from offersmith.preference.mining.set_rules import set_rules
from offersmith.preference.mining.sets import Level, sets
from offersmith.preference.mining.substitutes import Substitutes, substitutes
from offersmith.preference.mining.visits import visits
from offersmith.store.baskets import Baskets

MOST_PAIRS = 200_000
"""Pairs that are looked at one by one, those in most baskets; all are counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Finds:
    """What was mined.

    Attributes:
        found: the matrix it was mined from.
        names: ids of its items.
        pairs: both rules of each pair (`measures.RULES`).
        levels: frequent sets of two items, three, and so on.
        sets: rules of the larger ones (`measures.RULES`).
        sequences: what is bought after what (`sequential.SEQUENCES`).
        network: of complements.
        substitutes: pairs that stand in for each other.
        more_pairs: frequent pairs that were counted and, in so few baskets, looked at no further.
    """

    found: Incidence
    names: pa.Array
    pairs: pa.Table
    levels: tuple[Level, ...]
    sets: pa.Table
    sequences: pa.Table
    network: Network
    substitutes: Substitutes
    more_pairs: int


def mine(baskets: Baskets, kinds: dict[str, str], min_support: float = MIN_SUPPORT, *, seed: int = 0) -> Finds:
    """Return all that is mined.

    Args:
        baskets: everything bought.
        kinds: category of each item, by id; those without one are missing.
        min_support: share of baskets that a rule must hold in.
        seed: of finding groups in the network.

    Raises:
        InputError: the share is none.
    """
    found = incidence(baskets, min_support)
    names = baskets.items.take(pa.array(found.items))
    every = pairs(found)
    some = _commonest(every)
    net = network(found, some, compared(found, some), seed)
    levels = sets(found, some)
    numbers = {kind: at for at, kind in enumerate(sorted(set(kinds.values())))}
    kind = np.array([numbers[kinds[name]] if name in kinds else -1 for name in names.to_pylist()], np.int64)
    return Finds(
        found=found,
        names=names,
        pairs=pair_rules(found, some, names),
        levels=levels,
        sets=set_rules(found, levels, names),
        sequences=sequences(found, names),
        network=net,
        substitutes=substitutes(visits(found), net, kind),
        more_pairs=len(every) - len(some),
    )


def _commonest(every: Pairs) -> Pairs:
    if len(every) <= MOST_PAIRS:
        return every
    rows: Whole = np.sort(np.argsort(-every.together, kind="stable")[:MOST_PAIRS])
    return Pairs(every.first[rows], every.second[rows], every.together[rows])
