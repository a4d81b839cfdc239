"""The meta-learners do what their papers say, seen where the answer is known without them."""

from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import ARMS, known

from offersmith.response.bases.linear import LinearBase
from offersmith.response.learners.chances import Chances
from offersmith.response.learners.constant import ConstantLearner
from offersmith.response.learners.crossed import CrossedLearner
from offersmith.response.learners.residual import ResidualLearner
from offersmith.response.learners.robust import RobustLearner, scores
from offersmith.response.learners.separate import SeparateLearner
from offersmith.response.learners.single import SingleLearner, arm_codes
from offersmith.response.trial import named

LINE = LinearBase(penalty=0.01)


def straight(rows=6000, seed=1, lean=0.0):
    """Return a trial of two arms whose effect is 1 + 2 x0, and that effect; arm 1 is given more where x0 is high."""
    draw = np.random.default_rng(seed)
    trial = known(rows=rows, seed=seed).trial
    chance = 1 / (1 + np.exp(-lean * trial.x[:, 0]))
    arm = (draw.random(rows) < chance).astype(np.int64)
    effect = 1 + 2 * trial.x[:, 0]
    outcome = 3 * trial.x[:, 0] - trial.x[:, 1] + arm * effect + draw.normal(size=rows)
    propensity = np.where(arm == 1, chance, 1 - chance)
    two = replace(trial, arm=arm, arms=named(["no", "yes"]), outcome=outcome, propensity=propensity, sale=None)
    return two, effect


@pytest.mark.parametrize("lean", [0.0, 1.5])
@pytest.mark.parametrize("learner", [SeparateLearner, CrossedLearner, ResidualLearner, RobustLearner])
def test_a_straight_effect_is_found_exactly_by_straight_models(learner, lean):
    trial, effect = straight(lean=lean)
    found = learner("it", LINE).fit(trial, seed=1).effects(trial.x)[:, 1]
    assert np.sqrt(np.mean((found - effect) ** 2)) < 0.25


def test_one_straight_model_for_all_can_only_find_the_average():
    trial, effect = straight()
    found = SingleLearner("it", LINE).fit(trial, seed=1).effects(trial.x)[:, 1]
    assert np.ptp(found) < 1e-9
    assert found[0] == pytest.approx(effect.mean(), abs=0.15)


def test_arms_are_coded_by_what_they_give_away():
    assert arm_codes(ARMS).tolist() == [[0, 0, 0, 0, 0], [1, 0, 0, 0.1, 0], [0, 1, 0, 0.2, 0], [0, 0, 1, 0, 4]]
    assert arm_codes(named(["a", "b"])).tolist() == [[0], [1]]


def test_a_lottery_for_all_is_recognised_and_anything_else_is_learned():
    trial = known().trial
    assert Chances.of(trial).shares.tolist() == pytest.approx([0.25] * 4)
    leaning = known(uniform=False).trial
    chances = Chances.of(leaning)
    assert chances.shares is None
    lean = 0.8 * leaning.x[:, 1]
    found = chances.model(leaning, 1, 1).predict(leaning.x)
    assert np.corrcoef(found, 1 / (1 + np.exp(-lean)))[0, 1] > 0.9


def test_scores_are_right_when_only_the_chances_are():
    """The outcome models see a column of nothing; the averages still hold, within four standard errors."""
    whole = known(rows=20_000, form="mean", uniform=False)
    blind = replace(whole.trial, x=np.zeros((20_000, 1)), names=("nothing",))
    score = scores(LINE, blind, np.ones(4, dtype=bool), 3, 1)
    assert (score[:, 0] == 0).all()
    error = score.std(axis=0)[1:] / np.sqrt(20_000)
    assert (np.abs(score.mean(axis=0) - whole.truth.mean(axis=0))[1:] < 4 * error).all()


def test_averages_that_are_noise_count_for_little():
    """Over 25 placebo trials the average kept is smaller than the average measured, and often nothing."""
    kept = []
    for seed in range(25):
        trial = known(rows=300, seed=seed, form="mean").trial
        mixed = replace(trial, arm=np.random.default_rng(seed).permutation(trial.arm))
        mixed = replace(mixed, propensity=np.full(300, 0.25))
        kept.append(ConstantLearner().fit(mixed, seed=1).means[1:])
    assert np.mean(np.array(kept) == 0) > 0.5


def test_averages_that_are_not_noise_are_kept():
    whole = known(rows=8000, form="mean")
    found = ConstantLearner().fit(whole.trial, seed=1).means
    np.testing.assert_allclose(found, whole.truth.mean(axis=0), atol=0.12)


def test_an_arm_with_too_few_rows_changes_nothing():
    trial = known().trial
    few = trial.take(np.concatenate([np.flatnonzero(trial.arm != 2), np.flatnonzero(trial.arm == 2)[:20]]))
    for learner in (SingleLearner, SeparateLearner, CrossedLearner, ResidualLearner, RobustLearner):
        effects = learner("it", LINE).fit(few, seed=1).effects(trial.x)
        assert (effects[:, 2] == 0).all()
        assert (effects[:, 3] != 0).all()
