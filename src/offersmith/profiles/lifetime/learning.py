"""What a shop's customers are worth as of a moment: models chosen on its latest months, then asked about everybody."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.profiles.apart import apart
from offersmith.profiles.lifetime import LIFETIMES, gamma_gamma
from offersmith.profiles.lifetime.base import Floats
from offersmith.profiles.lifetime.choosing import choose
from offersmith.profiles.lifetime.value import VALUES, Horizon, counts_of, spends_of, values
from offersmith.profiles.odd import keep
from offersmith.store.analytics import Analytics
from offersmith.store.repeat import repeat

MOST_WATCHED = 180
"""Days after the cut that models foretell, at most; a third of the shop's life where that is shorter."""
LEAST_BACK = 30
"""Customers who came back below which nothing is said of anybody's future."""
ABOUT = b"offersmith.lifetime"


def learn(analytics: Analytics, at: datetime, horizon: Horizon) -> pa.Table:
    """Return `value.VALUES` of everybody who bought before a moment; empty where too few came back.

    Nothing is learned from whoever is kept out (`profiles.apart`, as of each moment that is learned at).
    The table's metadata say which model it was, how all of them did and what a purchase is worth (`about`).

    Args:
        analytics: over the events.
        at: naive UTC.
        horizon: how far is looked ahead.
    """
    rows = repeat(analytics, at)
    if int(pc.sum(pc.greater(rows["frequency"], 0)).as_py() or 0) < LEAST_BACK:
        return _told(VALUES.empty_table(), {"model": "", "customers": rows.num_rows})
    like = keep(rows, apart(analytics, at))
    known = rows.filter(pa.array(like))
    whole = counts_of(known)
    watched = min(MOST_WATCHED, int(whole.age.max()) // 3)
    earlier = _people(analytics, at - timedelta(days=watched))
    before, came = counts_of(earlier), _came(earlier, rows)
    chosen = choose(LIFETIMES, before, came, float(watched), whole)
    try:
        spend = gamma_gamma.fit(*spends_of(known))
    except InputError:
        spend = None
    said = {
        "model": chosen.fitted.name,
        "customers": rows.num_rows,
        "fitted": chosen.fitted.as_dict(),
        "foretold": [one.as_dict() for one in chosen.foretold],
        "watched_days": watched,
        "spend": None if spend is None else spend.as_dict(),
        "horizon_days": horizon.days,
        "rate": horizon.rate,
    }
    return _told(values(rows, chosen.fitted, spend, horizon, ~like), said)


def about(table: pa.Table) -> dict[str, Any]:
    """Return what stands beside a table of `learn`: `model` (empty where there was none) and more."""
    found: dict[str, Any] = json.loads((table.schema.metadata or {}).get(ABOUT, b'{"model": ""}'))
    return found


def _came(earlier: pa.Table, now: pa.Table) -> Floats:
    """Return (n,) purchase days between the two, of the customers of the earlier one."""
    place = pc.index_in(earlier["customer_id"].combine_chunks(), value_set=now["customer_id"].combine_chunks())
    later = now["frequency"].take(place)
    return np.asarray(pc.subtract(later, earlier["frequency"]).to_numpy(), np.float64)


def _people(analytics: Analytics, at: datetime) -> pa.Table:
    """Return the counts as of a moment, of whom is not kept out then."""
    rows = repeat(analytics, at)
    return rows.filter(pa.array(keep(rows, apart(analytics, at))))


def _told(table: pa.Table, said: dict[str, Any]) -> pa.Table:
    return table.replace_schema_metadata({ABOUT: json.dumps(said).encode()})
