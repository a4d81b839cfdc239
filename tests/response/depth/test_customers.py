import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import PchipInterpolator
from tests.response.trials import known

from offersmith.response.depth.customers import customer_curves, through
from offersmith.response.depth.families import families
from offersmith.response.learners import LEARNERS


@given(st.integers(0, 10_000), st.integers(3, 6))
def test_curves_keep_the_shape_of_their_points(seed, d):
    draw = np.random.default_rng(seed)
    at = np.cumsum(draw.random(d) + 0.1)
    values = draw.normal(size=(4, d))
    grid = np.linspace(at[0], at[-1], 41)
    found = through(at, values, grid)
    assert np.allclose(through(at, values, at), values)
    assert np.allclose(found, PchipInterpolator(at, values, axis=1)(grid))
    assert np.all(found.max(axis=1) <= values.max(axis=1) + 1e-9)


def test_curves_of_any_model_go_through_its_effects():
    one = known(rows=3000, seed=1)
    family = families(one.trial.arms)[0]
    for name in ("logit", "shared"):
        fitted = LEARNERS[name].fit(one.trial, seed=1)
        curves = customer_curves(fitted, one.trial.x[:50], family, rise=False)
        given_ = np.searchsorted(curves.depths, family.depths)
        effects = fitted.effects(one.trial.x[:50])[:, list(family.arms)]
        assert np.allclose(curves.profit[:, given_], effects, atol=1e-9)
        assert np.all(curves.profit[:, 0] == 0)
        peak = curves.profit.max(axis=1)
        assert np.allclose(peak, curves.profit[np.arange(50), np.searchsorted(curves.depths, curves.best)])


def test_who_is_moved_peaks_deeper():
    one = known(rows=8000, seed=2)
    fitted = LEARNERS["shared"].fit(one.trial, seed=1)
    best = customer_curves(fitted, one.trial.x, families(one.trial.arms)[0]).best
    moved = one.trial.x[:, 1] > 0
    assert best[moved].mean() > best[~moved].mean() + 0.05


def test_what_a_depth_takes_off_is_arithmetic():
    one = known(rows=3000, seed=3)
    fitted = LEARNERS["shared"].fit(one.trial, seed=1)
    family, x = families(one.trial.arms)[0], one.trial.x[:20]
    curves = customer_curves(fitted, x, family, rise=False)
    expected = fitted.expected(x)
    place = int(np.searchsorted(curves.depths, 0.15))
    # Between two depths the chance and the basket lie between theirs, and the offer takes 15 % of that basket.
    chance = np.sort(expected.chance[:, 1:3], axis=1)
    size = np.sort(expected.size[:, 1:3], axis=1)
    least = chance[:, 0] * size[:, 0] * (0.5 - 0.15) - expected.outcome[:, 0]
    most = chance[:, 1] * size[:, 1] * (0.5 - 0.15) - expected.outcome[:, 0]
    assert np.all(curves.profit[:, place] >= least - 1e-9)
    assert np.all(curves.profit[:, place] <= most + 1e-9)
