"""Which things an encoder knows by name: what many customers had; of the rest its category; else only `other`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.profiles.sequences.steps import Things

NOTHING, OTHER, FIRST = 0, 1, 2
"""Numbers of no thing at all (padding), of a thing not known by name, and of the first that is."""
PRODUCTS, CATEGORIES = 3000, 500
LEAST = 10
"""Rows that must have had a thing: what a few had would be learned by heart."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Names by number: products from `FIRST` on, then categories.

    Attributes:
        products: ids, the most frequent first.
        categories: names, the most frequent first.
    """

    products: pa.Array
    categories: pa.Array

    def __len__(self) -> int:
        return FIRST + len(self.products) + len(self.categories)

    def numbers(self, things: Things) -> NDArray[np.int64]:
        """Return the number of each thing."""
        product = pc.index_in(things.products, value_set=self.products)
        category = pc.add(pc.index_in(things.categories, value_set=self.categories), len(self.products))
        number = pc.fill_null(pc.add(pc.coalesce(product, category), FIRST), OTHER)
        return np.asarray(number.to_numpy(zero_copy_only=False), np.int64)

    def name(self, number: int) -> str:
        """Return what a number stands for: a product's id or a category's name.

        Raises:
            ValueError: it stands for nothing that has a name.
        """
        if not FIRST <= number < len(self):
            raise ValueError(f"{number} is no name; names go from {FIRST} to {len(self) - 1}")
        names = pa.concat_arrays([self.products, self.categories])
        return str(names[number - FIRST].as_py())


def learn(things: Things) -> Vocabulary:
    """Return the names that enough rows had, the most frequent ones; of equals the first by letters."""
    return Vocabulary(_frequent(things.products, PRODUCTS), _frequent(things.categories, CATEGORIES))


def _frequent(names: pa.Array, most: int) -> pa.Array:
    counted = names.drop_null().value_counts()
    table = pa.table({"name": counted.field("values"), "n": counted.field("counts")})
    table = table.filter(pc.greater_equal(table["n"], LEAST)).sort_by([("n", "descending"), ("name", "ascending")])
    return table["name"].slice(0, most).combine_chunks().cast(pa.string())
