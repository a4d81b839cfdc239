from datetime import datetime, timedelta

import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context

TICK = timedelta(microseconds=1)


def at(text, zone="UTC"):
    return Context(datetime.fromisoformat(text), zone)


def code(why):
    return why and why.code


def test_it_is_half_open(ask):
    window = {"kind": "window", "starts": "2026-06-01T09:00", "ends": "2026-06-01T18:00"}
    starts, ends = datetime(2026, 6, 1, 9), datetime(2026, 6, 1, 18)
    answers = [code(ask(window, Context(moment))) for moment in (starts - TICK, starts, ends - TICK, ends)]
    assert answers == ["not_started", None, None, "expired"]


def test_reasons_name_the_instants(ask):
    window = {"kind": "window", "starts": "2026-06-01", "ends": "2026-06-19", "zone": "Europe/Berlin"}
    assert ask(window, at("2026-05-31T21:59:59")).facts == {"starts": "2026-05-31T22:00:00"}
    assert ask(window, at("2026-06-19T22:00")).facts == {"ends": "2026-06-19T22:00:00"}
    assert ask(window, at("2026-06-19T21:59:59")) is None


def test_without_a_moment_it_is_met(ask):
    assert ask({"kind": "window", "ends": "2001-01-01"}) is None


def test_the_till_s_zone_counts_where_none_is_named(ask):
    window = {"kind": "window", "ends": "2026-06-19"}
    late = "2026-06-19T17:00"
    assert code(ask(window, at(late, "Asia/Shanghai"))) == "expired"
    assert ask(window, at(late, "Europe/Berlin")) is None
    assert ask({**window, "zone": "Europe/Berlin"}, at(late, "Asia/Shanghai")) is None


@pytest.mark.parametrize(
    ("moment", "says"),
    [("2026-03-29T00:59:59", "not_started"), ("2026-03-29T01:00", None), ("2026-03-29T01:29:59", None),
     ("2026-03-29T01:30", "expired")],
)  # fmt: skip
def test_a_start_that_the_clock_skips_is_the_first_instant_after_the_gap(ask, moment, says):
    window = {"kind": "window", "starts": "2026-03-29T02:30", "ends": "2026-03-29T03:30", "zone": "Europe/Berlin"}
    assert code(ask(window, at(moment))) == says


@pytest.mark.parametrize(
    ("moment", "says"),
    [("2026-10-24T23:59:59", "not_started"), ("2026-10-25T00:00", None), ("2026-10-25T00:30", None),
     ("2026-10-25T01:29:59", None), ("2026-10-25T01:30", "expired")],
)  # fmt: skip
def test_hours_that_come_twice_are_given_twice(ask, moment, says):
    window = {"kind": "window", "starts": "2026-10-25T02:00", "ends": "2026-10-25T02:30", "zone": "Europe/Berlin"}
    assert code(ask(window, at(moment))) == says


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ({}, "needs starts or ends"),
        ({"starts": "soon"}, "starts = 'soon'"),
        ({"starts": 20260601}, "starts = 20260601"),
        ({"starts": "2026-06-02", "ends": "2026-06-01"}, "ends = '2026-06-01' is not after"),
        ({"starts": "2026-06-02T10:00", "ends": "2026-06-02T10:00"}, "is not after"),
        ({"starts": "2026-03-29T02:10", "ends": "2026-03-29T02:40", "zone": "Europe/Berlin"}, "is not after"),
        ({"ends": "2026-06-01", "zone": "Mars/Olympus"}, "zone = 'Mars/Olympus'"),
        ({"ends": "2026-06-01", "zone": 1}, "zone = 1"),
        ({"until": "2026-06-01"}, "until"),
    ],
)
def test_wrong_ones_are_refused(check, spec, said):
    with pytest.raises(SettingsError, match=said):
        check({"kind": "window", **spec})
