"""A learner of two arms says of them what the whole one does."""

import numpy as np
import pytest
from tests.response.trials import known

from offersmith.response.explain.narrowed import narrowed
from offersmith.response.learners import LEARNERS

SOLD = known(rows=1500, seed=3).trial
FITTED = sorted(set(LEARNERS) - {"s_neural"})


@pytest.mark.parametrize("name", FITTED)
def test_one_arm_of_a_learner_has_the_same_effect(name):
    fitted = LEARNERS[name].fit(SOLD, seed=1)
    whole = fitted.effects(SOLD.x[:40])
    for arm in (1, 3):
        found = narrowed(fitted, arm).effects(SOLD.x[:40])
        assert found.shape == (40, 2)
        assert np.allclose(found[:, 1], whole[:, arm], rtol=0, atol=1e-12)


def test_a_stranger_is_not_narrowed():
    assert narrowed(object(), 1) is None
