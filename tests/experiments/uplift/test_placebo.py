"""Arms permuted within the data: no outcome depends on the arm, so the intervals must cover 0 as often as they say."""

import numpy as np
import pytest

from offersmith.experiments.uplift import auuc, many_arms, one_arm, qini, uplift_at_k


def _covered(figure, score, treated, y, draw, runs):
    inside = 0
    for _ in range(runs):
        found = figure(one_arm(score, draw.permutation(treated), y))
        assert not found.reason
        inside += found.low <= 0 <= found.high
    return inside / runs


@pytest.mark.parametrize(
    ("kind", "rows", "share"),
    [("common", 2000, 0.5), ("rare", 6000, 0.5), ("spend", 6000, 0.5), ("basket", 6000, 0.4)],
)
def test_a_placebo_is_found_out(world, kind, rows, share):
    draw = np.random.default_rng(11)
    # 250 runs of a right interval lie within 0.95 +- 2.9 standard errors of 0.0138.
    assert 0.91 <= _covered(qini, *world(kind, rows, draw, share=share), draw, 250) <= 0.99


@pytest.mark.slow
@pytest.mark.parametrize("figure", [qini, auuc, uplift_at_k])
@pytest.mark.parametrize(
    ("kind", "rows", "share"),
    [
        ("common", 2000, 0.5),
        ("common", 10_000, 0.1),
        ("rare", 10_000, 0.5),
        ("rare", 20_000, 0.3),
        ("spend", 30_000, 0.5),
        ("basket", 20_000, 0.3),
        ("basket", 20_000, 0.5),
    ],
)
def test_a_placebo_is_found_out_in_a_thousand_runs(world, figure, kind, rows, share):
    draw = np.random.default_rng(12)
    assert 0.93 <= _covered(figure, *world(kind, rows, draw, share=share), draw, 1000) <= 0.97


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["common", "rare"])
def test_a_placebo_of_many_arms_with_unequal_chances(world, kind):
    draw = np.random.default_rng(13)
    score, _, y = world(kind, 10_000, draw)
    predicted = np.column_stack([np.zeros(10_000), score, draw.normal(size=(10_000, 2))])
    chances, inside = np.array([0.4, 0.3, 0.2, 0.1]), 0
    for _ in range(1000):
        arm = draw.choice(4, 10_000, p=chances)
        found = qini(many_arms(predicted, arm, y, propensity=chances[arm]))
        inside += found.low <= 0 <= found.high
    assert 0.93 <= inside / 1000 <= 0.97


@pytest.mark.parametrize("figure", [qini, auuc, uplift_at_k])
def test_with_real_effects_the_truth_is_covered(world, figure):
    draw = np.random.default_rng(14)
    truth = figure(one_arm(*world("common", 400_000, draw, effect=0.4))).value
    inside = 0
    for _ in range(200):
        found = figure(one_arm(*world("common", 2000, draw, effect=0.4)))
        inside += found.low <= truth <= found.high
    assert 0.9 <= inside / 200 <= 0.99
