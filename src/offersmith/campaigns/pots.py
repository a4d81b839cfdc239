"""Pricing within money budgets: several promotions may draw on one, and together they take no more than is left.

In the order they apply: what fits is taken; what does not is cut to the rest where the budget is clamped, and kept out
where it refuses. Then the basket is priced again, until everything fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offersmith.campaigns.limits import Watched
from offersmith.campaigns.live import full_name
from offersmith.offers.basket import Basket
from offersmith.offers.context import Context
from offersmith.offers.effects import Applied, Effects
from offersmith.offers.programme import Programme
from offersmith.offers.stacking import evaluate


@dataclass(frozen=True, slots=True)
class Pot:
    """A money budget: whose promotions draw on it, by the names they are priced with, what is left, and its rule."""

    promotions: frozenset[str]
    left: int
    clamp: bool


def pots_of(watched: Watched, rest: Mapping[str, int | None], campaign_id: str = "") -> list[Pot]:
    """Return the budgets that concern a buyer; with `campaign_id`, promotions go by their full names."""
    found = []
    for meter in watched.meters:
        left = rest.get(meter.claim.meter_id, meter.claim.cap)
        if meter.rule != "count" and left is not None:
            names = (full_name(campaign_id, name) if campaign_id else name for name in meter.promotions)
            found.append(Pot(frozenset(names), max(0, left), meter.rule == "clamp"))
    return found


def priced_within(
    basket: Basket, programme: Programme, context: Context, pots: Sequence[Pot]
) -> tuple[Effects, Context]:
    """Price a basket so that no budget is overdrawn; return the effects and the context that led to them."""
    effects = evaluate(basket, programme, context)
    # Every round closes or cuts at least one promotion for good, so there are never more rounds than promotions.
    for _ in range(2 * len(programme.entries)):
        found = _overdrawn(effects.applied, pots)
        if found is None:
            break
        caps, blocked = found
        caps = {name: min(cap, context.caps.get(name, cap)) for name, cap in caps.items()}
        context = replace(context, caps={**context.caps, **caps}, blocked={**context.blocked, **blocked})
        effects = evaluate(basket, programme, context)
    return effects, context


def _overdrawn(applied: Sequence[Applied], pots: Sequence[Pot]) -> tuple[dict[str, int], dict[str, str]] | None:
    """Return caps and blocks that bring the promotions within the first budget they overdraw; None where all fit."""
    for pot in pots:
        drawing = [one for one in applied if one.promotion_id in pot.promotions and one.off]
        if sum(one.off for one in drawing) <= pot.left:
            continue
        left, caps, blocked = pot.left, {}, {}
        for one in drawing:
            if one.off <= left:
                left -= one.off
            elif pot.clamp and left:
                caps[one.promotion_id] = left
                left = 0
            else:
                blocked[one.promotion_id] = "budget_spent"
        return caps, blocked
    return None
