"""Random baskets, promotions, groups and circumstances, and what must hold of every pricing.

Promotions are made of the examples of every kind in `KINDS` and of every condition in `CONDITIONS`, so a new member is
priced together with all the others from the day it is there. `PRICING_EXAMPLES=5000` in the environment looks at that
many fresh cases instead of the few that are always the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from offersmith.offers import KINDS
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.conditions import CONDITIONS
from offersmith.offers.context import Context, Customer
from offersmith.offers.effects import Effects
from offersmith.offers.margin import floor_price
from offersmith.offers.promotion import MODES, Group, Promotion
from offersmith.offers.stacking import evaluate
from offersmith.vocabulary import Offer

NOON = datetime.fromisoformat("2026-11-22T12:00")
EXAMPLES = int(os.environ.get("PRICING_EXAMPLES", "0"))


def examples(usual: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Look at `usual` cases, the same in every run; at more and fresh ones if the environment asks for it."""
    return settings(
        deadline=None,
        derandomize=not EXAMPLES,
        max_examples=EXAMPLES or usual,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def offer(kind: str, offer_id: str = "", currency: str = "USD", **terms: Any) -> Offer:
    """Return an offer with its terms checked."""
    return Offer(offer_id or kind, kind, MappingProxyType(KINDS[kind].check(terms, currency)))


def condition(kind: str, currency: str = "USD", **spec: Any) -> dict[str, Any]:
    """Return a checked condition."""
    return {"kind": kind, **CONDITIONS[kind].check(spec, currency)}


def _mentioned(key: str, found: Any) -> set[str]:
    """Return every text the examples use for a selector's key, so that random lines meet them."""
    if isinstance(found, Mapping):
        here = found.get(key, ())
        own = {here} if isinstance(here, str) else {one for one in here if isinstance(one, str)}
        return own.union(*(_mentioned(key, value) for value in found.values()))
    if isinstance(found, (list, tuple)):
        return set().union(*(_mentioned(key, value) for value in found))
    return set()


_ALL = [*(terms for kind in KINDS.values() for terms in kind.examples)]
_ALL += [spec for kind in CONDITIONS.values() for spec in kind.examples]
SKUS = sorted(_mentioned("sku", _ALL) | {"a", "b"})
CATEGORIES = [*sorted(_mentioned("category", _ALL)), None]
BRANDS = [*sorted(_mentioned("brand", _ALL)), None]
LEVELS = [*sorted(_mentioned("levels", _ALL)), "gold", None]

OFFERS = tuple((name, terms) for name, kind in KINDS.items() for terms in kind.examples)
CONDITION_EXAMPLES = tuple({"kind": name, **spec} for name, kind in CONDITIONS.items() for spec in kind.examples)

AMOUNTS = st.one_of(st.integers(0, 5), st.integers(0, 3000), st.sampled_from([333, 999, 1000, 2000, 5000, 30_000]))


@st.composite
def lines(draw: st.DrawFn, *, plain: bool = False) -> Line:
    price = draw(AMOUNTS)
    floor, cost = 0, None
    if not plain:
        floor = draw(st.one_of(st.just(0), st.integers(0, price + 50)))
        cost = draw(st.one_of(st.none(), st.integers(0, price + 50)))
    return Line(
        draw(st.sampled_from(SKUS)),
        draw(st.integers(1, 7)),
        price,
        draw(st.sampled_from(CATEGORIES)),
        brand=draw(st.sampled_from(BRANDS)),
        cost=cost,
        floor=floor,
        tax_ppm=draw(st.sampled_from([0, 70_000, 200_000])),
        gift_of="" if plain else draw(st.sampled_from(["", "", "", "p0"])),
    )


@st.composite
def baskets(draw: st.DrawFn, *, plain: bool = False, most: int = 6) -> Basket:
    """Baskets of a few lines, named by their place; `plain` ones have no floors, costs, gifts or deliveries."""
    found = draw(st.lists(lines(plain=plain), max_size=most))
    shipped = [] if plain else draw(st.lists(st.builds(Shipping, st.just(""), AMOUNTS), max_size=2))
    return Basket(
        tuple(replace(line, line_id=f"l{place}") for place, line in enumerate(found)),
        "USD",
        tuple(replace(one, shipping_id=f"s{place}") for place, one in enumerate(shipped)),
        draw(st.booleans()),
    )


GROUPS: Mapping[str, Group] = MappingProxyType(
    {
        "first": Group("first", "first"),
        "best": Group("best", "best"),
        "also": Group("also", "best", order=1),
        "two": Group("two", "best", limit=2, order=-1),
        "worst": Group("worst", "worst"),
        "most": Group("most", "stack", limit=2, order=2),
        "lines": Group("lines", "best", "line"),
        "low": Group("low", "worst", "line", order=1),
        "one": Group("one", "first", "line", order=-1),
    }
)
assert {group.mode for group in GROUPS.values()} == set(MODES)


@st.composite
def promotions(
    draw: st.DrawFn, *, most: int = 5, exclusive: bool = True, group: str | None = None, prefix: str = "p"
) -> list[Promotion]:
    """Up to `most` promotions p0, p1, ...; in one group where it is named, else in any."""
    made = draw(st.lists(st.sampled_from(OFFERS), max_size=most))
    names = [f"{prefix}{place}" for place in range(len(made))]
    others = st.sampled_from([*(f"p{place}" for place in range(4)), *GROUPS, "item", "order", "shipping", "catalogue"])
    return [
        Promotion(
            Offer(name, kind, terms),
            conditions=tuple(draw(st.lists(st.sampled_from(CONDITION_EXAMPLES), max_size=1))),
            priority=draw(st.integers(0, 2)),
            group=draw(st.sampled_from(["", "", *GROUPS])) if group is None else group,
            exclusive=exclusive and draw(st.sampled_from([False, False, False, True])),
            combines_with=draw(st.one_of(st.none(), st.none(), st.frozensets(others, max_size=5))),
            needs_code=draw(st.sampled_from([False, False, True])),
            phase=draw(st.sampled_from(["", "", "item", "order"]))
            if KINDS[kind].phase(terms) in ("item", "order")
            else "",
        )
        for name, (kind, terms) in zip(names, made, strict=True)
    ]


@st.composite
def contexts(draw: st.DrawFn, *, plain: bool = False) -> Context:
    """Circumstances; `plain` ones have no caps and no least margin."""
    names = st.sampled_from([f"p{place}" for place in range(5)])
    return Context(
        moment=draw(st.sampled_from([None, NOON])),
        customer=Customer(
            draw(st.sampled_from([None, "c1"])),
            draw(st.frozensets(st.sampled_from(["vip", "new"]))),
            draw(st.sampled_from(LEVELS)),
            draw(st.sampled_from([None, 0, 3])),
            draw(st.integers(0, 5000)),
        ),
        unlocked=draw(st.dictionaries(names, st.just("CODE"))),
        blocked=draw(st.one_of(st.just({}), st.dictionaries(names, st.just("usage_limit"), max_size=1))),
        caps={} if plain else draw(st.dictionaries(names, st.integers(0, 500), max_size=2)),
        spend_points=draw(st.sampled_from([0, 100, 777])),
        min_margin_bp=0 if plain else draw(st.sampled_from([0, 0, 2500, 10_000])),
    )


@dataclass(frozen=True)
class Case:
    """One pricing to be asked for."""

    basket: Basket
    promotions: list[Promotion]
    context: Context = field(default_factory=Context)

    def price(self) -> Effects:
        """Return its effects."""
        return evaluate(self.basket, self.promotions, self.context, GROUPS)


CASES = st.builds(Case, baskets(), promotions(), contexts())


def check_nothing_below_its_floor(effects: Effects, context: Context) -> None:
    """No line, piece, delivery or total below zero; no piece below its floor."""
    assert effects.total >= 0
    for line, off, runs in zip(effects.basket.lines, effects.lines, effects.units, strict=True):
        floor = 0 if line.gift_of else floor_price(line, context.min_margin_bp)
        assert 0 <= off <= line.total - floor * line.quantity
        assert all(0 <= each <= line.unit_price - floor for _, each in runs)
    for one, off in zip(effects.basket.shipping, effects.shipping, strict=True):
        assert 0 <= off <= one.amount


def check_sums(effects: Effects) -> None:
    """Order, line, unit and promotion discounts are the same money."""
    assert effects.off == sum(effects.lines)
    assert effects.shipping_off == sum(effects.shipping)
    for place, (line, off) in enumerate(zip(effects.basket.lines, effects.lines, strict=True)):
        assert sum(pieces for pieces, _ in effects.units[place]) == line.quantity
        assert sum(pieces * each for pieces, each in effects.units[place]) == off
        mine = [one for one in effects.pieces if one.line == place]
        assert sum(one.quantity for one in mine) == line.quantity
        assert sum(one.off for one in mine) == off
        assert sum(one.lines[place] for one in effects.applied) == off
        for applied in effects.applied:
            parts = [amount for one in mine for who, amount in one.by if who == applied.promotion_id]
            assert sum(parts) == applied.lines[place]
    for one in effects.pieces:
        assert one.off == sum(amount for _, amount in one.by)
        assert len(dict(one.by)) == len(one.by)
        assert all(amount > 0 for _, amount in one.by)
    for place, off in enumerate(effects.shipping):
        assert sum(one.shipping[place] for one in effects.applied) == off
    for applied in effects.applied:
        assert applied.off == sum(applied.lines) + sum(applied.shipping)


def check_answers(case: Case, effects: Effects) -> None:
    """Everybody answers once, with a reason; who applied did something."""
    answers = {one.promotion_id: one for one in effects.answers}
    assert len(answers) == len(effects.answers)
    assert set(answers) == {one.name for one in case.promotions}
    assert [one.promotion_id for one in effects.answers] == sorted(answers)
    applied = {one.promotion_id: one for one in effects.applied}
    assert set(applied) == {name for name, one in answers.items() if one.applied}
    gifts = {line.gift_of for line in effects.basket.lines}
    earned = {one.name for one in case.promotions if one.offer.kind == "points_earned"}
    for name, one in answers.items():
        assert one.applied == (one.code == "applied")
        assert one.code
        if one.applied:
            assert one.off == applied[name].off
            assert one.off > 0 or name in gifts or (name in earned and effects.points_earned)
        else:
            assert one.off == 0
