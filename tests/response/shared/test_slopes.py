"""How far predictions hold up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.shared import slopes


def test_an_average_of_calibrated_members_is_too_timid_by_what_it_is_said_to_be():
    luck = np.random.default_rng(1)
    truth = luck.standard_normal((200_000, 1))
    # A calibrated prediction is a shrunken noisy one: its slope is one.
    members = np.stack([0.8 * (truth + 0.5 * luck.standard_normal(truth.shape)) for _ in range(3)])
    called = slopes.ambiguity(members, np.full(3, 1 / 3))[0]
    mean = members.mean(axis=0)
    np.testing.assert_allclose(called, float(np.sum(mean * truth) / np.sum(mean**2)), atol=0.02)


def test_members_that_agree_need_no_correction():
    same = np.random.default_rng(0).standard_normal((1, 50, 3))
    np.testing.assert_allclose(slopes.ambiguity(np.repeat(same, 3, axis=0), np.array([0.5, 0.25, 0.25])), 1.0)


def test_scores_average_to_the_effect_though_the_expectations_are_wrong():
    luck = np.random.default_rng(2)
    n = 200_000
    chance = np.where(luck.random(n) < 0.5, 0.2, 0.6)
    arm = (luck.random(n) < chance).astype(np.int64)
    y = chance + 0.7 * arm + luck.standard_normal(n)
    given_chance = np.where(arm == 1, chance, 1 - chance)
    score = slopes.scores(arm, given_chance, y, np.zeros((n, 2)))
    assert (score[:, 0] == 0).all()
    assert abs(score[:, 1].mean() - 0.7) < 4 * score[:, 1].std() / np.sqrt(n)


def test_slopes_are_read_with_their_error():
    luck = np.random.default_rng(3)
    change = luck.standard_normal((20_000, 2)) * [0.0, 0.3]
    score = 0.6 * change + luck.standard_normal(change.shape)
    slope, error = slopes.read(change, score)
    assert np.isnan(slope[0])
    assert abs(slope[1] - 0.6) < 4 * error[1]
    np.testing.assert_allclose(error[1], 1 / (0.3 * np.sqrt(20_000)), rtol=0.1)


@given(st.floats(-2.0, 2.0), st.floats(0.3, 0.95))
def test_more_rows_bring_a_low_slope_closer_to_one_and_leave_a_high_one(slope, share):
    full = slopes.grown(np.array([slope]), share)[0]
    if slope >= 1:
        assert full == slope
    elif slope <= 0:
        assert full == 0
    else:
        assert slope <= full <= 1


def test_the_worse_a_slope_is_measured_the_less_is_believed():
    error = np.full(2, 0.2)
    held = [slopes.shrink(np.array([np.nan, one]), error)[1] for one in (1.0, 0.5, 0.0, -0.3, -1.0)]
    assert held == sorted(held, reverse=True)
    assert len(set(held)) == len(held)


def test_arms_with_the_same_control_tell_less_than_as_many_without():
    many = slopes.shrink(np.full(7, 0.4), np.full(7, 0.3))
    assert 0.5 < many[0] < slopes.shrink(np.array([0.4]), np.array([0.3]))[0]


def test_a_slope_nobody_can_tell_is_one_and_a_sure_one_stays():
    unsure = slopes.shrink(np.array([np.nan, 0.1, 1.9]), np.array([np.nan, 9.0, 9.0]))
    np.testing.assert_allclose(unsure, 1.0, atol=0.01)
    sure = slopes.shrink(np.array([np.nan, 0.7, 0.7]), np.array([np.nan, 0.001, 0.001]))
    np.testing.assert_allclose(sure[1:], 0.7, atol=0.01)


def test_a_mean_that_scores_contradict_is_moved_towards_them_by_how_sure_they_are():
    luck = np.random.default_rng(4)
    middle = np.array([0.0, 0.001, 1.0])
    for spread, sure in ((0.5, True), (400.0, False)):
        score = np.array([0.0, 0.3, 1.0]) + spread * luck.standard_normal((40_000, 3)) * [0, 1, 1]
        moved = slopes.corrected(middle, middle, score)
        assert moved[0] == 0
        # An arm that was said to do next to nothing is moved like any other.
        assert abs(moved[1] - (0.3 if sure else 0.001)) < 0.02
        assert abs(moved[2] - 1.0) < 0.02


def test_what_arms_add_is_turned_about_their_means_and_the_level_stays():
    luck = np.random.default_rng(5)
    added, given = luck.standard_normal((500, 3)), np.array([0.5, 0.3, 0.2])
    usual = (added - added[:, [0]]).mean(axis=0)
    middle, slope = np.array([0.0, 1.5, -0.2]), np.array([1.0, 0.7, 1.4])
    read = slopes.Slopes(usual, middle, slope, np.ones(3), np.ones(3), np.ones(3))
    by, more = read.fold(given)
    turned = added @ by.T + more
    lift = (added - added[:, [0]] - usual) * slope + middle
    np.testing.assert_allclose(turned - turned[:, [0]], lift, atol=1e-12)
    np.testing.assert_allclose(turned @ given, added @ given, atol=1e-12)
