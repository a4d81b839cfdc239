"""What models of repeat buying learn from, and what every fitted one can say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InputError

Floats = NDArray[np.float64]
_MOST_CODES = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How often customers came back, in one unit of time throughout (days, weeks).

    Attributes:
        frequency: (n,) purchases after the first.
        recency: (n,) time from the first purchase to the last; 0 where there was one.
        age: (n,) time from the first purchase to the moment.
        weight: (n,) how many customers each row stands for.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weight: Floats

    @classmethod
    def of(cls, frequency: Floats, recency: Floats, age: Floats, weight: Floats | None = None) -> Counts:
        """Check and make.

        Raises:
            InputError: lengths differ, or a row is impossible.
        """
        columns = [np.asarray(one, np.float64) for one in (frequency, recency, age)]
        weights = np.ones(len(columns[0])) if weight is None else np.asarray(weight, np.float64)
        if len({len(one) for one in (*columns, weights)}) > 1:
            raise InputError("frequency, recency, age and weight differ in length", field="frequency")
        x, last, whole = columns
        for field, wrong, allowed in (
            ("frequency", ~((x >= 0) & (np.floor(x) == x)), "a whole number >= 0"),
            ("recency", ~((last >= 0) & ((x > 0) | (last == 0))), "a number >= 0, and 0 where nobody came back"),
            ("age", ~((whole >= last) & np.isfinite(whole)), "a number not below recency"),
            ("weight", ~(weights >= 0), "a number >= 0"),
        ):
            if wrong.any():
                values = {"frequency": x, "recency": last, "age": whole, "weight": weights}[field]
                place = int(np.flatnonzero(wrong)[0])
                raise InputError(f"{field} = {values[place]:g} in row {place}: must be {allowed}", field=field)
        return cls(x, last, whole, weights)

    def grouped(self) -> tuple[Counts, NDArray[np.int64]]:
        """Return the different rows with what they stand for, and (n,) which of them each row is."""
        whole = np.column_stack([self.frequency, self.recency, self.age])
        # One number a row sorts far faster than three columns do.
        codes, held = np.zeros(len(whole), np.int64), 1
        for column in whole.T:
            values, code = np.unique(column, return_inverse=True)
            if held * len(values) > _MOST_CODES:
                codes = np.unique(codes, return_inverse=True)[1]
                held = len(codes)
            codes, held = codes * len(values) + code, held * len(values)
        _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
        x, last, age = whole[first].T
        return Counts(x, last, age, np.bincount(inverse, self.weight, len(first)).astype(np.float64)), inverse

    def __len__(self) -> int:
        return len(self.frequency)


class FittedLifetime(Protocol):
    """A model of repeat buying that has learned; immutable. Times are in the unit of the counts."""

    @property
    def name(self) -> str:
        """Key of `LIFETIMES`."""
        ...

    @property
    def log_likelihood(self) -> float:
        """Of the counts it learned from, without a prior."""
        ...

    def alive(self, counts: Counts) -> Floats:
        """Return (n,) the chance that each customer has not left for good."""
        ...

    def expected(self, counts: Counts, ahead: float) -> Floats:
        """Return (n,) purchases expected within so much time from the moment on."""
        ...

    def none(self, counts: Counts, ahead: float) -> Floats:
        """Return (n,) the chance of no purchase within so much time."""
        ...

    def next_time(self, counts: Counts, chance: float) -> Floats:
        """Return (n,) the time by which the next purchase has come with a chance, of who is still a customer."""
        ...

    def cumulative(self, ages: Floats) -> Floats:
        """Return (n,) purchases after the first that anybody is expected to have made at an age."""
        ...

    def around(self) -> tuple[tuple[FittedLifetime, FittedLifetime], ...]:
        """Return the model one standard error to either side, along each axis of what is uncertain."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        ...


class Lifetime(Protocol):
    """A way of learning repeat buying."""

    @property
    def name(self) -> str:
        """Key of `LIFETIMES`."""
        ...

    def fit(self, counts: Counts) -> FittedLifetime:
        """Learn by maximum likelihood.

        Raises:
            InputError: nobody came back, so nothing can be learned.
        """
        ...
