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

All this is for campaigns of which nobody knows how their recipients were chosen. Where the chances were written down
(`logged`), the lot's own groups are compared, nobody is set aside, and it does not matter when an offer is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from offersmith.response import logged
from offersmith.response.exposed import NOBODY, by_campaign, by_offer
from offersmith.response.logged import Lot
from offersmith.store import outcomes
from offersmith.store.analytics import Analytics

MIN_TREATED = 100
MIN_PAST_DAYS = 28
PER_OFFER = 2
"""The latest campaigns of each offer that are used: what worked long ago says less, and each costs a profile."""
PER_OFFER_BY_LOT = 6
"""The same of campaigns by lot: their chances are known, so that older ones add what they know and no selection."""
AT_ONCE = timedelta(days=1)
MAX_LATE = 0.05


@dataclass(frozen=True, slots=True, eq=False)
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
        lot: its decisions with their chances, where they were written down; `arms` are then its groups.
        beside: who was sent another campaign within `AT_ONCE` of this one.
    """

    campaign_id: str
    start: datetime
    arms: Mapping[str, frozenset[str]]
    set_aside: frozenset[str]
    later: frozenset[str]
    before: frozenset[str]
    lot: Lot | None = None
    beside: frozenset[str] = frozenset()


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
    horizon = timedelta(days=horizon_days)
    shown = by_campaign(outcomes.exposures(analytics, as_of))
    named = {name: [_Arm(name, *one) for one in by_offer(rows).items()] for name, rows in shown.items()}
    every = [arm for arms in named.values() for arm in arms]
    logs = logged.logs(analytics, as_of)
    left_out: dict[str, str] = {}
    usable: list[Campaign] = []
    for name in sorted({*named, *logs}):
        arms = named.get(name, [])
        sent = min((arm.start for arm in arms), default=None)
        lot = logged.lot(logs[name], shown.get(name, NOBODY), sent, as_of, horizon) if name in logs else None
        start = lot.start if lot else sent
        if start is None:
            continue
        fault = _too_soon(start, first, start + horizon > as_of) or ("" if lot else _rolling(arms, start))
        found = _by_lot(name, lot, every, horizon) if lot else _campaign(name, arms, start, every, horizon)
        campaign, faults = found
        for offer in lot.offers if lot else [arm.offer_id for arm in arms]:
            if fault or offer in faults:
                left_out[f"{name}/{offer}"] = fault or faults[offer]
        if not fault and campaign.arms:
            usable.append(campaign)
    usable.sort(key=lambda campaign: (campaign.start, campaign.campaign_id))
    kept = _latest(usable)
    for campaign in usable:
        if campaign not in kept:
            left_out |= {f"{campaign.campaign_id}/{offer}": "older" for offer in campaign.arms}
    return tuple(kept), dict(sorted(left_out.items()))


def _too_soon(start: datetime, first: datetime | None, still_open: bool) -> str:
    if still_open:
        return "outcome_open"
    return "no_past" if first is None or start - timedelta(days=MIN_PAST_DAYS) < first else ""


def _rolling(arms: Sequence[_Arm], start: datetime) -> str:
    shown = frozenset[str]().union(*(arm.shown for arm in arms))
    on_time = frozenset[str]().union(*(arm.by(start + AT_ONCE) for arm in arms))
    return "rolling_exposure" if len(shown - on_time) > MAX_LATE * len(shown) else ""


def _by_lot(name: str, lot: Lot, every: Sequence[_Arm], horizon: timedelta) -> tuple[Campaign, dict[str, str]]:
    """Return the campaign as it was decided, and which of its offers too few were decided to get."""
    arms = {offer: lot.members(offer) for offer in lot.offers}
    large = {offer: customers for offer, customers in arms.items() if len(customers) >= MIN_TREATED}
    faults = dict.fromkeys(sorted(set(arms) - set(large)), "too_few_recipients")
    rows = logged.without(lot.rows, set(faults))
    aside = frozenset(lot.rows["customer_id"].to_pylist()) - frozenset(rows["customer_id"].to_pylist())
    times = _Times.of(name, lot.start, every, horizon)
    lot = replace(lot, rows=rows)
    return Campaign(name, lot.start, large, aside, times.later, times.before, lot, times.beside), faults


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
    times = _Times.of(name, start, every, horizon)
    single = {offer: customers - several for offer, customers in sent.items()}
    alone = {offer: customers - times.beside for offer, customers in single.items()}
    large = {offer: customers for offer, customers in alone.items() if len(customers) >= MIN_TREATED}
    faults = {
        offer: "sent_together" if len(customers) >= MIN_TREATED else "too_few_recipients"
        for offer, customers in single.items()
        if offer not in large
    }
    aside = frozenset[str]().union(times.beside, *sent.values()) - frozenset[str]().union(*large.values())
    return Campaign(name, start, large, aside, times.later, times.before), faults


@dataclass(frozen=True, slots=True)
class _Times:
    """Who was sent another campaign at the same time, later in the horizon, or earlier with its horizon not over."""

    beside: frozenset[str]
    later: frozenset[str]
    before: frozenset[str]

    @classmethod
    def of(cls, name: str, start: datetime, every: Sequence[_Arm], horizon: timedelta) -> _Times:
        others = [arm for arm in every if arm.campaign_id != name and _at_once(arm)]
        return cls(
            beside=_sent(arm for arm in others if abs(arm.start - start) <= AT_ONCE),
            later=_sent(arm for arm in others if start + AT_ONCE < arm.start < start + horizon),
            before=_sent(arm for arm in others if start - horizon < arm.start < start - AT_ONCE),
        )


def _sent(arms: Iterable[_Arm]) -> frozenset[str]:
    return frozenset[str]().union(*(arm.by(arm.start + AT_ONCE) for arm in arms))


def _at_once(arm: _Arm) -> bool:
    return len(arm.by(arm.start + AT_ONCE)) >= (1 - MAX_LATE) * len(arm.shown)


def _latest(usable: Sequence[Campaign]) -> list[Campaign]:
    """Return the campaigns that are among the latest of any of their offers, by start: `PER_OFFER`, or more by lot."""
    count: dict[str, int] = {}
    kept: list[Campaign] = []
    for campaign in reversed(usable):
        most = PER_OFFER if campaign.lot is None else PER_OFFER_BY_LOT
        if any(count.get(offer, 0) < most for offer in campaign.arms):
            kept.append(campaign)
            for offer in campaign.arms:
                count[offer] = count.get(offer, 0) + 1
    return kept[::-1]
