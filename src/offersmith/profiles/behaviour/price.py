"""How much a customer goes by the price: deals taken beyond what was to be had, and the price level chosen.

Who buys in weeks full of deals takes deals without looking for them, so a customer's deals are set against those that
others took of the same categories in the same weeks. The ratio of taken to expected is pulled to 1 by how much such
ratios really differ between customers (Buehlmann's credibility, ASTIN Bulletin 4, 1967; the empirical Bayes estimate of
Clayton and Kaldor 1987 for counts). The level is the mean rank of the shelf prices chosen within their categories,
pulled to the middle in the same way. Categories answer in `profiles.behaviour.elasticity`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.store.analytics import Analytics
from offersmith.store.prices import BITS, deals_taken, price_ranks
from offersmith.words import Language, say

Attitude = Literal["seeks", "as_others", "avoids"]
ATTITUDES: tuple[Attitude, ...] = ("seeks", "as_others", "avoids")
"""Takes clearly more deals than others would, about as many, or clearly fewer."""

_SURE = 1.2815515655446004  # 90 % on one side
_FEWEST = 10  # customers, below which nobody's differences can be told from chance

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PriceSense:
    """How the customers of a shop go by prices.

    Attributes:
        as_of: moment, ISO 8601.
        customers: with a line in a category.
        deal_share: of all counted lines, on deal; None where nothing can be compared.
        deal_spread: standard deviation of true deal ratios between customers; 0 where they do not differ.
        level_spread: the same of price levels.
        counts: customers by attitude; those who met no deal are in none.
        table: customer_id, lines, taken, expected (deals), deal_ratio (shrunk, 1 = as others; null where none was to be
            had), attitude, price_level (shrunk, 0 cheapest to 1 dearest, .5 the middle; null where no category has
            several prices); sorted by customer.
    """

    as_of: str
    customers: int
    deal_share: float | None
    deal_spread: float
    level_spread: float
    counts: dict[str, int]
    table: pa.Table = field(repr=False, compare=False)

    def of_customer(self, customer_id: str) -> dict[str, Any] | None:
        """Return the row of one customer, None of somebody who bought nothing."""
        found = self.table.filter(pc.equal(self.table["customer_id"], customer_id)).to_pylist()
        return found[0] if found else None

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        if not self.deal_share:
            return say("behaviour.price_no_deals", language)
        return say("behaviour.price_deals", language, share=self.deal_share, **self.counts)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return {
            "as_of": self.as_of, "customers": self.customers, "deal_share": self.deal_share,
            "deal_spread": self.deal_spread, "level_spread": self.level_spread, "counts": dict(self.counts),
        }  # fmt: skip


def price_sense(analytics: Analytics, as_of: datetime, since: datetime | None = None) -> PriceSense:
    """Return how much each customer goes by the price.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: begin of the window; None reads everything.

    Raises:
        InputError: a moment has a time zone.
    """
    deals, ranks = analytics.run(deals_taken(as_of, since)), analytics.run(price_ranks(as_of, since))
    scale = 2.0**BITS
    lines, taken = (deals[name].to_numpy().astype(np.float64) for name in ("lines", "taken"))
    expected, variance = (deals[name].to_numpy() / scale for name in ("expected", "variance"))
    ratio, error, spread = _ratio(taken, expected, variance)
    met = expected > 0
    attitude = np.select([~met, ratio - _SURE * error > 1, ratio + _SURE * error < 1], [3, 0, 2], 1)
    level, level_spread = _level(*(ranks[name].to_numpy() for name in ("lines", "ranks", "squares")))
    first = pa.table(
        {
            "customer_id": deals["customer_id"],
            "lines": deals["lines"],
            "taken": deals["taken"],
            "expected": expected,
            "deal_ratio": pa.array(ratio, mask=~met),
            "attitude": pa.array([*ATTITUDES], pa.string()).take(pa.array(np.minimum(attitude, 2), mask=~met)),
        }
    )
    second = pa.table({"customer_id": ranks["customer_id"], "price_level": level})
    table = first.join(second, "customer_id", join_type="full outer", use_threads=False).sort_by("customer_id")
    tally = np.bincount(attitude, minlength=4)
    return PriceSense(
        as_of.isoformat(), table.num_rows, float(taken.sum() / lines.sum()) if lines.size else None, spread,
        level_spread, dict(zip(ATTITUDES, tally[:3].tolist(), strict=True)), table,
    )  # fmt: skip


def _ratio(taken: Numbers, expected: Numbers, variance: Numbers) -> tuple[Numbers, Numbers, float]:
    """Return shrunk ratios, their standard errors, and the spread of true ratios."""
    met = expected > 0
    if met.sum() < _FEWEST:
        return np.ones(taken.size), np.ones(taken.size), 0.0
    excess = float(np.sum((taken - expected)[met] ** 2 - variance[met]))
    between = max(excess / float(np.sum(expected[met] ** 2)), 0.0)
    known = between * expected**2
    trust = np.divide(known, known + variance, out=np.zeros(taken.size), where=known + variance > 0)
    raw = np.divide(taken, expected, out=np.ones(taken.size), where=met)
    return 1 + trust * (raw - 1), np.sqrt(between * (1 - trust)), float(np.sqrt(between))


def _level(lines: NDArray[np.int64], ranks: NDArray[np.int64], squares: NDArray[np.int64]) -> tuple[Numbers, float]:
    """Return shrunk mean ranks, and the spread of true ones, by analysis of variance."""
    if lines.size < _FEWEST or not (lines > 1).any():
        return np.full(lines.size, 0.5), 0.0
    n, total = lines.astype(np.float64), ranks / 2.0**BITS
    inside = float(np.sum(squares / 2.0**BITS - total**2 / n)) / float(np.sum(n - 1))
    middle = float(total.sum() / n.sum())
    across = float(np.sum(n * (total / n - middle) ** 2)) / (n.size - 1)
    typical = (float(n.sum()) - float(np.sum(n**2) / n.sum())) / (n.size - 1)
    between = max((across - inside) / typical, 0.0)
    trust = n * between / max(float(inside), 1e-12)
    trust = trust / (1 + trust)
    return middle + trust * (total / n - middle), float(np.sqrt(between))
