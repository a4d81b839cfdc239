"""The Complete Journey as events for the live profiles, and what the batch query says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from offersmith.events.examples.complete_journey import sources
from offersmith.profiles.build import build
from offersmith.settings import SourceSettings
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENTS, Feature


def journey(most: int | None) -> pa.Table:
    """Return all events of the example in order of time, each id once; the first so many where `most` is given."""
    parts = [
        pa.table([batch.column(field.name) for field in EVENTS], schema=EVENTS)
        for source in sources(SourceSettings(), Path())
        for batch in source.batches()
    ]
    table = pa.concat_tables(parts).sort_by([("time", "ascending"), ("event_id", "ascending")])
    ids = table["event_id"].combine_chunks()
    first = np.unique(pc.index_in(ids, value_set=pc.unique(ids)).to_numpy(), return_index=True)[1]
    return table.take(np.sort(first)).slice(0, most).combine_chunks()


def asked_batch(path: Path, moments: Sequence[datetime], features: Sequence[Feature]) -> dict[datetime, pa.Table]:
    """Return what the batch query says as of each moment."""
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        return {moment: build(analytics, moment, features={f.name: f for f in features}) for moment in moments}


def write(table: pa.Table, path: Path) -> None:
    """Put events where the batch query reads them."""
    pq.write_table(table, path)


def defined(events: pa.Table, customers: pa.ChunkedArray, moment: datetime, feature: Feature) -> Any:
    """Return a decayed feature of event lines as its definition reads: floats, added up line by line.

    Args:
        events: before the moment.
        customers: whose, in which order.
        moment: as of when.
        feature: of kind `decayed_count` or `decayed_sum`, without conditions.
    """
    some = events.filter(pc.is_in(events["event"], value_set=pa.array(feature.events)))
    place = pc.index_in(some["customer_id"].combine_chunks(), value_set=customers.combine_chunks()).to_numpy()
    age = pc.subtract(pa.scalar(moment, pa.timestamp("us")), some["time"]).cast(pa.int64()).to_numpy()
    worth = 1.0 if feature.value is None else pc.fill_null(some[feature.value], 0).to_numpy().astype(float)
    weights = np.exp2(-age / ((feature.half_life_days or 1.0) * 86_400e6)) * worth
    return np.bincount(place, weights, len(customers))


def differences(live: pa.Table, batch: pa.Table, feature: Feature) -> dict[str, float]:
    """Return how far a feature is from the batch query, over all customers.

    Args:
        live: what was kept up to date.
        batch: what was asked at once; of the same customers.
        feature: which.

    Returns:
        `absolute` and `relative`: largest differences; infinite where one knows and the other does not.
    """
    ours, theirs = (column[feature.name] for column in (live, batch))
    if not pc.all(pc.equal(ours.is_null(), theirs.is_null())).as_py():
        return {"absolute": float("inf"), "relative": float("inf")}
    x, y = (pc.fill_null(column.cast(pa.float64()), 0.0).to_numpy() for column in (ours, theirs))
    gap = np.abs(x - y)
    scale = np.maximum(np.maximum(np.abs(x), np.abs(y)), np.finfo(float).tiny)
    return {
        "absolute": float(gap.max(initial=0.0)),
        "relative": float((gap / scale).max(initial=0.0)),
    }
