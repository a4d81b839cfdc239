"""Decisions come back with the chances they were made with, of the campaigns that were sent and of no others."""

import hashlib
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import StorageError
from offersmith.store.analytics import Analytics
from offersmith.store.campaigns import Campaigns
from offersmith.store.decided import CHANCES, DECIDED, decided
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.store.read_back import bind
from offersmith.vocabulary import EVENTS

_at = datetime.fromisoformat
LATE = _at("2025-01-01")
DAY = _at("2024-03-01")


def _plan(folder, version, chances=True):
    table = pa.table({
        "customer_id": ["ann", "bob"], "offer_id": ["ten", "none"], "probability": [0.6, 0.5],
        "chances": pa.array([[("none", 0.4), ("ten", 0.6)], [("none", 0.5), ("ten", 0.5)]], CHANCES),
    })  # fmt: skip
    file = folder / f"{version}.parquet"
    pq.write_table(table if chances else table.drop_columns(["chances"]), file)
    return PlanRow(version, file.name, hashlib.sha256(file.read_bytes()).hexdigest(), DAY, DAY, {})


@pytest.fixture
def parts(tmp_path):
    def opened(*campaigns):
        rows = [
            {"event_id": name, "event": "view_promotion", "time": DAY, "utc_offset": 0, "customer_id": "ann",
             "offer_id": "ten", "campaign_id": name} for name in campaigns
        ]  # fmt: skip
        file = tmp_path / "events.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), file)
        analytics = Analytics(threads=1)
        analytics.use_events([file])
        return analytics

    with Ledger.open(tmp_path / "ledger.sqlite") as ledger:
        yield tmp_path, ledger, opened


@pytest.mark.parametrize("name", ["v1", "plan-v1", "march"])
def test_a_campaign_has_the_decisions_of_its_plan(parts, name):
    folder, ledger, opened = parts
    for version in ("v1", "v2"):
        ledger.record_plan(_plan(folder, version))
    Campaigns(ledger).create("march", {}, name="March", state="draft", author="ann", at=DAY, plan_version="v1")
    with opened(name, "by hand") as analytics:
        digest = bind(analytics, ledger)
        rows = decided(analytics, LATE)
        assert rows.schema.equals(DECIDED)
        assert rows.select(["campaign_id", "customer_id", "offer_id", "probability"]).to_pylist() == [
            {"campaign_id": name, "customer_id": "ann", "offer_id": "ten", "probability": 0.6},
            {"campaign_id": name, "customer_id": "bob", "offer_id": "none", "probability": 0.5},
        ]
        assert dict(rows["chances"][0].as_py()) == {"none": 0.4, "ten": 0.6}
        assert bind(analytics, ledger) == digest


def test_a_plan_that_was_altered_has_no_chances_to_believe(parts):
    folder, ledger, opened = parts
    ledger.record_plan(_plan(folder, "v1"))
    with opened("v1") as analytics:
        whole = bind(analytics, ledger)
        (folder / "v1.parquet").write_bytes(b"something else")
        assert bind(analytics, ledger) != whole
        assert decided(analytics, LATE).num_rows == 0


def test_a_plan_of_before_has_the_chance_of_what_was_chosen(parts):
    folder, ledger, opened = parts
    ledger.record_plan(_plan(folder, "v1", chances=False))
    with opened("v1") as analytics:
        bind(analytics, ledger)
        rows = decided(analytics, LATE)
    assert rows["probability"].to_pylist() == [0.6, 0.5]
    assert rows["chances"].null_count == 2


def test_what_the_shop_told_goes_before_what_a_plan_of_ours_says(parts):
    folder, ledger, opened = parts
    for version in ("v1", "v2"):
        ledger.record_plan(_plan(folder, version))
    told, row = folder / "decided.parquet", {"campaign_id": "v1", "customer_id": "cat", "offer_id": "ten"}
    rows = [{**row, "probability": 0.9, "time": None, "chances": None}]
    pq.write_table(pa.Table.from_pylist(rows, schema=DECIDED), told)
    with opened("v1", "v2") as analytics:
        plans = bind(analytics, ledger, folder / "nothing.parquet")
        assert plans == bind(analytics, ledger)
        assert bind(analytics, ledger, told) != plans
        found = decided(analytics, LATE).select(["campaign_id", "customer_id"]).to_pylist()
        assert [tuple(one.values()) for one in found] == [("v1", "cat"), ("v2", "ann"), ("v2", "bob")]
        told.write_bytes(b"PAR1 cut short")
        with pytest.raises(StorageError, match=r"decided\.parquet cannot be read"):
            bind(analytics, ledger, told)


def test_only_decisions_before_the_moment_are_told():
    rows = [
        {"campaign_id": "c", "customer_id": name, "offer_id": "ten", "probability": 0.5, "time": time, "chances": None}
        for name, time in (("ann", DAY), ("bob", LATE), ("cat", None))
    ]
    with Analytics(threads=1) as analytics:
        assert decided(analytics, LATE).num_rows == 0
        analytics.use_table("decided", pa.Table.from_pylist(rows, schema=DECIDED))
        assert set(decided(analytics, LATE)["customer_id"].to_pylist()) == {"ann", "cat"}
