"""Who uses what they are given: learned on the treated whose use is known, judged out of fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from offersmith.experiments.calibration import calibration
from offersmith.experiments.ranking import lift, roc_auc
from offersmith.response.base import Bools, Floats, History, Ints, flags, strings
from offersmith.response.linear import expit, log_loss
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.stacked import Crossfitted, Stacked, fit_stacked
from offersmith.vocabulary import NO_OFFER


@dataclass(frozen=True, slots=True, eq=False)
class Redeeming:
    """A fitted model of use, with what it was judged on.

    Attributes:
        fitted: log-odds of use, of features and codes of the offer; and of each row by models of other folds.
        coded: (m, q) what it learned from.
        raw: (m,) log-odds of those rows by models of other folds.
        redeemed: (m,) whether they used it.
    """

    fitted: Crossfitted
    coded: Floats
    raw: Floats
    redeemed: Floats

    def scores(self) -> dict[str, float]:
        """Return out-of-fold figures by name; those that cannot be told are left out."""
        figures = {
            "redemption_rows": float(len(self.raw)),
            "redemption_rate": float(self.redeemed.mean()),
            "redemption_auc": roc_auc(self.redeemed, self.raw),
            "redemption_lift": lift(self.redeemed, self.raw),
            "redemption_log_loss": log_loss(self.raw, self.redeemed),
            "redemption_rounds": float(self.fitted.whole.rounds),
            "redemption_penalty": self.fitted.whole.penalty,
        }
        return {name: value for name, value in figures.items() if np.isfinite(value)}

    def reliability(self) -> tuple[Mapping[str, float], ...]:
        """Return predicted against observed use, in tenths of the predicted."""
        return tuple(part.as_dict() for part in calibration(self.redeemed, expit(self.raw)).bins)

    def importance(self, names: Sequence[str]) -> dict[str, float]:
        """Return each column's share in the model, largest first."""
        return importance(self.fitted.whole, self.coded, names)


def fit_redeeming(history: History, x: Floats, arms: Arms, fold: Ints, count: int, seed: int) -> Redeeming:
    """Learn who uses what they are given.

    Args:
        history: past campaigns.
        x: (rows, p) its encoded features.
        arms: how offers are coded.
        fold: (rows,) fold of each row's customer.
        count: number of folds.
        seed: of the trees.
    """
    given = strings(history.table, "offer_id")
    treated = np.flatnonzero((given != NO_OFFER) & history.labelled)
    coded = np.hstack([x, arms.codes(given)])[treated]
    redeemed = flags(history.table, "redeemed").astype(np.float64)[treated]
    fitted = fit_stacked("chance", coded, redeemed, fold[treated], count, seed=seed + 200)
    return Redeeming(fitted, coded, fitted.out_of_fold(coded, fold[treated]), redeemed)


def used(history: History) -> Bools:
    """Return (rows,) who is known to have used what they were given."""
    return flags(history.table, "redeemed") & history.labelled


def importance(model: Stacked, x: Floats, names: Sequence[str]) -> dict[str, float]:
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
