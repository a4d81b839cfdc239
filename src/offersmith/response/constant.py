"""One average effect per offer: the same for everybody, and hard to beat with little data.

Where offers were decided by lot the average is a doubly robust mean with a linear outcome model, that is, a
difference of randomised groups with less noise; elsewhere the same with estimated propensities, believed only as far
as a placebo allows (`belief`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.response.base import (
    Bools,
    Economics,
    Evidence,
    Floats,
    History,
    Ints,
    OfferEffect,
    flags,
    floats,
    strings,
)
from offersmith.response.belief import believed, expected
from offersmith.response.crossfit import crossfit, folds
from offersmith.response.doubly import chances, measure
from offersmith.response.encode import Encoder
from offersmith.response.estimates import Column, as_json, assemble, content_version, paying
from offersmith.response.linear import least_squares
from offersmith.response.prior import FittedPrior, believe
from offersmith.response.steady import steady
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer

NAME = "constant"
MIN_ROWS = 100


@dataclass(frozen=True, slots=True)
class Average:
    """What one offer did on average, in the units of `vocabulary.ESTIMATES`."""

    redemption: float
    conversion: float
    revenue: float
    cost: float
    revenue_sd: float

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True)
class FittedConstant:
    """The average of every offer that was given; the prior for those that were not."""

    averages: Mapping[str, Average]
    prior: FittedPrior
    evidence: Evidence
    name: str = NAME

    @cached_property
    def version(self) -> str:
        """Hash of everything an estimate depends on."""
        return content_version(NAME, self.save()[0])

    def estimate(self, profiles: pa.Table, offers: Sequence[Offer]) -> pa.Table:
        """Return `ESTIMATES` for every profile and offer."""
        given = paying(offers)
        columns = [self._column(profiles, offer) for offer in given]
        margin = self.prior.economics.margin_rate
        return assemble(profiles, given, columns, margin_rate=margin, version=self.version)

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the manifest it can be made from again."""
        plain = {
            "averages": {offer: average.as_dict() for offer, average in self.averages.items()},
            "prior": self.prior.as_dict(),
        }
        return {"constant.json": as_json(plain)}, {"model": NAME, "evidence": self.evidence.as_dict()}

    def _column(self, profiles: pa.Table, offer: Offer) -> Column:
        average = self.averages.get(offer.offer_id)
        if average is None:
            return self.prior.column(profiles, offer)
        ones = np.ones(profiles.num_rows)
        return Column(
            redemption=average.redemption * ones,
            conversion=average.conversion * ones,
            revenue=average.revenue * ones,
            cost=average.cost * ones,
            profit_sd=self.prior.economics.margin_rate * average.revenue_sd * ones,
        )


class Constant:
    """Learns one average per offer."""

    name = NAME

    def fit(
        self, history: History, *, offers: Sequence[Offer], economics: Economics, priors: PriorSettings, seed: int
    ) -> FittedConstant | FittedPrior:
        """Average every offer given; fewer than 100 rows or no offer given is answered by the prior."""
        if history.table.num_rows < MIN_ROWS or not history.treated:
            return believe(history, economics, priors, ("prior_only", "too_little_history"))
        with steady():
            return _fit(history, offers, economics, priors, seed)

    def load(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> FittedConstant:
        """Make a saved model again."""
        plain = json.loads(files["constant.json"])
        evidence = Evidence.of(manifest["evidence"])
        averages = {offer: Average(**average) for offer, average in plain["averages"].items()}
        return FittedConstant(averages, FittedPrior.of(plain["prior"], evidence), evidence)


def _fit(
    history: History, offers: Sequence[Offer], economics: Economics, priors: PriorSettings, seed: int
) -> FittedConstant:
    table = history.table
    prior = believe(history, economics, priors, ())
    x = Encoder.learn(table, history.features).matrix(table)
    given = strings(table, "offer_id")
    fold = folds(strings(table, "customer_id"), history.folds, seed)
    chance = chances(history, x, fold, history.folds)
    known = {offer.offer_id: offer for offer in paying(offers)}
    outcomes = {"revenue": floats(table, "revenue"), "bought": flags(table, "bought").astype(np.float64)}
    averages: dict[str, Average] = {}
    effects: list[OfferEffect] = []
    for name in sorted(set(given.tolist()) - {NO_OFFER}):
        offer = known.get(name, Offer(name, "unknown"))
        got = given == name
        measured = {}
        for key, y in outcomes.items():
            mu = [_linear_mean(x, y, fold, history.folds, given == arm) for arm in (name, NO_OFFER)]
            measured[key] = measure(history, chance, name, y, mu[0], mu[1])
        prior_effect = expected(prior, table, offer, depth_of(history, got))
        effect = believed(history, offer, prior_effect, measured["revenue"])
        effects.append(effect)
        averages[name] = Average(
            redemption=float(flags(table, "redeemed")[got].mean()),
            conversion=_conversion(effect, measured["bought"].mean if measured["bought"] else 0.0),
            revenue=effect.used,
            cost=float(floats(table, "cost")[got].mean()),
            revenue_sd=effect.used_sd,
        )
    reasons = ("averages_only", *(() if history.randomised else ("not_randomised",)))
    evidence = Evidence(
        NAME, reasons, table.num_rows, history.campaigns, effects=tuple(effects), left_out=dict(history.left_out)
    )
    return FittedConstant(averages, prior, evidence)


def depth_of(history: History, got: Bools) -> float:
    """Return the percentage points an offer took off the revenue of those who used it; 0 if nobody did."""
    used = got & flags(history.table, "redeemed")
    revenue = float(floats(history.table, "revenue")[used].sum())
    return 100 * float(floats(history.table, "cost")[used].sum()) / revenue if revenue > 0 else 0.0


def _linear_mean(x: Floats, y: Floats, fold: Ints, count: int, arm: Bools) -> Floats:
    """Return what a line through the rows of one arm expects of every row, out of fold."""

    def fit_predict(learn: Ints, held: Ints) -> Floats:
        rows = learn[arm[learn]]
        return least_squares(x[rows], y[rows], 50.0).predict(x[held])

    return crossfit(fold, count, fit_predict)


def _conversion(effect: OfferEffect, measured: float) -> float:
    """Return the incremental chance to buy, believed as far as the effect on revenue is."""
    if not effect.measured:
        return 0.0
    return float(np.clip(measured * np.clip(effect.used / effect.measured, 0.0, 1.0), -1.0, 1.0))
