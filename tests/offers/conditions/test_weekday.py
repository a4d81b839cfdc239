from datetime import datetime

import pytest

from offersmith.errors import SettingsError
from offersmith.offers.conditions.weekday import DAYS
from offersmith.offers.context import Context

MONDAY = datetime(2026, 6, 15)


@pytest.mark.parametrize("days", [["mon"], ["sat", "sun"], list(DAYS)])
@pytest.mark.parametrize("today", range(7))
def test_every_day_of_the_week(ask, days, today):
    why = ask({"kind": "weekday", "days": days}, Context(MONDAY.replace(day=15 + today, hour=23)))
    assert (why is None) == (DAYS[today] in days)


def test_it_says_which_days_and_when_the_next_comes(ask):
    why = ask({"kind": "weekday", "days": ["sun", "tue"]}, Context(MONDAY.replace(day=17)))
    assert why == ("wrong_day", {"days": ["tue", "sun"], "is": "wed"}, {"next_day": "2026-06-21"})
    assert ask({"kind": "weekday", "days": ["mon"]}, Context(MONDAY.replace(day=16))).hint == {"next_day": "2026-06-22"}


def test_the_day_is_that_of_the_wall(ask):
    evening = datetime(2026, 6, 14, 16, 30)  # Sunday in London, Monday in Shanghai
    monday = {"kind": "weekday", "days": ["mon"]}
    assert ask(monday, Context(evening, "Europe/London")).code == "wrong_day"
    assert ask(monday, Context(evening, "Asia/Shanghai")) is None
    assert ask({**monday, "zone": "Asia/Shanghai"}, Context(evening, "Europe/London")) is None


@pytest.mark.parametrize(("hour", "says"), [(21, "wrong_day"), (22, None), (23, None)])
def test_the_night_the_clocks_go_back(ask, hour, says):
    # Sunday 25 October begins in Berlin at 22:00 UTC on Saturday and lasts 25 hours.
    sunday = {"kind": "weekday", "days": ["sun"], "zone": "Europe/Berlin"}
    why = ask(sunday, Context(datetime(2026, 10, 24, hour)))
    assert (why and why.code) == says
    assert ask(sunday, Context(datetime(2026, 10, 25, 22, 59))) is None
    assert ask(sunday, Context(datetime(2026, 10, 25, 23))).code == "wrong_day"


def test_without_a_moment_it_is_met(ask):
    assert ask({"kind": "weekday", "days": ["mon"]}) is None


@pytest.mark.parametrize("days", [None, [], "monday", ["mon", "someday"], [1], {"mon": True}])
def test_wrong_days_are_refused(check, days):
    with pytest.raises(SettingsError, match=r"days = .*allowed: mon, tue"):
        check({"kind": "weekday", "days": days})


def test_days_are_kept_in_the_order_of_the_week(check):
    assert check({"kind": "weekday", "days": ["sun", "mon", "sun"]})["days"] == ["mon", "sun"]
    assert check({"kind": "weekday", "days": "fri"})["days"] == ["fri"]
