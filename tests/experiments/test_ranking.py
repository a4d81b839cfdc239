import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.experiments.ranking import bootstrap, judge, lift, roc_auc

pairs = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=60)


def _brute(y, score):
    rows = list(zip(score, y, strict=True))
    wins = [(a > b) + 0.5 * (a == b) for a, t in rows if t for b, u in rows if not u]
    return sum(wins) / len(wins) if wins else float("nan")


@given(pairs)
def test_area_equals_counting_every_pair(rows):
    y, score = [row[0] for row in rows], [float(row[1]) for row in rows]
    assert roc_auc(y, score) == pytest.approx(_brute(y, score), nan_ok=True)


@given(pairs)
def test_area_and_lift_do_not_depend_on_the_order_of_rows(rows):
    y, score = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows], float)
    turned = np.random.default_rng(len(rows)).permutation(len(rows))
    assert roc_auc(y[turned], score[turned]) == pytest.approx(roc_auc(y, score), nan_ok=True)
    assert lift(y[turned], score[turned]) == pytest.approx(lift(y, score), nan_ok=True)


def test_a_constant_score_is_no_better_than_chance():
    y = np.array([1, 0, 0, 1, 0, 0, 0, 0, 0, 1.0])
    assert roc_auc(y, np.zeros(10)) == 0.5
    assert lift(y, np.zeros(10), 0.3) == pytest.approx(1.0)


def test_lift_of_a_perfect_score():
    y = np.r_[np.ones(10), np.zeros(90)]
    assert lift(y, y, 0.1) == pytest.approx(10.0)
    assert lift(y, -y, 0.1) == 0.0


def test_missing_scores_rank_last():
    assert roc_auc([1, 0], [0.1, np.nan]) == 1.0
    assert roc_auc([0, 1], [0.1, np.nan]) == 0.0


def test_nobody_responding_has_no_area():
    assert np.isnan(roc_auc([0, 0], [1.0, 2.0]))
    assert np.isnan(lift([], []))


def test_interval_is_seeded_and_covers_its_value():
    draw = np.random.default_rng(3)
    score = draw.normal(size=400)
    y = draw.random(400) < 1 / (1 + np.exp(-score))
    first = bootstrap(roc_auc, y, score, generator=np.random.default_rng(1))
    again = bootstrap(roc_auc, y, score, generator=np.random.default_rng(1))
    assert first == again
    assert first.low < first.value < first.high
    assert 0.04 < first.high - first.low < 0.15


def test_judging_turns_into_plain_values():
    found = judge([1, 0, 1, 0], [4, 3, 2, 1], generator=np.random.default_rng(0), repeats=20).as_dict()
    assert found["rows"] == 4
    assert found["positives"] == 2
    assert found["auc"]["value"] == 0.75
