"""Support, what is withheld without it, and differences of two policies."""

import numpy as np
import pytest

from offersmith.experiments.off_policy.bernstein import bernstein
from offersmith.experiments.off_policy.estimators import ESTIMATORS, UNBIASED, Logged, influence
from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.experiments.off_policy.judge import difference, judge, possible
from offersmith.experiments.off_policy.support import MIN_EFFECTIVE, support
from offersmith.words import LANGUAGES, catalogue


def log(rows=4_000, seed=0, better=0.0, noise=1.0, chance=0.5):
    """Two arms; the target always gives arm 1, which brings `better` more."""
    rng = np.random.default_rng(seed)
    arm = rng.random(rows) < chance
    base = rng.normal(0, 2, rows)
    reward = 3 + base + better * arm + noise * rng.standard_normal(rows)
    return Logged(reward, arm / np.where(arm, chance, 1 - chance), 3 + base + better * arm, 3 + base + better)


def test_support_is_counted():
    found = support(Logged(np.array([1.0, 2.0, 1.0, 5.0]), np.array([0.0, 1.0, 1.0, 2.0]), np.zeros(4), np.zeros(4)))
    assert (found.rows, found.customers, found.agreeing) == (4, 4, 3)
    assert found.ess == pytest.approx(16 / 6)
    assert (found.largest_weight, found.largest_share, found.mean_weight) == (2.0, 0.5, 1.0)
    assert found.reasons == ("not_enough_support",)


def test_enough_support_gives_intervals_only_where_an_estimator_is_unbiased():
    found = judge(log())
    assert found.support.reasons == ()
    assert [made.name for made in found.estimates] == list(ESTIMATORS)
    for made in found.estimates:
        assert (made.interval is not None) == (made.name in UNBIASED)
        plain = made.as_dict()
        assert (plain["low"] is None) == (plain["interval"] is None) == (made.name not in UNBIASED)
        assert (plain["bernstein"] is None) == (made.name not in ("ips", "dr"))
    for name in ("dm", "dros", "switch"):
        assert found.of(name).interval is None


@pytest.mark.parametrize("rows", [12, 150])
def test_few_rows_keep_their_figures_and_lose_their_intervals(rows):
    found, apart = judge(log(rows)), difference(log(rows))
    assert found.support.ess < MIN_EFFECTIVE
    assert found.support.reasons == ("not_enough_support",)
    assert all(np.isfinite(made.value) and made.interval is None and made.bound is None for made in found.estimates)
    assert (apart.interval, apart.verdict, apart.reasons) == (None, "not_supported", ("not_enough_support",))
    assert apart.as_dict()["low"] is None
    assert np.isfinite(apart.value)


def test_one_customer_who_carries_all_is_no_support():
    plenty = log()
    weight = plenty.weight.copy()
    weight[int(np.argmax(weight))] = 500.0
    assert support(Logged(plenty.reward, weight, plenty.q_given, plenty.q_target)).reasons == ("not_enough_support",)
    few = Logged(plenty.reward, plenty.weight, plenty.q_given, plenty.q_target, np.arange(4_000) % 60)
    assert support(few).reasons == ("not_enough_support",)


def test_hardly_any_outcomes_are_no_ground_for_an_interval():
    plenty = log()
    reward = np.zeros(4_000)
    reward[np.flatnonzero(plenty.weight > 0)[:9]] = 1.0
    assert support(Logged(reward, plenty.weight, reward * 0, reward * 0)).reasons == ("too_few_outcomes",)
    reward[np.flatnonzero(plenty.weight > 0)[:10]] = 1.0
    assert support(Logged(reward, plenty.weight, reward * 0, reward * 0)).reasons == ()
    constant = Logged(np.ones(4_000), plenty.weight, np.ones(4_000), np.ones(4_000))
    assert support(constant).reasons == ("too_few_outcomes",)


def test_chances_that_are_not_those_of_the_log_are_found_out():
    right = log(chance=0.5)
    wrong = Logged(right.reward, right.weight * 0.5 / 0.6, right.q_given, right.q_target)
    assert support(right).reasons == ()
    assert support(wrong).reasons == ("chances_do_not_fit",)
    assert judge(wrong).of("dr").interval is None


def test_right_chances_are_hardly_ever_doubted():
    doubted = sum("chances_do_not_fit" in support(log(1_000, seed, chance=0.3)).reasons for seed in range(400))
    assert doubted <= 2


def test_an_interval_of_a_reward_of_0_or_1_does_not_go_below_0():
    rng = np.random.default_rng(5)
    agrees = rng.random(3_000) < 0.5
    reward = (rng.random(3_000) < 0.008).astype(np.float64)
    made = judge(Logged(reward, 2.0 * agrees, np.zeros(3_000), np.zeros(3_000)))
    assert made.of("ips").interval.low >= 0


def clicks(rows, seed, chance=0.02, logged=0.3, off=0.0):
    """Rare clicks, alike for both arms, and a model of them that is off: doubly robust scores on both sides of 0."""
    rng = np.random.default_rng(seed)
    agrees, reward = rng.random(rows) < logged, (rng.random(rows) < chance).astype(np.float64)
    expected = np.clip(chance + off * rng.standard_normal(rows), 0, 1)
    return Logged(reward, agrees / np.where(agrees, logged, 1 - logged), expected, expected)


@pytest.mark.parametrize("kind", ["clicks", "none"])
def test_no_interval_of_a_click_leaves_zero_to_one(kind):
    seen = clicks(3_000, 5, off=0.05)
    if kind == "none":
        seen = Logged(1 - seen.reward, seen.weight, 1 - seen.q_given, 1 - seen.q_target)
    for name in ("ips", "snips", "dr", "sndr"):
        made = judge(seen).of(name)
        assert 0 <= made.interval.low <= made.value <= made.interval.high
        assert made.interval.high <= max(1.0, made.value)
        if made.bound:
            assert 0 <= made.bound.low < made.bound.high <= 1
    uncut = bernstein(influence("dr", seen))
    assert uncut.low < 0 or uncut.high > 1


def test_cutting_to_what_is_possible_costs_no_coverage():
    covered, cuts = 0, 0
    for seed in range(200):
        seen = clicks(4_000, seed, off=0.05)
        cut, uncut = judge(seen).of("dr").bound, bernstein(influence("dr", seen))
        cuts += cut.low > uncut.low
        covered += uncut.low <= 0.02 <= uncut.high
        assert (cut.low <= 0.02 <= cut.high) == (uncut.low <= 0.02 <= uncut.high)
    assert covered >= 190
    assert cuts > 50


def test_no_interval_is_cut_to_the_range_seen_of_other_rewards():
    rng = np.random.default_rng(8)
    agrees = rng.random(3_000) < 0.5
    sale = np.where(rng.random(3_000) < 0.02, rng.gamma(2.0, 5.0, 3_000), 0.0)
    expected = sale.mean() + rng.normal(0, 2, 3_000)
    seen = Logged(sale, 2.0 * agrees, expected, expected)
    assert sale.min() == 0
    made, bound = judge(seen).of("dr"), bernstein(influence("dr", seen))
    assert made.bound == bound
    assert made.bound.low < 0
    assert made.interval == mean_interval(influence("dr", seen), None, 0.95)


def test_a_reward_is_0_or_1_where_both_are_seen():
    assert possible(np.array([0.0, 1.0, 1.0])) == (0.0, 1.0)
    assert possible(np.array([False, True])) == (0.0, 1.0)
    for other in ([0.0, 0.0], [1.0, 1.0], [0.0, 1.0, 0.5], [0.0, 1.0, 2.0], [0.0, 1.0, -1.0]):
        assert possible(np.array(other)) == (-np.inf, np.inf)


@pytest.mark.parametrize(("better", "verdict"), [(0.5, "better"), (-0.5, "worse"), (0.0, "unclear")])
def test_a_difference_has_a_verdict(better, verdict):
    found = difference(log(better=better, seed=2))
    assert found.verdict == verdict
    assert found.reasons == (("difference_includes_zero",) if verdict == "unclear" else ())


def test_the_paired_interval_is_narrower_than_two_side_by_side():
    seen = log(better=0.3, seed=3)
    found, value = difference(seen), judge(seen).of("dr").interval
    now = seen.reward.std() / np.sqrt(len(seen.reward))
    assert found.interval.high - found.interval.low < 0.5 * (value.high - value.low + 2 * 1.96 * now)
    assert found.value == pytest.approx(judge(seen).of("dr").value - seen.reward.mean())


def test_a_policy_does_not_differ_from_itself_and_two_differ_by_their_values():
    one = log(better=0.3, seed=3)
    other = Logged(one.reward, 2 - one.weight, one.q_given, one.q_target - 0.3)
    assert difference(one, one).value == 0
    assert difference(one, one).verdict == "unclear"
    apart = difference(one, other)
    assert apart.value == pytest.approx(judge(one).of("dr").value - judge(other).of("dr").value)
    assert apart.interval.low < 0.3 < apart.interval.high


def test_differences_are_covered():
    found = [difference(log(600, seed, better=0.2)).interval for seed in range(400)]
    hit = np.mean([made.low <= 0.1 <= made.high for made in found])
    assert 0.92 <= hit <= 0.98


def test_reasons_known_from_elsewhere_withhold_too():
    found = judge(log(), also=("action_never_given",))
    assert found.support.reasons == ("action_never_given",)
    assert found.of("dr").interval is None
    assert difference(log(), also=("action_never_given",)).verdict == "not_supported"


def test_every_reason_has_words():
    codes = ("not_enough_support", "too_few_outcomes", "chances_do_not_fit", "action_never_given")
    for code in (*codes, "difference_includes_zero"):
        assert set(catalogue("experiments")[code]) == set(LANGUAGES)
