from datetime import date, timedelta

import pytest

from offersmith.strategy.playbooks.base import Season, Words, offer_id, playbook_of, spoken


@pytest.mark.parametrize(
    ("first", "last", "inside", "outside"),
    [
        ("11-15", "12-24", ["11-15", "12-01", "12-24"], ["11-14", "12-25", "06-01"]),
        ("12-10", "01-02", ["12-10", "12-31", "01-01", "01-02"], ["12-09", "01-03", "07-07"]),
        ("03-08", "03-08", ["03-08"], ["03-07", "03-09"]),
    ],
)
def test_a_season_is_the_same_days_of_every_year(first, last, inside, outside):
    season = Season(first=first, last=last)
    for year in (2026, 2028):
        assert all(season.holds(date.fromisoformat(f"{year}-{day}")) for day in inside)
        assert not any(season.holds(date.fromisoformat(f"{year}-{day}")) for day in outside)


def test_a_season_from_a_day_to_the_day_before_is_the_whole_year():
    season = Season(first="05-02", last="05-01")
    assert all(season.holds(date(2028, 1, 1) + timedelta(days=days)) for days in range(366))


def test_a_text_is_said_in_the_language_there_is():
    assert spoken(Words(en="a", zh="b"), "zh") == "b"
    assert spoken(Words(en="a"), "zh") == "a"
    assert spoken(Words(zh="b"), "en") == "b"
    assert spoken("c", "zh") == "c"


def test_an_offer_of_a_plan_names_its_playbook():
    assert playbook_of(offer_id("win-back", "ten")) == "win-back"
    assert playbook_of("ten-percent") == playbook_of("none") == ""
