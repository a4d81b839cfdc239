"""Which plans were sent, when, and under which names: one answer for all who ask.

A plan is sent as a campaign that was made of it here, or by the shop itself, which then names the plan's version in its
events, or `plan-` and the version, as a launch does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from offersmith.store.campaigns import CampaignRow, Campaigns
from offersmith.store.ledger import Ledger, PlanRow

LIVE, SCHEDULED = "live", "scheduled"
OVER = frozenset(("stopped", "archived"))
END = "end"
"""What the clock does to a campaign whose end has come, one too that nobody acted on since it was scheduled."""
STILL_TO_COME = datetime.max  # noqa: DTZ901 - naive UTC, as everywhere


@dataclass(frozen=True, slots=True)
class Sending:
    """A plan and what it may have gone out as.

    Attributes:
        plan: as the ledger has it.
        campaigns: that were made of it here, whether they went out or not.
    """

    plan: PlanRow
    campaigns: tuple[CampaignRow, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What events may call it: its version, `plan-` and the version, the campaigns made of it."""
        return (*own_names(self.plan.plan_version), *(one.campaign_id for one in self.campaigns))

    def seen(self, names: AbstractSet[str]) -> bool:
        """Return whether one of the campaigns that events name is this plan."""
        return not names.isdisjoint(self.names)

    @property
    def over(self) -> bool:
        """Whether a campaign made of it was stopped or has ended."""
        return any(one.state in OVER for one in self.campaigns)


def own_names(version: str) -> tuple[str, str]:
    """Return what events call a plan that the shop sends itself."""
    return version, f"plan-{version}"


def sendings(ledger: Ledger) -> list[Sending]:
    """Return every plan of the ledger, in its order, with the campaigns that were made of it."""
    made: dict[str | None, list[CampaignRow]] = defaultdict(list)
    for one in Campaigns(ledger).all():
        made[one.plan_version].append(one)
    return [Sending(plan, tuple(made[plan.plan_version])) for plan in ledger.plans()]


def by_name(found: list[Sending]) -> dict[str, PlanRow]:
    """Return the plan behind every name that events may use; a campaign's own name goes before a plan's."""
    own = {name: one.plan for one in found for name in own_names(one.plan.plan_version)}
    return own | {made.campaign_id: one.plan for one in found for made in one.campaigns}


def went_out(campaigns: Campaigns, row: CampaignRow) -> datetime | None:
    """Return when customers first got a campaign, naive UTC, as the ledger knows it.

    Returns:
        When it first was live; `STILL_TO_COME` where it is scheduled to be; where nobody acted between its schedule and
        its end, the end, by which they had it; None where it never went out.
    """
    steps = campaigns.steps(row.campaign_id)
    moments = [step.at for step in steps if step.after == LIVE] or [step.at for step in steps if step.action == END]
    return min(moments) if moments else STILL_TO_COME if row.state == SCHEDULED else None
