"""Folds of customers, and which arms can be used."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.response.trials import known

from offersmith.response.learners.crossing import kind_of, ordered, split, usable


@given(arrays(np.int64, st.integers(0, 60), elements=st.integers(0, 2**62)), st.integers(1, 7), st.integers(0, 2**31))
def test_a_customer_stays_in_one_fold_whoever_else_is_there(customer, count, seed):
    fold = split(customer, count, seed)
    assert ((fold >= 0) & (fold < count)).all()
    assert np.array_equal(split(customer[::-1], count, seed), fold[::-1])
    assert np.array_equal(split(customer[:1], count, seed), fold[:1])


def test_folds_are_of_like_size_and_change_with_the_seed():
    fold = split(np.arange(30_000), 3, 1)
    assert np.abs(np.bincount(fold) / 10_000 - 1).max() < 0.05
    agree = np.mean(fold == split(np.arange(30_000), 3, 2))
    assert abs(agree - 1 / 3) < 0.02


def test_rows_of_one_customer_and_arm_stand_together():
    trial = known(rows=50).trial
    doubled = trial.take(np.tile(np.arange(50), 2))
    rows = ordered(doubled)
    assert (np.diff(rows.customer) >= 0).all()
    assert rows.sale is not None
    assert len(rows.sale.bought) == 100


def test_arms_with_few_rows_are_not_used():
    trial = known(rows=400).trial
    few = trial.take(np.concatenate([np.flatnonzero(trial.arm != 2), np.flatnonzero(trial.arm == 2)[:5]]))
    assert usable(few, 50).tolist() == [True, True, False, True]
    assert usable(few, 500) is None
    assert usable(replace(trial, outcome=np.ones(400)), 5) is None


def test_a_chance_is_of_zeros_and_ones_only():
    assert kind_of(np.array([0.0, 1.0])) == "chance"
    assert kind_of(np.array([0.0, 0.5])) == "mean"
