"""One average effect per offer: the same for everybody, and hard to beat with little data.

Where offers were decided by lot the average is a doubly robust mean with a linear outcome model, that is, a
difference of randomised groups with less noise; elsewhere the same with estimated propensities, believed only as far
as a placebo allows (`weighing`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.progress import Progress, silent
from offersmith.response.base import Bools, Economics, Evidence, History, OfferEffect, flags, floats, strings
from offersmith.response.costs import relief
from offersmith.response.estimates import Column, as_json, assemble, content_version, paying, within_use
from offersmith.response.linear import steady
from offersmith.response.prior import FittedPrior, believe
from offersmith.response.scores import measure
from offersmith.response.unrecorded import filled, spent
from offersmith.response.weighing import believed, expected
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
        return assemble(profiles, given, columns, economics=self.prior.economics, version=self.version)

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
        self,
        history: History,
        *,
        offers: Sequence[Offer],
        economics: Economics,
        priors: PriorSettings,
        seed: int,
        progress: Progress = silent,
    ) -> FittedConstant | FittedPrior:
        """Average every offer given; fewer than 100 rows or no offer given is answered by the prior."""
        del progress
        history = filled(history, offers, priors)
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
    given = strings(table, "offer_id")
    known = {offer.offer_id: offer for offer in paying(offers)}
    averages: dict[str, Average] = {}
    effects: list[OfferEffect] = []
    for name in sorted(set(given.tolist()) - {NO_OFFER}):
        average, effect = _average(history, prior, known.get(name, Offer(name, "unknown")), given == name, seed)
        averages[name] = average
        effects.append(effect)
    reasons = ("averages_only", *history.selected)
    evidence = Evidence(
        NAME, reasons, table.num_rows, history.campaigns, effects=tuple(effects), left_out=dict(history.left_out)
    )
    return FittedConstant(averages, prior, evidence)


def _average(history: History, prior: FittedPrior, offer: Offer, got: Bools, seed: int) -> tuple[Average, OfferEffect]:
    table = history.table
    # A shop that records uses and has none here says that nobody used it.
    asked = got if history.recorded else got & history.labelled
    used = np.full(table.num_rows, flags(table, "redeemed")[asked].mean()) if asked.any() else None
    depth = depth_of(history, got)
    revenue, bought = floats(table, "revenue"), flags(table, "bought")
    measured = measure(history, offer.offer_id, revenue, seed)
    here = table if measured is None else table.take(pa.array(measured.rows))
    weight = np.full(here.num_rows, 1 / here.num_rows) if measured is None else measured.weight
    known = used if used is None else used[: here.num_rows]
    effect = believed(history, offer, expected(prior, here, offer, depth, known, weight), measured)
    belief = prior.belief(here, offer, used=known, depth=depth)
    redemption = float(weight @ belief.redemption)
    # With no use on record a buyer's cost is the expected one (`unrecorded.filled`).
    cost = _mean_cost(table, asked if asked.any() else got, spent(table, history.recorded))
    if np.isnan(cost):
        cost = float(weight @ (belief.redemption * relief(offer, belief.basket)))
    basket = float(revenue[bought].mean()) if bought.any() else 0.0
    conversion, kept = within_use(
        np.array([effect.used]), np.array([basket]), np.array([redemption]), np.array([bought.mean()])
    )
    return Average(
        redemption=redemption,
        conversion=float(conversion[0]),
        revenue=float(kept[0]),
        cost=cost,
        revenue_sd=effect.used_sd,
    ), effect


def _mean_cost(table: pa.Table, asked: Bools, users: Bools) -> float:
    """Return what a customer cost on average; users of unknown cost as the others. NaN where no user's is known."""
    cost = floats(table, "cost")
    unknown, known = asked & np.isnan(cost), asked & np.isfinite(cost)
    total, sure = float(cost[known].sum()), known & users
    if unknown.any():
        total += float(unknown.sum() * cost[sure].mean()) if sure.any() else float("nan")
    return total / float(asked.sum())


def depth_of(history: History, got: Bools) -> float:
    """Return the percentage points an offer took off the revenue of those who used it; 0 if nobody did.

    Users whose cost is unknown say nothing of it.
    """
    cost = floats(history.table, "cost")
    used = got & history.labelled & flags(history.table, "redeemed") & np.isfinite(cost)
    revenue = float(floats(history.table, "revenue")[used].sum())
    return 100 * float(cost[used].sum()) / revenue if revenue > 0 else 0.0
