"""Which past campaigns nothing is learned from yet, because what came of them is still being counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.response import logged
from offersmith.response.exposed import NOBODY, by_campaign
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics


@dataclass(frozen=True, slots=True)
class Waiting:
    """Customers of a campaign whose horizon is not over.

    Attributes:
        campaign_id: as in the events.
        customers: how many of those decided about; where no lot is on record, of those who were shown one of its
            offers.
        until: when the last of them is through.
        logged: whether the chances it was decided with were written down.
    """

    campaign_id: str
    customers: int
    until: datetime
    logged: bool

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return {**plain, "until": self.until.isoformat()}


def waiting(analytics: Analytics, as_of: datetime, horizon_days: int) -> tuple[Waiting, ...]:
    """Return the campaigns that have customers whose outcome is not over, by name.

    Args:
        analytics: bound to the shop's events.
        as_of: nothing at or after this is read.
        horizon_days: over how many days outcomes are counted.

    Raises:
        InputError: a chance on record is not above 0 and at most 1 (`logged.logs`).
    """
    horizon = timedelta(days=horizon_days)
    shown = by_campaign(outcomes.exposures(analytics, as_of))
    logs = logged.logs(analytics, as_of)
    found = (
        _waiting(name, shown.get(name, NOBODY), logs.get(name), as_of, horizon) for name in sorted({*shown, *logs})
    )
    return tuple(one for one in found if one is not None)


def _waiting(name: str, shown: pa.Table, log: pa.Table | None, as_of: datetime, horizon: timedelta) -> Waiting | None:
    """Return who a campaign waits for; None where its outcome is over or nobody knows when it started."""
    start = pc.min(shown["time"]).as_py()
    last = max(
        (moment for moment in (start, None if log is None else pc.max(log["time"]).as_py()) if moment is not None),
        default=None,
    )
    if last is None or last + horizon <= as_of:
        return None
    lot = logged.lot(log, shown, start, as_of, horizon) if log is not None else None
    if lot is not None:
        return None if lot.until is None else Waiting(name, lot.still_open, lot.until, True)
    if start is None or start + horizon <= as_of:
        return None
    return Waiting(name, pc.count_distinct(shown["customer_id"]).as_py(), start + horizon, False)
