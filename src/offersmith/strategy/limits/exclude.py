"""Exclusions: customers of a segment must not get some offers, or any."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.limits.base import Ban
from offersmith.strategy.limits.ground import Ground


class Exclude(Ban, frozen=True, kw_only=True):
    """`offers` that the segment must not get; without it none at all."""

    kind: ClassVar[str] = "exclude"

    def forbids(self, ground: Ground) -> NDArray[np.bool_]:
        """Return the offers of the members."""
        return np.outer(self.chosen(ground.words), self.members(ground))
