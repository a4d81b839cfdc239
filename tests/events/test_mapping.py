from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.events.base import OURS
from offersmith.events.mapping import DROPPED, Mapped, map_batch, text
from offersmith.settings import ShopSettings, SourceSettings
from offersmith.vocabulary import EVENTS

WHEN = datetime(2024, 5, 1, 10)


def mapped(row: dict[str, Any], mapping: SourceSettings | None = None, **shop: Any) -> Mapped:
    batch = pa.RecordBatch.from_pylist([{"time": WHEN, **row}])
    return map_batch(batch, mapping or SourceSettings(), ShopSettings(**shop))


def value(found: Mapped, name: str) -> Any:
    return found.columns[name][0].as_py()


def test_every_column_of_events_is_there_with_its_type() -> None:
    found = mapped({"customer_id": "c", "amount": 2.5, "quantity": 1, "rating": "4.5", "dwell_ms": 12})
    assert set(found.columns) == {*EVENTS.names, DROPPED}
    for field in EVENTS:
        assert found.columns[field.name].type == field.type
    assert (value(found, "rating"), value(found, "dwell_ms")) == (4.5, 12)


@pytest.mark.parametrize(
    ("raw", "meant"),
    [
        (17850.0, "17850"), ("17850.0", "17850"), ("17850", "17850"), (17850, "17850"), (" a b ", "a b"), ("", None),
        ("NULL", None), (float("nan"), None), (None, None), ("007", "007"), (1.5, "1.5"), (Decimal(7), "7"),
    ],
)  # fmt: skip
def test_ids_are_text_however_they_arrive(raw: object, meant: str | None) -> None:
    assert value(mapped({"customer_id": raw}), "customer_id") == meant


def test_whole_and_broken_floats_in_one_column() -> None:
    assert text(pa.array([1.0, 2.5, None]), "order_id").to_pylist() == ["1", "2.5", None]


def test_free_text_keeps_words_that_look_like_nothing() -> None:
    found = mapped({"search_term": "null", "product_name": " Tea "})
    assert (value(found, "search_term"), value(found, "product_name")) == ("null", "Tea")


def test_ours_is_utc_and_minor_units_and_made_offsets() -> None:
    found = mapped({"event": "view_item", "amount": 1250}, OURS, timezone="Asia/Shanghai", currency="USD")
    assert (value(found, "time"), value(found, "utc_offset"), value(found, "amount")) == (WHEN, 480, 1250)
    assert value(mapped({"utc_offset": 60}, OURS, timezone="Asia/Shanghai"), "utc_offset") == 60


@pytest.mark.parametrize(
    ("marks", "row", "refund"),
    [
        (("order_id:C",), {"order_id": "C1"}, True),
        (("order_id:C",), {"order_id": "1C"}, False),
        (("negative_quantity",), {"quantity": -2}, True),
        (("negative_amount",), {"amount": "-2.50"}, True),
        (("Financial Status:refunded",), {"Financial Status": "refunded"}, True),
        ((), {"event": "refund", "amount": -2}, True),
        ((), {"order_id": None, "quantity": -2}, False),
    ],
)
def test_what_marks_a_refund(marks: tuple[str, ...], row: dict[str, Any], refund: bool) -> None:
    columns = {"time": "time", **{name: name for name in row if name in EVENTS.names}}
    found = mapped(row, SourceSettings(columns=columns, refund_when=marks))
    assert found.refund[0].as_py() is refund
    assert value(found, "event") == ("refund" if refund else "purchase")
    if refund:
        assert (value(found, "amount") or 0) >= 0
        assert (value(found, "quantity") or 0) >= 0


def test_a_discount_is_positive_however_it_is_written() -> None:
    found = mapped({"amount": 5, "discount": -1.25, "coupon_discount": "0.75"})
    assert (value(found, "discount"), value(found, "coupon_discount")) == (125, 75)


def test_columns_that_cannot_be_mapped_are_named() -> None:
    with pytest.raises(InputError, match=r"list<.*'customer_id'"):
        mapped({"customer_id": ["a"]})
    with pytest.raises(InputError, match=r"lacks the column 'Status' of refund_when"):
        mapped({}, SourceSettings(refund_when=("Status:x",)))
    twice = pa.record_batch([pa.array([WHEN]), pa.array([WHEN])], names=["time", "time"])
    with pytest.raises(InputError, match="time more than once"):
        map_batch(twice, SourceSettings(), ShopSettings())
