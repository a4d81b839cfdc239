"""How often each customer came back: the counts that models of lifetime value learn from.

A day on which somebody bought is one purchase, however many orders or lines; days are those of the shop's clock. These
are the conventions of Fader, Hardie & Lee (2005): `frequency` counts the days after the first.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import pyarrow as pa

from offersmith.errors import InputError
from offersmith.store.analytics import EVENTS_TABLE, Analytics

REPEAT = pa.schema(
    [
        ("customer_id", pa.string()),
        ("frequency", pa.int64()),
        ("recency", pa.int64()),
        ("age", pa.int64()),
        ("spend", pa.int64()),
    ]
)
"""A row per customer who bought.

- frequency: days with a purchase after the first.
- recency: days from the first purchase to the last.
- age: days from the first purchase to the moment.
- spend: minor units paid in all, less what was given back; not below 0.
"""


def repeat(analytics: Analytics, at: datetime) -> pa.Table:
    """Return `REPEAT` as of a moment (naive UTC), from what happened before it; sorted by customer.

    Raises:
        InputError: the moment has a time zone.
    """
    if at.tzinfo is not None:
        raise InputError(f"the moment {at.isoformat()} must be naive UTC", field="at")
    t = EVENTS_TABLE
    known = t.filter(t.customer_id.notnull(), t.event.isin(("purchase", "refund")), t.time < at)
    wall = known.time + ibis.interval(minutes=1) * known.utc_offset.fill_null(0).cast("int64")
    bought, amount = known.event == "purchase", known.amount.fill_null(0)
    rows = known.mutate(day=wall.date(), bought=bought, paid=ibis.cases((bought, amount), else_=-amount))
    end = ibis.literal((at - timedelta(microseconds=1)).date())
    each = rows.group_by("customer_id").aggregate(
        first=rows.day.min(where=rows.bought),
        last=rows.day.max(where=rows.bought),
        days=rows.day.nunique(where=rows.bought),
        spend=rows.paid.sum().cast("int64"),
    )
    some = each.filter(each.days > 0)
    found = some.select(
        customer_id=some.customer_id,
        frequency=(some.days - 1).cast("int64"),
        recency=some["last"].delta(some["first"], unit="day").cast("int64"),
        # A wall clock ahead of UTC may be a day further than the moment.
        age=ibis.greatest(end.delta(some["first"], unit="day"), some["last"].delta(some["first"], unit="day")).cast(
            "int64"
        ),
        spend=ibis.greatest(some.spend, 0),
    )
    return analytics.run(found.order_by("customer_id")).cast(REPEAT)
