import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.experiments.uplift import many_arms, one_arm, uplift_at_k


def test_a_tie_at_the_border_is_shared_by_hand():
    # The first half takes the best customer and a third of the three who are tied behind.
    ranked = one_arm(np.array([9.0, 5, 5, 5]), np.array([True, False, True, False]), np.array([6.0, 3, 0, 9]))
    found = uplift_at_k(ranked, 0.5)
    assert found.value == pytest.approx((6 + 0 / 3) / (1 + 1 / 3) - (3 + 9) / 2)


def test_of_everybody_it_is_the_difference_of_means(world):
    score, treated, y = world("spend", 500, np.random.default_rng(1), effect=1.0)
    ranked = one_arm(score, treated, y)
    for strategy in ("overall", "by_group"):
        found = uplift_at_k(ranked, 1.0, strategy=strategy)
        assert found.value == pytest.approx(y[treated].mean() - y[~treated].mean())
        parts = [y[rows].var() / rows.sum() for rows in (treated, ~treated)]
        assert found.standard_error == pytest.approx(np.sqrt(sum(parts)), rel=2e-3)
        assert found.share == 1.0


@given(st.permutations(range(24)), st.sampled_from([0.1, 0.25, 0.5, 0.8]), st.sampled_from(["overall", "by_group"]))
def test_the_order_of_rows_does_not_count(mixed, share, strategy):
    score, treated, y = np.arange(24) // 5.0, np.arange(24) % 2 == 0, np.arange(24) % 7.0
    first = uplift_at_k(one_arm(score, treated, y), share, strategy=strategy)
    second = uplift_at_k(one_arm(score[mixed], treated[mixed], y[mixed]), share, strategy=strategy)
    assert first.value == pytest.approx(second.value, nan_ok=True)
    assert first.standard_error == pytest.approx(second.standard_error, nan_ok=True)


def test_nobody_treated_at_the_top_has_no_figure():
    found = uplift_at_k(one_arm(np.arange(100.0), np.arange(100) < 40, np.arange(100.0)), 0.2)
    assert np.isnan(found.value)
    assert (found.reason, found.low, found.as_dict()["value"]) == ("uplift_undefined", None, None)


def test_the_best_of_several_arms_with_unequal_chances_comes_true():
    draw = np.random.default_rng(2)
    rows = 400_000
    x = draw.normal(size=rows)
    effects = np.column_stack([np.zeros(rows), x, -x])
    # Who likes arm 1 is seldom given it: only the inverse chances find out what it does.
    likes = 1 / (1 + np.exp(-x))
    chances = np.column_stack([np.full(rows, 0.4), 0.6 * (0.8 - 0.6 * likes), 0.6 * (0.2 + 0.6 * likes)])
    arm = (draw.random(rows)[:, None] > np.cumsum(chances, axis=1)).sum(axis=1).clip(0, 2)
    y = 3 * x**2 + effects[np.arange(rows), arm] + draw.normal(size=rows)
    found = uplift_at_k(many_arms(effects, arm, y, propensity=chances[np.arange(rows), arm]), 0.25)
    best = np.sort(np.abs(x))[::-1][: rows // 4].mean()
    assert found.low < best < found.high
    assert found.standard_error < 0.06
    assert found.definition == "uplift_at_k_overall_many"
    assert uplift_at_k(many_arms(effects, arm, y), 0.25).high < best  # the shares of the arms are not their chances
