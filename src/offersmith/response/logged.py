"""Past campaigns whose chances were written down: who was decided to get what, and with which chance.

The lot decided, so the lot's groups are compared: whoever was decided to get an offer counts as treated although the
mail never came, and whoever was decided to get nothing is a control. What happened afterwards (who was reached, who was
sent something else) is on both sides alike; it is counted, and nobody is set aside for it.

A log is believed only if the campaign followed it: where more than `store.decided.MAX_UNLIKE` of those who were shown
an offer were decided otherwise, it is not the log of what happened, and the campaign is compared as one without
chances.

Decisions may each have a moment of their own (offers that something sets off). Everybody's horizon then starts at their
own first decision, and who is not through it by `as_of` is left out and counted, never taken for somebody who did not
buy. Entry alone decides who that is, not what they did, so that what is left is a fair sample of those who entered
early enough; weights by the chance of being through would only restate it, and to use half a horizon needs a law of
delay that nobody has checked.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError
from offersmith.response.base import Floats
from offersmith.store import decided
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import NO_OFFER

COLUMNS = ("customer_id", "offer_id", "propensity", "chances", "moment")


@dataclass(frozen=True, slots=True, eq=False)
class Lot:
    """The decisions of one campaign that are through their horizon.

    Attributes:
        rows: `COLUMNS`, each customer once: the first decision about them.
        offers: the offers that anybody was decided to get, sorted.
        start: the earliest moment among the rows; where none is through, among all decisions.
        still_open: customers whose horizon is not over.
        not_sent: customers who were decided to get an offer and never shown it.
        until: when the last of those still open will be through; None where nobody is.
    """

    rows: pa.Table
    offers: tuple[str, ...]
    start: datetime
    still_open: int
    not_sent: frozenset[str]
    until: datetime | None = None

    def members(self, offer: str) -> frozenset[str]:
        """Return who was decided to get an offer."""
        return frozenset(self.rows.filter(pc.equal(self.rows["offer_id"], offer))["customer_id"].to_pylist())


def logs(analytics: Analytics, as_of: datetime) -> dict[str, pa.Table]:
    """Return the decisions of every campaign that has a log, as `store.decided.DECIDED`.

    Raises:
        InputError: a chance is not above 0 and at most 1; names the campaign and counts them.
    """
    table = decided.decided(analytics, as_of)
    found = {}
    for name in pc.unique(table["campaign_id"]).to_pylist():
        own = table.filter(pc.equal(table["campaign_id"], name))
        fine = pc.and_(pc.greater(own["probability"], 0), pc.less_equal(own["probability"], 1 + 1e-9))
        wrong = own.num_rows - int(pc.sum(pc.fill_null(fine, False)).as_py())
        if wrong:
            raise InputError(
                f"decisions of campaign {name}: {wrong} of {own.num_rows} chances are not above 0 and at most 1",
                field="probability",
            )
        found[name] = own
    return found


def lot(log: pa.Table, shown: pa.Table, start: datetime | None, as_of: datetime, horizon: timedelta) -> Lot | None:
    """Return the lot of one campaign; None where the campaign did not follow it, or nobody knows when it started.

    Args:
        log: its decisions, `store.decided.DECIDED`.
        shown: who was shown its offers: customer_id and offer_id, each pair once.
        start: when it was first shown; for decisions without a moment of their own.
        as_of: whose horizon was not over by then is still open.
        horizon: how long one is.
    """
    if start is None and log["time"].null_count:
        return None
    moment = log["time"] if start is None else pc.fill_null(log["time"], pa.scalar(start, pa.timestamp("us")))
    values = (log["customer_id"], log["offer_id"], log["probability"], log["chances"], moment)
    rows = _first(pa.table(dict(zip(COLUMNS, values, strict=True))))
    decided_on = rows["offer_id"].combine_chunks()
    own = decided_on.take(pc.index_in(shown["customer_id"].combine_chunks(), rows["customer_id"].combine_chunks()))
    unlike = shown.num_rows - int(pc.sum(pc.equal(own, shown["offer_id"])).as_py() or 0)
    if unlike > decided.MAX_UNLIKE * shown.num_rows:
        return None
    through = pc.less_equal(rows["moment"], pa.scalar(as_of - horizon, pa.timestamp("us")))
    ripe = rows.filter(through)
    reached = pc.is_in(rows["customer_id"], shown["customer_id"].combine_chunks())
    missed = rows["customer_id"].filter(pc.and_not(pc.not_equal(decided_on, NO_OFFER), reached))
    first = pc.min((ripe if ripe.num_rows else rows)["moment"]).as_py()
    offers = tuple(sorted(set(pc.unique(decided_on).to_pylist()) - {NO_OFFER}))
    still_open = rows.num_rows - ripe.num_rows
    until = pc.max(rows["moment"]).as_py() + horizon if still_open else None
    return Lot(ripe, offers, first, still_open, frozenset(missed.to_pylist()), until)


def without(rows: pa.Table, rare: AbstractSet[str]) -> pa.Table:
    """Return the decisions that fell on no rare offer, with their chances given that they did not.

    Who drew another arm is a fair sample, only with other chances: each divided by what was left for it. Where the
    chances of all offers are not known that cannot be worked out, and the rows stay.
    """
    if not rare or not rows.num_rows or rows["chances"].null_count:
        return rows
    names = pa.array(sorted(rare), pa.string())
    kept = rows.filter(pc.invert(pc.is_in(rows["offer_id"], names)))
    left = 1 - np.sum([chance_of(kept["chances"], offer) for offer in sorted(rare)], axis=0)
    maps = kept["chances"].combine_chunks()
    ends, keys, values = np.asarray(maps.offsets), maps.keys, np.asarray(maps.items)
    row = np.repeat(np.arange(len(maps)), np.diff(ends))
    values = values[ends[0] : ends[-1]] / left[row]
    keys = keys.slice(int(ends[0]), int(ends[-1] - ends[0]))
    other = np.flatnonzero(~pc.is_in(keys, names).to_numpy(zero_copy_only=False))
    counts = np.concatenate([[0], np.cumsum(np.bincount(row[other], minlength=len(maps)))])
    chances = pa.MapArray.from_arrays(pa.array(counts, pa.int32()), keys.take(pa.array(other)), pa.array(values[other]))
    own = pa.array(np.minimum(kept["propensity"].to_numpy() / left, 1.0))
    table = kept.set_column(kept.column_names.index("chances"), "chances", chances)
    return table.set_column(kept.column_names.index("propensity"), "propensity", own)


def chance_of(chances: pa.ChunkedArray, offer: str) -> Floats:
    """Return each row's chance of an offer: 0 where its chances do not name it, NaN where they are not known."""
    whole = chances.combine_chunks()
    if pa.types.is_null(whole.type):
        return np.full(len(whole), np.nan)
    found = pc.fill_null(pc.map_lookup(whole, offer, "first"), 0.0).to_numpy(zero_copy_only=False)
    return np.where(whole.is_valid().to_numpy(zero_copy_only=False), found, np.nan)


def _first(rows: pa.Table) -> pa.Table:
    """Return the first decision about each customer."""
    rows = rows.sort_by([("moment", "ascending"), ("customer_id", "ascending"), ("offer_id", "ascending")])
    numbered = pa.table({"customer_id": rows["customer_id"], "row": np.arange(rows.num_rows)})
    first = numbered.group_by("customer_id").aggregate([("row", "min")])["row_min"]
    return rows.take(first.combine_chunks().sort())
