"""What holds of every pricing, whatever is bought and whatever is offered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.offers import strategies as some
from tests.offers.strategies import CASES, GROUPS, Case

from offersmith.offers import KINDS
from offersmith.offers.base import PHASES
from offersmith.offers.basket import Basket
from offersmith.offers.context import Context
from offersmith.offers.effects import GENERIC, Answer
from offersmith.offers.programme import MOVABLE, Programme
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate
from offersmith.vocabulary import Offer

LUCK = st.randoms(use_true_random=False)
SEARCHED = ("best", "also", "two", "lines")
"""The groups of `GROUPS` that look for the best."""


@some.examples(100)
@given(CASES)
def test_nothing_is_below_zero_or_its_floor_and_every_sum_agrees(case: Case) -> None:
    effects = case.price()
    some.check_nothing_below_its_floor(effects, case.context)
    some.check_sums(effects)


@some.examples(60)
@given(CASES)
def test_everybody_answers_once_and_names_only_who_applied(case: Case) -> None:
    effects = case.price()
    some.check_answers(case, effects)
    applied = {one.promotion_id for one in effects.applied}
    for one in effects.answers:
        assert {one.facts[key] for key in ("by", "with") if key in one.facts} <= applied


@some.examples(60)
@given(CASES, LUCK)
def test_the_order_of_promotions_changes_nothing(case: Case, luck: Random) -> None:
    shuffled = case.promotions[:]
    luck.shuffle(shuffled)
    assert replace(case, promotions=shuffled).price() == case.price()


@some.examples(40)
@given(some.promotions(), some.promotions(), some.baskets(), LUCK)
def test_of_two_promotions_with_one_id_the_same_one_counts_in_any_order(
    one: list[Promotion], other: list[Promotion], basket: Basket, luck: Random
) -> None:
    both = [*one, *other]
    shuffled = both[:]
    luck.shuffle(shuffled)
    assert Case(basket, shuffled).price() == Case(basket, both).price()


@some.examples(40)
@given(CASES)
def test_pricing_what_was_priced_changes_nothing(case: Case) -> None:
    effects = case.price()
    assert replace(case, basket=effects.basket).price() == effects
    programme = Programme(case.promotions, "USD", GROUPS)
    for _ in range(2):
        assert evaluate(case.basket, programme, case.context) == effects


@some.examples(40)
@given(CASES)
def test_effects_are_plain_values(case: Case) -> None:
    plain = case.price().as_dict()
    read = json.loads(json.dumps(plain, allow_nan=False))
    assert read["total"] == read["subtotal"] - read["off"] + sum(one["amount"] - one["off"] for one in read["shipping"])
    assert [sum(one["by"].values()) for one in read["pieces"]] == [one["off"] for one in read["pieces"]]


@some.examples(40)
@given(CASES)
def test_no_promotion_takes_more_than_its_cap(case: Case) -> None:
    for one in case.price().applied:
        assert one.off <= case.context.caps.get(one.promotion_id, one.off)


@some.examples(40)
@given(CASES, st.frozensets(st.sampled_from(["p0", "p1"])))
def test_strangers_learn_of_a_code_only_whether_it_applied(case: Case, owned: frozenset[str]) -> None:
    effects = case.price()
    assert effects.answers_for("staff") == effects.answers
    assert _told(effects.answers_for("public", owned), frozenset())
    assert _told(effects.answers_for("owner", owned), owned)
    automatic = [one for one in effects.answers if not one.needs_code]
    assert [one for one in effects.answers_for("public") if not one.needs_code] == automatic


def _told(answers: Sequence[Answer], owned: frozenset[str]) -> bool:
    foreign = [one for one in answers if one.needs_code and one.promotion_id not in owned]
    said = {(one.code, one.condition, *one.facts, *one.hint) for one in foreign}
    return said <= {("applied", None), (GENERIC, None)} and all(not one.off for one in foreign if not one.applied)


@some.examples(60)
@given(st.data(), some.baskets(), some.promotions(most=4), some.contexts())
def test_one_more_in_a_best_group_never_makes_its_phase_dearer(
    data: st.DataObject, basket: Basket, others: list[Promotion], context: Context
) -> None:
    """Except an exclusive one: that it shuts the others out is its meaning."""
    group = data.draw(st.sampled_from(SEARCHED))
    found = data.draw(some.promotions(most=1, exclusive=False, group=group, prefix="x"))
    assume(found)
    phase = PHASES.index(_phase(found[0]))
    others = [one for one in others if PHASES.index(_phase(one)) <= phase]
    unlocked = replace(context, unlocked={**context.unlocked, "x0": "CODE"})
    assert Case(basket, [*others, *found], unlocked).price().total <= Case(basket, others, unlocked).price().total


def _phase(one: Promotion) -> str:
    return one.phase or KINDS[one.offer.kind].phase(one.offer.terms)


@some.examples(40)
@given(st.data(), some.baskets(most=4), some.contexts())
def test_the_search_of_best_groups_finds_what_trying_everything_finds(
    data: st.DataObject, basket: Basket, context: Context
) -> None:
    """All choices of every best group are priced as if there were nothing to choose."""
    made = data.draw(some.promotions(most=5, exclusive=False))
    promotions = [
        replace(one, group=data.draw(st.sampled_from(["", "best", "also", "two", "most"])), phase="order")
        for one in made
        if KINDS[one.offer.kind].phase(one.offer.terms) in MOVABLE
    ]
    free = {**GROUPS, **{name: replace(GROUPS[name], mode="stack", limit=None) for name in SEARCHED}}
    totals = [evaluate(basket, chosen, context, free).total for chosen in _choices(promotions)]
    assert Case(basket, promotions, context).price().total == min(totals)


def _choices(promotions: list[Promotion]) -> Iterator[list[Promotion]]:
    fixed = [one for one in promotions if one.group not in SEARCHED]
    each = []
    for name in SEARCHED:
        members = [one for one in promotions if one.group == name]
        each.append([some for size in range((GROUPS[name].limit or 1) + 1) for some in combinations(members, size)])
    for chosen in product(*each):
        yield fixed + [one for part in chosen for one in part]


@some.examples(40)
@given(CASES)
def test_names_of_lines_mean_nothing(case: Case) -> None:
    renamed = replace(
        case.basket, lines=tuple(replace(line, line_id=f"z{9 - place}") for place, line in enumerate(case.basket.lines))
    )
    effects, same = case.price(), replace(case, basket=renamed).price()
    assert (same.lines, same.units, same.applied) == (effects.lines, effects.units, effects.applied)
    assert [(one.code, one.off) for one in same.answers] == [(one.code, one.off) for one in effects.answers]


PRIMES = (101, 103, 107, 109, 113, 127)
PERCENTAGES = [
    (kind, terms) for kind, terms in some.OFFERS if kind in {"percent_off", "none"} and "currency" not in terms
]


@some.examples(60)
@given(st.data(), some.baskets(plain=True), LUCK)
def test_without_ties_the_order_of_lines_changes_nothing(data: st.DataObject, basket: Basket, luck: Random) -> None:
    """The tie-break is all that looks at a line's place: spare minor units and equally cheap pieces.

    So there must be no difference at all where nothing is spare (every percentage of every price is whole) and no two
    lines ever cost the same (their prices are primes that no percentage has as a factor).
    """
    lines = [replace(line, unit_price=PRIMES[at] * 10**14) for at, line in enumerate(basket.lines)]
    promotions = [
        replace(one, offer=Offer(one.name, *data.draw(st.sampled_from(PERCENTAGES))), phase="")
        for one in data.draw(some.promotions())
    ]
    order = list(range(len(lines)))
    luck.shuffle(order)
    effects = Case(replace(basket, lines=tuple(lines)), promotions).price()
    moved = Case(replace(basket, lines=tuple(lines[at] for at in order)), promotions).price()
    assert moved.answers == effects.answers
    assert moved.total == effects.total
    assert moved.lines == tuple(effects.lines[at] for at in order)
    assert moved.units == tuple(effects.units[at] for at in order)
    assert [one.lines for one in moved.applied] == [tuple(one.lines[at] for at in order) for one in effects.applied]


@some.examples(100)
@given(st.data(), some.baskets(plain=True), LUCK)
def test_alone_a_promotion_takes_off_the_same_in_any_order_of_lines(
    data: st.DataObject, basket: Basket, luck: Random
) -> None:
    """Where no two lines cost the same, only spare minor units are left to the tie-break: they move no total."""
    lines = {line.unit_price: line for line in basket.lines}
    kind, terms = data.draw(st.sampled_from(some.OFFERS))
    shuffled = list(lines.values())
    luck.shuffle(shuffled)
    context = data.draw(some.contexts(plain=True))
    one = [Promotion(Offer("p0", kind, terms))]
    totals = {evaluate(replace(basket, lines=tuple(found)), one, context).total for found in (lines.values(), shuffled)}
    assert len(totals) == 1


@some.examples(60)
@given(some.baskets(), LUCK, st.sampled_from(["percent_off", "amount_off"]), st.integers(1, 4999))
def test_the_order_of_lines_moves_a_spread_by_a_minor_unit_a_line(
    basket: Basket, luck: Random, kind: str, amount: int
) -> None:
    terms = {"percent": amount / 100} if kind == "percent_off" else {"amount": f"{amount / 100:.2f}"}
    if kind == "percent_off":
        assume(amount <= 10_000)
    one = [Promotion(some.offer(kind, **terms))]
    lines = list(basket.bought)
    order = list(range(len(lines)))
    luck.shuffle(order)
    effects = evaluate(replace(basket, lines=tuple(lines)), one)
    moved = evaluate(replace(basket, lines=tuple(lines[at] for at in order)), one)
    assert moved.total == effects.total
    assert all(abs(moved.lines[now] - effects.lines[at]) <= 1 for now, at in enumerate(order))
