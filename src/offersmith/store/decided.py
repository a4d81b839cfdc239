"""Past decisions with the chances they were made with, as a table that questions can be asked about.

Without them a comparison has to guess why somebody was chosen; with them it need not. The table `decided` is empty
until `Analytics.use_table("decided", ...)` binds one; `read_back.bind` fills it from the plans of a workspace.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa

if TYPE_CHECKING:
    from offersmith.store.analytics import Analytics

CHANCES = pa.map_(pa.string(), pa.float64())
"""Offer -> the chance of it; an offer that is not named had none."""

DECIDED = pa.schema(
    [
        pa.field("campaign_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string(), nullable=False),
        pa.field("offer_id", pa.string(), nullable=False),
        pa.field("probability", pa.float64(), nullable=False),
        pa.field("time", pa.timestamp("us")),
        pa.field("chances", CHANCES),
    ]
)
"""A row per decision: who was to get which offer of which campaign (`none` too), and with which chance.

`time` is when it was decided (UTC); null where all of a campaign were decided before it started. `chances` has the
chance of every offer; null where only that of the chosen one is known.
"""

_TABLE = ibis.table(ibis.Schema.from_pyarrow(DECIDED), name="decided")


def decided(analytics: Analytics, until: datetime) -> pa.Table:
    """Return the decisions made before `until` (those without a time too), sorted by campaign, time and customer."""
    rows = _TABLE.filter((_TABLE.time < until) | _TABLE.time.isnull())
    return analytics.run(rows.order_by("campaign_id", "time", "customer_id", "offer_id"))
