"""Declared features against a naive reference, a line at a time in Python; and what must never matter."""

from __future__ import annotations

import itertools
import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.store.analytics import Analytics
from offersmith.store.features import compile_features
from offersmith.store.spark import SparkAnalytics
from offersmith.vocabulary import EVENTS, Feature, Where

AS_OF = datetime(2024, 6, 1, 12)
Row = dict[str, Any]

EXTRA = (
    Feature("dearest_line", "max", value="unit_price"),
    Feature("pieces", "sum", value="quantity"),
    Feature("pieces_decayed", "decayed_sum", value="quantity", half_life_days=20),
    Feature("session_dwell", "median", events=("view_item", "search"), value="dwell_ms", grain="session"),
    Feature("money_entropy", "entropy", by="category", value="amount"),
    Feature("money_top", "top_share", by="brand", value="amount", window_days=200),
    Feature("view_gap_cv", "gap_cv", events=("view_item",)),
    Feature("view_gap", "gap_mean", events=("view_item",), window_days=300),
    Feature("dear_gap_cv", "gap_cv", grain="order", where=(Where("amount", ">", 3000),)),
    Feature("weekday_spend", "sum", value="amount", where=(Where("weekday", "<", 5), Where("quantity", "<=", 2.0))),
    Feature("chosen_brands", "distinct", by="product_id", where=(Where("brand", "in", ("b0", "b1")),)),
    Feature("no_coupon_share", "share", value="amount", where=(Where("coupon_discount", "=", 0),)),
    Feature("not_b1", "count", where=(Where("brand", "!=", "b1"),)),
    Feature("large_early_orders", "count", grain="order", where=(Where("hour", "<", 12), Where("lines", ">=", 2))),
    Feature("orders_of_many", "count", grain="order", where=(Where("quantity", ">", 2.0),)),
    Feature("pieces_per_look", "ratio", value="quantity", events=("purchase",), over=("view_item",)),
)


def shop(seed: int, size: int = 400, customers: int = 8) -> list[Row]:
    """Return lines of a small shop with everything that can be missing missing now and then."""
    rng = np.random.default_rng(seed)

    def some(value: Any, chance: float = 0.85) -> Any:
        return value if rng.random() < chance else None

    rows = []
    for i in range(size):
        event = str(
            rng.choice(
                [
                    "purchase",
                    "purchase",
                    "view_item",
                    "search",
                    "view_promotion",
                    "redeem",
                    "refund",
                    "review",
                    "add_to_cart",
                ]
            )
        )
        money = event in ("purchase", "refund")
        coupon = int(rng.choice([0, 0, 40]))
        # Whole days now and then, so that moments, windows and days meet their edges.
        when = AS_OF + timedelta(days=int(rng.integers(-420, 20)), microseconds=int(rng.choice([0, 1, 55_000_000_001])))
        rows.append({
            "event_id": f"e{i}", "event": event, "time": when,
            "utc_offset": int(rng.choice([-300, 0, 345])),
            "customer_id": some(f"c{rng.integers(customers)}", 0.95),
            "session_id": some(f"s{rng.integers(40)}"),
            "order_id": some(f"o{rng.integers(60)}") if event == "purchase" else None,
            "product_id": some(f"p{rng.integers(30)}"), "category": some(f"k{rng.integers(4)}"),
            "brand": some(f"b{rng.integers(3)}"),
            "quantity": some(float(rng.choice([0.25, 1.0, 1.0, 3.0]))) if money else None,
            "amount": some(int(rng.integers(0, 5000))) if money else None,
            "discount": some(int(rng.integers(0, 200)) + coupon) if money else None,
            "coupon_discount": some(coupon) if money else None,
            "campaign_id": some(f"a{rng.integers(4)}") if event in ("view_promotion", "redeem") else None,
            "placement": some("mailer", 0.3), "rating": some(float(rng.integers(1, 6))) if event == "review" else None,
            "dwell_ms": some(int(rng.integers(0, 90_000))) if event == "view_item" else None,
            "place": some(f"x{rng.integers(3)}"),
        })  # fmt: skip
    return rows


def table(rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=EVENTS)


def naive(feature: Feature, rows: Sequence[Row], as_of: datetime) -> float | None:
    """Work one feature out for one customer's lines, as its declaration reads."""
    start = as_of - timedelta(days=feature.window_days or 100_000)

    def seen(events: Sequence[str], where: Sequence[Where]) -> list[Row]:
        found = _observe([r for r in rows if r["event"] in events and r["time"] < as_of], feature.grain)
        return [r for r in found if r["time"] >= start and all(_holds(r, w) for w in where)]

    chosen = seen(feature.events, feature.where)
    values = [r[feature.value] for r in chosen if r[feature.value] is not None] if feature.value else []
    days = sorted(r["day"] for r in chosen)
    gaps = [b - a for a, b in itertools.pairwise(days)]
    groups: Counter[str] = Counter()
    for row in chosen:
        if feature.by and row[feature.by] is not None:
            groups[row[feature.by]] += (row[feature.value] or 0) if feature.value else 1
    sizes = [n for n in groups.values() if n > 0]
    weights = [0.5 ** ((as_of - r["time"]) / timedelta(days=feature.half_life_days or 1)) for r in chosen]
    weighted = [w * (r[feature.value] or 0) for w, r in zip(weights, chosen, strict=True)] if feature.value else weights
    mean_gap = statistics.fmean(gaps) if gaps else None

    def part_of_whole() -> float | None:
        over = seen(feature.over or feature.events, ())
        if feature.by:
            part, whole = (len({r[feature.by] for r in x if r[feature.by] is not None}) for x in (chosen, over))
            return part / whole if whole else None
        over_value = feature.value if feature.kind == "share" else feature.over_value
        whole = sum(r[over_value] or 0 for r in over) if over_value else len(over)
        part = sum(values) if feature.value else len(chosen)
        return part / whole if whole else None

    answers: dict[str, Callable[[], float | None]] = {
        "count": lambda: len(chosen),
        "sum": lambda: sum(values),
        "mean": lambda: statistics.fmean(values) if values else None,
        "median": lambda: statistics.median(values) if values else None,
        "max": lambda: max(values, default=None),
        "share": part_of_whole,
        "ratio": part_of_whole,
        "distinct": lambda: len(sizes),
        "entropy": lambda: -sum(n / sum(sizes) * math.log(n / sum(sizes)) for n in sizes) if sizes else None,
        "top_share": lambda: max(sizes) / sum(sizes) if sizes else None,
        "recency": lambda: (as_of - max(r["time"] for r in chosen)) / timedelta(days=1) if chosen else None,
        "tenure": lambda: (as_of - min(r["time"] for r in chosen)) / timedelta(days=1) if chosen else None,
        "gap_mean": lambda: mean_gap,
        "gap_cv": lambda: statistics.pstdev(gaps) / mean_gap if len(gaps) > 1 and mean_gap else None,
        "decayed_count": lambda: math.fsum(weights),
        "decayed_sum": lambda: math.fsum(weighted),
    }
    return answers[feature.kind]()


def _observe(rows: Sequence[Row], grain: str) -> list[Row]:
    if grain == "event":
        return [_line(r) for r in rows]
    gathered: dict[Any, list[Row]] = defaultdict(list)
    for row in map(_line, rows):
        if grain == "order":
            gathered[row["order_id"] or row["day"]].append(row)
        elif row["session_id"] is not None:
            gathered[row["session_id"]].append(row)
    return [_gather(lines) for lines in gathered.values()]


def _gather(lines: list[Row]) -> Row:
    sums = {}
    for name in ("amount", "gross", "discount", "coupon_discount", "quantity", "dwell_ms"):
        known = [r[name] for r in lines if r[name] is not None]
        sums[name] = sum(known) if known else None
    begun = {"time": min(r["time"] for r in lines), "utc_offset": min(r["utc_offset"] for r in lines)}
    return _clock({**begun, **sums, "lines": len(lines)})


def _line(row: Row) -> Row:
    full = dict.fromkeys(EVENTS.names) | row
    priced = full["amount"] is not None and full["quantity"]
    full["unit_price"] = full["amount"] / full["quantity"] if priced else None
    full["gross"] = None if full["amount"] is None else full["amount"] + (full["discount"] or 0)
    return _clock(full)


def _clock(row: Row) -> Row:
    local = row["time"] + timedelta(minutes=row["utc_offset"])
    return row | {"hour": local.hour, "weekday": local.weekday(), "day": local.toordinal()}


def _holds(row: Row, where: Where) -> bool:
    left, right = row[where.column], where.value
    if left is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "=": lambda: left == right, "!=": lambda: left != right, ">": lambda: left > right,
        ">=": lambda: left >= right, "<": lambda: left < right, "<=": lambda: left <= right,
        "in": lambda: left in right, "known": lambda: True,
    }  # fmt: skip
    return tests[where.op]()


ALL = (*FEATURES.values(), *EXTRA)


@pytest.fixture(scope="module")
def question() -> ibis.Table:
    return compile_features(ALL, AS_OF)


@pytest.fixture(scope="module")
def answer(question: ibis.Table, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., pa.Table]:
    """Return a function that answers all features over some lines; the question is spelled once."""
    folder = tmp_path_factory.mktemp("events")
    sql = ibis.to_sql(question, dialect="duckdb")
    schema = question.schema().to_pyarrow()

    def run(rows: Sequence[Row], threads: int = 1) -> pa.Table:
        pq.write_table(table(rows), folder / "some.parquet", row_group_size=64)
        with Analytics(threads=threads) as analytics:
            analytics.use_events([folder / "some.parquet"])
            return analytics.execute(sql).cast(schema)

    return run


@pytest.mark.parametrize("seed", [1, 2])
def test_every_feature_is_what_its_declaration_reads(answer: Callable[..., pa.Table], seed: int) -> None:
    rows = shop(seed)
    found = {r["customer_id"]: r for r in answer(rows).to_pylist()}
    customers = {r["customer_id"] for r in rows if r["customer_id"] and r["time"] < AS_OF}
    assert sorted(found) == sorted(customers)
    assert len(customers) == 8
    for customer in customers:
        own = [r for r in rows if r["customer_id"] == customer]
        for feature in ALL:
            expected = naive(feature, own, AS_OF)
            # Prices and entropies are kept as fixed-point numbers: half a step of 2^-20 or 2^-12 per line.
            step = 1e-3 if feature.value == "amount" and feature.by else 1e-5
            # What lines were worth and has faded is exact however little is left of it.
            step = 1e-12 if feature.kind == "decayed_sum" else step
            wanted = None if expected is None else pytest.approx(expected, rel=1e-9, abs=step)
            assert found[customer][feature.name] == wanted, (customer, feature.name)


def test_every_kind_is_exercised() -> None:
    assert {feature.kind for feature in ALL} == {
        "count", "sum", "mean", "median", "max", "share", "ratio", "distinct", "entropy", "top_share", "recency",
        "tenure", "gap_mean", "gap_cv", "decayed_count", "decayed_sum",
    }  # fmt: skip


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 10_000), later=st.integers(0, 400 * 86_400 * 1_000_000), planted=st.integers(1, 50))
def test_nothing_at_or_after_the_moment_is_read(
    answer: Callable[..., pa.Table], seed: int, later: int, planted: int
) -> None:
    rows = shop(seed, size=150, customers=5)
    future = [
        row | {"event_id": f"f{i}", "time": AS_OF + timedelta(microseconds=later * i)}
        for i, row in enumerate(shop(seed + 1, size=planted, customers=9))
    ]
    assert answer(rows + future).equals(answer(rows))


def test_the_number_of_threads_and_the_order_of_lines_do_not_matter(answer: Callable[..., pa.Table]) -> None:
    rows = shop(5, size=3000, customers=20)
    assert answer(rows, threads=2).equals(answer(rows[::-1], threads=1))


def test_one_group_has_exactly_no_entropy(answer: Callable[..., pa.Table]) -> None:
    rows = [row | {"category": "k", "event": "purchase"} for row in shop(3, size=40, customers=1)]
    found = answer(rows).to_pylist()[0]
    assert found["category_entropy"] == 0.0
    assert found["category_top_share"] == 1.0


def test_an_empty_shop_has_no_rows_but_all_columns(answer: Callable[..., pa.Table]) -> None:
    empty = answer([])
    assert empty.num_rows == 0
    assert empty.column_names == ["customer_id", *(feature.name for feature in ALL)]


@pytest.mark.spark
def test_spark_agrees(question: ibis.Table, answer: Callable[..., pa.Table], tmp_path: Path) -> None:
    rows = shop(9, size=600)
    pq.write_table(table(rows), tmp_path / "some.parquet")
    with SparkAnalytics() as analytics:
        nothing = analytics.run(question)
        analytics.use_events([tmp_path / "some.parquet"])
        found = analytics.run(question)
    expected = answer(rows)
    assert nothing.num_rows == 0
    assert found.schema.equals(expected.schema)
    for name in expected.column_names:
        exact = expected.schema.field(name).type != pa.float64()
        wanted = expected[name].to_pylist()
        assert found[name].to_pylist() == (wanted if exact else pytest.approx(wanted, rel=1e-9, abs=0)), name


@pytest.mark.parametrize(
    ("feature", "field"),
    [
        (Feature("x", "sum"), "value"),
        (Feature("x", "distinct"), "by"),
        (Feature("x", "decayed_count"), "half_life_days"),
        (Feature("x", "count", events=()), "events"),
        (Feature("x", "entropy", by="category", grain="order"), "grain"),
        (Feature("x", "sum", value="colour"), "value"),
        (Feature("x", "count", where=(Where("colour", "=", "red"),)), "where"),
        (Feature("x", "mean", value="rating", grain="order"), "value"),
    ],
)
def test_a_wrong_declaration_is_named(feature: Feature, field: str) -> None:
    with pytest.raises(InputError) as fault:
        compile_features([feature], AS_OF)
    assert fault.value.facts["field"] == field


def test_names_and_moments_are_checked() -> None:
    with pytest.raises(InputError, match="differ"):
        compile_features([FEATURES["orders"], FEATURES["orders"]], AS_OF)
    with pytest.raises(InputError, match="naive"):
        compile_features([FEATURES["orders"]], AS_OF.astimezone())
