"""What `python -m benchmarks season` measures and calls a success, and a small season of plans that learn."""

from __future__ import annotations

import importlib
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

ROOT = Path(__file__).parents[2]
START = datetime.fromisoformat("2025-01-06")


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT))
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def result(load: Any, number: int, **changed: Any) -> Any:
    plain = {
        "number": number, "profit": 90.0, "sure": 95.0, "oracle": 100.0, "known": 98.0, "claimed": 99.0,
        "planned": 50.0, "budget": 50.0, "cost": 50.0, "paid": 51.0, "explored": 0.1, "value": 88.0, "low": 80.0,
        "high": 96.0, "true": 90.0, "cpu_s": 0.0, "model": "",
    }  # fmt: skip
    return load("_season_rounds").Result(**(plain | changed))


def test_a_season_is_judged_by_its_last_rounds_and_the_values_of_all(load: Any) -> None:
    summary = load("season").summary
    # What came before the last ten counts for nothing but the values.
    rounds = [result(load, 1, profit=0.0, cost=200.0), *(result(load, number) for number in range(2, 12))]
    found = summary(rounds)
    assert (found["share"], found["spent"], found["covered"], found["met"]) == (0.9, 1.0, 11, True)
    assert found["share_of_known"] == pytest.approx(90 / 98)
    assert not summary([result(load, number, profit=84.0) for number in range(10)])["met"]
    assert not summary([result(load, number, cost=50.6) for number in range(10)])["met"]
    missed = [result(load, number, low=91.0) for number in range(2)]
    assert not summary([*missed, *(result(load, number) for number in range(8))])["met"]
    # Where the log supports no interval, nothing is covered.
    assert not result(load, 1, low=None, high=None).covered


@pytest.mark.parametrize("rows", ["learned", "judged"])
@pytest.mark.parametrize("most", [0.4, 0.7, 0.97])
def test_the_chances_among_the_kept_are_those_with_which_they_were_given(load: Any, most: float, rows: str) -> None:
    n, rng = 40_000, np.random.default_rng(3)
    chances = np.array([[most], [(1 - most) / 2], [(1 - most) / 3], [(1 - most) / 6]]) * np.ones(n)
    arm = (rng.random(n) > chances.cumsum(axis=0)).sum(axis=0).clip(0, 3)
    profiles = pa.table({"customer_id": [f"c{number}" for number in range(n)], "orders": np.arange(n) * 1.0})
    lived = load("_season_shop").Lived(*(np.zeros(n) for _ in range(9)))
    table = getattr(load("_season_learning").kept(0, START, profiles, arm, chances, lived, 5), rows)
    part = getattr(load("_season_learning"), rows.upper())
    given, own = table["offer_id"].to_pylist(), table["propensity"].to_numpy()
    for name, said in table["chances"][0].as_py():
        here = np.array([offer == name for offer in given])
        assert here.mean() == pytest.approx(said, abs=4.5 * np.sqrt(said / len(own)))
        assert own[here] == pytest.approx(said)
    # The stated part of the kept at most got what was likely, and all the others are there.
    assert table.num_rows == pytest.approx(n * min(1.0, (1 - most) / (1 - part)), rel=0.05)
    assert (table["orders"].to_numpy() == np.array([int(one[1:]) for one in table["customer_id"].to_pylist()])).all()


def test_a_budget_is_paced_by_last_year_and_by_what_was_paid(load: Any) -> None:
    pace = load("_season_rounds").Pace(np.array([0.9, 1.5, 0.6]))
    reserved = 1 - load("_season_rounds").RESERVE
    assert pace.asked(1) == pytest.approx(reserved / 1.5)
    assert pace.asked(2) == load("_season_rounds").MORE
    # A first experiment on stated beliefs says nothing; rounds that paid a tenth too much at their season do.
    pace.add(0, 100.0, 300.0)
    assert pace.asked(1) == pytest.approx(reserved / 1.5)
    pace.add(1, 100.0, 1.1 * 150.0)
    assert pace.asked(3) == pytest.approx(reserved / (1.1 * 0.9))


def test_what_a_round_brings_is_on_average_what_the_truth_says(load: Any) -> None:
    shop = load("_season_shop").Shop(6_000, 1, 3)
    profit, cost = shop.truth(0, 0.5)
    arm = np.random.default_rng(1).integers(0, 4, 6_000)
    lived = shop.live(0, arm)
    assert (lived.off[arm == 0] == 0).all()
    assert (lived.used <= (arm > 0)).all()
    for offer in range(3):
        mine = arm == offer + 1
        error = lived.off[mine].std() / np.sqrt(mine.sum())
        assert lived.off[mine].mean() == pytest.approx(cost[offer, mine].mean(), abs=4 * error)
        outcome = 0.5 * lived.value - lived.off
        gained = outcome[mine].mean() - outcome[arm == 0].mean()
        error = np.hypot(outcome[mine].std(), outcome[arm == 0].std()) / np.sqrt(mine.sum())
        assert gained == pytest.approx(profit[offer, mine].mean(), abs=4 * error)


@pytest.mark.slow
@pytest.mark.parametrize("lots", ["even", "thompson"])
def test_a_small_season_keeps_its_budget_and_covers_its_values(load: Any, lots: str) -> None:
    asked = load("_season_rounds").Asked(
        customers=5_000, rounds=5, seed=3, margin=0.5, budget=1.0, explore=0.2, lots=lots, form="logit"
    )
    told: list[Any] = []
    found = load("_season_rounds").season(asked, told.append)
    assert told == found
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    assert found[0].explored == 1
    for one in found:
        assert one.profit < one.oracle
        assert one.low is not None
    # One value in twenty may be missed; costs are learned from a few thousand uses.
    assert sum(one.covered for one in found) >= 4
    assert sum(one.cost for one in found[1:]) <= 1.05 * sum(one.budget for one in found[1:])
    assert sum(one.profit for one in found[2:]) > 0
