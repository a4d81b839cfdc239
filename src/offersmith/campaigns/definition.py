"""What a campaign promises, checked: its promotions and when they hold, its limits, its budgets, what a return does.

A definition is written as JSON and read once, before anything is written; a fault names the field, its value and what
is allowed. The form:

    {"name": "Summer", "starts": "2026-06-01", "ends": "2026-06-30", "zone": "Europe/Berlin", "currency": "EUR",
     "promotions": [{"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}, "needs_code": true}],
     "groups": [{"name": "best of", "mode": "best", "scope": "basket", "order": 0, "limit": null}],
     "limits": [{"name": "one each", "count": 1, "per": "customer", "period": "ever", "promotion": null}],
     "budgets": [{"name": "pot", "amount": "500.00", "period": "month", "rule": "clamp"}],
     "returns": "keep", "reuse_on_return": false, "reserve_minutes": 30}

Only `name` and `promotions` must be there. Times are wall times in `zone`, half open; a date alone as the end covers
that day. A promotion holds while both it and its campaign do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

import msgspec

from offersmith.campaigns.form import MOST, BudgetForm, LimitForm, Returns, Rule, allowed, read_form, wrong
from offersmith.errors import InputError, SettingsError
from offersmith.money import Money
from offersmith.offers.programme import Programme
from offersmith.offers.promotion import Group, Promotion
from offersmith.offers.reading import promotion
from offersmith.offers.wall_clock import PeriodName, instant, zone_named

EVERYBODY: Final = "all"
CUSTOMER: Final = "customer"
CODE: Final = "code"
_PER: Final = (EVERYBODY, CUSTOMER, CODE)
_NEAR: Final = 0.75
"""From how alike on a word is taken for a misspelt one (of `difflib`, 0 to 1)."""

VOUCHER: Final = "voucher"
"""The name under which a code's own uses are counted; no limit may have it."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How often something may be used.

    Attributes:
        name: unique among the campaign's limits and budgets; the ledger counts under it.
        count: uses, at least one.
        per: `all` together, each `customer`, each `code`, or each of another identifier the till sends (`device`).
        period: how long it counts before it starts from nothing again, by the campaign's wall clock.
        promotion: which promotion; None = the campaign, whichever of its promotions apply.
    """

    name: str
    count: int
    per: str
    period: PeriodName
    promotion: str | None


@dataclass(frozen=True, slots=True)
class Budget:
    """How much money the campaign may take off.

    Attributes:
        name: unique among the campaign's limits and budgets; the ledger counts under it.
        amount: minor units.
        period: how long it counts before it starts from nothing again.
        rule: what happens where a discount is more than the rest: `refuse` it whole, or `clamp` it to the rest. Neither
            overshoots.
    """

    name: str
    amount: int
    period: PeriodName
    rule: Rule


@dataclass(frozen=True, slots=True)
class Definition:
    """A checked definition.

    Attributes:
        name: what people call the campaign.
        currency: of all its money.
        zone: IANA zone of its wall clock.
        starts: naive UTC; None = at once.
        ends: naive UTC, exclusive; None = it never ends by itself.
        promotions: each holds no longer than the campaign does.
        groups: how its promotions are evaluated together, by name.
        limits: how often they may be used.
        budgets: how much they may take off.
        returns: whether a partial return keeps the discount of what is kept, or prices that again.
        reuse_on_return: whether a full return gives the use back.
        reserve_minutes: how long a reservation holds without being confirmed.
        source: the definition as JSON, with every default written out; reading it again gives the same.
    """

    name: str
    currency: str
    zone: str
    starts: datetime | None
    ends: datetime | None
    promotions: tuple[Promotion, ...]
    groups: Mapping[str, Group]
    limits: tuple[Limit, ...]
    budgets: tuple[Budget, ...]
    returns: Returns
    reuse_on_return: bool
    reserve_minutes: int
    source: Mapping[str, Any] = field(compare=False, repr=False)


def define(raw: Mapping[str, Any], *, currency: str, zone: str) -> Definition:
    """Check a definition.

    Args:
        raw: as JSON gives it.
        currency: the shop's; the definition may repeat it and not differ.
        zone: the shop's; counts where the definition names none.

    Raises:
        SettingsError: naming the field, its value and what is allowed.
    """
    form = read_form(raw)
    if form.currency not in (None, currency):
        raise wrong("currency", form.currency, currency)
    there = form.zone if form.zone is not None else zone
    zone_named(there)
    starts = None if form.starts is None else instant(form.starts, there, end=False, field="starts")
    ends = None if form.ends is None else instant(form.ends, there, end=True, field="ends")
    _in_order(starts, ends, form.ends, "ends")
    groups = {group.name: Group(group.name, group.mode, group.scope, group.order, group.limit) for group in form.groups}
    _distinct("groups", "name", [group.name for group in form.groups])
    promotions = tuple(
        _promotion(place, one, currency, there, starts, ends, groups) for place, one in enumerate(form.promotions)
    )
    _distinct("promotions", "promotion_id", [one.name for one in promotions])
    limits = tuple(_limit(place, one, promotions) for place, one in enumerate(form.limits))
    budgets = tuple(_budget(place, one, currency) for place, one in enumerate(form.budgets))
    _distinct("limits", "name", [limit.name for limit in limits], VOUCHER)
    _distinct("budgets", "name", [budget.name for budget in budgets], VOUCHER, *(limit.name for limit in limits))
    Programme(promotions, currency, groups)  # Says what the promotions contradict each other in.
    source = msgspec.to_builtins(form) | {"currency": currency, "zone": there}
    return Definition(
        name=form.name,
        currency=currency,
        zone=there,
        starts=starts,
        ends=ends,
        promotions=promotions,
        groups=MappingProxyType(groups),
        limits=limits,
        budgets=budgets,
        returns=form.returns,
        reuse_on_return=form.reuse_on_return,
        reserve_minutes=form.reserve_minutes,
        source=source,
    )


def _promotion(
    place: int,
    raw: Mapping[str, Any],
    currency: str,
    zone: str,
    starts: datetime | None,
    ends: datetime | None,
    groups: Mapping[str, Group],
) -> Promotion:
    """Read one promotion and let it hold no longer than its campaign."""
    where = f"promotions[{place}]"
    try:
        one = promotion(raw, currency, zone)
    except (SettingsError, InputError) as fault:
        raise SettingsError(f"{where}: {fault.message}", hint=fault.hint, **fault.facts) from fault
    if one.group and one.group not in groups:
        raise wrong(f"{where}.group", one.group, ", ".join(groups) or "none: the campaign has no groups")
    first = max((moment for moment in (one.starts, starts) if moment is not None), default=None)
    last = min((moment for moment in (one.ends, ends) if moment is not None), default=None)
    _in_order(first, last, raw.get("ends", raw.get("starts")), f"{where}.ends")
    return replace(one, starts=first, ends=last)


def _limit(place: int, raw: LimitForm, promotions: Sequence[Promotion]) -> Limit:
    """Check one limit against the promotions; one without a name is called by what it counts."""
    where = f"limits[{place}]"
    known = {one.name: one for one in promotions}
    concerned = promotions
    if raw.promotion is not None:
        if raw.promotion not in known:
            raise wrong(f"{where}.promotion", raw.promotion, f"null, {', '.join(known)}")
        concerned = [known[raw.promotion]]
    if raw.per == CODE and not any(one.needs_code for one in concerned):
        raise wrong(f"{where}.per", raw.per, "code only where a promotion has needs_code")
    if raw.per not in _PER and (meant := get_close_matches(raw.per, _PER, 1, _NEAR)):
        # Any other word would be an identifier no till ever sends, and nobody would get the offer.
        raise wrong(f"{where}.per", raw.per, f"{allowed(f'{where}.per')} (did you mean {meant[0]!r}?)")
    named = " ".join(filter(None, (f"per {raw.per}", raw.period, raw.promotion)))
    return Limit(raw.name or named, raw.count, raw.per, raw.period, raw.promotion)


def _budget(place: int, raw: BudgetForm, currency: str) -> Budget:
    where = f"budgets[{place}].amount"
    try:
        amount = Money.parse(raw.amount, currency).minor
    except InputError as fault:
        raise SettingsError(f"{where}: {fault.message}; allowed: {allowed(where)}", field=where) from fault
    if not 1 <= amount <= MOST:
        raise wrong(where, raw.amount)
    return Budget(raw.name or f"budget {raw.period}", amount, raw.period, raw.rule)


def _in_order(starts: datetime | None, ends: datetime | None, value: object, where: str) -> None:
    if starts is not None and ends is not None and ends <= starts:
        raise wrong(where, value, f"a moment after {starts.isoformat(' ')} UTC, when it starts")


def _distinct(part: str, key: str, names: Sequence[str], *taken: str) -> None:
    for place, name in enumerate(names):
        if name in names[:place] or name in taken:
            raise wrong(f"{part}[{place}].{key}", name, "a name that nothing else here has")
