"""Preferences: planted ones are found, two evenings are none, and what is not recorded is said to be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.preferred import FEWEST_DAYS, preferred, value_name
from offersmith.store.rhythm import BANDS
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)


def simulated(strength: float, seed: int = 1, customers: int = 400, days: int = 12) -> tuple[pa.Table, np.ndarray]:
    """Return purchases by channel, and each customer's true shares of three channels."""
    rng = np.random.default_rng(seed)
    truth = rng.dirichlet(strength * np.array([0.5, 0.3, 0.2]), customers)
    names, times, channels = [], [], []
    for i in range(customers):
        for day in rng.choice(300, days, replace=False):
            names.append(f"c{i:04d}")
            times.append(AS_OF - timedelta(days=int(day) + 1, hours=3))
            channels.append(["web", "app", "store"][rng.choice(3, p=truth[i])])
    return pa.table({"customer_id": names, "time": times, "channel": channels}), truth


@pytest.mark.parametrize("strength", [1.0, 5.0])
def test_the_strength_and_the_shops_shares_come_back(bind_table: Any, strength: float) -> None:
    found = preferred(bind_table(simulated(strength)[0]), AS_OF, "channel")
    assert found.strength == pytest.approx(strength, rel=0.25)
    assert found.shop == pytest.approx({"web": 0.5, "app": 0.3, "store": 0.2}, abs=0.05)


def test_stated_preferences_are_right_as_often_as_they_are_sure(bind_table: Any) -> None:
    table, truth = simulated(3.0, seed=2)
    found = preferred(bind_table(table), AS_OF, "channel")
    right = [
        ["web", "app", "store"][int(truth[int(row["customer_id"][1:])].argmax())] == row["preferred"]
        for row in found.table.to_pylist()
        if row["preferred"]
    ]
    assert len(right) == found.stated
    assert len(right) > 150
    assert np.mean(right) > 0.85


def test_shares_are_closer_to_the_truth_than_plain_counts(bind_table: Any) -> None:
    table, truth = simulated(3.0, seed=3, days=6)
    rows = preferred(bind_table(table), AS_OF, "channel").table.to_pylist()
    counts = {name: table.filter(pa.compute.equal(table["customer_id"], name))["channel"].to_pylist()
              for name in {row["customer_id"] for row in rows[:150]}}  # fmt: skip
    shrunk, plain = [], []
    for row in rows[:150]:
        mine = counts[row["customer_id"]]
        top = row["preferred"] or max(("web", "app", "store"), key=mine.count)
        true = truth[int(row["customer_id"][1:]), ["web", "app", "store"].index(top)]
        shrunk.append(abs(row["share"] - true))
        plain.append(abs(mine.count(top) / len(mine) - true))
    assert np.mean(shrunk) < np.mean(plain)


def test_customers_who_are_all_alike_have_no_preference_of_their_own(bind_table: Any) -> None:
    rng = np.random.default_rng(4)
    size = 4000
    table = pa.table({
        "customer_id": [f"c{i % 400}" for i in range(size)],
        "time": [AS_OF - timedelta(days=float(day)) for day in rng.uniform(1, 300, size)],
        "device": rng.choice(["phone", "desk"], size),
    })  # fmt: skip
    found = preferred(bind_table(table), AS_OF, "device")
    assert found.strength > 50
    assert found.stated < 0.02 * found.customers


def hours(who: str, hour: int, days: int, **more: Any) -> list[dict[str, Any]]:
    return [{"event": "purchase", "customer_id": who, "time": AS_OF - timedelta(days=i + 1) + timedelta(hours=hour),
             **more} for i in range(days)]  # fmt: skip


def others() -> list[dict[str, Any]]:
    rng = np.random.default_rng(5)
    return [row for i in range(60) for row in hours(f"o{i}", int(rng.integers(7, 23)), 8)]


def test_the_wall_clock_counts_and_not_that_of_utc(bind: Any) -> None:
    rows = [*others(), *hours("here", 20, 30), *hours("there", 20, 30, utc_offset=-600)]
    found = preferred(bind(rows), AS_OF, "hour")
    here, there = found.of_customer("here"), found.of_customer("there")
    assert here is not None
    assert there is not None
    assert (here["preferred"], there["preferred"]) == ("evening", "morning")


def test_many_lines_of_one_day_are_one_day(bind: Any) -> None:
    rows = [*others(), *(hours("bulk", 20, 1) * 50)]
    row = preferred(bind(rows), AS_OF, "hour").of_customer("bulk")
    assert row is not None
    assert (row["preferred"], row["days"]) == (None, 1)


def test_too_few_days_state_nothing(bind: Any) -> None:
    rows = [*others(), *hours("few", 3, FEWEST_DAYS - 1), *hours("enough", 3, 12)]
    found = preferred(bind(rows), AS_OF, "hour")
    few, enough = found.of_customer("few"), found.of_customer("enough")
    assert few is not None
    assert enough is not None
    assert (few["preferred"], enough["preferred"]) == (None, "night")
    assert found.of_customer("nobody") is None


def test_what_the_shop_does_is_no_preference_of_who_does_otherwise(bind: Any) -> None:
    rows = [row for i in range(60) for row in hours(f"o{i}", 20, 8)]
    rows += hours("two ways", 20, 3) + [
        {**row, "time": row["time"] - timedelta(days=9)} for row in hours("two ways", 8, 4)
    ]
    row = preferred(bind(rows), AS_OF, "hour").of_customer("two ways")
    assert row is not None
    assert row["preferred"] is None


def test_weekdays_begin_on_monday(bind: Any) -> None:
    rng = np.random.default_rng(6)
    rows = [{"event": "view_item", "customer_id": f"c{i % 50}", "time": AS_OF - timedelta(days=float(day))}
            for i, day in enumerate(rng.uniform(1, 300, 600))]  # fmt: skip
    rows += [{"event": "view_item", "customer_id": "sunday", "time": datetime(2024, 5, 26) - timedelta(weeks=i)}
             for i in range(15)]  # fmt: skip
    row = preferred(bind(rows), AS_OF, "weekday").of_customer("sunday")
    assert row is not None
    assert row["preferred"] == "6"


@pytest.mark.parametrize(
    ("what", "rows", "reason"),
    [
        ("channel", hours("c", 9, 9), "not_recorded"),
        ("channel", hours("c", 9, 9, channel="web"), "one_value"),
        ("hour", hours("c", 0, 40), "dates_only"),
        ("weekday", [], "not_recorded"),
        ("weekday", [{"event": "refund", "customer_id": "c", "time": datetime(2024, 5, 1)}], "not_recorded"),
        ("weekday", [{"event": "purchase", "customer_id": "c", "time": datetime(2199, 5, 1)}], "not_recorded"),
    ],
)
def test_without_evidence_there_is_a_reason(bind: Any, what: Any, rows: list[dict[str, Any]], reason: str) -> None:
    found = preferred(bind(rows), AS_OF, what)
    assert (found.reason, found.stated, found.table.num_rows) == (reason, 0, 0)
    assert found.text()
    assert found.text("zh")


def test_rare_channels_are_gathered(bind: Any) -> None:
    rows = [row for i in range(20) for row in hours(f"c{i}", 9, 20 - i, channel=f"ch{i:02d}")]
    found = preferred(bind(rows), AS_OF, "channel")
    assert len(found.shop) == 13
    assert sum(found.shop.values()) == pytest.approx(1)
    assert "other" in found.shop


def test_wrong_questions_are_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="shoe"):
        preferred(bind([]), AS_OF, "shoe")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="days"):
        preferred(bind([]), AS_OF, "hour", days=0)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_has_a_name(bind: Any, language: Any) -> None:
    assert len({value_name("hour", name, language) for name, _ in BANDS}) == len(BANDS)
    assert len({value_name("weekday", str(i), language) for i in range(7)}) == 7
    found = preferred(bind(others()), AS_OF, "hour")
    assert str(found.stated) in found.text(language)
    assert found.as_dict()["counts"]
