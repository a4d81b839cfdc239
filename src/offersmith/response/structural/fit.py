"""How the structural model is learned: its parts, their calibration, and the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from offersmith.experiments.calibration import calibration
from offersmith.experiments.ranking import lift, roc_auc
from offersmith.response.base import (
    Bools,
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
from offersmith.response.linear import expit, log_loss
from offersmith.response.prior import FittedPrior, believe
from offersmith.response.scores import Slope, measure, slope
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.core import Core, CrossfittedCore, fit_core
from offersmith.response.structural.stacked import Crossfitted, Stacked, fit_stacked
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
    treated = np.flatnonzero((given != NO_OFFER) & history.labelled)
    coded = np.hstack([x, arms.codes(given)])[treated]
    redeemed = flags(table, "redeemed").astype(np.float64)[treated]
    redeeming = fit_stacked("chance", coded, redeemed, fold[treated], history.folds, seed=seed + 200)
    raw = redeeming.out_of_fold(coded, fold[treated])
    calibrated, effects = _calibrate(history, core, redeeming, x, fold, known, prior, seed)
    fitted = Fitted(encoder, core.core, redeeming.whole, calibrated, _costs(history, core, given))
    evidence = Evidence(
        model="boosting",
        reasons=("structural", *(() if history.randomised else ("not_randomised",))),
        rows=table.num_rows,
        campaigns=history.campaigns,
        scores=_scores(raw, redeemed, redeeming, core),
        reliability=tuple(part.as_dict() for part in calibration(redeemed, expit(raw)).bins),
        effects=effects,
        left_out=dict(history.left_out),
        importance=_importance(redeeming.whole, coded, (*encoder.names, *arms.names)),
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
        used = expit(redeeming.out_of_fold(np.hstack([x, core.core.arms.same(name, len(x))]), fold))
        measured = measure(history, name, revenue, seed)
        turn = slope(measured, predicted) if measured else Slope(1.0, 0.5)
        rows = measured.rows if measured else np.arange(len(x))
        weight = measured.weight if measured else np.full(len(x), 1 / len(x))
        believing = expected(prior, history.table.take(pa.array(rows)), offer, depth, used[rows], weight)
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
    used: Bools = flags(history.table, "redeemed")
    cost = floats(history.table, "cost")
    lines = {}
    for name in sorted(set(given.tolist()) - {NO_OFFER}):
        rows = used & history.labelled & (given == name)
        line = learn_cost(cost[rows], core.basket_out[rows] * core.core.factor.get(name, 1.0))
        if line:
            lines[name] = line
    return lines


def _scores(raw: Floats, redeemed: Floats, redeeming: Crossfitted, core: CrossfittedCore) -> dict[str, float]:
    figures = {
        "redemption_rows": float(len(raw)),
        "redemption_rate": float(redeemed.mean()),
        "redemption_auc": roc_auc(redeemed, raw),
        "redemption_lift": lift(redeemed, raw),
        "redemption_log_loss": log_loss(raw, redeemed),
        "redemption_rounds": float(redeeming.whole.rounds),
        "redemption_penalty": redeeming.whole.penalty,
        "buying_rounds": float(core.core.buying.rounds),
        "basket_rounds": float(core.core.basket.rounds),
    }
    return {name: value for name, value in figures.items() if np.isfinite(value)}


def _importance(model: Stacked, x: Floats, names: Sequence[str]) -> dict[str, float]:
    """Return each column's share in the spread of the log-odds: the linear part's weights and the trees' gains."""
    weight = np.abs(np.array(model.base.weights)) * x.std(axis=0)
    base = model.base.predict(x)
    trees = model.predict(x) - base
    gain = model.gains(len(names))
    total = float(base.var() + trees.var())
    part = float(base.var()) / total if total > 0 else 0.0
    share = part * weight / max(float(weight.sum()), 1e-12) + (1 - part) * gain / max(float(gain.sum()), 1e-12)
    order = np.argsort(-share, kind="stable")
    return {names[index]: float(share[index]) for index in order if share[index] > 0}
