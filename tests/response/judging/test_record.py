"""The judging as plain values: what ranks nobody is not said to rank."""

from dataclasses import replace

import numpy as np
from tests.response.trials import known

from offersmith.response.choice.choose import choose
from offersmith.response.judging.record import rankings


def test_one_average_a_fold_ranks_nobody() -> None:
    chosen = choose(known(rows=900).trial, learners=("constant",), folds=3, seed=2)
    average = np.array([0.3, 0.1, 0.2])[chosen.fold][:, None] * (np.arange(chosen.effects.shape[1]) > 0)
    assert rankings(replace(chosen, effects=average)) == {}


def test_a_learner_that_tells_customers_apart_ranks_them() -> None:
    found = rankings(choose(known(rows=900).trial, learners=("t_linear",), seed=2))
    assert {"qini", "auuc", "at_k", "curve", "by_arm"} <= set(found)
