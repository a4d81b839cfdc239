"""What a customer is worth: spends and repeat buying together, with intervals that hold what they are of."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from tests.profiles.lifetime.worlds import beta_geometric

from offersmith.errors import InputError
from offersmith.profiles.lifetime import LIFETIMES
from offersmith.profiles.lifetime.base import Counts
from offersmith.profiles.lifetime.choosing import choose
from offersmith.profiles.lifetime.gamma_gamma import fit, log_likelihood
from offersmith.profiles.lifetime.value import VALUES, Horizon, values
from offersmith.store.repeat import REPEAT

TRUE = np.array([4.0, 5.0, 6000.0])


def spends(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return purchases, what they came to on average, and each customer's true mean."""
    rng = np.random.default_rng(seed)
    p, q, g = TRUE
    rate = rng.gamma(q, 1 / g, customers)
    count = 1.0 + rng.poisson(2, customers)
    return count, rng.gamma(p * count, 1 / rate) / count, p / rate


def table(counts: Counts, spend: np.ndarray) -> pa.Table:
    ids = pa.array([f"c{place}" for place in range(len(counts))])
    numbers = (counts.frequency, np.floor(counts.recency), np.ceil(counts.age), spend)
    return pa.table([ids, *(pa.array(one.astype(np.int64)) for one in numbers)], schema=REPEAT)


def test_spends_come_back_and_foretell_the_next_one() -> None:
    count, mean, true = spends(20_000, 1)
    fitted = fit(count, mean)
    assert fitted.converged
    errors = np.sqrt(np.diag(fitted.covariance))
    assert (np.abs(np.log(fitted.values / TRUE)) < 3.5 * errors).all()
    assert abs(fitted.correlation) < 0.03
    expected = fitted.expected(count, mean)
    assert expected.mean() == pytest.approx(true.mean(), rel=0.02)
    assert np.mean((expected - true) ** 2) < 0.8 * np.mean((mean - true) ** 2)
    assert fitted.expected(np.array([0.0]), np.array([np.nan]))[0] == pytest.approx(true.mean(), rel=0.05)


def test_the_gradient_of_spends_is_that_of_their_likelihood() -> None:
    count, mean, _ = spends(50, 2)
    at = np.array([2.0, 3.0, 1.5])
    _, slope = log_likelihood(at, count, mean / 1000)
    for k in range(3):
        step = np.zeros(3)
        step[k] = 1e-6
        high, low = (log_likelihood(at + side * step, count, mean / 1000)[0] for side in (1, -1))
        assert slope[k] == pytest.approx((high - low) / 2e-6, rel=1e-4)


def test_how_much_and_how_often_together_is_told() -> None:
    count, mean, _ = spends(2_000, 3)
    assert fit(count, mean * count).correlation > 0.3


def test_too_few_spends_are_refused() -> None:
    with pytest.raises(InputError, match="3 customers spent anything"):
        fit(np.ones(5), np.array([1.0, 2.0, 3.0, 0.0, np.nan]))


def test_everybody_has_a_value_with_its_interval() -> None:
    counts, later, _ = beta_geometric(8_000, 4, ahead=365.0)
    _, mean, true = spends(8_000, 5)
    rows = table(counts, mean * (counts.frequency + 1))
    frame = Counts.of(*(rows[name].to_numpy().astype(float) for name in ("frequency", "recency", "age")))
    repeat = LIFETIMES["bg_nbd"].fit(frame)
    found = values(rows, repeat, fit(counts.frequency + 1, mean), Horizon(365, 0.0))
    assert found.schema.equals(VALUES)
    columns = {name: found[name].to_numpy() for name in VALUES.names[1:]}
    assert columns["orders"].sum() == pytest.approx(later.sum(), rel=0.05)
    assert columns["value"].sum() == pytest.approx((later * true).sum(), rel=0.06)
    for name in ("orders", "value"):
        assert (columns[f"{name}_low"] <= columns[name]).all()
        assert (columns[name] <= columns[f"{name}_high"]).all()
    assert columns["value_low"].sum() < (later * true).sum() < columns["value_high"].sum()
    assert ((columns["churn"] > 0) & (columns["churn"] < 1)).all()
    assert (columns["next_from"] < columns["next_until"]).all()
    again = values(rows, repeat, None, Horizon())
    assert again["value"].null_count == len(counts)


def test_intervals_hold_the_expectation_as_often_as_they_say() -> None:
    """Fitted to 120 worlds: the truth's own expectation lies inside in about 95 of 100."""
    truth = LIFETIMES["bg_nbd"].fit(beta_geometric(300, 0)[0])
    true, inside = np.array([0.55, 10.0, 0.8, 2.5]), []
    ask = pa.table([["a", "b"], [0, 4], [0, 250], [300, 300], [100, 500]], schema=REPEAT)
    own = values(ask, replace(truth, values=true), None, Horizon())["orders"].to_numpy()
    for seed in range(120):
        fitted = LIFETIMES["bg_nbd"].fit(beta_geometric(1500, 100 + seed)[0])
        found = values(ask, fitted, None, Horizon())
        low, high = found["orders_low"].to_numpy(), found["orders_high"].to_numpy()
        inside.append((low <= own) & (own <= high))
    assert (np.mean(inside, axis=0) >= 0.89).all()
    assert np.mean(inside) < 1.0


def test_later_money_is_worth_less() -> None:
    assert Horizon(365, 0.0).discount == 1.0
    assert Horizon(365, 0.1).discount == pytest.approx(0.9538, abs=1e-3)


def test_the_model_that_foretold_best_is_taken() -> None:
    counts, later, _ = beta_geometric(20_000, 8, ahead=180.0)
    found = choose(LIFETIMES, counts, later, 180.0, counts)
    by_name = {one.name: one for one in found.foretold}
    assert set(by_name) == set(LIFETIMES)
    assert abs(by_name["bg_nbd"].total) < 0.05
    assert abs(by_name[found.fitted.name].total) <= min(abs(one.total) for one in found.foretold) + 0.01
