"""What the use of an offer cost where nobody wrote it down: what its terms take off the basket it was used on.

A cost that is not on record is unknown, and unknown is not 0: in a history it is null, with what was paid at each such
use beside it (`untold`). The one decision this file holds is what that payment says of the basket. An event's `amount`
is what was paid for a line; an offer nobody recorded has therefore already been taken off it. So the basket the offer
was used on is the one of which, by the offer's terms, that payment is left: `paid / (1 - p)` of a share p, `paid + a`
of an amount a. Spending before the offer and the cost both follow from it, and what was paid stays what was paid.

- Below a threshold an offer takes nothing, so that one payment may be left of two baskets: a small one, and a larger
  one with the offer. It was used, so the larger one is meant; of several tiers the one that costs most.
- A use on record may have left too small a payment for any basket above the threshold. Terms and payment contradict
  each other then, but that it was used is on record, so it is not free: it cost the least that the terms take off when
  they take anything. A use that is only assumed was none.
- The record may hold a discount without saying which part of it an offer gave. The offer gave no more than that; and
  all of it, where its terms do not say.
- Of an offer that takes everything nothing is left to tell the basket by: its cost stays unknown, as does that of an
  offer that is not in the catalogue. Neither is counted as free: the few among many uses of an offer (`FEW`) cost the
  mean share of what its other uses took off; an offer with more of them is left out, by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.response.base import UNTOLD, Bools, CampaignUse, Floats, History, Ints, flags, floats, strings
from offersmith.response.costs import relief
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer
from offersmith.words import Language, say

STATED = PriorSettings()
COST_UNKNOWN = "cost_unknown"
COST_BY_TERMS = "cost_by_terms"
COST_BY_OTHERS = "cost_by_others"
FEW = 0.05
"""Of an offer's users: of no more may the cost stay unknown, or what its other uses cost does not stand for theirs."""
LARGEST = 1e9
"""How many times a payment the basket it is left of may be, at most."""
ROUNDS = 5_000
CLOSE = 1e-10
"""Of a basket: steps smaller than this end the search."""
SAME = 1e-6
"""Of a payment: what is left of the basket found may differ by as much."""


def basket_of(offer: Offer, paid: Floats) -> Floats:
    """Return the baskets before an offer of which its terms leave what was paid, the largest where several do.

    The greatest solution of `basket - relief(basket) = paid`: relief never falls with the basket, so that steps of
    `basket = paid + relief(basket)` from above end in it (Tarski 1955).

    Args:
        offer: with its terms.
        paid: (n,) major units, not negative.

    Returns:
        (n,) major units; NaN where the terms do not say, or no basket leaves that payment.
    """
    asked = np.unique(paid)
    highest = np.maximum(asked, 1.0) * LARGEST
    high = highest
    for _ in range(ROUNDS):
        lower = asked + relief(offer, high)
        moved = bool(np.any(np.abs(lower - high) > CLOSE * np.maximum(high, 1.0)))
        high = lower
        if not moved:
            break
    left = high - relief(offer, high)
    held = (np.abs(left - asked) <= SAME * np.maximum(asked, 1.0)) & (high < highest / 2)
    found = np.where(held, high, np.nan)
    return np.asarray(found[np.searchsorted(asked, paid)])


def least_relief(offer: Offer) -> float:
    """Return the least that an offer takes off when it takes anything, major units.

    That is what it takes off the smallest basket it works on; 0 where that is as small as one likes, or where it never
    takes anything off. NaN where its terms do not say.
    """
    asked = np.exp2(np.arange(-60.0, np.log2(LARGEST)), dtype=np.float64)
    off = relief(offer, asked)
    if np.isnan(off).any():
        return float("nan")
    working = np.flatnonzero(off > 0)
    if not len(working) or working[0] == 0:
        return 0.0
    low, high = float(asked[working[0] - 1]), float(asked[working[0]])
    while high - low > CLOSE * high:
        middle = (low + high) / 2
        low, high = (low, middle) if relief(offer, np.array([middle]))[0] > 0 else (middle, high)
    return float(relief(offer, np.array([high]))[0])


def cost_of(offer: Offer | None, paid: Floats, most: Floats, uses: Floats, *, recorded: bool = True) -> Floats:
    """Return what uses cost whose cost nobody recorded, major units; NaN where it stays unknown.

    Args:
        offer: with its terms; None where the catalogue does not have it.
        paid: (n,) what was paid at them, all uses of one row together, major units.
        most: (n,) the discount that is on record there, major units; NaN where none is.
        uses: (n,) how many they were; the payment is shared by them.
        recorded: whether they are on record as uses; else whoever paid less than the offer asks did not use it.
    """
    by_terms = np.full(len(paid), np.nan)
    if offer is not None:
        each = np.maximum(paid, 0.0) / uses
        off = basket_of(offer, each) - each
        by_terms = (np.maximum(off, least_relief(offer)) if recorded else off) * uses
    # `fmin` takes what is known where the other is not.
    return np.asarray(np.fmin(by_terms, most))


@dataclass(frozen=True, slots=True, eq=False)
class Untold:
    """Uses whose cost nobody recorded, one entry of each row and day.

    Attributes:
        row: (m,) row of the history.
        paid: (m,) what was paid then, major units.
        most: (m,) the discount on record then, major units; NaN where none is.
        uses: (m,) how many.
    """

    row: Ints
    paid: Floats
    most: Floats
    uses: Floats

    @property
    def said(self) -> tuple[Floats, Floats, Floats]:
        """What `cost_of` asks: paid, most, uses."""
        return self.paid, self.most, self.uses

    def of_rows(self, held: Bools) -> Untold:
        """Return those of some rows of the history: `held` (rows,)."""
        return self.of_uses(held[self.row])

    def of_uses(self, held: Bools) -> Untold:
        """Return some of them: `held` (m,)."""
        return Untold(self.row[held], self.paid[held], self.most[held], self.uses[held])

    def column(self, rows: int) -> pa.Array:
        """Return them as the column `untold` of a history of so many rows: null where there are none."""
        order = np.argsort(self.row, kind="stable")
        ends = np.searchsorted(self.row[order], np.arange(rows + 1))
        parts = [
            pa.array(values[order], pa.float64(), from_pandas=True) for values in (self.paid, self.most, self.uses)
        ]
        entries = pa.StructArray.from_arrays(parts, fields=list(UNTOLD.value_type))
        none = pa.array(np.diff(ends) == 0)
        return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), entries, type=UNTOLD, mask=none)

    @classmethod
    def of(cls, table: pa.Table) -> Untold:
        """Read them from a history's table; none where it has no such column."""
        if "untold" not in table.column_names:
            return cls(np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
        column = table["untold"].combine_chunks()
        entries = column.flatten()
        row = pc.list_parent_indices(column)
        values = (entries.field(name) for name in ("paid", "most", "uses"))
        paid, most, uses = (np.asarray(one.to_numpy(zero_copy_only=False), dtype=np.float64) for one in values)
        return cls(np.asarray(row.to_numpy(zero_copy_only=False), dtype=np.int64), paid, most, uses)


def spent(table: pa.Table, recorded: bool | None = None) -> Bools:
    """Return (rows,) who used what they were given; who bought with it, where the shop records no uses.

    Args:
        table: of a history.
        recorded: whether the shop records uses (`History.recorded`); None = as the table's own uses tell.
    """
    used = flags(table, "redeemed")
    on_record = bool(used.any()) if recorded is None else recorded
    return used if on_record else flags(table, "bought") & (strings(table, "offer_id") != NO_OFFER)


def filled(history: History, offers: Sequence[Offer], priors: PriorSettings = STATED) -> History:
    """Return a history whose unknown costs are those of the offers' terms, where these say them.

    Revenue before the offer rises by as much. Of few uses whose cost the terms do not say, what the offer's other uses
    took off says it. Rows whose cost stays unknown keep a null, and their offers are named in `left_out`. Doing it
    again changes nothing.

    Args:
        history: as `history.build` made it.
        offers: the catalogue, for their terms.
        priors: the share of buyers who use what they were given, where no use of anything is on record: the cost of a
            buyer is then the expected one.
    """
    untold = Untold.of(history.table)
    if not len(untold.row):
        return history
    table = history.table
    known = {offer.offer_id: offer for offer in offers}
    recorded = bool(flags(table, "redeemed").any()) if history.recorded is None else history.recorded
    off = np.full(len(untold.row), np.nan)
    given = strings(_of_rows(table, untold), "offer_id")
    for name in np.unique(given).tolist():
        mine = given == name
        off[mine] = cost_of(known.get(name), *untold.of_uses(mine).said, recorded=recorded)
    off *= 1.0 if recorded else priors.redemption
    lost = np.isnan(off)
    off = _by_others(table, untold, off, spent(table, recorded)) if lost.any() else off
    added = np.bincount(untold.row, off, table.num_rows)
    open_rows = np.bincount(untold.row, minlength=table.num_rows) > 0
    priced, still = open_rows & np.isfinite(added), open_rows & ~np.isfinite(added)
    added = np.where(priced, added, 0.0)
    cost = np.where(open_rows, floats(table, "cost_told"), floats(table, "cost")) + added
    left, averaged = untold.of_rows(still), untold.of_uses(lost & np.isfinite(off))
    columns = {
        "revenue": pa.array(floats(table, "revenue") + added, pa.float64()),
        "cost": pa.array(np.where(still, np.nan, cost), pa.float64(), from_pandas=True),
        "cost_told": pa.array(np.where(priced, cost, floats(table, "cost_told")), pa.float64(), from_pandas=True),
        "untold": left.column(table.num_rows),
    }
    for name, values in columns.items():
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), values)
    campaigns = _counted(history.campaigns, _by_campaign(table, left), _by_campaign(table, averaged))
    unknown = {f"{use.campaign_id}/{use.offer_id}": COST_UNKNOWN for use in campaigns if use.unpriced}
    named = {**unknown, **history.left_out}
    return replace(history, table=table, campaigns=campaigns, left_out=dict(sorted(named.items())))


def _by_others(table: pa.Table, untold: Untold, off: Floats, users: Bools) -> Floats:
    """Return what untold uses took off, with the mean share of an offer's known uses for its few unknown ones."""
    held = np.bincount(untold.row, off, table.num_rows)
    cost = np.nan_to_num(floats(table, "cost_told")) + held
    before, given, filled_in = floats(table, "revenue") + held, strings(table, "offer_id"), off.copy()
    for name in np.unique(given[untold.row[np.isnan(off)]]).tolist():
        mine = users & (given == name)
        sure = mine & np.isfinite(cost)
        spending = float(before[sure].sum())
        rate = float(cost[sure].sum()) / spending if spending > 0 else 1.0
        if int(mine.sum()) - int(sure.sum()) <= FEW * int(mine.sum()) and rate < 1:
            open_ = np.isnan(off) & (given[untold.row] == name)
            filled_in[open_] = untold.paid[open_] * rate / (1 - rate)
    return filled_in


def _of_rows(table: pa.Table, untold: Untold) -> pa.Table:
    return table.select(["campaign_id", "offer_id"]).take(pa.array(untold.row))


def _by_campaign(table: pa.Table, untold: Untold) -> dict[tuple[str, str], float]:
    """Return (campaign, offer) -> how many of these uses it has; only rows that have any are looked at."""
    counts: dict[tuple[str, str], float] = {}
    if len(untold.row):
        rows = _of_rows(table, untold)
        names = zip(rows["campaign_id"].to_pylist(), rows["offer_id"].to_pylist(), strict=True)
        for name, uses in zip(names, untold.uses.tolist(), strict=True):
            counts[name] = counts.get(name, 0.0) + uses
    return counts


def _counted(
    campaigns: Sequence[CampaignUse],
    left: Mapping[tuple[str, str], float],
    averaged: Mapping[tuple[str, str], float],
) -> tuple[CampaignUse, ...]:
    found = []
    for use in campaigns:
        name = (use.campaign_id, use.offer_id)
        more = use.averaged + round(averaged.get(name, 0.0))
        found.append(replace(use, unpriced=round(left.get(name, 0.0)), averaged=more))
    return tuple(found)


def summary(campaigns: Sequence[CampaignUse]) -> list[dict[str, Any]]:
    """Return what is to be said of offers whose uses have no cost on record, one entry an offer, as plain values.

    `code` is the message of `catalogue/response.toml`, `says` the same in English; `uses` counts those without a
    record.
    """
    nobody = not any(use.redeemers for use in campaigns)
    found = []
    for name in sorted({use.offer_id for use in campaigns}):
        mine = [use for use in campaigns if use.offer_id == name]
        missing = sum(use.unrecorded for use in mine)
        if missing:
            code = COST_BY_OTHERS if any(use.averaged for use in mine) else COST_BY_TERMS
            code = COST_UNKNOWN if any(use.unpriced for use in mine) else code
            code += "_assumed" if nobody else "_uses"
            says = say(f"response.{code}", offer=name, uses=missing)
            found.append({"offer_id": name, "uses": missing, "code": code, "says": says})
    return found


def told(campaigns: Sequence[CampaignUse], language: Language = "en") -> list[str]:
    """Return the same in words, with what to do about it last; [] where every cost is on record."""
    found = summary(campaigns)
    lines = [say(f"response.{one['code']}", language, offer=one["offer_id"], uses=one["uses"]) for one in found]
    return [*lines, say("response.cost_mend", language)] if lines else []
