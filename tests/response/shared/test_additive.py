"""An additive regression over arms: finds what is there, leaves out what is not."""

import numpy as np
import pytest

from offersmith.response.shared import additive
from offersmith.response.shared.codes import centred, codes
from offersmith.response.shared.design import Design
from offersmith.response.trial import Arm

ARMS = (Arm("none"), Arm("5", "percent", 0.05), Arm("10", "percent", 0.10), Arm("gift"))


def drawn(rows=12_000, seed=3):
    luck = np.random.default_rng(seed)
    x = luck.standard_normal((rows, 12))
    arm = luck.integers(0, 4, rows)
    effect = np.column_stack([np.zeros(rows), 0.2 * x[:, 0], 0.4 * x[:, 0], 0.5 * (x[:, 1] > 0)])
    target = 0.3 * x[:, 2] + effect[np.arange(rows), arm] + luck.standard_normal(rows)
    return x, arm, target, effect


def learned(x, arm, target, shape="ramp", without=None):
    design = Design.learn(x, shape, 6)
    fold = np.arange(len(x)) % 2
    found = additive.moments(design, x, arm, 4, target, np.ones(len(x)), fold, 2)
    gram, cross, shares = found.without(without)
    return design, additive.weights(gram, cross, centred(codes(ARMS), shares), design)


@pytest.mark.parametrize("shape", ["ramp", "step"])
def test_effects_are_found_and_noise_is_left_out(shape):
    x, arm, target, _ = drawn()
    design, weight = learned(x, arm, target, shape)
    fresh, _, _, truth = drawn(seed=4)
    change = design.matrix(fresh).astype(float) @ weight.T
    change -= change[:, [0]]
    for number in (1, 2, 3):
        assert np.corrcoef(change[:, number], truth[:, number])[0, 1] > 0.85
    used = set(design.feature[np.any(weight != 0, axis=0)].tolist()) - {-1}
    assert {0, 1, 2} <= used
    assert len(used) <= 6  # of twelve, nine of which do nothing


def test_pure_noise_keeps_next_to_nothing():
    x, arm, _, _ = drawn()
    noise = np.random.default_rng(9).standard_normal(len(x))
    design, weight = learned(x, arm, noise)
    change = design.matrix(x).astype(float) @ weight.T
    assert (change - change[:, [0]])[:, 1:].std(axis=0).max() < 0.1


def test_moments_of_the_folds_add_up_to_those_of_all():
    x, arm, target, _ = drawn(2000)
    design, fold = Design.learn(x, "ramp", 4), np.arange(2000) % 3
    parts = additive.moments(design, x, arm, 4, target, np.ones(2000), fold, 3)
    whole = additive.moments(design, x, arm, 4, target, np.ones(2000), np.zeros(2000, dtype=int), 1)
    np.testing.assert_allclose(parts.without(None)[0], whole.gram[0], rtol=1e-4, atol=0.05)
    np.testing.assert_allclose(parts.without(1)[0] + parts.gram[1], whole.gram[0], rtol=1e-4, atol=0.05)
    columns = design.matrix(x)[arm == 2].astype(float)
    np.testing.assert_allclose(whole.gram[0, 2], columns.T @ columns, rtol=1e-3, atol=0.05)


def test_a_fold_left_out_has_no_say():
    x, arm, target, _ = drawn(4000)
    spoilt = target.copy()
    spoilt[np.arange(4000) % 2 == 1] = 99.0
    np.testing.assert_array_equal(learned(x, arm, target, without=1)[1], learned(x, arm, spoilt, without=1)[1])


def test_more_columns_than_may_compete_still_find_the_effect(monkeypatch):
    monkeypatch.setattr(additive, "MOST", 60)
    x, arm, target, _ = drawn()
    design, weight = learned(x, arm, target)
    assert weight[2, design.feature == 0].any()
