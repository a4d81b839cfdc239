"""What a rule `before -> after` is worth, by the measures of the field, and the table that rules of every length share.

With n baskets, a of them with what stands before, b with what stands after, and k with both:

- support k/n, confidence k/a (Agrawal, Imielinski and Swami 1993);
- lift kn/(ab): how many times as often as if one had nothing to do with the other;
- leverage k/n - ab/n^2: the share of all baskets that the connection accounts for (Piatetsky-Shapiro 1991);
- conviction (1 - b/n)/(1 - k/a): how many times as often the rule would be wrong by chance; null where it never is
  (Brin, Motwani, Ullman and Tsur 1997).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.preference.mining.significance import adjusted

Real = NDArray[np.float64]
Whole = NDArray[np.int64]


def _column(name: str, kind: pa.DataType, unit: str, *, null: bool = False) -> pa.Field:
    return pa.field(name, kind, nullable=null, metadata={"unit": unit})


RULES = pa.schema(
    [
        _column("before", pa.list_(pa.string()), "products, sorted"),
        _column("after", pa.string(), "product"),
        _column("together", pa.int64(), "baskets with all of them"),
        _column("with_before", pa.int64(), "baskets"),
        _column("with_after", pa.int64(), "baskets"),
        _column("support", pa.float64(), "share of baskets"),
        _column("confidence", pa.float64(), "share of baskets with what stands before"),
        _column("lift", pa.float64(), "times chance"),
        _column("leverage", pa.float64(), "share of baskets"),
        _column("conviction", pa.float64(), "times chance; null = never wrong", null=True),
        _column("p_value", pa.float64(), "one-sided: as many or more by chance"),
        _column("q_value", pa.float64(), "the p-value, adjusted for all rules of that length there could be"),
    ]
)
"""A row per rule, the surest first."""


def lift(together: Whole, first: Whole, second: Whole, total: int) -> Real:
    """Return how many times as often as by chance both are together."""
    return together * float(total) / (first.astype(np.float64) * second)


def rules(
    names: pa.Array,
    before: Whole,
    after: Whole,
    counts: tuple[Whole, Whole, Whole],
    total: int,
    log_p: Real,
    tests: int,
) -> pa.Table:
    """Return rules as a table, the surest first; among equals the one that is met more often, then by names.

    Args:
        names: of the items.
        before: rules by items that stand before (positions in `names`, rising in each row).
        after: the item that stands after.
        counts: baskets with all of them, with those before, and with the one after.
        total: baskets.
        log_p: of each rule.
        tests: rules of this length there could be.
    """
    together, first, second = (one.astype(np.float64) for one in counts)
    n = float(max(total, 1))
    confidence = together / first
    wrong = 1 - confidence
    conviction = np.divide(1 - second / n, wrong, out=np.zeros_like(wrong), where=wrong > 0)
    order = np.lexsort((after, *before.T[::-1], -counts[0], log_p))
    width = before.shape[1]
    lists = pa.ListArray.from_arrays(
        pa.array(np.arange(len(after) + 1, dtype=np.int32) * width), names.take(pa.array(before[order].ravel()))
    )
    columns = [
        lists,
        names.take(pa.array(after[order])),
        *(pa.array(one[order]) for one in counts),
        *(pa.array(one[order]) for one in (together / n, confidence, together * n / (first * second))),
        pa.array((together / n - first * second / n**2)[order]),
        pa.array(conviction[order], mask=(wrong <= 0)[order]),
        pa.array(np.exp(log_p)[order]),
        pa.array(adjusted(log_p, tests)[order]),
    ]
    return pa.Table.from_arrays(columns, schema=RULES)
