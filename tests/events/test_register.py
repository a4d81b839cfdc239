from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.settings import SourceSettings


def registered(bench: Any, *paths: str) -> list[dict[str, Any]]:
    bench.write("s.csv", "customer_id,date,amount\n1,2024-01-03,2\n")
    columns = {"customer_id": "customer_id", "time": "date", "amount": "amount"}
    parts = [SourceSettings(files=("s.csv",), columns=columns, customers=path) for path in paths]
    bench.ingest(bench.settings(*parts))
    rows: list[dict[str, Any]] = pq.read_table(bench.store / "tables" / "customers.parquet").to_pylist()
    return rows


def test_a_register_keeps_ids_as_events_have_them_and_everything_else_as_text(bench: Any) -> None:
    bench.write("people.csv", "Member,Customer ID,Age\ngold,2.0,31\nsilver,1,\n,,9\ngold,2,32\n")
    assert registered(bench, "people.csv") == [
        {"customer_id": "1", "Member": "silver", "Age": None},
        {"customer_id": "2", "Member": "gold", "Age": "31"},
    ]


def test_two_registers_are_one(bench: Any) -> None:
    bench.write("a.csv", "customer_id,town\n1,Ulm\n2,\n")
    bench.write("b.csv", "customer_id,town,age\n2,Bern,40\n3,Graz,50\n")
    assert registered(bench, "a.csv", "b.csv") == [
        {"customer_id": "1", "town": "Ulm", "age": None},
        {"customer_id": "2", "town": "Bern", "age": "40"},
        {"customer_id": "3", "town": "Graz", "age": "50"},
    ]


def test_a_register_without_customers_is_refused(bench: Any) -> None:
    bench.write("x.csv", "name,town\na,b\n")
    with pytest.raises(InputError, match="no register of customers; found: name, town"):
        registered(bench, "x.csv")
