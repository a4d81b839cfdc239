"""What is said of a customer beside the decision: facts of the profile that a person would name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Fact:
    """A reason code that holds where a feature is at least, or at most, a bound; an unknown feature never holds."""

    code: str
    feature: str
    op: Literal[">=", "<="]
    bound: float


FACTS: tuple[Fact, ...] = (
    Fact("no_history", "orders", "<=", 0),
    Fact("redeems_often", "redemptions", ">=", 2),
    Fact("used_a_coupon_lately", "coupon_orders_90d", ">=", 1),
    Fact("long_absent", "recency", ">=", 90),
    Fact("bought_lately", "recency", "<=", 14),
)
"""Strongest first."""
KNOWN = frozenset(fact.code for fact in FACTS)
"""Their codes: true of a customer, and no part of why the plan decided as it did."""


def facts(profiles: pa.Table | None, customers: pa.StringArray) -> tuple[tuple[str, NDArray[np.bool_]], ...]:
    """Return (reason code, whether it holds for each customer), strongest first.

    Args:
        profiles: features by `customer_id`; None = nothing is known. Features that are missing are passed over.
        customers: whom to ask about.
    """
    if profiles is None:
        return ()
    ids = profiles["customer_id"].cast(pa.string()).combine_chunks()
    place = pc.index_in(customers, value_set=ids)
    found = []
    for fact in FACTS:
        if fact.feature in profiles.column_names:
            values = profiles[fact.feature].cast(pa.float64()).combine_chunks().take(place)
            numbers = np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
            found.append((fact.code, numbers >= fact.bound if fact.op == ">=" else numbers <= fact.bound))
    return tuple(found)
