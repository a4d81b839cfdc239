import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.metrics import conversion, mean_difference
from offersmith.experiments.uplift.adjusted import doubly_robust, lin
from offersmith.experiments.uplift.average import differences

NAMES = ("none", "mail", "gift")


def _shop(draw, rows=2000, kind="spend"):
    """Return features, arm, outcome, what is expected with each arm, chance given, true effects of both arms."""
    x = draw.normal(size=(rows, 3))
    likes = 1 / (1 + np.exp(-x[:, 0]))
    chances = np.column_stack([np.full(rows, 0.4), 0.1 + 0.4 * likes, 0.5 - 0.4 * likes])
    arm = (draw.random(rows)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1).clip(0, 2)
    rate = np.clip(0.1 + 0.04 * x[:, :1] + np.array([0, 0.05, 0.02]), 0, 1)
    bought = draw.random(rows) < rate[np.arange(rows), arm]
    if kind == "visit":
        return x, arm, bought.astype(float), rate, chances[np.arange(rows), arm]
    basket = np.exp(3 + 0.3 * x[:, 1])
    outcome = bought * basket * np.exp(0.7 * draw.normal(size=rows) - 0.245)
    return x, arm, outcome, rate * basket[:, None], chances[np.arange(rows), arm]


def test_plain_means_are_those_of_the_metrics():
    draw = np.random.default_rng(1)
    arm, spend = np.arange(900) % 3, draw.exponential(size=900)
    for outcome, metric, method in (
        (spend, mean_difference, "difference"),
        (spend.round() > 1, conversion, "conversion"),
    ):
        y = outcome.astype(float)
        for i, found in enumerate(differences(arm, y, NAMES), start=1):
            expected = metric(y[arm == i], y[arm == 0])
            assert (found.arm, found.method, found.rows, found.control_rows) == (NAMES[i], method, 300, 300)
            assert (found.low, found.high) == (expected.ci_low, expected.ci_high)
            assert found.effect == found.mean - found.control_mean == pytest.approx(expected.difference)


def test_known_chances_undo_who_was_given_what():
    _, arm, y, expected, chance = _shop(np.random.default_rng(2), 200_000)
    truth = (expected - expected[:, :1]).mean(axis=0)
    weighed = differences(arm, y, NAMES, propensity=chance)
    plain = differences(arm, y, NAMES)
    for i, found in enumerate(weighed, start=1):
        assert found.effect == pytest.approx(truth[i], abs=3 * found.standard_error)
        assert found.effect == found.mean - found.control_mean
    assert plain[0].effect > truth[1] + 3 * plain[0].standard_error


def test_what_is_foretold_narrows_the_interval():
    draw = np.random.default_rng(3)
    x = draw.normal(size=(3000, 4))
    arm = np.arange(3000) % 3
    y = x @ np.array([3.0, 1, 0, 0]) + x[:, 2] * (arm == 1) + draw.normal(size=3000)
    plain, lines = differences(arm, y, NAMES)[0], lin(arm, y, x, NAMES)[0]
    told = doubly_robust(arm, y, np.tile((x @ np.array([3.0, 1, 0, 0]))[:, None], 3), NAMES)[0]
    assert max(lines.standard_error, told.standard_error) < 0.55 * plain.standard_error
    assert lines.low < 0 < lines.high


def test_without_features_a_line_is_the_mean():
    draw = np.random.default_rng(4)
    arm, y = np.arange(600) % 3, draw.exponential(size=600)
    for flat, plain in zip(lin(arm, y, np.ones((600, 2)), NAMES), differences(arm, y, NAMES), strict=True):
        assert flat.effect == pytest.approx(plain.effect)
        assert (flat.low, flat.high) == pytest.approx((plain.low, plain.high), rel=0.03)


def test_wrong_predictions_are_forgiven_where_chances_are_known():
    _, arm, y, expected, chance = _shop(np.random.default_rng(5), 200_000)
    truth = (expected - expected[:, :1]).mean(axis=0)
    for found, right in zip(doubly_robust(arm, y, expected[:, ::-1], NAMES, propensity=chance), truth[1:], strict=True):
        assert found.effect == pytest.approx(right, abs=3 * found.standard_error)


def test_rows_of_one_customer_count_once():
    x, arm, y, expected, chance = (np.tile(part.T, 2).T for part in _shop(np.random.default_rng(6)))
    who = np.tile(np.arange(2000), 2)
    for way in (
        lambda rows, **more: differences(arm[rows], y[rows], NAMES, propensity=chance[rows], **more),
        lambda rows, **more: doubly_robust(arm[rows], y[rows], expected[rows], NAMES, **more),
        lambda rows, **more: lin(arm[rows], y[rows], x[rows], NAMES, **more),
    ):
        once, twice = way(slice(2000)), way(slice(None), customer=who)
        for first, second in zip(once, twice, strict=True):
            assert second.effect == pytest.approx(first.effect)
            assert second.standard_error == pytest.approx(first.standard_error, rel=0.01)


def _coverage(kind, way, seed, runs, rows=1500):
    inside, stated = 0, 0
    wide = _shop(np.random.default_rng(0), 1_000_000, kind)[3]
    truth = float((wide[:, 1] - wide[:, 0]).mean())
    draw = np.random.default_rng(seed)
    for _ in range(runs):
        found = way(*_shop(draw, rows, kind))[0]
        stated += not found.reason
        inside += not found.reason and found.low <= truth <= found.high
    assert stated > 0.95 * runs
    return inside / stated


WAYS = {
    "weighed": lambda x, arm, y, mu, p: differences(arm, y, NAMES, propensity=p),
    "doubly_robust": lambda x, arm, y, mu, p: doubly_robust(arm, y, mu, NAMES, propensity=p),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("kind", ["visit", "spend"])
def test_the_truth_is_covered(name, kind):
    assert 0.91 <= _coverage(kind, WAYS[name], 7, 300) <= 0.985


@pytest.mark.slow
@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("kind", ["visit", "spend"])
def test_the_truth_is_covered_in_2000_runs(name, kind):
    assert 0.93 <= _coverage(kind, WAYS[name], 8, 2000, 5000) <= 0.97


@pytest.mark.parametrize("method", ["difference", "lin"])
def test_the_truth_is_covered_with_equal_chances(method):
    draw = np.random.default_rng(9)
    inside = 0
    for _ in range(300):
        x = draw.normal(size=(400, 3))
        arm = draw.integers(0, 2, 400)
        bought = draw.random(400) < np.clip(0.3 + 0.1 * x[:, 0], 0, 1)
        y = bought * (20 + 3 * x[:, 1] + 5 * arm) * draw.gamma(2, 0.5, 400)
        found = (differences(arm, y, NAMES[:2]) if method == "difference" else lin(arm, y, x, NAMES[:2]))[0]
        inside += found.low <= 0.3 * 5 <= found.high
    assert 0.915 <= inside / 300 <= 0.985


def test_too_few_customers_have_an_effect_but_no_interval():
    found = differences(np.r_[np.zeros(50, int), np.ones(12, int)], np.arange(62.0), NAMES[:2])[0]
    assert (found.reason, found.low, found.high) == ("uplift_few_customers", None, None)
    assert found.effect == 31.0
    assert found.as_dict()["effect"] == 31.0
    still = differences(np.arange(200) % 2, np.full(200, 2.0), NAMES[:2])[0]
    assert (still.reason, still.effect) == ("uplift_constant", 0.0)


@pytest.mark.parametrize("method", ["difference", "lin", "doubly_robust"])
@pytest.mark.parametrize(("customers", "stated"), [(1, False), (20, False), (80, True)])
def test_rows_of_a_few_customers_are_not_many_customers(method, customers, stated):
    draw = np.random.default_rng(3)
    who, arm, y = np.arange(800) % customers, draw.integers(0, 2, 800), draw.normal(size=800)
    made = {
        "difference": lambda: differences(arm, y, NAMES[:2], customer=who),
        "lin": lambda: lin(arm, y, draw.normal(size=(800, 2)), NAMES[:2], customer=who),
        "doubly_robust": lambda: doubly_robust(arm, y, np.zeros((800, 2)), NAMES[:2], customer=who),
    }
    found = made[method]()[0]
    assert found.reason == ("" if stated else "uplift_few_customers")
    assert (found.low is not None) == stated


def test_an_outcome_that_is_the_arm_itself_has_no_spread():
    arm = np.random.default_rng(4).integers(0, 2, 900)
    found = lin(arm, arm.astype(float), np.random.default_rng(5).normal(size=(900, 3)), NAMES[:2])[0]
    assert found.effect == pytest.approx(1)
    assert (found.reason, found.low) == ("uplift_constant", None)


def test_a_share_has_an_interval_even_where_nobody_converted():
    found = differences(np.arange(2000) % 2, np.zeros(2000), NAMES[:2])[0]
    assert (found.method, found.effect) == ("conversion", 0)
    assert -0.01 < found.low < 0 < found.high < 0.01


def test_spend_of_three_buyers_has_no_interval():
    y = np.zeros(2000)
    y[:3] = 50, 900, 20
    found = differences(np.arange(2000) % 2, y, NAMES[:2])[0]
    assert (found.reason, found.low) == ("uplift_few_outcomes", None)
    assert found.effect == pytest.approx((900 - 70) / 1000)


def test_bad_input_is_named_and_counted():
    arm, y = np.arange(90) % 3, np.arange(90.0)
    with pytest.raises(InputError, match="arm: 30 of 90 rows hold an arm without a name, such as 2"):
        differences(arm, y, NAMES[:2])
    with pytest.raises(InputError, match="arm 'sms': 0 of 90"):
        differences(arm, y, (*NAMES, "sms"))
    with pytest.raises(InputError, match=r"propensity: 45 of 90 rows are outside \(0, 1\]"):
        differences(arm, y, NAMES, propensity=np.arange(90) % 2 / 2)
    with pytest.raises(InputError, match="features: 2 of 180"):
        lin(arm, y, np.r_[np.full((1, 2), np.nan), np.zeros((89, 2))], NAMES)
    with pytest.raises(InputError, match="arm 'none': 30 rows for 40 features"):
        lin(arm, y, np.zeros((90, 40)), NAMES)
    with pytest.raises(InputError, match="expected 80"):
        doubly_robust(arm, y, np.zeros((80, 3)), NAMES)
