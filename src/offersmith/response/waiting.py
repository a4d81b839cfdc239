"""Which past campaigns nothing is learned from yet, because what came of them is still being counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from offersmith.response import logged
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
    """
    horizon = timedelta(days=horizon_days)
    shown = outcomes.exposures(analytics, as_of)
    logs = logged.logs(analytics, as_of)
    found = []
    for name in sorted({*pc.unique(shown["campaign_id"]).to_pylist(), *logs}):
        mine = shown.filter(pc.equal(shown["campaign_id"], name))
        start = pc.min(mine["time"]).as_py()
        lot = logged.lot(logs[name], _by_offer(mine), start, as_of, horizon) if name in logs else None
        if lot is not None:
            if lot.until is not None:
                found.append(Waiting(name, lot.still_open, lot.until, True))
        elif start is not None and start + horizon > as_of:
            customers = len(pc.unique(mine["customer_id"]))
            found.append(Waiting(name, customers, start + horizon, False))
    return tuple(found)


def _by_offer(shown: pa.Table) -> logged.Shown:
    grouped: dict[str, dict[str, datetime]] = {}
    for row in shown.to_pylist():
        grouped.setdefault(row["offer_id"], {})[row["customer_id"]] = row["time"]
    return grouped
