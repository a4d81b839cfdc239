"""What customers buy within a few baskets after something else, counted by customers and not by baskets.

A customer supports `a -> b` where some basket of theirs holds `a`, and one of the next `within` holds `b`; once,
however often it happened, so that one eager household is one household. Baskets of one customer at the very same moment
are one: nothing in them came later. A rule is compared with what the same customers' habits would bring about
(`habits`), and says how many customers did it the other way round: what is bought in the same season follows each other
both ways, and only what goes one way much more often is an order of things.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
from scipy.sparse import csc_array, csr_array

from offersmith.errors import InputError
from offersmith.preference.mining.habits import expected, log_more_than_habit, log_one_way
from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.measures import Whole
from offersmith.preference.mining.significance import adjusted
from offersmith.preference.mining.visits import Visits, holders, ones, visits

WITHIN = 3
"""Baskets after the one that begins a rule."""
MIN_CUSTOMERS = 5
MIN_SHARE = 0.01
"""Share of customers who came again, whom a rule must hold for."""
ENTRIES = 4_000_000
_PAIRS = 2_000
Counted = tuple[Whole, Whole, Whole]


def _column(name: str, kind: pa.DataType, unit: str) -> pa.Field:
    return pa.field(name, kind, nullable=False, metadata={"unit": unit})


SEQUENCES = pa.schema(
    [
        _column("before", pa.string(), "product"),
        _column("after", pa.string(), "product bought later"),
        _column("customers", pa.int64(), "who bought the one and then the other"),
        _column("reverse", pa.int64(), "customers who did it the other way round"),
        _column("with_before", pa.int64(), "customers who bought the one and came again"),
        _column("confidence", pa.float64(), "share of `with_before`"),
        _column("expected", pa.float64(), "customers, by the same customers' habits"),
        _column("lift", pa.float64(), "times what is expected"),
        _column("p_value", pa.float64(), "at most: as many customers or more by habit"),
        _column("q_value", pa.float64(), "the p-value adjusted for all ordered pairs there could be"),
        _column("order_q", pa.float64(), "of the sign test against the other way round, adjusted likewise"),
    ]
)
"""A row per rule, the surest first."""


def sequences(
    found: Incidence, names: pa.Array, within: int = WITHIN, min_share: float = MIN_SHARE, entries: int = ENTRIES
) -> pa.Table:
    """Return what is bought after what as `SEQUENCES`; what is bought again after itself is left out.

    Args:
        found: the matrix; baskets of nobody known are not read.
        names: of its items.
        within: baskets after the one with the first product, at least 1.
        min_share: share of customers who came again, whom a rule must hold for (5 customers at least).
        entries: counts that may be held at once.

    Raises:
        InputError: `within` is below 1.
    """
    if within < 1:
        raise InputError(f"within = {within} is not allowed; allowed: at least 1 basket", field="within", value=within)
    every = visits(found)
    floor = max(MIN_CUSTOMERS, int(np.ceil(min_share * (every.lengths > 1).sum())))
    first, last = every.ends()
    starts, follows = (holders(every.by_customer(every.holds, ~end)) for end in (last, first))
    kept = np.flatnonzero(np.maximum(starts, follows) >= floor)
    some = every.of(kept)
    one, other, count = _counted(some, within, floor, entries)
    back = _the_other_way(some, within, (one, other, count))
    means, could = expected(some, within, one, other)
    log_p, log_order = log_more_than_habit(count, means, could), log_one_way(count, back)
    tests, begun = len(kept) * max(len(kept) - 1, 0), starts[kept][one]
    order = np.lexsort((other, one, -count, log_p))
    labels = names.take(pa.array(kept))
    figures = (
        count, back, begun, count / begun, means, count / means, np.exp(log_p), adjusted(log_p, tests),
        adjusted(log_order, tests),
    )  # fmt: skip
    columns = [labels.take(pa.array(side[order])) for side in (one, other)]
    return pa.Table.from_arrays([*columns, *(pa.array(one[order]) for one in figures)], schema=SEQUENCES)


def _counted(some: Visits, within: int, floor: int, entries: int) -> Counted:
    """Return the ordered pairs that enough customers support, with how many do."""
    by_item, later = some.holds.tocsc(), some.near(within, after=True)
    ones_, others, counts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for low, high in _parts(by_item, later, entries):
        held = by_item.indices[by_item.indptr[low] : by_item.indptr[high]]
        item = np.repeat(np.arange(high - low), np.diff(by_item.indptr[low : high + 1]))
        # Rising, as visits are sorted by customer: one row for each item and customer with it.
        new = np.diff(item * some.customers + some.customer[held], prepend=-1) != 0
        follows = ones(_sums(np.cumsum(new) - 1, int(new.sum()), held, later.shape[0]) @ later)
        people = int(new.sum())
        product = (_sums(item[new], high - low, np.arange(people), people) @ follows).tocsr()
        row = np.repeat(np.arange(low, high), np.diff(product.indptr))
        good = np.flatnonzero((product.data >= floor) & (product.indices != row))
        ones_.append(row[good])
        others.append(product.indices[good].astype(np.int64))
        counts.append(product.data[good].astype(np.int64))
    return np.concatenate(ones_), np.concatenate(others), np.concatenate(counts)


def _sums(row: Whole, rows: int, column: Whole, columns: int) -> csr_array:
    return csr_array((np.ones(len(row), np.int32), (row, column)), shape=(rows, columns))


def _parts(by_item: csc_array, later: csr_array, entries: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of items whose counts fit, one item at least each."""
    length = np.diff(later.indptr).astype(np.int64)
    sums = np.concatenate([[0], np.cumsum(length[by_item.indices])])
    low, held = 0, 0
    for item, more in enumerate((sums[by_item.indptr[1:]] - sums[by_item.indptr[:-1]]).tolist()):
        if held and held + more > entries:
            yield low, item
            low, held = item, 0
        held += more
    if low < by_item.shape[1]:
        yield low, by_item.shape[1]


def _the_other_way(some: Visits, within: int, counted: Counted) -> Whole:
    """Return how many customers support each pair the other way round; those below the floor are counted apart."""
    one, other, count = counted
    items = some.holds.shape[1]
    keys, asked = one * items + other, other * items + one
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)] if len(keys) else order
    back = np.where(keys[place] == asked, count[place], -1)
    unknown = np.flatnonzero(back < 0)
    columns, then = some.holds.tocsc(), some.near(within, after=True).tocsc()
    for at in range(0, len(unknown), _PAIRS):
        rows = unknown[at : at + _PAIRS]
        both = columns[:, other[rows]].multiply(then[:, one[rows]]).tocsr()
        back[rows] = holders(some.by_customer(both))
    return back
