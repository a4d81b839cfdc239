"""Who moves from which offer to which, counted over arrays: no step of it looks at customers one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.strategy.compare.base import Fortune, Group, Sums
from offersmith.strategy.reasons import holding

Ints = NDArray[np.integer]
Floats = NDArray[np.float64]
EQUAL, BETTER, WORSE = 0, 1, 2
FATES = 3
LEAST = 1e-9
"""Major units by which an expected cost must differ to be another one: sums of floats may round."""


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """The decisions of one plan as arrays.

    Attributes:
        ids: (n,) customers.
        offer: (n,) place of the offer among all that either plan names; 0 is nothing.
        profit: (n,) expected, major units.
        cost: (n,) expected, major units.
        by_lot: (n,) decided by lot.
    """

    ids: pa.ChunkedArray
    offer: Ints
    profit: Floats
    cost: Floats
    by_lot: NDArray[np.bool_]

    @classmethod
    def of(cls, decisions: pa.Table, offers: Sequence[str]) -> Decided:
        """Take the columns that matter out of `vocabulary.DECISIONS`."""
        place = pc.index_in(decisions["offer_id"], value_set=pa.array(offers, pa.string()))
        drawn = [holding(chunk, "by_lot") for chunk in decisions["reasons"].chunks]
        return cls(
            decisions["customer_id"].cast(pa.large_string()),
            _numbers(place).astype(np.int32),
            _numbers(decisions["expected_profit"]).astype(np.float64, copy=False),
            _numbers(decisions["expected_cost"]).astype(np.float64, copy=False),
            np.concatenate(drawn) if drawn else np.zeros(0, np.bool_),
        )

    def sums(self, group: Ints, groups: int) -> list[Sums]:
        """Return the sums of every group.

        Args:
            group: (n,) of every customer.
            groups: how many there are.
        """
        heads = np.bincount(group, minlength=groups)
        given = np.bincount(group, self.offer > 0, groups)
        profit, cost = np.bincount(group, self.profit, groups), np.bincount(group, self.cost, groups)
        columns = zip(heads.tolist(), given.tolist(), profit.tolist(), cost.tolist(), strict=True)
        return [Sums(heads, int(given), profit, cost) for heads, given, profit, cost in columns]

    def some(self, where: NDArray[np.bool_]) -> Sums:
        """Return the sums of some customers."""
        return self.sums(where.astype(np.int8), 2)[1]


class Pairs(NamedTuple):
    """The customers of both plans: their rows (m,) in the first and in the second."""

    first: Ints
    second: Ints


def pair(before: pa.ChunkedArray, after: pa.ChunkedArray) -> Pairs:
    """Return the rows of the customers that are in both."""
    if before.equals(after):
        every = np.arange(len(before), dtype=np.int32)
        return Pairs(every, every)
    place = index(after, before)
    second = np.flatnonzero(place >= 0).astype(np.int32)
    return Pairs(place[second], second)


def index(values: pa.ChunkedArray, among: pa.ChunkedArray) -> Ints:
    """Return (n,) where each value stands among others; -1 where it does not."""
    found = pc.index_in(values, value_set=among.combine_chunks())
    return _numbers(pc.fill_null(found, -1))


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What both plans give the customers they have in common, counted by offer before, offer after and fate.

    Attributes:
        pairs: the customers.
        fate: (m,) `EQUAL`, `BETTER` or `WORSE`.
        counts: (K, K, 3).
        profit: (K, K) change of the expected profit, major units.
        cost: (K, K) change of the expected cost, major units.
        moved: how many get another offer, or the same on other terms.
        by_lot: how many of these were decided by lot in a plan.
        settled: (3,) by fate, of the customers no lot decided about in either plan.
    """

    pairs: Pairs
    fate: Ints
    counts: Ints
    profit: Floats
    cost: Floats
    moved: int
    by_lot: int
    settled: Ints

    @classmethod
    def between(cls, before: Decided, after: Decided, same: NDArray[np.bool_]) -> Moves:
        """Count.

        Args:
            before: the first plan.
            after: the second plan.
            same: (K,) whether an offer has the same terms in both.
        """
        pairs = pair(before.ids, after.ids)
        first, second, kinds = pairs.first, pairs.second, same.size
        had, has = before.offer[first], after.offer[second]
        kept = (had == has) & same[has]
        gain = np.where(kept, 0.0, after.cost[second] - before.cost[first])
        fate = np.select([gain > LEAST, gain < -LEAST], [BETTER, WORSE], EQUAL).astype(np.int8)
        cell = had.astype(np.int64) * kinds + has
        counts = np.bincount(cell * FATES + fate, minlength=kinds * kinds * FATES)
        profit, cost = (
            np.bincount(cell, two[second] - one[first], kinds * kinds).reshape(kinds, kinds).astype(np.float64)
            for one, two in ((before.profit, after.profit), (before.cost, after.cost))
        )
        drawn = before.by_lot[first] | after.by_lot[second]
        return cls(
            pairs,
            fate,
            counts.reshape(kinds, kinds, FATES),
            profit,
            cost,
            int(np.sum(~kept)),
            int(np.sum(drawn & ~kept)),
            np.bincount(fate[~drawn], minlength=FATES),
        )

    def alike(self, place: int) -> bool:
        """Whether all who have an offer in both plans are expected to earn and to cost exactly the same by it."""
        fates = self.counts[place, place]
        changes = abs(self.profit[place, place]), abs(self.cost[place, place])
        return bool(fates[EQUAL] > 0 and fates.sum() == fates[EQUAL] and max(changes) <= LEAST * fates[EQUAL])

    def of_offer(self, place: int) -> Fortune:
        """Return the fortune of those who have an offer in either plan."""
        either = self.counts[place].sum(axis=0) + self.counts[:, place].sum(axis=0) - self.counts[place, place]
        return fortune(either)


def fortune(fates: Ints) -> Fortune:
    """Return the counts (3,) by fate under their names."""
    return Fortune(better=int(fates[BETTER]), equal=int(fates[EQUAL]), worse=int(fates[WORSE]))


def by_segment(before: Decided, after: Decided, moves: Moves, segments: pa.Table) -> tuple[Group, ...]:
    """Return every segment that has customers in a plan, larger ones first; those of no segment under an empty name.

    Args:
        before: the first plan.
        after: the second plan.
        moves: between them.
        segments: `customer_id`, `segment`.
    """
    codes = sorted(set(segments["segment"].unique().to_pylist()))
    ids = segments["customer_id"].cast(pa.large_string())
    number = _numbers(pc.index_in(segments["segment"].cast(pa.string()), value_set=pa.array(codes, pa.string())))
    # The last entry is what the place -1, of customers without a segment, reads.
    numbers = np.append(number, len(codes)).astype(np.int32)
    first = numbers[index(before.ids, ids)]
    second = first if before.ids.equals(after.ids) else numbers[index(after.ids, ids)]
    size = len(codes) + 1
    fates = np.bincount(second[moves.pairs.second] * FATES + moves.fate, minlength=size * FATES).reshape(size, FATES)
    sums = zip([*codes, ""], before.sums(first, size), after.sums(second, size), fates, strict=True)
    found = [Group(name, one, two, fortune(fate)) for name, one, two, fate in sums if one.customers or two.customers]
    return tuple(sorted(found, key=lambda group: (-group.after.customers, -group.before.customers, group.name)))


def _numbers(column: pa.ChunkedArray) -> NDArray[Any]:
    if column.null_count:
        raise InputError(f"decisions with {column.null_count:,} missing values cannot be compared")
    return np.asarray(column.to_numpy())
