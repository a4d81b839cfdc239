"""The section of the report that only a finished campaign can fill: what then happened."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from offersmith.planned import Planned
from offersmith.report.inputs import Both, DecileRow, HappenedFacts
from offersmith.response.holdout import HeldOut
from offersmith.vocabulary import NO_OFFER


def happened_facts(planned: Planned, held: HeldOut) -> HappenedFacts:
    """Return who was really sent the campaign and who redeemed, by tenth of the predicted chance."""
    order = np.argsort(-held.predicted, kind="stable")
    deciles = tuple(
        DecileRow(number, len(part), int(held.redeemed[part].sum()), float(held.predicted[part].sum()))
        for number, part in enumerate(np.array_split(order, 10), 1)
    )
    decisions = planned.decisions
    chosen = decisions.filter(pc.not_equal(decisions["offer_id"], NO_OFFER))["customer_id"].unique()
    mine = pc.is_in(held.campaign.recipients, chosen).to_numpy(zero_copy_only=False)
    return HappenedFacts(
        campaign=Both.say("demo.campaign", campaign=held.campaign.campaign_id),
        recipients=len(held.redeemed),
        redeemers=int(held.redeemed.sum()),
        deciles=deciles,
        planned=len(chosen),
        planned_and_sent=int(mine.sum()),
        redeemers_planned=int((mine & held.redeemed).sum()),
    )
