"""What is believed of an arm: on average what was measured, and of the customers of today no more than that."""

from dataclasses import replace

import numpy as np
import pytest
from tests.response.trials import known

from offersmith.response.choice.choose import choose
from offersmith.response.judging.belief import believe, calibrations

ARM = "twenty"


@pytest.fixture(scope="module", params=["t_linear", "logit"])
def judged(request):
    """A judged learner that may be shipped, its lines and its own predictions of the rows it learned from."""
    chosen = choose(known(rows=900).trial, learners=(request.param,), folds=3, seed=2)
    chosen = replace(chosen, policy=replace(chosen.policy, kind="learned"))
    return chosen, calibrations(chosen), chosen.fitted.effects(chosen.gains.trial.x)


def believed(chosen, lines, today):
    """Return what is believed before gains are held to the policy's own value."""
    return replace(believe(chosen, lines, today), borne_out=1.0)


def arm_of(chosen):
    return [arm.name for arm in chosen.gains.trial.arms].index(ARM)


def test_the_mean_that_is_believed_is_that_of_the_learner_that_is_shipped(judged):
    chosen, lines, whole = judged
    belief = believed(chosen, lines, whole)
    profit = belief.profit(ARM, whole[:, arm_of(chosen)])
    held, line = belief.arms[ARM], lines[ARM]
    assert profit.mean() == pytest.approx(held.mean)
    assert min(line.predicted, line.measured) <= held.mean <= max(line.predicted, line.measured)


def test_time_alone_makes_no_customer_worth_more(judged):
    """Everybody has been known for longer: predictions rise for all, and nothing was measured of that."""
    chosen, lines, whole = judged
    effect = whole[:, arm_of(chosen)]
    before = believed(chosen, lines, whole).profit(ARM, effect)
    later = believed(chosen, lines, whole + 5.0).profit(ARM, effect + 5.0)
    assert later == pytest.approx(before)
    steeper = believed(chosen, lines, 3 * np.abs(whole)).profit(ARM, 3 * np.abs(effect))
    assert steeper.mean() <= before.mean() + 1e-9


def test_customers_who_are_harder_to_win_stay_so(judged):
    chosen, lines, whole = judged
    effect, held = whole[:, arm_of(chosen)], believed(chosen, lines, whole - 2.0)
    less = held.profit(ARM, effect - 2.0).mean()
    assert less == pytest.approx(held.arms[ARM].mean - 2.0 * held.arms[ARM].slope)


def test_one_offer_for_all_loses_what_it_was_measured_to_lose(judged):
    """A gain is shrunk towards nothing, for the best of several was picked; a loss was not picked."""
    chosen, lines, whole = judged
    chosen = replace(chosen, policy=replace(chosen.policy, kind="single"))
    for measured in (-0.3, 0.0, 0.3):
        told = {**lines, ARM: replace(lines[ARM], measured=measured)}
        single = believed(chosen, told, whole).arms[ARM].single
        assert single == measured if measured <= 0 else 0 <= single <= measured
        assert not (single == 0 and np.signbit(single))


@pytest.mark.parametrize("worth", [0.2, 1.0, 50.0])
def test_all_gains_together_are_what_the_policy_was_worth_at_most(judged, worth):
    chosen, lines, whole = judged
    names = [arm.name for arm in chosen.gains.trial.arms]
    told = replace(chosen, policy=replace(chosen.policy, value=worth))

    def profits(belief):
        return np.stack([belief.profit(name, whole[:, number]) for number, name in enumerate(names) if number])

    held, free = (profits(found(told, lines, whole)) for found in (believe, believed))
    promised, unheld = (np.maximum(found.max(axis=0), 0.0).mean() for found in (held, free))
    assert promised == pytest.approx(min(worth, unheld))
    assert (held.argmax(axis=0) == free.argmax(axis=0)).all()
    assert ((held > 0) == (free > 0)).all()
    assert (held[free <= 0] == free[free <= 0]).all()
