"""What is kept of a promise: what a return needs to be worked out, and what was said to whoever bought.

Of a shop with a thousand campaigns an order gets one or two, so what the others answered is not kept: only promotions
that applied, those whose code was entered, and those that a limit or a budget kept out, for a return must not let them
in. Which revision a campaign had is kept of those that gave something, and of all where a return prices what is left
again.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

from offersmith.campaigns.order import Order
from offersmith.campaigns.quote import Quote
from offersmith.campaigns.taking_back import LIMITS
from offersmith.offers.effects import GENERIC, Audience
from offersmith.store.reservation import Claim


def facts_of(quote: Quote, order: Order, claims: Iterable[Claim], money: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return what a redemption keeps of the order and its pricing, as plain values.

    Args:
        quote: how the order was priced.
        order: what is bought.
        claims: what it takes.
        money: full name of a promotion -> the meters of the budgets it draws on.
    """
    applied = [one.promotion_id for one in quote.effects.applied]
    unlocked = quote.entered.unlocked
    return {
        "order": dict(order.source),
        "effects": effects_of(quote),
        "campaigns": _revisions(quote, applied),
        "unlocked": {name: unlocked[name].code for name in applied if name in unlocked},
        "owned": sorted(quote.entered.owned),
        "caps": dict(quote.caps),
        "min_margin_bp": order.context.min_margin_bp,
        "money": dict(money),
        "uses": sorted({claim.meter_id for claim in claims if claim.unit == "use"}),
    }


def effects_of(quote: Quote) -> dict[str, Any]:
    """Return the effects of a quote as they are kept, without the answers that nobody needs later."""
    plain = quote.effects.as_dict()
    plain["answers"] = [
        one
        for one in plain["answers"]
        if one["applied"] or one["code"] in LIMITS or one["promotion_id"] in quote.entered.unlocked
    ]
    return plain


def told(effects: Mapping[str, Any], audience: Audience, owned: Container[str]) -> dict[str, Any]:
    """Return kept effects with the reasons that somebody may read, as `Effects.answers_for` has it.

    Args:
        effects: as `effects_of` returned them, or {} where nothing was promised.
        audience: who reads them.
        owned: full names of promotions whose code is bound to the customer.
    """
    if audience == "staff" or not effects:
        return dict(effects)

    def may(one: Mapping[str, Any]) -> dict[str, Any]:
        if not one["needs_code"] or (audience == "owner" and one["promotion_id"] in owned):
            return dict(one)
        return {**one, "code": one["code"] if one["applied"] else GENERIC, "condition": None, "facts": {}, "hint": {}}

    return {**effects, "answers": [may(one) for one in effects["answers"]]}


def _revisions(quote: Quote, applied: Iterable[str]) -> dict[str, int]:
    """Return the revisions that a return of this order may ask for."""
    giving = {one.campaign_id: one for one in (quote.live.part(name)[0] for name in applied)}
    again = any(one.definition.returns == "reevaluate" for one in giving.values())
    return {name: one.revision for name, one in (quote.live.running if again else giving).items()}
