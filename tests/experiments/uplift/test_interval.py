"""Influences against what they stand for: counting a customer more often, and drawing customers anew."""

import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.experiments.uplift import auuc, many_arms, one_arm, qini, uplift_at_k
from offersmith.experiments.uplift.curve import area
from offersmith.experiments.uplift.qini import over_perfect

FIGURES = {
    "qini": qini,
    "qini_area": lambda ranked: qini(ranked, normalise=False),
    "auuc": auuc,
    "at_k": uplift_at_k,
    "at_k_by_group": lambda ranked: uplift_at_k(ranked, strategy="by_group"),
}


@pytest.mark.parametrize("kind", ["qini", "uplift"])
@pytest.mark.parametrize("normalised", [False, True])
def test_influence_is_the_derivative_by_how_often_a_customer_is_counted(world, kind, normalised):
    score, treated, y = world("common", 60, np.random.default_rng(1))
    score = np.round(score * 2)

    def measured(rows):
        ranked = one_arm(score[rows], treated[rows], y[rows])
        found = area(ranked, kind)
        return over_perfect(found, ranked, kind) if normalised else found

    many = np.tile(np.arange(60), 400)
    base, influence = measured(many).value, measured(np.arange(60)).influence
    for i in range(0, 60, 7):
        step = measured(np.r_[many, np.full(40, i)]).value - base
        assert step / 0.1 == pytest.approx(influence[i], rel=0.05, abs=2e-4)


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(("kind", "share"), [("common", 0.5), ("spend", 0.25)])
def test_the_standard_error_is_the_bootstraps(world, name, kind, share):
    draw = np.random.default_rng(2)
    score, treated, y = world(kind, 3000, draw, effect=0.5, share=share)
    found = FIGURES[name](one_arm(score, treated, y))
    again = []
    for _ in range(150):
        rows = draw.integers(0, 3000, 3000)
        again.append(FIGURES[name](one_arm(score[rows], treated[rows], y[rows])).value)
    # 150 draws know a standard error to 1/sqrt(300) = 6 % (more with heavy tails).
    assert found.standard_error == pytest.approx(np.std(again), rel=0.2)


def test_rows_of_one_customer_count_once(world):
    score, treated, y = world("common", 2000, np.random.default_rng(3), effect=0.5)
    single = one_arm(score, treated, y)
    twice = [np.tile(part, 2) for part in (score, treated, y)]
    blind, aware = one_arm(*twice), one_arm(*twice, customer=np.tile(np.arange(2000) * 7 + 3, 2))
    for figure in FIGURES.values():
        assert figure(aware).standard_error == pytest.approx(figure(single).standard_error, rel=2e-3)
        assert figure(blind).standard_error == pytest.approx(figure(single).standard_error / np.sqrt(2), rel=2e-3)


def test_rows_of_a_few_customers_have_a_figure_and_no_interval():
    draw = np.random.default_rng(6)
    score, y, treated = draw.normal(size=900), draw.normal(size=900), np.arange(900) % 2 == 0
    for customers, reason in ((25, "uplift_few_customers"), (300, "")):
        found = qini(one_arm(score, treated, y, customer=np.arange(900) // 2 % customers))
        assert found.reason == reason
        assert (found.low is None) == bool(reason)


@pytest.mark.parametrize(
    ("rows", "outcome", "reason"),
    [
        (40, np.arange(40.0), "uplift_few_customers"),
        (400, np.zeros(400), "uplift_undefined"),
        (400, np.full(400, 3.0), "uplift_constant"),
        (400, (np.arange(400) < 8).astype(float), "uplift_few_outcomes"),
        (400, np.r_[np.full(399, 0.5), 1e6], "uplift_few_outcomes"),
    ],
)
def test_an_interval_that_nothing_supports_is_withheld_but_not_the_figure(rows, outcome, reason):
    draw = np.random.default_rng(4)
    found = qini(one_arm(draw.normal(size=rows), draw.permutation(np.arange(rows) % 2 == 0), outcome))
    assert (found.reason, found.low, found.high) == (reason, None, None)
    assert np.isnan(found.value) == (reason == "uplift_undefined")
    plain = found.as_dict()
    assert plain["value"] is None or plain["value"] == found.value
    assert plain["definition_text"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"predicted": np.full(50, np.nan)}, "predicted: 50 of 50"),
        ({"outcome": np.r_[np.inf, np.zeros(49)]}, "outcome: 1 of 50"),
        ({"treated": np.zeros(50, bool)}, "treated: 0 of 50"),
        ({"treated": np.ones(50, bool)}, "control: 0 of 50"),
        ({"propensity": np.zeros(50)}, r"propensity: 50 of 50 rows are outside \(0, 1\], such as 0"),
        ({"propensity": np.full(50, np.nan)}, "propensity: 50 of 50"),
        ({"propensity": np.r_[1.5, np.full(49, 0.5)]}, "propensity: 1 of 50"),
        ({"outcome": np.zeros(49)}, "outcome 49"),
    ],
)
def test_what_cannot_be_ranked_is_refused(change, said):
    given = {
        "predicted": np.arange(50.0),
        "treated": np.arange(50) % 2 == 0,
        "outcome": np.zeros(50),
        "propensity": np.full(50, 0.5),
    } | change
    with pytest.raises(InputError, match=said):
        one_arm(given["predicted"], given["treated"], given["outcome"], propensity=given["propensity"])


def test_arms_without_a_prediction_are_refused():
    with pytest.raises(InputError, match=r"arm: 3 of 10 rows hold an arm without a prediction, such as 7"):
        many_arms(np.zeros((10, 3)), np.r_[7, 7, 9, np.arange(7) % 3], np.zeros(10))
    with pytest.raises(InputError, match="one column per arm"):
        many_arms(np.zeros(10), np.zeros(10, int), np.zeros(10))
    with pytest.raises(InputError, match="treated: 0 of 10"):
        many_arms(np.tile([0.0, 1, 2], (10, 1)), np.arange(10) % 2, np.zeros(10))
    with pytest.raises(InputError, match="no rows"):
        one_arm(np.zeros(0), np.zeros(0, bool), np.zeros(0))


def test_a_share_outside_its_bounds_is_refused(world):
    ranked = one_arm(*world("common", 100, np.random.default_rng(5)))
    for share in (0.0, -0.1, 1.1):
        with pytest.raises(InputError, match="share"):
            uplift_at_k(ranked, share)
