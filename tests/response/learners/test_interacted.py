"""The linear model with arm terms is the one its columns say, block by block."""

import numpy as np
import pytest
from tests.response.trials import known

from offersmith.response.learners.crossing import split
from offersmith.response.learners.interacted import _SHARED, Interacted, _of_arms, _solve, fit_interacted
from offersmith.response.linear import expit


def written_out(x, y, arm, arms, penalty, kind, steps=60):
    """Fit the same model with every column written out: shared, of any offer, of each arm."""
    base = np.column_stack([np.ones(len(x)), x])
    blocks = [base, base * (arm > 0)[:, None], *(base * (arm == one)[:, None] for one in range(1, arms))]
    design = np.hstack(blocks)
    ridge = np.full((arms + 1, base.shape[1]), penalty)
    ridge[0], ridge[:, 0], ridge[0, 0] = _SHARED, 1.0, 1e-6
    beta, line = np.zeros(design.shape[1]), ridge.ravel()
    for _ in range(steps):
        fitted = expit(design @ beta) if kind == "chance" else design @ beta
        curve = fitted * (1 - fitted) if kind == "chance" else np.ones(len(y))
        step = np.linalg.solve((design.T * curve) @ design + np.diag(line), design.T @ (y - fitted) - line * beta)
        beta = beta + step
    return beta.reshape(arms + 1, -1)


@pytest.mark.parametrize("kind", ["chance", "mean"])
@pytest.mark.parametrize("penalty", [3.0, 300.0])
def test_it_equals_the_model_with_every_column_written_out(kind, penalty):
    trial = known(rows=600, form=kind).trial
    order = np.argsort(trial.arm, kind="stable")
    x, y, arm = trial.x[order], trial.outcome[order], trial.arm[order]
    design = np.column_stack([np.ones(600), x])
    found = _solve(kind, design, y, arm, 4, penalty, None)
    whole = written_out(x, y, arm, 4, penalty, kind)
    whole[2:], found = whole[2:], found.copy()
    own = whole.copy()
    arms = np.vstack([own[0], own[0] + own[1] + own[2:]])
    np.testing.assert_allclose(_of_arms(found), arms, atol=1e-4)


def test_what_works_alike_is_shrunk_and_what_does_not_is_kept():
    trial = known(rows=3000, form="chance").trial
    fold = split(trial.customer, 3, 1)
    mixed = np.random.default_rng(0).permutation(trial.arm)
    real = fit_interacted("chance", trial.x, trial.outcome, trial.arm, 4, fold)
    placebo = fit_interacted("chance", trial.x, trial.outcome, mixed, 4, fold)

    def apart(found):
        return np.abs(found.weights[1:, 1:] - found.weights[0, 1:]).max()

    assert real.penalty < placebo.penalty
    assert apart(placebo) < 0.05 < 0.3 < apart(real)


def test_it_is_made_again_from_plain_values():
    trial = known(rows=300, form="mean").trial
    found = fit_interacted("mean", trial.x, trial.outcome, trial.arm, 4, split(trial.customer, 3, 1))
    again = Interacted.of(found.as_dict())
    np.testing.assert_array_equal(again.predict(trial.x), found.predict(trial.x))
