"""Who was shown the offers of each campaign: parts of `store.outcomes.exposures`, without a loop over its rows."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

NOBODY = pa.schema(
    [("offer_id", pa.string()), ("customer_id", pa.string()), ("time", pa.timestamp("us"))]
).empty_table()
"""Of a campaign that nobody was shown."""


def by_campaign(shown: pa.Table) -> dict[str, pa.Table]:
    """Return each campaign's rows, by name; nothing is copied.

    Args:
        shown: `store.outcomes.exposures`, which is sorted by campaign.
    """
    if not shown.num_rows:
        return {}
    codes = shown["campaign_id"].combine_chunks().dictionary_encode()
    begins = np.concatenate([[0], np.flatnonzero(np.diff(codes.indices.to_numpy())) + 1, [shown.num_rows]]).tolist()
    names = codes.dictionary.to_pylist()
    return {name: shown.slice(begins[one], begins[one + 1] - begins[one]) for one, name in enumerate(names)}


def by_offer(rows: pa.Table) -> dict[str, dict[str, datetime]]:
    """Return when each customer was first shown each offer of one campaign: offer (sorted) -> customer -> UTC."""
    found = {}
    for offer in sorted(pc.unique(rows["offer_id"]).to_pylist()):
        mine = rows.filter(pc.equal(rows["offer_id"], offer))
        times = mine["time"].cast(pa.timestamp("us")).to_numpy().tolist()
        found[offer] = dict(zip(mine["customer_id"].to_numpy().tolist(), times, strict=True))
    return found
