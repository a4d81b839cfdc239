"""The desk of one workspace: campaigns from plans, simulated on the workspace's own orders.

`Shop.office()` opens it. What it inherits from `Desk` works on the ledger alone; what is here needs the workspace too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from offersmith import bootstrap
from offersmith.campaigns.desk import Desk, Moved
from offersmith.campaigns.form import Rule
from offersmith.campaigns.holders import codes_of
from offersmith.campaigns.simulate import PastOrder
from offersmith.errors import InputError, StateError
from offersmith.money import Money
from offersmith.plans import PlansListed
from offersmith.progress import Progress, silent
from offersmith.settings import Settings, load
from offersmith.store.ledger import Ledger, PlanRow
from offersmith.words import Language, say

if TYPE_CHECKING:
    from offersmith.strategy.compare import Side


@dataclass(frozen=True, slots=True)
class Launched:
    """A plan that became a draft campaign.

    Attributes:
        moved: what came of it.
        plan_version: which plan.
        vouchers: offer id -> codes issued, one for each customer who gets the offer.
        customers: how many get a code, those who get several counted once.
        budget: what it may take off.
    """

    moved: Moved
    plan_version: str
    vouchers: Mapping[str, int]
    customers: int
    budget: Money

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            **self.moved.as_dict(),
            "plan_version": self.plan_version,
            "vouchers": dict(self.vouchers),
            "customers": self.customers,
            "budget": self.budget.text,
            "currency": self.budget.currency,
        }

    def text(self, language: Language = "en") -> str:
        """Say what was made of the plan, and what comes next."""
        lines = [self.moved.text(language)]
        if self.moved.done:
            lines += [
                say("campaigns.launched_codes", language, offer=offer, codes=codes)
                for offer, codes in self.vouchers.items()
            ]
            several = codes_of(sum(self.vouchers.values()), self.customers, language)
            lines += [*several, say("campaigns.launched_several", language)] if several else []
            lines.append(say("campaigns.launched_budget", language, budget=str(self.budget)))
            lines.append(say("campaigns.launched_next", language, campaign=self.moved.campaign_id))
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()


class Office(Desk):
    """A desk that knows its workspace.

    Args:
        place: the workspace.
        settings: what is written in it.
        ledger: its ledger, open.
    """

    def __init__(self, place: bootstrap.Place, settings: Settings, ledger: Ledger) -> None:
        super().__init__(
            ledger,
            currency=settings.shop.currency,
            zone=settings.shop.timezone,
            sole_owner=settings.shop.owner,
            min_margin_bp=round(settings.economics.min_margin * 10_000),
        )
        self._place = place
        self._settings = settings
        self._books = ledger

    def launch_plan(
        self,
        version: str = "",
        *,
        campaign_id: str = "",
        name: str = "",
        author: str,
        at: datetime,
        rule: Rule = "refuse",
        again: bool = False,
    ) -> Launched:
        """Turn a plan into a draft campaign with its vouchers and its budget.

        Args:
            version: of the plan, or the beginning of it; the newest where empty.
            campaign_id: its id; made from the plan's version where empty.
            name: what people call it; the same.
            author: who does it.
            at: the moment, naive UTC.
            rule: what happens at the end of the budget: `refuse` a discount that is more than the rest, or `clamp` it.
            again: launch it although there is another campaign of it: with codes and a budget of its own.

        Raises:
            StateError: no such plan, or it gives nobody anything or has no budget, or it is over.
        """
        # Start-up path: only a launch reads tables.
        import pyarrow.parquet as pq  # noqa: PLC0415

        from offersmith.campaigns.launch import launch  # noqa: PLC0415

        row = self.plan_row(version)
        table = pq.read_table(self._books.verify(row))
        made = launch(
            row.plan_version,
            row.summary,
            table,
            name=name or say("campaigns.launched_name", self._settings.shop.language, plan=row.plan_version),
            zone=self.zone,
            rule=rule,
        )
        if made.ends <= at:
            raise StateError(
                f"plan {row.plan_version} is over: its decisions held until {made.ends:%Y-%m-%d %H:%M} UTC, for the "
                "moment it looks from is that of the newest event",
                hint=f"plan as of today: offersmith plan --as-of {at:%Y-%m-%d} --budget AMOUNT; "
                "or rehearse in the past: offersmith launch --at MOMENT",
            )
        wanted = campaign_id or f"plan-{row.plan_version}"
        moved = self.launch(wanted, made, row.plan_version, author=author, at=at, again=again)
        budget = Money.of(row.summary["budget"], self.currency)
        return Launched(
            moved,
            row.plan_version,
            {offer: len(customers) for offer, customers in made.customers.items()},
            made.heads,
            budget,
        )

    def rehearse(
        self, campaign_id: str, *, actor: str, at: datetime, days: int = 30, progress: Progress = silent
    ) -> Moved:
        """Simulate a campaign on the workspace's orders of the `days` days before the newest one up to `at`.

        A shop that has no orders yet gets figures of none, so that its first campaign can go live, too.

        Raises:
            InputError: the number of days is not allowed.
        """
        if not 1 <= days <= 3650:
            raise InputError(f"days = {days} is not allowed; allowed: 1 to 3650")
        economics = self._settings.economics
        with self._past(at, days) as (found, total):
            return self.simulate(
                campaign_id,
                found,
                actor=actor,
                at=at,
                margin_rate=economics.margin_rate,
                cost_share=economics.cost_share,
                total=total,
                progress=progress,
            )

    @contextmanager
    def _past(self, at: datetime, days: int) -> Iterator[tuple[Iterator[PastOrder], int]]:
        """Open the newest orders up to a moment and yield them with their number; none of a shop that has none yet."""
        # Start-up path: only a simulation needs the engine.
        from offersmith.campaigns.past import past_orders  # noqa: PLC0415
        from offersmith.store.orders import count, orders  # noqa: PLC0415
        from offersmith.store.summaries import totals  # noqa: PLC0415

        files = self._books.event_files()
        if not files:
            yield iter(()), 0
            return
        with bootstrap.open_analytics(self._place, self._settings, files) as analytics:
            last = totals(analytics)["last_time"][0].as_py()
            if last is None:
                yield iter(()), 0
                return
            until = min(at, last + timedelta(microseconds=1))
            since = until - timedelta(days=days)
            yield past_orders(orders(analytics, since, until), self.currency), count(analytics, since, until)

    def plans(self) -> PlansListed:
        """Return every plan, the one made last at the end."""
        return PlansListed(self._books.plans())

    def plan_side(self, version: str = "") -> Side:
        """Return a plan as a side of a comparison; see `plan_row`.

        Raises:
            StateError: no such plan, or several begin so.
        """
        # Start-up path: only a comparison needs the tables of plans.
        import pyarrow.parquet as pq  # noqa: PLC0415

        from offersmith.strategy.compare import Side  # noqa: PLC0415

        row = self.plan_row(version)
        return Side(row.summary, pq.read_table(self._books.verify(row)))

    def plan_row(self, version: str = "") -> PlanRow:
        """Return a plan of the ledger by its version, or the beginning of it; the newest where empty.

        Raises:
            StateError: no such plan, or several begin so.
        """
        plans: Sequence[PlanRow] = self._books.plans()
        if not plans:
            raise StateError("no plan yet", hint="make one: offersmith plan --budget AMOUNT", key="no_plan")
        if not version:
            return plans[-1]
        found = [row for row in plans if row.plan_version.startswith(version)]
        if len(found) != 1:
            known = ", ".join(row.plan_version for row in plans)
            raise StateError(
                f"plan {version!r}: {'no such plan' if not found else 'several begin so'}; there are: {known}",
                key="several_plans" if found else "unknown_plan",
                plan=repr(version),
                plans=known,
            )
        return found[0]


@contextmanager
def open_office(folder: str | Path) -> Iterator[tuple[Office, Language]]:
    """Open the desk of a workspace, with the language its people read; loads no engine.

    Raises:
        SettingsError: `folder` is no workspace, or its settings are wrong.
        StorageError: the ledger cannot be opened.
    """
    path = Path(folder)
    settings = load(path)
    place = bootstrap.Place(path)
    with bootstrap.open_ledger(place, settings) as ledger:
        yield Office(place, settings, ledger), settings.shop.language
