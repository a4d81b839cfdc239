"""The parts of the structural model."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.crossfit import folds
from offersmith.response.structural.stacked import choice_rows, fit_stacked


@given(st.integers(1, 200_000))
def test_a_penalty_is_chosen_on_rows_of_every_campaign(count):
    rows = choice_rows(count)
    assert len(rows) <= 20_000
    assert rows[0] == 0
    assert set(np.diff(rows).tolist()) <= {max(1, -(-count // 20_000))}
    assert count - rows[-1] <= max(1, -(-count // 20_000))


def test_the_trees_add_only_what_they_can_prove():
    draw = np.random.default_rng(5)
    x = draw.normal(size=(2000, 3))
    fold = folds(np.array([f"c{row}" for row in range(2000)]), 3, 1)
    straight, bent = x[:, 0] + draw.normal(size=2000), np.where(x[:, 0] * x[:, 1] > 0, 2.0, 0.0)
    assert fit_stacked("mean", x, straight, fold, 3, seed=1).whole.rounds <= 40
    learned = fit_stacked("mean", x, bent, fold, 3, seed=1)
    assert learned.whole.rounds > 0
    assert np.mean((learned.out_of_fold(x, fold) - bent) ** 2) < 0.5
