"""The promise at the till: validate, reserve, confirm, roll back, take goods back.

Reserving prices the order with what the ledger says is left, takes it, and where somebody else was faster prices it
again without what is gone. So what the customer is told, what is kept and what limits and budgets count is one thing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from offersmith.campaigns.entered import LookUp
from offersmith.campaigns.live import COUNTING, Live, Roster
from offersmith.campaigns.order import Order
from offersmith.campaigns.promised import facts_of, told
from offersmith.campaigns.quote import Known, Pricer, Quote, claimed
from offersmith.campaigns.taking_back import NOTHING, take_back
from offersmith.money import Money
from offersmith.offers.effects import Audience
from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Redemptions
from offersmith.store.reservation import Outcome, Redemption, Reservation
from offersmith.store.vouchers import Vouchers
from offersmith.words import Language, say

TRIES = 8
"""How often an order is priced again because somebody else was faster."""

USUAL_MINUTES = 30
"""How long an order is kept that no campaign gives anything, in minutes."""

SWEPT = 100
"""How many reservations whose time is over one order lets go of before it is priced; the next one goes on."""

ROUNDS = 8
"""How often a return is worked out again because another return of the same order came first."""


@dataclass(frozen=True)
class Promise:
    """What came of a reservation.

    Attributes:
        outcome: the ledger's answer.
        facts: the effects as they are kept: what the customer was promised; `quote` has every promotion's answer.
        quote: the pricing behind it; None where an earlier answer is repeated.
        owned: full names of promotions whose code is bound to the customer.
    """

    outcome: Outcome
    facts: Mapping[str, Any] = field(default_factory=dict)
    quote: Quote | None = None
    owned: frozenset[str] = frozenset()

    def as_dict(self, audience: Audience = "staff") -> dict[str, Any]:
        """Return plain values, with the reasons somebody may read."""
        return {
            "code": self.outcome.code,
            "redemption_id": self.outcome.redemption_id,
            "state": self.outcome.state,
            "repeated": self.outcome.repeated,
            "effects": told(self.facts, audience, self.owned),
            "rejected_codes": self.quote.entered.rejected_for(audience, self.quote.mine) if self.quote else {},
        }

    @property
    def _nothing(self) -> bool:
        """Whether codes were entered, and the order is kept without any of them or anything else."""
        quote = self.quote
        if self.outcome.code != "reserved" or quote is None:
            return False
        return bool(quote.entered.rejected) and not quote.effects.applied

    def text(self, language: Language = "en", audience: Audience = "staff") -> str:
        """Say what is promised, with the reasons somebody may read."""
        key = "reserved_nothing" if self._nothing else self.outcome.code
        head = say(f"campaigns.redeem_{key}", language, redemption=self.outcome.redemption_id)
        if self.outcome.repeated:
            state = say(f"campaigns.redemption_{self.outcome.state}", language)
            return head + "\n" + say("campaigns.redeem_repeated", language, state=state)
        return "\n".join([head, self.quote.text(language, audience)]) if self.quote else head

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of taking goods back: the ledger's answer, and what goes back to the customer in minor units."""

    outcome: Outcome
    refund: int
    currency: str
    by_line: Mapping[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "code": self.outcome.code,
            "redemption_id": self.outcome.redemption_id,
            "state": self.outcome.state,
            "repeated": self.outcome.repeated,
            "refund": self.refund,
            "currency": self.currency,
            "by_line": dict(self.by_line),
        }

    def text(self, language: Language = "en") -> str:
        """Say what goes back."""
        return say(
            f"campaigns.redeem_{self.outcome.code}",
            language,
            redemption=self.outcome.redemption_id,
            refund=str(Money(self.refund, self.currency)),
        )

    def __str__(self) -> str:
        return self.text()


class Till:
    """Prices and redeems against one ledger.

    Args:
        ledger: an open one.
        currency: the shop's.
        zone: the shop's.
        min_margin_bp: least margin of every piece whose cost is known, in hundredths of a percent of its price.
    """

    def __init__(self, ledger: Ledger, *, currency: str, zone: str, roster: Roster, min_margin_bp: int = 0) -> None:
        self.currency = currency
        self.zone = zone
        self.roster = roster
        self.redemptions = Redemptions(ledger)
        self.vouchers = Vouchers(ledger)
        self.look_up = LookUp(self.vouchers, self.redemptions)
        self._pricer = Pricer(self.look_up, self.redemptions)
        self._margin = min_margin_bp

    def order(self, raw: Mapping[str, Any]) -> Order:
        """Read an order from JSON; see `Order.read`."""
        order = Order.read(raw, currency=self.currency, zone=self.zone)
        return replace(order, context=replace(order.context, min_margin_bp=self._margin))

    def quote(self, order: Order, at: datetime) -> Quote:
        """Say what an order would cost at a moment (naive UTC), and reserve nothing."""
        return self._pricer.quote(order, self.roster.at(at), at, self._known(order, Known()))

    def reserve(self, order: Order, key: str, at: datetime) -> Promise:
        """Promise an order's effects: all limits and budgets they need are taken, or the order is priced without them.

        A campaign that was paused or edited after the order was priced gives nothing: the order is priced again.

        Another reservation of the same order and customer that is not confirmed, say of the basket before it was
        changed, is replaced: what it held is free for this one, and where this one is not kept it stays.

        What reservations hold whose time was over at `at` is let go of first, so that nobody has to sweep.

        Args:
            order: what is bought.
            key: the caller's idempotency key: the same key with the same order gets the first promise again.
            at: the moment it counts for, naive UTC.
        """
        self._let_go(at)
        before: Live | None = None
        known = Known()
        redemption_id = f"r-{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:24]}"
        outcome = Outcome("refused_limit", "", "")
        for _ in range(TRIES):
            live = self.roster.at(at)
            # What is left was learned under the caps of other definitions where a campaign changed meanwhile.
            known = self._known(order, known if live is before else Known())
            before = live
            quote = self._pricer.quote(order, live, at, known)
            wanted, money = claimed(quote, order)
            facts: Mapping[str, Any] = facts_of(quote, order, wanted, money)
            codes = {quote.entered.unlocked[name].code_key for name in facts["unlocked"]}
            outcome = self.redemptions.reserve(
                Reservation(
                    key=key,
                    redemption_id=redemption_id,
                    digest=order.digest,
                    order_id=order.order_id,
                    customer_id=order.context.customer.customer_id,
                    currency=order.basket.currency,
                    at=at,
                    expires_at=at + _held_for(quote),
                    claims=tuple(wanted),
                    vouchers=tuple(sorted(codes)),
                    campaigns=_revisions(quote),
                    giving=frozenset(map(str, COUNTING)),
                    facts=facts,
                )
            )
            if outcome.code in ("refused_limit", "refused_budget"):
                known = replace(known, rest={**known.rest, outcome.meter_id: outcome.rest})
                continue
            if outcome.code in ("voucher_void", "campaign_changed"):  # since it was looked up; the next look finds it
                continue
            if outcome.repeated:
                kept = self.redemptions.find(outcome.redemption_id)
                facts = kept.facts if kept else {}
                return Promise(outcome, facts.get("effects", {}), owned=frozenset(facts.get("owned", ())))
            if not outcome.done:
                return Promise(outcome)
            return Promise(outcome, facts["effects"], quote, quote.entered.owned)
        return Promise(outcome)

    def confirm(self, redemption_id: str, key: str, at: datetime) -> Outcome:
        """Keep a promise for good: the payment arrived; one that was swept is taken again within today's limits."""
        kept = self.redemptions.find(redemption_id)
        caps: dict[str, int | None] = {}
        if kept is not None and kept.state == "expired":
            self._let_go(at)
            caps = self._caps(kept)
        return self.redemptions.confirm(redemption_id, key, at, caps)

    def _caps(self, kept: Redemption) -> dict[str, int | None]:
        """Return the caps that the meters of a redemption have by the definitions of today."""
        meters = self.redemptions.read_meters(
            {name for step in self.redemptions.steps(kept.redemption_id) for name in step.amounts}
        )
        caps: dict[str, int | None] = {}
        for campaign_id in {one.campaign_id for one in meters.values()}:
            today = self.roster.today(campaign_id)
            named = {("use", one.name): one.count for one in today.limits}
            named |= {("money", one.name): one.amount for one in today.budgets}
            mine = (one for one in meters.values() if one.campaign_id == campaign_id)
            caps |= {one.meter_id: named[one.unit, one.name] for one in mine if (one.unit, one.name) in named}
        return caps

    def roll_back(self, redemption_id: str, key: str, at: datetime, reason: str = "") -> Outcome:
        """Give everything back: the payment failed, or the order was cancelled."""
        return self.redemptions.roll_back(redemption_id, key, at, reason)

    def _known(self, order: Order, known: Known) -> Known:
        """Add what the order holds already: it does not compete with itself."""
        return replace(known, own=self.redemptions.held_by_order(order.order_id, order.context.customer.customer_id))

    def _let_go(self, at: datetime) -> None:
        if self.redemptions.overdue(at):
            self.redemptions.sweep(at, SWEPT)

    def sweep(self, at: datetime) -> int:
        """Let go of all reservations whose time is over; return how many."""
        gone = 0
        while found := self.redemptions.sweep(at):
            gone += found
        return gone

    def take_back(self, redemption_id: str, returned: Mapping[str, int], key: str, at: datetime) -> Returned:
        """Take pieces back and say what was paid for them, by the policy of the campaigns that gave something.

        Args:
            redemption_id: of the order.
            returned: line name -> pieces.
            key: the caller's idempotency key.
            at: the moment, naive UTC.

        Raises:
            InputError: a line that was not sold, or more pieces than are still out.
        """
        plain = json.dumps([redemption_id, sorted(returned.items())])
        digest = hashlib.sha256(plain.encode()).hexdigest()
        outcome = Outcome("unknown_redemption", redemption_id, "")
        for _ in range(ROUNDS):
            kept = self.redemptions.find(redemption_id)
            if kept is None:
                return Returned(outcome, 0, self.currency)
            steps = self.redemptions.steps(redemption_id)
            again = next((step for step in steps if step.key == key), None)
            back = NOTHING
            if again is None and kept.state == "confirmed":
                back = take_back(kept, steps, returned, self.roster, self.currency, self.zone)
            outcome = self.redemptions.give_back(
                redemption_id,
                key,
                at,
                digest,
                back.meters,
                {"returned": dict(returned), "refund": back.paid, "by_line": dict(back.by_line)},
                after=len(steps),
            )
            if outcome.code != "changed_meanwhile":
                done = outcome.code == "given_back"
                facts = outcome.facts if done else {}
                return Returned(outcome, facts.get("refund", 0), kept.currency, facts.get("by_line", {}))
        return Returned(outcome, 0, self.currency)


def _revisions(quote: Quote) -> dict[str, int]:
    giving = (quote.live.part(one.promotion_id)[0] for one in quote.effects.applied)
    return {one.campaign_id: one.revision for one in giving}


def _held_for(quote: Quote) -> timedelta:
    """Return how long a promise holds: as long as the shortest of the campaigns that give something."""
    giving = (quote.live.part(one.promotion_id)[0].definition for one in quote.effects.applied)
    return timedelta(minutes=min((one.reserve_minutes for one in giving), default=USUAL_MINUTES))
