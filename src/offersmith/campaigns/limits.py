"""From a campaign's limits and budgets to the meters of the ledger: which a basket would touch, and what it takes.

`meters_of` says which meters concern a buyer at a moment: before pricing, whoever asks reads what is left of them, so
that a promotion whose uses are gone is kept out and a clamped budget caps what may come off. `claims` says what a
priced basket takes: only promotions that did something count, automatic ones as well as those with codes.

A meter's name is the same for the same limit, subject and period whoever writes it down, so two tills that count one
thing count it in one row. A limit keeps its meter as long as it keeps its name, whatever becomes of its count; uses and
money are never counted in one row, though a budget may take the name of a limit that is no more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal, Protocol

from offersmith.campaigns.definition import CODE, CUSTOMER, EVERYBODY, VOUCHER, Budget, Definition, Limit
from offersmith.campaigns.form import Rule
from offersmith.offers.wall_clock import PeriodName, period
from offersmith.store.reservation import Claim

LIMIT_REACHED: Final = "limit_reached"
BUDGET_SPENT: Final = "budget_spent"

_PLAIN: Final = re.compile(r"[A-Za-z0-9._@-]{1,64}\Z")
_LONGEST: Final = 240


class AppliedPromotion(Protocol):
    """What is read of a promotion that did something: `offers.effects.Applied` is one."""

    @property
    def promotion_id(self) -> str:
        """Which."""

    @property
    def off(self) -> int:
        """Minor units it took off, goods, gifts and deliveries together."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, as far as limits look.

    Attributes:
        customer_id: None = not known.
        codes: promotion id -> the keys of the codes that were entered for it.
        identifiers: further ones of the buyer (`device`, `card`), the one most like a person first; kept hashed only.
    """

    customer_id: str | None
    codes: Mapping[str, Sequence[str]]
    identifiers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Watch:
    """One meter that concerns a buyer at a moment.

    Attributes:
        claim: the meter, with an amount of 1: what a use takes; a budget takes what came off instead.
        promotions: whose effects it counts.
        rule: a budget's rule; `count` for a limit on uses.
    """

    claim: Claim
    promotions: frozenset[str]
    rule: Literal["count"] | Rule


@dataclass(frozen=True, slots=True)
class Missing:
    """A limit that cannot be held, because the till did not send what it counts by.

    Attributes:
        code: `customer_needed`, or `identifier_needed`.
        limit: the limit's name.
        needed: what has to be sent: `customer`, `device`, …
        promotions: which promotions therefore cannot be given.
    """

    code: str
    limit: str
    needed: str
    promotions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Watched:
    """The meters that concern a buyer, and the limits that cannot be held for them."""

    meters: tuple[Watch, ...]
    missing: tuple[Missing, ...]

    def blocked(self, rest: Mapping[str, int | None]) -> dict[str, str]:
        """Return promotion id -> reason code for those that a limit, or a budget without a rest, keeps out.

        Args:
            rest: meter id -> what is left of it, None = no limit; a meter that is not there was never touched.
        """
        found: dict[str, str] = {}
        for gap in self.missing:
            found |= dict.fromkeys(gap.promotions, gap.code)
        for watch in self.meters:
            left = rest.get(watch.claim.meter_id, watch.claim.cap)
            if left is not None and left < 1:
                gone = LIMIT_REACHED if watch.rule == "count" else BUDGET_SPENT
                found = dict.fromkeys(watch.promotions, gone) | found
        return found


@dataclass(frozen=True, slots=True)
class Claims:
    """What a priced basket takes from the meters of one campaign, or why it cannot be taken.

    Attributes:
        claims: to hand to the ledger; () if nothing applied.
        missing: limits on promotions that applied and that cannot be held; then nothing may be reserved.
    """

    claims: tuple[Claim, ...]
    missing: tuple[Missing, ...] = ()


def meters_of(definition: Definition, campaign_id: str, buyer: Buyer, moment: datetime) -> Watched:
    """Return the meters that concern a buyer at a moment (naive UTC)."""
    meters: list[Watch] = []
    missing: list[Missing] = []
    everything = frozenset(one.name for one in definition.promotions)
    for limit in definition.limits:
        concerned = everything if limit.promotion is None else everything & {limit.promotion}
        subjects, needed = _subjects(limit, buyer, concerned)
        if needed:
            code = "customer_needed" if needed == CUSTOMER else "identifier_needed"
            missing.append(Missing(code, limit.name, needed, concerned))
        span = _span(moment, definition.zone, limit.period)
        for subject, promotions in subjects.items():
            claim = _claim(campaign_id, limit, limit.promotion or "", subject, span)
            meters.append(Watch(claim, promotions, "count"))
    for budget in definition.budgets:
        span = _span(moment, definition.zone, budget.period)
        meters.append(Watch(_claim(campaign_id, budget, "", "", span), everything, budget.rule))
    return Watched(tuple(meters), tuple(missing))


def claims(
    definition: Definition,
    campaign_id: str,
    applied: Iterable[AppliedPromotion],
    buyer: Buyer,
    moment: datetime,
) -> Claims:
    """Return what the promotions that did something take: a use of every limit, from every budget what came off.

    A limit counts an order once, however many of the promotions it concerns applied; a limit per code counts every code
    once.

    Args:
        definition: the campaign's.
        campaign_id: its name in the ledger.
        applied: promotions that did something; those of other campaigns are not looked at.
        buyer: who buys.
        moment: naive UTC; says which day, week or month it counts for.
    """
    off: dict[str, int] = {}
    for one in applied:
        off[one.promotion_id] = off.get(one.promotion_id, 0) + one.off
    watched = meters_of(definition, campaign_id, buyer, moment)
    missing = tuple(gap for gap in watched.missing if not gap.promotions.isdisjoint(off))
    if missing:
        return Claims((), missing)
    taken = []
    for watch in watched.meters:
        used = [off[promotion] for promotion in watch.promotions if promotion in off]
        amount = min(len(used), 1) if watch.rule == "count" else sum(used)
        if amount:
            taken.append(replace(watch.claim, amount=amount))
    return Claims(tuple(taken))


def voucher_claim(campaign_id: str, code_key: str, uses: int | None) -> Claim:
    """Return the claim of one use of a code; one without a limit of its own is counted all the same."""
    meter_id = _name(campaign_id, VOUCHER, "", code_key, "")
    return Claim(meter_id, campaign_id, VOUCHER, code_key, "", "use", uses, 1)


def subject_of(kind: str, value: str) -> str:
    """Return how somebody is written down in a meter.

    A customer's or a code's own name stands as it is where it is short and plain; everything else, and what a till
    knows of a device or a card always, as SHA-256 under the name of its kind.

    >>> subject_of("customer", "c-17")
    'c-17'
    >>> subject_of("device", "c-17")[:18]
    'device:sha256:12a7'
    """
    if kind in (CUSTOMER, CODE):
        return value if _PLAIN.match(value) else f"sha256:{_hash(value)}"
    return f"{kind}:sha256:{_hash(f'{kind}:{value}')}"


def _subjects(limit: Limit, buyer: Buyer, concerned: frozenset[str]) -> tuple[dict[str, frozenset[str]], str]:
    """Return whose uses a limit counts, each with the promotions concerned; or what is needed to say it."""
    if limit.per == EVERYBODY:
        return {"": concerned}, ""
    if limit.per == CODE:
        found: dict[str, frozenset[str]] = {}
        for promotion in sorted(concerned):
            for key in buyer.codes.get(promotion, ()):
                subject = subject_of(CODE, key)
                found[subject] = found.get(subject, frozenset()) | {promotion}
        return found, ""  # A promotion that took no code uses none.
    if limit.per == CUSTOMER:
        if buyer.customer_id:
            return {subject_of(CUSTOMER, buyer.customer_id): concerned}, ""
        known = next(((kind, value) for kind, value in buyer.identifiers.items() if value), None)
        return ({}, CUSTOMER) if known is None else ({subject_of(*known): concerned}, "")
    value = buyer.identifiers.get(limit.per)
    return ({subject_of(limit.per, value): concerned}, "") if value else ({}, limit.per)


@lru_cache(maxsize=256)
def _span(moment: datetime, zone: str, length: PeriodName) -> str:
    """Return the period of a moment: all campaigns that a basket is priced with ask for the same few."""
    return period(moment, zone, length)


def _claim(campaign_id: str, by: Limit | Budget, promotion: str, subject: str, span: str) -> Claim:
    if isinstance(by, Limit):
        meter_id = _name(campaign_id, by.name, promotion, subject, span)
        return Claim(meter_id, campaign_id, by.name, subject, span, "use", by.count, 1)
    meter_id = _name(campaign_id, by.name, promotion, subject, span, "money")
    return Claim(meter_id, campaign_id, by.name, subject, span, "money", by.amount, 1)


def _name(*parts: str) -> str:
    """Return parts as one text from which they can be told apart; one that is too long or odd goes by its hash."""
    text = "/".join(parts)
    if "%" in text or text.count("/") >= len(parts):
        text = "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)
    return text if len(text) <= _LONGEST and text.isprintable() else f"sha256:{_hash(text)}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
