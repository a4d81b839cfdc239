"""Elasticity: the planted slope comes back beside seasons and price levels; without variation there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.profiles.behaviour.elasticity import elasticities
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 3)


def panel(
    seed: int, slope: float, category: str = "tea", products: int = 12, weeks: int = 50, vary: float = 0.3
) -> pa.Table:
    """Return weekly sales; all products sell better in some weeks, in which prices happen to be low too."""
    rng = np.random.default_rng(seed)
    rows: dict[str, list[Any]] = {name: [] for name in ("time", "product_id", "quantity", "amount")}
    base = rng.uniform(5, 8, products)
    season = rng.normal(0, 0.3, weeks)
    for p in range(products):
        for w in range(weeks):
            cut = float(np.log(1 - vary)) * (rng.random() < 0.25 + 0.4 * (season[w] > 0))
            pieces = np.exp(3 + season[w] - 0.2 * base[p] + slope * cut + rng.normal(0, 0.2))
            rows["time"].append(AS_OF - timedelta(days=7 * (weeks - w) - 2))
            rows["product_id"].append(f"{category}{p}")
            rows["quantity"].append(float(np.round(pieces, 3)))
            rows["amount"].append(int(np.rint(np.exp(base[p] + cut) * np.round(pieces, 3))))
    size = len(rows["time"])
    return pa.table({**rows, "customer_id": ["c"] * size, "category": [category] * size})


@pytest.mark.parametrize("slope", [-2.0, -0.5])
def test_the_planted_slope_comes_back_beside_a_season(bind_table: Any, slope: float) -> None:
    found = elasticities(bind_table(panel(1, slope)), AS_OF)[0]
    assert found.value == pytest.approx(slope, abs=0.2)
    assert found.low is not None
    assert found.high is not None
    assert found.low < slope < found.high
    assert found.products == 12


def test_intervals_hold_the_truth(bind_table: Any) -> None:
    held = []
    for seed in range(20):
        found = elasticities(bind_table(panel(seed, -1.0, products=15, weeks=20)), AS_OF)[0]
        assert found.low is not None
        assert found.high is not None
        held.append(found.low < -1 < found.high)
    assert np.mean(held) >= 0.8


def test_prices_that_hardly_vary_say_nothing(bind_table: Any) -> None:
    found = elasticities(bind_table(panel(2, -2.0, vary=0.001)), AS_OF)[0]
    assert (found.reason, found.value) == ("no_variation", None)
    assert "hardly varied" in found.text()


def test_too_few_weeks_say_so_and_categories_are_apart(bind_table: Any) -> None:
    both = pa.concat_tables([panel(3, -2.0), panel(4, -1.0, "cups", products=1, weeks=20)])
    found = elasticities(bind_table(both), AS_OF)
    assert [(one.category, one.reason) for one in found] == [("tea", ""), ("cups", "too_few")]


def test_a_single_product_whose_weeks_are_its_only_comparison_says_nothing(bind_table: Any) -> None:
    found = elasticities(bind_table(panel(5, -2.0, products=1, weeks=60)), AS_OF)[0]
    assert found.reason == "no_variation"


def test_nothing_sold_says_nothing(bind: Any) -> None:
    assert elasticities(bind([]), AS_OF) == ()
    rows = [{"event": "refund", "category": "tea", "product_id": "p", "time": AS_OF - timedelta(days=2),
             "quantity": 1.0, "amount": 5}]  # fmt: skip
    assert elasticities(bind(rows), AS_OF) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_said(bind_table: Any, language: Any) -> None:
    found = elasticities(bind_table(panel(6, -2.0)), AS_OF)[0]
    assert "-" in found.text(language)
    assert found.as_dict()["category"] == "tea"
