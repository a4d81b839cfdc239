"""How sales of a category go with its prices, said only where prices really varied.

Logarithms of weekly quantities are set against logarithms of prices, with an effect of each product and of each week
taken off both (the within estimator with two ways; weeks take away what moved the whole category). The slope is the
elasticity: -2 means that 10 % lower prices went with about 20 % more pieces. It is what went together in the past, not
a promise: deals come with leaflets, and weeks in which a product sold nothing have no price and are not seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.store.analytics import Analytics
from offersmith.store.prices import weekly_prices
from offersmith.vocabulary import NORMAL_95
from offersmith.words import Language, say

Reason = Literal["", "too_few", "no_variation"]

FEWEST = 40
"""Fewer weeks of products are too few."""

VARIED = 0.02
"""A price this share away from the product's usual one is another price."""

_CHANGES = 10
_SPREAD = 0.02  # of log prices, once products and weeks are taken off
_CLUSTERS = 10

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Elasticity:
    """How one category's sales go with its prices.

    Attributes:
        category: of the shop.
        weeks: pairs of product and week.
        products: different ones.
        changed: share of the pairs at another price than the product's usual one.
        value: change of pieces in percent for one percent of price; None where `reason` says why.
        low: lower end of the 95 % interval.
        high: upper end.
        reason: why there is none.
    """

    category: str
    weeks: int
    products: int
    changed: float
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Reason = ""

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        if self.reason:
            return say(f"behaviour.elasticity_{self.reason}", language, category=self.category, weeks=self.weeks,
                       changed=self.changed)  # fmt: skip
        return say("behaviour.elasticity", language, category=self.category, value=self.value, low=self.low,
                   high=self.high)  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return asdict(self)


def elasticities(analytics: Analytics, as_of: datetime, since: datetime | None = None) -> tuple[Elasticity, ...]:
    """Return an answer for each category, most weeks of products first.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: begin of the window; None reads everything.

    Raises:
        InputError: a moment has a time zone.
    """
    table = analytics.run(weekly_prices(as_of, since))
    if not table.num_rows:
        return ()
    categories = table["category"].combine_chunks().dictionary_encode()
    codes = categories.indices.to_numpy()
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    found = [
        _of_category(str(categories.dictionary[codes[start]].as_py()), table.slice(start, size))
        for start, size in zip(starts.tolist(), np.diff(np.append(starts, len(codes))).tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda one: (-one.weeks, one.category)))


def _of_category(category: str, table: pa.Table) -> Elasticity:
    product = table["product_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    product = np.unique(product, return_inverse=True)[1]
    week = np.unique(table["week"].to_numpy(), return_inverse=True)[1]
    price, pieces = np.log(table["price"].to_numpy()), np.log(table["quantity"].to_numpy())
    usual = np.array([np.median(part) for part in np.split(price, np.flatnonzero(np.diff(product)) + 1)])
    away = np.abs(price - usual[product]) > VARIED
    weeks, products, changed = len(price), len(usual), float(away.mean())
    if weeks < FEWEST:
        return Elasticity(category, weeks, products, changed, reason="too_few")
    x, y = _within(price, product, week), _within(pieces, product, week)
    freedom = weeks - products - int(week.max())
    if away.sum() < _CHANGES or float(np.std(x)) < _SPREAD or freedom < _CHANGES:
        return Elasticity(category, weeks, products, changed, reason="no_variation")
    square = float(x @ x)
    slope = float(x @ y) / square
    score = x * (y - slope * x)
    if products >= _CLUSTERS:
        score = np.bincount(product, score).astype(np.float64)
        scale = products / (products - 1)
    else:
        scale = weeks / freedom
    error = float(np.sqrt(scale * (score @ score))) / square
    return Elasticity(category, weeks, products, changed, slope, slope - NORMAL_95 * error, slope + NORMAL_95 * error)


def _within(values: Numbers, *ways: NDArray[np.int64]) -> Numbers:
    """Return values with the means of each way taken off, in turns until nothing changes."""
    left: Numbers = values - values.mean()
    for _ in range(500):
        before = left
        for codes in ways:
            left = left - (np.bincount(codes, left) / np.bincount(codes))[codes]
        if np.max(np.abs(left - before)) < 1e-9:
            break
    return left
