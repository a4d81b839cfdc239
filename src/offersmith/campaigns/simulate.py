"""What a campaign would have done to past orders: cost, margin, customers touched, before anybody is promised anything.

Every order is priced in the order of time with the campaign alone; limits and budgets are counted as the ledger would.
It is an upper bound of the cost and no forecast: every code is taken to be entered by everybody it is for, what past
orders do not know (which of the open codes, which device) is taken to be new each time, and nobody buys more, less or
at another time because of the campaign. What the campaign changes is the plan's and the experiment's to say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from math import floor
from types import MappingProxyType
from typing import Any

from offersmith.campaigns.definition import CODE, CUSTOMER, EVERYBODY, Definition
from offersmith.campaigns.holders import codes_of
from offersmith.campaigns.limits import BUDGET_SPENT, LIMIT_REACHED, Buyer, Watched, claims, meters_of
from offersmith.campaigns.pots import pots_of, priced_within
from offersmith.money import Money
from offersmith.offers.basket import Basket
from offersmith.offers.context import Context, Customer
from offersmith.offers.effects import Effects
from offersmith.offers.programme import Programme
from offersmith.progress import Progress, silent
from offersmith.words import Language, say

MANY = 500
"""Orders between two reports of progress."""


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order as it was: who, when, what at which shelf prices."""

    order_id: str
    customer_id: str | None
    at: datetime
    basket: Basket


@dataclass(frozen=True, slots=True)
class Simulation:
    """The figures of a simulation; money in minor units of `currency`.

    Attributes:
        orders, touched: orders priced, and those a promotion did something to.
        customers, customers_touched: likewise; orders without a customer are left out here.
        revenue: of all orders at shelf prices.
        cost: taken off by the campaign's promotions.
        shop_cost: the part of it that the shop pays itself.
        margin_before, margin_after: revenue times the stated margin rate, without and with the shop's part of the cost.
            Shares are exact, rounded half up to the minor unit.
        by_promotion: promotion id -> (orders, minor units).
        reasons: reason code -> how often a promotion did not apply for it.
        since, until: the stretch of the orders (naive UTC).
        cut: a budget of the campaign refused or cut something, so that the figures are no upper bound.
        once: a code or a limit of uses had run out before a later order, which it may have been worth more on: no upper
            bound either.
        codes, holders: live codes that are bound to a customer, and how many customers hold them.
    """

    currency: str
    orders: int
    touched: int
    customers: int
    customers_touched: int
    revenue: int
    cost: int
    shop_cost: int
    margin_before: int
    margin_after: int
    by_promotion: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    cut: bool = False
    once: bool = False
    codes: int = 0
    holders: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; money as text in major units."""
        money = ("revenue", "cost", "shop_cost", "margin_before", "margin_after")
        return {
            "currency": self.currency,
            **{name: getattr(self, name) for name in ("orders", "touched", "customers", "customers_touched")},
            **{name: Money(getattr(self, name), self.currency).text for name in money},
            "by_promotion": {
                name: {"orders": orders, "cost": Money(cost, self.currency).text}
                for name, (orders, cost) in self.by_promotion.items()
            },
            "reasons": dict(self.reasons),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "cut": self.cut,
            "once": self.once,
            "codes": self.codes,
            "holders": self.holders,
        }

    def text(self, language: Language = "en") -> str:
        """Say what it would have cost and whom it would have touched."""

        def money(minor: int) -> str:
            return str(Money(minor, self.currency))

        lines = [
            say("campaigns.simulated", language, orders=self.orders, touched=self.touched,
                customers=self.customers, customers_touched=self.customers_touched),
            say("campaigns.simulated_money_part" if self.cut or self.once else "campaigns.simulated_money", language,
                cost=money(self.cost), shop_cost=money(self.shop_cost), before=money(self.margin_before),
                after=money(self.margin_after), revenue=money(self.revenue)),
        ]  # fmt: skip
        lines += [
            say("campaigns.simulated_promotion", language, name=name, orders=orders, cost=money(cost))
            for name, (orders, cost) in self.by_promotion.items()
        ]
        lines += codes_of(self.codes, self.holders, language)
        kind = "cut" if self.cut else "once" if self.once else "bound"
        return "\n".join([*lines, say(f"campaigns.simulated_{kind}", language)])

    def __str__(self) -> str:
        return self.text()


def simulate(
    definition: Definition,
    campaign_id: str,
    orders: Iterable[PastOrder],
    bound: Mapping[str, Mapping[str, str]],
    *,
    open_codes: frozenset[str],
    margin_rate: float,
    cost_share: float,
    uses: Mapping[str, int] = MappingProxyType({}),
    total: int | None = None,
    progress: Progress = silent,
) -> Simulation:
    """Price past orders with a campaign.

    Args:
        definition: the campaign's; its own start and end do not matter here.
        campaign_id: its id.
        orders: in the order of time.
        bound: customer id -> promotion id -> the code that is bound to them.
        open_codes: promotions with codes that are bound to nobody: taken to be entered by everybody.
        margin_rate: profit before offers over revenue.
        cost_share: the part of what offers take off that the shop pays itself.
        uses: bound code -> how often it may be used; one that is not there has no limit of its own.
        total: how many orders there are, for the progress bar.
        progress: told as orders are priced.
    """
    # The past is not the campaign's time: what it would do then is asked without its start and end.
    timeless = [replace(one, starts=None, ends=None) for one in definition.promotions]
    programme = Programme(timeless, definition.currency, definition.groups)
    used: Counter[str] = Counter()
    seen, touched = set(), set()
    count = reached = revenue = cost = 0
    by_promotion: dict[str, tuple[int, int]] = {one.name: (0, 0) for one in timeless}
    reasons: Counter[str] = Counter()
    first = last = None
    cut = once = False
    for order in orders:
        if count % MANY == 0:
            progress("campaigns.simulating", count, total)
        mine = bound.get(order.customer_id or "", {})
        held = {name: code for name, code in mine.items() if code not in uses or used[code] < uses[code]}
        codes = dict.fromkeys(open_codes, "") | held
        unknown = {one.per: order.order_id for one in definition.limits if one.per not in (EVERYBODY, CUSTOMER, CODE)}
        buyer = Buyer(order.customer_id, {name: (code,) for name, code in held.items()}, unknown)
        effects, capped = _priced(programme, definition, campaign_id, order, codes, buyer, used)
        used.update(held[one.promotion_id] for one in effects.applied if one.promotion_id in held)
        off = effects.off + effects.shipping_off
        count, revenue, cost = count + 1, revenue + order.basket.subtotal, cost + off
        first, last = first or order.at, order.at
        seen.add(order.customer_id)
        if effects.applied:
            reached += 1
            touched.add(order.customer_id)
        for one in effects.applied:
            orders_so_far, so_far = by_promotion[one.promotion_id]
            by_promotion[one.promotion_id] = (orders_so_far + 1, so_far + one.off)
        reasons.update(code for _, code in effects.refused)
        cut, once = cut or capped, once or len(held) < len(mine)
    progress("campaigns.simulating", count, total)
    ours, before = _part(cost, cost_share), _part(revenue, margin_rate)
    return Simulation(
        definition.currency, count, reached, len(seen - {None}), len(touched - {None}), revenue, cost, ours, before,
        before - ours, by_promotion, dict(sorted(reasons.items())), first, last, cut or BUDGET_SPENT in reasons,
        once or LIMIT_REACHED in reasons,
    )  # fmt: skip


def _part(amount: int, share: float) -> int:
    """Return a share of an amount of minor units, half up, of the share as it is written: 0.3 is three tenths."""
    return floor(amount * Fraction(repr(float(share))) + Fraction(1, 2))


def _priced(
    programme: Programme,
    definition: Definition,
    campaign_id: str,
    order: PastOrder,
    codes: Mapping[str, str],
    buyer: Buyer,
    used: Counter[str],
) -> tuple[Effects, bool]:
    """Price one order with what is left of the campaign's limits, count what it takes, and say if a budget cut it."""
    watched: Watched = meters_of(definition, campaign_id, buyer, order.at)
    rest: dict[str, int | None] = {
        one.claim.meter_id: one.claim.cap - used[one.claim.meter_id]
        for one in watched.meters
        if one.claim.cap is not None
    }
    context = Context(
        order.at,
        definition.zone,
        Customer(order.customer_id),
        unlocked=codes,
        blocked=watched.blocked(rest),
    )
    effects, found = priced_within(order.basket, programme, context, pots_of(watched, rest))
    for claim in claims(definition, campaign_id, effects.applied, buyer, order.at).claims:
        used[claim.meter_id] += claim.amount
    return effects, bool(found.caps)
