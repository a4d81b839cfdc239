"""What giving each customer an arm was worth on customers that had no say in it.

A row's gain from an arm is the doubly robust score of that arm less the control's (Robins, Rotnitzky & Zhao 1994):
its mean over any group of customers is that arm's effect on them. What an arm was expected to bring comes from other
folds (`reward`), so no row speaks for itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.interval import Interval, mean_interval
from offersmith.experiments.off_policy.support import support
from offersmith.response.base import Floats, Ints
from offersmith.response.linear import steady
from offersmith.response.reward import expected_rewards
from offersmith.response.trial import Trial


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """Every row's gain from every arm.

    Attributes:
        trial: the rows.
        gain: (n, k) doubly robust scores less the control's; column 0 is zero.
        expected: (n, k) expected outcomes, from models of other folds.
        cluster: (n,) number of the customer; None = every row its own.
    """

    trial: Trial
    gain: Floats
    expected: Floats
    cluster: Ints | None

    @classmethod
    def of(cls, trial: Trial, fold: Ints, count: int, cost: Floats | None = None) -> Gains:
        """Score every row, with expectations fitted on other folds.

        Args:
            trial: the rows.
            fold: (n,) of `held_out.folds_of`.
            count: of folds.
            cost: (k,) what each arm costs a customer given it, taken off its gain; None = nothing.
        """
        k, here = len(trial.arms), np.arange(len(trial))
        expected = np.zeros((len(trial), k))
        with steady():
            for arm, values in expected_rewards(trial.x, trial.arm, k, trial.outcome, fold, count):
                expected[:, arm] = values
        score = expected.copy()
        score[here, trial.arm] += (trial.outcome - expected[here, trial.arm]) / trial.propensity
        _, number = np.unique(trial.customer, return_inverse=True)
        alone = len(number) == 0 or int(number.max()) + 1 == len(trial)
        score -= np.zeros(k) if cost is None else cost
        return cls(trial, score - score[:, [0]], expected, None if alone else number)

    def terms(self, action: Ints) -> Floats:
        """Return (n,) gains from giving each row an arm; their mean is the policy's value over giving nothing."""
        return np.asarray(self.gain[np.arange(len(action)), action])

    def reasons(self, action: Ints) -> tuple[str, ...]:
        """Return codes of `catalogue/experiments.toml` for which no interval is given for a policy."""
        trial = self.trial
        weight = np.where(trial.arm == action, 1 / trial.propensity, 0.0)
        flat = np.zeros(0)
        return support(Logged(trial.outcome, weight, flat, flat, self.cluster)).reasons

    def value(self, action: Ints, less: Ints | None = None) -> Value:
        """Return what giving each row an arm is worth a row, over giving nothing or over other arms.

        Args:
            action: (n,) arm of every row.
            less: (n,) the arms to compare with; None = the control for everybody.
        """
        other = np.zeros(len(action), dtype=np.int64) if less is None else less
        codes = dict.fromkeys(code for one in (action, other) for code in self.reasons(one))
        found = mean_interval(self.terms(action) - self.terms(other), self.cluster)
        return Value(found.value, found, tuple(codes))


@dataclass(frozen=True, slots=True)
class Value:
    """A policy's value a customer over giving nothing, or over another.

    Attributes:
        value: in the outcome's unit.
        found: its 95 % interval, whether or not the rows support it.
        reasons: codes for which the interval is withheld; () = it holds.
    """

    value: float
    found: Interval
    reasons: tuple[str, ...]

    @property
    def low(self) -> float | None:
        """Lower end; None where it is withheld."""
        return None if self.reasons else self.found.low

    @property
    def high(self) -> float | None:
        """Upper end; None where it is withheld."""
        return None if self.reasons else self.found.high

    def widened(self, by: float) -> Value:
        """Return the same with an interval that reaches `by` times as far."""
        low, high = (self.value + by * (end - self.value) for end in (self.found.low, self.found.high))
        return replace(self, found=replace(self.found, low=low, high=high))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"value": self.value, "low": self.low, "high": self.high, "reason": "".join(self.reasons[:1])}


def best(effects: Floats) -> Ints:
    """Return (n,) the arm with the largest predicted effect, the control where none is above 0."""
    found: Ints = np.argmax(effects, axis=1)
    # Column 0 is zero and argmax takes the first of equals: an arm must beat nothing to be given.
    return found


def claimed(effects: Floats) -> float:
    """Return what a model says its own policy is worth a row."""
    return float(np.maximum(effects.max(axis=1), 0.0).mean())
