"""What every customer is expected to do and be worth within a horizon, with how far that is known.

Intervals are of the expectation, by the delta method on logarithms, so that none goes below nothing. A customer's own
purchases scatter far wider than that, as `churn` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.profiles.lifetime.base import Counts, FittedLifetime, Floats
from offersmith.profiles.lifetime.gamma_gamma import FittedGammaGamma

VALUES = pa.schema(
    [
        ("customer_id", pa.string()),
        ("alive", pa.float64()),
        ("orders", pa.float64()),
        ("orders_low", pa.float64()),
        ("orders_high", pa.float64()),
        ("value", pa.float64()),
        ("value_low", pa.float64()),
        ("value_high", pa.float64()),
        ("churn", pa.float64()),
        ("next_from", pa.float64()),
        ("next_until", pa.float64()),
        ("unlike", pa.bool_()),
    ]
)
"""A row per customer who bought.

- alive: chance to be still a customer.
- orders: days with a purchase expected within the horizon; `_low`, `_high`: 95 % interval of the expectation.
- value: what they come to, minor units, discounted; null where no spend could be learned.
- churn: chance of no purchase within the horizon.
- next_from, next_until: days from the moment between which the next purchase falls with the chance of one half, of who
  is still a customer.
- unlike: no person, by `profiles.apart`; the models did not learn from them.
"""
NORMAL = 1.96
"""Standard errors to either side of a 95 % interval."""
_LEAST = 1e-12
WINDOW = (0.25, 0.75)


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far is looked ahead, and what later money is worth.

    Attributes:
        days: of it.
        rate: discount a year: 0.1 makes 110 in a year worth 100 now.
    """

    days: float = 365.0
    rate: float = 0.1

    @property
    def discount(self) -> float:
        """Return the part of money that comes evenly over the horizon which it is worth now."""
        force = np.log1p(self.rate) * self.days / 365.0
        return float(-np.expm1(-force) / force) if force else 1.0


def values(
    rows: pa.Table,
    repeat: FittedLifetime,
    spend: FittedGammaGamma | None,
    horizon: Horizon,
    unlike: NDArray[np.bool_] | None = None,
) -> pa.Table:
    """Return `VALUES` of customers.

    Args:
        rows: of `store.repeat.REPEAT`, in days.
        repeat: fitted in days.
        spend: what a purchase day is worth, minor units; None where it is not known.
        horizon: how far is looked ahead.
        unlike: (n,) who is no person; None is nobody.
    """
    counts = counts_of(rows)
    different, place = counts.grouped()
    orders = repeat.expected(different, horizon.days)
    sides = [
        (one.expected(different, horizon.days), two.expected(different, horizon.days)) for one, two in repeat.around()
    ]
    spread = _spread(sides)[place]
    orders = orders[place]
    soon, late = (repeat.next_time(different, chance)[place] for chance in WINDOW)
    columns = {
        "customer_id": rows["customer_id"],
        "alive": repeat.alive(different)[place],
        "orders": orders,
        "orders_low": orders * np.exp(-NORMAL * spread),
        "orders_high": orders * np.exp(NORMAL * spread),
        "churn": np.clip(repeat.none(different, horizon.days), 0.0, 1.0)[place],
        "next_from": soon,
        "next_until": late,
        "unlike": np.zeros(len(counts), np.bool_) if unlike is None else unlike,
        **_money(rows, orders, spread, spend, horizon),
    }
    return pa.table([pa.array(columns[name], VALUES.field(name).type) for name in VALUES.names], schema=VALUES)


def counts_of(rows: pa.Table) -> Counts:
    """Return the counts of `REPEAT`."""
    return Counts.of(*(np.asarray(rows[name].to_numpy(), np.float64) for name in ("frequency", "recency", "age")))


def spends_of(rows: pa.Table) -> tuple[Floats, Floats]:
    """Return (n,) days with a purchase, and what one came to on average, of `REPEAT`."""
    days = np.asarray(rows["frequency"].to_numpy(), np.float64) + 1
    return days, np.asarray(rows["spend"].to_numpy(), np.float64) / days


def _spread(sides: Sequence[tuple[Floats, ...]]) -> Floats:
    """Return (n,) standard errors of the logarithm of what was worked out to both sides along every axis."""
    squares = [(np.log(np.maximum(one, _LEAST)) - np.log(np.maximum(two, _LEAST))) ** 2 / 4 for one, two in sides]
    return np.asarray(np.sqrt(np.sum(squares, axis=0)))


def _money(
    rows: pa.Table, orders: Floats, spread: Floats, spend: FittedGammaGamma | None, horizon: Horizon
) -> dict[str, object]:
    names = ("value", "value_low", "value_high")
    if spend is None:
        return {name: pa.nulls(len(orders), pa.float64()) for name in names}
    days, mean = spends_of(rows)
    worth = orders * np.maximum(spend.expected(days, mean), 0.0) * horizon.discount
    own = _spread([(one.expected(days, mean), two.expected(days, mean)) for one, two in spend.around()])
    # What is bought how often and what it costs are learned apart, so their errors are independent.
    both = NORMAL * np.hypot(spread, own)
    return dict(zip(names, (worth, worth * np.exp(-both), worth * np.exp(both)), strict=True))
