"""What customers do and spend: what an estimate needs besides a learner's change of profit.

A learner of parts (`shared`) says it itself. Of one that only says what changes, chance and basket come from linear
models: a logistic one of those who were given nothing, and one of the logarithm of buyers' baskets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.learners.average import FittedAverage
from offersmith.response.learners.base import FittedEffects
from offersmith.response.learners.shared import FittedShared
from offersmith.response.linear import Linear, expit, least_squares, logistic
from offersmith.response.trial import Sale, Trial

PENALTY = 10.0


@dataclass(frozen=True, slots=True)
class Usual:
    """Linear models of what happens without an offer.

    Attributes:
        chance: log-odds of buying.
        basket: mean of the logarithm of a buyer's basket.
        smear: makes the mean of the exponentials right (Duan 1983).
        largest: no larger basket is expected, major units.
    """

    chance: Linear
    basket: Linear
    smear: float
    largest: float

    def expected(self, x: Floats) -> tuple[Floats, Floats]:
        """Return (n,) chances to buy without an offer and (n,) baskets of buyers, major units."""
        amount = self.smear * np.exp(np.minimum(self.basket.predict(x), 30.0))
        return expit(self.chance.predict(x)), np.minimum(amount, self.largest)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "chance": self.chance.as_dict(),
            "basket": self.basket.as_dict(),
            "smear": self.smear,
            "largest": self.largest,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Usual:
        """Make it again from `as_dict`."""
        chance, basket = Linear.of(plain["chance"]), Linear.of(plain["basket"])
        return cls(chance, basket, plain["smear"], plain["largest"])


def fit_usual(trial: Trial, sale: Sale) -> Usual:
    """Learn it from a trial of sales."""
    none = np.flatnonzero(trial.arm == 0)
    chance = logistic(trial.x[none], sale.bought[none].astype(np.float64), PENALTY)
    buyers = np.flatnonzero(sale.bought & (sale.basket > 0))
    spent = sale.basket[buyers]
    basket = least_squares(trial.x[buyers], np.log(spent), PENALTY)
    total = float(np.exp(basket.predict(trial.x[buyers])).sum())
    largest = float(spent.max()) if len(spent) else 0.0
    return Usual(chance, basket, float(spent.sum()) / total if total > 0 else 1.0, largest)


def parts_of(learner: FittedEffects) -> FittedShared | None:
    """Return the learner of parts that this one is or has among its members; None without."""
    if isinstance(learner, FittedShared):
        return learner if learner.model.margin is not None else None
    members = learner.members if isinstance(learner, FittedAverage) else ()
    return next((found for member in members if (found := parts_of(member))), None)
