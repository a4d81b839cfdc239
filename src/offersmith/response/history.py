"""Past campaigns as a training table: who they were, what they were given, what came of it.

One block of rows per campaign, with all its offers: profiles as of its start, the customers who were sent each offer,
and as controls the others known by then who were sent nothing at that time (`sent`). Nobody is in a block twice,
and nobody is in one whose first event came after the start: that they bought later is how they came to be known.
Where the chances were written down (`logged`), a block is the lot's own groups, with the chance of each row; and where
every decision had a moment of its own, each row has the profile as of the midnight before it.

Everything is counted over one horizon after that moment, fixed beforehand and equally long for every campaign and offer
(what two offers earn over different stretches cannot be compared): what customers spent in the whole shop, on every
channel, less what they gave back, whether they used the offer, and what that cost. So a sale that an offer only pulled
forward, or took from one at the full price, cancels out as far as the horizon reaches. It should reach as long as
offers are valid and four weeks more; one that is shorter than offers are valid misses uses, which are counted
(`used_later`).
Only rows whose horizon had passed by `as_of` are in the table, and nothing at or after `as_of` is read.

Revenue is counted before the offer's cost (what was paid, less refunds, plus what coupons took off), so that profit is
the margin of revenue less the cost. What a use cost is as `used` reads it; where nobody recorded it the cost is null,
and no 0, until `unrecorded.filled` takes it from the offers' terms and adds as much to revenue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import scale
from offersmith.progress import Progress, silent
from offersmith.response.base import HISTORY_KEYS, Bools, CampaignUse, Floats, History, Strings, flags, strings
from offersmith.response.scores import MIN_EFFECTIVE, support
from offersmith.response.sent import Campaign, past_campaigns
from offersmith.response.unrecorded import Untold
from offersmith.response.used import Used, assumed, of, used
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import NO_OFFER

Profiles = Callable[[datetime], pa.Table]

MAX_DAYS = 28
"""Of decisions with moments of their own, the latest days that are used; each costs a profile."""
NO_OVERLAP = "no_overlap"


def build(
    analytics: Analytics,
    as_of: datetime,
    *,
    profile: Profiles,
    horizon_days: int,
    currency: str,
    folds: int = 5,
    bias: Mapping[str, float] | None = None,
    progress: Progress = silent,
) -> History:
    """Build the history of a shop as of a moment.

    Args:
        analytics: bound to the shop's events.
        as_of: nothing at or after this is read.
        profile: gives the profile table as of a moment.
        horizon_days: over how many days outcomes are counted.
        currency: of the workspace.
        folds: how many groups of customers a model cross-fits with.
        bias: offer -> bound on selection bias (see `History`).
        progress: told of every campaign.
    """
    campaigns, left_out = past_campaigns(analytics, as_of, horizon_days)
    parts: list[pa.Table] = []
    uses: list[CampaignUse] = []
    refused: dict[str, str] = {}
    coupons, recorded = outcomes.coupons_told(analytics, as_of), outcomes.uses_told(analytics, as_of)
    for number, campaign in enumerate(campaigns):
        progress("response.stage_history", number, len(campaigns))
        members, aside = _members(analytics, campaign, profile)
        mine = used(analytics, campaign, members, as_of, horizon_days, currency, coupons=coupons)
        if not recorded:
            treated = _decided(campaign, members["customer_id"])[0] != NO_OFFER
            mine = replace(mine, costs=assumed(analytics, members, treated, horizon_days, currency))
        block = _block(analytics, campaign, members, mine, horizon_days, currency)
        found = _uses(campaign, block, aside, mine.later, folds)
        refused |= {f"{use.campaign_id}/{use.offer_id}": NO_OVERLAP for use in found if not _supported(use)}
        parts.append(block)
        uses.extend(found)
    empty = HISTORY_KEYS.empty_table()
    table = pa.concat_tables(parts, promote_options="permissive") if parts else empty
    return History(
        table=table,
        as_of=as_of,
        horizon_days=horizon_days,
        campaigns=tuple(uses),
        bias=dict(bias or {}),
        left_out=dict(sorted((left_out | refused).items())),
        known=profile(as_of),
        folds=folds,
        recorded=recorded,
    )


def known_by(analytics: Analytics, profiles: pa.Table, moment: datetime) -> pa.Table:
    """Return the profiles of customers who had done anything before the moment."""
    return profiles.filter(pc.is_in(profiles["customer_id"], outcomes.customers(analytics, moment)))


def spending(
    analytics: Analytics, customers: pa.ChunkedArray, start: datetime, end: datetime, currency: str
) -> tuple[Floats, Bools]:
    """Return spending before coupons in `start <= time < end` (major units), and whether each customer bought."""
    found = outcomes.outcomes(analytics, start, end)
    gross = pc.add(found["revenue"], found["coupon_discount"])
    revenue = of(customers, found["customer_id"], gross) / scale(currency)
    return revenue, of(customers, found["customer_id"], found["orders"]) > 0


def _members(analytics: Analytics, campaign: Campaign, profile: Profiles) -> tuple[pa.Table, int]:
    """Return the profiles of treated and controls with the moment of each, and how many known were set aside.

    Decisions with moments of their own get the profile of the midnight (UTC) before; nothing they led to is in it.
    """
    if campaign.lot is None:
        known = known_by(analytics, profile(campaign.start), campaign.start)
        aside = pc.is_in(known["customer_id"], pa.array(sorted(campaign.set_aside), pa.string()))
        members = known.filter(pc.invert(aside))
        return _at(members, pa.repeat(pa.scalar(campaign.start, pa.timestamp("us")), members.num_rows)), _sum(aside)
    rows, parts, older = campaign.lot.rows, [], 0
    days = pc.unique(_day(rows["moment"])).sort(order="descending").to_pylist()
    for number, day in enumerate(days):
        own = rows.filter(pc.equal(_day(rows["moment"]), pa.scalar(day, pa.timestamp("us"))))
        if number >= MAX_DAYS:
            older += own.num_rows
            continue
        moments = pc.unique(own["moment"])
        since = moments[0].as_py() if len(days) == len(moments) == 1 else day
        known = known_by(analytics, profile(since), since)
        place = pc.index_in(known["customer_id"], own["customer_id"].combine_chunks())
        parts.append(_at(known.filter(place.is_valid()), own["moment"].take(place.drop_null())))
    return pa.concat_tables(parts, promote_options="permissive"), older + len(campaign.set_aside)


def _at(profiles: pa.Table, moments: pa.ChunkedArray | pa.Array) -> pa.Table:
    return profiles.append_column(pa.field("moment", pa.timestamp("us")), moments)


def _day(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.floor_temporal(moments, unit="day")


def _sum(marks: pa.ChunkedArray) -> int:
    return int(pc.sum(marks).as_py() or 0)


def _block(
    analytics: Analytics, campaign: Campaign, members: pa.Table, mine: Used, horizon_days: int, currency: str
) -> pa.Table:
    customers = members["customer_id"]
    given, own, chances = _decided(campaign, customers)
    treated = given != NO_OFFER
    found = outcomes.outcomes_after(analytics, members, timedelta(days=horizon_days))
    gross = pc.add(found["revenue"], found["coupon_discount"])
    told, untold = mine.costs.told * treated, mine.costs.untold.of_rows(treated)
    known = np.bincount(untold.row, minlength=len(treated)) == 0
    # What is only the most an untold use cost is none of a control's, whose uses have no cost here.
    beside = np.where(treated, mine.costs.beside, np.maximum(mine.costs.beside, 0.0))
    keys = {
        "customer_id": customers,
        "campaign_id": pa.repeat(pa.scalar(campaign.campaign_id, pa.string()), len(customers)),
        "moment": members["moment"],
        "offer_id": pa.array(given.tolist(), pa.string()),
        "propensity": own,
        "chances": chances,
        "redeemed": pa.array((mine.times > 0) & treated, pa.bool_()),
        "bought": pa.array(of(customers, found["customer_id"], found["orders"]) > 0, pa.bool_()),
        "revenue": pa.array(of(customers, found["customer_id"], gross) / scale(currency) + beside, pa.float64()),
        "cost": pa.array(np.where(known, told, np.nan), pa.float64(), from_pandas=True),
        "cost_told": pa.array(told, pa.float64()),
        "untold": untold.column(len(treated)),
    }
    features = {name: members[name] for name in members.column_names if name not in HISTORY_KEYS.names}
    return pa.table({**keys, **features})


def _decided(campaign: Campaign, customers: pa.ChunkedArray) -> tuple[Strings, pa.ChunkedArray, pa.ChunkedArray]:
    """Return what each customer was given, with its chance and the chances of all offers where they are known."""
    count = len(customers)
    if campaign.lot is None:
        kinds = (HISTORY_KEYS.field(name).type for name in ("propensity", "chances"))
        own, chances = (pa.chunked_array([pa.nulls(count, kind)]) for kind in kinds)
        return _given(campaign, customers), own, chances
    rows = campaign.lot.rows
    mine = rows.take(pc.index_in(customers, rows["customer_id"].combine_chunks()))
    return strings(mine, "offer_id"), mine["propensity"], mine["chances"]


def _given(campaign: Campaign, customers: pa.ChunkedArray) -> Strings:
    given = np.full(len(customers), NO_OFFER, dtype=np.object_)
    for offer, sent in campaign.arms.items():
        inside = pc.is_in(customers, pa.array(sorted(sent), pa.string())).to_numpy(zero_copy_only=False)
        given[inside] = offer
    return given.astype(np.str_)


def _uses(campaign: Campaign, block: pa.Table, aside: int, used_later: Bools, count: int) -> list[CampaignUse]:
    given, customers = strings(block, "offer_id"), strings(block, "customer_id")
    none = given == NO_OFFER
    lot = campaign.lot
    groups = (campaign.later, campaign.before, campaign.beside, lot.not_sent if lot else frozenset[str]())
    later, before, beside, missed = (np.isin(customers, np.array(sorted(group), dtype=np.str_)) for group in groups)
    redeemed, untold = flags(block, "redeemed"), Untold.of(block)
    features = [name for name in block.column_names if name not in HISTORY_KEYS.names]
    found = []
    for offer in sorted(campaign.arms):
        mine = given == offer
        held = support(block, features, offer, count)
        found.append(
            CampaignUse(
                campaign_id=campaign.campaign_id,
                offer_id=offer,
                start=campaign.start,
                treated=int(mine.sum()),
                controls=int(none.sum()),
                redeemers=int(redeemed[mine].sum()),
                set_aside=aside,
                sent_later=int((later & none).sum()),
                sent_before=int((before & (none | mine)).sum()),
                sent_beside=int((beside & (none | mine)).sum()),
                logged=lot is not None,
                not_sent=int((missed & mine).sum()),
                still_open=lot.still_open if lot else 0,
                used_later=int((used_later & mine).sum()),
                unrecorded=round(float(untold.uses[mine[untold.row]].sum())),
                compared=held.compared,
                effective_treated=held.treated,
                effective_controls=held.controls,
            )
        )
    return found


def _supported(use: CampaignUse) -> bool:
    smaller = min(use.effective_treated or 0.0, use.effective_controls or 0.0)
    return smaller >= MIN_EFFECTIVE
