"""Left carts and looks: what closes them, who is still there, and what they are worth."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.profiles.behaviour.abandonment import carts, views
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)


def did(event: str, days_ago: float, product: str | None = "p", who: str | None = "c", **more: Any) -> dict[str, Any]:
    return {"event": event, "customer_id": who, "product_id": product, "time": AS_OF - timedelta(days=days_ago), **more}


def left(found: Any) -> set[tuple[str, str]]:
    return {(row["customer_id"], row["product_id"]) for row in found.table.to_pylist()}


@pytest.mark.parametrize(
    ("after", "is_open"),
    [
        ([], True),
        ([did("purchase", 1)], False),
        ([did("purchase", 2)], False),
        ([did("purchase", 3)], True),
        ([did("purchase", 1, "other")], True),
        ([did("purchase", 1, None)], False),
        ([did("purchase", 1, who="d")], True),
        ([did("remove_from_cart", 1)], False),
        ([did("remove_from_cart", 1), did("add_to_cart", 0.5)], True),
        ([did("refund", 1)], True),
        ([did("purchase", -1)], True),
    ],
)
def test_what_closes_a_cart(bind: Any, after: list[dict[str, Any]], is_open: bool) -> None:
    found = carts(bind([did("add_to_cart", 2), *after]), AS_OF)
    assert left(found) == ({("c", "p")} if is_open else set())
    assert found.recorded


def test_a_cart_has_a_value_an_age_and_its_pieces(bind: Any) -> None:
    rows = [
        did("add_to_cart", 4, quantity=2.0, amount=900),
        did("add_to_cart", 3, quantity=1.0, amount=450),
        did("add_to_cart", 2, "q", quantity=3.0),
        did("purchase", 20, "q", who="d", quantity=2.0, amount=500),
        did("add_to_cart", 1, "r"),
    ]
    found = carts(bind(rows), AS_OF)
    table = {row["product_id"]: row for row in found.table.to_pylist()}
    assert (table["p"]["quantity"], table["p"]["value"], table["p"]["age_days"]) == (3.0, 1350, 3.0)
    assert table["p"]["first_time"] == AS_OF - timedelta(days=4)
    assert (table["q"]["quantity"], table["q"]["value"]) == (3.0, 750)
    assert (table["r"]["quantity"], table["r"]["value"]) == (1.0, None)
    assert (found.value, found.valued, found.rows, found.customers) == (2100, 2, 3, 1)
    assert found.median_age_days == 2.0
    assert [row["product_id"] for row in found.of_customer("c").to_pylist()] == ["r", "q", "p"]


def test_who_is_still_there_has_left_nothing(bind: Any) -> None:
    rows = [did("add_to_cart", 2), did("search", 10 / 1440, None)]
    assert left(carts(bind(rows), AS_OF)) == set()
    assert left(carts(bind(rows), AS_OF, quiet=timedelta(minutes=5))) == {("c", "p")}


def test_old_carts_and_unknown_people_get_no_reminder(bind: Any) -> None:
    rows = [did("add_to_cart", 31), did("add_to_cart", 2, who=None), did("add_to_cart", -3, "future")]
    found = carts(bind(rows), AS_OF)
    assert (left(found), found.median_age_days) == (set(), None)
    assert left(carts(bind(rows), AS_OF, days=40)) == {("c", "p")}


def test_a_cart_filled_before_the_login_is_the_customers(bind: Any) -> None:
    rows = [did("add_to_cart", 2, who=None, session_id="s"), did("login", 1.99, None, session_id="s")]
    assert left(carts(bind(rows), AS_OF)) == {("c", "p")}


@pytest.mark.parametrize(
    ("after", "is_open"),
    [
        ([], True),
        ([did("purchase", 1)], False),
        ([did("purchase", 1), did("view_item", 0.5)], True),
        ([did("add_to_cart", 1)], False),
        ([did("add_to_cart", 1), did("view_item", 0.5)], False),
        ([did("add_to_cart", 1.5), did("remove_from_cart", 1)], False),
        ([did("add_to_cart", 1.5), did("remove_from_cart", 1), did("view_item", 0.5)], True),
        ([did("purchase", 1, None)], False),
    ],
)
def test_what_closes_a_look(bind: Any, after: list[dict[str, Any]], is_open: bool) -> None:
    found = views(bind([did("view_item", 2), did("view_item", 3), *after]), AS_OF)
    assert left(found) == ({("c", "p")} if is_open else set())


def test_looks_are_counted_since_the_last_purchase(bind: Any) -> None:
    rows = [did("view_item", 9), did("purchase", 8), did("view_item", 7), did("view_item", 6, category="tea")]
    row = views(bind(rows), AS_OF).table.to_pylist()[0]
    assert (row["views"], row["age_days"], row["category"]) == (2, 6.0, "tea")


def test_a_shop_without_carts_says_so(bind: Any) -> None:
    analytics = bind([did("purchase", 2)])
    found = carts(analytics, AS_OF)
    assert not found.recorded
    assert "does not record" in found.text()
    assert not views(analytics, AS_OF).recorded
    assert carts(bind([]), AS_OF).rows == 0


ACTIONS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), st.integers(1, 20),
              st.sampled_from(["add_to_cart", "remove_from_cart", "purchase", "view_item"])),
    max_size=25,
)  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTIONS)
def test_lists_are_those_of_a_plain_walk(bind: Any, actions: list[tuple[str, str, int, str]]) -> None:
    rows = [did(event, day, product, who) for who, product, day, event in actions]
    expected = set()
    for who, product in {(who, product) for who, product, _, _ in actions}:
        mine = [(day, event) for w, p, day, event in actions if (w, p) == (who, product)]
        closed = min((day for day, event in mine if event in ("purchase", "remove_from_cart")), default=99)
        if any(event == "add_to_cart" and day < closed for day, event in mine):
            expected.add((who, product))
    analytics = bind(rows)
    assert left(carts(analytics, AS_OF)) == expected
    assert not left(views(analytics, AS_OF)) & expected


@pytest.mark.parametrize(
    ("changes", "field"), [({"days": 0}, "days"), ({"quiet": -timedelta(1)}, "quiet")],
)  # fmt: skip
def test_wrong_questions_are_refused(bind: Any, changes: dict[str, Any], field: str) -> None:
    for ask in (carts, views):
        with pytest.raises(InputError) as caught:
            ask(bind([]), AS_OF, **changes)
        assert caught.value.facts["field"] == field


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_are_told_and_shown(bind: Any, language: Any) -> None:
    found = carts(bind([did("add_to_cart", 2)]), AS_OF)
    assert "1" in found.text(language)
    assert found.as_dict()["latest"][0]["last_time"] == "2024-05-30T00:00:00"
    assert views(bind([did("view_item", 2)]), AS_OF).text(language)
