"""What past campaigns changed, as far as each can say: one decided by lot, or one sent to chosen customers.

The effect of each campaign on what its recipients spent, doubly robust and cross-fitted, beside the same comparison one
horizon earlier, when nobody had been sent anything yet (the placebo). A claim is widened by what the placebo finds.

The placebo errs towards caution: if recipients were chosen by what they bought in the very days before, it finds that
choice as an effect although the comparison after the start, which sees those days, undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.experiments.effect import Claim, Effect, claim
from offersmith.experiments.overlap import Overlap, overlap
from offersmith.progress import Progress, silent
from offersmith.response.base import CampaignUse, Floats, History, floats, strings
from offersmith.response.history import Profiles, build, known_by, spending
from offersmith.response.linear import steady
from offersmith.response.scores import compare
from offersmith.response.unrecorded import STATED, filled
from offersmith.settings import LearnSettings, PriorSettings
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import NO_OFFER, Offer

SHOWN_FEATURES = 12


@dataclass(frozen=True, slots=True)
class PastEffect:
    """What one past campaign changed in what its recipients spent (major units a customer over the horizon).

    Attributes:
        campaign_id: as in the events.
        offer_id: what was given.
        start: first exposure.
        horizon_days: over how many days spending is counted, after the start and, for the placebo, before it.
        recipients: customers who were sent it and known before.
        others: customers known who were sent nothing then.
        set_aside: customers known who are neither, because they were sent something else then.
        sent_later: those of `others` who were sent another campaign before the horizon was over.
        sent_before: those of `recipients` and `others` who had been sent another campaign, more than a day earlier,
            whose horizon was not over.
        spent_recipients: what recipients had spent on average in all their time before the start.
        spent_others: what the others had.
        before_recipients: what recipients had spent on average in the horizon before the start.
        before_others: what the others had.
        after_recipients: what recipients spent on average in the horizon after it.
        after_others: what the others did.
        claim: the effect, its placebo, and what may be said.
        overlap: how far the groups can be compared.
        logged: whether a lot decided it, whose chances were written down.
    """

    campaign_id: str
    offer_id: str
    start: datetime
    horizon_days: int
    recipients: int
    others: int
    set_aside: int
    sent_later: int
    sent_before: int
    spent_recipients: float
    spent_others: float
    before_recipients: float
    before_others: float
    after_recipients: float
    after_others: float
    claim: Claim
    overlap: Overlap
    logged: bool = False

    @property
    def naive(self) -> float:
        """The plain difference of means after the start: what selection makes of it."""
        return self.after_recipients - self.after_others

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        plain: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        return {
            **plain,
            "start": self.start.isoformat(),
            "naive": self.naive,
            "claim": self.claim.as_dict(),
            "overlap": self.overlap.as_dict(),
        }


def past_effects(
    analytics: Analytics,
    as_of: datetime,
    *,
    profile: Profiles,
    settings: LearnSettings,
    currency: str,
    history: History | None = None,
    offers: Sequence[Offer] = (),
    priors: PriorSettings = STATED,
    progress: Progress = silent,
) -> tuple[PastEffect, ...]:
    """Measure every usable past campaign, offer by offer, in order of their start.

    Args:
        analytics: bound to the shop's events.
        as_of: nothing at or after this is read.
        profile: gives the profile table as of a moment; asked for each start and one horizon before it.
        settings: horizon, folds, seed.
        currency: of the workspace.
        history: what `history.build` made of the same arguments; None = make it.
        offers: the catalogue, for the terms of offers whose cost is not on record.
        priors: the share of buyers who use what they were given, where no use of anything is on record.
        progress: told of every campaign.
    """
    if history is None:
        history = build(
            analytics,
            as_of,
            profile=profile,
            horizon_days=settings.horizon_days,
            currency=currency,
            folds=settings.folds,
        )
    history = filled(history, offers, priors)
    first = outcomes.first_time(analytics)
    found = []
    with steady():
        for number, use in enumerate(history.campaigns):
            progress("response.stage_effects", number, len(history.campaigns))
            found.append(_measure(analytics, history, use, profile, settings, currency, first))
    return tuple(found)


def bias_of(effects: Sequence[PastEffect]) -> dict[str, float]:
    """Return offer -> root mean square of what its placebos found, sampling error included, major units a customer.

    An offer none of whose campaigns has a placebo is missing: nothing bounds its bias.
    """
    squares: dict[str, list[float]] = {}
    for past in effects:
        placebo = past.claim.placebo
        if placebo is not None:
            squares.setdefault(past.offer_id, []).append(placebo.estimate**2 + placebo.standard_error**2)
    return {offer: float(np.sqrt(np.mean(values))) for offer, values in sorted(squares.items())}


def _measure(
    analytics: Analytics,
    history: History,
    use: CampaignUse,
    profile: Profiles,
    settings: LearnSettings,
    currency: str,
    first: datetime | None,
) -> PastEffect:
    reach, start = timedelta(days=settings.horizon_days), use.start
    block = history.table.filter(pc.equal(history.table["campaign_id"], use.campaign_id))
    customers, given = block["customer_id"], strings(block, "offer_id")
    treated, none = given == use.offer_id, given == NO_OFFER
    after = floats(block, "revenue")
    before, _ = spending(analytics, customers, start - reach, start, currency)
    ever, _ = spending(analytics, customers, first or start, start, currency)
    main = compare(block, history.features, use.offer_id, after, count=settings.folds, seed=settings.seed)
    placebo = None
    # The placebo's customers need a past of their own, or everybody looks the same before it.
    if first is not None and start - 2 * reach >= first:
        placebo = _placebo(analytics, block, use, profile(start - reach), history.features, settings, currency)
    told = np.flatnonzero(main.pair & np.isfinite(main.toward))
    low, high = main.bounds
    described = overlap(main.x[told], main.names, main.treated[told], main.toward[told], low=low, high=high)
    return PastEffect(
        campaign_id=use.campaign_id,
        offer_id=use.offer_id,
        start=start,
        horizon_days=settings.horizon_days,
        recipients=use.treated,
        others=use.controls,
        set_aside=use.set_aside,
        sent_later=use.sent_later,
        sent_before=use.sent_before,
        spent_recipients=_mean(ever[treated]),
        spent_others=_mean(ever[none]),
        before_recipients=_mean(before[treated]),
        before_others=_mean(before[none]),
        after_recipients=_mean(after[treated]),
        after_others=_mean(after[none]),
        claim=claim(main.effect, placebo),
        overlap=replace(described, balance=described.balance[:SHOWN_FEATURES]),
        logged=use.logged,
    )


def _placebo(
    analytics: Analytics,
    block: pa.Table,
    use: CampaignUse,
    profiles: pa.Table,
    features: Sequence[str],
    settings: LearnSettings,
    currency: str,
) -> Effect | None:
    """Compare the same customers over the horizon before the start, as they were known before that."""
    start = use.start - timedelta(days=settings.horizon_days)
    earlier = known_by(analytics, profiles, start)
    place = pc.index_in(earlier["customer_id"], block["customer_id"].combine_chunks())
    earlier = earlier.filter(place.is_valid())
    place = place.drop_null()
    keys = {name: block[name].take(place) for name in ("offer_id", "propensity", "chances")}
    for name, values in keys.items():
        earlier = earlier.append_column(name, values)
    spent, _ = spending(analytics, earlier["customer_id"], start, use.start, currency)
    return compare(earlier, features, use.offer_id, spent, count=settings.folds, seed=settings.seed).effect


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
