"""A basket priced with everything that counts at a moment: what applies, what does not and why, what is to pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from offersmith.campaigns.entered import Entered, LookUp
from offersmith.campaigns.limits import Buyer, Claims, Watched, claims, meters_of, voucher_claim
from offersmith.campaigns.live import Live, Running, full_name
from offersmith.campaigns.order import Order
from offersmith.campaigns.pots import pots_of, priced_within
from offersmith.money import Money
from offersmith.offers.basket import Line
from offersmith.offers.effects import Applied, Audience, Effects
from offersmith.offers.explain import explain, explain_code
from offersmith.store.redemptions import Redemptions
from offersmith.store.reservation import Claim
from offersmith.words import Language, say


@dataclass(frozen=True)
class Quote:
    """A priced basket.

    Attributes:
        effects: what the promotions do.
        entered: what became of the codes.
        mine: codes, as typed, that are bound to the customer.
        at: the moment it counts for, naive UTC.
        live: the campaigns it was priced with.
        caps: full name of a promotion -> the most it might take off, for what is left of budgets.
        zone: IANA zone in which moments are shown.
    """

    effects: Effects
    entered: Entered
    mine: frozenset[str]
    at: datetime
    live: Live
    caps: Mapping[str, int] = field(default_factory=dict)
    zone: str = "UTC"

    def as_dict(self, audience: Audience = "staff") -> dict[str, Any]:
        """Return plain values, with the reasons somebody may read."""
        plain = self.effects.as_dict()
        plain["answers"] = [
            {**one._asdict(), "facts": dict(one.facts), "hint": dict(one.hint)}
            for one in self.effects.answers_for(audience, self.entered.owned)
        ]
        return {
            **plain,
            "at": self.at.isoformat(),
            "rejected_codes": self.entered.rejected_for(audience, self.mine),
        }

    def text(self, language: Language = "en", audience: Audience = "staff") -> str:
        """Say what is to pay, line by line, and why what does not apply does not."""
        effects, currency = self.effects, self.effects.basket.currency
        lines = lines_of(effects, language)
        lines += [
            f"  {explain(one, currency, language, self.zone)}"
            for one in effects.answers_for(audience, self.entered.owned)
        ]
        lines += [
            say("campaigns.quote_code", language, code=code, why=explain_code(why, language))
            for code, why in self.entered.rejected_for(audience, self.mine).items()
        ]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


def lines_of(effects: Effects, language: Language) -> list[str]:
    """Return what is to pay, a line for each line of the basket, each delivery, and the whole."""
    currency = effects.basket.currency

    def money(minor: int) -> str:
        return str(Money(minor, currency))

    lines = []
    for line, off in zip(effects.basket.lines, effects.lines, strict=True):
        key = "gift" if line.gift_of else "line_off" if off else "line"
        lines.append(
            say(
                f"campaigns.quote_{key}",
                language,
                name=_called(line),
                quantity=line.quantity,
                amount=money(line.total),
                off=money(off),
                left=money(line.total - off),
            )
        )
    for one, off in zip(effects.basket.shipping, effects.shipping, strict=True):
        lines.append(
            say("campaigns.quote_shipping", language, name=one.shipping_id, amount=money(one.amount), off=money(off))
        )
    lines.append(say("campaigns.quote_total", language, total=money(effects.total), off=money(effects.off)))
    if effects.points_earned:
        lines.append(say("campaigns.quote_points", language, points=effects.points_earned))
    return lines


def _called(line: Line) -> str:
    """Return the product, and the line's own name where that is another: returns go by it."""
    return line.product_id if line.name == line.product_id else f"{line.product_id} ({line.name})"


@dataclass(frozen=True, slots=True)
class Known:
    """What a ledger said while the basket was priced, or learned when it could not be reserved.

    Attributes:
        rest: meter id -> what is left of it; None = no limit.
        own: meter id -> what reservations of the same order hold of it: a new one replaces them, so it is left too.
    """

    rest: Mapping[str, int | None] = field(default_factory=dict)
    own: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pricer:
    """Prices orders with live campaigns and what is left of their limits."""

    look_up: LookUp
    redemptions: Redemptions

    def quote(self, order: Order, live: Live, at: datetime, known: Known = Known()) -> Quote:
        """Price an order at a moment; nothing is reserved."""
        entered, mine = self.look_up.enter(order.codes, live, order.context.customer.customer_id, at, known.own)
        watched = {one.campaign_id: (one, self.watched(one, order, entered, at)) for one in live.running.values()}
        # What counts is the cap of today's definition: a meter still has the one it was last taken from with.
        caps = {meter.claim.meter_id: meter.claim.cap for _, one in watched.values() for meter in one.meters}
        rest = {
            name: replace(meter, cap=caps[name], taken=meter.taken - known.own.get(name, 0)).rest
            for name, meter in self.redemptions.read_meters(caps).items()
        } | dict(known.rest)
        blocked: dict[str, str] = {}
        pots = []
        for running, one in watched.values():
            for promotion, why in one.blocked(rest).items():
                blocked.setdefault(full_name(running.campaign_id, promotion), why)
            pots += pots_of(one, rest, running.campaign_id)
        context = replace(
            order.context,
            moment=at,
            unlocked={name: one.code for name, one in entered.unlocked.items()},
            blocked=blocked,
        )
        effects, context = priced_within(order.basket, live.programme, context, pots)
        return Quote(effects, entered, mine, at, live, context.caps, context.zone)

    def watched(self, running: Running, order: Order, entered: Entered, at: datetime) -> Watched:
        """Return the meters of a campaign that concern an order."""
        return meters_of(running.definition, running.campaign_id, buyer(running, order, entered), at)


def buyer(running: Running, order: Order, entered: Entered) -> Buyer:
    """Return who buys, as the limits of one campaign look at them."""
    codes = {
        one.promotion_id: (one.code_key,)
        for name, one in entered.unlocked.items()
        if name.startswith(f"{running.campaign_id}/")
    }
    return Buyer(order.context.customer.customer_id, codes, order.identifiers)


def claimed(quote: Quote, order: Order) -> tuple[list[Claim], dict[str, list[str]]]:
    """Return what a quote takes of the ledger's meters, and each promotion's budgets.

    Nothing can be missing to say it: a promotion whose limit cannot be held was kept out when the order was priced.
    """
    found: list[Claim] = []
    money: dict[str, list[str]] = {}
    giving: dict[str, list[Applied]] = {}
    for one in quote.effects.applied:
        giving.setdefault(quote.live.part(one.promotion_id)[0].campaign_id, []).append(one)
    for campaign_id, mine in giving.items():
        running = quote.live.running[campaign_id]
        local = [one._replace(promotion_id=quote.live.part(one.promotion_id)[1]) for one in mine]
        taken: Claims = claims(
            running.definition, running.campaign_id, local, buyer(running, order, quote.entered), quote.at
        )
        found += taken.claims
        pots = [claim.meter_id for claim in taken.claims if claim.unit == "money"]
        money |= {one.promotion_id: pots for one in mine if pots}
        for one in mine:
            voucher = quote.entered.unlocked.get(one.promotion_id)
            if voucher is not None:
                found.append(voucher_claim(voucher.campaign_id, voucher.code_key, voucher.uses))
    return found, money
