"""One campaign to look at: where it stands, its promotions and their rules in words, what is used and left, codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from offersmith.campaigns.answers import plain
from offersmith.campaigns.definition import Definition
from offersmith.campaigns.desk import Desk
from offersmith.campaigns.holders import codes_of
from offersmith.campaigns.limits import Buyer, meters_of
from offersmith.campaigns.states import CLOCK, State, allowed
from offersmith.errors import StateError
from offersmith.money import Money
from offersmith.offers.catalogue import says
from offersmith.offers.promotion import Promotion
from offersmith.offers.rule_words import say_rules
from offersmith.offers.wall_clock import local
from offersmith.store.campaigns import CampaignRow
from offersmith.store.vouchers import BatchCount
from offersmith.words import LANGUAGES, Language, say


@dataclass(frozen=True, slots=True)
class Gauge:
    """How far a limit or budget is used.

    Attributes:
        name: its name.
        unit: `use`, or `money`: then all numbers are minor units.
        per: `all` or whose uses are counted apart.
        period: how long it counts before it starts from nothing again.
        rule: a budget's; "" of a limit.
        cap: how much there is, of each subject.
        used: within the period that is running; where each subject counts apart, of all of them together, ever.
        left: what is left; None where each subject counts apart.
    """

    name: str
    unit: str
    per: str
    period: str
    rule: str
    cap: int
    used: int
    left: int | None


@dataclass(frozen=True)
class Shown:
    """A campaign as it stands at a moment; `bound` of its codes live with `holders` customers."""

    campaign: CampaignRow
    definition: Definition
    gauges: Sequence[Gauge]
    batches: Sequence[BatchCount]
    bound: int
    holders: int

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; amounts of gauges in minor units."""
        return {
            **plain(self.campaign),
            "currency": self.definition.currency,
            "allowed": [str(one) for one in allowed(State(self.campaign.state))],
            "promotions": [
                {
                    "promotion_id": one.name,
                    "kind": one.offer.kind,
                    "says": {language: says(one.offer, language) for language in LANGUAGES},
                    "rules": {language: self._rules(one, language) for language in LANGUAGES},
                    "needs_code": one.needs_code,
                }
                for one in self.definition.promotions
            ],
            "limits": [asdict(one) for one in self.gauges if one.unit == "use"],
            "budgets": [asdict(one) for one in self.gauges if one.unit == "money"],
            "batches": [asdict(one) for one in self.batches],
            "bound": self.bound,
            "holders": self.holders,
            "definition": dict(self.definition.source),
        }

    def text(self, language: Language = "en") -> str:
        """Say it, a line for each thing."""
        row = self.campaign
        ways = [say(f"campaigns.action_{one}", language) for one in allowed(State(row.state)) if one not in CLOCK]
        lines = [
            say("desk.campaign", language, campaign=row.campaign_id, name=row.name,
                state=say(f"campaigns.state_{row.state}", language), revision=row.revision, author=row.author),
            say("desk.may", language,
                ways=say("campaigns.and", language).join(ways) or say("campaigns.nothing", language)),
            say("desk.span", language, starts=self._moment(self.definition.starts, "desk.at_once", language),
                ends=self._moment(self.definition.ends, "desk.open_end", language), zone=self.definition.zone),
        ]  # fmt: skip
        for one in self.definition.promotions:
            key = "desk.promotion_with_code" if one.needs_code else "desk.promotion"
            lines.append(say(key, language, promotion=one.name, says=says(one.offer, language)))
            lines += [say("desk.rule", language, rule=rule) for rule in self._rules(one, language)]
        lines += [self._gauge(one, language) for one in self.gauges]
        lines += [
            say("desk.batch", language, batch=one.batch, codes=one.codes, bound=one.bound, void=one.void)
            for one in self.batches
        ]
        lines += codes_of(self.bound, self.holders, language)
        return "\n".join(lines)

    def _rules(self, one: Promotion, language: Language) -> list[str]:
        # Every promotion holds no longer than its campaign, whose time is said once for all of them.
        whole = self.definition
        own = replace(
            one,
            starts=None if one.starts == whole.starts else one.starts,
            ends=None if one.ends == whole.ends else one.ends,
        )
        return say_rules(own, whole.currency, language, whole.zone)

    def _moment(self, moment: datetime | None, otherwise: str, language: Language) -> str:
        return f"{local(moment, self.definition.zone):%Y-%m-%d %H:%M}" if moment else say(otherwise, language)

    def _gauge(self, one: Gauge, language: Language) -> str:
        def amount(value: int) -> str:
            return str(Money(value, self.definition.currency)) if one.unit == "money" else f"{value:,}"

        words = {
            "name": one.name,
            "cap": amount(one.cap),
            "used": amount(one.used),
            "period": say(f"desk.period_{one.period}", language),
        }
        if one.unit == "money":
            rule = say(f"desk.rule_{one.rule}", language)
            return say("desk.budget", language, **words, left=amount(one.left or 0), rule=rule)
        if one.left is not None:
            return say("desk.limit", language, **words, left=amount(one.left))
        known = one.per in ("customer", "code")
        per = say(f"desk.per_{one.per}", language) if known else one.per
        key = "desk.limit_each" if one.period == "ever" else "desk.limit_each_period"
        counts = {"times": self._times(one.cap, language), "used": self._times(one.used, language)}
        return say(key, language, **words | counts, per=per)

    def _times(self, count: int, language: Language) -> str:
        return say("desk.once" if count == 1 else "desk.times", language, count=count)

    def __str__(self) -> str:
        return self.text()


def show(desk: Desk, campaign_id: str, at: datetime) -> Shown:
    """Look at a campaign at a moment (naive UTC).

    Raises:
        StateError: no such campaign.
    """
    definition = desk.definition(campaign_id)
    row = desk.campaigns.get(campaign_id)
    if row is None:
        raise StateError(f"campaign {campaign_id!r}: no such campaign")
    codes = desk.vouchers
    gauges = _gauges(desk, row, definition, at)
    return Shown(row, definition, gauges, codes.counts(campaign_id), *codes.holders(campaign_id))


def _gauges(desk: Desk, row: CampaignRow, definition: Definition, at: datetime) -> list[Gauge]:
    # What everybody shares is one meter; what counts by somebody is as many as there are subjects: their sum is shown.
    watched = meters_of(definition, row.campaign_id, Buyer(None, {}, {}), at).meters
    meters = desk.till.redemptions.read_meters(one.claim.meter_id for one in watched)
    shared = {one.claim.name: one.claim for one in watched}
    sums = {one.name: one.used for one in desk.totals(row.campaign_id)}
    found = []
    for limit in definition.limits:
        claim = shared.get(limit.name)
        meter = meters.get(claim.meter_id) if claim else None
        used = (meter.used if meter else 0) if claim else sums.get(limit.name, 0)
        left = max(0, limit.count - used) if claim else None
        found.append(Gauge(limit.name, "use", limit.per, limit.period, "", limit.count, used, left))
    for budget in definition.budgets:
        meter = meters.get(shared[budget.name].meter_id)
        used = meter.used if meter else 0
        left = max(0, budget.amount - used)
        found.append(Gauge(budget.name, "money", "all", budget.period, budget.rule, budget.amount, used, left))
    return found
