"""A plan's candidates and rows where a customer may get several offers: both are laid out on sets of offers.

What a row counts of a set is what it counts of its members together; one that counts customers and not offers
(`Limit.once`) counts a set once. Where a row weighs the money of all members alike, it weighs the money of the set.
Where it does not (what some offers may cost at most), what the set draws on it is a measure of its own
(`Keeping.more`). Who may get so many more offers in some days (`Compiled.rest`) gets no set with more of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.strategy.allocation.problem import COST, COUNT, VALUE, Rows
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.kernels import Floats
from offersmith.strategy.limits.compiling import Compiled
from offersmith.strategy.sets import Ints, Sets, Together, sets_of, used_chances

MOST_CELLS = 400_000_000
"""Numbers that measures of single rows may come to: 3 GB."""


def several(
    single: Candidates,
    keep: Keeping,
    each: int,
    estimates: pa.Table,
    limits: Compiled | None = None,
    profiles: pa.Table | None = None,
    *,
    cost_share: float = 1.0,
) -> tuple[Together, Candidates, Keeping]:
    """Return what sets are made of, and the candidates and rows of a plan that gives at most `each` offers a customer.

    Args:
        single: candidates of single offers, without what limits forbid.
        keep: the rows, laid out on single offers.
        each: offers a customer may get.
        estimates: `vocabulary.ESTIMATES` behind the candidates.
        limits: behind the rows; with what the customers of `profiles` may still get, in their order.
        profiles: with `customer_id`.
        cost_share: part of the offers' cost that the shop pays.

    Raises:
        InputError: there are too many sets, or a chance of use that is none.
    """
    if each == 1:
        alone = Sets(single.offers, tuple((k,) for k in range(len(single.offers))))
        return Together(single, alone, np.zeros(single.allowed.shape), cost_share), single, keep
    together = Together(
        single, sets_of(single.allowed, single.offers, each), used_chances(estimates, single), cost_share
    )
    found = together.candidates()
    if limits is not None and limits.rest:
        found = _within_rest(found, together.sets, limits, profiles)
    once = frozenset() if limits is None else frozenset(one.name for one in limits.limits if one.once)
    return together, found, _laid(keep, together, found, once)


def _within_rest(found: Candidates, sets: Sets, limits: Compiled, profiles: pa.Table | None) -> Candidates:
    """Return the candidates without the sets that are more than customers may still get."""
    if profiles is None:
        return found
    ids = profiles["customer_id"].cast(pa.string()).combine_chunks()
    row = pc.index_in(found.customers, value_set=ids).to_numpy(zero_copy_only=False).astype(np.int64)
    allowed = found.allowed.copy()
    for offers, left in limits.rest:
        mine: Ints = left[row]
        for s, members in sets.several:
            allowed[s] &= int(offers[list(members)].sum()) <= np.maximum(mine, 1)
    figures = (found.profit, found.cost, found.profit_sd, found.revenue)
    profit, cost, spread, revenue = (np.where(allowed, one, 0.0) for one in figures)
    return replace(found, allowed=allowed, profit=profit, cost=cost, profit_sd=spread, revenue=revenue)


def _laid(keep: Keeping, together: Together, found: Candidates, once: frozenset[str]) -> Keeping:
    """Return the rows laid out on sets."""
    base, sets, single = keep.rows.weight, together.sets, together.single
    weight = np.zeros((*base.shape[:2], len(sets.members), base.shape[3]))
    weight[:, :, : base.shape[2]] = base
    counts_once = np.array([name in once for name in keep.rows.names], np.bool_)
    special: dict[int, list[tuple[int, tuple[int, ...]]]] = {}
    for s, members in sets.several:
        own = base[:, :, list(members)]
        number = own[:, COUNT]
        weight[:, COUNT, s] = np.where(counts_once[:, None], number.max(axis=1), number.sum(axis=1))
        alike = (own[:, COST:] == own[:, COST:, :1]).all(axis=(1, 2, 3))
        weight[alike, COST:, s] = own[alike, COST:, 0]
        for row in np.flatnonzero(~alike).tolist():
            special.setdefault(row, []).append((s, members))
    size = len(special) * found.profit.size
    if size > MOST_CELLS:
        names = [keep.rows.names[row] for row in special]
        raise InputError(
            f"limits {names[:5]} speak of the money of some offers, which for {len(sets.members)} sets of offers and "
            f"{len(single.customers):,} customers comes to {size:,} numbers; allowed are {MOST_CELLS:,}",
            hint="leave such limits out, plan with fewer offers, or ask for each = 1",
            field="each",
        )
    more = _more(keep, together, found, special)
    return replace(keep, rows=Rows(keep.rows.names, weight, keep.rows.bound, keep.rows.sign), more=more)


def _more(
    keep: Keeping, together: Together, found: Candidates, special: Mapping[int, list[tuple[int, tuple[int, ...]]]]
) -> tuple[tuple[int, Floats], ...]:
    """Return the rows that weigh the money of members apart, with (S, n) what sets draw on them."""
    base, cost = keep.rows.weight, together.single.cost
    drawn = {row: np.zeros(found.profit.shape) for row in special}
    pairs: dict[int, tuple[tuple[int, ...], list[int]]] = {}
    for row, listed in special.items():
        for s, members in listed:
            pairs.setdefault(s, (members, []))[1].append(row)
    for s, (members, rows) in pairs.items():
        earned, _ = together.contributions(members)
        for row in rows:
            for place, k in enumerate(members):
                own = base[row, :, k, 0] if keep.cell.size == 1 else base[row][:, k, keep.cell]
                drawn[row][s] += own[COST] * cost[k] + own[VALUE] * earned[place]
            drawn[row][s][~found.allowed[s]] = 0.0
    return tuple(sorted(drawn.items()))
