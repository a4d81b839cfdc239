"""What a plain model is: rows and an outcome in, the expected outcome of any row out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from offersmith.response.base import Floats, Kind


class FittedBase(Protocol):
    """A plain model that has learned; immutable."""

    def predict(self, x: Floats) -> Floats:
        """Return (n,) expected outcomes of (n, p) rows; chances lie in [0, 1]."""

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return the files and the plain values from which `Base.load` makes the same again."""


class Base(Protocol):
    """A way of fitting y ~ x; stateless, with its settings as attributes."""

    @property
    def name(self) -> str:
        """Key of `bases.BASES`."""

    def fit(self, kind: Kind, x: Floats, y: Floats, *, weight: Floats | None = None, seed: int) -> FittedBase:
        """Fit; the average where there is nothing to tell rows apart by.

        Args:
            kind: what `y` is.
            x: (n, p) finite features.
            y: (n,) outcome; zeros and ones when `kind` is `chance`.
            weight: (n,) how much each row counts; None = all alike.
            seed: of whatever is drawn.
        """

    def load(self, files: Mapping[str, bytes], plain: Mapping[str, Any]) -> FittedBase:
        """Make a saved one again."""


@dataclass(frozen=True, slots=True)
class Flat:
    """The same value for everybody."""

    value: float

    def predict(self, x: Floats) -> Floats:
        """Return (n,) times the value."""
        return np.full(len(x), self.value)

    def save(self) -> tuple[dict[str, bytes], dict[str, Any]]:
        """Return its value."""
        return {}, {"flat": self.value}


def flat(y: Floats, x: Floats, weight: Floats | None, least: int) -> Flat | None:
    """Return the average where a model has nothing to learn: under `least` rows, one outcome, or no columns."""
    if len(y) == 0:
        return Flat(0.0)
    if len(y) >= least and x.shape[1] and y.min() < y.max():
        return None
    total = len(y) if weight is None else float(weight.sum())
    if total <= 0:
        return Flat(0.0)
    return Flat(float(y.mean() if weight is None else (weight @ y) / total))


def loaded_flat(plain: Mapping[str, Any]) -> Flat | None:
    """Return the average that was saved in place of a model, if one was."""
    return Flat(float(plain["flat"])) if "flat" in plain else None
