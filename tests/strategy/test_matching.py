import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr

from offersmith.strategy.matching import chance_best


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10_000), offers=st.integers(1, 5), customers=st.integers(0, 20))
def test_chances_are_chances_and_none_has_exactly_its_own(seed, offers, customers):
    rng = np.random.default_rng(seed)
    mean, sd = rng.normal(0, 1, (offers, customers)), rng.gamma(1, 1, (offers, customers))
    allowed = rng.random(mean.shape) < 0.8
    chance = chance_best(mean, sd, allowed)
    assert (chance >= 0).all()
    assert (chance[~allowed] == 0).all()
    none = np.prod(np.where(allowed, ndtr(-mean / np.maximum(sd, 1e-12)), 1), axis=0)
    assert np.allclose(chance.sum(axis=0), 1 - none)


def test_they_are_how_often_an_offer_turns_out_best():
    rng = np.random.default_rng(3)
    mean, sd = rng.normal(-0.3, 1, (3, 6)), rng.gamma(2, 0.5, (3, 6))
    chance = chance_best(mean, sd, np.ones((3, 6), bool))
    drawn = mean[:, :, None] + sd[:, :, None] * rng.standard_normal((3, 1, 200_000))
    best = np.where(drawn.max(axis=0) > 0, drawn.argmax(axis=0), -1)
    for k in range(3):
        assert np.allclose((best == k).mean(axis=1), chance[k], atol=0.006)


def test_certain_offers_are_given_or_not():
    mean, sd = np.array([[2.0, -1.0], [1.0, -2.0]]), np.zeros((2, 2))
    assert np.allclose(chance_best(mean, sd, np.ones((2, 2), bool)), [[1, 0], [0, 0]])


def test_two_that_are_alike_share():
    chance = chance_best(np.zeros((2, 1)), np.ones((2, 1)), np.ones((2, 1), bool))
    assert np.allclose(chance, 0.375)  # none is best where both are below zero: one time in four
