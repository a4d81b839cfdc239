"""Customers who got several offers of one plan: no example of getting one of them.

They are taken out of the decisions that are learned from. Who got one offer or none is a fair sample of itself, only
with other chances: each divided by the chance of getting one or none, which is exact. What the others were shown goes
under a name of its own, `campaign (several offers)`, so that the campaign counts as sent as decided, other campaigns
know that these customers were sent something, and what was left out is said.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.vocabulary import JOINED

TOGETHER = pa.schema(
    [pa.field(name, pa.string(), nullable=False) for name in ("campaign_id", "customer_id", "offer_id")]
)
"""A row per offer of a customer who was to get several of one campaign; the table `together` is empty until bound."""
TOGETHER_TABLE = ibis.table(ibis.Schema.from_pyarrow(TOGETHER), name="together")
NAMED_APART = " (several offers)"


def apart(decisions: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return the decisions of who got one offer or none, with their chances given that, and the rows of the others.

    Args:
        decisions: `decided.DECIDED` of a campaign whose plan may have given a customer several offers.
    """
    ids = decisions["customer_id"].combine_chunks().dictionary_encode().indices.to_numpy()
    several = np.bincount(ids, minlength=1)[ids] > 1 if len(ids) else np.zeros(0, np.bool_)
    others = decisions.filter(pa.array(several)).select(TOGETHER.names).cast(TOGETHER)
    return _renormalised(decisions.filter(pa.array(~several))), others


def _renormalised(rows: pa.Table) -> pa.Table:
    """Return rows with chances given that nothing was given together: each divided by what these add up to."""
    maps = rows["chances"].combine_chunks()
    if not rows.num_rows or maps.null_count:
        return rows
    ends = np.asarray(maps.offsets)
    keys = maps.keys.slice(int(ends[0]), int(ends[-1] - ends[0]))
    values = np.asarray(maps.items)[ends[0] : ends[-1]]
    row = np.repeat(np.arange(len(maps)), np.diff(ends))
    one = np.flatnonzero(~pc.match_substring(keys, JOINED).to_numpy(zero_copy_only=False))
    left = np.bincount(row[one], values[one], minlength=len(maps))
    offsets = np.concatenate([[0], np.cumsum(np.bincount(row[one], minlength=len(maps)))]).astype(np.int32)
    chances = pa.MapArray.from_arrays(pa.array(offsets), keys.take(pa.array(one)), pa.array((values / left[row])[one]))
    found = rows.set_column(rows.column_names.index("chances"), rows.schema.field("chances"), chances)
    own = pa.array(np.minimum(rows["probability"].to_numpy() / left, 1.0))
    return found.set_column(rows.column_names.index("probability"), rows.schema.field("probability"), own)


def under_own_name(rows: ir.Table) -> ir.Table:
    """Return rows with campaign_id and customer_id, those of customers who got several offers under their own name."""
    who = TOGETHER_TABLE.select("campaign_id", "customer_id").distinct().mutate(apart=True)
    joined = rows.left_join(who, ["campaign_id", "customer_id"])
    name = ibis.cases((joined.apart, joined.campaign_id + NAMED_APART), else_=joined.campaign_id)
    return joined.mutate(campaign_id=name).select(*rows.columns)
