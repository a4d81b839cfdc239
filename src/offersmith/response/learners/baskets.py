"""What a sale is worth under every arm: the size of the basket learned from buyers, the offer's cost computed.

Sizes are learned by ridge regression with arm x feature terms, of the amount itself or of its logarithm, whichever
predicts amounts better on customers not fitted on. A logarithm is brought back with one factor that makes the total
right, as smearing does (Duan 1983).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints
from offersmith.response.learners.interacted import Interacted, fit_interacted
from offersmith.response.trial import Arm, Sale, Trial

_POINTS = 20
"""Quantiles that stand for how baskets spread around their mean, where an offer asks for a smallest basket."""


@dataclass(frozen=True, slots=True, eq=False)
class Baskets:
    """Size of a sale by customer and arm.

    Attributes:
        size: of the amount, or of its logarithm.
        smear: what exp(a predicted logarithm) is multiplied by; 0 = amounts were learned as they are.
        spread: (m,) quantiles of amount over predicted amount.
        margin: profit before offers over the basket.
        arms: what each takes off.
        lowest: smallest amount seen; no smaller one is predicted.
    """

    size: Interacted
    smear: float
    spread: Floats
    margin: float
    arms: tuple[Arm, ...]
    lowest: float

    def predict(self, x: Floats) -> Floats:
        """Return (n, k) expected profit of a sale after the offer, major units."""
        size = amounts(self.size, self.smear, x, self.lowest)
        return np.column_stack(
            [self.margin * size[:, number] - self._relief(arm, size[:, number]) for number, arm in enumerate(self.arms)]
        )

    def _relief(self, arm: Arm, size: Floats) -> Floats:
        if arm.minimum <= 0:
            return arm.relief(size)
        return np.asarray(np.mean([arm.relief(size * ratio) for ratio in self.spread], axis=0))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        arms = [[arm.name, arm.kind, arm.share, arm.fixed, arm.minimum] for arm in self.arms]
        return {
            "size": self.size.as_dict(),
            "smear": self.smear,
            "spread": self.spread.tolist(),
            "margin": self.margin,
            "arms": arms,
            "lowest": self.lowest,
        }

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Baskets:
        """Make it again from `as_dict`."""
        return cls(
            size=Interacted.of(plain["size"]),
            smear=float(plain["smear"]),
            spread=np.array(plain["spread"], dtype=np.float64),
            margin=float(plain["margin"]),
            arms=tuple(Arm(*values) for values in plain["arms"]),
            lowest=float(plain["lowest"]),
        )


def amounts(size: Interacted, smear: float, x: Floats, lowest: float) -> Floats:
    """Return (n, k) predicted amounts; `smear` 0 = the model speaks of amounts, not of logarithms."""
    raw = size.predict(x)
    return np.asarray(np.maximum(smear * np.exp(raw) if smear > 0 else raw, lowest))


def fit_baskets(trial: Trial, sale: Sale, fold: Ints) -> Baskets:
    """Learn sizes from those who bought.

    Args:
        trial: everybody.
        sale: what they bought.
        fold: (n,) fold of each row's customer.
    """
    buyers = np.flatnonzero(sale.bought)
    x, arm, amount, part = trial.x[buyers], trial.arm[buyers], sale.basket[buyers], fold[buyers]
    arms, lowest = len(trial.arms), float(amount.min())
    ways = (False, True) if lowest > 0 else (False,)
    losses = [_held_out(x, arm, amount, arms, part, log=log) for log in ways]
    size, smear = _fit(x, arm, amount, arms, part, log=ways[int(np.argmin(losses))])
    ratio = amount / amounts(size, smear, x, max(lowest, 1e-9))[np.arange(len(x)), arm]
    spread = np.quantile(ratio, (np.arange(_POINTS) + 0.5) / _POINTS)
    return Baskets(size, smear, spread / max(float(spread.mean()), 1e-9), sale.margin, trial.arms, lowest)


def _fit(x: Floats, arm: Ints, amount: Floats, arms: int, fold: Ints, *, log: bool) -> tuple[Interacted, float]:
    if not log:
        return fit_interacted("mean", x, amount, arm, arms, fold), 0.0
    size = fit_interacted("mean", x, np.log(amount), arm, arms, fold)
    fitted = np.exp(size.predict(x)[np.arange(len(x)), arm])
    return size, float(amount.mean() / fitted.mean())


def _held_out(x: Floats, arm: Ints, amount: Floats, arms: int, fold: Ints, *, log: bool) -> float:
    """Return the squared error on a fold that was not fitted on; 0 with too few buyers to hold any back."""
    learn, held = np.flatnonzero(fold != 0), np.flatnonzero(fold == 0)
    if len(learn) < 2 or not len(held):
        return 0.0
    size, smear = _fit(x[learn], arm[learn], amount[learn], arms, fold[learn], log=log)
    found = amounts(size, smear, x[held], float(amount[learn].min()))[np.arange(len(held)), arm[held]]
    return float(np.mean((amount[held] - found) ** 2))
