from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest

from offersmith.events.mapping import map_batch
from offersmith.events.validate import RULES, judge
from offersmith.settings import ShopSettings, SourceSettings
from offersmith.words import LANGUAGES, say

NOW = datetime(2024, 6, 1)
FINE = {
    "time": "2024-05-01 10:00", "event": "purchase", "product_id": "p", "quantity": "1", "amount": "2",
    "discount": "0", "rating": "5",
}  # fmt: skip

FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"event": "dance"}, "unknown_event", "event"),
    ({"event": "page"}, "ignored_event", "event"),
    ({"time": "soon"}, "bad_time", "time"),
    ({"time": ""}, "missing_time", "time"),
    ({"time": "2023-10-29 01:30"}, "ambiguous_time", "time"),
    ({"time": "2024-06-03"}, "future_time", "time"),
    ({"amount": "two"}, "bad_number", "amount"),
    ({"discount": "x"}, "bad_number", "discount"),
    ({"quantity": "-1"}, "negative_quantity", "quantity"),
    ({"amount": "-1"}, "negative_amount", "amount"),
    ({"event": "view_item", "product_id": ""}, "missing_product", "product_id"),
    ({"amount": ""}, "missing_amount", "amount"),
    ({"event": "dance", "time": "soon", "amount": "two"}, "unknown_event", "event"),
    ({"quantity": "-1", "amount": "-1"}, "negative_quantity", "quantity"),
]


def verdict(*rows: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    batch = pa.RecordBatch.from_pylist([{**FINE, **row} for row in rows])
    mapping = SourceSettings(names={"page": ""}, ambiguous_time="refuse")
    judged = judge(map_batch(batch, mapping, ShopSettings(timezone="Europe/London")), NOW)
    assert [reason is None for reason in judged.reason.to_pylist()] == judged.passed.to_pylist()
    return list(zip(judged.reason.to_pylist(), judged.column.to_pylist(), strict=True))


@pytest.mark.parametrize(("row", "reason", "column"), FAULTS)
def test_the_first_rule_a_row_fails_is_the_reason(row: dict[str, Any], reason: str, column: str) -> None:
    assert verdict(row) == [(reason, column)]


def test_each_row_is_judged_for_itself() -> None:
    rows = [part for row, _, _ in FAULTS for part in (row, {})]
    expected = [part for _, reason, column in FAULTS for part in ((reason, column), (None, None))]
    assert verdict(*rows) == expected


@pytest.mark.parametrize(
    "row",
    [
        {"product_id": ""},
        {"quantity": ""},
        {"amount": "0"},
        {"event": "search", "product_id": "", "amount": ""},
        {"time": "2024-06-01 20:00"},
    ],
)
def test_what_is_allowed(row: dict[str, Any]) -> None:
    assert verdict(row) == [(None, None)]


def test_every_rule_is_reached_and_every_reason_has_words() -> None:
    assert {reason for _, reason, _ in FAULTS} == {rule.code for rule in RULES}
    for code in [*(rule.code for rule in RULES), "malformed_row", "conflicting_event_id"]:
        assert len({say(f"events.reason_{code}", language) for language in LANGUAGES}) == 2
