"""Names that many had get a number of their own, the rest that of their category."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.profiles.sequences.steps import Things
from offersmith.profiles.sequences.vocabulary import FIRST, LEAST, OTHER, learn


def things(products, categories=None):
    names = pa.array(categories or [None] * len(products), pa.string())
    return Things(np.arange(len(products) + 1), pa.array(products, pa.string()), names)


def test_the_frequent_come_first_and_the_rare_go_by_category() -> None:
    rows = ["tea"] * 30 + ["ale"] * 20 + ["rum"] * (LEAST - 1) + ["gin"] * (LEAST - 1)
    kinds = ["hot"] * 30 + ["cold"] * 29 + ["strong"] * (LEAST - 1)
    found = learn(things(rows, kinds))
    assert found.products.to_pylist() == ["tea", "ale"]
    assert found.categories.to_pylist() == ["hot", "cold"]
    asked = things(["tea", "ale", "rum", "gin", None, "new"], ["hot", "cold", "cold", "strong", "hot", None])
    assert found.numbers(asked).tolist() == [FIRST, FIRST + 1, FIRST + 3, OTHER, FIRST + 2, OTHER]
    assert [found.name(one) for one in range(FIRST, len(found))] == ["tea", "ale", "hot", "cold"]


def test_equals_stand_by_their_letters() -> None:
    assert learn(things(["b", "c", "a"] * LEAST)).products.to_pylist() == ["a", "b", "c"]


def test_of_nothing_nothing_is_known() -> None:
    found = learn(things([]))
    assert len(found) == FIRST
    assert found.numbers(things(["tea"])).tolist() == [OTHER]
    for number in (0, 1, FIRST):
        with pytest.raises(ValueError, match="no name"):
            found.name(number)
