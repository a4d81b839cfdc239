"""Visits: counted with their lengths, those of nobody known apart, and a plain reason where none was ever seen."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.visits import visits
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
START = datetime(2024, 5, 1)


def visit(who: str | None, day: float, *events: str, minutes: float = 1, session: str | None = None) -> list[Any]:
    return [
        {"event": event, "customer_id": who, "time": START + timedelta(days=day, minutes=i * minutes),
         "product_id": f"p{i}", "session_id": session}
        for i, event in enumerate(events)
    ]  # fmt: skip


ROWS = [
    *visit("a", 0, "view_item"),
    *visit("a", 1, "view_item", "add_to_cart", "purchase", minutes=2),
    *visit("b", 2, "view_item", "view_item", minutes=0.5),
    *visit("b", 3, "view_item", "view_item", "purchase", minutes=20),
    *visit(None, 4, "view_item", "view_item", minutes=6, session="s"),
]


def test_visits_are_counted_by_their_length(bind: Any) -> None:
    found = visits(bind(ROWS), AS_OF)
    assert (found.visits, found.customers, found.unknown, found.bought) == (5, 2, 1, 2)
    assert {one.name: (one.visits, one.bought) for one in found.lengths} == {
        "single": (1, 0), "under_1": (1, 0), "under_5": (1, 1), "under_15": (1, 0), "longer": (1, 1),
    }  # fmt: skip
    assert [one.name for one in found.lengths] == ["single", "under_1", "under_5", "under_15", "longer"]
    assert found.minutes == 5.0  # the middle of half a minute, 4, 6 and 40
    assert found.products == 2.0
    assert "5 visits by 2 known customers; 40.0%" in str(found)


def test_nothing_after_the_moment_nor_before_the_window_counts(bind: Any) -> None:
    analytics = bind(ROWS)
    found = visits(analytics, START + timedelta(days=3), START + timedelta(days=1))
    assert (found.visits, found.bought, found.customers) == (2, 1, 2)
    assert found.as_dict()["since"] == "2024-05-02T00:00:00"


def test_a_shop_that_saw_no_visits_says_why(bind: Any) -> None:
    bought = bind(visit("a", 1, "purchase"))
    assert visits(bought, AS_OF).reason == "only_purchases"
    nobody = visits(bought, START)
    assert (nobody.reason, nobody.visits, nobody.lengths) == ("no_events", 0, ())
    # A visit that began before the window is none of it, though its end lies inside.
    tail = visits(bind(visit("a", 1, "view_item", "view_item")), AS_OF, START + timedelta(days=1, seconds=30))
    assert tail.reason == "no_events"
    said = {one.text(language) for one in (visits(bought, AS_OF), nobody) for language in LANGUAGES}
    assert len(said) == 4


def test_an_empty_window_is_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="allowed is before as_of"):
        visits(bind(ROWS), AS_OF, AS_OF)
