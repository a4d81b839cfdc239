"""What a sale is worth under every arm, taken apart as the basket is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from offersmith.response.base import Floats
from offersmith.response.explain.parted import Parted
from offersmith.response.shared.model import taken
from offersmith.response.trial import Arm

_STEEP = 4.0
"""An offer from a minimum on is a step; a unit of basket is said to change what it takes off by no more than so many
times its usual part of a basket."""


def worth(arms: Sequence[Arm], margin: float, ratio: Floats, basket: Parted) -> Parted:
    """Return margin x basket less what each arm takes off it.

    Args:
        arms: (k,) the arms.
        margin: profit before offers over a basket.
        ratio: quantiles of amount over predicted amount, over which an offer with a smallest basket is averaged.
        basket: (n, k) expected baskets.
    """
    shares, fixed = (np.array([getattr(arm, name) for arm in arms]) for name in ("share", "fixed"))
    plain = np.array([arm.minimum <= 0 for arm in arms])
    found = basket.scaled(margin - np.where(plain, shares, 0.0)).shifted(-np.where(plain, fixed, 0.0))
    for number in np.flatnonzero(~plain).tolist():
        arm = arms[number]
        steep = _STEEP * (arm.share + arm.fixed / arm.minimum)
        one = Parted(basket.base[[number]], basket.values[:, [number]], basket.rest[:, [number]])
        relief = one.through(partial(taken, arm, ratio=ratio), 0.0, steep)
        found.base[number] -= relief.base[0]
        found.values[:, number] -= relief.values[:, 0]
        found.rest[:, number] -= relief.rest[:, 0]
    return found
