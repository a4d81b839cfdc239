"""What every predictor of a purchase is: learned from rows of earlier moments, then asked about any profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.profiles.sequences.steps import Steps

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Customers as they were known at earlier moments, and whether they then bought.

    Attributes:
        profiles: a row per customer and moment: `customer_id` and features.
        bought: (n,) whether they bought within the days after.
        steps: a row per customer and moment: what they did day by day, and what they bought next; None = not read.
    """

    profiles: pa.Table
    bought: NDArray[np.bool_]
    steps: Steps | None = None

    def __len__(self) -> int:
        return int(self.bought.size)


class FittedPredictor(Protocol):
    """A predictor that has learned; immutable."""

    def chance(self, profiles: pa.Table, steps: Steps | None = None) -> Floats:
        """Return (n,) the chance that each customer buys within the days it learned for.

        Args:
            profiles: `customer_id` and features.
            steps: a row per profile; those who read no sequences do without.
        """
        ...


class Predictor(Protocol):
    """A way of learning who buys."""

    @property
    def name(self) -> str:
        """Key of `PREDICTORS`."""
        ...

    def fit(self, rows: Rows, *, seed: int) -> FittedPredictor:
        """Learn; the same rows and seed give the same, whatever the threads."""
        ...


def customers(profiles: pa.Table) -> NDArray[np.int64]:
    """Return (n,) a number for each row's customer, from 0."""
    encoded = pc.dictionary_encode(profiles["customer_id"].combine_chunks())
    return np.asarray(encoded.indices.to_numpy(), np.int64)


def matrix(profiles: pa.Table, names: tuple[str, ...]) -> Floats:
    """Return (n, p) the columns as sign(x) log(1 + |x|), unknown as NaN: counts and money spread over powers of ten."""
    columns = [
        np.asarray(pc.fill_null(profiles[name].cast(pa.float64()), np.nan).to_numpy(), np.float64) for name in names
    ]
    raw = np.column_stack(columns) if columns else np.zeros((profiles.num_rows, 0))
    return np.asarray(np.sign(raw) * np.log1p(np.abs(raw)))


def features(profiles: pa.Table) -> tuple[str, ...]:
    """Return the names of the columns that are features."""
    return tuple(name for name in profiles.column_names if name != "customer_id")
