"""How price moves each customer, as far as their own record tells: a logistic model with a will and a slope of each.

The log-odds that a visit ends in a purchase are `will + slope * depth`, both drawn for each customer from one normal
distribution. That distribution is learned from everybody (EM with Laplace's approximation, one Newton run inside each
step: Breslow and Clayton 1993, "Approximate inference in generalized linear mixed models"); who has little on record
is like the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from benchmarks._season_shop import Floats

STEPS, NEWTON = 25, 3
"""Rounds of EM, and Newton steps inside each: enough for two digits, and what is learned of them needs no more."""
MOST_STEP = 1.0
"""Of a Newton step, in log-odds."""


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What is known of each of n customers.

    Attributes:
        will: log-odds that a visit without an offer ends in a purchase.
        slope: what they rise by with a unit of depth.
    """

    will: Floats
    slope: Floats

    def chance(self, depth: Floats) -> Floats:
        """Return (n,) that a visit ends in a purchase at a depth, (n,)."""
        return np.asarray(expit(self.will + self.slope * depth))


def sensitivity(visits: Floats, orders: Floats, depth: Floats) -> Sensitivity:
    """Learn it.

    Args:
        visits: (arms, n) of each customer while they held each arm, nothing first.
        orders: (arms, n) of these, that ended in a purchase.
        depth: (arms, n) of the arm for the customer; the unit is free.
    """
    centre = np.array([logit(orders[0].sum() / visits[0].sum()), 0.0])
    spread = np.diag([0.5, 0.5])
    will, slope = (np.full(visits.shape[1], each) for each in centre)
    for _ in range(STEPS):
        precision = np.linalg.inv(spread)
        for _ in range(NEWTON):
            expected = expit(will + slope * depth)
            missed, weight = orders - visits * expected, visits * expected * (1 - expected)
            off, tilt = will - centre[0], slope - centre[1]
            up = missed.sum(axis=0) - precision[0, 0] * off - precision[0, 1] * tilt
            across = (missed * depth).sum(axis=0) - precision[0, 1] * off - precision[1, 1] * tilt
            a = weight.sum(axis=0) + precision[0, 0]
            b = (weight * depth).sum(axis=0) + precision[0, 1]
            c = (weight * depth**2).sum(axis=0) + precision[1, 1]
            whole = a * c - b**2
            will = will + np.clip((c * up - b * across) / whole, -MOST_STEP, MOST_STEP)
            slope = slope + np.clip((a * across - b * up) / whole, -MOST_STEP, MOST_STEP)
        centre = np.array([will.mean(), slope.mean()])
        both = np.cov(np.stack([will, slope]), bias=True)
        spread = both + np.array([[(c / whole).mean(), (-b / whole).mean()], [(-b / whole).mean(), (a / whole).mean()]])
    return Sensitivity(will, slope)
