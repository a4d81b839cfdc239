"""Figures of a classifier: equal to scikit-learn's, ties shared, intervals that cover."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from offersmith.experiments.classification import best_threshold, classified


def judged(y, chance, threshold=0.3, repeats=0, **values):
    return classified(y, chance, threshold=threshold, generator=np.random.default_rng(0), repeats=repeats, **values)


def drawn(rows=500, seed=1, steps=None):
    draw = np.random.default_rng(seed)
    chance = draw.beta(2, 3, rows)
    y = (draw.random(rows) < chance).astype(float)
    return y, chance if steps is None else np.round(chance * steps) / steps


@pytest.mark.parametrize("steps", [None, 5])
def test_every_figure_is_that_of_scikit_learn(steps):
    y, chance = drawn(steps=steps)
    found = judged(y, chance, 0.4)
    for answers in (found.chosen, found.half):
        said = chance >= answers.threshold
        assert answers.accuracy.value == pytest.approx(metrics.accuracy_score(y, said))
        assert answers.precision.value == pytest.approx(metrics.precision_score(y, said))
        assert answers.recall.value == pytest.approx(metrics.recall_score(y, said))
        assert answers.f1.value == pytest.approx(metrics.f1_score(y, said))
    assert found.auc.value == pytest.approx(metrics.roc_auc_score(y, chance))
    assert found.average_precision.value == pytest.approx(metrics.average_precision_score(y, chance))
    assert found.brier.value == pytest.approx(metrics.brier_score_loss(y, chance))
    inside = np.clip(chance, 0.001, 0.999)
    assert judged(y, inside).log_loss.value == pytest.approx(metrics.log_loss(y, inside))
    assert found.calibration.brier == pytest.approx(found.brier.value)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.0, 0.2, 0.5, 0.5, 0.9, 1.0])), min_size=2, max_size=30))
def test_order_of_rows_never_matters_and_figures_stay_in_range(rows):
    y, chance = (np.array(part, dtype=float) for part in zip(*rows, strict=True))
    ahead, back = judged(y, chance).as_dict(), judged(y[::-1], chance[::-1]).as_dict()
    for name in ("auc", "average_precision", "brier", "log_loss"):
        one, other = ahead[name]["value"], back[name]["value"]
        assert math.isnan(one) == math.isnan(other)
        if not math.isnan(one):
            assert one == pytest.approx(other)
            assert one >= -1e-12
            assert name == "log_loss" or one <= 1 + 1e-12


@given(st.integers(0, 200))
def test_the_threshold_with_the_best_f1_is_the_best_of_all_chances(seed):
    y, chance = drawn(40, seed, steps=8)
    if not y.any():
        y[0] = 1.0
    best = judged(y, chance, best_threshold(y, chance)).chosen.f1.value
    for other in np.unique(chance):
        assert judged(y, chance, float(other)).chosen.f1.value <= best + 1e-12


def test_without_a_yes_nothing_is_said_about_order():
    found = judged(np.zeros(20), np.linspace(0, 1, 20))
    assert math.isnan(found.auc.value)
    assert math.isnan(found.average_precision.value)
    assert math.isnan(found.chosen.recall.value)
    assert best_threshold(np.zeros(20), np.linspace(0, 1, 20)) == 0.5


def test_no_rows_are_no_figures():
    found = judged(np.zeros(0), np.zeros(0), repeats=20)
    assert (found.rows, found.customers) == (0, 0)
    assert math.isnan(found.brier.value)


def test_rows_of_one_customer_are_not_independent():
    y, chance = drawn(300)
    alone = judged(y, chance, repeats=300)
    tripled = judged(np.repeat(y, 3), np.repeat(chance, 3), repeats=300, customer=np.repeat(np.arange(300), 3))
    naive = judged(np.repeat(y, 3), np.repeat(chance, 3), repeats=300)

    def width(found):
        return found.auc.high - found.auc.low

    assert tripled.customers == 300
    assert width(tripled) == pytest.approx(width(alone), rel=0.15)
    assert width(naive) < 0.75 * width(alone)


def test_intervals_cover_what_the_whole_population_says():
    truth, held = judged(*drawn(200_000, 99)), 0
    for seed in range(60):
        y, chance = drawn(400, 1000 + seed)
        found = judged(y, chance, repeats=80)
        held += found.auc.low <= truth.auc.value <= found.auc.high
    assert held >= 51  # 57 expected of 60


def test_the_same_generator_gives_the_same_figures():
    y, chance = drawn()
    assert judged(y, chance, repeats=20) == judged(y, chance, repeats=20)
    json.dumps(judged(y, chance, repeats=20).as_dict(), allow_nan=False)
