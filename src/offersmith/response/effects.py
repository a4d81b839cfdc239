"""What past campaigns changed, as far as campaigns that were not decided by lot can say.

The effect of each campaign on what its recipients spent, doubly robust and cross-fitted, beside the same comparison one
horizon earlier, when nobody had been sent anything yet (the placebo). A claim is widened by what the placebo finds.

The placebo errs towards caution: if recipients were chosen by what they bought in the very days before, it finds that
choice as an effect although the comparison after the start, which sees those days, undoes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.experiments.effect import Claim, Effect, claim, effect
from offersmith.experiments.overlap import Overlap, overlap
from offersmith.progress import Progress, silent
from offersmith.response.base import Bools, Floats, Ints, strings
from offersmith.response.crossfit import crossfit, folds
from offersmith.response.encode import Encoder
from offersmith.response.history import Campaign, Profiles, past_campaigns, spending
from offersmith.response.linear import expit, least_squares, logistic
from offersmith.response.steady import steady
from offersmith.settings import LearnSettings
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics

PENALTY = 10.0
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
        others: customers known who were not.
        spent_recipients: what recipients had spent on average in all their time before the start.
        spent_others: what the others had.
        before_recipients: what recipients had spent on average in the horizon before the start.
        before_others: what the others had.
        after_recipients: what recipients spent on average in the horizon after it.
        after_others: what the others did.
        claim: the effect, its placebo, and what may be said.
        overlap: how far the groups can be compared.
    """

    campaign_id: str
    offer_id: str
    start: datetime
    horizon_days: int
    recipients: int
    others: int
    spent_recipients: float
    spent_others: float
    before_recipients: float
    before_others: float
    after_recipients: float
    after_others: float
    claim: Claim
    overlap: Overlap

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


@dataclass(frozen=True, slots=True)
class Compared:
    """One comparison: what it found, and the chances of being treated it used."""

    effect: Effect | None
    propensity: Floats
    treated: Bools
    outcome: Floats
    x: Floats
    names: tuple[str, ...]


def past_effects(
    analytics: Analytics,
    as_of: datetime,
    *,
    profile: Profiles,
    settings: LearnSettings,
    currency: str,
    campaigns: Sequence[Campaign] | None = None,
    progress: Progress = silent,
) -> tuple[PastEffect, ...]:
    """Measure every usable past campaign (`history.past_campaigns`), in order of their start.

    Args:
        analytics: bound to the shop's events.
        as_of: nothing at or after this is read.
        profile: gives the profile table as of a moment; asked for each start and one horizon before it.
        settings: horizon, folds, seed.
        currency: of the workspace.
        campaigns: only these; None = all usable.
        progress: told of every campaign.
    """
    if campaigns is None:
        campaigns, _ = past_campaigns(analytics, as_of, settings.horizon_days)
    first = outcomes.first_time(analytics)
    found = []
    for number, campaign in enumerate(campaigns):
        progress("response.stage_effects", number, len(campaigns))
        found.append(_measure(analytics, campaign, profile, settings, currency, first))
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


def compare(profiles: pa.Table, treated: Bools, outcome: Floats, settings: LearnSettings) -> Compared:
    """Compare treated with others by cross-fitted linear nuisance functions of the profile.

    Args:
        profiles: n customers as of before the outcome.
        treated: (n,) who was treated.
        outcome: (n,) what they did after.
        settings: folds and seed.
    """
    names = tuple(name for name in profiles.column_names if name != "customer_id")
    encoder = Encoder.learn(profiles, names)
    x = encoder.matrix(profiles)
    fold = folds(strings(profiles, "customer_id"), settings.folds, settings.seed)
    given = treated.astype(np.float64)

    def chance(learn: Ints, held: Ints) -> Floats:
        return expit(logistic(x[learn], given[learn], PENALTY).predict(x[held]))

    def mean(arm: Bools) -> Floats:
        def fit_predict(learn: Ints, held: Ints) -> Floats:
            rows = learn[arm[learn]]
            return least_squares(x[rows], outcome[rows], PENALTY).predict(x[held])

        return crossfit(fold, settings.folds, fit_predict)

    with steady():
        propensity = crossfit(fold, settings.folds, chance)
        measured = effect(outcome, treated, propensity, mean(treated), mean(~treated))
    return Compared(measured, propensity, treated, outcome, x, encoder.names)


def _measure(
    analytics: Analytics,
    campaign: Campaign,
    profile: Profiles,
    settings: LearnSettings,
    currency: str,
    first: datetime | None,
) -> PastEffect:
    reach = timedelta(days=settings.horizon_days)
    profiles = profile(campaign.start)
    after, _ = spending(analytics, profiles["customer_id"], campaign.start, campaign.start + reach, currency)
    before, _ = spending(analytics, profiles["customer_id"], campaign.start - reach, campaign.start, currency)
    treated = _treated(profiles, campaign)
    ever, _ = spending(analytics, profiles["customer_id"], first or campaign.start, campaign.start, currency)
    main = compare(profiles, treated, after, settings)
    placebo = None
    # The placebo's customers need a past of their own, or everybody looks the same before it.
    if first is not None and campaign.start - 2 * reach >= first:
        earlier = profile(campaign.start - reach)
        spent, _ = spending(analytics, earlier["customer_id"], campaign.start - reach, campaign.start, currency)
        placebo = compare(earlier, _treated(earlier, campaign), spent, settings).effect
    with steady():
        described = overlap(main.x, main.names, treated, main.propensity)
    return PastEffect(
        campaign_id=campaign.campaign_id,
        offer_id=campaign.offer_id,
        start=campaign.start,
        horizon_days=settings.horizon_days,
        recipients=int(treated.sum()),
        others=int((~treated).sum()),
        spent_recipients=_mean(ever[treated]),
        spent_others=_mean(ever[~treated]),
        before_recipients=_mean(before[treated]),
        before_others=_mean(before[~treated]),
        after_recipients=_mean(after[treated]),
        after_others=_mean(after[~treated]),
        claim=claim(main.effect, placebo),
        overlap=Overlap(
            **{
                **{name: getattr(described, name) for name in Overlap.__slots__},
                "balance": described.balance[:SHOWN_FEATURES],
            }
        ),
    )


def _treated(profiles: pa.Table, campaign: Campaign) -> Bools:
    chosen = pc.is_in(profiles["customer_id"], pa.array(sorted(campaign.customers), pa.string()))
    return np.asarray(chosen.to_numpy(zero_copy_only=False), dtype=np.bool_)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
