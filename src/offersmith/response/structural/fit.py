"""How the structural model is learned: its parts, their calibration, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.response.base import (
    Economics,
    Evidence,
    Floats,
    History,
    Ints,
    OfferEffect,
    Strings,
    flags,
    floats,
    strings,
)
from offersmith.response.constant import depth_of
from offersmith.response.costs import CostLine, learn_cost, points
from offersmith.response.crossfit import folds
from offersmith.response.encode import Encoder
from offersmith.response.linear import expit
from offersmith.response.prior import FittedPrior, believe
from offersmith.response.scores import Slope, measure, slope
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.core import Core, CrossfittedCore, fit_core
from offersmith.response.structural.redeeming import fit_redeeming, used
from offersmith.response.structural.stacked import Crossfitted, Stacked
from offersmith.response.weighing import believed, expected, trust
from offersmith.settings import PriorSettings
from offersmith.vocabulary import NO_OFFER, Offer


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a predicted change of revenue is turned into.

    `mean + trust x slope x (predicted - center) + (1 - trust) x (prior - prior_center)`: where campaigns were not
    decided by lot, predicted differences between customers are as open to selection as their mean is, so they are
    believed only as far as the measured mean is beside the prior's; the rest is the stated prior's.

    Attributes:
        center: mean prediction over the customers compared, major units.
        mean: what the offer does on average.
        mean_sd: its spread.
        slope: how far differences hold.
        slope_sd: its spread.
        trust: 1 when decided by lot, 0 when nothing bounds the bias.
        prior_center: mean of the prior's change of revenue over the customers compared.
    """

    center: float
    mean: float
    mean_sd: float
    slope: float
    slope_sd: float
    trust: float
    prior_center: float

    def revenue(self, predicted: Floats, prior: Floats) -> Floats:
        """Return the calibrated change of revenue from the predicted one and the prior's."""
        learned = self.slope * (predicted - self.center)
        return np.asarray(self.mean + self.trust * learned + (1 - self.trust) * (prior - self.prior_center))

    def spread(self, predicted: Floats) -> Floats:
        """Return its standard deviation as an estimate."""
        return np.asarray(np.hypot(self.mean_sd, self.trust * self.slope_sd * (predicted - self.center)))

    def as_dict(self) -> dict[str, float]:
        """Return plain values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Everything learned: see `boosting` for what each part is for."""

    encoder: Encoder
    core: Core
    redeeming: Stacked
    calibration: Mapping[str, Calibration]
    costs: Mapping[str, CostLine]


def learn(
    history: History, offers: Sequence[Offer], economics: Economics, priors: PriorSettings, seed: int
) -> tuple[Fitted, FittedPrior, Evidence]:
    """Learn the structural model from a history with enough rows (`boosting.MIN_ROWS` and the like)."""
    table = history.table
    prior = believe(history, economics, priors, ())
    encoder = Encoder.learn(table, history.features)
    x, given = encoder.matrix(table), strings(table, "offer_id")
    fold = folds(strings(table, "customer_id"), history.folds, seed)
    known = {offer.offer_id: offer for offer in offers}
    names = sorted(set(given.tolist()) - {NO_OFFER})
    depth = {
        name: (points(known[name], prior.basket) if name in known else 0.0) or depth_of(history, given == name)
        for name in names
    }
    arms = Arms(depth)
    bought, revenue = flags(table, "bought").astype(np.float64), floats(table, "revenue")
    core = fit_core(x, given, bought, revenue, arms, fold, history.folds, seed)
    use = fit_redeeming(history, x, arms, fold, history.folds, seed)
    redeeming = use.fitted
    calibrated, effects = _calibrate(history, core, redeeming, x, fold, known, prior, seed)
    fitted = Fitted(encoder, core.core, redeeming.whole, calibrated, _costs(history, core, given))
    evidence = Evidence(
        model="boosting",
        reasons=("structural", *history.selected),
        rows=table.num_rows,
        campaigns=history.campaigns,
        scores={**use.scores(), **_rounds(core)},
        reliability=use.reliability(),
        effects=effects,
        left_out=dict(history.left_out),
        importance=use.importance((*encoder.names, *arms.names)),
    )
    return fitted, prior, evidence


def _calibrate(
    history: History,
    core: CrossfittedCore,
    redeeming: Crossfitted,
    x: Floats,
    fold: Ints,
    known: Mapping[str, Offer],
    prior: FittedPrior,
    seed: int,
) -> tuple[dict[str, Calibration], tuple[OfferEffect, ...]]:
    revenue = floats(history.table, "revenue")
    nothing = core.parts(x, fold, NO_OFFER)
    held: dict[str, Calibration] = {}
    effects: list[OfferEffect] = []
    for name, depth in sorted(core.core.arms.depth.items()):
        offer = known.get(name, Offer(name, "unknown"))
        predicted = core.parts(x, fold, name).revenue - nothing.revenue
        chance = expit(redeeming.out_of_fold(np.hstack([x, core.core.arms.same(name, len(x))]), fold))
        measured = measure(history, name, revenue, seed)
        turn = slope(measured, predicted) if measured else Slope(1.0, 0.5)
        rows = measured.rows if measured else np.arange(len(x))
        weight = measured.weight if measured else np.full(len(x), 1 / len(x))
        believing = expected(prior, history.table.take(pa.array(rows)), offer, depth, chance[rows], weight)
        effect = believed(history, offer, believing, measured, turn)
        effects.append(effect)
        held[name] = Calibration(
            center=float(weight @ predicted[rows]),
            mean=effect.used,
            mean_sd=effect.used_sd,
            slope=turn.value,
            slope_sd=turn.sd,
            trust=trust(history, effect),
            prior_center=effect.prior,
        )
    return held, tuple(effects)


def _costs(history: History, core: CrossfittedCore, given: Strings) -> dict[str, CostLine]:
    cost = floats(history.table, "cost")
    lines = {}
    for name in sorted(set(given.tolist()) - {NO_OFFER}):
        rows = used(history) & np.isfinite(cost) & (given == name)
        line = learn_cost(cost[rows], core.basket_out[rows] * core.core.factor.get(name, 1.0))
        if line:
            lines[name] = line
    return lines


def _rounds(core: CrossfittedCore) -> dict[str, float]:
    return {"buying_rounds": float(core.core.buying.rounds), "basket_rounds": float(core.core.basket.rounds)}
