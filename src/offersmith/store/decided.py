"""Past decisions with the chances they were made with, as a table that questions can be asked about.

Without them a comparison has to guess why somebody was chosen; with them it need not. The table `decided` is empty
until `Analytics.use_table("decided", ...)` binds one; `read_back.bind` fills it from the plans of a workspace and from
what the shop told of other campaigns (`events.decisions`).

An offer of a playbook may have stood for one of the shop's own in a campaign. The log says what was given, under the
name it was given by; whoever learns reads it as the offer it was (the table `stands_for`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
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

STANDS_FOR = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("campaign_id", "offer_id", "own_offer_id")]
)
"""A row per offer that stood for another one in a campaign; the table `stands_for` is empty until it is bound."""

STANDS_FOR_TABLE = ibis.table(ibis.Schema.from_pyarrow(STANDS_FOR), name="stands_for")
_TABLE = ibis.table(ibis.Schema.from_pyarrow(DECIDED), name="decided")


def decided(analytics: Analytics, until: datetime) -> pa.Table:
    """Return the decisions made before `until` (those without a time too), sorted by campaign, time and customer.

    What stood for another offer is that offer here: its chance is that of either.
    """
    rows = _TABLE.filter((_TABLE.time < until) | _TABLE.time.isnull())
    table = analytics.run(rows.order_by("campaign_id", "time", "customer_id", "offer_id"))
    own: dict[str, dict[str, str]] = {}
    for row in analytics.run(STANDS_FOR_TABLE.order_by(*STANDS_FOR.names)).to_pylist():
        own.setdefault(row["campaign_id"], {})[row["offer_id"]] = row["own_offer_id"]
    if not own:
        return table
    parts = []
    for name in pc.unique(table["campaign_id"]).to_pylist():
        mine = table.filter(pc.equal(table["campaign_id"], name))
        parts.append(_as_own(mine.combine_chunks(), own[name]) if name in own else mine)
    return pa.concat_tables(parts) if parts else table


def _as_own(table: pa.Table, own: Mapping[str, str]) -> pa.Table:
    """Return one campaign's decisions with the offers that stood for others as these, their chances added up."""
    given = _renamed(table["offer_id"].combine_chunks(), own)
    chances = table["chances"].combine_chunks()
    flat, names = np.diff(chances.offsets.to_numpy()), _renamed(chances.keys, own).dictionary_encode()
    known = chances.is_valid().to_numpy(zero_copy_only=False)
    row, kinds = np.repeat(np.arange(len(flat)), flat), max(len(names.dictionary), 1)
    first, last = (int(chances.offsets[place].as_py()) for place in (0, len(flat)))
    code = names.indices.to_numpy()[first:last]
    cell, place = np.unique(row * kinds + code, return_inverse=True)
    total = np.bincount(place, weights=chances.items.to_numpy()[first:last], minlength=len(cell))
    ends = np.concatenate([[0], np.cumsum(np.bincount(cell // kinds, minlength=len(flat)))]).astype(np.int32)
    mask = None if known.all() else pa.array(~known)
    merged = pa.MapArray.from_arrays(
        pa.array(ends), names.dictionary.take(pa.array(cell % kinds)), pa.array(total), mask=mask
    )
    mine = pc.equal(names.dictionary.take(pa.array(cell % kinds)), given.take(pa.array(cell // kinds)))
    probability = table["probability"].to_numpy().copy()
    at = mine.to_numpy(zero_copy_only=False)
    probability[(cell // kinds)[at]] = total[at]
    values = {"offer_id": given, "probability": pa.array(probability), "chances": merged}
    return pa.table({name: values.get(name, table[name]) for name in DECIDED.names}).cast(DECIDED)


def _renamed(names: pa.Array, own: Mapping[str, str]) -> pa.Array:
    found = names.dictionary_encode()
    words = pa.array([own.get(name, name) for name in found.dictionary.to_pylist()], pa.string())
    return words.take(found.indices)


def chances_of(offers: Sequence[str], values: NDArray[np.float64]) -> pa.MapArray:
    """Return (n, k) chances of `offers` as the column `chances`."""
    rows, arms = values.shape
    ends = pa.array(np.arange(rows + 1) * arms, pa.int32())
    keys = pa.array(list(offers), pa.string()).take(pa.array(np.tile(np.arange(arms), rows)))
    return pa.MapArray.from_arrays(ends, keys, pa.array(values.ravel()))
