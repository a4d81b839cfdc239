"""The same decisions at other margin rates: what a plan would earn if the shop's stated margin were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from offersmith.response.base import Economics
from offersmith.strategy.plan import Plan
from offersmith.vocabulary import NO_OFFER


def at_margins(
    plan: Plan, estimates: pa.Table, stated: Economics, rates: Sequence[float]
) -> tuple[tuple[float, float, float], ...]:
    """Return (rate, expected profit, its standard deviation) of the plan at each rate, sorted, major units.

    Profit is what `Economics` leaves of the offers that were decided. The spread of the estimates comes from the
    revenue, so it grows with the rate; the errors of all customers are taken to go the same way.

    Args:
        plan: the decisions.
        estimates: `vocabulary.ESTIMATES` behind them.
        stated: what the estimates were made with.
        rates: the margin rates to show; the stated one may be among them.
    """
    keys = ["customer_id", "offer_id"]
    given = plan.decisions.select(keys).filter(pa.compute.not_equal(plan.decisions["offer_id"], NO_OFFER))
    found = given.join(estimates, keys, join_type="inner").sort_by([(key, "ascending") for key in keys])
    revenue, cost, spread = (found[name].to_numpy().sum() for name in ("revenue", "cost", "profit_sd"))
    if plan.each > 1:  # what a second offer does not bring any more is in the plan's own sums
        revenue, cost, spread = plan.expected_revenue, plan.spent, plan.profit_sd_shared
    shown = []
    for rate in sorted(set(rates)):
        scale = rate / stated.margin_rate if stated.margin_rate else 1.0
        profit = replace(stated, margin_rate=rate).profit(revenue, cost)
        shown.append((rate, float(profit), float(spread * scale)))
    return tuple(shown)
