"""What the campaign's recipients really did, beside what was predicted and what simple rules would have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.demo.year import CAMPAIGN, OFFER
from offersmith.experiments.calibration import Calibration, calibration
from offersmith.experiments.ranking import Ranking, judge

RIVALS = {
    "coupon_orders": ("coupon_orders", 1.0),
    "past_redemption": ("redemptions", 1.0),
    "popularity": ("orders", 1.0),
    "recency": ("recency", -1.0),
}
"""Baseline -> (feature it ranks by, sign)."""


@dataclass(frozen=True, slots=True, eq=False)
class Happened:
    """What the recipients of the campaign did, beside what was predicted of them."""

    customers: pa.Array
    redeemed: NDArray[np.bool_]
    predicted: NDArray[np.float64]
    ours: Ranking
    rivals: Mapping[str, Ranking]
    calibration: Calibration

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as plain values."""
        return {
            "campaign": CAMPAIGN,
            "recipients": len(self.redeemed),
            "redeemers": int(self.redeemed.sum()),
            "ours": self.ours.as_dict(),
            "baselines": {name: rival.as_dict() for name, rival in self.rivals.items()},
            "calibration": self.calibration.as_dict(),
        }


def compare(profiles: pa.Table, chances: pa.Table, sent: pa.Table, used: pa.Table, seed: int) -> Happened:
    """Judge the predicted chance to redeem, and the baselines, among those who were sent the campaign."""
    recipients = sent.filter(pc.equal(sent["campaign_id"], CAMPAIGN))["customer_id"].combine_chunks()
    redeemers = used.filter(pc.equal(used["campaign_id"], CAMPAIGN))["customer_id"].combine_chunks()
    ours = chances.filter(pc.equal(chances["offer_id"], OFFER))
    predicted = _of(ours, recipients, "redemption")
    redeemed = pc.is_in(recipients, redeemers).to_numpy(zero_copy_only=False)
    generator = np.random.default_rng(seed)
    rivals = {
        name: judge(redeemed, sign * _of(profiles, recipients, feature), generator=generator)
        for name, (feature, sign) in RIVALS.items()
    }
    return Happened(
        recipients,
        redeemed,
        predicted,
        judge(redeemed, predicted, generator=generator),
        rivals,
        calibration(redeemed, predicted),
    )


def _of(table: pa.Table, customers: pa.Array, column: str) -> NDArray[np.float64]:
    place = pc.index_in(customers, table["customer_id"].combine_chunks())
    values = table[column].combine_chunks().cast(pa.float64()).take(place)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float64)
