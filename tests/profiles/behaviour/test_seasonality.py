"""Seasons: planted ones come back from a shop that grows, and chance is not called one."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.seasonality import bin_name, seasonality
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 3, 12)
WEEK = np.array([0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 0.9])
WEEK = WEEK / WEEK.mean()


def shop(
    days: int, a_day: float, growth: float = 1.0, week: np.ndarray = WEEK, seed: int = 1, year: float = 0.0,
    hours: tuple[int, ...] = tuple(range(24)), events: dict[date, float] | None = None, offset: int = 0,
) -> pa.Table:  # fmt: skip
    """Return orders of the days before `AS_OF`; the rate grows by `growth` times from begin to end."""
    rng = np.random.default_rng(seed)
    times = []
    for i in range(days, 0, -1):
        day = datetime(AS_OF.year, AS_OF.month, AS_OF.day) - timedelta(days=i)
        rate = a_day * growth ** (1 - i / days) * week[day.weekday()]
        rate *= 1 + year * np.cos((day.month - 12) * np.pi / 6)
        rate *= (events or {}).get(day.date(), 1.0)
        times += [
            day + timedelta(hours=int(hour), minutes=float(rng.uniform(1, 59)) - offset)
            for hour in rng.choice(hours, rng.poisson(rate))
        ]
    return pa.table({
        "time": pa.array(times, pa.timestamp("us")), "utc_offset": pa.array([offset] * len(times), pa.int16()),
        "customer_id": [f"c{i % 97}" for i in range(len(times))],
    })  # fmt: skip


def indices(found: Any, of: Any) -> np.ndarray:
    return np.array([one.index for one in found.season(of).bins])


@pytest.mark.parametrize("growth", [1.0, 8.0])
def test_weekdays_come_back_whether_the_shop_grows_or_not(bind_table: Any, growth: float) -> None:
    found = seasonality(bind_table(shop(280, 20, growth)), AS_OF)
    assert indices(found, "weekday") == pytest.approx(WEEK, rel=0.08)
    season = found.season("weekday")
    assert season.clear
    assert season.strength is not None
    assert season.strength > 0.3
    assert all(one.low <= one.index <= one.high for one in season.bins)


def test_growth_alone_is_no_season(bind_table: Any) -> None:
    found = seasonality(bind_table(shop(1150, 2, 30.0, np.ones(7))), AS_OF)
    assert not found.season("weekday").clear
    assert not found.season("month").clear
    assert indices(found, "month") == pytest.approx(np.ones(12), abs=0.12)
    assert "chance" in found.season("weekday").text()


def test_intervals_hold_the_truth(bind_table: Any) -> None:
    held = []
    for seed in range(12):
        found = seasonality(bind_table(shop(120, 12, 3.0, seed=seed)), AS_OF)
        bins = found.season("weekday").bins
        held += [one.low <= true <= one.high for one, true in zip(bins, WEEK, strict=True)]
    assert np.mean(held) > 0.85


def test_months_come_back_from_growing_years(bind_table: Any) -> None:
    found = seasonality(bind_table(shop(1500, 5, 3.0, year=0.4)), AS_OF)
    truth = 1 + 0.4 * np.cos((np.arange(1, 13) - 12) * np.pi / 6)
    assert indices(found, "month") == pytest.approx(truth, abs=0.12)
    assert found.season("month").clear
    assert "December" in found.season("month").text()


def test_hours_are_those_of_the_wall_clock(bind_table: Any) -> None:
    open_hours = tuple(range(9, 18))
    found = seasonality(bind_table(shop(60, 20, hours=open_hours, offset=-300)), AS_OF)
    index = indices(found, "hour")
    assert index[9:18] == pytest.approx(np.full(9, 24 / 9), rel=0.15)
    assert index[:9].sum() + index[18:].sum() == 0
    assert found.season("hour").clear


def test_days_of_a_changed_clock_are_left_out_of_the_hours(bind_table: Any) -> None:
    table = shop(60, 20, hours=(12,))
    offsets = np.array(table["utc_offset"].to_pylist())
    times = table["time"].to_pylist()
    changed = [i for i, time in enumerate(times) if time.date() == date(2024, 5, 1)]
    offsets[changed[1:]] = 60
    found = seasonality(bind_table(table.set_column(1, "utc_offset", pa.array(offsets, pa.int16()))), AS_OF)
    assert indices(found, "hour")[12] == 24


def test_a_sale_does_not_bend_the_weekdays(bind_table: Any) -> None:
    sales = {date(2024, 3, 8): 25.0, date(2024, 4, 12): 25.0}
    found = seasonality(bind_table(shop(150, 20, events=sales)), AS_OF)
    assert indices(found, "weekday") == pytest.approx(WEEK, rel=0.12)


def test_a_shop_that_is_closed_on_sundays_has_an_index_of_nothing_there(bind_table: Any) -> None:
    week = np.array([1.0, 1, 1, 1, 1, 2, 0])
    found = seasonality(bind_table(shop(1200, 12, 2.0, week)), AS_OF)
    assert indices(found, "weekday") == pytest.approx(week, abs=0.1)
    assert indices(found, "month") == pytest.approx(np.ones(12), abs=0.15)


def test_a_holiday_is_told_against_what_was_to_be_expected(bind_table: Any) -> None:
    eve = [date(2022, 12, 24), date(2023, 12, 24)]
    table = shop(600, 15, 2.0, events=dict.fromkeys(eve, 4.0))
    found = seasonality(bind_table(table), AS_OF, holidays={"Christmas Eve": eve, "once": [date(2024, 1, 1)]})
    bins = found.season("holiday").bins
    assert [one.name for one in bins] == ["Christmas Eve"]
    assert bins[0].index == pytest.approx(4.0, rel=0.25)
    assert bins[0].low > 1
    assert bins[0].seen == 2


def test_lines_of_an_order_are_one_order(bind: Any) -> None:
    rows = [{"event": "purchase", "customer_id": "c", "order_id": f"o{i // 3}",
             "time": AS_OF - timedelta(days=i // 3, hours=2)} for i in range(30)]  # fmt: skip
    found = seasonality(bind(rows), AS_OF)
    # The first and the last day are not whole.
    assert (found.number, found.days) == (8, 8)


@pytest.mark.parametrize(
    ("days", "a_day", "hour", "weekday"),
    [(0, 0, "too_short", "too_short"), (20, 30, "too_short", "too_short"), (100, 1, "too_few", "too_few"),
     (40, 30, "", "too_short")],
)  # fmt: skip
def test_too_little_history_says_so(bind_table: Any, days: int, a_day: float, hour: str, weekday: str) -> None:
    found = seasonality(bind_table(shop(days, a_day)), AS_OF)
    assert (found.season("hour").reason, found.season("weekday").reason) == (hour, weekday)
    assert found.season("month").reason


def test_dates_without_hours_have_no_hours(bind: Any) -> None:
    rows = [{"event": "purchase", "customer_id": "c", "time": datetime(2024, 1, 1) + timedelta(days=i // 5)}
            for i in range(600)]  # fmt: skip
    found = seasonality(bind(rows), AS_OF)
    assert found.season("hour").reason == "dates_only"
    assert found.season("weekday").reason == ""
    assert indices(found, "weekday") == pytest.approx(np.ones(7))


def test_nothing_after_the_moment_is_read(bind_table: Any) -> None:
    early = AS_OF - timedelta(days=30)
    table = shop(120, 10)
    cut = table.filter(pa.compute.less(table["time"], pa.scalar(early, pa.timestamp("us"))))
    assert seasonality(bind_table(table), early) == seasonality(bind_table(cut), early)


def test_a_moment_with_a_zone_is_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="UTC"):
        seasonality(bind([]), datetime.fromisoformat("2024-06-01T00:00:00+00:00"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_seasons_read_as_lines(bind_table: Any, language: Any) -> None:
    found = seasonality(bind_table(shop(100, 20)), AS_OF)
    assert len(found.text(language).splitlines()) == 4
    assert len({bin_name("month", str(i), language) for i in range(1, 13)}) == 12
    assert bin_name("hour", "23", language)
    assert found.as_dict()["seasons"][1]["bins"][5]["index"] > 1
