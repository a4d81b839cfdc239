import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy import explore as exploring
from offersmith.strategy import odds
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.matching import chance_best
from offersmith.strategy.odds import Odds
from offersmith.strategy.reserve import risks


def even(cost, allowed, limit):
    return odds.even(cost, np.zeros(cost.shape), allowed & (cost <= limit))


def explore(value, lot, ids, budget, share, salt):
    """Explore within the budget alone."""
    risk = risks(Keeping.of(budget, len(value)), lot.cost, lot.worth, np.isfinite(value))
    return exploring.explore(value, lot, ids, risk, share, salt)


def instance(seed, customers, offers=3, budget=50.0, largest=0.1):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(2, 1, (offers, customers)).astype(np.float32)
    value = (cost * rng.gamma(1.5, 1, cost.shape) - 0.5).astype(np.float32)
    allowed = rng.random(cost.shape) < 0.9
    value[~allowed] = -np.inf
    ids = pa.array([f"c{place}" for place in range(customers)], pa.string())
    return value, even(cost.astype(np.float64), allowed, largest * budget), ids, allowed


def believed(value, lot, allowed):
    """Return the lots of a cold start: the chance to be the best."""
    chance = chance_best(np.where(allowed, value, 0) - lot.cost, lot.cost, lot.small)
    return Odds(lot.cost, lot.worth, chance, lot.small)


def total(cost, choice):
    given_one = np.flatnonzero(choice >= 0)
    return math.fsum(cost[choice[given_one], given_one])


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    customers=st.integers(0, 60),
    budget=st.floats(0, 150),
    share=st.floats(0, 1),
    largest=st.floats(0, 1),
    cold=st.booleans(),
)
def test_the_budget_is_kept_exactly_and_the_odds_are_odds(seed, customers, budget, share, largest, cold):
    value, lot, ids, allowed = instance(seed, customers, budget=budget, largest=largest)
    lot = believed(value, lot, allowed) if cold else lot
    made = explore(value, lot, ids, budget, 1.0 if cold else share, "salt")
    assert total(lot.cost, made.choice) <= budget
    assert 0 <= made.share <= (1.0 if cold else share)
    assert ((made.probability > 0) & (made.probability <= 1)).all()
    given_one = np.flatnonzero(made.choice >= 0)
    assert allowed[made.choice[given_one], given_one].all()
    if made.share == 0:
        assert not made.by_lot.any()
        assert (made.probability == 1).all()


@pytest.mark.parametrize("cold", [False, True])
def test_logged_probabilities_sum_to_one_and_match_frequencies(cold):
    draws, offers, customers, budget = 4000 if cold else 600, 4, 20, 30.0
    value, lot, ids, allowed = instance(5, customers, budget=budget)
    lot = believed(value, lot, allowed) if cold else lot
    logged = np.full((offers, customers), np.nan)
    counts = np.zeros((offers, customers))
    here, spent, lots = np.arange(customers), [], 0
    for salt in range(draws):
        made = explore(value, lot, ids, budget, 1.0 if cold else 0.4, str(salt))
        known = ~np.isnan(logged[made.choice + 1, here])
        assert np.array_equal(logged[made.choice + 1, here][known], made.probability[known])
        logged[made.choice + 1, here] = made.probability
        counts[made.choice + 1, here] += 1
        spent.append(total(lot.cost, made.choice))
        lots += made.by_lot.sum()
    assert np.allclose(np.nansum(logged, axis=0), 1, atol=2e-3)  # what is very rare may never be drawn
    frequency, expected = counts / draws, np.nan_to_num(logged)
    error = np.sqrt(np.maximum(expected * (1 - expected), 1e-9) / draws)
    assert (np.abs(frequency - expected) <= 4.5 * error + 1e-3).all()
    assert lots / draws / customers == pytest.approx(made.share, abs=0.02)
    assert max(spent) <= budget
    mean = (expected[1:] * lot.cost).sum()
    assert max(spent) - mean <= made.reserve[0]
    assert np.mean(spent) == pytest.approx(mean, abs=4.5 * np.std(spent) / math.sqrt(draws) + 1e-9)


def test_the_drawn_cost_hardly_depends_on_luck():
    value, lot, ids, _ = instance(11, 2000, budget=1500.0, largest=0.05)
    spent = [total(lot.cost, explore(value, lot, ids, 1500.0, 0.1, str(salt)).choice) for salt in range(50)]
    assert np.std(spent) < 1.0  # independent lots would scatter by about 25
    assert min(spent) > 0.99 * 1500


def test_lots_do_not_depend_on_the_order_of_the_rows():
    value, lot, ids, allowed = instance(6, 200, budget=150.0)
    order = np.random.default_rng(0).permutation(200)
    mixed = even(lot.cost[:, order], allowed[:, order], 15.0)
    first = explore(value, lot, ids, 150.0, 0.2, "s")
    second = explore(np.ascontiguousarray(value[:, order]), mixed, ids.take(pa.array(order)), 150.0, 0.2, "s")
    assert first.share == second.share
    assert np.array_equal(first.by_lot[order], second.by_lot)
    assert np.array_equal(first.choice[order], second.choice)


def test_lots_take_no_larger_part_of_the_budget_than_of_the_customers():
    value, lot, ids, allowed = instance(7, 500, budget=1e6, largest=1.0)
    rich = explore(value, lot, ids, 1e6, 0.3, "s")
    assert rich.share == pytest.approx(0.3 * allowed.any(axis=0).mean())
    poor_lot = even(lot.cost, lot.chance > 0, 4.0)
    poor = explore(value, poor_lot, ids, 40.0, 0.3, "s")
    assert poor.certificate is not None
    assert poor.certificate.rows[0].bound >= 0.7 * (40.0 - poor.reserve[0]) * (1 - 1e-9)
    assert poor.reserve[0] <= 4.0 * (1 + 1e-6)
    drawn = [explore(value, poor_lot, ids, 40.0, 0.3, str(salt)) for salt in range(60)]
    by_lot = [total(lot.cost, np.where(made.by_lot, made.choice, -1)) for made in drawn]
    assert 0 < np.mean(by_lot) < 1.2 * 0.3 * 40.0


def test_who_gets_a_dear_offer_is_not_decided_by_lot():
    cost = np.array([[1.0, 1.0, 30.0]])
    value = np.array([[2.0, 2.0, 90.0]], np.float32)
    lot = even(cost, np.ones((1, 3), bool), 5.0)
    ids = pa.array(["a", "b", "c"])
    for salt in range(40):
        made = explore(value, lot, ids, 100.0, 0.5, str(salt))
        assert (made.choice[2], made.probability[2], made.by_lot[2]) == (0, 1.0, False)
        assert made.share == pytest.approx(1 / 3)


def test_without_lots_the_whole_budget_is_planned():
    value, lot, ids, _ = instance(8, 500, budget=200.0)
    made = explore(value, lot, ids, 200.0, 0.0, "s")
    assert made.certificate is not None
    assert made.certificate.rows[0].bound == 200.0
    assert made.certificate.rows[0].usage > 199
    assert made.reserve[0] == 0
    assert (made.probability == 1).all()


def test_lots_for_all_are_even_where_the_budget_allows_it():
    value, lot, ids, allowed = instance(9, 300, budget=1e6)
    made = explore(value, lot, ids, 1e6, 1.0, "s")
    assert made.share == (allowed.any(axis=0)).mean()
    assert made.certificate is None
    assert np.allclose(made.probability, 1 / (1 + allowed.sum(axis=0)))
