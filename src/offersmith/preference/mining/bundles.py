"""What to offer together, and what with what: candidates for playbooks, each with money and reasons.

Three kinds. A *bundle* is a set of products that are bought together beyond chance. A *cross-sell* offers one product
to who buys another. *Next* offers one in the baskets after another. Substitutes are never among them.

`gain` is the margin that goes along with a basket (with a customer, of `next`) that has what stands before, beyond what
anybody's would bring: (confidence - share of all) x margin of what is offered. It is how things are bought today and no
effect of an offer: what an offer changes is learned from offers, and a candidate is where to try one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.preference.mining.candidate import BUNDLES, Told
from offersmith.preference.mining.network import Network
from offersmith.preference.mining.substitutes import Substitutes
from offersmith.preference.mining.worth import Worth

ALPHA = 0.05
"""Of the sets and sequences that become candidates, one in twenty may be chance."""


def bundles(
    found: dict[str, pa.Table], baskets: int, net: Network, subs: Substitutes, kinds: dict[str, str],
    worth: Worth, names: pa.Array,
) -> pa.Table:  # fmt: skip
    """Return the candidates as `BUNDLES`.

    Args:
        found: `pairs`, `sets` (both `measures.RULES`) and `sequences`.
        baskets: of the shop.
        net: the network; only pairs that are edges become candidates.
        subs: pairs that stand in for each other.
        kinds: category of each product, by id; those without one are missing.
        worth: of each item.
        names: of the items.
    """
    called: list[str] = names.to_pylist()
    place = {name: at for at, name in enumerate(called)}
    group = {called[item]: int(kind) for item, kind in zip(net.items, net.group, strict=True)}
    ends = zip(net.items[net.first], net.items[net.second], strict=True)
    edges = {frozenset((called[a], called[b])) for a, b in ends}
    barred = {frozenset((called[a], called[b])) for a, b in zip(subs.first, subs.second, strict=True)}
    told = Told(place, group, kinds, worth)
    rows: list[dict[str, Any]] = []
    for rule in found["pairs"].to_pylist():
        pair = frozenset((*rule["before"], rule["after"]))
        if pair not in edges or pair in barred:
            continue
        if rule["before"][0] < rule["after"]:
            rows.append(told.bundle(sorted(pair), rule, "beyond_habit"))
        rows.append(told.offered("cross_sell", rule, rule["with_after"] / baskets, "beyond_habit"))
    seen: set[frozenset[str]] = set()
    for rule in _sure(found["sets"]):
        members = frozenset((*rule["before"], rule["after"]))
        if any(pair <= members for pair in barred):
            continue
        if members not in seen:
            rows.append(told.bundle(sorted(members), rule, "adds_to_each"))
        seen.add(members)
        rows.append(told.offered("cross_sell", rule, rule["with_after"] / baskets, "adds_to_each"))
    for rule in _sure(found["sequences"]):
        if frozenset((rule["before"], rule["after"])) in barred:
            continue
        plain = {**rule, "before": [rule["before"]], "together": rule["customers"]}
        why = ["beyond_habit", *(["one_way"] if rule["order_q"] < ALPHA else [])]
        rows.append(told.offered("next", plain, rule["expected"] / rule["with_before"], *why))
    return _ranked(pa.Table.from_pylist(rows, schema=BUNDLES))


def _sure(rules: pa.Table) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = rules.filter(pc.less(rules["q_value"], ALPHA)).to_pylist()
    return found


def _ranked(table: pa.Table) -> pa.Table:
    """Return candidates by kind, the one with the most margin missed first; a bundle's is that of all sold together."""
    gain, missed = (table[name].cast(pa.float64()).to_numpy() for name in ("gain", "missed"))
    margin, together = (table[name].cast(pa.float64()).to_numpy() for name in ("margin", "together"))
    worth = np.where(np.isnan(missed), margin * together * (1 - 1 / table["lift"].to_numpy()), gain * missed)
    kind = np.array([("bundle", "cross_sell", "next").index(one) for one in table["kind"].to_pylist()], np.int64)
    return table.take(pa.array(np.lexsort((-together, np.where(np.isnan(worth), np.inf, -worth), kind))))
