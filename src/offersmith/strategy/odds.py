"""The lots before any row: which offers a customer may get by chance, and with which odds.

Even odds over none and all offers (with probability `share`: epsilon-greedy); or the chance of each offer to be the
best by what is believed (`matching`: Thompson sampling), which tries seldom what is known to be worse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.candidates import Candidates
from offersmith.strategy.kernels import Floats, add
from offersmith.strategy.matching import chance_best

HALVINGS = 40
Tried = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Odds:
    """What a lot may hand out.

    Attributes:
        cost: (K, n) of every paying offer.
        worth: (K, n) likewise, expected profit.
        chance: (K, n) of every paying offer; `none` has what is missing to 1, an offer that is not tried has 0.
        small: (K, n) draws so little of every row that it may be left to a lot; who gets a dearer offer from the
            optimum is not decided by lot.
    """

    cost: Floats
    worth: Floats
    chance: Floats
    small: Tried

    @property
    def possible(self) -> Tried:
        """(n,) who could get something by lot."""
        return np.asarray((self.chance > 0).any(axis=0))

    @property
    def nothing(self) -> Floats:
        """(n,) the chance of none."""
        return np.asarray(np.maximum(1.0 - self.chance.sum(axis=0), 0.0))

    def mean(self, draw: Floats) -> float:
        """Return what lots for all are expected to draw, given what each offer does, (K, n)."""
        return _drawn(self.chance, draw, 0.0)

    def thrifty(self, draw: Floats, bound: float) -> Odds:
        """Return lots that are expected to draw at most `bound`: offers that draw much less often, by one thrift."""
        if self.mean(draw) <= bound:
            return self
        if bound <= 0:
            return replace(self, chance=np.where(draw > 0, 0.0, self.chance))
        # chance * draw / (1 + thrift * draw) < chance / thrift, so this much thrift is enough.
        low, high = 0.0, float(self.chance.sum()) / bound
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if _drawn(self.chance, draw, middle) > bound else (low, middle)
        return replace(self, chance=self.chance / (1 + high * draw))


def even(cost: Floats, worth: Floats, tried: Tried) -> Odds:
    """Return lots in which none and every offer that is tried are equally likely."""
    return Odds(cost, worth, tried / (1.0 + tried.sum(axis=0)), tried)


Believed = tuple[Floats, Floats]
"""(K, n) mean and spread of what the plan makes large."""


def evenly(found: Candidates, tried: Tried, believed: Believed) -> Odds:  # noqa: ARG001 - of `thompson` alone
    """Return even lots over the candidates that are tried."""
    return even(found.cost, found.profit, tried)


def thompson(found: Candidates, tried: Tried, believed: Believed) -> Odds:
    """Return lots by the chance of each offer that is tried to be the best by what is believed."""
    return Odds(found.cost, found.profit, chance_best(*believed, tried), tried)


ODDS: Mapping[str, Callable[[Candidates, Tried, Believed], Odds]] = MappingProxyType(
    {"even": evenly, "thompson": thompson}
)
"""Every kind of lot by name, as `[plan] lots` in the settings says it."""


@compiled
def _drawn(chance: Floats, draw: Floats, thrift: float) -> float:
    total, rest = 0.0, 0.0
    for offer in range(draw.shape[0]):
        for i in range(draw.shape[1]):
            total, rest = add(total, rest, chance[offer, i] * draw[offer, i] / (1.0 + thrift * draw[offer, i]))
    return total + rest
