"""Folds by customer: nobody helps to predict themselves, not in another campaign either."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from offersmith.response.base import Floats, Ints


def folds(customers: NDArray[np.str_], count: int, seed: int) -> Ints:
    """Return each row's fold in 0..count-1, equal for all rows of a customer and steady when others join or leave."""
    unique, inverse = np.unique(customers, return_inverse=True)
    salt = seed.to_bytes(8, "little", signed=True)
    drawn = [
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, salt=salt).digest(), "little")
        for name in unique.tolist()
    ]
    return (np.array(drawn, dtype=np.uint64) % np.uint64(count)).astype(np.int64)[inverse]


def crossfit(fold: Ints, count: int, fit_predict: Callable[[Ints, Ints], Floats]) -> Floats:
    """Return out-of-fold predictions.

    Args:
        fold: (n,) of `folds`.
        count: how many.
        fit_predict: called with the row numbers to fit on and those to predict; returns one value (or row) each.
    """
    parts: list[tuple[Ints, Floats]] = []
    for part in range(count):
        inside = np.flatnonzero(fold == part)
        if len(inside):
            parts.append((inside, fit_predict(np.flatnonzero(fold != part), inside)))
    if not parts:
        return np.zeros(0)
    result = np.zeros((len(fold), *parts[0][1].shape[1:]))
    for inside, values in parts:
        result[inside] = values
    return result
