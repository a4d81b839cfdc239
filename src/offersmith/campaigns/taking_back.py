"""What a return gives back: money to the customer, uses and budget to the campaigns.

`keep` refunds what was paid for exactly the pieces that come back and leaves the discount of the rest alone.
`reevaluate` prices what is kept as if it had been bought alone, at the moment and by the campaigns of the order, and
refunds what was paid beyond that: a discount whose threshold is no longer met is taken back. It counts as soon as one
campaign that gave something says so. A promotion that gave nothing then steps in only where whatever counts it holds
something for this order already: no return takes from a limit or a budget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from offersmith.campaigns.limits import LIMIT_REACHED
from offersmith.campaigns.live import Live, Roster, campaign_of, full_name, together
from offersmith.campaigns.order import Order
from offersmith.errors import InputError
from offersmith.offers.basket import Basket
from offersmith.offers.effects import Effects
from offersmith.offers.returns import Sold, refund
from offersmith.offers.stacking import evaluate
from offersmith.store.redemptions import Redemption, Step

LIMITS = frozenset(
    ("limit_reached", "budget_spent", "budget_used_up", "code_used_up", "customer_needed", "identifier_needed")
)
"""Reasons that kept a promotion out of the order for what others had used; they still do when it is priced again."""


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back: money to the customer (minor units), by line where pieces keep their share, and to each meter."""

    paid: int
    by_line: Mapping[str, int]
    meters: Mapping[str, int]


NOTHING = Back(0, {}, {})


def take_back(
    kept: Redemption, steps: Sequence[Step], returned: Mapping[str, int], roster: Roster, currency: str, zone: str
) -> Back:
    """Return what pieces of an order that come back are worth.

    Args:
        kept: the order's redemption.
        steps: all its steps so far.
        returned: line name -> pieces that come back now.
        roster: knows the campaigns as they were.
        currency: the shop's.
        zone: the shop's.

    Raises:
        InputError: nothing comes back, a line that was not sold, or more pieces than are still out.
    """
    before: Counter[str] = Counter()
    refunded = 0
    for step in steps:
        if step.step == "give_back":
            before.update(step.facts["returned"])
            refunded += step.facts["refund"]
    sold = Sold.read(kept.facts["effects"])
    due = refund(sold, returned, before)
    if not any(returned.values()):
        out = {name: count - before[name] for name, count in zip(sold.names, sold.quantities, strict=True)}
        allowed = ", ".join(f"{name}: up to {count}" for name, count in out.items() if count)
        raise InputError(f"return of {dict(returned)}: no piece comes back; allowed: {allowed or 'nothing is left'}")
    after = before + Counter(returned)
    revisions = kept.facts["campaigns"]
    giving = {campaign_of(one["promotion_id"]) for one in kept.facts["effects"]["applied"]}
    policies = [roster.revision(name, revisions[name]).definition for name in giving]
    if any(one.returns == "reevaluate" for one in policies):
        live = together([roster.revision(*one) for one in revisions.items()], currency)
        effects = _again(kept, live, after, zone, _uncounted(kept, live))
        goods = sum(line["unit_price"] * line["quantity"] - line["off"] for line in kept.facts["effects"]["lines"])
        back = Back(max(0, goods - refunded - _owed(effects, sold, kept, after)), {}, _excess(kept, live, effects))
    else:
        back = Back(due.paid, due.by_line, _shares(kept, due.by_promotion))
    everything = all(after[name] >= count for name, count in zip(sold.names, sold.quantities, strict=True))
    if everything and policies and all(one.reuse_on_return for one in policies):
        uses = {name: kept.held[name] for name in kept.facts["uses"] if kept.held.get(name)}
        return replace(back, meters={**back.meters, **uses})
    return back


def _shares(kept: Redemption, by_promotion: Mapping[str, int]) -> dict[str, int]:
    """Return what each budget gets back of what its promotions had taken off these pieces."""
    meters: Counter[str] = Counter()
    for name, share in by_promotion.items():
        for meter_id in kept.facts["money"].get(name, []):
            meters[meter_id] += share
    return {name: min(amount, kept.held.get(name, 0)) for name, amount in meters.items()}


def _excess(kept: Redemption, live: Live, effects: Effects) -> dict[str, int]:
    """Return what each budget holds beyond what the order takes now; a budget is the whole campaign's."""
    now: Counter[str] = Counter()
    for one in effects.applied:
        now[live.part(one.promotion_id)[0].campaign_id] += one.off
    budgets = {
        meter_id: live.part(name)[0].campaign_id for name, ids in kept.facts["money"].items() for meter_id in ids
    }
    return {name: max(0, kept.held.get(name, 0) - now[budgets[name]]) for name in sorted(budgets)}


def _uncounted(kept: Redemption, live: Live) -> dict[str, str]:
    """Return the promotions that gave nothing and are counted by what holds nothing for this order, each blocked."""
    applied = {one["promotion_id"] for one in kept.facts["effects"]["applied"]}
    gave = {live.part(name)[0].campaign_id for name in applied}
    blocked = {}
    for running in live.running.values():
        rules, counted = running.definition, running.campaign_id not in gave
        for one in rules.promotions:
            name = full_name(running.campaign_id, one.name)
            whole = counted and (rules.budgets or any(limit.promotion is None for limit in rules.limits))
            if name not in applied and (whole or any(limit.promotion == one.name for limit in rules.limits)):
                blocked[name] = LIMIT_REACHED
    return blocked


def _again(kept: Redemption, live: Live, after: Mapping[str, int], zone: str, uncounted: Mapping[str, str]) -> Effects:
    """Price what is kept as if it had been bought alone."""
    order = Order.read(kept.facts["order"], currency=kept.currency, zone=zone)
    lines = tuple(
        replace(line, quantity=line.quantity - after.get(line.name, 0))
        for line in order.basket.bought
        if line.quantity > after.get(line.name, 0)
    )
    answers = kept.facts["effects"]["answers"]
    context = replace(
        order.context,
        moment=kept.at,
        unlocked=kept.facts["unlocked"],
        caps=kept.facts["caps"],
        blocked={**uncounted, **{one["promotion_id"]: one["code"] for one in answers if one["code"] in LIMITS}},
        min_margin_bp=kept.facts["min_margin_bp"],
    )
    smaller = Basket(lines, order.basket.currency, order.basket.shipping, order.basket.prices_include_tax)
    return evaluate(smaller, live.programme, context)


def _owed(effects: Effects, sold: Sold, kept: Redemption, after: Mapping[str, int]) -> int:
    """Return what is to pay for what is kept: the smaller basket, and gifts that are no longer earned."""
    granted: Counter[str] = Counter()
    for line in effects.basket.lines:
        if line.gift_of:
            granted[line.name] += line.quantity
    gifts = {line["line"] for line in kept.facts["effects"]["lines"] if line["gift_of"]}
    owed = effects.subtotal - effects.off
    for name, price, quantity in zip(sold.names, sold.prices, sold.quantities, strict=True):
        if name in gifts:
            owed += price * max(0, quantity - after.get(name, 0) - granted[name])
    return owed
