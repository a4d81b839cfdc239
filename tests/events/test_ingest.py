from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError, SettingsError, StateError
from offersmith.settings import SourceSettings
from offersmith.store.landing import Landing
from offersmith.vocabulary import EVENTS

COLUMNS = {
    "time": "when",
    "customer_id": "who",
    "order_id": "order",
    "product_id": "sku",
    "quantity": "qty",
    "amount": "paid",
}
HEADER = "when,who,order,sku,qty,paid\n"


def part(*files: str, **more: Any) -> SourceSettings:
    return SourceSettings(**{"files": files, "columns": COLUMNS, **more})


def lines(*rows: str) -> str:
    return HEADER + "".join(f"{row}\n" for row in rows)


A = "2024-05-01 10:00,17850.0,o1,apple,2,3.00"
B = "2024-05-01 10:00,17850.0,o1,pear,1,1.25"
C = "2024-05-02 11:00,,o2,apple,1,1.50"


def test_a_row_becomes_an_event(bench: Any) -> None:
    bench.write("s.csv", lines(A, C))
    receipt = bench.ingest(bench.settings(part("s.csv"), timezone="Europe/London", currency="GBP"))
    first, second = bench.events()
    assert first["event"] == "purchase"
    assert first["time"] == datetime(2024, 5, 1, 9)
    assert first["utc_offset"] == 60
    assert (first["customer_id"], first["order_id"], first["product_id"]) == ("17850", "o1", "apple")
    assert (first["quantity"], first["amount"]) == (2.0, 300)
    assert second["customer_id"] is None
    assert (receipt.read, receipt.kept, receipt.total.anonymous) == (2, 2, 1)
    assert pq.read_schema(bench.ledger.event_files()[0]).equals(EVENTS)


def test_the_same_file_again_changes_nothing_whatever_its_name(bench: Any) -> None:
    bench.write("a.csv", lines(A, B))
    bench.ingest(bench.settings(part("a.csv")))
    before = bench.events()
    bench.write("b.csv", lines(A, B))
    receipt = bench.ingest(bench.settings(part("*.csv")))
    assert receipt.files_redelivered == ("a.csv", "b.csv")
    assert (receipt.read, receipt.kept) == (0, 0)
    assert bench.events() == before


def test_equal_lines_of_one_file_stay_and_a_longer_file_adds_only_what_is_new(bench: Any) -> None:
    bench.write("may.csv", lines(A, A, B))
    first = bench.ingest(bench.settings(part("may.csv")))
    assert (first.kept, first.total.equal_lines) == (3, 1)
    bench.write("june.csv", lines(B, A, A, A, C))
    second = bench.ingest(bench.settings(part("june.csv")))
    assert (second.read, second.kept, second.redelivered, second.total.equal_lines) == (5, 2, 3, 2)
    assert Counter(row["product_id"] for row in bench.events()) == {"apple": 4, "pear": 1}
    assert len({row["event_id"] for row in bench.events()}) == 5


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(st.lists(st.sampled_from([A, B, C, "x,,,,,"]), min_size=1, max_size=6), min_size=1, max_size=3))
def test_however_files_overlap_each_line_is_there_as_often_as_in_its_fullest_file(
    fresh_bench: Any, files: list[list[str]]
) -> None:
    bench = fresh_bench()
    names = [f"{number}.csv" for number in range(len(files))]
    for name, rows in zip(names, files, strict=True):
        bench.write(name, lines(*rows))
    receipt = bench.ingest(bench.settings(part(*names)))
    fullest = Counter[str]()
    for rows in files:
        fullest |= Counter(row for row in rows if row != "x,,,,,")
    assert len(bench.events()) == sum(fullest.values())
    for file in receipt.files:
        assert file.read == file.kept + file.redelivered + file.quarantined
        assert file.quarantined == sum(file.by_reason.values())
    assert bench.leftovers() == []


def test_ids_of_the_shops_own(bench: Any) -> None:
    columns = {**COLUMNS, "event_id": "id"}
    header = "id," + HEADER
    bench.write("a.csv", header + f"e1,{A}\ne1,{A}\ne2,{B}\n")
    first = bench.ingest(bench.settings(part("a.csv", columns=columns)))
    assert (first.kept, first.redelivered, first.quarantined) == (2, 1, 0)
    bench.write("b.csv", header + f"e2,{B}\ne1,{C}\ne3,{C}\n")
    second = bench.ingest(bench.settings(part("b.csv", columns=columns)))
    assert (second.kept, second.redelivered) == (1, 1)
    assert second.total.by_reason == {"conflicting_event_id": 1}
    (refused,) = bench.quarantine()
    assert (refused["source"], refused["row"], refused["column"]) == ("b.csv", 2, "event_id")
    assert '"when":"2024-05-02 11:00"' in refused["raw"]
    assert [row["event_id"] for row in bench.events()] == ["e1", "e2", "e3"]


def test_refunds_are_positive_and_told_by_the_order_or_the_sign(bench: Any) -> None:
    bench.write("s.csv", lines(A, "2024-05-03,1,C9,apple,-1,-1.50", "2024-05-03,1,o9,apple,-1,-1.50"))
    receipt = bench.ingest(bench.settings(part("s.csv", refund_when=("order_id:C",))))
    assert (receipt.total.refunds, receipt.total.by_reason) == (1, {"negative_quantity": 1})
    refund = bench.events()[-1]
    assert (refund["event"], refund["quantity"], refund["amount"]) == ("refund", 1.0, 150)
    again = bench.ingest(bench.settings(part("s.csv", refund_when=("negative_quantity",))))
    assert (again.total.refunds, again.quarantined) == (2, 0)


def test_a_mapping_put_right_replaces_what_the_wrong_one_gave(bench: Any) -> None:
    bench.write("s.csv", lines(A, B))
    bench.ingest(bench.settings(part("s.csv"), timezone="Asia/Shanghai"))
    receipt = bench.ingest(bench.settings(part("s.csv"), timezone="UTC"))
    assert receipt.kept == 2
    assert {row["time"] for row in bench.events()} == {datetime(2024, 5, 1, 10)}
    bench.ingest(bench.settings(part("s.csv"), timezone="UTC"))
    assert bench.leftovers() == []


def test_unit_prices_are_multiplied_exactly(bench: Any) -> None:
    bench.write("s.csv", lines("2024-05-01,1,o,a,3,0.335", "2024-05-01,1,o,b,0.5,9.99", "2024-05-01,1,o,c,2,2.50"))
    receipt = bench.ingest(bench.settings(part("s.csv", amount_is="unit")))
    assert {row["product_id"]: row["amount"] for row in bench.events()} == {"a": 100, "b": 500, "c": 500}
    assert receipt.total.rounded_amounts == 2


def test_yen_have_no_cents(bench: Any) -> None:
    bench.write("s.csv", lines("2024-05-01,1,o,a,1,1200"))
    bench.ingest(bench.settings(part("s.csv"), currency="JPY"))
    assert bench.events()[0]["amount"] == 1200


def test_dropped_products_keep_their_money_and_stay_apart(bench: Any) -> None:
    bench.write("s.csv", lines("2024-05-01,1,o,POST,1,5.00", "2024-05-01,1,o,DOT,1,5.00", A))
    receipt = bench.ingest(bench.settings(part("s.csv", drop_products=("POST", "DOT"))))
    assert (receipt.kept, receipt.total.equal_lines) == (3, 0)
    assert sorted((row["product_id"] or "", row["amount"]) for row in bench.events()) == [
        ("", 500),
        ("", 500),
        ("apple", 300),
    ]


def test_event_names_are_translated_and_unwanted_ones_set_aside(bench: Any) -> None:
    columns = {"time": "t", "event": "e", "product_id": "p", "customer_id": "c"}
    rows = [
        "1714550000,pv,a,1",
        "1714550001,cart,a,1",
        "1714550002,scroll,,1",
        "1714550003,dance,,1",
        "1714550004,,a,1",
    ]
    bench.write("s.csv", "t,e,p,c\n" + "\n".join(rows) + "\n1714550005,pv,,1\n")
    names = {"pv": "view_item", "cart": "add_to_cart", "scroll": ""}
    receipt = bench.ingest(bench.settings(part("s.csv", columns=columns, names=names)))
    assert receipt.total.events_by_name == {"add_to_cart": 1, "purchase": 1, "view_item": 1}
    assert receipt.total.by_reason == {"ignored_event": 1, "missing_product": 1, "unknown_event": 1}


def test_parquet_and_csv_of_the_same_rows_are_the_same_events(bench: Any) -> None:
    bench.write("s.csv", lines(A, B))
    table = pa.table(
        {
            "when": pa.array([datetime(2024, 5, 1, 10)] * 2),
            "who": [17850.0, 17850.0],
            "order": pa.array(["o1", "o1"]).dictionary_encode(),
            "sku": pa.array(["apple", "pear"], pa.large_string()),
            "qty": pa.array([2, 1], pa.int16()),
            "paid": [3.0, 1.25],
        }
    )
    bench.write("s.parquet", table)
    receipt = bench.ingest(bench.settings(part("s.csv", "s.parquet")))
    assert [(file.kept, file.redelivered) for file in receipt.files] == [(2, 0), (0, 2)]


def test_the_landed_file_is_the_same_bytes_for_any_number_of_threads(bench: Any) -> None:
    rows = [f"2024-05-{1 + n % 28:02} {n % 24:02}:00,{n % 7},o{n % 11},p{n % 5},1,{n % 13}.5" for n in range(3000)]
    bench.write("s.csv", lines(*rows))
    digests = set()
    for threads in (1, 2):
        bench.ingest(bench.settings(part("s.csv"), timezone="UTC"), threads=threads)
        (path,) = bench.ledger.event_files()
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
        bench.ingest(bench.settings(part("s.csv"), timezone="Asia/Tokyo"))
    assert len(digests) == 1


def test_a_future_event_is_refused(bench: Any) -> None:
    bench.write("s.csv", lines("2024-05-02 09:00,1,o,a,1,1", "2024-05-02 12:00,1,o,b,1,1"))
    receipt = bench.ingest(bench.settings(part("s.csv")), now=datetime(2024, 5, 1, 10))
    assert (receipt.kept, receipt.total.by_reason) == (1, {"future_time": 1})


def test_only_one_ingest_at_a_time(bench: Any) -> None:
    bench.write("s.csv", lines(A))
    with Landing(bench.store).alone(), pytest.raises(StateError, match="another ingest"):
        bench.ingest(bench.settings(part("s.csv")))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"columns": {"tmie": "when"}}, "tmie"),
        ({"names": {"pv": "looked"}}, "looked"),
        ({"refund_when": ("negative",)}, "negative"),
        ({"columns": {"time": "when"}, "amount_is": "unit"}, "unit price"),
        ({"kind": "xml"}, "xml"),
    ],
)
def test_a_wrong_mapping_is_named(bench: Any, more: dict[str, Any], message: str) -> None:
    bench.write("s.csv", lines(A))
    with pytest.raises(SettingsError, match=message):
        bench.ingest(bench.settings(part("s.csv", **more)))


def test_nothing_to_read_is_named(bench: Any) -> None:
    with pytest.raises(SettingsError, match="no \\[\\[events\\]\\]"):
        bench.ingest(bench.settings())
    with pytest.raises(InputError, match="nothing is at"):
        bench.ingest(bench.settings(part("gone.csv")))


def test_a_receipt_prints_in_both_languages_and_as_plain_values(bench: Any) -> None:
    bench.write("s.csv", lines(A, A, "x,1,o,a,1,1", "2024-05-01T10:00Z,1,o,a,1,1"))
    receipt = bench.ingest(bench.settings(part("s.csv")))
    assert "4 rows read" in str(receipt)
    assert "读取 4 行" in receipt.text("zh")
    plain = receipt.as_dict()
    assert (plain["read"], plain["kept"], plain["quarantined"], plain["zoned_times"]) == (4, 3, 1, 1)
    assert plain["files"][0]["by_reason"] == {"bad_time": 1}
    assert plain["first_time"] == "2024-05-01T10:00:00Z"
