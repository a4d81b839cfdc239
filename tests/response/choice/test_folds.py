"""How many folds so many customers are split into: few rows need all of them to learn from."""

import pytest

from offersmith.response.choice.held_out import folds_for


@pytest.mark.parametrize(
    ("customers", "folds"),
    [(2, 5), (3_000, 5), (3_001, 3), (20_000, 3), (20_001, 5), (200_000, 5), (200_001, 2), (10_000_000, 2)],
)
def test_each_size_has_its_folds_up_to_its_bound_and_no_further(customers, folds):
    assert folds_for(customers) == folds
