"""The campaigns that count at a moment, priced together.

Promotions of different campaigns may have the same id, so at the till each goes by `campaign/promotion`, and its group
by `campaign/group`. A scheduled campaign whose start has come counts, whether or not anybody has moved it to live yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from offersmith.campaigns.definition import Definition, define
from offersmith.campaigns.states import GIVING, Action, State, due
from offersmith.errors import StateError
from offersmith.offers.programme import Programme
from offersmith.offers.promotion import Group, Promotion
from offersmith.store.campaigns import CampaignRow, Campaigns

KEPT = 16_384
"""How many definitions are kept read: more than count at any moment, or every basket would read them all again."""

COUNTING = GIVING | {State.SCHEDULED}
"""The states of campaigns that may count; a scheduled one does from its start on."""


@dataclass(frozen=True, slots=True)
class Running:
    """A campaign at the revision that counts."""

    campaign_id: str
    revision: int
    definition: Definition


@dataclass(frozen=True)
class Live:
    """Campaigns that are priced together.

    Attributes:
        running: by campaign id.
        programme: all their promotions, by their full names.
    """

    running: Mapping[str, Running]
    programme: Programme

    def part(self, name: str) -> tuple[Running, str]:
        """Return the campaign of a promotion by its full name, and its id there."""
        campaign_id = campaign_of(name)
        return self.running[campaign_id], name.removeprefix(f"{campaign_id}/")


def together(running: Sequence[Running], currency: str) -> Live:
    """Return campaigns as one programme."""
    promotions: list[Promotion] = []
    groups: dict[str, Group] = {}
    for one in running:
        names = {promotion.name for promotion in one.definition.promotions} | set(one.definition.groups)
        groups |= {
            full_name(one.campaign_id, name): replace(group, name=full_name(one.campaign_id, name))
            for name, group in one.definition.groups.items()
        }
        promotions += [_named(one.campaign_id, promotion, names) for promotion in one.definition.promotions]
    return Live({one.campaign_id: one for one in running}, Programme(promotions, currency, groups))


def full_name(campaign_id: str, name: str) -> str:
    """Return how a promotion or group goes by at the till."""
    return f"{campaign_id}/{name}"


def campaign_of(name: str) -> str:
    """Return the campaign of a promotion or group by its full name."""
    return name.partition("/")[0]


class Roster:
    """The live campaigns of a ledger; what was read once is kept as long as no campaign changes.

    Args:
        campaigns: of the ledger.
        currency: the shop's.
        zone: the shop's.
    """

    def __init__(self, campaigns: Campaigns, currency: str, zone: str) -> None:
        self._campaigns = campaigns
        self._currency = currency
        self._zone = zone
        self._read = lru_cache(maxsize=KEPT)(self._definition)
        self._priced = lru_cache(maxsize=8)(self._together)

    def at(self, moment: datetime) -> Live:
        """Return what counts at a moment (naive UTC)."""
        return self._priced(tuple(sorted(self._counting(moment))))

    def revision(self, campaign_id: str, revision: int) -> Running:
        """Return a campaign as it was at a revision."""
        return Running(campaign_id, revision, self._read(campaign_id, revision))

    def today(self, campaign_id: str) -> Definition:
        """Return the newest definition of a campaign, whatever its state.

        Raises:
            KeyError: no such campaign.
        """
        row = self._campaigns.get(campaign_id)
        if row is None:
            raise KeyError(campaign_id)
        return self._read(campaign_id, row.revision)

    def _counting(self, moment: datetime) -> Iterable[tuple[str, int]]:
        for row in self._campaigns.all(*sorted(COUNTING)):
            if State(row.state) in GIVING or self._started(row, moment):
                yield row.campaign_id, row.revision

    def _started(self, row: CampaignRow, moment: datetime) -> bool:
        definition = self._read(row.campaign_id, row.revision)
        state = State(row.state)
        return due(state, moment, starts=definition.starts, ends=definition.ends) is Action.START

    def _definition(self, campaign_id: str, revision: int) -> Definition:
        found = self._campaigns.definition(campaign_id, revision)
        if found is None:
            raise KeyError(campaign_id, revision)
        written = found.definition.get("currency")
        if written != self._currency:
            raise StateError(
                f"campaign {campaign_id}: its money is in {written}, but the shop's currency is {self._currency} now",
                hint=f"set currency = {written!r} under [shop] in offersmith.toml until the campaign is stopped",
            )
        return define(found.definition, currency=self._currency, zone=self._zone)

    def _together(self, keys: tuple[tuple[str, int], ...]) -> Live:
        return together([self.revision(*key) for key in keys], self._currency)


def _named(campaign_id: str, one: Promotion, own: set[str]) -> Promotion:
    tolerated = one.combines_with
    return replace(
        one,
        promotion_id=full_name(campaign_id, one.name),
        group=full_name(campaign_id, one.group) if one.group else "",
        combines_with=None
        if tolerated is None
        else frozenset(full_name(campaign_id, name) if name in own else name for name in tolerated),
    )
