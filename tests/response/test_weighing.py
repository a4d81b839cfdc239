"""Beliefs, what is measured, and how far use allows an effect."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.base import HISTORY_KEYS, Economics, History
from offersmith.response.estimates import within_use
from offersmith.response.prior import believe
from offersmith.response.scores import Measured
from offersmith.response.weighing import believed, trust
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer

TEN = Offer("ten", "percent_off", {"percent": 10})


def _trust(mean, error, bias):
    history = History(HISTORY_KEYS.empty_table(), None, 28, bias={"ten": bias})
    measured = Measured(np.arange(1), np.ones(1), np.ones(1), mean, error)
    return trust(history, believed(history, TEN, (1.0, 0.5), measured))


@given(st.floats(-50, 50), st.floats(0.01, 50), st.floats(0, 50), st.floats(1.1, 20))
def test_less_data_and_more_bias_are_trusted_less(mean, error, bias, worse):
    whole = _trust(mean, error, bias)
    assert 0 <= whole <= 1
    assert _trust(mean, error * worse, bias) <= whole + 1e-12
    assert _trust(mean, error, (bias + 0.01) * worse) <= whole + 1e-12


def test_noise_is_not_trusted_and_a_clear_answer_is():
    assert _trust(2.0, 100.0, 5.0) < 0.01
    assert _trust(2.0, 0.01, 0.01) > 0.9


def _prior(**priors):
    known = pa.table({"customer_id": ["a", "b"], "orders_90d": [9.0, 1.0], "spend_90d": [18000.0, 2000.0],
                      "tenure": [300.0, 300.0], "recency": [3.0, 40.0]})  # fmt: skip
    history = History(HISTORY_KEYS.empty_table(), None, 28, known=known)
    return believe(history, Economics(0.3, "USD"), PriorSettings(**priors), ("prior_only",)), known


def test_the_stated_lift_is_worth_what_is_used():
    """An offer used by a tenth of those the prior assumes moves a tenth of them; one used by more is no better."""
    prior, known = _prior()
    stated = prior.belief(known, TEN)
    tenth = prior.belief(known, TEN, used=stated.redemption / 10)
    assert tenth.gained == pytest.approx(stated.gained / 10)
    assert tenth.spread == pytest.approx(stated.spread / 10)
    assert prior.belief(known, TEN, used=np.zeros(2)).gained.tolist() == [0.0, 0.0]
    assert prior.belief(known, TEN, used=np.ones(2)).gained == pytest.approx(stated.gained)


def test_a_prior_of_nobody_using_it_wins_nobody():
    prior, known = _prior(redemption=0.0)
    assert prior.column(known, TEN).conversion.tolist() == [0.0, 0.0]
    assert prior.column(known, TEN).revenue.tolist() == [0.0, 0.0]


@given(st.floats(-100, 100), st.floats(-5, 200), st.floats(0, 1), st.floats(0, 1))
def test_no_more_are_won_than_use_it_and_no_more_lost_than_bought(revenue, basket, redemption, chance):
    arrays = [np.array([value]) for value in (revenue, basket, redemption, chance)]
    conversion, kept = (float(found[0]) for found in within_use(*arrays))
    assert -chance <= conversion <= min(redemption, 1 - chance) + 1e-12
    spent = max(basket, 0.0)
    assert -chance * spent - 1e-9 <= kept <= redemption * spent + 1e-9
    assert kept == pytest.approx(min(max(revenue, -chance * spent), redemption * spent))
    assert conversion * spent == pytest.approx(min(kept, (1 - chance) * spent), abs=1e-9)


def test_only_what_was_expected_to_be_spent_can_be_lost():
    conversion, kept = within_use(np.full(2, -50.0), np.array([20.0, 0.0]), np.full(2, 0.1), np.full(2, 0.25))
    assert kept.tolist() == [-5.0, 0.0]
    assert conversion.tolist() == [-0.25, 0.0]
