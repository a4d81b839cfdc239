"""An offer as numbers a shared model can learn from: whether, how deep, and which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats, Strings
from offersmith.vocabulary import NO_OFFER


@dataclass(frozen=True, slots=True)
class Arms:
    """The offers a model knows, in order, with their depth in percentage points of the usual basket.

    Sharing one depth lets ten percent learn from five and twenty; the column of its own lets an offer differ.
    """

    depth: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns `codes` makes."""
        return ("offer given", "offer depth", *(f"offer {name}" for name in sorted(self.depth)))

    def codes(self, given: Strings) -> Floats:
        """Return (n, len(names)) codes of what each row was given; `none` is all zeros."""
        names = sorted(self.depth)
        own = (given[:, None] == np.array(names, dtype=np.str_)[None, :]).astype(np.float64)
        deep = own @ np.array([self.depth[name] for name in names]) / 10
        return np.column_stack([(given != NO_OFFER).astype(np.float64), deep, own])

    def same(self, offer_id: str, rows: int) -> Floats:
        """Return the codes of `rows` customers who all get one offer."""
        return np.repeat(self.codes(np.array([offer_id], dtype=np.str_)), rows, axis=0)
