"""Past campaigns as a training table: who they were, what they were given, what came of it.

One block of rows per campaign, with all its offers: profiles as of its start, the customers who were sent each offer,
and as controls the others known by then who were sent nothing at that time (`sent`). Nobody is in a block twice,
and nobody is in one whose first event came after the start: that they bought later is how they came to be known.

What the customers spent is counted over the horizon after the start; a campaign is used only if that had passed by
`as_of`. Whether an offer was used, and what its use cost, is asked over `LABEL_HORIZONS` horizons (the label window),
equally long for every campaign and whenever it is asked; where they had not passed by `as_of`, both are unknown (null).
A budget has to pay for every use, so what an offer costs is its chance of use in that window times the full cost of a
user, though what late users spend then counts for nothing. Nothing at or after `as_of` is read.

Revenue is counted before the offer's cost (what was paid, less refunds, plus what coupons took off), so that profit is
the margin of revenue less the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import scale
from offersmith.progress import Progress, silent
from offersmith.response.base import HISTORY_KEYS, Bools, CampaignUse, Floats, History, strings
from offersmith.response.sent import Campaign, past_campaigns
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import NO_OFFER

Profiles = Callable[[datetime], pa.Table]

LABEL_HORIZONS = 2
"""Over how many horizons after the start an offer counts as used; coupons are used later than they change minds."""


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
    for number, campaign in enumerate(campaigns):
        progress("response.stage_history", number, len(campaigns))
        profiles, aside = _members(analytics, campaign, profile(campaign.start))
        block = _block(analytics, campaign, profiles, as_of, horizon_days, currency)
        parts.append(block)
        uses.extend(_uses(campaign, block, aside))
    empty = HISTORY_KEYS.empty_table()
    table = pa.concat_tables(parts, promote_options="permissive") if parts else empty
    return History(
        table=table,
        as_of=as_of,
        horizon_days=horizon_days,
        campaigns=tuple(uses),
        bias=dict(bias or {}),
        left_out=left_out,
        known=profile(as_of),
        folds=folds,
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
    revenue = _of(customers, found["customer_id"], gross) / scale(currency)
    return revenue, _of(customers, found["customer_id"], found["orders"]) > 0


def _members(analytics: Analytics, campaign: Campaign, profiles: pa.Table) -> tuple[pa.Table, int]:
    """Return the profiles of treated and controls, and how many possible controls were set aside."""
    known = known_by(analytics, profiles, campaign.start)
    aside = pc.is_in(known["customer_id"], pa.array(sorted(campaign.set_aside), pa.string()))
    return known.filter(pc.invert(aside)), int(pc.sum(aside).as_py() or 0)


def _block(
    analytics: Analytics, campaign: Campaign, profiles: pa.Table, as_of: datetime, horizon_days: int, currency: str
) -> pa.Table:
    customers = profiles["customer_id"]
    count = profiles.num_rows
    given = _given(campaign, customers)
    treated = given != NO_OFFER
    end = campaign.start + timedelta(days=horizon_days)
    revenue, bought = spending(analytics, customers, campaign.start, end, currency)
    label_end = campaign.start + timedelta(days=LABEL_HORIZONS * horizon_days)
    redeemed, cost = pa.nulls(count, pa.bool_()), pa.nulls(count, pa.float64())
    if label_end <= as_of:
        redeemed = pa.array((_used(analytics, campaign, customers, label_end, "n") > 0) & treated, pa.bool_())
        cost = pa.array(_used(analytics, campaign, customers, label_end, "cost") / scale(currency) * treated)
    keys = {
        "customer_id": customers,
        "campaign_id": pa.array([campaign.campaign_id] * count, pa.string()),
        "moment": pa.array([campaign.start] * count, pa.timestamp("us")),
        "offer_id": pa.array(given.tolist(), pa.string()),
        # Events do not say by which chances somebody was chosen, and a plan keeps only that of what was chosen.
        "propensity": pa.nulls(count, pa.float64()),
        "redeemed": redeemed,
        "bought": pa.array(bought, pa.bool_()),
        "revenue": pa.array(revenue, pa.float64()),
        "cost": cost,
    }
    features = {name: profiles[name] for name in profiles.column_names if name != "customer_id"}
    return pa.table({**keys, **features})


def _given(campaign: Campaign, customers: pa.ChunkedArray) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    given = np.full(len(customers), NO_OFFER, dtype=np.object_)
    for offer, sent in campaign.arms.items():
        inside = pc.is_in(customers, pa.array(sorted(sent), pa.string())).to_numpy(zero_copy_only=False)
        given[inside] = offer
    return given


def _used(analytics: Analytics, campaign: Campaign, customers: pa.ChunkedArray, end: datetime, column: str) -> Floats:
    used = outcomes.redemptions(analytics, campaign.start, end)
    used = used.filter(pc.equal(used["campaign_id"], campaign.campaign_id))
    return _of(customers, used["customer_id"], used[column])


def _uses(campaign: Campaign, block: pa.Table, aside: int) -> list[CampaignUse]:
    given, customers = strings(block, "offer_id"), block["customer_id"].to_pylist()
    none = given == NO_OFFER
    later, before = (
        np.array([one in sent for one in customers], dtype=np.bool_) for sent in (campaign.later, campaign.before)
    )
    labelled = block["redeemed"].null_count == 0
    redeemed = block["redeemed"].fill_null(False).to_numpy(zero_copy_only=False)
    return [
        CampaignUse(
            campaign_id=campaign.campaign_id,
            offer_id=offer,
            start=campaign.start,
            treated=int((given == offer).sum()),
            controls=int((given == NO_OFFER).sum()),
            redeemers=int(redeemed[given == offer].sum()) if labelled else None,
            set_aside=aside,
            sent_later=int((later & none).sum()),
            sent_before=int((before & (none | (given == offer))).sum()),
        )
        for offer in sorted(campaign.arms)
    ]


def _of(customers: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> Floats:
    """Return the value of each customer, 0 where there is none."""
    place = pc.index_in(customers, keys.combine_chunks())
    taken = values.combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(pc.fill_null(taken, 0.0).to_numpy(zero_copy_only=False), dtype=np.float64)
