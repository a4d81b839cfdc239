from datetime import datetime, timedelta

import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context


def at(hour, minute=0, second=0, zone="UTC"):
    return Context(datetime(2026, 6, 15, hour, minute, second), zone)


@pytest.mark.parametrize(
    ("hour", "minute", "second", "met"),
    [(16, 59, 59, False), (17, 0, 0, True), (18, 59, 59, True), (19, 0, 0, False), (0, 0, 0, False)],
)
def test_they_are_half_open(ask, hour, minute, second, met):
    why = ask({"kind": "hours", "from": "17:00", "to": "19:00"}, at(hour, minute, second))
    assert (why is None) == met


@pytest.mark.parametrize(
    ("hour", "minute", "met"),
    [(22, 29, False), (22, 30, True), (23, 59, True), (0, 0, True), (1, 59, True), (2, 0, False), (12, 0, False)],
)
def test_they_may_pass_midnight(ask, hour, minute, met):
    assert (ask({"kind": "hours", "from": "22:30", "to": "02:00"}, at(hour, minute)) is None) == met


@pytest.mark.parametrize("end", ["24:00", "00:00"])
def test_they_may_end_at_midnight(ask, end):
    late = {"kind": "hours", "from": "20:00", "to": end}
    assert ask(late, at(23, 59, 59)) is None
    assert ask(late, at(0)).code == "wrong_hour"


def test_it_says_when_to_come(ask):
    why = ask({"kind": "hours", "from": "17:00", "to": "19:00", "zone": "Asia/Shanghai"}, at(12, 5))
    assert why == ("wrong_hour", {"from": "17:00", "to": "19:00", "is": "20:05"}, {"come_at": "17:00"})


def test_the_hour_is_that_of_the_wall_in_summer_and_winter(ask):
    noon = {"kind": "hours", "from": "12:00", "to": "13:00", "zone": "Europe/Berlin"}
    assert ask(noon, Context(datetime(2026, 6, 15, 10, 30))) is None
    assert ask(noon, Context(datetime(2026, 12, 15, 10, 30))).code == "wrong_hour"
    assert ask(noon, Context(datetime(2026, 12, 15, 11, 30))) is None


def met_minutes(ask, spec, day):
    begins = datetime.fromisoformat(day) - timedelta(hours=2)
    return sum(ask(spec, Context(begins + timedelta(minutes=5 * step))) is None for step in range(24 * 12)) * 5


def test_an_hour_that_is_skipped_does_not_come_and_one_that_is_doubled_counts_twice(ask):
    night = {"kind": "hours", "from": "02:00", "to": "03:00", "zone": "Europe/Berlin"}
    assert met_minutes(ask, night, "2026-03-29") == 0
    assert met_minutes(ask, night, "2026-06-15") == 60
    assert met_minutes(ask, night, "2026-10-25") == 120


def test_without_a_moment_they_are_met(ask):
    assert ask({"kind": "hours", "from": "17:00", "to": "19:00"}) is None


@pytest.mark.parametrize(
    "spec",
    [
        {"from": "17:00"},
        {"to": "17:00"},
        {"from": "24:00", "to": "01:00"},
        {"from": "17:00", "to": "17:00"},
        {"from": "00:00", "to": "24:00"},
        {"from": "5pm", "to": "19:00"},
        {"from": "7:00", "to": "19:00"},
        {"from": "17:00:00", "to": "19:00"},
        {"from": "17:60", "to": "19:00"},
        {"from": 17, "to": 19},
        {"from": "17:00", "to": "19:00", "zone": "Nowhere"},
    ],
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'hours'"):
        check({"kind": "hours", **spec})
