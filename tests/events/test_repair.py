"""Repair: the way that fits the column is chosen, the receipt adds up, and undoing restores every bit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.events.repair import FEWEST, RULES, Rule, repair, undo
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
PRICE = Rule("amount", above=-1.0)
TIME, COLUMNS = pa.timestamp("us"), ("event_id", "event", "time", "product_id", "category", "quantity", "amount")


def shop(kind: str, seed: int = 1, size: int = 1200) -> tuple[pa.Table, np.ndarray]:
    """Return lines whose amounts follow categories, products with jumps, or products that drift; and the amounts."""
    rng = np.random.default_rng(seed)
    product = rng.integers(0, 24, size)
    day = np.sort(rng.uniform(0, 300, size))
    category = product % 6
    if kind == "category":
        amount = 1000 * (1 + category) + rng.normal(0, 80, size)
    elif kind == "steps":
        level = rng.uniform(500, 9000, (24, 4))
        amount = level[product, (day // 75).astype(int)]
    else:
        amount = rng.uniform(500, 2000, 24)[product] + rng.uniform(10, 60, 24)[product] * day
    amount = np.rint(amount).astype(np.int64)
    table = pa.table({
        "event_id": [f"e{i}" for i in range(size)], "event": ["purchase"] * size,
        "time": pa.array([AS_OF - timedelta(days=300 - float(d)) for d in day], TIME),
        "product_id": [f"p{i}" for i in product], "category": [f"k{i}" for i in category],
        "quantity": pa.array(np.ones(size)), "amount": amount,
    })  # fmt: skip
    return table, amount


def damaged(table: pa.Table, rows: np.ndarray, values: Any = None) -> pa.Table:
    held = table["amount"].to_pylist()
    for row in rows:
        held[row] = values
    return table.set_column(6, "amount", pa.array(held, pa.int64()))


@pytest.mark.parametrize(
    ("kind", "ways"),
    # Around a single jump the last value is wrong as often as the line is wrong by half: either fits.
    [("category", ["category_median"]), ("steps", ["last_known", "interpolation"]), ("drift", ["interpolation"])],
)
def test_the_way_that_fits_is_chosen_and_the_truth_comes_back(kind: str, ways: list[str]) -> None:
    table, truth = shop(kind)
    rows = np.random.default_rng(2).choice(1200, 120, replace=False)
    found = repair(damaged(table, rows), AS_OF, 0, [PRICE])
    receipt = found.mended[0]
    way = receipt.way
    assert way in ways
    assert min(receipt.errors.values()) == receipt.errors[way]
    assert (receipt.missing, receipt.filled + receipt.plainer, receipt.left) == (120, 120, 0)
    filled = np.array(found.table["amount"].to_pylist())
    error = (np.abs(filled - truth) / np.maximum(filled, truth))[rows].mean()
    assert error < 2 * receipt.errors[way]
    assert error < 0.5 * receipt.errors["overall_median"]


def test_undoing_restores_everything_in_any_order() -> None:
    table, _ = shop("steps")
    rows = np.arange(0, 1200, 7)
    broken = damaged(damaged(table, rows), rows[::2], -(2**62) - 1)
    found = repair(broken, AS_OF, 0)
    assert found.table["amount"].null_count == 0
    assert undo(found.table, found.kept).equals(broken)
    mixed = found.table.take(pa.array(np.random.default_rng(3).permutation(1200)))
    assert undo(mixed, found.kept).sort_by("time")["amount"].equals(broken.sort_by("time")["amount"])
    part = undo(found.table.slice(0, 100), found.kept)
    assert part.equals(broken.slice(0, 100))


def test_an_amount_goes_with_its_quantity() -> None:
    rng = np.random.default_rng(4)
    size = 300
    pieces = rng.integers(1, 6, size)
    table, _ = shop("category", size=size)
    table = table.set_column(5, "quantity", pa.array(pieces.astype(float)))
    table = table.set_column(6, "amount", pa.array(pieces * 250))
    found = repair(damaged(table, np.array([5, 6])), AS_OF, 0)
    assert found.table["amount"].to_pylist()[5:7] == (pieces[5:7] * 250).tolist()
    assert [one.column for one in found.mended] == ["quantity", "amount"]
    assert found.mended[0].missing + found.mended[0].impossible == 0


def test_pieces_stay_whole_and_above_nothing() -> None:
    table, _ = shop("category")
    held: list[float | None] = [float(i % 2 + 1) for i in range(1200)]
    for i, value in enumerate([0.0, -3.0, None, float("nan"), float("inf")]):
        held[i * 9] = value
    found = repair(table.set_column(5, "quantity", pa.array(held, pa.float64())), AS_OF, 0, RULES[:1])
    receipt = found.mended[0]
    assert (receipt.missing, receipt.impossible, receipt.left) == (2, 3, 0)
    assert all(found.table["quantity"].to_pylist()[i * 9] in (1.0, 2.0) for i in range(5))
    assert undo(found.table, found.kept)["quantity"].to_pylist()[9] == -3.0
    assert np.isnan(undo(found.table, found.kept)["quantity"].to_pylist()[27])


def test_only_lines_that_need_the_value_before_the_moment_are_touched() -> None:
    table, _ = shop("category")
    rows = np.arange(50, 250)
    broken = damaged(table, rows)
    events = ["view_item" if 50 <= i < 150 else "purchase" for i in range(1200)]
    broken = broken.set_column(1, "event", pa.array(events))
    moment = broken["time"].to_pylist()[200]
    found = repair(broken, moment, 0, [PRICE])
    assert found.mended[0].missing == 50
    assert found.table["amount"].slice(50, 100).null_count == 100
    assert found.table["amount"].slice(200, 50).null_count == 50
    early = broken.filter(pc.less(broken["time"], pa.scalar(moment, TIME)))
    assert repair(early, moment, 0, [PRICE]).table.equals(found.table.slice(0, early.num_rows))


def test_a_product_never_seen_takes_a_plainer_way() -> None:
    table, _ = shop("steps")
    names = table["product_id"].to_pylist()
    names[5], names[6] = "new", None
    broken = damaged(table.set_column(3, "product_id", pa.array(names)), np.array([5, 6]))
    receipt = repair(broken, AS_OF, 0, [PRICE]).mended[0]
    assert (receipt.filled, receipt.plainer, receipt.left) == (0, 2, 0)


def test_too_little_known_is_left_alone() -> None:
    table, _ = shop("category", size=FEWEST)
    found = repair(damaged(table, np.array([3])), AS_OF, 0, [PRICE])
    assert (found.mended[0].way, found.mended[0].left, found.kept) == ("", 1, {})
    assert found.table["amount"].null_count == 1
    empty = repair(table.slice(0, 0), AS_OF, 0)
    assert empty.table.num_rows == 0
    assert "nothing to repair" in empty.text()


def test_constant_values_are_guessed_without_error() -> None:
    table, _ = shop("category")
    table = table.set_column(6, "amount", pa.array([700] * 1200))
    found = repair(damaged(table, np.array([1, 2])), AS_OF, 0, [PRICE])
    assert set(found.table["amount"].to_pylist()) == {700}
    assert found.mended[0].way == "overall_median"


@settings(max_examples=30)
@given(st.integers(0, 1000), st.sets(st.integers(0, 299), max_size=200), st.sampled_from([None, -5, -(2**60)]))
def test_whatever_is_broken_is_undone_and_adds_up(seed: int, rows: set[int], value: int | None) -> None:
    table, _ = shop("drift", size=300)
    broken = damaged(table, np.array(sorted(rows), dtype=np.int64), value)
    found = repair(broken, AS_OF, seed)
    for receipt in found.mended:
        assert receipt.filled + receipt.plainer + receipt.left == receipt.missing + receipt.impossible
    assert undo(found.table, found.kept).equals(broken)
    assert repair(broken, AS_OF, seed).table.equals(found.table)


def test_wrong_questions_are_refused() -> None:
    table, _ = shop("category", size=50)
    with pytest.raises(InputError, match="category"):
        repair(table.drop_columns(["category"]), AS_OF, 0)
    with pytest.raises(InputError, match="string"):
        repair(table, AS_OF, 0, [Rule("product_id")])
    with pytest.raises(InputError, match="UTC"):
        repair(table, datetime.fromisoformat("2024-06-01T00:00:00+00:00"), 0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_receipt_says_what_was_done(language: Any) -> None:
    table, _ = shop("steps")
    found = repair(damaged(table, np.arange(10)), AS_OF, 0)
    assert "10" in found.text(language)
    assert found.as_dict()["mended"][1]["way"] == found.mended[1].way
    assert tuple(table.column_names) == COLUMNS
