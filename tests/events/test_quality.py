from __future__ import annotations

import json
from typing import Any

import pytest

from offersmith.events.quality import QualityReport, quality
from offersmith.settings import SourceSettings
from offersmith.store.analytics import Analytics

HEADER = "event_id,event,time,utc_offset,customer_id,order_id,product_id,quantity,amount,discount,coupon_discount\n"


def look(bench: Any, *rows: str) -> QualityReport:
    bench.write("s.csv", HEADER + "".join(f"{row}\n" for row in rows))
    bench.ingest(bench.settings(SourceSettings(kind="ours", files=("s.csv",))))
    with Analytics(threads=1) as analytics:
        analytics.use_events(bench.ledger.event_files())
        return quality(analytics)


def ordinary(count: int) -> list[str]:
    return [
        f"e{n},purchase,2024-05-01 10:00:00,0,{n % 9},o{n},p{n % 5},{1 + n % 3},{200 + n % 17 * 10},0,0"
        for n in range(count)
    ]


def found(report: QualityReport) -> dict[str, int]:
    return {finding.code: finding.rows for finding in report.findings if finding.rows}


def test_an_ordinary_shop_has_no_findings(bench: Any) -> None:
    report = look(bench, *ordinary(200))
    assert report.rows == 200
    assert found(report) == {}
    missing = {column.column: column.missing for column in report.columns}
    assert (missing["customer_id"], missing["search_term"]) == (0, 200)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("x,purchase,2024-05-01 10:00:00,0,1,ox,p1,1,0,0,0", "free_sale"),
        ("x,purchase,2024-05-01 10:00:00,0,1,ox,p1,0,250,0,0", "nothing_sold"),
        ("x,purchase,2024-05-01 10:00:00,0,1,ox,p1,1,250,10,20", "coupon_above_discount"),
        ("x,purchase,1970-01-01 00:00:01,0,1,ox,p1,1,250,0,0", "early_time"),
        ("x,purchase,2024-05-01 10:00:00,0,1,ox,p1,1,99999900,0,0", "outlying_amount"),
        ("x,purchase,2024-05-01 10:00:00,0,1,ox,p1,80000,250,0,0", "outlying_quantity"),
        ("x,purchase,2024-05-01 10:00:00,0,77,o3,p1,1,250,0,0", "order_of_several_customers"),
    ],
)
def test_a_planted_oddity_is_found_alone(bench: Any, row: str, code: str) -> None:
    report = look(bench, *ordinary(200), row)
    assert found(report) == {code: 1}
    (finding,) = [finding for finding in report.findings if finding.rows]
    example = finding.examples[0]
    assert example.get("event_id", "x") == "x"
    assert example.get("order_id") in ("ox", "o3")
    assert finding.text("zh") != finding.text("en")


def test_equal_lines_are_counted(bench: Any) -> None:
    row = ",purchase,2024-05-01 10:00:00,0,1,o1,p1,1,250,0,0"
    assert found(look(bench, *ordinary(20), row, row, row)) == {"equal_lines": 2}


def test_where_most_values_are_the_same_the_others_set_the_scale(bench: Any) -> None:
    rows = [f"e{n},purchase,2024-05-01 10:00:00,0,1,o{n},p,{1 if n % 3 else 2},250,0,0" for n in range(90)]
    assert found(look(bench, *rows, "x,purchase,2024-05-01 10:00:00,0,1,ox,p,5000,250,0,0")) == {"outlying_quantity": 1}


def test_an_empty_shop_and_plain_values() -> None:
    with Analytics(threads=1) as analytics:
        report = quality(analytics)
    assert report.rows == 0
    assert found(report) == {}
    assert json.loads(json.dumps(report.as_dict()))["rows"] == 0
    assert str(report) == "0 events looked at"
