"""The judging as plain values: one shape of it, and what ranks nobody is not said to rank."""

from dataclasses import replace

import numpy as np
from tests.response.trials import known

from offersmith.response.choice.choose import choose
from offersmith.response.judging.belief import calibrations
from offersmith.response.judging.plain import judged
from offersmith.response.judging.ranking import ranked
from offersmith.response.judging.record import measured


def test_one_average_a_fold_ranks_nobody() -> None:
    chosen = choose(known(rows=900).trial, learners=("constant",), folds=3, seed=2)
    average = np.array([0.3, 0.1, 0.2])[chosen.fold][:, None] * (np.arange(chosen.effects.shape[1]) > 0)
    flat = replace(chosen, effects=average)
    found = measured(flat, calibrations(flat))
    assert (found["qini"], found["auuc"], found["at_k"], found["by_arm"]) == (None, None, [], [])
    assert [one["slope"] for one in found["calibration"]] == [None] * 3


def test_a_learner_that_tells_customers_apart_ranks_them() -> None:
    chosen = choose(known(rows=900).trial, learners=("t_linear",), seed=2)
    found = measured(chosen, calibrations(chosen))
    assert set(found["qini"]) >= {"value", "low", "high", "definition"}
    assert len(found["curve"]["share"]) == len(found["curve"]["gain"])
    assert [one["arm"] for one in found["by_arm"]] == [one["arm"] for one in found["arms"][1:]]


def test_a_shop_and_a_file_are_told_in_one_shape() -> None:
    """The report reads both; a key that only one of them has is a section that only one of them shows."""
    chosen = choose(known(rows=900).trial, learners=("t_linear",), seed=2)
    shop = measured(chosen, calibrations(chosen))
    trial = chosen.gains.trial
    file = judged(trial, (), chosen, ranked(chosen, trial.outcome, None, None), outcome=trial.outcome, called="profit")
    assert set(shop) == set(file)
    # The control's own mean is what effects are over: both say it first.
    assert (shop["arms"][0]["reason"], shop["arms"][0]["mean"]) == ("control", trial.outcome[trial.arm == 0].mean())
