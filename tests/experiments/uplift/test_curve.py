import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.experiments.uplift import auuc, curve, many_arms, one_arm, qini
from offersmith.experiments.uplift.curve import area


def test_four_customers_by_hand():
    ranked = one_arm(np.array([4.0, 3, 2, 1]), np.array([1, 0, 1, 0]) == 1, np.array([1.0, 0, 0, 1]))
    assert curve(ranked, "qini").gain == (0, 0.5, 0.5, 0.5, 0)
    assert curve(ranked, "uplift").gain == (0, 0.25, 0.5, 0.375, 0)
    assert curve(ranked, "qini").share == (0, 0.25, 0.5, 0.75, 1)
    assert qini(ranked, normalise=False).value == pytest.approx(0.375)
    assert auuc(ranked, normalise=False).value == pytest.approx((0.25 + 0.5 + 0.375) / 4)
    assert qini(ranked).value == pytest.approx(1)  # they stand in the best order hindsight could give


def test_unequal_chances_by_hand():
    ranked = one_arm(
        np.array([2.0, 2, 1, 1]),
        np.array([True, False, True, False]),
        np.array([8.0, 2, 4, 2]),
        propensity=np.array([0.25, 0.75, 0.5, 0.5]),
    )
    # Weights of the treated 4 and 2, of the controls 4/3 and 2.
    end = (8 * 4 + 4 * 2) / 6 - 2
    assert curve(ranked, "qini").gain == pytest.approx((0, 4 / 6 * 6, end))
    assert curve(ranked, "uplift").gain == pytest.approx((0, 0.5 * 6, end))
    assert qini(ranked).value == pytest.approx((4 + 4 + end) / 4 - end / 2)


def test_a_perfect_order_is_worth_one():
    draw = np.random.default_rng(1)
    treated, y = draw.random(400) < 0.4, (draw.random(400) < 0.3).astype(float)
    assert qini(one_arm(np.where(treated, y, -y), treated, y)).value == pytest.approx(1)


def test_a_constant_prediction_is_a_random_one(world):
    _, treated, y = world("spend", 1000, np.random.default_rng(2), effect=0.5)
    ranked = one_arm(np.full(1000, 0.1), treated, y)
    for found in (qini(ranked), auuc(ranked)):
        assert found.value == 0
        assert (found.low, found.reason) == (None, "uplift_constant")
    assert curve(ranked, "qini").gain == pytest.approx((0, y[treated].mean() - y[~treated].mean()))


@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.integers(0, 5)), min_size=4, max_size=40), st.randoms())
def test_only_the_order_counts(rows, random):
    treated = np.array([row[1] for row in rows])
    if treated.all() or not treated.any():
        treated[0] = not treated[0]
    score, y = (np.array([row[i] for row in rows], dtype=float) for i in (0, 2))
    mixed = list(range(len(rows)))
    random.shuffle(mixed)
    plain = one_arm(score, treated, y)
    other = one_arm(np.exp(score[mixed]) - 5, treated[mixed], y[mixed])
    for kind in ("qini", "uplift"):
        first, second = area(plain, kind), area(other, kind)
        assert first.value == pytest.approx(second.value, abs=1e-9)
        assert first.influence[mixed] == pytest.approx(second.influence, abs=1e-9)
        # Counting everybody twice changes no figure: the influences add up to nothing.
        assert first.influence.sum() == pytest.approx(0, abs=1e-9)


@given(st.floats(-50, 50), st.floats(0.01, 20))
def test_the_area_is_in_the_outcomes_unit_and_knows_no_level(shift, unit):
    draw = np.random.default_rng(3)
    score, treated, y = draw.normal(size=60), np.arange(60) % 2 == 0, draw.normal(size=60)
    for kind in ("qini", "uplift"):
        base = area(one_arm(score, treated, y), kind).value
        assert area(one_arm(score, treated, unit * y + shift), kind).value == pytest.approx(unit * base, abs=1e-9)


def test_two_arms_are_many(world):
    score, treated, y = world("spend", 800, np.random.default_rng(4), share=0.3)
    one = one_arm(score, treated, y)
    many = many_arms(np.column_stack([np.zeros(800), score]), treated.astype(int), y)
    for kind in ("qini", "uplift"):
        assert area(many, kind).value == pytest.approx(area(one, kind).value)
        assert area(many, kind).influence == pytest.approx(area(one, kind).influence)


def test_points_read_the_curve_at_equal_steps(world):
    ranked = one_arm(*world("common", 500, np.random.default_rng(5), effect=0.4))
    fine, coarse = curve(ranked, "qini"), curve(ranked, "qini", points=10)
    assert coarse.share == pytest.approx(np.linspace(0, 1, 11))
    assert coarse.gain[5] == pytest.approx(fine.gain[250])
    assert coarse.as_dict()["gain"][-1] == pytest.approx(fine.gain[-1])
