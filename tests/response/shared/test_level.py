"""What is expected whatever is given."""

import numpy as np
import pytest

from offersmith.response.linear import expit, log_loss
from offersmith.response.shared.boosted import Bending
from offersmith.response.shared.level import fit_level


def drawn(rows=12_000, seed=1):
    luck = np.random.default_rng(seed)
    x = luck.standard_normal((rows, 5))
    raw = -1 + 0.8 * x[:, 0] + 1.5 * ((x[:, 1] > 0.3) & (x[:, 2] > 0))
    return x, raw, luck


def fitted(kind, x, y, seed=3):
    bending = Bending.learn(x)
    fold = np.arange(len(y)) % 3
    return bending, *fit_level(kind, x, bending.bins(x), y, fold, 3, seed)


def test_a_chance_with_an_interaction_is_found_on_customers_nobody_saw():
    x, raw, luck = drawn()
    bending, level, _ = fitted("chance", x, (luck.random(len(raw)) < expit(raw)).astype(float))
    fresh, truth, luck = drawn(seed=2)
    found = level.predict(fresh, bending.bins(fresh))
    assert len(level.trees) == 3
    straight = np.mean([expit(base.predict(fresh)) for base in level.base], axis=0)
    errors = [np.mean((one - expit(truth)) ** 2) for one in (found, straight)]
    assert errors[0] < 0.6 * errors[1]
    y = (luck.random(len(truth)) < expit(truth)).astype(float)
    assert log_loss(np.log(found / (1 - found)), y) < log_loss(truth, y) + 0.02


def test_a_mean_comes_out_in_its_own_unit():
    x, raw, luck = drawn()
    bending, level, held = fitted("mean", x, 100 * raw + 20 * luck.standard_normal(len(raw)))
    assert np.sqrt(np.mean((held - 100 * raw) ** 2)) < 25
    assert np.corrcoef(level.predict(x, bending.bins(x)), raw)[0, 1] > 0.97


def test_what_is_expected_of_a_row_does_not_hang_on_its_own_outcome():
    x, raw, _ = drawn(3000)
    y = (raw > 0).astype(float)
    other = y.copy()
    other[0] = 1 - y[0]
    np.testing.assert_allclose(fitted("chance", x, y)[2][0], fitted("chance", x, other)[2][0], atol=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_one_outcome_only_grows_nothing(value):
    x, _, _ = drawn(900)
    bending, level, held = fitted("chance", x, np.full(900, value))
    assert level.trees == ()
    assert abs(held - value).max() < 0.01
    assert abs(level.predict(x, bending.bins(x)) - value).max() < 0.01
