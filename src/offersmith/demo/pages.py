"""The sections of the report that only a finished campaign can fill: how good the model was, and what then happened."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from offersmith.answers import Planned
from offersmith.demo.happened import Happened
from offersmith.demo.year import CAMPAIGN
from offersmith.report.gather import importance
from offersmith.report.inputs import Both, DecileRow, HappenedFacts, ModelFacts, ReliabilityBin, ScoreRow
from offersmith.vocabulary import NO_OFFER


def model_facts(planned: Planned, happened: Happened) -> ModelFacts:
    """Return how good the ranking was among the recipients, beside the baselines."""
    evidence = planned.fitted.evidence
    names = ", ".join(use.campaign_id for use in evidence.campaigns)
    rows = {"ours": happened.ours, **happened.rivals}
    return ModelFacts(
        model=Both.same(evidence.model),
        learned_from=Both.say("gather.learned_from", campaigns=names),
        learned_rows=evidence.rows,
        learned_before=planned.plan.as_of,
        judged_on=Both.say("demo.recipients"),
        judged=happened.ours.rows,
        positives=happened.ours.positives,
        scores=tuple(
            ScoreRow(
                Both.say(f"demo.score_{name}"), row.auc.value, row.lift.value, row.auc.low, row.auc.high, name == "ours"
            )
            for name, row in rows.items()
        ),
        importance=importance(evidence.importance),
        later=True,
        reliability=tuple(ReliabilityBin(b.predicted, b.observed, b.rows) for b in happened.calibration.bins),
    )


def happened_facts(planned: Planned, happened: Happened) -> HappenedFacts:
    """Return who was really sent the campaign and who redeemed, by tenth of the predicted chance."""
    order = np.argsort(-happened.predicted, kind="stable")
    deciles = tuple(
        DecileRow(number, len(part), int(happened.redeemed[part].sum()), float(happened.predicted[part].sum()))
        for number, part in enumerate(np.array_split(order, 10), 1)
    )
    decisions = planned.decisions
    chosen = decisions.filter(pc.not_equal(decisions["offer_id"], NO_OFFER))["customer_id"].combine_chunks()
    mine = pc.is_in(happened.customers, chosen).to_numpy(zero_copy_only=False)
    return HappenedFacts(
        campaign=Both.say("demo.campaign", campaign=CAMPAIGN),
        recipients=len(happened.redeemed),
        redeemers=int(happened.redeemed.sum()),
        deciles=deciles,
        planned=len(chosen),
        planned_and_sent=int(mine.sum()),
        redeemers_planned=int((mine & happened.redeemed).sum()),
    )
