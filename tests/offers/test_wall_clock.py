"""Wall clocks become instants, on the days they change too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import SettingsError
from offersmith.offers.wall_clock import PERIODS, days_on, instant, local, period, zone_named

# Days on which the clock changes, and what is odd about each.
CHANGES = (
    ("Europe/Berlin", date(2026, 3, 29)),  # 02:00 -> 03:00
    ("Europe/Berlin", date(2026, 10, 25)),  # 03:00 -> 02:00
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Africa/Cairo", date(2026, 4, 24)),  # midnight itself is skipped
    ("America/Sao_Paulo", date(2018, 11, 4)),  # midnight is skipped
    ("America/Sao_Paulo", date(2018, 2, 17)),  # the last hour of the day comes twice
    ("Atlantic/Azores", date(2026, 10, 25)),  # 01:00 -> 00:00: midnight comes twice
    ("America/Havana", date(2026, 11, 1)),
    ("America/St_Johns", date(2010, 11, 7)),  # 00:01 -> 23:01: the old day comes back
    ("Australia/Lord_Howe", date(2026, 10, 4)),  # half an hour
    ("Asia/Shanghai", date(2026, 6, 19)),  # never changes
)
ZONES = sorted({zone for zone, _ in CHANGES})

near_changes = st.builds(
    lambda change, seconds: (change[0], datetime.combine(change[1], datetime.min.time()) + timedelta(seconds=seconds)),
    st.sampled_from(CHANGES),
    st.integers(-36 * 3600, 60 * 3600),
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


@given(near_changes)
def test_a_moment_shown_on_the_wall_is_found_again(place: tuple[str, datetime]) -> None:
    zone, moment = place
    shown = local(moment, zone).isoformat()
    first, last = (instant(shown, zone, end=end) for end in (False, True))
    assert first <= moment <= last
    assert local(first, zone).isoformat() == local(last, zone).isoformat() == shown


@given(near_changes)
def test_a_time_that_is_skipped_means_the_first_instant_after_the_gap(place: tuple[str, datetime]) -> None:
    zone, wall = place
    first, last = (instant(wall.isoformat(), zone, end=end) for end in (False, True))
    if local(first, zone) != wall:
        assert first == last
        assert local(first, zone) > wall
        assert local(first - timedelta(microseconds=1), zone) < wall


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_a_day_holds_exactly_the_minutes_that_show_it(zone: str, day: date) -> None:
    start, end = (instant(day.isoformat(), zone, end=end) for end in (False, True))
    noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
    minutes = [noon + timedelta(minutes=step) for step in range(-48 * 60, 48 * 60)]
    shown = [moment for moment in minutes if local(moment, zone).date() == day]
    assert start == shown[0]
    assert end == shown[-1] + timedelta(minutes=1)


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 12, 31)))
def test_days_follow_each_other_without_a_gap(zone: str, day: date) -> None:
    following = instant((day + timedelta(days=1)).isoformat(), zone, end=False)
    assert instant(day.isoformat(), zone, end=True) >= following
    if zone != "America/St_Johns":  # where the old day once came back after midnight, both days are that minute long
        assert instant(day.isoformat(), zone, end=True) == following


def test_a_day_that_never_was_lasts_no_time() -> None:
    assert instant("2011-12-30", "Pacific/Apia", end=False) == instant("2011-12-30", "Pacific/Apia", end=True)


def test_an_offset_names_its_instant_itself() -> None:
    for text in ("2026-06-19T18:00Z", "2026-06-19T20:00+02:00"):
        assert instant(text, "Asia/Tokyo", end=True) == datetime(2026, 6, 19, 18)


def test_a_compact_date_covers_its_day_too() -> None:
    assert instant("20260619", "UTC", end=True) == datetime(2026, 6, 20)


@pytest.mark.parametrize(
    ("text", "zone", "end"),
    [
        *((text, "UTC", True) for text in ("", "19 June", "2026-02-30", "2026-06-19T25:00", "9999-12-31")),
        ("0001-01-01", "Asia/Tokyo", False),
        ("9999-12-31T23:30-05:00", "America/New_York", True),
    ],
)
def test_what_is_no_moment_is_named(text: str, zone: str, end: bool) -> None:
    with pytest.raises(SettingsError) as fault:
        instant(text, zone, end=end, field="promotions[2].ends")
    assert f"promotions[2].ends = {text!r}" in fault.value.message
    assert "allowed" in fault.value.message


@pytest.mark.parametrize("name", ["", "Europe", "Europe/Atlantis", "../passwd", "Mars\0"])
def test_a_zone_that_does_not_exist_is_named(name: str) -> None:
    with pytest.raises(SettingsError) as fault:
        zone_named(name, "shop.zone")
    assert f"shop.zone = {name!r}" in fault.value.message


@given(st.sampled_from(ZONES), moments, st.sampled_from(PERIODS))
def test_a_period_is_what_the_wall_shows(zone: str, moment: datetime, length: str) -> None:
    shown = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
    expected = {
        "ever": "",
        "day": shown.date().isoformat(),
        "week": f"{shown.isocalendar().year}-W{shown.isocalendar().week:02}",
        "month": shown.strftime("%Y-%m"),
    }
    assert period(moment, zone, length) == expected[length]  # type: ignore[arg-type]


@given(st.sampled_from(ZONES), moments, st.integers(0, 400))
def test_days_on_the_wall_shows_the_same_time(zone: str, moment: datetime, days: int) -> None:
    later = days_on(moment, days, zone)
    expected = local(moment, zone) + timedelta(days=days)
    assert local(later, zone) == expected or local(later - timedelta(microseconds=1), zone) < expected
    assert abs(later - moment - timedelta(days=days)) <= timedelta(hours=1)
