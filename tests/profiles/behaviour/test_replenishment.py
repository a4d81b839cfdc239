"""Due dates: windows hold the next purchase as often as they say, and own habits are pulled to the product's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.cycles import cycles
from offersmith.profiles.behaviour.replenishment import STATUSES, due
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
BETWEEN, WITHIN, MEDIAN = 0.4, 0.25, 20.0


def simulated(seed: int, customers: int = 600) -> tuple[pa.Table, dict[str, datetime]]:
    """Return purchases over 300 days up to the moment, and each customer's first purchase after it."""
    rng = np.random.default_rng(seed)
    names, times, after = [], [], {}
    for i in range(customers):
        day, own = float(rng.uniform(0, 250)), np.log(MEDIAN) + rng.normal(0, BETWEEN)
        while day < 300:
            names.append(f"c{i}")
            times.append(AS_OF - timedelta(days=300 - day))
            day += float(np.exp(own + rng.normal(0, WITHIN)))
        after[f"c{i}"] = AS_OF + timedelta(days=day - 300)
    return pa.table({"customer_id": names, "time": times, "product_id": ["p"] * len(names),
                     "category": ["tea"] * len(names)}), after  # fmt: skip


@pytest.fixture
def told(bind_table: Any) -> Any:
    table, after = simulated(1)
    analytics = bind_table(table)
    return due(analytics, AS_OF, cycles(analytics, AS_OF)), after


def test_the_share_between_customers_comes_back(told: Any) -> None:
    assert told[0].between == pytest.approx(BETWEEN**2 / (BETWEEN**2 + WITHIN**2), abs=0.1)


def test_a_window_holds_half_of_the_next_purchases(told: Any) -> None:
    """Of windows that had not begun at the moment, so that waiting until then says nothing about the gap."""
    found, after = told
    rows = [row for row in found.table.to_pylist() if row["window_from"] > AS_OF]
    hits = [row["window_from"] <= after[row["customer_id"]] <= row["window_to"] for row in rows]
    assert len(hits) > 150
    assert 0.38 <= np.mean(hits) <= 0.62


def test_own_habits_are_told_better_than_by_the_products_cycle(told: Any) -> None:
    found, after = told
    rows = [row for row in found.table.to_pylist() if row["purchases"] >= 4]
    next_gap = np.array([(after[row["customer_id"]] - row["last_time"]) / timedelta(days=1) for row in rows])
    own = np.array([row["cycle_days"] for row in rows])
    assert np.mean(np.abs(np.log(next_gap / own))) < 0.75 * np.mean(np.abs(np.log(next_gap / MEDIAN)))


def test_few_gaps_are_pulled_further_than_many(bind_table: Any) -> None:
    table, _ = simulated(2)
    slow = [AS_OF - timedelta(days=60 * i + 1) for i in range(5)]
    more = pa.table({"customer_id": ["few"] * 2 + ["many"] * 5, "time": slow[:2] + slow, "product_id": ["p"] * 7,
                     "category": ["tea"] * 7})  # fmt: skip
    analytics = bind_table(pa.concat_tables([table, more.cast(table.schema)]))
    found = due(analytics, AS_OF, cycles(analytics, AS_OF))
    few, many = (found.of_customer(who).to_pylist()[0]["cycle_days"] for who in ("few", "many"))
    assert MEDIAN < few < many < 60


def test_status_follows_the_window(told: Any) -> None:
    found, _ = told
    for row in found.table.to_pylist():
        expected = (
            "waiting" if row["window_from"] > AS_OF
            else "due" if row["window_to"] >= AS_OF
            else "lapsed" if AS_OF - row["last_time"] > 3 * (row["window_to"] - row["last_time"])
            else "overdue"
        )  # fmt: skip
        assert row["status"] == expected
        assert (row["overdue_days"] > 0) == (expected == "overdue")
        assert row["window_from"] < row["due"] < row["window_to"]
    assert sum(found.counts.values()) == found.table.num_rows


def test_who_stopped_is_lapsed_and_who_bought_once_is_asked_for(bind_table: Any) -> None:
    table, _ = simulated(3)
    gone = [AS_OF - timedelta(days=day) for day in (280, 260, 240, 30)]
    more = pa.table({"customer_id": ["gone"] * 3 + ["once"], "time": gone, "product_id": ["p"] * 4,
                     "category": ["tea"] * 4})  # fmt: skip
    analytics = bind_table(pa.concat_tables([table, more.cast(table.schema)]))
    products = cycles(analytics, AS_OF)
    found = due(analytics, AS_OF, products)
    assert found.of_customer("gone")["status"].to_pylist() == ["lapsed"]
    assert found.of_customer("once").num_rows == 0
    once = due(analytics, AS_OF, products, fewest=1).of_customer("once").to_pylist()[0]
    assert once["cycle_days"] == pytest.approx(MEDIAN, rel=0.1)


def test_a_product_without_a_cycle_takes_its_categorys(bind_table: Any) -> None:
    table, _ = simulated(4)
    rare = pa.table({"customer_id": ["r", "r"], "time": [AS_OF - timedelta(days=40), AS_OF - timedelta(days=25)],
                     "product_id": ["rare"] * 2, "category": ["tea"] * 2})  # fmt: skip
    analytics = bind_table(pa.concat_tables([table, rare.cast(table.schema)]))
    products, categories = cycles(analytics, AS_OF), cycles(analytics, AS_OF, "category")
    assert due(analytics, AS_OF, products).of_customer("r").num_rows == 0
    row = due(analytics, AS_OF, products, categories).of_customer("r").to_pylist()[0]
    assert (row["level"], row["product_id"]) == ("category", "rare")
    assert 15 < row["cycle_days"] < 21


def test_an_empty_shop_has_nobody_due(bind: Any) -> None:
    analytics = bind([])
    found = due(analytics, AS_OF, cycles(analytics, AS_OF), cycles(analytics, AS_OF, "category"))
    assert found.table.num_rows == 0
    assert found.counts == dict.fromkeys(STATUSES, 0)


def test_cycles_of_another_moment_are_refused(bind: Any) -> None:
    analytics = bind([])
    products = cycles(analytics, AS_OF)
    with pytest.raises(InputError, match="products"):
        due(analytics, AS_OF + timedelta(days=1), products)
    with pytest.raises(InputError, match="categories"):
        due(analytics, AS_OF, products, products)
    with pytest.raises(InputError, match="fewest"):
        due(analytics, AS_OF, products, fewest=0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_counts_can_be_said(told: Any, language: Any) -> None:
    found, _ = told
    assert str(found.counts["overdue"]) in found.text(language)
    plain = found.as_dict(3)
    assert [row["status"] for row in plain["overdue"]] == ["overdue"] * 3
