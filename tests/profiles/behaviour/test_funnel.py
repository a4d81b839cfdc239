"""The funnel: steps in order, by session and by customer, and a plain reason where there is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from offersmith.errors import InputError
from offersmith.profiles.behaviour.funnel import funnel, funnels
from offersmith.words import LANGUAGES

AS_OF = datetime(2024, 6, 1)
START = datetime(2024, 5, 1)


def visit(who: str, day: int, *events: str, category: str | None = None, session: str | None = None) -> list[Any]:
    return [
        {"event": event, "customer_id": who, "time": START + timedelta(days=day, minutes=i), "category": category,
         "session_id": session}
        for i, event in enumerate(events)
    ]  # fmt: skip


def reached(found: Any) -> dict[str, int]:
    return {step.name: step.reached for step in found.steps}


def test_steps_count_in_order_only(bind: Any) -> None:
    rows = [
        *visit("a", 0, "view_item", "add_to_cart", "purchase"),
        *visit("b", 0, "view_item", "add_to_cart"),
        *visit("c", 0, "view_item"),
        *visit("d", 0, "add_to_cart", "view_item", "purchase"),
        *visit("e", 0, "purchase"),
    ]
    found = funnel(bind(rows), AS_OF)
    assert reached(found) == {"view": 4, "cart": 2, "purchase": 1}
    assert found.beside == 2
    assert [step.lost for step in found.steps] == [0, 2, 1]
    assert found.conversion == 0.25
    assert found.steps[1].share == 0.5
    assert found.steps[1].low < 0.5 < found.steps[1].high


def test_the_checkout_is_a_step_where_it_is_recorded(bind: Any) -> None:
    rows = [
        *visit("a", 0, "view_item", "add_to_cart", "begin_checkout", "purchase"),
        *visit("b", 0, "view_item", "add_to_cart", "purchase"),
    ]
    found = funnel(bind(rows), AS_OF)
    assert reached(found) == {"view": 2, "cart": 2, "checkout": 1, "purchase": 1}
    assert found.beside == 1


def test_customers_may_take_several_sessions(bind: Any) -> None:
    rows = [*visit("a", 0, "view_item", "add_to_cart"), *visit("a", 3, "purchase")]
    analytics = bind(rows)
    assert reached(funnel(analytics, AS_OF)) == {"view": 1, "cart": 1, "purchase": 0}
    assert reached(funnel(analytics, AS_OF, by="customer")) == {"view": 1, "cart": 1, "purchase": 1}


def test_a_window_counts_what_began_in_it(bind: Any) -> None:
    rows = [*visit("a", 0, "view_item", "add_to_cart", "purchase"), *visit("b", 10, "view_item", "purchase"),
            *visit("b", 12, "view_item", "add_to_cart", "purchase"),
            *visit("f", 60, "view_item", "add_to_cart", "purchase")]  # fmt: skip
    analytics = bind(rows)
    assert reached(funnel(analytics, AS_OF, START + timedelta(days=5))) == {"view": 2, "cart": 1, "purchase": 1}
    assert reached(funnel(analytics, START + timedelta(days=11), by="customer")) == {
        "view": 2, "cart": 1, "purchase": 1,
    }  # fmt: skip


def test_anonymous_sessions_are_sessions_and_no_customers(bind: Any) -> None:
    rows = visit(None, 0, "view_item", "add_to_cart", session="s")  # type: ignore[arg-type]
    rows += visit("a", 0, "view_item", "add_to_cart", "purchase", session="t")
    analytics = bind(rows)
    assert reached(funnel(analytics, AS_OF)) == {"view": 2, "cart": 2, "purchase": 1}
    assert reached(funnel(analytics, AS_OF, by="customer")) == {"view": 1, "cart": 1, "purchase": 1}


def test_each_category_has_its_own_funnel(bind: Any) -> None:
    rows = [
        *visit("a", 0, "view_item", "add_to_cart", "purchase", category="tea"),
        *visit("b", 0, "view_item", category="tea"),
        *visit("b", 0, "view_item", "add_to_cart", category="cups"),
        *visit("b", 0, "begin_checkout"),
    ]
    found = funnels(bind(rows), AS_OF)
    assert [(one.category, reached(one)) for one in found] == [
        ("tea", {"view": 2, "cart": 1, "purchase": 1}), ("cups", {"view": 1, "cart": 1, "purchase": 0}),
    ]  # fmt: skip
    assert len(funnels(bind(rows), AS_OF, top=1)) == 1


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ((), "no_events"),
        (("refund",), "no_events"),
        (("purchase",), "only_purchases"),
        (("view_item",), "no_purchases"),
    ],
)
def test_without_a_funnel_there_is_a_reason(bind: Any, events: tuple[str, ...], reason: str) -> None:
    analytics = bind(visit("a", 0, *events))
    found = funnel(analytics, AS_OF)
    assert (found.reason, found.steps, found.conversion, found.interval()) == (reason, (), None, None)
    assert funnels(analytics, AS_OF) == ()
    assert "funnel" in found.text()
    assert "漏斗" in found.text("zh")


def test_a_simulated_shop_gives_its_shares_back(bind: Any) -> None:
    rng = np.random.default_rng(7)
    rows: list[Any] = []
    for i in range(3000):
        carted = rng.random() < 0.3
        bought = carted and rng.random() < 0.4
        rows += visit(f"c{i}", i % 20, "view_item", *["add_to_cart"] * carted, *["purchase"] * bought)
    found = funnel(bind(rows), AS_OF)
    cart, purchase = found.steps[1:]
    assert cart.low < 0.3 < cart.high
    assert purchase.low < 0.4 < purchase.high
    interval = found.interval()
    assert interval is not None
    assert interval[0] < 0.12 < interval[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_funnel_reads_as_lines(bind: Any, language: Any) -> None:
    rows = [*visit("a", 0, "view_item", "add_to_cart", "purchase"), *visit("b", 0, "purchase")]
    found = funnel(bind(rows), AS_OF)
    assert len(found.text(language).splitlines()) == 4
    assert found.as_dict()["steps"][0]["reached"] == 1


def test_an_unknown_way_of_counting_is_refused(bind: Any) -> None:
    with pytest.raises(InputError, match="household"):
        funnel(bind(visit("a", 0, "view_item", "purchase")), AS_OF, by="household")  # type: ignore[arg-type]
