"""How good the ranking was on a campaign it had not seen: learned before it started, judged among who was sent it.

Only those who were sent a campaign could redeem it, so nobody else is asked about. Beside the model stand rules that
need no model, ranked by one feature each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.experiments.calibration import Calibration, calibration
from offersmith.experiments.ranking import Ranking, judge
from offersmith.response.base import Bools, Floats
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics

RIVALS: Mapping[str, tuple[str, float]] = {
    "coupon_orders": ("coupon_orders", 1.0),
    "past_redemption": ("redemptions", 1.0),
    "popularity": ("orders", 1.0),
    "recency": ("recency", -1.0),
}
"""Rule -> the feature it ranks by, and whether more or less of it comes first."""

MIN_RECIPIENTS, MIN_REDEEMERS = 100, 10
"""Below these a campaign says nothing about a ranking."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign as it was sent: who got it and who of them used it by the end."""

    campaign_id: str
    offer_id: str
    start: datetime
    end: datetime
    recipients: pa.Array
    redeemers: pa.Array


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What the recipients of an unseen campaign did, beside what was predicted of them.

    Attributes:
        campaign: the campaign.
        redeemed: (n,) whether each recipient used it.
        predicted: (n,) the chance the model gave.
        ours: the model's ranking.
        rivals: the rules of `RIVALS`.
        calibration: predicted against observed.
    """

    campaign: Campaign
    redeemed: Bools
    predicted: Floats
    ours: Ranking
    rivals: Mapping[str, Ranking]
    calibration: Calibration

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "campaign": self.campaign.campaign_id,
            "offer": self.campaign.offer_id,
            "start": self.campaign.start.isoformat(),
            "recipients": len(self.redeemed),
            "redeemers": int(self.redeemed.sum()),
            "ours": self.ours.as_dict(),
            "baselines": {name: rival.as_dict() for name, rival in self.rivals.items()},
            "calibration": self.calibration.as_dict(),
        }


def campaigns(analytics: Analytics, until: datetime, days: int) -> list[Campaign]:
    """Return every campaign whose `days` of redemption were over by `until` and that can judge a ranking, by start."""
    sent = outcomes.exposures(analytics, until)
    found = []
    for pair in sent.group_by(["campaign_id", "offer_id"]).aggregate([]).to_pylist():
        mine = sent.filter(
            pc.and_(pc.equal(sent["campaign_id"], pair["campaign_id"]), pc.equal(sent["offer_id"], pair["offer_id"]))
        )
        start = pc.min(mine["time"]).as_py()
        if start + timedelta(days=days) <= until:
            found.append(campaign(analytics, mine, start, start + timedelta(days=days)))
    usable = [one for one in found if len(one.recipients) >= MIN_RECIPIENTS and len(one.redeemers) >= MIN_REDEEMERS]
    return sorted(usable, key=lambda one: (one.start, one.campaign_id, one.offer_id))


def campaign(analytics: Analytics, sent: pa.Table, start: datetime, end: datetime) -> Campaign:
    """Return one campaign from its exposures (one campaign and offer of `outcomes.exposures`)."""
    used = outcomes.redemptions(analytics, start, end)
    campaign_id, offer_id = sent["campaign_id"][0].as_py(), sent["offer_id"][0].as_py()
    recipients = pc.unique(sent["customer_id"])
    mine = used.filter(pc.equal(used["campaign_id"], campaign_id))["customer_id"].combine_chunks()
    return Campaign(campaign_id, offer_id, start, end, recipients, mine.filter(pc.is_in(mine, recipients)))


def hold_out(campaign: Campaign, profiles: pa.Table, estimates: pa.Table, seed: int) -> HeldOut:
    """Judge estimates made as of the campaign's start, and the rules beside them.

    Args:
        campaign: who was sent it and who used it.
        profiles: as of its start.
        estimates: `vocabulary.ESTIMATES` of a model that learned before its start.
        seed: of the bootstrap intervals.
    """
    known = profiles["customer_id"].combine_chunks()
    recipients = campaign.recipients.filter(pc.is_in(campaign.recipients, known))
    ours = estimates.filter(pc.equal(estimates["offer_id"], campaign.offer_id))
    predicted = _of(ours, recipients, "redemption")
    redeemed = np.asarray(pc.is_in(recipients, campaign.redeemers).to_numpy(zero_copy_only=False), dtype=np.bool_)
    generator = np.random.default_rng(seed)
    rivals = {
        name: judge(redeemed, sign * _of(profiles, recipients, feature), generator=generator)
        for name, (feature, sign) in RIVALS.items()
        if feature in profiles.column_names
    }
    return HeldOut(
        campaign=Campaign(
            campaign.campaign_id, campaign.offer_id, campaign.start, campaign.end, recipients, campaign.redeemers
        ),
        redeemed=redeemed,
        predicted=predicted,
        ours=judge(redeemed, predicted, generator=generator),
        rivals=rivals,
        calibration=calibration(redeemed, predicted),
    )


def _of(table: pa.Table, customers: pa.Array, column: str) -> Floats:
    place = pc.index_in(customers, table["customer_id"].combine_chunks())
    values = table[column].combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
