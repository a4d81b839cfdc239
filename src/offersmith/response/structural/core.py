"""The structural core: one chance to buy and one basket for all offers together, fitted and cross-fitted.

Expected revenue = chance to buy x basket of a buyer, with the offer coded by its economics (`arms`), so that every row
teaches about every offer, and the model never spends data on arithmetic it could know. An offer may move the chance
(trees find for whom) and, by one factor per offer, the basket; the factor is shrunk towards 1 by its own precision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from offersmith.response.base import Floats, Ints, Strings
from offersmith.response.linear import expit
from offersmith.response.structural.arms import Arms
from offersmith.response.structural.stacked import Crossfitted, Stacked, fit_stacked
from offersmith.vocabulary import NO_OFFER


@dataclass(frozen=True, slots=True)
class Parts:
    """Chance to buy (n,), basket of a buyer (n,) in major units."""

    chance: Floats
    basket: Floats

    @property
    def revenue(self) -> Floats:
        """Expected revenue."""
        return self.chance * self.basket


@dataclass(frozen=True, slots=True)
class Core:
    """Fitted on everybody; what estimates are made from.

    Attributes:
        arms: how offers are coded.
        buying: log-odds of buying within the horizon, of features and codes.
        basket: mean of log(1 + basket) of buyers, of features.
        smear: makes the mean of the exponentials right (Duan 1983).
        factor: offer -> what it multiplies the basket by.
    """

    arms: Arms
    buying: Stacked
    basket: Stacked
    smear: float
    factor: Mapping[str, float]

    def parts(self, x: Floats, offer_id: str) -> Parts:
        """Return what is expected if every row gets `offer_id`."""
        chance = expit(self.buying.predict(np.hstack([x, self.arms.same(offer_id, len(x))])))
        return Parts(chance, amounts(self.basket.predict(x)) * self.smear * self.factor.get(offer_id, 1.0))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values without the trees."""
        return {
            "depth": dict(self.arms.depth),
            "buying": self.buying.as_dict(),
            "basket": self.basket.as_dict(),
            "smear": self.smear,
            "factor": dict(self.factor),
        }


@dataclass(frozen=True, slots=True)
class CrossfittedCore:
    """The core, and what it says of each row's customer without having seen them."""

    core: Core
    buying: Crossfitted
    basket_out: Floats

    def parts(self, x: Floats, fold: Ints, offer_id: str) -> Parts:
        """Return the out-of-fold expectations if every row of the history had got `offer_id`."""
        coded = np.hstack([x, self.core.arms.same(offer_id, len(x))])
        chance = expit(self.buying.out_of_fold(coded, fold))
        return Parts(chance, self.basket_out * self.core.factor.get(offer_id, 1.0))


def fit_core(
    x: Floats, given: Strings, bought: Floats, revenue: Floats, arms: Arms, fold: Ints, count: int, seed: int
) -> CrossfittedCore:
    """Fit chance and basket.

    Args:
        x: (n, p) encoded features.
        given: (n,) offers received.
        bought: (n,) zeros and ones.
        revenue: (n,) major units before the offer's cost.
        arms: how offers are coded.
        fold: (n,) fold of each customer.
        count: number of folds.
        seed: of the trees.
    """
    buying = fit_stacked("chance", np.hstack([x, arms.codes(given)]), bought, fold, count, seed=seed)
    buyers = np.flatnonzero((bought > 0) & (revenue > 0))
    basket = fit_stacked("mean", x[buyers], np.log1p(revenue[buyers]), fold[buyers], count, seed=seed + 100)
    logs = basket.out_of_fold(x, fold)
    out = amounts(logs)
    rest = np.log1p(np.maximum(revenue, 0.0)) - logs  # read of buyers only; a refund leaves less than nothing
    factor = {name: _factor(rest, given, buyers, name) for name in sorted(arms.depth)}
    applied = np.array([factor.get(name, 1.0) for name in given[buyers].tolist()])
    total = float(np.sum(out[buyers] * applied))
    smear = float(revenue[buyers].sum()) / total if total > 0 else 1.0
    return CrossfittedCore(Core(arms, buying.whole, basket.whole, smear, factor), buying, out * smear)


def amounts(logs: Floats) -> Floats:
    """Return baskets from predicted logarithms of 1 + basket, before `smear`."""
    return np.asarray(np.expm1(np.clip(logs, 0.0, 20.0)))


def _factor(rest: Floats, given: Strings, buyers: Ints, name: str) -> float:
    """Return exp of the offer's mean residual over nothing's, shrunk by the positive-part rule (James & Stein)."""
    own, none = rest[buyers][given[buyers] == name], rest[buyers][given[buyers] == NO_OFFER]
    if len(own) < 30 or len(none) < 30:
        return 1.0
    gap = float(own.mean() - none.mean())
    error = float(own.var(ddof=1) / len(own) + none.var(ddof=1) / len(none))
    return float(np.exp(gap * max(0.0, 1 - error / gap**2))) if gap else 1.0
