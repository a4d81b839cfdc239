"""The members at risk of leaving, period by period: log-likelihood of a hazard with its first and second derivatives.

Periods are gone through one by one, each over the members at risk in it, so person-periods are never written out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from offersmith.profiles.lifetime.base import Floats

_SLACK = 1.0 / 3.0**2
"""Precision of the prior: a standard deviation of 3."""


@dataclass(frozen=True, slots=True)
class AtRisk:
    """What a hazard is fitted to.

    Attributes:
        last: the period each member was last seen in, increasing.
        gone: whether the member left in it.
        since: periods each member had been there when observation began.
        rows: scaled features, a row per member.
        baseline: a row per period, what the duration contributes.
        prior: means of the coefficients before anything is seen, of the baseline first.
    """

    last: NDArray[np.intp]
    gone: NDArray[np.bool_]
    since: NDArray[np.intp]
    rows: Floats
    baseline: Floats
    prior: Floats

    def posterior(self, likelihood: float, at: Floats) -> float:
        """Return the log-posterior, but for a constant, of coefficients of a known log-likelihood."""
        away = at - self.prior
        return likelihood - 0.5 * _SLACK * float(away @ away)

    def look(self, at: Floats) -> tuple[float, Floats, Floats]:
        """Return at given coefficients: the log-likelihood, the slope of the log-posterior, its negative curvature."""
        q = self.baseline.shape[1]
        value, slope, curve = 0.0, -_SLACK * (at - self.prior), np.eye(len(at)) * _SLACK
        shift = self.rows @ at[q:]
        # Members are sorted by their last period, so those still there in a period are at the end.
        starts = np.searchsorted(self.last, np.arange(1, len(self.baseline) + 1))
        for period, (start, base) in enumerate(zip(starts, self.baseline, strict=True), 1):
            here = start + np.flatnonzero(self.since[start:] < period)
            leaves = self.gone[here] & (self.last[here] == period)
            logs = shift[here] + base @ at[:q]
            chance = expit(logs)
            value += float(logs[leaves].sum() - np.logaddexp(0.0, logs).sum())
            rest, weight, x = leaves - chance, chance * (1.0 - chance), self.rows[here]
            slope[:q] += rest.sum() * base
            slope[q:] += rest @ x
            crossed = np.outer(base, weight @ x)
            curve[:q, :q] += weight.sum() * np.outer(base, base)
            curve[:q, q:] += crossed
            curve[q:, :q] += crossed.T
            curve[q:, q:] += (x * weight[:, None]).T @ x
        return value, slope, curve
