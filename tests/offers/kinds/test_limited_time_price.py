from datetime import date, datetime

import pytest
from tests.offers.pricing import basket, price, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.context import Context

BOUGHT = basket(Line("a", 1, 1000))
TERMS = {"percent": 30, "starts": "2026-06-18T18:00", "ends": "2026-06-19", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2026, 6, 18, 15, 59, 59), "not_started"),
        (datetime(2026, 6, 18, 16), "applied"),
        (datetime(2026, 6, 19, 21, 59, 59, 999_999), "applied"),
        (datetime(2026, 6, 19, 22), "expired"),
        (None, "moment_unknown"),
    ],
)
def test_it_holds_from_its_start_until_just_before_the_end_of_its_last_day(moment, code):
    effects = price("limited_time_price", BOUGHT, TERMS, Context(moment=moment))
    assert why(effects)[0] == code
    assert effects.off == (300 if code == "applied" else 0)


def test_the_day_the_clocks_change_ends_at_its_own_midnight():
    terms = {"price": "5.00", "ends": "2026-10-25", "zone": "Europe/Berlin"}
    offs = [
        price("limited_time_price", BOUGHT, terms, Context(moment=moment)).off
        for moment in (datetime(2026, 10, 25, 22, 59), datetime(2026, 10, 25, 23))
    ]
    assert offs == [500, 0]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"zone": None}, "zone"),
        ({"zone": "Europe/Atlantis"}, "Atlantis"),
        ({"starts": None, "ends": None}, "starts or ends"),
        ({"ends": "2026-06-18T18:00"}, "ends"),
        ({"ends": "tomorrow"}, "tomorrow"),
        ({"starts": 5}, "starts"),
    ],
)
def test_impossible_times_are_refused(changed, named):
    with pytest.raises(SettingsError, match=named):
        KINDS["limited_time_price"].check(TERMS | changed, "USD")


def test_a_date_of_toml_is_the_text_it_says():
    checked = KINDS["limited_time_price"].check(TERMS | {"ends": date(2026, 6, 19)}, "USD")
    assert checked == TERMS


def test_its_words_name_its_times():
    kind = KINDS["limited_time_price"]
    assert kind.says(kind.check(TERMS, "USD"), "en") == "new price: 30 % off, from 2026-06-18 18:00, until 2026-06-19"
