"""Rows to learn from: customers as they were known at earlier moments, and whether they bought in the days after.

Only stretches that are over before the moment count, and profiles are built as of each stretch's beginning, so nothing
of what is to be foretold is known to whoever foretells it. Customers who have never bought are left out: of strangers
there is nothing to say. So is who is no person as of the stretch's beginning (`profiles.apart`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.profiles.apart import apart
from offersmith.profiles.odd import keep
from offersmith.profiles.purchase.base import Rows
from offersmith.profiles.sequences import steps as sequences
from offersmith.store.analytics import Analytics
from offersmith.store.outcomes import first_time, outcomes

MOMENTS = 12
"""Stretches that are learned from at most, the latest."""
SETTLED = 2
"""Stretches after the first event before there is anything to know of customers."""


def rows_before(
    analytics: Analytics,
    at: datetime,
    days: int,
    profile: Callable[[datetime], pa.Table],
    most: int = MOMENTS,
    *,
    steps: bool = False,
) -> list[Rows]:
    """Return the rows of each stretch that is over at a moment, the latest first.

    Args:
        analytics: over the events.
        at: the moment, naive UTC.
        days: of a stretch.
        profile: returns everybody's profile as of a moment.
        most: stretches at most.
        steps: whether what they did day by day is read too.
    """
    first, length, found = first_time(analytics), timedelta(days=days), list[Rows]()
    while first is not None and len(found) < most:
        start = at - (len(found) + 1) * length
        if start - first < SETTLED * length:
            break
        found.append(rows_of(analytics, start, days, profile(start), steps=steps))
    return found


def rows_of(analytics: Analytics, start: datetime, days: int, profiles: pa.Table, *, steps: bool = False) -> Rows:
    """Return who bought in the days from a moment on, of the people who had bought before it."""
    known = buyers(profiles.filter(pa.array(keep(profiles, apart(analytics, start)))))
    end = start + timedelta(days=days)
    bought = outcomes(analytics, start, end)
    who = bought.filter(pc.greater(bought["orders"], 0))["customer_id"].combine_chunks()
    did = sequences.read(analytics, start, known["customer_id"].combine_chunks(), end) if steps else None
    return Rows(known, np.asarray(pc.is_in(known["customer_id"], value_set=who).to_numpy(), np.bool_), did)


def buyers(profiles: pa.Table) -> pa.Table:
    """Return the profiles of those who have bought."""
    return profiles.filter(pc.greater(profiles["orders"], 0))


def together(parts: list[Rows]) -> Rows:
    """Return all rows as one table; features that one of the profiles lacks are unknown there."""
    profiles = pa.concat_tables([one.profiles for one in parts], promote_options="default")
    read = [one.steps for one in parts if one.steps is not None]
    steps = sequences.joined(read) if len(read) == len(parts) else None
    return Rows(profiles, np.concatenate([one.bought for one in parts]), steps)
