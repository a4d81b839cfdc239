"""What every kind of offer promises; new kinds are found in `KINDS` alone."""

import json
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Basket, Line
from offersmith.offers.catalogue import says
from offersmith.offers.stacking import Promotion, evaluate
from offersmith.vocabulary import Offer

CASES = [(name, dict(terms)) for name, kind in KINDS.items() for terms in kind.examples]
BASKETS = st.lists(
    st.builds(Line, st.sampled_from("abcd"), st.integers(1, 40), st.integers(0, 30_000)), max_size=5
).map(lambda lines: Basket(tuple(lines), "USD"))
OFFERS = st.sampled_from(CASES).map(lambda case: Offer("", case[0], case[1]))


@st.composite
def promotions(draw):
    made = draw(st.lists(OFFERS, max_size=4))
    return [
        Promotion(Offer(f"o{place}", one.kind, one.terms), draw(st.booleans()), draw(st.integers(0, 2)))
        for place, one in enumerate(made)
    ]


def test_every_kind_has_examples_and_its_own_name():
    assert all(kind.name == name and kind.examples for name, kind in KINDS.items())


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_terms_round_trip(name, terms):
    checked = KINDS[name].check(terms, "USD")
    assert checked == terms
    assert KINDS[name].check(json.loads(json.dumps(checked)), "USD") == checked


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_unknown_terms_are_refused(name, terms):
    with pytest.raises(SettingsError, match="surprise"):
        KINDS[name].check({**terms, "surprise": 1}, "USD")


@pytest.mark.parametrize(("name", "terms"), CASES)
def test_both_languages_speak(name, terms):
    offer = Offer("x", name, terms)
    assert says(offer, "en") != says(offer, "zh")


@settings(deadline=None)
@given(case=st.sampled_from(CASES), subtotal=st.integers(0, 10_000_000))
def test_relief_stays_between_nothing_and_the_basket(case, subtotal):
    name, terms = case
    relief = KINDS[name].relief(terms, subtotal)
    assert 0 <= relief <= subtotal
    assert (relief == 0) == bool(KINDS[name].why_not(terms, subtotal))


@settings(deadline=None)
@given(case=st.sampled_from(CASES), subtotal=st.integers(0, 10_000_000))
def test_the_expected_relief_is_the_relief_without_rounding(case, subtotal):
    name, terms = case
    expected = KINDS[name].expected_relief(terms, np.array([subtotal / 100]))
    assert expected.dtype == np.float64
    assert abs(expected[0] * 100 - KINDS[name].relief(terms, subtotal)) <= 0.5 + 1e-6


@settings(deadline=None)
@given(basket=BASKETS, offered=promotions())
def test_cents_add_up_to_lines_and_units(basket, offered):
    effects = evaluate(basket, offered)
    assert 0 <= effects.off <= effects.subtotal == basket.subtotal
    assert effects.off == sum(effects.lines) == sum(one.off for one in effects.applied)
    for line, off, runs in zip(basket.lines, effects.lines, effects.units, strict=True):
        assert 0 <= off <= line.total
        assert sum(pieces for pieces, _ in runs) == line.quantity
        assert sum(pieces * each for pieces, each in runs) == off
        assert all(0 <= each <= line.unit_price for _, each in runs)


@settings(deadline=None)
@given(basket=BASKETS, offered=promotions())
def test_the_order_of_the_input_changes_nothing(basket, offered):
    results = {repr(evaluate(basket, order)) for order in permutations(offered)}
    assert len(results) == 1


@settings(deadline=None)
@given(basket=BASKETS, offered=promotions())
def test_every_promotion_is_applied_or_told_why_not(basket, offered):
    effects = evaluate(basket, offered)
    applied, refused = {one.offer_id for one in effects.applied}, {name for name, _ in effects.refused}
    assert applied | refused == {one.offer.offer_id for one in offered}
    assert not applied & refused
