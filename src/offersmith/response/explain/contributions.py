"""Effects taken apart by feature, as values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.response.base import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Contributions:
    """What each feature adds to each arm's effect, compared with the customers of a background.

    base + values.sum over features + rest = the effects the model predicts.

    Attributes:
        names: (p,) of the features.
        x: (n, p) their values.
        base: (k,) effects of the background.
        values: (n, k, p) in the outcome's unit; arm 0 is zero throughout.
        rest: (n, k) what belongs to no feature: bounds of a chance, thresholds of an offer.
        method: `parts` (worked out from the model's own weights and trees) or `sampled`.
        error: (n, k, p) standard error of sampled values; None where nothing was drawn.
    """

    names: tuple[str, ...]
    x: Floats
    base: Floats
    values: Floats
    rest: Floats
    method: str
    error: Floats | None = None

    @property
    def effects(self) -> Floats:
        """(n, k) the effects that were taken apart."""
        return np.asarray(self.base + self.values.sum(axis=2) + self.rest)
