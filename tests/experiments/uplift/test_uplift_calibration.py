import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.effect import scores
from offersmith.experiments.uplift import one_arm
from offersmith.experiments.uplift.calibration import calibration, plain_scores


def _world(draw, rows=4000):
    x = draw.normal(size=rows)
    effect, treated = 1 + x, draw.random(rows) < 0.3
    y = 2 * x + effect * treated + draw.normal(size=rows)
    return x, effect, treated, y


@pytest.mark.parametrize("told", [1.0, 2.0, 0.5])
def test_the_slope_says_by_how_much_differences_are_overstated(told):
    _, effect, treated, y = _world(np.random.default_rng(1), 40_000)
    found = calibration(told * effect, plain_scores(one_arm(effect, treated, y)))
    assert found.slope == pytest.approx(1 / told, abs=4 * found.slope_error)
    assert found.slope_low < 1 / told < found.slope_high
    assert found.slope_error < 0.06 / told
    assert found.intercept == pytest.approx(0, abs=0.15)
    assert found.measured == pytest.approx(1, abs=0.1)
    assert sum(part.rows for part in found.bins) == 40_000
    for part in found.bins:
        assert part.measured == pytest.approx(part.predicted / told, abs=4 * part.standard_error)


def test_plain_scores_average_to_the_difference_of_means(world):
    score, treated, y = world("spend", 900, np.random.default_rng(2), share=0.3)
    found = plain_scores(one_arm(score, treated, y))
    assert found.mean() == pytest.approx(y[treated].mean() - y[~treated].mean())
    chance = np.where(treated, 0.2 + 0.1 * (score > 0), 0.7)
    weight = 1 / chance
    means = [np.average(y[rows], weights=weight[rows]) for rows in (treated, ~treated)]
    assert plain_scores(one_arm(score, treated, y, propensity=chance)).mean() == pytest.approx(means[0] - means[1])


def test_outcome_models_narrow_the_slope():
    x, effect, treated, y = _world(np.random.default_rng(3))
    chance = np.full(len(x), 0.3)
    robust = scores(y, treated, chance, 2 * x + effect, 2 * x, 1 - chance)
    plain = plain_scores(one_arm(effect, treated, y))
    assert calibration(effect, robust).slope_error < 0.7 * calibration(effect, plain).slope_error


def test_the_slopes_interval_covers_the_truth():
    draw, inside = np.random.default_rng(4), 0
    for _ in range(500):
        _, effect, treated, y = _world(draw, 600)
        found = calibration(effect, plain_scores(one_arm(effect, treated, y)))
        inside += found.slope_low <= 1 <= found.slope_high
    assert 0.915 <= inside / 500 <= 0.98


def test_noise_has_no_slope():
    draw = np.random.default_rng(5)
    _, _, treated, y = _world(draw)
    noise = draw.normal(size=4000)
    found = calibration(noise, plain_scores(one_arm(noise, treated, y)), bins=5)
    assert found.slope_low < 0 < found.slope_high
    assert len(found.bins) == 5


def test_equal_predictions_stay_together_and_have_no_line():
    found = calibration(np.full(100, 0.2), np.arange(100.0))
    assert (len(found.bins), found.bins[0].rows) == (1, 100)
    assert np.isnan(found.slope)
    assert found.as_dict()["slope"] is None
    mixed = calibration(np.r_[np.zeros(70), np.arange(1, 31)], np.arange(100.0))
    assert max(part.rows for part in mixed.bins) == 70
    small = next(part for part in mixed.bins if part.rows < 30)
    assert np.isnan(small.low)
    assert small.as_dict()["low"] is None


def test_rows_of_one_customer_count_once():
    _, effect, treated, y = _world(np.random.default_rng(6), 1000)
    score = plain_scores(one_arm(effect, treated, y))
    single = calibration(effect, score)
    twice = calibration(np.tile(effect, 2), np.tile(score, 2), customer=np.tile(np.arange(1000), 2))
    assert twice.slope_error == pytest.approx(single.slope_error, rel=2e-3)
    assert twice.bins[3].standard_error == pytest.approx(single.bins[3].standard_error, rel=0.01)


def test_a_group_of_a_few_customers_has_no_interval():
    draw = np.random.default_rng(8)
    found = calibration(np.full(600, 0.2), draw.normal(size=600), customer=np.arange(600) % 12)
    assert found.bins[0].rows == 600
    assert np.isnan(found.bins[0].low)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="score: 1 of 3"):
        calibration(np.zeros(3), np.array([0, np.nan, 1]))
    with pytest.raises(InputError, match="predicted 3, score 2"):
        calibration(np.zeros(3), np.zeros(2))
    with pytest.raises(InputError, match="bins: 0"):
        calibration(np.zeros(3), np.zeros(3), bins=0)
