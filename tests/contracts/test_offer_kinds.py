"""What every kind of offer promises; new kinds are found in `KINDS` alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.offers import strategies as some

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.base import PHASES, Refusal, Taken
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.catalogue import says
from offersmith.offers.context import Context, Customer
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate
from offersmith.offers.till import Till
from offersmith.vocabulary import Offer

CASES = [(name, dict(terms)) for name, kind in KINDS.items() for terms in kind.examples]
ANY = st.sampled_from(CASES)
SHOPPER = Context(
    moment=some.NOON, customer=Customer("c1", level="gold", points=900), spend_points=900, min_margin_bp=1000
)


def test_every_kind_has_examples_and_its_own_name() -> None:
    assert all(kind.name == name and kind.examples for name, kind in KINDS.items())


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_terms_round_trip(name: str, terms: dict[str, Any]) -> None:
    checked = KINDS[name].check(terms, "USD")
    assert checked == terms
    assert KINDS[name].check(json.loads(json.dumps(checked)), "USD") == checked
    assert KINDS[name].check(MappingProxyType(terms), "USD") == checked


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_unknown_terms_are_refused(name: str, terms: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="surprise"):
        KINDS[name].check({**terms, "surprise": 1}, "USD")


JUNK = (None, True, -1, "", "x", "-5", [], {}, {"x": 1}, float("nan"), 10**30, "5.001", ["\0"])


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_wrong_terms_are_faults_that_name_the_kind_or_still_price(name: str, terms: dict[str, Any]) -> None:
    basket = Basket((Line("a", 3, 500), Line("tea", 2, 999, "tea")), "USD", (Shipping("post", 490),))
    for key in terms:
        for junk in JUNK:
            made, fault = _checked(name, {**terms, key: junk})
            if made is None:
                assert name in fault or key in fault
                continue
            assert KINDS[name].check(made, "USD") == made
            evaluate(basket, [Promotion(Offer("x", name, made))], SHOPPER)


def _checked(name: str, terms: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
    try:
        return KINDS[name].check(terms, "USD"), ""
    except SettingsError as fault:
        return None, fault.message


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_the_phase_is_one_of_the_order(name: str, terms: dict[str, Any]) -> None:
    assert KINDS[name].phase(terms) in PHASES


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_both_languages_speak(name: str, terms: dict[str, Any]) -> None:
    offer = Offer("x", name, terms)
    assert says(offer, "en") != says(offer, "zh")


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_an_empty_basket_costs_nothing_less(name: str, terms: dict[str, Any]) -> None:
    effects = evaluate(Basket((), "USD"), [Promotion(Offer("x", name, terms))], SHOPPER)
    assert (effects.off, effects.total, effects.points_spent) == (0, 0, 0)
    assert not effects.answers[0].applied


@some.examples(100)
@given(case=ANY, basket=some.baskets(), context=some.contexts())
def test_an_action_looks_and_touches_nothing(
    case: tuple[str, Mapping[str, Any]], basket: Basket, context: Context
) -> None:
    """It says what it would take: above every floor, of pieces that are there; the till stays as it was."""
    name, terms = case
    till = Till(basket, context)
    before = (till.left[:], till.count[:], till.used[:], till.shipping[:], till.points, len(till.line))
    found = KINDS[name].compile(terms, "USD").take(till)
    assert before == (till.left, till.count, till.used, till.shipping, till.points, len(till.line))
    if isinstance(found, Refusal):
        assert found.code
        return
    assert isinstance(found, Taken)
    assert found.points_spent <= till.points
    for take in found.takes:
        assert take.off >= 0
        assert 0 <= take.pieces <= till.count[take.group]
    till.take(0, found.takes)
    assert all(left >= floor for left, floor in zip(till.left, till.floor, strict=True))
    for place in range(len(till.shipping)):
        assert 0 <= sum(off for at, off in found.shipping if at == place) <= till.shipping[place]


@some.examples(60)
@given(case=ANY, subtotal=st.integers(1, 10_000_000))
def test_the_expected_relief_is_the_relief_without_rounding(case: tuple[str, Mapping[str, Any]], subtotal: int) -> None:
    """Of one line of one piece; what depends on more than the basket's size is not expected but None."""
    name, terms = case
    expected = KINDS[name].expected_relief(terms, np.array([[subtotal / 100]]))
    if expected is None:
        return
    assert expected.dtype == np.float64
    assert expected.shape == (1, 1)
    priced = evaluate(Basket((Line("a", 1, subtotal),), "USD"), [Promotion(Offer("x", name, terms))])
    assert abs(expected[0, 0] * 100 - priced.off) <= 0.5 + 1e-6


def test_what_follows_from_the_size_of_a_basket_can_be_planned() -> None:
    assert {name for name, kind in KINDS.items() for terms in kind.examples if _plannable(name, terms)} >= {
        "none", "percent_off", "amount_off", "spend_save",
    }  # fmt: skip


def _plannable(name: str, terms: Mapping[str, Any]) -> bool:
    return KINDS[name].expected_relief(terms, np.array([10.0])) is not None


@some.examples(60)
@given(case=ANY, basket=some.baskets(), context=some.contexts())
def test_alone_it_adds_up_and_keeps_every_floor(
    case: tuple[str, Mapping[str, Any]], basket: Basket, context: Context
) -> None:
    one = some.Case(basket, [Promotion(Offer("p0", *case))], context)
    effects = one.price()
    some.check_nothing_below_its_floor(effects, context)
    some.check_sums(effects)
    some.check_answers(one, effects)


@some.examples(60)
@given(case=ANY, basket=some.baskets(plain=True), context=some.contexts(plain=True))
def test_twice_the_same_offer_is_never_dearer_than_once(
    case: tuple[str, Mapping[str, Any]], basket: Basket, context: Context
) -> None:
    twice = [Promotion(Offer(name, *case)) for name in ("p0", "p1")]
    assert evaluate(basket, twice, context).total <= evaluate(basket, twice[:1], context).total
