"""Doubly robust levels of every arm: means over any customers are what the arm brings those customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.experiments.off_policy.interval import Interval, mean_interval
from offersmith.experiments.uplift.average import MIN_SUPPORT
from offersmith.experiments.uplift.spread import MIN_GROUP, people, support
from offersmith.response.base import Floats, Ints
from offersmith.response.learners.crossing import split
from offersmith.response.linear import steady
from offersmith.response.reward import expected_rewards
from offersmith.response.trial import Trial

FOLDS = 3
_SALT = 3_000_017


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Scores of every arm (Robins, Rotnitzky & Zhao 1994), less nothing.

    Attributes:
        trial: the rows.
        outcome: (n, k) scores of the outcome.
        chance: (n, k) of having bought; None where the trial does not say who did.
        cluster: (n,) number of the customer.
    """

    trial: Trial
    outcome: Floats
    chance: Floats | None
    cluster: Ints

    @classmethod
    def of(cls, trial: Trial, seed: int) -> Levels:
        """Score every row, with expectations fitted on other customers."""
        fold = split(trial.customer, FOLDS, seed + _SALT)
        bought = None if trial.sale is None else _scores(trial, trial.sale.bought.astype(np.float64), fold)
        _, number = np.unique(trial.customer, return_inverse=True)
        return cls(trial, _scores(trial, trial.outcome, fold), bought, number.astype(np.int64))

    def gain(self, rows: Ints, arm: int) -> tuple[Interval, str]:
        """Return an arm's effect over the control on some rows, and the reason why its interval does not hold, if any.

        Args:
            rows: numbers of the rows, at least one.
            arm: its number.
        """
        score = self.outcome[rows, arm] - self.outcome[rows, 0]
        found = mean_interval(score, self.cluster[rows])
        given, outcome = self.trial.arm[rows], self.trial.outcome[rows]
        treated, control = given == arm, given == 0
        if min(people(side, self.cluster[rows]) for side in (treated, control)) < MIN_GROUP:
            return found, "uplift_few_customers"
        if support(outcome, treated, control) < MIN_SUPPORT:
            return found, "uplift_few_outcomes"
        return found, "" if found.standard_error > 0 else "uplift_constant"

    def covariance(self, scores: Floats, rows: Ints) -> Floats:
        """Return (d, d) the covariance of the means of (n, d) scores over some rows, customers counting as one."""
        chosen = scores[rows] - scores[rows].mean(axis=0)
        _, number = np.unique(self.cluster[rows], return_inverse=True)
        sums = np.column_stack([np.bincount(number, column) for column in chosen.T])
        count = len(sums)
        with steady():
            return np.asarray(sums.T @ sums * count / max(count - 1, 1) / len(rows) ** 2)


def _scores(trial: Trial, outcome: Floats, fold: Ints) -> Floats:
    k, here = len(trial.arms), np.arange(len(trial))
    found = np.zeros((len(trial), k))
    with steady():
        for arm, expected in expected_rewards(trial.x, trial.arm, k, outcome, fold, FOLDS):
            found[:, arm] = expected
    found[here, trial.arm] += (outcome - found[here, trial.arm]) / trial.propensity
    return found
