from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.events.clock import FORMATS, Clock, how_written, offsets, read

LONDON = "Europe/London"


def one(value: object, **clock: str) -> tuple[datetime | None, int | None, bool, bool, bool]:
    times = read(pa.array([value]), Clock(**clock))
    parts = (times.time, times.utc_offset, times.bad, times.ambiguous, times.zoned)
    return tuple(part[0].as_py() for part in parts)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "moment", "offset"),
    [
        ("2011-12-01 08:26:00", datetime(2011, 12, 1, 8, 26), 0),
        ("2011-07-01 08:26:00", datetime(2011, 7, 1, 7, 26), 60),
        ("2011-07-01T08:26", datetime(2011, 7, 1, 7, 26), 60),
        ("2011/7/1 8:26", datetime(2011, 7, 1, 7, 26), 60),
        ("2011-07-01", datetime(2011, 6, 30, 23), 60),
        ("20110701", datetime(2011, 6, 30, 23), 60),
        ("2011-07-01T08:26:00.25Z", datetime(2011, 7, 1, 8, 26, 0, 250_000), 60),
        ("2011-07-01 08:26:00 +0800", datetime(2011, 7, 1, 0, 26), 60),
        ("2011-07-01T08:26:00.123456789-05:30", datetime(2011, 7, 1, 13, 56, 0, 123_456), 60),
        ("1309510000", datetime(2011, 7, 1, 8, 46, 40), 60),
        ("1309510000123", datetime(2011, 7, 1, 8, 46, 40, 123_000), 60),
        ("1309510000123456", datetime(2011, 7, 1, 8, 46, 40, 123_456), 60),
        ("20110701082600", datetime(2011, 7, 1, 7, 26), 60),
        ("2011.7.1 8:26", datetime(2011, 7, 1, 7, 26), 60),
        ("03.07.2011 09:15", datetime(2011, 7, 3, 8, 15), 60),
        ("3.7.2011, 09:15:01,5 Uhr", datetime(2011, 7, 3, 8, 15, 1, 500_000), 60),
        ("03.07.2011", datetime(2011, 7, 2, 23), 60),
        ("2011年7月2日 14:00", datetime(2011, 7, 2, 13), 60),
        ("2011年07月02日", datetime(2011, 7, 1, 23), 60),
        ("2011年7月2日14时05分30秒", datetime(2011, 7, 2, 13, 5, 30), 60),
        ("2011年7月2日 星期六 下午2:05", datetime(2011, 7, 2, 13, 5), 60),
        ("2011年7月2日上午12点", datetime(2011, 7, 1, 23), 60),
    ],
)
def test_a_text_is_the_moment_it_means(text: str, moment: datetime, offset: int) -> None:
    assert one(text, timezone=LONDON)[:3] == (moment, offset, False)


def test_a_column_of_many_ways_reads_as_each_way_alone() -> None:
    ways = ["2011-12-01 08:26", "2011-07-01T08:26:00Z", "1309510000", "20110701", "2011/7/1", None, "soon"]
    together = read(pa.array(ways), Clock(LONDON))
    assert together.time.to_pylist() == [one(way, timezone=LONDON)[0] if way else None for way in ways]
    assert together.bad.to_pylist() == [False] * 6 + [True]
    assert together.zoned.to_pylist() == [False, True, True, False, False, False, False]


@pytest.mark.parametrize(
    "text",
    [
        "2011-02-30",
        "2011-13-01",
        "2011-12-01 25:00",
        "2011-12-01 08:61",
        "soon",
        "17",
        "30.02.2011",
        "12.31.2011",
        "03/07/2011",
        "2011年13月1日",
        "2011年2月30日 10:00",
        "1.2.03",
    ],
)
def test_what_is_no_time_is_bad(text: str) -> None:
    assert one(text)[::2] == (None, True, False)


@pytest.mark.parametrize("value", [True, b"2024-05-01", [1], {"a": 1}])
def test_a_column_that_can_hold_no_times_is_bad_and_no_crash(value: object) -> None:
    assert one(value)[::2] == (None, True, False)


def test_the_hour_that_happens_twice() -> None:
    twice = "2011-10-30 01:30"
    assert one(twice, timezone=LONDON)[:2] == (datetime(2011, 10, 30, 0, 30), 60)
    assert one(twice, timezone=LONDON, ambiguous="later")[:2] == (datetime(2011, 10, 30, 1, 30), 0)
    assert one(twice, timezone=LONDON, ambiguous="refuse")[3] is True
    assert one("2011-10-30 03:30", timezone=LONDON, ambiguous="refuse")[3] is False


def test_the_hour_that_never_happens_is_read_as_if_the_clock_had_not_been_moved() -> None:
    assert one("2011-03-27 01:30", timezone=LONDON)[:2] == (datetime(2011, 3, 27, 1, 30), 60)


@pytest.mark.parametrize(
    ("text", "format_", "moment"),
    [
        ("12/1/2010 8:26", "%m/%d/%Y %H:%M", datetime(2010, 12, 1, 8, 26)),
        ("01.12.2010 08:26:01.25", "%d.%m.%Y %H:%M:%S.%f", datetime(2010, 12, 1, 8, 26, 1, 250_000)),
        ("2023-01-01 00:00:00 +0800", "%Y-%m-%d %H:%M:%S %z", datetime(2022, 12, 31, 16)),
        ("2/30/2011 1:00", "%m/%d/%Y %H:%M", None),
        ("2010年12月01日", "%Y年%m月%d日", datetime(2010, 12, 1)),
    ],
)
def test_a_format_of_the_shops_own(text: str, format_: str, moment: datetime | None) -> None:
    assert one(text, format=format_)[0] == moment


def test_a_stated_format_adds_to_what_can_be_read_and_takes_nothing_away() -> None:
    """A file with some rows from a spreadsheet and some from the till."""
    ways = ["01/12/2010 8:26", "2010-12-02 08:26", "2010-12-03T08:26:00Z", "1309510000", "20110701", "03.12.2010 7:00"]
    times = read(pa.array([*ways, "tomorrow"]), Clock(format="%d/%m/%Y %H:%M"))
    assert times.bad.to_pylist() == [False] * 6 + [True]
    assert times.time.to_pylist()[0] == datetime(2010, 12, 1, 8, 26)
    assert times.time.to_pylist()[1:6] == [one(way)[0] for way in ways[1:]]


def test_several_formats_are_tried_in_their_order() -> None:
    both = "%d/%m/%Y %H:%M | %b %d, %Y | %m/%d/%Y %H:%M"
    times = read(pa.array(["01/12/2010 8:26", "Dec 3, 2010", "12/25/2010 8:26", "2010-12-04"]), Clock(format=both))
    assert times.time.to_pylist() == [
        datetime(2010, 12, 1, 8, 26),
        datetime(2010, 12, 3),
        datetime(2010, 12, 25, 8, 26),
        datetime(2010, 12, 4),
    ]


@pytest.mark.parametrize(
    ("text", "format_", "moment"),
    [
        ("04.03.2024", "%m.%d.%Y", datetime(2024, 4, 3)),  # dots are day first only where nothing is stated
        ("2024-04-03", "%Y-%d-%m", datetime(2024, 3, 4)),
        ("202403041015", "%Y%m%d%H%M", datetime(2024, 3, 4, 10, 15)),  # by its size an epoch of 1976
        ("1309510000", "%Y%m%d%H%M", datetime(2011, 7, 1, 8, 46, 40)),  # too short to be that date
    ],
)
def test_what_a_shop_states_goes_before_what_is_guessed(text: str, format_: str, moment: datetime) -> None:
    assert one(text, format=format_)[0] == moment


def test_typed_columns() -> None:
    moment = datetime(2011, 7, 1, 8, 26)
    assert one(moment, timezone=LONDON)[0] == datetime(2011, 7, 1, 7, 26)
    assert one(moment.replace(tzinfo=UTC), timezone=LONDON)[0] == moment
    assert one(moment.date(), timezone=LONDON)[0] == datetime(2011, 6, 30, 23)
    assert one(1309510000, timezone=LONDON)[0] == datetime(2011, 7, 1, 8, 46, 40)


@settings(max_examples=60, deadline=None)
@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(["Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Asia/Shanghai"]),
)
def test_wall_clocks_agree_with_zoneinfo(wall: datetime, zone: str) -> None:
    wall = wall.replace(microsecond=0, fold=0)  # a text does not say which of two equal hours it means
    expected = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)
    for text in (wall.isoformat(sep=" "), wall.strftime("%Y/%m/%d %H:%M:%S")):
        time, offset, bad, *_ = one(text, timezone=zone)
        assert (time, bad) == (expected, False)
        local = expected.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
        assert local == timedelta(minutes=offset or 0)


def test_offsets_of_nothing_are_nothing() -> None:
    assert offsets(pa.array([None], pa.timestamp("us")), LONDON).to_pylist() == [None]


@pytest.mark.parametrize("text", ["", "  ", "NaT", "NULL"])
def test_a_missing_time_is_missing_and_not_bad(text: str) -> None:
    assert one(text)[::2] == (None, False, False)
    assert one(" 2024-05-01 10:00 ")[0] == datetime(2024, 5, 1, 10)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_sample_tells_the_format_it_is_written_in(format_: str) -> None:
    days = [datetime(2023, 5, 1, 10, 30) + timedelta(days=day) for day in range(60)]
    sample = pa.array([day.strftime(format_) for day in days] + [None, "soon"])
    written = how_written(sample)
    assert (written.known, written.unread, written.example) == (61, 1, "soon")
    read_as = read(sample, Clock(format=written.format)).time.to_pylist()
    assert [time.date() for time in read_as[:60]] == [day.date() for day in days]


def test_a_sample_of_what_needs_no_format_has_none() -> None:
    sample = pa.array(["2024-03-02", "02.03.2024 10:00", "2024年3月2日", "20240302", "1709388000"])
    assert (how_written(sample).format, how_written(sample).unread) == ("", 0)
    assert how_written(pa.array([None, ""])).known == 0
    assert how_written(pa.array([True])).unread == 1


def test_month_and_day_that_cannot_be_told_apart_are_doubtful() -> None:
    assert how_written(pa.array(["03/04/2024"])).doubtful
    assert not how_written(pa.array(["03/04/2024", "25/04/2024"])).doubtful
