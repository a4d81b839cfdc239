"""Past campaigns as a training table: who they were, what they were given, what came of it.

For each campaign: profiles as of its first exposure, the shown as treated, every other customer known by then as
controls, and outcomes over the horizon after it. A campaign is used only if that horizon had passed by `as_of`; an
offer counts as redeemed if it was by `as_of`. Nothing at or after `as_of` is read.

Revenue is counted before the offer's cost (what was paid, less refunds, plus what coupons took off), so that profit is
the margin of revenue less the cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.money import scale
from offersmith.progress import Progress, silent
from offersmith.response.base import HISTORY_KEYS, Bools, CampaignUse, Floats, History
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import NO_OFFER

Profiles = Callable[[datetime], pa.Table]

MIN_TREATED = 100
MIN_PAST_DAYS = 28
PER_OFFER = 2
"""The latest campaigns of each offer that are used: what worked long ago says less, and each costs a profile."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A past campaign: one offer, shown to `customers` from `start` on."""

    campaign_id: str
    offer_id: str
    start: datetime
    customers: frozenset[str]


def past_campaigns(
    analytics: Analytics, as_of: datetime, horizon_days: int, *, per_offer: int = PER_OFFER
) -> tuple[tuple[Campaign, ...], dict[str, str]]:
    """Return the campaigns that can be learned from, by start, and why the others cannot (campaign -> reason code)."""
    shown = outcomes.exposures(analytics, as_of)
    first = outcomes.first_time(analytics)
    grouped: dict[tuple[str, str], list[tuple[datetime, str]]] = {}
    for row in shown.to_pylist():
        grouped.setdefault((row["campaign_id"], row["offer_id"]), []).append((row["time"], row["customer_id"]))
    left_out: dict[str, str] = {}
    usable: list[Campaign] = []
    for (name, offer), rows in grouped.items():
        start = min(time for time, _ in rows)
        if start + timedelta(days=horizon_days) > as_of:
            left_out[name] = "outcome_open"
        elif first is None or start - timedelta(days=MIN_PAST_DAYS) < first:
            left_out[name] = "no_past"
        elif len(rows) < MIN_TREATED:
            left_out[name] = "too_few_recipients"
        else:
            usable.append(Campaign(name, offer, start, frozenset(customer for _, customer in rows)))
    usable.sort(key=lambda campaign: (campaign.start, campaign.campaign_id, campaign.offer_id))
    kept: list[Campaign] = []
    for campaign in reversed(usable):
        if sum(other.offer_id == campaign.offer_id for other in kept) < per_offer:
            kept.append(campaign)
        else:
            left_out[campaign.campaign_id] = "older"
    return tuple(reversed(kept)), left_out


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
        table, use = _rows(analytics, campaign, as_of, profile(campaign.start), horizon_days, currency)
        parts.append(table)
        uses.append(use)
    empty = HISTORY_KEYS.empty_table()
    table = pa.concat_tables(parts, promote_options="permissive") if parts else empty
    return History(
        table=table,
        as_of=as_of,
        horizon_days=horizon_days,
        campaigns=tuple(uses),
        bias=dict(bias or {}),
        left_out=dict(sorted(left_out.items())),
        known=profile(as_of),
        folds=folds,
    )


def spending(
    analytics: Analytics, customers: pa.ChunkedArray, start: datetime, end: datetime, currency: str
) -> tuple[Floats, Bools]:
    """Return spending before coupons in `start <= time < end` (major units), and whether each customer bought."""
    found = outcomes.outcomes(analytics, start, end)
    gross = pc.add(found["revenue"], found["coupon_discount"])
    revenue = _of(customers, found["customer_id"], gross) / scale(currency)
    return revenue, _of(customers, found["customer_id"], found["orders"]) > 0


def _rows(
    analytics: Analytics, campaign: Campaign, as_of: datetime, profiles: pa.Table, horizon_days: int, currency: str
) -> tuple[pa.Table, CampaignUse]:
    customers = profiles["customer_id"]
    end = campaign.start + timedelta(days=horizon_days)
    revenue, bought = spending(analytics, customers, campaign.start, end, currency)
    used = outcomes.redemptions(analytics, campaign.start, as_of)
    used = used.filter(pc.equal(used["campaign_id"], campaign.campaign_id))
    treated = pc.is_in(customers, pa.array(sorted(campaign.customers), pa.string())).to_numpy(zero_copy_only=False)
    redeemed = (_of(customers, used["customer_id"], used["n"]) > 0) & treated
    cost = _of(customers, used["customer_id"], used["cost"]) / scale(currency) * redeemed
    count = profiles.num_rows
    keys = {
        "customer_id": customers,
        "campaign_id": pa.array([campaign.campaign_id] * count, pa.string()),
        "moment": pa.array([campaign.start] * count, pa.timestamp("us")),
        "offer_id": pa.array(np.where(treated, campaign.offer_id, NO_OFFER).tolist(), pa.string()),
        "propensity": pa.nulls(count, pa.float64()),
        "redeemed": pa.array(redeemed, pa.bool_()),
        "bought": pa.array(bought, pa.bool_()),
        "revenue": pa.array(revenue, pa.float64()),
        "cost": pa.array(cost, pa.float64()),
    }
    features = {name: profiles[name] for name in profiles.column_names if name != "customer_id"}
    use = CampaignUse(
        campaign_id=campaign.campaign_id,
        offer_id=campaign.offer_id,
        start=campaign.start,
        treated=int(treated.sum()),
        controls=int((~treated).sum()),
        redeemers=int(redeemed.sum()),
    )
    return pa.table({**keys, **features}), use


def _of(customers: pa.ChunkedArray, keys: pa.ChunkedArray, values: pa.ChunkedArray) -> Floats:
    """Return the value of each customer, 0 where there is none."""
    place = pc.index_in(customers, keys.combine_chunks())
    taken = values.combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(pc.fill_null(taken, 0.0).to_numpy(zero_copy_only=False), dtype=np.float64)
