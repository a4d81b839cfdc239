"""Price sense: seekers of deals are told from those who were only there when everything was on deal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.price import price_sense
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 3)


def simulated(seed: int, spread: float = 0.8, customers: int = 300, lines: int = 30) -> tuple[pa.Table, np.ndarray]:
    """Return lines in weeks of few and of many deals, and how much each customer truly seeks them (mean 1)."""
    rng = np.random.default_rng(seed)
    seek = rng.gamma(1 / spread**2, spread**2, customers) if spread else np.ones(customers)
    who = np.repeat(np.arange(customers), lines)
    week = rng.integers(0, 20, who.size)
    on_offer = np.where(week % 4 == 0, 0.4, 0.05)
    deal = rng.random(who.size) < np.minimum(on_offer * seek[who], 1)
    shelf = rng.integers(1, 30, who.size) * 50
    off = np.where(deal, shelf // 5, 0)
    table = pa.table({
        "customer_id": [f"c{i:04d}" for i in who], "category": ["tea"] * who.size,
        "time": [AS_OF - timedelta(days=7 * int(w) + 2) for w in week], "quantity": [1.0] * who.size,
        "amount": shelf - off, "discount": off,
    })  # fmt: skip
    return table, seek


def test_the_spread_of_true_ratios_comes_back(bind_table: Any) -> None:
    table, seek = simulated(1)
    found = price_sense(bind_table(table), AS_OF)
    ratio = np.array(found.table["deal_ratio"].to_pylist())
    # A chance cannot be above one, which takes the edge off the highest ratios.
    assert found.deal_spread == pytest.approx(0.7, abs=0.12)
    assert np.corrcoef(ratio, seek)[0, 1] > 0.75


def test_customers_who_do_not_differ_are_told_so(bind_table: Any) -> None:
    found = price_sense(bind_table(simulated(2, spread=0.0)[0]), AS_OF)
    assert found.deal_spread < 0.15
    assert found.counts["seeks"] + found.counts["avoids"] < 0.02 * found.customers


def test_the_sure_ones_are_right(bind_table: Any) -> None:
    table, seek = simulated(3)
    found = price_sense(bind_table(table), AS_OF)
    rows = found.table.to_pylist()
    seekers = [seek[int(row["customer_id"][1:])] for row in rows if row["attitude"] == "seeks"]
    avoiders = [seek[int(row["customer_id"][1:])] for row in rows if row["attitude"] == "avoids"]
    assert len(seekers) > 20
    assert np.mean([one > 1 for one in seekers]) > 0.85
    assert np.mean([one < 1 for one in avoiders]) > 0.85


def test_a_week_of_deals_makes_nobody_a_seeker(bind_table: Any) -> None:
    table, _ = simulated(4)
    day = AS_OF - timedelta(days=2)
    rows = 40
    sale = pa.table({
        "customer_id": [f"x{i % 20:02d}" for i in range(rows)], "category": ["sale"] * rows, "time": [day] * rows,
        "quantity": [1.0] * rows, "amount": [80] * rows, "discount": [20] * rows,
    }).cast(table.schema)  # fmt: skip
    found = price_sense(bind_table(pa.concat_tables([table, sale])), AS_OF)
    row = found.of_customer("x01")
    assert row is not None
    assert (row["taken"], row["expected"], row["deal_ratio"]) == (2, 2.0, 1.0)
    assert row["attitude"] == "as_others"


def test_coupons_are_no_deals(bind: Any) -> None:
    rows = [{"event": "purchase", "customer_id": f"c{i}", "category": "tea", "time": AS_OF - timedelta(days=1),
             "quantity": 1.0, "amount": 90, "discount": 10, "coupon_discount": 10} for i in range(20)]  # fmt: skip
    found = price_sense(bind(rows), AS_OF)
    assert found.deal_share == 0
    assert found.of_customer("c1")["attitude"] is None  # type: ignore[index]
    assert "on deal" in found.text()


def levels(bind: Any, spread: float) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return what is found of 200 customers who choose among ten prices around a rank of their own."""
    rng = np.random.default_rng(5)
    own = np.clip(rng.normal(0.5, spread, 200), 0.05, 0.95)
    lines = rng.integers(2, 12, 200)
    rows = [
        {"event": "purchase", "customer_id": f"c{i:03d}", "category": "wine", "time": AS_OF - timedelta(days=j + 1),
         "quantity": 2.0, "amount": 2 * int(np.clip(rng.normal(own[i], 0.2), 0, 0.99) * 10 + 1) * 100}
        for i in range(200) for j in range(int(lines[i]))
    ]  # fmt: skip
    return price_sense(bind(rows), AS_OF), own, lines


def test_price_levels_follow_what_customers_choose(bind: Any) -> None:
    found, own, _ = levels(bind, 0.25)
    level = np.array(found.table["price_level"].to_pylist())
    assert np.corrcoef(level, own)[0, 1] > 0.85
    assert level.mean() == pytest.approx(0.5, abs=0.03)
    assert ((level > 0) & (level < 1)).all()


def test_levels_that_are_chance_are_pulled_to_the_middle(bind: Any) -> None:
    found, _, _ = levels(bind, 0.0)
    assert np.std(found.table["price_level"].to_pylist()) < 0.05


def test_a_dear_product_bought_on_deal_is_still_dear(bind: Any) -> None:
    rows = []
    for i in range(30):
        dear = i % 2 == 0
        off = 500 if dear else 0
        rows += [{"event": "purchase", "customer_id": f"c{i}", "category": "wine", "quantity": 1.0,
                  "time": AS_OF - timedelta(days=k + 1), "amount": (1000 if dear else 500 + k) - off, "discount": off}
                 for k in range(6)]  # fmt: skip
    found = price_sense(bind(rows), AS_OF)
    first, second = found.of_customer("c0"), found.of_customer("c1")
    assert first is not None
    assert second is not None
    assert first["price_level"] > 0.7 > 0.4 > second["price_level"]


@pytest.mark.parametrize("event", ["refund", "view_item"])
def test_nothing_sold_says_nothing(bind: Any, event: str) -> None:
    rows = [{"event": event, "customer_id": "c", "category": "tea", "time": AS_OF - timedelta(days=1), "quantity": 1.0,
             "amount": 100}]  # fmt: skip
    found = price_sense(bind(rows), AS_OF)
    assert (found.customers, found.deal_share) == (0, None)
    assert found.of_customer("c") is None


def test_one_customer_alone_is_not_compared(bind: Any) -> None:
    rows = [{"event": "purchase", "customer_id": "c", "category": "tea", "time": AS_OF - timedelta(days=1 + i),
             "quantity": 1.0, "amount": 100 + i, "discount": 10} for i in range(9)]  # fmt: skip
    row = price_sense(bind(rows), AS_OF).of_customer("c")
    assert row is not None
    assert (row["deal_ratio"], row["price_level"]) == (None, 0.5)


def test_a_moment_with_a_zone_is_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="UTC"):
        price_sense(bind([]), datetime.fromisoformat("2024-06-01T00:00:00+00:00"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_said(bind_table: Any, language: Any) -> None:
    found = price_sense(bind_table(simulated(6)[0]), AS_OF)
    assert str(found.counts["seeks"]) in found.text(language)
    assert found.as_dict()["counts"] == found.counts
