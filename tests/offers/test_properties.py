"""What holds of every pricing, whatever is bought and whatever is offered."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st
from tests.offers import strategies as some
from tests.offers.strategies import CASES, GROUPS, Case

from offersmith.offers.programme import Programme
from offersmith.offers.stacking import evaluate


@some.examples(150)
@given(CASES)
def test_nothing_is_below_zero_or_its_floor_and_every_sum_agrees(case: Case) -> None:
    effects = case.price()
    some.check_nothing_below_its_floor(effects, case.context)
    some.check_sums(effects)


@some.examples(150)
@given(CASES)
def test_everybody_answers_once(case: Case) -> None:
    effects = case.price()
    some.check_answers(case, effects)


@some.examples(60)
@given(CASES, st.randoms(use_true_random=False))
def test_the_order_of_promotions_changes_nothing(case: Case, luck) -> None:
    shuffled = case.promotions[:]
    luck.shuffle(shuffled)
    assert Case(case.basket, shuffled, case.context).price() == case.price()


@some.examples(80)
@given(CASES)
def test_pricing_what_was_priced_changes_nothing(case: Case) -> None:
    effects = case.price()
    assert Case(effects.basket, case.promotions, case.context).price() == effects
    programme = Programme(case.promotions, "USD", GROUPS)
    for _ in range(2):
        assert evaluate(case.basket, programme, case.context) == effects


@some.examples(80)
@given(CASES)
def test_effects_survive_json(case: Case) -> None:
    plain = case.price().as_dict()
    assert json.loads(json.dumps(plain)) == json.loads(json.dumps(plain, sort_keys=True))


@some.examples(100)
@given(CASES)
def test_no_promotion_takes_more_than_its_cap(case: Case) -> None:
    for one in case.price().applied:
        assert one.off <= case.context.caps.get(one.promotion_id, one.off)
