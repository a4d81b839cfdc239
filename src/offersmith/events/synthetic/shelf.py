"""What the synthetic shop sells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CATEGORIES = ("coffee", "bakery", "garden", "beauty", "toys", "kitchen", "sport", "books")
LEVELS = (9.0, 7.0, 22.0, 14.0, 19.0, 28.0, 34.0, 12.0)
"""Typical price of each category, major units."""
PER_CATEGORY = 40
CHEAPEST = 599
"""No product costs less, so that 5.00 off is 5.00 off any basket and the truth needs no simulation."""
_HOUSE = "House"


@dataclass(frozen=True, slots=True)
class Shelf:
    """The products, sorted by category; every array has one entry per product unless said otherwise.

    Attributes:
        ids: product ids.
        names: product names.
        category: index into `CATEGORIES`.
        brands: brand names.
        price: minor units.
        quality: mean of the stars it gets, 1 to 5.
        reach: share of its category's sales, added up within the category, plus the category's index.
        mean_price: expected price of a sale in each category, major units, one entry per category.
    """

    ids: pa.Array
    names: pa.Array
    category: Ints
    brands: pa.Array
    price: Ints
    quality: Floats
    reach: Floats
    mean_price: Floats

    def pick(self, category: Ints, luck: Floats) -> Ints:
        """Return a product of each category; `luck` is uniform in [0, 1)."""
        found = np.searchsorted(self.reach, category + luck, side="right")
        return np.minimum(found, (category + 1) * PER_CATEGORY - 1)


def stock(rng: np.random.Generator) -> Shelf:
    """Fill the shelf."""
    kinds, n = len(CATEGORIES), len(CATEGORIES) * PER_CATEGORY
    category = np.repeat(np.arange(kinds), PER_CATEGORY)
    dollars = np.array(LEVELS)[category] * rng.lognormal(0.0, 0.35, n)
    price = np.maximum(np.ceil(dollars).astype(np.int64) * 100 - 1, CHEAPEST)
    rank = rng.permuted(np.tile(np.arange(1, PER_CATEGORY + 1), (kinds, 1)), axis=1)
    share = rank**-0.8 / np.sum(rank**-0.8, axis=1, keepdims=True)
    reach: Floats = np.cumsum(share, axis=1)
    reach[:, -1] = 1.0
    maker = rng.integers(0, 4, n)
    brands = [
        _HOUSE if m == 3 else f"{CATEGORIES[c].title()} & Co {m + 1}" for c, m in zip(category, maker, strict=True)
    ]
    return Shelf(
        ids=pa.array([f"p{number:04d}" for number in range(n)]),
        names=pa.array([f"{CATEGORIES[c]} {number % PER_CATEGORY + 1}" for number, c in enumerate(category)]),
        category=category,
        brands=pa.array(brands),
        price=price,
        quality=np.clip(rng.normal(4.0, 0.5, n), 1.5, 4.9),
        reach=(reach + np.arange(float(kinds))[:, None]).ravel(),
        mean_price=np.sum(share * price.reshape(kinds, PER_CATEGORY), axis=1) / 100,
    )
