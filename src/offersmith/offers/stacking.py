"""The one function that prices a basket: which promotions apply, in which order, and what each takes off.

The rule: promotions that do not stack stand alone; those declared stackable apply together, by `priority` and then by
offer id, each working on what the earlier ones left to pay (its least spend is judged on that too). Of these rival
outcomes the one that takes most off wins; ties go to fewer promotions and then to the smaller offer id. So the result
depends on the promotions and never on the order they came in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from offersmith.offers import KINDS
from offersmith.offers.allocation import allocate, per_unit
from offersmith.offers.basket import Basket
from offersmith.vocabulary import Offer

Refusals = dict[str, str]


@dataclass(frozen=True, slots=True)
class Promotion:
    """An offer as it comes to the till.

    Attributes:
        offer: what is given.
        stackable: may apply together with other stackable ones.
        priority: lower applies first.
        valid_until: no longer applies from this moment on; None = no end.
    """

    offer: Offer
    stackable: bool = False
    priority: int = 0
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the till knows besides the basket: the moment, in UTC; None where ends do not matter."""

    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """One promotion that took something off: minor units in all, and for each line of the basket."""

    offer_id: str
    off: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What the promotions do to the basket, in minor units.

    Attributes:
        subtotal: before.
        off: taken off; never negative, never above the subtotal.
        applied: in the order they were applied.
        lines: taken off each line; adds up to `off`.
        units: for each line runs of (pieces, off each piece); adds up to the line.
        refused: (offer id, reason code) for every promotion that did not apply, by offer id. Codes: `expired`,
            `below_min_spend`, `gives_nothing`, `beaten` (another outcome takes more off). Of several promotions of
            one offer only the newest version counts.
    """

    subtotal: int
    off: int
    applied: tuple[Applied, ...]
    lines: tuple[int, ...]
    units: tuple[tuple[tuple[int, int], ...], ...]
    refused: tuple[tuple[str, str], ...]

    @property
    def total(self) -> int:
        """Minor units to pay."""
        return self.subtotal - self.off

    def as_dict(self) -> dict[str, Any]:
        """Return the effects as plain values."""
        return {**asdict(self), "total": self.total}


def evaluate(basket: Basket, promotions: Iterable[Promotion], context: Context = Context()) -> Effects:
    """Price a basket; the rule stands at the top of this file.

    Args:
        basket: what is bought; may be empty.
        promotions: in any order.
        context: the moment.
    """
    refused: Refusals = {}
    usable = _usable(promotions, context, refused)
    rivals = [[one] for one in usable if not one.stackable]
    together = [one for one in usable if one.stackable]
    outcomes = [_apply(basket, rival, refused) for rival in [*rivals, together] if rival]
    best = min(outcomes, key=_rank, default=())
    won = {applied.offer_id for applied in best}
    for one in usable:
        if one.offer.offer_id not in won:
            refused.setdefault(one.offer.offer_id, "beaten")
    return _effects(basket, best, {name: why for name, why in refused.items() if name not in won})


def _usable(promotions: Iterable[Promotion], context: Context, refused: Refusals) -> list[Promotion]:
    newest: dict[str, Promotion] = {}
    for one in sorted(promotions, key=_order):
        name = one.offer.offer_id
        if context.moment is not None and one.valid_until is not None and one.valid_until <= context.moment:
            refused.setdefault(name, "expired")
        else:
            newest.setdefault(name, one)
    for name in newest:
        refused.pop(name, None)
    return sorted(newest.values(), key=lambda one: (one.priority, one.offer.offer_id))


def _order(one: Promotion) -> tuple[Any, ...]:
    # Two promotions of one offer: the newest version counts, then the one that ends last; the rest makes ties total.
    end = datetime.max if one.valid_until is None else one.valid_until  # noqa: DTZ901 - naive UTC throughout
    terms = sorted((key, str(value)) for key, value in one.offer.terms.items())
    return (one.offer.offer_id, -one.offer.version, datetime.max - end, not one.stackable, one.priority, terms)  # noqa: DTZ901


def _apply(basket: Basket, promotions: Sequence[Promotion], refused: Refusals) -> tuple[Applied, ...]:
    left = [line.total for line in basket.lines]
    applied = []
    for one in promotions:
        kind, terms, due = KINDS[one.offer.kind], one.offer.terms, sum(left)
        why = kind.why_not(terms, due)
        if why:
            refused[one.offer.offer_id] = why
            continue
        shares = allocate(kind.relief(terms, due), left)
        left = [before - share for before, share in zip(left, shares, strict=True)]
        applied.append(Applied(one.offer.offer_id, sum(shares), shares))
    return tuple(applied)


def _rank(outcome: tuple[Applied, ...]) -> tuple[int, int, list[str]]:
    return (-sum(one.off for one in outcome), len(outcome), [one.offer_id for one in outcome])


def _effects(basket: Basket, applied: tuple[Applied, ...], refused: Refusals) -> Effects:
    lines = tuple(sum(one.lines[place] for one in applied) for place in range(len(basket.lines)))
    units = tuple(per_unit(off, line.quantity) for off, line in zip(lines, basket.lines, strict=True))
    return Effects(basket.subtotal, sum(lines), applied, lines, units, tuple(sorted(refused.items())))
