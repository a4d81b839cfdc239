"""When a customer is due to buy a product again, and who is overdue.

A customer's own gaps are few, so they are pulled towards the product's cycle: logarithms of gaps are taken as normal
around a customer's own mean, and these means as normal around the product's (a random effect; Robinson, Statistical
Science 6, 1991). The share of variance that lies between customers is estimated once for the shop by analysis of
variance; a product's median and quartiles give its level and spread. A product without a cycle takes its category's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.behaviour.cycles import Cycles
from offersmith.store.analytics import Analytics
from offersmith.store.feature_values import DAY_US, LOG_BITS
from offersmith.store.repurchases import pairs
from offersmith.words import Language, say

Status = Literal["waiting", "due", "overdue", "lapsed"]
STATUSES: tuple[Status, ...] = ("waiting", "due", "overdue", "lapsed")
"""Before the window, within it, after it, and so long after it that the customer will hardly come for this again."""

LAPSED = 3.0
"""More than so many times the window's end is lapsed."""

_QUARTILE = 0.6744897501960817  # of the standard normal
_USUAL_SHARE = 0.5  # of variance between customers, where it cannot be estimated
_FEWEST = 30  # degrees of freedom for that estimate
_LEAST_SPREAD = 0.1  # standard deviation of log gaps: nobody buys to the day


@dataclass(frozen=True, slots=True)
class Due:
    """Who is due for what.

    Attributes:
        as_of: moment, ISO 8601.
        between: share of the variance of log gaps that lies between customers, in [0, 1]; more of it means that a
            customer's own gaps say more.
        counts: pairs of customer and product by status.
        table: customer_id, product_id, purchases, last_time (UTC), cycle_days (own, shrunk), due, window_from,
            window_to (UTC), status, overdue_days (float, 0 where not overdue), level (`product` or `category`, whose
            cycle it was pulled to); sorted by customer and product.
    """

    as_of: str
    between: float
    counts: dict[str, int]
    table: pa.Table = field(repr=False, compare=False)

    def of_customer(self, customer_id: str) -> pa.Table:
        """Return the rows of one customer, the earliest due first."""
        return self.table.filter(pc.equal(self.table["customer_id"], customer_id)).sort_by("due")

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the counts as a sentence."""
        return say("behaviour.due", language, **self.counts)

    def as_dict(self, shown: int = 20) -> dict[str, Any]:
        """Return plain values for `--json` and the report, with those who are most overdue."""
        worst = self.table.filter(pc.equal(self.table["status"], "overdue"))
        worst = worst.sort_by([("overdue_days", "descending"), ("customer_id", "ascending")])
        rows = [{key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items()}
                for row in worst.slice(0, shown).to_pylist()]  # fmt: skip
        return {"as_of": self.as_of, "between": self.between, "counts": dict(self.counts), "overdue": rows}


def due(
    analytics: Analytics, as_of: datetime, products: Cycles, categories: Cycles | None = None, *, fewest: int = 2
) -> Due:
    """Return when each customer is due to buy each product again.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC.
        products: cycles of products, as of the same moment.
        categories: cycles of categories, for products that have none.
        fewest: days on which the customer bought the product; 1 asks about everybody who ever bought it.

    Raises:
        InputError: cycles are of another moment or kind, or `fewest` is below 1.
    """
    if fewest < 1:
        raise InputError(f"fewest is {fewest}; allowed is 1 or more", field="fewest", value=fewest)
    for name, given, by in (("products", products, "product_id"), ("categories", categories, "category")):
        if given is not None and (given.by, given.as_of) != (by, as_of.isoformat()):
            raise InputError(
                f"{name} are cycles by {given.by} of {given.as_of}; allowed are those by {by} of {as_of.isoformat()}",
                field=name,
            )
    table = analytics.run(pairs(as_of, "product_id", fewest))
    center, spread, level = _prior(table, products, categories)
    usable = level > 0
    table = table.filter(pa.array(usable))
    center, spread, level = center[usable], spread[usable], level[usable]
    gaps = table["purchases"].to_numpy() - 1
    logs, squares = (table[name].to_numpy() / 2.0**LOG_BITS for name in ("log_sum", "log_squares"))
    between = _between(table["thing"], gaps, logs, squares)
    pull = gaps * between / np.maximum(gaps * between + 1 - between, 1e-12)
    own = np.divide(logs, gaps, out=center.copy(), where=gaps > 0)
    mean = center + pull * (own - center)
    # What is left to vary: a gap around the customer's mean, and that mean around what is known of it.
    left = spread * np.sqrt((1 - between) + between * (1 - pull))
    days = np.column_stack([np.exp(mean), np.exp(mean - _QUARTILE * left), np.exp(mean + _QUARTILE * left)])
    return _told(table, as_of, days, level, between)


def _prior(
    table: pa.Table, products: Cycles, categories: Cycles | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return log median, spread of log gaps, and level (0 none, 1 product, 2 category) of each row's cycle."""
    center, spread = np.zeros(table.num_rows), np.ones(table.num_rows)
    level = np.zeros(table.num_rows, dtype=np.int64)
    for code, column, found in ((2, "category", categories), (1, "thing", products)):
        if found is None or not table.num_rows:
            continue
        coded = table[column].combine_chunks().dictionary_encode()
        known = [found.get(thing) for thing in coded.dictionary.to_pylist()]
        numbers = np.array(
            [(np.log(max(c.median, 1)), np.log(max(c.upper, 1) / max(c.quartile, 1)) / (2 * _QUARTILE), 1.0)
             if c else (0.0, 0.0, 0.0) for c in known] + [(0.0, 0.0, 0.0)]
        )  # fmt: skip
        rows = numbers[pc.fill_null(coded.indices, len(known)).to_numpy(zero_copy_only=False)]
        has = rows[:, 2] > 0
        center[has], spread[has], level[has] = rows[has, 0], np.maximum(rows[has, 1], _LEAST_SPREAD), code
    return center, spread, level


def _between(
    things: pa.ChunkedArray, gaps: NDArray[np.int64], logs: NDArray[np.float64], squares: NDArray[np.float64]
) -> float:
    """Return the share of variance between customers of one product (intraclass correlation, by ANOVA)."""
    some = gaps > 0
    if not some.any():
        return _USUAL_SHARE
    codes = things.combine_chunks().dictionary_encode().indices.to_numpy()[some]
    k, sums = gaps[some].astype(np.float64), logs[some]
    inside = float(np.sum(squares[some] - sums**2 / k))
    inside_df = float(np.sum(k - 1))
    codes = np.unique(codes, return_inverse=True)[1]
    of_thing, pairs_of, log_of, k2_of = (np.bincount(codes, x) for x in (k, np.ones_like(k), sums, k**2))
    across = float(np.sum(sums**2 / k) - np.sum(log_of**2 / of_thing))
    across_df = float(np.sum(pairs_of - 1))
    if inside_df < _FEWEST or across_df < _FEWEST:
        return _USUAL_SHARE
    within = max(inside / inside_df, 0.0)
    typical = float(np.sum(of_thing - k2_of / of_thing)) / across_df
    among = max((across / across_df - within) / typical, 0.0)
    return among / (among + within) if among + within > 0 else _USUAL_SHARE


def _told(table: pa.Table, as_of: datetime, days: NDArray[np.float64], level: NDArray[np.int64], between: float) -> Due:
    last = table["last_time"].cast(pa.timestamp("us")).to_numpy()
    waited = (np.datetime64(as_of, "us") - last).astype(np.int64) / DAY_US
    past = waited - days[:, 2]
    status = np.select([waited > LAPSED * days[:, 2], past > 0, waited >= days[:, 1]], [3, 2, 1], 0)
    when = [pa.array(last + np.rint(days[:, i] * DAY_US).astype("timedelta64[us]")) for i in range(3)]
    found = pa.table(
        {
            "customer_id": table["customer_id"],
            "product_id": table["thing"],
            "purchases": table["purchases"],
            "last_time": table["last_time"],
            "cycle_days": days[:, 0],
            "due": when[0],
            "window_from": when[1],
            "window_to": when[2],
            "status": pa.array([*STATUSES], pa.string()).take(pa.array(status)),
            "overdue_days": np.where(status == 2, past, 0.0),
            "level": pa.array(["product", "category"], pa.string()).take(pa.array(level - 1)),
        }
    )
    tally = np.bincount(status, minlength=len(STATUSES))
    return Due(as_of.isoformat(), between, dict(zip(STATUSES, tally.tolist(), strict=True)), found)
