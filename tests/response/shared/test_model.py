"""The shared model on tests whose truth is known: what it earns, and what it claims."""

import numpy as np
import pytest
from tests.response.trials import earned, known

from offersmith.response.learners import LEARNERS


def found(form, name="shared", rows=20_000, seed=5):
    case = known(rows=rows, form=form, seed=seed)
    return LEARNERS[name].fit(case.trial, seed=1)


@pytest.mark.parametrize("form", ["sale", "mean", "chance"])
def test_it_earns_most_of_what_could_be_earned(form):
    fresh = known(rows=20_000, form=form, seed=99)
    effects = found(form).effects(fresh.trial.x)
    best = np.maximum(fresh.truth, 0).max(axis=1).mean()
    assert earned(fresh.truth, effects) > 0.6 * best
    assert earned(fresh.truth, effects) >= earned(fresh.truth, found(form, "constant").effects(fresh.trial.x))


def test_expectations_agree_with_effects_and_stay_in_bounds():
    fresh = known(rows=2000, form="sale", seed=8)
    fitted = found("sale", rows=6000)
    said = fitted.expected(fresh.trial.x)
    np.testing.assert_allclose(fitted.effects(fresh.trial.x), said.outcome - said.outcome[:, [0]], atol=1e-12)
    assert ((said.chance > 0) & (said.chance < 1)).all()
    assert (said.size > 0).all()
    assert (said.relief >= 0).all()
    assert (said.relief[:, 0] == 0).all()


def test_without_trees_every_effect_is_a_sum_over_single_features():
    fitted = found("mean", "additive", rows=6000)
    luck = np.random.default_rng(0)
    x = luck.standard_normal((3, fitted.model.mean.size))
    mixed = x[[0, 0]].copy()
    mixed[1, 0] = x[1, 0]
    both = np.vstack([mixed, x[[2, 2]]])
    both[3, 0], both[2, 0] = x[1, 0], x[0, 0]
    effect = fitted.effects(both)
    # Changing one feature changes the effect by as much whoever else the customer is.
    np.testing.assert_allclose(effect[1] - effect[0], effect[3] - effect[2], atol=1e-9)
