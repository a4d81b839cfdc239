import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.effect import scores
from offersmith.experiments.uplift import one_arm
from offersmith.experiments.uplift.calibration import FEW_APART, FEW_CUSTOMERS, calibration, plain_scores
from offersmith.words import LANGUAGES, catalogue


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


def test_below_a_floor_of_customers_the_slope_keeps_its_value_and_loses_its_interval():
    draw = np.random.default_rng(9)
    effect, noise = draw.normal(size=100), draw.normal(size=100)
    score = effect + noise
    enough, few = calibration(effect, score), calibration(effect[:99], score[:99])
    assert (enough.reason, few.reason) == ("", "calibration_few_customers")
    assert np.isfinite([enough.slope_low, few.slope, few.slope_error]).all()
    assert (few.as_dict()["slope_low"], few.as_dict()["slope_high"]) == (None, None)
    assert few.as_dict()["reason"] == "calibration_few_customers"
    # A hundred rows of fifty customers are fifty.
    assert calibration(effect, score, customer=np.arange(100) // 2).reason == "calibration_few_customers"


def test_a_slope_that_hangs_on_a_few_customers_has_no_interval():
    draw = np.random.default_rng(10)
    predicted = np.r_[np.zeros(495), np.full(5, 3.0)]
    found = calibration(predicted, predicted + draw.normal(size=500))
    assert found.reason == "calibration_few_apart"
    assert np.isfinite(found.slope)
    assert np.isnan(found.slope_high)
    many = calibration(np.repeat(predicted, 3), np.repeat(predicted, 3) + draw.normal(size=1500))
    assert many.reason == ""
    same = np.repeat(np.arange(500), 3)
    assert calibration(np.repeat(predicted, 3), draw.normal(size=1500), customer=same).reason == found.reason


def test_slopes_of_skewed_predictions_keep_their_coverage_where_they_are_given():
    """Of 120 customers with lognormal predictions intervals would cover 0.84; those that are given cover 0.9."""
    draw = np.random.default_rng(11)
    given = inside = 0
    for _ in range(1500):
        effect = np.exp(draw.normal(size=120))
        arm = draw.integers(0, 2, 120)
        y = (draw.random(120) < 0.4) * np.exp(draw.normal(size=120)) / 0.4 + arm * effect
        found = calibration(effect, np.where(arm == 1, 2 * y, -2 * y))
        given += not found.reason
        inside += not found.reason and found.slope_low <= 1 <= found.slope_high
    assert 200 < given < 1000
    assert inside / given >= 0.89


def test_every_reason_has_words():
    for code in (FEW_CUSTOMERS, FEW_APART):
        assert set(catalogue("experiments")[code]) == set(LANGUAGES)


def test_bad_input_is_named():
    with pytest.raises(InputError, match="score: 1 of 3"):
        calibration(np.zeros(3), np.array([0, np.nan, 1]))
    with pytest.raises(InputError, match="predicted 3, score 2"):
        calibration(np.zeros(3), np.zeros(2))
    with pytest.raises(InputError, match="bins: 0"):
        calibration(np.zeros(3), np.zeros(3), bins=0)
