"""The parts models are made of: encoding, folds, linear models, costs, beliefs."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.response.base import HISTORY_KEYS, Economics, History
from offersmith.response.costs import learn_cost, points, relief
from offersmith.response.crossfit import crossfit, folds
from offersmith.response.encode import Encoder
from offersmith.response.linear import expit, least_squares, logistic
from offersmith.response.prior import believe
from offersmith.response.scores import Measured, slope
from offersmith.response.weighing import weigh
from offersmith.settings import PriorSettings
from offersmith.vocabulary import Offer


def test_the_encoder_is_frozen_and_flags_what_is_missing():
    table = pa.table({"a": [0.0, 10.0, 1000.0, None], "b": [5.0, 5.0, 5.0, 5.0], "customer_id": list("wxyz")})
    encoder = Encoder.learn(table, ["a", "b"])
    assert encoder.names == ("a", "a missing")
    matrix = encoder.matrix(table)
    assert matrix[:3, 0].mean() == pytest.approx(0)
    assert matrix[3].tolist() == [0.0, 1.0]
    assert Encoder.of(encoder.as_dict()) == encoder
    assert encoder.matrix(pa.table({"customer_id": ["q"]})).tolist() == [[0.0, 1.0]]
    assert encoder.matrix(pa.table({"a": [float("inf")]})).tolist() == [[0.0, 1.0]]


def test_beyond_all_that_was_learned_from_a_customer_is_at_its_edge():
    encoder = Encoder.learn(pa.table({"a": [3.0, 10.0, 40.0, None], "b": [None] * 4}), ["a", "b"])
    later = encoder.matrix(pa.table({"a": [1.0, 3.0, 40.0, 4000.0, None], "b": [1.0] * 5}))[:, 0]
    assert later[0] == later[1] < later[4] == 0 < later[2] == later[3]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.integers(2, 6), st.integers(0, 5))
def test_a_customer_is_in_one_fold_whoever_else_is_there(numbers, count, seed):
    customers = np.array([f"c{number}" for number in numbers])
    found = folds(customers, count, seed)
    assert all(len(set(found[customers == one].tolist())) == 1 for one in customers)
    assert folds(customers[:1], count, seed)[0] == found[0]
    assert ((found >= 0) & (found < count)).all()


def test_nobody_helps_to_predict_themselves():
    customers = np.repeat([f"c{number}" for number in range(40)], 2)
    fold = folds(customers, 4, 7)
    seen = []

    def fit_predict(learn, held):
        seen.append(set(customers[learn]) & set(customers[held]))
        return held.astype(float)

    assert crossfit(fold, 4, fit_predict).tolist() == list(range(80))
    assert seen == [set()] * 4


def test_logistic_agrees_with_its_own_gradient_and_recovers_a_truth():
    draw = np.random.default_rng(2)
    x = draw.normal(size=(5000, 3))
    y = (draw.random(5000) < expit(-1 + x @ np.array([1.0, -0.5, 0.0]))).astype(float)
    model = logistic(x, y, 1.0)
    assert model.intercept == pytest.approx(-1, abs=0.15)
    assert np.array(model.weights) == pytest.approx([1, -0.5, 0], abs=0.12)
    gradient = x.T @ (y - expit(model.predict(x))) - np.array(model.weights)
    assert np.abs(gradient).max() < 1e-3
    strong = logistic(x, y, 1e6)
    assert np.abs(strong.weights).max() < 0.01
    assert expit(strong.predict(x)).mean() == pytest.approx(y.mean(), abs=1e-3)


@pytest.mark.parametrize("y", [np.zeros(20), np.ones(20)])
def test_a_sure_thing_is_no_fault(y):
    model = logistic(np.random.default_rng(0).normal(size=(20, 2)), y, 1.0)
    assert abs(expit(model.predict(np.zeros((1, 2))))[0] - y[0]) < 0.05


def test_least_squares_without_penalty_is_exact():
    x = np.random.default_rng(1).normal(size=(50, 2))
    model = least_squares(x, 3 + x @ np.array([2.0, -1.0]), 0.0)
    assert model.predict(np.zeros((1, 2)))[0] == pytest.approx(3, abs=1e-6)
    assert least_squares(np.zeros((0, 2)), np.zeros(0), 1.0).predict(np.ones((1, 2)))[0] == 0


def test_cost_lines_find_percents_and_fixed_amounts():
    basket = np.linspace(10, 90, 200)
    share, fixed = learn_cost(0.2 * basket, basket), learn_cost(np.full(200, 3.0), basket)
    assert (share.fixed, share.share) == (pytest.approx(0, abs=1e-9), pytest.approx(0.2))
    assert (fixed.fixed, fixed.share) == (pytest.approx(3.0), pytest.approx(0, abs=1e-9))
    assert learn_cost(np.zeros(0), np.zeros(0)) is None
    assert (learn_cost(50 - 0.5 * basket, basket).of(np.array([1e6])) >= 0).all()


def test_a_wrong_belief_gives_way_and_little_data_do_not_overthrow_it():
    assert weigh(0.5, 0.1, 5.0, 0.2)[0] > 4.5
    assert weigh(0.5, 0.1, 1.5, 5.0)[0] == pytest.approx(0.5, abs=0.01)
    assert weigh(0.5, 0.1, None, 1.0) == (0.5, 0.1)
    mean, sd = weigh(1.0, 0.5, 1.4, 0.5)
    assert (mean, sd) == (pytest.approx(1.2), pytest.approx(0.5 / np.sqrt(2)))


def test_the_slope_shrinks_to_one_and_finds_noise():
    draw = np.random.default_rng(3)
    predicted = draw.normal(size=4000)
    rows, even = np.arange(4000), np.full(4000, 1 / 4000)

    def found(factor, noise):
        score = 1 + factor * predicted + noise * draw.normal(size=4000)
        return slope(Measured(rows, score, even, float(score.mean()), 0.1), predicted).value

    assert found(0.5, 1) == pytest.approx(0.5, abs=0.1)
    assert found(0.0, 1) < 0.1
    assert found(0.0, 500) == pytest.approx(1, abs=0.35)
    assert slope(Measured(rows, predicted, even, 0.0, 0.1), np.ones(4000)).value == 1.0


def test_an_offer_is_worth_what_its_terms_say():
    ten = Offer("ten", "percent_off", {"percent": 10})
    five = Offer("five", "amount_off", {"amount": "5.00", "currency": "USD"})
    assert relief(ten, np.array([50.0])).tolist() == [5.0]
    assert (points(ten, 80.0), points(five, 50.0)) == (pytest.approx(10), pytest.approx(10))
    assert points(Offer("gift", "gift", {}), 50.0) == 0
    assert points(ten, 0.0) == 0


def test_the_prior_follows_the_customer_s_own_past():
    customers = pa.table(
        {
            "customer_id": ["weekly", "monthly", "lost", "new"],
            "orders_90d": [13.0, 3.0, 0.0, None],
            "spend_90d": [26000.0, 6000.0, 0.0, None],
            "tenure": [300.0, 300.0, 300.0, None],
            "recency": [3.0, 20.0, 250.0, None],
        }
    )
    history = History(HISTORY_KEYS.empty_table(), None, 28, known=customers)
    prior = believe(history, Economics(0.3, "USD"), PriorSettings(), ("prior_only",))
    base = prior.baseline(customers)
    assert base.chance[0] > base.chance[1] > base.chance[2]
    assert ((base.chance > 0) & (base.chance < 1)).all()
    assert prior.basket == pytest.approx(20.0)
    shallow, deep = (prior.column(customers, Offer("o", "percent_off", {"percent": p})) for p in (5, 10))
    assert (deep.conversion >= shallow.conversion).all()
    assert (deep.cost > shallow.cost).all()
    assert (base.chance + deep.conversion <= 1).all()
