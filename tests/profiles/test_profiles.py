"""The declared features as a whole, profiles built from them, and segments."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from offersmith.errors import InputError
from offersmith.profiles import FEATURES, label
from offersmith.profiles.build import build, moment, profile
from offersmith.profiles.segments import SEGMENTS, meaning, name, segment, sizes
from offersmith.store.analytics import Analytics
from offersmith.vocabulary import EVENT_NAMES, EVENTS
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
FEW = {name: FEATURES[name] for name in ("recency", "tenure", "orders", "spend", "cadence", "return_rate")}


def sale(customer: str, days_ago: float, amount: int = 1000) -> dict[str, Any]:
    when = AS_OF - timedelta(days=days_ago)
    key = f"{customer}-{days_ago}"
    return {
        "event_id": key, "event": "purchase", "time": when, "utc_offset": 0, "customer_id": customer, "order_id": key,
        "amount": amount,
    }  # fmt: skip


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path: Path = tmp_path_factory.mktemp("events") / "events.parquet"
    rows = [sale("champion", days, 9000) for days in range(5, 300, 10)]
    rows += [sale("loyal", days, 500) for days in range(5, 200, 10)]
    rows += [sale("promising", days) for days in (5, 100)]
    rows += [sale("new", 3), sale("one_time", 200), sale("future", -1)]
    rows += [sale("at_risk", days) for days in (45, 55, 65)]
    rows += [sale("lapsed", days) for days in (145, 155, 165)]
    rows += [sale(f"passer-by {i}", 250) for i in range(3)]
    pq.write_table(pa.Table.from_pylist(rows, schema=EVENTS), path)
    register = pa.table({"customer_id": ["no_purchase", "champion", "no_purchase", "Another"]})
    with Analytics(threads=1) as analytics:
        analytics.use_events([path])
        return build(analytics, AS_OF, register, FEW)


def test_every_feature_says_what_it_is() -> None:
    assert len(FEATURES) >= 33
    for key, feature in FEATURES.items():
        assert feature.name == key
        assert feature.says.endswith("."), key
        assert feature.unit or feature.kind == "gap_cv", key
        assert set(feature.events) | set(feature.over) <= set(EVENT_NAMES), key


def test_windows_and_medians_are_never_live() -> None:
    batch_only = {f.name for f in FEATURES.values() if f.window_days or f.kind in ("median", "distinct", "entropy")}
    assert not {name for name in batch_only if FEATURES[name].live}


def test_a_profile_table_has_a_row_for_everybody_and_knows_its_moment(profiles: pa.Table) -> None:
    customers = profiles["customer_id"].to_pylist()
    assert customers == sorted(customers)
    assert set(customers) == {*SEGMENTS, "Another", *(f"passer-by {i}" for i in range(3))}
    assert len(set(customers)) == len(customers)
    assert moment(profiles) == AS_OF
    assert profiles.schema.field("spend").metadata == {b"unit": b"minor"}
    assert not profiles.schema.field("customer_id").nullable


def test_strangers_of_the_register_count_zero_and_know_nothing(profiles: pa.Table) -> None:
    stranger = profile(profiles, "Another")
    assert stranger is not None
    assert stranger.features == {
        "recency": None, "tenure": None, "orders": 0, "spend": 0, "cadence": None, "return_rate": None,
    }  # fmt: skip


def test_one_profile_is_looked_up(profiles: pa.Table) -> None:
    found = profile(profiles, "at_risk")
    assert found is not None
    assert found.as_of == AS_OF
    assert found.features == {
        "recency": 45.0, "tenure": 65.0, "orders": 3, "spend": 3000, "cadence": 10.0, "return_rate": 0.0,
    }  # fmt: skip
    assert profile(profiles, "future") is None
    assert profile(profiles, "nobody") is None


def test_a_table_without_a_moment_is_refused(profiles: pa.Table) -> None:
    with pytest.raises(InputError, match="as_of"):
        moment(profiles.replace_schema_metadata(None))


def test_everybody_is_in_the_segment_of_their_name(profiles: pa.Table) -> None:
    found = {row["customer_id"]: row["segment"] for row in segment(profiles).to_pylist()}
    assert {found.pop(f"passer-by {i}") for i in range(3)} == {"one_time"}
    assert found.pop("Another") == "no_purchase"
    assert found == {code: code for code in SEGMENTS}


def test_sizes_add_up_and_keep_the_order_of_segments(profiles: pa.Table) -> None:
    table = sizes(profiles, segment(profiles))
    assert table["segment"].to_pylist() == list(SEGMENTS)
    assert sum(table["customers"].to_pylist()) == profiles.num_rows
    assert sum(table["spend"].to_pylist()) == sum(profiles["spend"].to_pylist())


def test_an_empty_shop_has_empty_segments() -> None:
    with Analytics(threads=1) as analytics:
        empty = build(analytics, AS_OF, features=FEW)
        assert segment(empty).num_rows == 0
        assert sizes(empty, segment(empty))["customers"].to_pylist() == [0] * len(SEGMENTS)
        listed = build(analytics, AS_OF, pa.table({"customer_id": ["b", "a"]}), FEW)
        assert segment(listed).to_pylist() == [
            {"customer_id": "a", "segment": "no_purchase"}, {"customer_id": "b", "segment": "no_purchase"},
        ]  # fmt: skip


def test_segments_say_what_they_need(profiles: pa.Table) -> None:
    with pytest.raises(InputError, match="cadence"):
        segment(profiles.drop_columns(["cadence"]))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_segment_has_a_name_and_a_meaning(language: Any) -> None:
    assert len({name(code, language) for code in SEGMENTS}) == len(SEGMENTS)
    assert all(meaning(code, language) for code in SEGMENTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feature_has_a_label_of_its_own(language: Any) -> None:
    assert len({label(feature, language) for feature in FEATURES}) == len(FEATURES)
