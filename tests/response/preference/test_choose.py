"""Who accepts what: tuned, judged on customers held out, and the best one handed out."""

import json

import numpy as np
import pytest

from offersmith.response.bases.linear import LinearBase
from offersmith.response.bases.trees import TreeBase
from offersmith.response.preference import CLASSIFIERS, choose_classifier, load_model
from offersmith.response.preference.classifiers import available

FEW = {
    "logistic": (LinearBase(penalty=1e6), LinearBase(penalty=10.0)),
    "tree": (TreeBase("tree", 1, 4, least_leaf=50), TreeBase("tree", 1, 8, least_leaf=50)),
}


def shop(rows=3000, seed=1, bent=False):
    """Return features, offer codes, answers and customers; a deep offer is taken by those who like deep offers."""
    draw = np.random.default_rng(seed)
    customer = draw.integers(0, rows // 3, rows)
    likes = np.random.default_rng(7).normal(size=rows // 3 + 1)[customer]
    x = np.column_stack([likes, draw.normal(size=rows)])
    depth = draw.choice([0.1, 0.3], rows)
    raw = (4 * (np.abs(likes) > 0.7) - 2.0) if bent else (-1 + likes + 4 * (depth - 0.2))
    accepted = (draw.random(rows) < 1 / (1 + np.exp(-raw))).astype(float)
    return x, depth[:, None], accepted, customer


@pytest.fixture(scope="module")
def chosen():
    return choose_classifier(*shop(), seed=3, classifiers=FEW, repeats=40)


def test_the_smaller_loss_wins_and_every_figure_is_there(chosen):
    assert chosen.name == "logistic"
    assert [one.loss for one in chosen.tried] == sorted(one.loss for one in chosen.tried)
    best = chosen.tried[0]
    assert best.settings["penalty"] == 10.0
    assert best.losses[1] < best.losses[0]
    figures = best.figures
    assert figures.auc.low < figures.auc.value < figures.auc.high
    assert figures.auc.low > 0.6
    assert figures.chosen.f1.value > figures.half.f1.value
    assert 0.8 < figures.calibration.slope < 1.25
    assert sum(chosen.customers) == len(np.unique(shop()[3]))
    json.dumps(chosen.as_dict(), allow_nan=False)


def test_the_figures_hold_for_customers_to_come(chosen):
    x, codes, accepted, _ = shop(rows=30_000, seed=50)
    loss = -np.mean(np.log(np.where(accepted > 0, chosen.predict(x, codes), 1 - chosen.predict(x, codes))))
    figure = chosen.tried[0].figures.log_loss
    assert figure.low - 0.02 <= loss <= figure.high + 0.02


def test_a_bend_is_for_trees():
    found = choose_classifier(*shop(bent=True), seed=3, classifiers=FEW, repeats=0)
    assert found.name == "tree"
    assert found.tried[0].figures.auc.value > 0.75 > 0.6 > found.tried[1].figures.auc.value


def test_it_is_repeatable_and_kept_whole(chosen):
    again = choose_classifier(*shop(), seed=3, classifiers=FEW, repeats=40)
    assert again.as_dict() == chosen.as_dict()
    assert again.save() == chosen.save()
    x, codes, _, _ = shop(seed=9)
    model = load_model(*chosen.save())
    np.testing.assert_array_equal(model.predict(np.column_stack([x, codes])), chosen.predict(x, codes))


def test_the_order_of_rows_does_not_matter(chosen):
    mixed = np.random.default_rng(0).permutation(3000)
    again = choose_classifier(*(part[mixed] for part in shop()), seed=3, classifiers=FEW, repeats=40)
    x, codes, _, _ = shop(seed=9)
    np.testing.assert_allclose(again.predict(x, codes), chosen.predict(x, codes), rtol=1e-6)


@pytest.mark.parametrize("rows", [0, 12, 99])
def test_few_rows_choose_nothing(rows):
    assert choose_classifier(*(part[:rows] for part in shop()), seed=3) is None


def test_one_answer_only_chooses_nothing():
    x, codes, accepted, customer = shop()
    for same in (np.zeros_like(accepted), np.ones_like(accepted)):
        assert choose_classifier(x, codes, same, customer, seed=3) is None


@pytest.mark.slow
def test_all_that_can_be_trained_are_tried():
    found = choose_classifier(*shop(bent=True), seed=3)
    assert {one.name for one in found.tried} == set(available())
    assert found.name != "logistic"


def test_the_neural_one_is_tried_where_its_extra_is():
    assert set(CLASSIFIERS) - set(available()) <= {"neural"}
