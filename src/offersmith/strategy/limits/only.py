"""Eligibility: some offers are for customers of a segment only."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from offersmith.strategy.limits.base import Ban
from offersmith.strategy.limits.ground import Ground


class Only(Ban, frozen=True, kw_only=True):
    """`offers` that nobody outside of the segment may get."""

    kind: ClassVar[str] = "only"
    named: ClassVar[bool] = True

    def forbids(self, ground: Ground) -> NDArray[np.bool_]:
        """Return the offers of everybody else."""
        return np.outer(self.chosen(ground.words), ~self.members(ground))
