"""Amounts that fit any shop: `1.5 x basket` is one and a half times what an order usually comes to, rounded down.

The usual basket is the median over customers of what they pay for an order on average. A rounded amount is one a
customer can read, and stays the same while the median moves a little, so that the offer stays the same offer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.money import Money
from offersmith.strategy.limits.groups import numbers

BASKET = "basket_value"
"""The feature of a customer's mean order, minor units."""
_WRITTEN = re.compile(r"\s*(?P<times>[0-9]+(?:\.[0-9]+)?)\s*[x×*]\s*baskets?\s*")
_STEPS = (10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 70, 80, 90)
"""The first two digits of a round amount."""


def usual_basket(profiles: pa.Table, currency: str) -> Money | None:
    """Return what an order usually comes to; None where nobody has bought."""
    if BASKET not in profiles.column_names:
        return None
    held = numbers(profiles[BASKET])
    known = held[held > 0]
    return Money(round(float(np.median(known))), currency) if len(known) else None


def resolved(value: Any, basket: Callable[[], Money]) -> Any:
    """Return terms with every amount that is so many times the basket written out.

    Args:
        value: of terms, a table, a list or a plain value.
        basket: asked for the usual basket where an amount needs it.
    """
    if isinstance(value, Mapping):
        return {key: resolved(one, basket) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(one, basket) for one in value]
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    return _round(Decimal(found["times"]), basket()).text if found else value


def _round(times: Decimal, basket: Money) -> Money:
    """Return a round amount that is not more than so many baskets, and at least a minor unit."""
    exact = max(Decimal(1), times * basket.minor)
    power = Decimal(10) ** (exact.adjusted() - 1)
    step = max(step for step in _STEPS if step * power <= exact)
    return Money(max(1, int(step * power)), basket.currency)
