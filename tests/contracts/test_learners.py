"""Every learner of `response.learners.LEARNERS`: repeatable, kept whole, honest about what it cannot learn.

The trials are small and their true effects are known.
"""

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.response.trials import ARMS, earned, known

from offersmith.response.learners import LEARNERS

NEEDS = {"s_neural": "torch"}
"""Learners that train with an optional extra."""
SIMILAR = 0.25
"""By how much of the best possible a learner may fall behind one offer for all, at 2,000 rows (chance included)."""


@cache
def learned(name, form="sale", seed=5, **values):
    return LEARNERS[name].fit(known(form=form, **values).trial, seed=seed)


@pytest.fixture(params=sorted(LEARNERS))
def name(request):
    """Return each learner's name, those whose extra is not there left out."""
    if request.param in NEEDS:
        pytest.importorskip(NEEDS[request.param])
    return request.param


@pytest.fixture(scope="module")
def fresh():
    """Return customers nobody learned from."""
    return known(rows=4000, seed=77)


def test_it_is_known_by_its_name(name):
    assert LEARNERS[name].name == name
    assert learned(name).name == name


def test_the_same_seed_gives_the_same_bytes(name):
    assert LEARNERS[name].fit(known().trial, seed=5).save() == learned(name).save()


def test_effects_are_one_column_per_arm_and_none_for_the_control(name, fresh):
    effects = learned(name).effects(fresh.trial.x)
    assert effects.shape == fresh.truth.shape
    assert effects.dtype == np.float64
    assert np.isfinite(effects).all()
    assert (effects[:, 0] == 0).all()


def test_nobody_asked_nothing_said(name):
    assert learned(name).effects(np.zeros((0, 5))).shape == (0, 4)


def test_it_is_kept_whole(name, fresh):
    files, plain = learned(name).save()
    assert all(isinstance(content, bytes) for content in files.values())
    again = LEARNERS[name].load(files, json.loads(json.dumps(plain, allow_nan=False)))
    np.testing.assert_array_equal(again.effects(fresh.trial.x), learned(name).effects(fresh.trial.x))
    assert again.save() == (files, plain)


def test_a_row_says_the_same_alone_and_among_others(name, fresh):
    effects = learned(name).effects(fresh.trial.x[:50])
    alone = np.vstack([learned(name).effects(fresh.trial.x[row : row + 1]) for row in range(3)])
    np.testing.assert_allclose(alone, effects[:3], atol=1e-9)


def test_the_order_of_rows_does_not_matter(name, fresh):
    trial = known().trial
    mixed = trial.take(np.random.default_rng(0).permutation(len(trial)))
    again = LEARNERS[name].fit(mixed, seed=5).effects(fresh.trial.x)
    np.testing.assert_allclose(again, learned(name).effects(fresh.trial.x), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("form", ["sale", "chance", "mean"])
def test_it_is_not_worse_than_one_offer_for_all(name, form, fresh):
    truth = known(rows=4000, seed=77, form=form)
    best = float(truth.truth.max(axis=1).mean())
    mine = earned(truth.truth, learned(name, form).effects(truth.trial.x))
    plain = earned(truth.truth, learned("constant", form).effects(truth.trial.x))
    assert mine >= plain - SIMILAR * best


def test_chances_that_depend_on_the_customer_are_allowed_for(name):
    truth = known(rows=4000, seed=77, form="mean")
    best = float(truth.truth.max(axis=1).mean())
    mine = learned(name, "mean", uniform=False).effects(truth.trial.x)
    assert earned(truth.truth, mine) >= 0.4 * best


def test_there_is_nothing_to_learn_from_one_arm(name):
    trial = known().trial
    alone = replace(trial.take(np.flatnonzero(trial.arm == 0)), arms=ARMS[:1])
    assert LEARNERS[name].fit(alone, seed=5) is None


def test_there_is_nothing_to_learn_without_a_control(name):
    trial = known().trial
    assert LEARNERS[name].fit(trial.take(np.flatnonzero(trial.arm > 0)), seed=5) is None


def test_nothing_is_made_of_an_outcome_that_never_changes(name, fresh):
    found = learned(name, "flat")
    assert found is None or not found.effects(fresh.trial.x).any()


def test_no_rows_and_twelve_rows_are_answered(name, fresh):
    trial = known().trial
    for rows in (0, 12):
        found = LEARNERS[name].fit(trial.take(np.arange(rows)), seed=5)
        assert found is None or np.isfinite(found.effects(fresh.trial.x)).all()


def test_an_arm_nobody_was_given_and_a_column_that_never_changes_do_no_harm(name, fresh):
    trial = known().trial
    without = trial.take(np.flatnonzero(trial.arm != 3))
    wider = replace(without, x=np.column_stack([without.x, np.ones(len(without))]), names=(*trial.names, "one"))
    effects = LEARNERS[name].fit(wider, seed=5).effects(np.column_stack([fresh.trial.x, np.ones(4000)]))
    assert effects.shape == (4000, 4)
    assert np.isfinite(effects).all()
    assert not effects[:, 3].any()
