"""Models of repeat buying: the truth comes back, gradients are gradients, and what they say of customers comes true."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import beta as beta_function
from scipy.special import gamma
from tests.profiles.lifetime.worlds import BG, PARETO, beta_geometric, pareto

from offersmith.errors import InputError
from offersmith.profiles.lifetime import LIFETIMES
from offersmith.profiles.lifetime.base import Counts
from offersmith.profiles.lifetime.beta_geometric import FittedBetaGeometric, _integrated, log_likelihood
from offersmith.profiles.lifetime.pareto_nbd import log_likelihood as of_pareto

NAMES = tuple(LIFETIMES)
WORLDS = {
    "bg_nbd": lambda n, seed, ahead: beta_geometric(n, seed, ahead=ahead),
    "mbg_nbd": lambda n, seed, ahead: beta_geometric(n, seed, shift=1, ahead=ahead),
    "pareto_nbd": pareto,
}
TRUE = {"bg_nbd": BG, "mbg_nbd": BG, "pareto_nbd": PARETO}
SIZES = {"bg_nbd": 30_000, "mbg_nbd": 30_000, "pareto_nbd": 4_000}


@pytest.fixture(scope="module")
def lived():
    """Return, by model, a world it is true of and the model fitted to it."""
    found = {}
    for name, live in WORLDS.items():
        counts, later, stays = live(SIZES[name], 3, 180.0)
        found[name] = counts, later, stays, LIFETIMES[name].fit(counts)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_comes_back(lived, name: str) -> None:
    fitted = lived[name][3]
    assert fitted.converged
    errors = np.sqrt(np.diag(fitted.covariance))
    assert (np.abs(np.log(fitted.values / TRUE[name])) < 3.5 * errors).all()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_foretold_comes(lived, name: str) -> None:
    counts, later, stays, fitted = lived[name]
    expected = fitted.expected(counts, 180.0)
    assert expected.sum() == pytest.approx(later.sum(), rel=0.05)
    alive, none = fitted.alive(counts), fitted.none(counts, 180.0)
    assert alive.mean() == pytest.approx(stays.mean(), abs=0.02)
    assert none.mean() == pytest.approx((later == 0).mean(), abs=0.02)
    # Not only on average: of each fifth by what was foretold.
    for part in np.array_split(np.argsort(expected, kind="stable"), 5):
        assert expected[part].mean() == pytest.approx(later[part].mean(), rel=0.2, abs=0.05)
        assert none[part].mean() == pytest.approx((later[part] == 0).mean(), abs=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_the_cohort_is_tracked(lived, name: str) -> None:
    counts, later, _, fitted = lived[name]
    assert fitted.cumulative(counts.age).sum() == pytest.approx(counts.frequency.sum(), rel=0.05)
    assert fitted.cumulative(counts.age + 180).sum() == pytest.approx(counts.frequency.sum() + later.sum(), rel=0.05)


@pytest.mark.parametrize("name", NAMES)
def test_grouping_changes_nothing(name: str) -> None:
    counts, _, _ = WORLDS[name](600, 5, 0.0)
    whole = Counts.of(counts.frequency, np.floor(counts.recency), np.ceil(counts.age))
    rows, place = whole.grouped()
    assert len(rows) <= len(whole)
    assert rows.weight.sum() == len(whole)
    for column in ("frequency", "recency", "age"):
        assert np.array_equal(getattr(rows, column)[place], getattr(whole, column))
    one = LIFETIMES[name].fit(whole)
    twice = LIFETIMES[name].fit(Counts.of(*(np.tile(x, 2) for x in (whole.frequency, whole.recency, whole.age))))
    heavy = LIFETIMES[name].fit(Counts.of(whole.frequency, whole.recency, whole.age, np.full(len(whole), 2.0)))
    assert np.allclose(twice.values, heavy.values, rtol=1e-4)
    assert np.allclose(one.values, heavy.values, rtol=1e-2)
    assert heavy.log_likelihood == pytest.approx(2 * one.log_likelihood, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_the_unit_of_time_changes_nothing_but_units(name: str) -> None:
    counts, _, _ = WORLDS[name](800, 6, 0.0)
    weeks = Counts.of(counts.frequency, counts.recency / 7, counts.age / 7)
    one, two = LIFETIMES[name].fit(counts), LIFETIMES[name].fit(weeks)
    assert np.allclose(one.expected(counts, 70), two.expected(weeks, 10), rtol=1e-3)
    assert two.log_likelihood == pytest.approx(one.log_likelihood + counts.frequency.sum() * np.log(7), rel=1e-6)


LIKELIHOODS = (partial(log_likelihood, shift=0), partial(log_likelihood, shift=1), of_pareto)


@given(logs=st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4), which=st.integers(0, 2), seed=st.integers(0, 99))
def test_the_gradient_is_that_of_the_likelihood(logs: list[float], which: int, seed: int) -> None:
    counts, _, _ = beta_geometric(60, seed, (0.7, 1.0, 0.9, 2.0))
    values, likelihood = np.exp(np.array(logs)), LIKELIHOODS[which]
    _, slope = likelihood(values, counts)
    for k in range(4):
        step = np.zeros(4)
        step[k] = 1e-5 * values[k]
        high, low = (likelihood(values + side * step, counts)[0] for side in (1, -1))
        assert slope[k] == pytest.approx((high - low) / (2 * step[k]), rel=1e-4, abs=1e-4)


@pytest.mark.parametrize(("x", "recency", "age"), [(0, 0.0, 30.0), (1, 12.0, 30.0), (4, 29.0, 30.0), (3, 3.0, 30.0)])
def test_bg_nbd_is_the_integral_it_says(x: int, recency: float, age: float) -> None:
    """The likelihood by integrating over rates and chances to leave, as the model is told."""
    r, alpha, a, b = 0.6, 8.0, 0.9, 2.2

    def waits(till: float) -> float:
        found, _ = quad(lambda rate: rate ** (r + x - 1) * np.exp(-rate * (alpha + till)), 0, 50)
        return float(found * alpha**r / gamma(r))

    stays = beta_function(a, b + x) / beta_function(a, b)
    leaves = beta_function(a + 1, b + x - 1) / beta_function(a, b) if x else 0.0
    whole = stays * waits(age) + leaves * waits(recency)
    counts = Counts.of(np.array([x]), np.array([recency]), np.array([age]))
    assert log_likelihood(np.array([r, alpha, a, b]), counts, 0)[0] == pytest.approx(np.log(whole), rel=1e-5)


@pytest.mark.parametrize("values", [(0.6, 8.0, 0.7, 15.0), (0.6, 15.0, 0.7, 8.0), (0.6, 8.0, 0.7, 8.0)])
@pytest.mark.parametrize(("x", "recency", "age"), [(0, 0.0, 30.0), (1, 12.0, 30.0), (4, 29.0, 30.0), (2, 30.0, 30.0)])
def test_pareto_nbd_is_the_integral_it_says(values: tuple[float, ...], x: int, recency: float, age: float) -> None:
    """The likelihood by integrating over the moment of leaving, rates integrated out by hand."""
    r, alpha, s, beta = values
    head = gamma(r + x) / gamma(r) * alpha**r
    stays = head * (alpha + age) ** -(r + x) * (beta / (beta + age)) ** s
    leaves, _ = quad(
        lambda left: head * (alpha + left) ** -(r + x) * s * beta**s * (beta + left) ** -(s + 1), recency, age
    )
    counts = Counts.of(np.array([x]), np.array([recency]), np.array([age]))
    assert of_pareto(np.array(values), counts)[0] == pytest.approx(np.log(stays + leaves), rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_customers_beyond_all_others_are_answered(lived, name: str) -> None:
    """A thousand purchases, none for years, seen for no time at all: finite, and in their bounds."""
    fitted = lived[name][3]
    odd = Counts.of(
        np.array([0, 0, 1000, 1000, 1, 100_000]),
        np.array([0, 0, 364, 10, 0.001, 5000]),
        np.array([0, 9999, 365, 9999, 9999, 5000.0]),
    )
    for ahead in (1.0, 365.0, 36_500.0):
        expected, none = fitted.expected(odd, ahead), fitted.none(odd, ahead)
        assert np.isfinite(expected).all()
        assert (expected >= -1e-9).all()
        assert ((none >= -1e-9) & (none <= 1 + 1e-9)).all()
    assert (np.diff([fitted.expected(odd, ahead) for ahead in (1.0, 10.0, 100.0)], axis=0) >= -1e-9).all()
    assert ((fitted.alive(odd) >= 0) & (fitted.alive(odd) <= 1)).all()
    assert fitted.next_time(odd, 0.75)[2] > fitted.next_time(odd, 0.25)[2] > 0


@pytest.mark.parametrize("shift", [0, 1])
def test_the_closed_form_and_the_integral_agree_and_one_of_them_comes_out(shift: int) -> None:
    """Parameters from the smallest to the largest a fit can end at: never NaN, and the same where both come out."""
    rng = np.random.default_rng(11)
    for _ in range(300):
        values = np.exp(rng.uniform([-3, -2, -4, -3], [3, 6, 6, 7]))
        fitted = FittedBetaGeometric(values, np.eye(4), 0.0, converged=True, customers=1.0, name="bg_nbd", shift=shift)
        x, age = np.floor(np.exp(rng.uniform(0, 6, 20))) - 1, np.exp(rng.uniform(0, 7, 20))
        counts = Counts.of(x, np.where(x > 0, age * rng.uniform(0, 1, 20), 0.0), age)
        ahead = float(np.exp(rng.uniform(0, 6)))
        found = fitted.expected(counts, ahead)
        whole = _integrated(values[0] + x, values[1] + age, values[2], values[3] + x + shift, np.full(20, ahead))
        assert np.isfinite(found).all()
        assert np.allclose(found, whole * fitted.alive(counts), rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_who_came_back_is_a_clear_answer(name: str) -> None:
    with pytest.raises(InputError, match="nobody came back"):
        LIFETIMES[name].fit(Counts.of(np.zeros(5), np.zeros(5), np.full(5, 10.0)))


@pytest.mark.parametrize(
    ("frequency", "recency", "age", "field"),
    [
        ([-1], [0], [5], "frequency"),
        ([0.5], [0], [5], "frequency"),
        ([0], [3], [5], "recency"),
        ([2], [-3], [5], "recency"),
        ([2], [6], [5], "age"),
        ([2], [3], [np.inf], "age"),
        ([2], [3], [np.nan], "age"),
        ([2, 3], [3], [5], "frequency"),
    ],
)
def test_impossible_counts_are_refused(frequency, recency, age, field: str) -> None:
    with pytest.raises(InputError) as told:
        Counts.of(np.array(frequency, float), np.array(recency, float), np.array(age, float))
    assert told.value.facts["field"] == field
