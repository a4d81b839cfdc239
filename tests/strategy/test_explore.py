import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy.explore import explore, odds


def instance(seed, customers, offers=3):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(2, 1, (offers, customers)).astype(np.float32)
    value = (cost * rng.gamma(1.5, 1, cost.shape) - 0.5).astype(np.float32)
    allowed = rng.random(cost.shape) < 0.9
    value[~allowed] = -np.inf
    ids = pa.array([f"c{place}" for place in range(customers)])
    return value, cost, odds(cost.astype(np.float64), allowed), ids, allowed


def total(cost, choice):
    given_one = np.flatnonzero(choice >= 0)
    return cost[choice[given_one], given_one].astype(np.float64).sum()


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(0, 60),
    budget=st.floats(0, 150),
    share=st.floats(0, 1),
    cold=st.booleans(),
)
def test_the_budget_is_kept_and_the_odds_are_odds(seed, customers, budget, share, cold):
    value, cost, chances, ids, allowed = instance(seed, customers)
    made = explore(value, cost, chances, ids, budget, share, "salt", cold=cold)
    assert total(cost, made.choice) <= budget * (1 + 1e-12)
    assert 0 <= made.share <= share
    assert ((made.probability > 0) & (made.probability <= 1)).all()
    given_one = np.flatnonzero(made.choice >= 0)
    assert allowed[made.choice[given_one], given_one].all()
    if made.share == 0:
        assert not made.by_lot.any()
        assert (made.probability == 1).all()


@pytest.mark.parametrize("cold", [False, True])
def test_logged_probabilities_sum_to_one_and_match_frequencies(cold):
    draws, offers, customers = 500, 4, 20
    value, cost, chances, ids, allowed = instance(5, customers)
    logged = np.full((offers, customers), np.nan)
    counts = np.zeros((offers, customers))
    for salt in range(draws):
        made = explore(value, cost, chances, ids, 50.0, 0.4, str(salt), cold=cold)
        here = np.arange(customers)
        known = ~np.isnan(logged[made.choice + 1, here])
        assert np.allclose(logged[made.choice + 1, here][known], made.probability[known])
        logged[made.choice + 1, here] = made.probability
        counts[made.choice + 1, here] += 1
    possible = np.vstack([np.ones(customers, bool), allowed])
    assert np.allclose(logged[possible & ~np.isnan(logged)].sum() / customers, 1, atol=1e-9)
    assert np.allclose(np.nansum(logged, axis=0), 1)
    frequency, expected = counts / draws, np.nan_to_num(logged)
    error = np.sqrt(np.maximum(expected * (1 - expected), 1e-9) / draws)
    assert (np.abs(frequency - expected) <= 4.5 * error + 1e-3).all()


def test_lots_do_not_depend_on_the_order_of_the_rows():
    value, cost, _, ids, allowed = instance(6, 200)
    order = np.random.default_rng(0).permutation(200)
    mixed = odds(cost[:, order].astype(np.float64), allowed[:, order])
    first = explore(value, cost, odds(cost.astype(np.float64), allowed), ids, 150.0, 0.2, "s", cold=False)
    second = explore(
        np.ascontiguousarray(value[:, order]),
        np.ascontiguousarray(cost[:, order]),
        mixed,
        ids.take(pa.array(order)),
        150.0,
        0.2,
        "s",
        cold=False,
    )
    assert first.share == second.share
    assert np.array_equal(first.by_lot[order], second.by_lot)
    assert np.array_equal(first.choice[order], second.choice)


def test_the_share_gives_way_to_a_small_budget():
    value, cost, chances, ids, _ = instance(7, 500)
    rich = explore(value, cost, chances, ids, 1e6, 0.3, "s", cold=False)
    poor = explore(value, cost, chances, ids, 40.0, 0.3, "s", cold=False)
    assert rich.share == 0.3
    assert 0 < poor.share < 0.1
    assert poor.certificate is not None
    assert poor.certificate.rows[0].bound > 0


def test_without_lots_the_whole_budget_is_planned():
    value, cost, chances, ids, _ = instance(8, 500)
    made = explore(value, cost, chances, ids, 200.0, 0.0, "s", cold=False)
    assert made.certificate is not None
    assert made.certificate.rows[0].bound == 200.0
    assert made.certificate.rows[0].usage > 199
    assert (made.probability == 1).all()


def test_a_cold_start_is_uniform_where_the_budget_allows_it():
    value, cost, chances, ids, allowed = instance(9, 300)
    made = explore(value, cost, chances, ids, 1e6, 1.0, "s", cold=True)
    assert made.share == 1.0
    assert made.certificate is None
    assert np.allclose(made.probability, 1 / (1 + allowed.sum(axis=0)))
