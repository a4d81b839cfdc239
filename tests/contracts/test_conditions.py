"""What every condition of a promotion promises; new ones are found in `CONDITIONS` alone."""

import json
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import SettingsError
from offersmith.offers.base import Refusal
from offersmith.offers.basket import Basket, Line
from offersmith.offers.conditions import CONDITIONS, in_zone, nested
from offersmith.offers.conditions.zones import TIMED
from offersmith.offers.context import Context, Customer
from offersmith.offers.effects import Answer
from offersmith.offers.explain import explain
from offersmith.offers.till import Till
from offersmith.words import LANGUAGES

CASES = [{"kind": name, **spec} for name, kind in CONDITIONS.items() for spec in kind.examples]
CUSTOMERS = st.builds(
    Customer,
    st.none() | st.sampled_from(["c-1", "x"]),
    st.frozensets(st.sampled_from(["loyal", "new", "staff"])),
    st.none() | st.sampled_from(["gold", "iron"]),
    st.none() | st.integers(0, 9),
)
CONTEXTS = st.builds(
    Context,
    st.none() | st.datetimes(datetime(2026, 3, 28), datetime(2026, 12, 31)),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai", "America/St_Johns"]),
    CUSTOMERS,
    st.dictionaries(st.sampled_from(["channel", "country", "store"]), st.sampled_from(["web", "CH", "north", ""])),
)
LINES = st.builds(
    Line, st.sampled_from(["tea", "cup"]), st.integers(1, 9), st.integers(0, 20_000),
    st.none() | st.sampled_from(["tea", "cups", "vouchers"]), brand=st.none() | st.just("north"),
    attributes=st.sampled_from([{}, {"tags": ("sale",)}, {"tags": "sale"}]), gift_of=st.sampled_from(["", "", "g"]),
)  # fmt: skip
BASKETS = st.lists(LINES, max_size=4).map(lambda lines: Basket(tuple(lines), "USD"))


def test_every_condition_has_examples_and_its_own_name():
    assert all(kind.name == name and kind.examples for name, kind in CONDITIONS.items())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_examples_round_trip(case):
    checked = nested.checked(case, "USD", CONDITIONS)
    assert checked == case
    assert nested.checked(json.loads(json.dumps(checked)), "USD", CONDITIONS) == checked


@pytest.mark.parametrize("case", CASES, ids=str)
def test_unknown_keys_are_refused(case):
    with pytest.raises(SettingsError, match="surprise"):
        nested.checked({**case, "surprise": 1}, "USD", CONDITIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("wrong", [None, [], "", -1, {"a": 1}, [None], True], ids=repr)
def test_a_wrong_value_is_refused_or_taken_and_breaks_nothing(case, wrong):
    for key in case.keys() - {"kind"}:
        with suppress(SettingsError):
            nested.checked({**case, key: wrong}, "USD", CONDITIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_an_empty_basket_and_an_unknown_customer_break_nothing(case):
    test = nested.compiled(case, "USD", CONDITIONS)
    why = test.ask(Till(Basket((), "USD"), Context()))
    assert why is None or isinstance(why, Refusal)


@given(case=st.sampled_from(CASES), basket=BASKETS, context=CONTEXTS)
def test_a_reason_is_plain_can_be_said_and_stays_the_same(case, basket, context):
    test = nested.compiled(case, "USD", CONDITIONS)
    till = Till(basket, context)
    before = till.fork()
    why = test.ask(till)
    assert test.ask(before) == why
    assert (till.left, till.count, till.used) == (before.left, before.count, before.used)
    if why is not None:
        assert why.code
        json.dumps([dict(why.facts), dict(why.hint)])
        answer = Answer("p", "o", False, why.code, 0, why.facts, 0, why.hint)
        for language in LANGUAGES:
            said = explain(answer, "USD", language)
            assert "{" not in said
            assert "None" not in said


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] in TIMED], ids=str)
def test_conditions_about_time_are_met_without_a_moment_and_can_be_placed_in_a_zone(case):
    assert nested.compiled(case, "USD", CONDITIONS).ask(Till(Basket((), "USD"), Context())) is None
    placed = in_zone(case, "America/New_York")
    assert placed["zone"] == case.get("zone", "America/New_York")
    assert nested.checked(placed, "USD", CONDITIONS) == placed
    test, elsewhere = (nested.compiled(one, "USD", CONDITIONS) for one in (case, placed))
    for hours in range(0, 24 * 400, 7):
        moment = datetime(2026, 3, 1) + timedelta(hours=hours)
        there = Context(moment, placed["zone"])
        here = Context(moment, "Asia/Tokyo")
        assert elsewhere.ask(Till(Basket((), "USD"), here)) == test.ask(Till(Basket((), "USD"), there))
