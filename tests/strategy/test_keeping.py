"""Plans under several rows: kept exactly whatever the lots draw, proved, and odds that are odds."""

import math

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InfeasibleError
from offersmith.strategy import odds
from offersmith.strategy.allocation.problem import COST, COUNT, VALUE, Limit
from offersmith.strategy.explore import explore
from offersmith.strategy.keeping import Keeping
from offersmith.strategy.objective import as_cost
from offersmith.strategy.reserve import risks

CELLS = 2


def weight(offers, **each):
    found = np.zeros((3, offers, CELLS))
    for name, times in each.items():
        found[{"count": COUNT, "cost": COST, "value": VALUE}[name]] = times
    return found


def instance(seed, customers, offers=3):
    rng = np.random.default_rng(seed)
    cost = rng.gamma(2, 1, (offers, customers))
    worth = cost * rng.gamma(1.5, 1, cost.shape) - 0.5
    allowed = rng.random(cost.shape) < 0.9
    cell = rng.integers(0, CELLS, customers).astype(np.uint16)
    ids = pa.array([f"c{place}" for place in range(customers)], pa.string())
    value = np.where(allowed, worth, -np.inf).astype(np.float32)
    return value, np.where(allowed, cost, 0), np.where(allowed, worth, 0), allowed, cell, ids


def limits(offers, rng, customers):
    """A stock, contacts of one cell, a floor of spending for the other, a return on what is spent."""
    first = np.zeros(offers)
    first[0] = 1
    stock = Limit("stock", weight(offers, count=first[:, None]), float(rng.integers(0, customers // 3 + 1)))
    contacts = Limit("contacts", weight(offers, count=[1, 0]), float(rng.integers(0, customers // 2 + 1)))
    floor = Limit("floor", weight(offers, cost=[0, 1]), 0.05 * customers * rng.random(), at_least=True)
    roi = Limit("roi", weight(offers, value=1, cost=-0.3), 0.0, at_least=True)
    return [row for row in (stock, contacts, floor, roi) if rng.random() < 0.7]


def within(keep, choice, cost, worth):
    used = keep.used(choice, cost, worth)
    return (used <= keep.rows.bound + 1e-12 * np.abs(keep.rows.bound)).all()


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), customers=st.integers(30, 200), share=st.sampled_from([0.0, 0.1, 0.4]))
def test_every_row_is_kept_whatever_is_drawn(seed, customers, share):
    rng = np.random.default_rng(seed)
    value, cost, worth, allowed, cell, ids = instance(seed, customers)
    keep = Keeping.of(0.4 * customers, 3, limits(3, rng, customers), cell, CELLS)
    risk = risks(keep, cost, worth, allowed)
    lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.05))
    for salt in "abc":
        try:
            made = explore(value, lot, ids, risk, share, salt)
        except InfeasibleError:
            return
        assert within(keep, made.choice, cost, worth)
        given_one = np.flatnonzero(made.choice >= 0)
        assert allowed[made.choice[given_one], given_one].all()
        assert np.allclose(made.chances.sum(axis=0), 1)
        assert (made.chances >= -1e-12).all()
        assert ((made.probability > 0) & (made.probability <= 1)).all()


def test_what_float32_hides_of_a_row_is_known():
    for seed in range(20):
        value, cost, worth, _, cell, _ = instance(seed, 300)
        rows = [
            Limit("return", weight(3, value=1, cost=-1.4), 0.0, at_least=True),
            Limit("spend", weight(3, cost=1.0), 360.0, at_least=True),
            Limit("cap", weight(3, cost=1.0), 360.0),
        ]
        keep = Keeping.of(400.0, 3, rows, cell, CELLS)
        choice = np.random.default_rng(seed).integers(-1, 3, 300).astype(np.int16)
        seen = keep.used(choice, as_cost(cost).astype(float), np.where(np.isfinite(value), value, 0).astype(float))
        hidden = keep.used(choice, cost, worth) - seen
        allowance = keep.rounding(cost, worth)
        assert (hidden <= allowance + 1e-12).all()
        assert hidden[2] > 0  # a floor of spending looks better kept than it is
        assert allowance[2] > 0
        assert (allowance[[0, 3]] == 0).all()


def test_logged_probabilities_match_frequencies_under_several_rows():
    customers, draws = 60, 150
    value, cost, worth, allowed, cell, ids = instance(4, customers)
    stock = Limit("stock", weight(3, count=np.array([1, 0, 0])[:, None]), 30.0)
    floor = Limit("floor", weight(3, cost=[0, 1]), 12.0, at_least=True)
    keep = Keeping.of(40.0, 3, [stock, floor], cell, CELLS)
    risk = risks(keep, cost, worth, allowed)
    assert risk.rows == (0, 1, 2)
    lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.2))
    counts, here = np.zeros((4, customers)), np.arange(customers)
    for salt in range(draws):
        made = explore(value, lot, ids, risk, 0.4, str(salt))
        assert within(keep, made.choice, cost, worth)
        counts[made.choice + 1, here] += 1
    assert made.share > 0.1
    error = np.sqrt(np.maximum(made.chances * (1 - made.chances), 1e-9) / draws)
    assert (np.abs(counts / draws - made.chances) <= 4.5 * error + 1e-3).all()


def test_one_row_more_that_never_binds_changes_little():
    value, cost, worth, allowed, cell, ids = instance(5, 400)
    alone = Keeping.of(150.0, 3)
    ample = Limit("ample", weight(3, count=1.0), 1e6)
    both = Keeping.of(150.0, 3, [ample], cell, CELLS)
    earned = []
    for keep in (alone, both):
        risk = risks(keep, cost, worth, allowed)
        assert risk.rows == (0,)
        lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.05))
        made = explore(value, lot, ids, risk, 0.1, "s")
        given_one = np.flatnonzero(made.choice >= 0)
        earned.append(math.fsum(worth[made.choice[given_one], given_one]))
        assert made.certificate is not None
        assert made.certificate.rows[0].name == "budget"
    assert earned[0] == pytest.approx(earned[1], rel=0.02)


def test_limits_that_only_lots_break_say_so():
    value, cost, worth, allowed, cell, ids = instance(6, 100)
    lowest = np.where(allowed.any(axis=0), np.where(allowed, cost, np.inf).min(axis=0), 0).sum()
    floor = Limit("reach", weight(3, count=1.0), float(allowed.any(axis=0).sum()), at_least=True)
    keep = Keeping.of(3 * lowest, 3, [floor], cell, CELLS)
    risk = risks(keep, cost, worth, allowed)
    lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.05))
    assert (explore(value, lot, ids, risk, 0.0, "s").choice >= 0).sum() == allowed.any(axis=0).sum()
    with pytest.raises(InfeasibleError, match="not with 30% of the customers decided by lot") as raised:
        explore(value, lot, ids, risk, 0.3, "s")
    assert "--explore 0" in raised.value.hint


def test_a_first_experiment_cannot_promise_a_floor():
    value, cost, worth, allowed, cell, ids = instance(7, 100)
    floor = Limit("at least", weight(3, cost=1.0), 80.0, at_least=True)
    keep = Keeping.of(90.0, 3, [floor], cell, CELLS)
    risk = risks(keep, cost, worth, allowed)
    lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.01))
    with pytest.raises(InfeasibleError, match="a first experiment"):
        explore(value, lot, ids, risk, 1.0, "s")


def test_what_is_sold_out_stops_no_lots():
    value, cost, worth, allowed, cell, ids = instance(8, 200)
    first = np.array([1, 0, 0])[:, None]
    sold_out = Limit("gifts", weight(3, count=first), 0.0)
    keep = Keeping.of(80.0, 3, [sold_out], cell, CELLS)
    risk = risks(keep, cost, worth, allowed)
    lot = odds.even(cost, worth, risk.small(cost, worth, allowed, 0.05))
    assert not lot.small[0].any()
    made = explore(value, lot, ids, risk, 0.2, "s")
    assert made.by_lot.any()
    assert (made.choice > 0).any()
    assert not (made.choice == 0).any()
