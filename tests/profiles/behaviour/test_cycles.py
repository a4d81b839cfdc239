"""Cycles: the truth of a simulated shop comes back, also where a plain mean of gaps is far off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.profiles.behaviour.cycles import cycles, product_limit
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
DAYS = 300


def simulated(
    seed: int, median: float, between: float = 0.3, within: float = 0.3, leave: float = 0.0, customers: int = 800
) -> tuple[list[str], list[datetime], list[float]]:
    """Return customers and times of purchases over `DAYS` days before `AS_OF`, and all gaps seen."""
    rng = np.random.default_rng(seed)
    names, times, gaps = [], [], []
    for i in range(customers):
        day = float(rng.uniform(0, DAYS))
        own = np.log(median) + rng.normal(0, between)
        while day < DAYS:
            names.append(f"c{i}")
            times.append(AS_OF - timedelta(days=DAYS - day))
            if rng.random() < leave:
                break
            gap = float(np.exp(own + rng.normal(0, within)))
            day += gap
            if day < DAYS:
                gaps.append(gap)
    return names, times, gaps


def shop(bind_table: Callable[[pa.Table], Any], *parts: tuple[str, list[str], list[datetime]]) -> Any:
    products = [product for product, names, _ in parts for _ in names]
    names = [name for _, part, _ in parts for name in part]
    times = [time for _, _, part in parts for time in part]
    return bind_table(
        pa.table({"customer_id": names, "time": times, "product_id": products,
                  "category": [f"all {product[0]}" for product in products]})
    )  # fmt: skip


@pytest.mark.parametrize("median", [14.0, 45.0, 90.0])
def test_the_true_cycle_comes_back_where_seen_gaps_are_too_short(bind_table: Any, median: float) -> None:
    names, times, gaps = simulated(int(median), median)
    found = cycles(shop(bind_table, ("p", names, times)), AS_OF).get("p")
    assert found is not None
    assert found.median == pytest.approx(median, rel=0.06)
    spread = 0.6745 * np.hypot(0.3, 0.3)
    assert found.quartile == pytest.approx(median * np.exp(-spread), rel=0.1)
    assert found.upper == pytest.approx(median * np.exp(spread), rel=0.1)
    if median == 90:
        assert np.median(gaps) < 0.93 * median


def test_who_never_comes_back_is_in_the_share_and_not_in_the_cycle(bind_table: Any) -> None:
    names, times, _ = simulated(3, 20.0, leave=0.4)
    found = cycles(shop(bind_table, ("p", names, times)), AS_OF).get("p")
    assert found is not None
    assert found.median == pytest.approx(20.0, rel=0.08)
    assert found.returning == pytest.approx(0.6, abs=0.05)
    assert found.customers == 800


def test_who_buys_daily_does_not_speak_for_all(bind_table: Any) -> None:
    names, times, _ = simulated(4, 60.0, customers=300)
    names += ["reseller"] * 290
    times += [AS_OF - timedelta(days=i + 1) for i in range(290)]
    found = cycles(shop(bind_table, ("p", names, times)), AS_OF).get("p")
    assert found is not None
    assert found.median == pytest.approx(60.0, rel=0.1)


def test_products_and_categories_are_kept_apart(bind_table: Any) -> None:
    one, two = simulated(5, 10.0, customers=200), simulated(6, 50.0, customers=300)
    analytics = shop(bind_table, ("a1", *one[:2]), ("b1", *two[:2]), ("c1", ["x"], [AS_OF - timedelta(days=3)]))
    found = cycles(analytics, AS_OF)
    assert {cycle.thing for cycle in found.found} == {"a1", "b1"}
    assert found.without == 1
    assert found.get("c1") is None
    first = found.get("a1")
    assert first is not None
    assert first.median == pytest.approx(10, abs=1)
    by_category = cycles(analytics, AS_OF, "category")
    assert {cycle.thing for cycle in by_category.found} == {"all a", "all b"}
    assert by_category.as_dict()["without"] == 1


def test_two_lines_of_a_day_are_one_purchase_and_nothing_after_the_moment_counts(bind_table: Any) -> None:
    names = [f"c{i}" for i in range(12)]
    table = [(name, AS_OF - timedelta(days=day, hours=hour)) for name in names for day in (10, 3) for hour in (1, 2)]
    table += [(name, AS_OF + timedelta(days=1)) for name in names]
    found = cycles(shop(bind_table, ("p", [n for n, _ in table], [t for _, t in table])), AS_OF).get("p")
    assert found is not None
    assert (found.gaps, found.customers, found.returned) == (12, 12, 12)
    assert (found.quartile, found.median, found.upper, found.returning) == (7, 7, 7, 1.0)


@pytest.mark.parametrize("events", ["purchase", "refund"])
def test_one_purchase_each_or_only_refunds_are_no_cycle(bind: Any, events: str) -> None:
    rows = [{"event": events, "customer_id": f"c{i}", "product_id": "p", "time": AS_OF - timedelta(days=i + 1)}
            for i in range(30)]  # fmt: skip
    found = cycles(bind(rows), AS_OF)
    assert found.found == ()
    assert found.without == (1 if events == "purchase" else 0)
    assert cycles(bind([]), AS_OF).without == 0


@given(
    st.lists(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=12), min_size=1, max_size=4)
)
def test_with_one_vote_each_it_is_the_estimator_of_kaplan_and_meier(groups: list[list[tuple[int, bool]]]) -> None:
    days: list[int] = []
    starts: list[int] = []
    ended: list[float] = []
    waiting: list[float] = []
    expected: list[tuple[float, float]] = []
    for group in groups:
        starts.append(len(days))
        left = 1.0
        for day in sorted({d for d, _ in group}):
            events = sum(1 for d, e in group if d == day and e)
            risk = sum(1 for d, _ in group if d >= day)
            left *= 1 - events / risk
            days.append(day)
            ended.append(float(events))
            waiting.append(float(sum(1 for d, e in group if d == day and not e)))
            expected.append((1 - left, float(risk)))
    found, risk_found = product_limit(np.array(days), np.array(ended), np.array(waiting), np.array(starts))
    assert found == pytest.approx([again for again, _ in expected], abs=1e-9)
    assert risk_found == pytest.approx([risk for _, risk in expected])


def test_wrong_questions_are_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="brand"):
        cycles(bind([]), AS_OF, "brand")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="UTC"):
        cycles(bind([]), datetime.fromisoformat("2024-06-01T00:00:00+00:00"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cycle_can_be_said(bind_table: Any, language: Any) -> None:
    names, times, _ = simulated(7, 30.0, customers=100)
    found = cycles(shop(bind_table, ("p", names, times)), AS_OF).get("p")
    assert found is not None
    assert str(found.median) in found.text(language)
