"""After how many days a product is bought again: the usual cycle, with those who have not come back yet counted in.

Gaps seen before a moment are too short a sample: long ones have not ended. The estimator of Wang and Chang (JASA 94,
1999) is a product limit like Kaplan and Meier's in which a customer's gaps share one vote, so that who buys often does
not speak for all, and the wait after the last purchase counts only for who bought once: a wait cut off by a moment is
likelier a long one (length bias). Not everybody comes back; the quartiles are those of who does within the time seen,
and `returning` says how many do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.store.analytics import Analytics
from offersmith.store.repurchases import WEIGHT_BITS, By, gap_counts
from offersmith.words import Language, say

FEWEST_GAPS, FEWEST_CUSTOMERS = 10, 5
"""Fewer ended gaps, or fewer customers who came back, are no cycle."""

_AT_RISK = 5.0  # customers' votes; with fewer still waiting the curve is a matter of luck


@dataclass(frozen=True, slots=True)
class Cycle:
    """The cycle of one product or category.

    Attributes:
        thing: product or category.
        gaps: ended ones.
        customers: who bought it at all.
        returned: of these, who bought it on another day again.
        returning: share that buys again within `horizon` days, in [0, 1].
        quartile: days within which a quarter of those who come back has.
        median: half of them.
        upper: three quarters.
        horizon: days up to which enough customers could be watched.
    """

    thing: str
    gaps: int
    customers: int
    returned: int
    returning: float
    quartile: int
    median: int
    upper: int
    horizon: int

    def text(self, language: Language = "en") -> str:
        """Return the cycle as a sentence."""
        return say("behaviour.cycle", language, thing=self.thing, median=self.median, low=self.quartile,
                   high=self.upper, returning=self.returning, customers=self.customers)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cycles:
    """The cycles of a shop.

    Attributes:
        by: `product_id` or `category`.
        as_of: moment, ISO 8601.
        found: a cycle per thing with enough evidence, most gaps first.
        without: things that were bought but have too few gaps.
    """

    by: By
    as_of: str
    found: tuple[Cycle, ...]
    without: int
    _of: Mapping[str, Cycle] = field(repr=False, compare=False, default_factory=dict)

    def get(self, thing: str) -> Cycle | None:
        """Return the cycle of a thing, None without enough evidence."""
        return self._of.get(thing)

    def as_dict(self, shown: int = 50) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        first = [asdict(cycle) for cycle in self.found[:shown]]
        return {"by": self.by, "as_of": self.as_of, "found": first, "known": len(self.found), "without": self.without}


def cycles(analytics: Analytics, as_of: datetime, by: By = "product_id") -> Cycles:
    """Return the usual days between purchases of each product or category by the same customer.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        by: what is bought again.

    Raises:
        InputError: the moment has a time zone, or `by` is another word.
    """
    table = analytics.run(gap_counts(as_of, by))
    found = _of_counts(table)
    total = int(pc.count_distinct(table["thing"]).as_py())
    found = tuple(sorted(found, key=lambda cycle: (-cycle.gaps, cycle.thing)))
    return Cycles(by, as_of.isoformat(), found, total - len(found), {cycle.thing: cycle for cycle in found})


def product_limit(
    days: NDArray[np.int64], ended: NDArray[np.float64], waiting: NDArray[np.float64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (share that has bought again by each row's day, votes still at risk on it), for many things at once.

    Args:
        days: of each row, increasing within a thing.
        ended: weight of gaps that ended on that day.
        waiting: weight of waits that were cut off on that day.
        starts: row at which each thing begins.
    """
    lengths = np.diff(np.append(starts, days.size))
    votes = ended + waiting
    before = np.concatenate([[0.0], np.cumsum(votes)])
    end = np.repeat(before[starts + lengths], lengths)
    at_risk = end - before[:-1]
    hazard = np.clip(ended / at_risk, 0.0, 1.0)
    # exp(-50) is nothing beside 1, and unlike minus infinity it can be taken away again for the next thing.
    log = np.log1p(-np.minimum(hazard, np.nextafter(1.0, 0.0)))
    log[hazard == 1] = -50.0
    down = np.concatenate([[0.0], np.cumsum(log)])
    left = down[1:] - np.repeat(down[starts], lengths)
    return -np.expm1(left), at_risk


def _of_counts(table: pa.Table) -> tuple[Cycle, ...]:
    if not table.num_rows:
        return ()
    scale = float(2**WEIGHT_BITS)
    things = table["thing"].combine_chunks().dictionary_encode()
    codes = things.indices.to_numpy()
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    days = table["days"].to_numpy()
    ended, waiting = (table[name].to_numpy() / scale for name in ("ended", "waiting"))
    again, at_risk = product_limit(days, ended, waiting, starts)
    sums = {name: np.add.reduceat(table[name].to_numpy(), starts) for name in ("gaps", "returned", "customers")}
    # The first day is always watched, whatever few there are; evidence is asked for below.
    watched = at_risk >= _AT_RISK
    watched[starts] = True
    seen = np.where(watched, again, 0.0)
    returning = np.maximum.reduceat(seen, starts)
    horizon = np.maximum.reduceat(np.where(watched, days, 0), starts)
    marks = {}
    size = np.diff(np.append(starts, days.size))
    for q in (0.25, 0.5, 0.75):
        below = again < np.repeat(q * returning, size) - 1e-7
        marks[q] = days[np.minimum(starts + np.add.reduceat(below.astype(np.int64), starts), days.size - 1)]
    enough = (sums["gaps"] >= FEWEST_GAPS) & (sums["returned"] >= FEWEST_CUSTOMERS) & (returning > 0)
    names = things.dictionary.take(pa.array(codes[starts[enough]])).to_pylist()
    rows = np.flatnonzero(enough)
    return tuple(
        Cycle(
            name, int(sums["gaps"][i]), int(sums["customers"][i]), int(sums["returned"][i]),
            float(min(returning[i], 1.0)), int(marks[0.25][i]), int(marks[0.5][i]), int(marks[0.75][i]),
            int(horizon[i]),
        )
        for name, i in zip(names, rows, strict=True)
    )  # fmt: skip
