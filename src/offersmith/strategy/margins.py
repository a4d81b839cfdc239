"""The same decisions at other margin rates: what a plan would earn if the shop's stated margin were wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from offersmith.strategy.plan import Plan
from offersmith.vocabulary import NO_OFFER


def at_margins(
    plan: Plan, estimates: pa.Table, stated: float, rates: Sequence[float]
) -> tuple[tuple[float, float, float], ...]:
    """Return (rate, expected profit, its standard deviation) of the plan at each rate, sorted, major units.

    Profit is `rate * revenue - cost` of the offers that were decided. The spread of the estimates comes from the
    revenue, so it grows with the rate; the errors of all customers are taken to go the same way.

    Args:
        plan: the decisions.
        estimates: `vocabulary.ESTIMATES` behind them.
        stated: the rate the estimates were made with.
        rates: the rates to show; `stated` may be among them.
    """
    keys = ["customer_id", "offer_id"]
    given = plan.decisions.select(keys).filter(pa.compute.not_equal(plan.decisions["offer_id"], NO_OFFER))
    found = given.join(estimates, keys, join_type="inner").sort_by([(key, "ascending") for key in keys])
    revenue, cost, spread = (found[name].to_numpy().sum() for name in ("revenue", "cost", "profit_sd"))
    scales = {rate: rate / stated if stated else 1.0 for rate in rates}
    return tuple(
        (rate, float(rate * revenue - cost), float(spread * np.abs(scale))) for rate, scale in sorted(scales.items())
    )
