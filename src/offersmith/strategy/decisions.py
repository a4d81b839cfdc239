"""The decisions of a plan as rows: one for each offer that a customer gets, one for each customer who gets nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import NormalDist

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.response.explain.because import Asked
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.explore import Explored
from offersmith.strategy.lots import names
from offersmith.strategy.reasons import Condition
from offersmith.strategy.sets import Ints, Rows
from offersmith.vocabulary import BECAUSE, DECISIONS, JOINED, NO_OFFER

NORMAL = NormalDist()


def table(
    single: Candidates,
    rows: Rows,
    made: Explored,
    why: pa.ListArray,
    spoken: pa.ListArray,
    version: str,
    until: Sequence[datetime],
) -> pa.Table:
    """Return `vocabulary.DECISIONS`, sorted by customer.

    Args:
        single: the K offers.
        rows: what is given, and what is expected of it.
        made: what was decided about n customers; a row's chance is that of all that its customer gets.
        why: (n,) reason codes.
        spoken: (r,) what the model says of every row.
        version: of the plan.
        until: (1 + K) when decisions for nothing, and for each offer, end.
    """
    who, place = pa.array(rows.customer), pa.array(rows.offer + 1)
    offers = pa.array([NO_OFFER, *single.offers], pa.string())
    customers = single.customers.take(who)
    columns = [
        _named(customers, rows.nth, version),
        customers,
        offers.take(place),
        pa.array(made.probability[rows.customer]),
        pa.array(rows.profit),
        pa.array(rows.cost),
        why.take(who),
        spoken,
        pa.repeat(pa.scalar(version), rows.offer.size),
        pa.array(until, pa.timestamp("us")).take(place),
    ]
    return pa.table(columns, schema=DECISIONS)


def _named(customers: pa.StringArray, nth: Ints, version: str) -> pa.StringArray:
    """Return a name for every row; a customer's further rows have their own."""
    found = names(customers, version)
    for number in range(1, int(nth.max(initial=0)) + 1):
        mine = np.flatnonzero(nth == number)
        place = np.arange(nth.size)
        place[mine] = nth.size + np.arange(mine.size)
        more = names(customers.take(pa.array(mine)), f"{version}|{number}")
        found = pa.concat_arrays([found, more]).take(pa.array(place))
    return found


def explained(
    single: Candidates, rows: Rows, made: Explored, asked: Asked | None
) -> tuple[pa.ListArray, list[Condition]]:
    """Return what the model says of every row, null where it is not asked, and codes where it has nothing to say.

    What a lot decided has no reason but the lot. Of an offer beside another one it says what it says of it alone.
    """
    size, n = rows.offer.size, len(single.customers)
    chosen = np.flatnonzero((rows.offer >= 0) & ~made.by_lot[rows.customer])
    if asked is None or not chosen.size:
        return pa.nulls(size, BECAUSE), []
    offer, who = rows.offer[chosen], rows.customer[chosen]
    offers = pa.array(single.offers, pa.string()).take(pa.array(offer))
    said = asked(single.customers.take(pa.array(who)), offers, single.profit[offer, who])
    place, silent = np.full(size, -1), []
    place[chosen] = np.arange(chosen.size)
    for code, here in said.codes.items():
        where = np.zeros(n, np.bool_)
        where[who[here]] = True
        silent.append((code, where))
    return said.why.take(pa.array(place, mask=place < 0)), silent


def counts(offers: Sequence[str], rows: Rows) -> dict[str, int]:
    """Return offer -> customers who get it, `none` (the first of them) included."""
    return {offer: int(np.sum(rows.offer == k - 1)) for k, offer in enumerate(offers)}


def pays(offers: Sequence[str], rows: Rows) -> Mapping[str, float]:
    """Return the chance that an offer's profit over those who get it is above zero; only offers that somebody gets."""
    paying = {}
    for k, offer in enumerate(offers):
        given = rows.offer == k
        if given.any():
            mean, spread = math.fsum(rows.profit[given]), math.fsum(rows.spread[given])
            paying[offer] = NORMAL.cdf(mean / spread) if spread else float(mean > 0)
    return paying


def customer_of(customers: pa.ChunkedArray) -> Ints:
    """Return (r,) the place of every row's customer, counted from 0; rows of one customer stand together."""
    ids = customers.combine_chunks()
    if not len(ids):
        return np.zeros(0, np.int64)
    other = pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)).to_numpy(zero_copy_only=False)
    return np.concatenate([[0], np.cumsum(other)]).astype(np.int64)


def sets_given(decisions: pa.Table) -> dict[str, int]:
    """Return how many customers get each set of several offers (`a+b`), the commonest first."""
    customer = customer_of(decisions["customer_id"])
    rows = np.bincount(customer)
    first = np.cumsum(rows) - rows
    offers = decisions["offer_id"].combine_chunks().dictionary_encode()
    code, names = offers.indices.to_numpy(), offers.dictionary.to_pylist()
    found: dict[str, int] = {}
    for size in range(2, int(rows.max(initial=0)) + 1):
        members = code[first[rows == size][:, None] + np.arange(size)]
        for one, number in zip(*np.unique(members, axis=0, return_counts=True), strict=True):
            found[JOINED.join(names[k] for k in one)] = int(number)
    return dict(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def asked_of(decisions: pa.Table) -> int:
    """Return about how many customers the model was asked."""
    return int(pc.count_distinct(decisions["customer_id"].filter(decisions["because"].is_valid())).as_py())


def first_of(customers: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return (r,) which rows are the first of their customer."""
    place = customer_of(customers)
    return np.asarray(np.diff(place, prepend=-1) > 0, np.bool_)
