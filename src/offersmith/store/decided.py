"""Past decisions with the chances they were made with, as a table that questions can be asked about.

Without them a comparison has to guess why somebody was chosen; with them it need not. The table `decided` is empty
until `Analytics.use_table("decided", ...)` binds one; `read_back.bind` fills it from the plans of a workspace and from
what the shop told of other campaigns (`events.decisions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:
    from offersmith.store.analytics import Analytics

CHANCES = pa.map_(pa.string(), pa.float64())
"""Offer -> the chance of it; an offer that is not named had none."""

MAX_UNLIKE = 0.05
"""A log is not that of a campaign of whose recipients a larger share was decided otherwise than they were sent."""

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


def chances_of(offers: Sequence[str], values: NDArray[np.float64]) -> pa.MapArray:
    """Return (n, k) chances of `offers` as the column `chances`."""
    rows, arms = values.shape
    ends = pa.array(np.arange(rows + 1) * arms, pa.int32())
    keys = pa.array(list(offers), pa.string()).take(pa.array(np.tile(np.arange(arms), rows)))
    return pa.MapArray.from_arrays(ends, keys, pa.array(values.ravel()))
