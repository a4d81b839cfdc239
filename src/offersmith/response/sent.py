"""Which past campaigns can be learned from, and who was sent what at their start.

A campaign is sent at once: its outcome is counted from its start, so whoever saw it days later must have come back
first, and to compare them with those who did not is to find that visitors buy. Treated are those shown it within
`AT_ONCE` of the start; a campaign of which more than `MAX_LATE` come later is not compared at all.

Whoever was sent another campaign at the same time is no example of getting nothing, nor of getting this one alone: they
are set aside, and an offer of which that leaves too few is not compared (`sent_together`). Who is sent one later in the
horizon stays and is counted: later campaigns go to those who bought since the start, treated or not, and controls
without them would be the customers who did not buy. Only campaigns sent at once count, for who sees a running one is a
matter of who visits. Who was sent one more than `AT_ONCE` earlier that was still running (its horizon not over) stays
and is counted too: what it had changed by then is in the profile, as for everybody.

A banner that stops within `AT_ONCE` of its start cannot be told from a mailing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from offersmith.store import outcomes
from offersmith.store.analytics import Analytics

MIN_TREATED = 100
MIN_PAST_DAYS = 28
PER_OFFER = 2
"""The latest campaigns of each offer that are used: what worked long ago says less, and each costs a profile."""
AT_ONCE = timedelta(days=1)
MAX_LATE = 0.05


@dataclass(frozen=True, slots=True)
class Campaign:
    """A past campaign as it was sent.

    Attributes:
        campaign_id: as in the events.
        start: first exposure of any of its offers.
        arms: offer -> customers who were sent it, and no other offer or campaign, within `AT_ONCE` of the start.
        set_aside: who is neither treated nor a control: sent several of its offers, an offer too few were sent, or
            another campaign that started within `AT_ONCE` of this one (with or without this one).
        later: who was sent another campaign that started after that and before the end of the horizon.
        before: who was sent another campaign that started earlier than that and whose horizon was not over.
    """

    campaign_id: str
    start: datetime
    arms: Mapping[str, frozenset[str]]
    set_aside: frozenset[str]
    later: frozenset[str]
    before: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Arm:
    campaign_id: str
    offer_id: str
    shown: Mapping[str, datetime]

    @property
    def start(self) -> datetime:
        return min(self.shown.values())

    def by(self, moment: datetime) -> frozenset[str]:
        return frozenset(customer for customer, time in self.shown.items() if time <= moment)


def past_campaigns(
    analytics: Analytics, as_of: datetime, horizon_days: int
) -> tuple[tuple[Campaign, ...], dict[str, str]]:
    """Return the campaigns that can be learned from, by start, and why the rest cannot.

    Returns:
        The campaigns, and `campaign/offer` -> reason code of `catalogue/response.toml`.
    """
    first = outcomes.first_time(analytics)
    named: dict[str, list[_Arm]] = {}
    for arm in _arms(analytics, as_of):
        named.setdefault(arm.campaign_id, []).append(arm)
    every = [arm for arms in named.values() for arm in arms]
    left_out: dict[str, str] = {}
    usable: list[Campaign] = []
    for name, arms in named.items():
        start = min(arm.start for arm in arms)
        fault = _fault(arms, start, first, start + timedelta(days=horizon_days) > as_of)
        campaign, faults = _campaign(name, arms, start, every, timedelta(days=horizon_days))
        for arm in arms:
            if fault or arm.offer_id in faults:
                left_out[f"{name}/{arm.offer_id}"] = fault or faults[arm.offer_id]
        if not fault and campaign.arms:
            usable.append(campaign)
    usable.sort(key=lambda campaign: (campaign.start, campaign.campaign_id))
    kept = _latest(usable)
    for campaign in usable:
        if campaign not in kept:
            left_out |= {f"{campaign.campaign_id}/{offer}": "older" for offer in campaign.arms}
    return tuple(kept), dict(sorted(left_out.items()))


def _arms(analytics: Analytics, as_of: datetime) -> list[_Arm]:
    grouped: dict[tuple[str, str], dict[str, datetime]] = {}
    for row in outcomes.exposures(analytics, as_of).to_pylist():
        grouped.setdefault((row["campaign_id"], row["offer_id"]), {})[row["customer_id"]] = row["time"]
    return [_Arm(campaign, offer, shown) for (campaign, offer), shown in sorted(grouped.items())]


def _fault(arms: Sequence[_Arm], start: datetime, first: datetime | None, still_open: bool) -> str | None:
    if still_open:
        return "outcome_open"
    if first is None or start - timedelta(days=MIN_PAST_DAYS) < first:
        return "no_past"
    shown = frozenset[str]().union(*(arm.shown for arm in arms))
    on_time = frozenset[str]().union(*(arm.by(start + AT_ONCE) for arm in arms))
    return "rolling_exposure" if len(shown - on_time) > MAX_LATE * len(shown) else None


def _campaign(
    name: str, arms: Sequence[_Arm], start: datetime, every: Sequence[_Arm], horizon: timedelta
) -> tuple[Campaign, dict[str, str]]:
    """Return the campaign, and why its other offers cannot be compared."""
    sent = {arm.offer_id: arm.by(start + AT_ONCE) for arm in arms}
    several = frozenset(
        customer
        for offer, customers in sent.items()
        for other, rivals in sent.items()
        if offer < other
        for customer in customers & rivals
    )
    others = [arm for arm in every if arm.campaign_id != name and _at_once(arm)]
    beside = _sent(arm for arm in others if abs(arm.start - start) <= AT_ONCE)
    single = {offer: customers - several for offer, customers in sent.items()}
    alone = {offer: customers - beside for offer, customers in single.items()}
    large = {offer: customers for offer, customers in alone.items() if len(customers) >= MIN_TREATED}
    faults = {
        offer: "sent_together" if len(customers) >= MIN_TREATED else "too_few_recipients"
        for offer, customers in single.items()
        if offer not in large
    }
    aside = frozenset[str]().union(beside, *sent.values()) - frozenset[str]().union(*large.values())
    later = _sent(arm for arm in others if start + AT_ONCE < arm.start < start + horizon)
    before = _sent(arm for arm in others if start - horizon < arm.start < start - AT_ONCE)
    return Campaign(name, start, large, aside, later, before), faults


def _sent(arms: Iterable[_Arm]) -> frozenset[str]:
    return frozenset[str]().union(*(arm.by(arm.start + AT_ONCE) for arm in arms))


def _at_once(arm: _Arm) -> bool:
    return len(arm.by(arm.start + AT_ONCE)) >= (1 - MAX_LATE) * len(arm.shown)


def _latest(usable: Sequence[Campaign]) -> list[Campaign]:
    """Return the campaigns that are among the latest `PER_OFFER` of any of their offers, by start."""
    count: dict[str, int] = {}
    kept: list[Campaign] = []
    for campaign in reversed(usable):
        if any(count.get(offer, 0) < PER_OFFER for offer in campaign.arms):
            kept.append(campaign)
            for offer in campaign.arms:
                count[offer] = count.get(offer, 0) + 1
    return kept[::-1]
