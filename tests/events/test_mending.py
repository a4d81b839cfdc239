"""Repair while reading: what is missing is filled in the way that was asked for, told of, and given back exactly."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest

from offersmith.errors import SettingsError
from offersmith.settings import RepairSettings, Settings, SourceSettings, parse
from offersmith.words import LANGUAGES

COLUMNS = {"time": "when", "customer_id": "who", "product_id": "sku", "quantity": "qty", "amount": "paid"}
HEADER = "when,who,sku,qty,paid"
DAY = datetime(2024, 5, 1, 10)


def orders(rows: int = 120, *, missing: tuple[int, ...] = (50, 71), unsaid: tuple[int, ...] = ()) -> list[str]:
    """Return lines of two products, of 3 each, whose price rises by a cent a line; some without amount or quantity."""
    found = []
    for n in range(rows):
        paid = "" if n in missing else f"{(1_000 + n) * 3 / 100:.2f}"
        when = (DAY + timedelta(hours=n)).isoformat(" ")
        found.append(f"{when},c{n % 17},p{n % 2},{'' if n in unsaid else 3},{paid}")
    return found


def file(lines: list[str], header: str = HEADER) -> str:
    return "\n".join([header, *lines, ""])


def settings(bench: Any, *, columns: dict[str, str] = COLUMNS, **ways: str) -> Settings:
    found: Settings = bench.settings(SourceSettings(files=("s.csv",), columns=columns), currency="EUR")
    return msgspec.structs.replace(found, repair=RepairSettings(**ways))


def amounts(bench: Any) -> dict[str, int]:
    return {f"{row['time']} {row['customer_id']}": row["amount"] for row in bench.events()}


def test_a_missing_amount_is_filled_in_and_said(bench: Any) -> None:
    bench.write("s.csv", file(orders()))
    receipt = bench.ingest(settings(bench, amount="interpolate"))
    assert (receipt.read, receipt.kept, receipt.quarantined) == (120, 120, 0)
    # Between the lines of the same product before and after, at 3 pieces.
    held = [row["amount"] for row in bench.events()]
    assert [held[50], held[71]] == [1_050 * 3, 1_071 * 3]
    (done,) = receipt.files[0].repaired
    assert (done.column, done.rows, done.left, done.row, done.before) == ("amount", 2, 0, 51, None)
    assert done.ways == {"interpolation": 2}
    assert done.together == (1_050 + 1_071) * 3
    assert done.error < 0.01
    assert "amount: 2 missing values filled in (2 by interpolation between the product's values)" in str(receipt)
    assert "e.g. row 51: nothing before, 31.50 EUR now" in str(receipt)
    assert "2 amounts are guesses and come to 63.63 EUR in all sums of sales" in str(receipt)
    assert "填补缺失值 2 个" in receipt.text("zh")


@pytest.mark.parametrize("way", ["auto", "median", "category_median", "last_known", "interpolate"])
def test_every_way_fills_in_and_goes_back_exactly(bench: Any, way: str) -> None:
    """The first read without repair, with it, and without it again: the last state is the first."""
    bench.write("s.csv", file(orders(unsaid=(5, 50))))
    plain = settings(bench)
    bench.ingest(plain)
    before = bench.events()
    assert len(before) == 118
    receipt = bench.ingest(settings(bench, amount=way, quantity=way))
    assert (receipt.kept, receipt.total.replaced) == (120, 118)
    assert all(row["amount"] > 0 and row["quantity"] == 3 for row in bench.events())
    ids = {row["event_id"] for row in before}
    assert ids < {row["event_id"] for row in bench.events()}
    again = bench.ingest(plain)
    assert (again.kept, again.total.by_reason) == (118, {"missing_amount": 2})
    assert bench.events() == before
    bench.ingest(plain)
    assert not list((bench.store / "repaired").iterdir())


def test_what_stood_there_is_kept_beside(bench: Any) -> None:
    lines = orders(missing=(50,))
    lines[7] = lines[7].replace(",3,", ",0,")
    bench.write("s.csv", file(lines))
    bench.ingest(settings(bench, amount="median", quantity="median"))
    (events,) = bench.ledger.event_files()
    kept = pq.read_table(bench.store / "repaired" / events.name).to_pylist()
    held = {row["event_id"]: row for row in bench.events()}
    assert {(row["row"], row["column"], row["original"]) for row in kept} == {(51, "amount", None), (8, "quantity", 0)}
    assert all(held[row["event_id"]][row["column"]] == row["filled"] for row in kept)


def test_a_file_that_grew_brings_only_what_is_new(bench: Any) -> None:
    asked = settings(bench, amount="last_known")
    lines = orders(missing=(50, 115))
    bench.write("s.csv", file(lines[:100]))
    bench.ingest(asked)
    bench.write("s.csv", file(lines))
    receipt = bench.ingest(asked)
    assert (receipt.kept, receipt.redelivered) == (20, 100)
    assert [one.rows for one in receipt.files[0].repaired] == [1]
    assert len(bench.events()) == 120


def test_rows_with_ids_of_their_own_come_back_as_what_they_were(bench: Any) -> None:
    columns = {**COLUMNS, "event_id": "id"}
    asked = settings(bench, columns=columns, amount="median", quantity="median")
    lines = [f"{line},e{n}" for n, line in enumerate(orders(missing=(50,), unsaid=(3,)))]
    bench.write("s.csv", file(lines[:100], f"{HEADER},id"))
    bench.ingest(asked)
    bench.write("s.csv", file(lines, f"{HEADER},id"))
    receipt = bench.ingest(asked)
    assert (receipt.kept, receipt.redelivered, receipt.quarantined) == (20, 100, 0)


def test_what_cannot_be_filled_in_is_refused_as_ever(bench: Any) -> None:
    bench.write("s.csv", file(orders(20, missing=(5, 9))))
    receipt = bench.ingest(settings(bench, amount="auto"))
    assert (receipt.kept, receipt.total.by_reason) == (18, {"missing_amount": 2})
    assert [row["row"] for row in bench.quarantine()] == [6, 10]
    for language in LANGUAGES:
        assert "2" in receipt.files[0].repaired[0].text(language)
    assert "2 missing values left as they are: too little is known" in str(receipt)
    assert bench.leftovers() == []


def test_what_is_wrong_and_not_missing_is_refused(bench: Any) -> None:
    lines = orders(missing=())
    lines[3] = lines[3].rsplit(",", 1)[0] + ",abc"
    lines[4] = lines[4].rsplit(",", 1)[0] + ",-5"
    bench.write("s.csv", file(lines))
    receipt = bench.ingest(settings(bench, amount="auto", quantity="auto"))
    assert receipt.total.by_reason == {"bad_number": 1, "negative_amount": 1}
    assert receipt.files[0].repaired == ()


def test_a_source_without_amounts_or_quantities(bench: Any) -> None:
    without = {name: column for name, column in COLUMNS.items() if name != "amount"}
    bench.write("s.csv", file(orders()))
    receipt = bench.ingest(settings(bench, columns=without, amount="auto"))
    assert (receipt.kept, receipt.files[0].repaired) == (120, ())
    uncounted = {name: column for name, column in COLUMNS.items() if name != "quantity"}
    receipt = bench.ingest(settings(bench, columns=uncounted, amount="interpolate"))
    assert [one.rows for one in receipt.files[0].repaired] == [2]


def test_settings_without_repair_know_what_was_read_before(bench: Any) -> None:
    bench.write("s.csv", file(orders()))
    bench.ingest(settings(bench))
    assert bench.ingest(settings(bench, amount="leave", quantity="leave")).files_redelivered == ("s.csv",)


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ({"amuont": "auto"}, "amuont", "did you mean amount"),
        ({"discount": "auto"}, "discount", "amount"),
        ({"amount": "guess"}, "guess", "allowed: leave, auto, median, category_median, last_known, interpolate"),
        ({"amount": 3}, "repair.amount", "allowed"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is_allowed(written: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=message) as fault:
        parse({"repair": written})
    assert hint in fault.value.hint or "every key" in fault.value.hint
