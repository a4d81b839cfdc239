"""The use cases of a campaign's life: write, simulate, review, approve, schedule, run, stop, and its codes and books.

Every call is one step somebody takes; it answers with a value that says what came of it, and leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from offersmith.campaigns import codes as coding
from offersmith.campaigns.codes_desk import CodeDesk
from offersmith.campaigns.definition import Definition, define
from offersmith.campaigns.held import Held
from offersmith.campaigns.launch import Launch
from offersmith.campaigns.simulate import PastOrder, Simulation, simulate
from offersmith.campaigns.states import CLOCKED, Action, State, Step, due, step
from offersmith.campaigns.writable import check_name, check_note
from offersmith.errors import InputError
from offersmith.progress import Progress, silent
from offersmith.store.books import Books, Total, books, totals
from offersmith.store.campaigns import AuditRow, CampaignRow, Change
from offersmith.store.ledger import Ledger
from offersmith.store.vouchers import Batch
from offersmith.words import Language, say

SYSTEM = "offersmith"
"""Who acts when the clock does."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a step: why not, or where the campaign stands now.

    Attributes:
        campaign_id: which; where its plan was launched before, the campaign that plan became.
        step: what the states said; None where the ledger refused.
        campaign: as it stands now; None where there is none of that name.
        code: `moved`, `created`, `revised`, or the reason nothing happened.
        simulation: the figures, where it was simulated.
    """

    campaign_id: str
    code: str
    campaign: CampaignRow | None
    step: Step | None = None
    simulation: Simulation | None = None

    @property
    def done(self) -> bool:
        """Whether something was written."""
        return self.code in ("moved", "created", "revised")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "campaign_id": self.campaign_id,
            "code": self.code,
            "done": self.done,
            "state": self.campaign.state if self.campaign else None,
            "revision": self.campaign.revision if self.campaign else None,
            "step": self.step.as_dict() if self.step else None,
            "simulation": self.simulation.as_dict() if self.simulation else None,
        }

    def text(self, language: Language = "en") -> str:
        """Say what happened, or why not and what may be done instead."""
        said = self.step.says(language) if self.step and self.code in ("moved", self.step.code) else ""
        if not said:
            said = say(f"campaigns.came_{self.code}", language, campaign=self.campaign_id)
        if self.campaign:
            state = say(f"campaigns.state_{self.campaign.state}", language)
            said += "\n" + say(
                "campaigns.stands", language, campaign=self.campaign_id, state=state, revision=self.campaign.revision
            )
        return f"{said}\n{self.simulation.text(language)}" if self.simulation else said

    def __str__(self) -> str:
        return self.text()


class Desk(CodeDesk):
    """Where campaigns are made and run.

    Args:
        ledger: an open one.
        currency: the shop's.
        zone: the shop's.
        sole_owner: who may approve their own work; "" = nobody.
        min_margin_bp: least margin of a piece whose cost is known, in hundredths of a percent of its price.
    """

    def __init__(
        self, ledger: Ledger, *, currency: str, zone: str, sole_owner: str = "", min_margin_bp: int = 0
    ) -> None:
        super().__init__(ledger, currency=currency, zone=zone, min_margin_bp=min_margin_bp)
        self._sole_owner = sole_owner

    def create(
        self,
        campaign_id: str,
        raw: Mapping[str, Any],
        *,
        author: str,
        at: datetime,
        plan_version: str | None = None,
        again: bool = True,
        note: str = "",
    ) -> Moved:
        """Write a draft.

        Where `again` is False and another campaign, not archived, was made of the plan, nothing is written and that
        one is named: `plan_launched`.

        Raises:
            SettingsError: the definition is wrong; names the field, its value and what is allowed.
            InputError: the id, the author or the note is not usable.
        """
        _check_id(campaign_id)
        check_name("author", author)
        check_note(note)
        if not author.strip():
            raise InputError("author = '' is not allowed; allowed: who writes the campaign")
        definition = self._define(raw)
        kept = self.campaigns.create(
            campaign_id,
            definition.source,
            name=definition.name,
            state=State.DRAFT,
            author=author,
            at=at,
            plan_version=plan_version,
            again=again,
            note=note,
        )
        named = kept.campaign.campaign_id if kept.campaign else campaign_id
        return Moved(named, kept.code, kept.campaign)

    def edit(self, campaign_id: str, raw: Mapping[str, Any], *, actor: str, at: datetime, note: str = "") -> Moved:
        """Write a new revision, which returns to draft; its writer is its author.

        Raises:
            SettingsError: the definition is wrong; names the field, its value and what is allowed.
            InputError: the id, the actor or the note is not usable.
        """
        check_note(note)
        definition = self._define(raw)
        row, taken = self._step(campaign_id, Action.EDIT, actor, at)
        if row is None or taken is None or not taken.moved:
            return Moved(campaign_id, taken.code if taken else "unknown_campaign", row, taken)
        change = Change(Action.EDIT, row.state, row.revision, taken.after, actor, at, note)
        kept = self.campaigns.revise(campaign_id, definition.source, change, name=definition.name)
        return Moved(campaign_id, kept.code, kept.campaign, taken)

    def move(
        self,
        campaign_id: str,
        action: Action,
        *,
        actor: str,
        at: datetime,
        revision: int | None = None,
        note: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Moved:
        """Take one step of the states: submit, approve, send back, schedule, start, pause, resume, stop, end, archive.

        Args:
            campaign_id: which.
            action: the step.
            actor: who takes it.
            at: the moment, naive UTC.
            revision: the one they looked at; where another counts by now it is `changed_meanwhile`. None = any.
            note: what they say about it.
            facts: what is to be remembered with it.

        Raises:
            InputError: an edit or a simulation, which are `edit` and `simulate`; or the id, the actor or the note is
                not usable.
        """
        check_note(note)
        if action in (Action.EDIT, Action.SIMULATE):
            raise InputError(f"action = {action} is not allowed; allowed: what needs no definition and no orders")
        row, taken = self._step(campaign_id, action, actor, at)
        if row is not None and revision not in (None, row.revision):
            return Moved(campaign_id, "changed_meanwhile", row)
        if row is None or taken is None or not taken.moved:
            return Moved(campaign_id, taken.code if taken else "unknown_campaign", row, taken)
        remembered = dict(facts or {}) | ({"self_approved": True} if taken.self_approved else {})
        change = Change(action, row.state, row.revision, taken.after, actor, at, note, remembered)
        kept = self.campaigns.move(campaign_id, change)
        return Moved(campaign_id, kept.code, kept.campaign, taken)

    def simulate(
        self,
        campaign_id: str,
        orders: Iterable[PastOrder],
        *,
        actor: str,
        at: datetime,
        margin_rate: float,
        cost_share: float = 1.0,
        total: int | None = None,
        progress: Progress = silent,
    ) -> Moved:
        """Price past orders with the campaign as it stands, and note the figures with the step."""
        row, taken = self._step(campaign_id, Action.SIMULATE, actor, at)
        if row is None or taken is None or not taken.moved:
            return Moved(campaign_id, taken.code if taken else "unknown_campaign", row, taken)
        definition = self.roster.revision(campaign_id, row.revision).definition
        held = Held(self.vouchers, campaign_id)
        figures = simulate(
            definition,
            campaign_id,
            held.ahead(orders),
            held.bound,
            open_codes=held.open(one.name for one in definition.promotions if one.needs_code),
            margin_rate=margin_rate,
            cost_share=cost_share,
            uses=held.uses,
            total=total,
            progress=progress,
        )
        bound, holders = self.vouchers.holders(campaign_id)
        figures = replace(figures, codes=bound, holders=holders)
        # As it was seen before: figures are never noted with a revision they were not made of.
        change = Change(Action.SIMULATE, row.state, row.revision, taken.after, actor, at, facts=figures.as_dict())
        kept = self.campaigns.move(campaign_id, change)
        return Moved(campaign_id, kept.code, kept.campaign, taken, figures if kept.done else None)

    def tick(self, at: datetime) -> list[Moved]:
        """Do what the clock asks of campaigns at a moment: start those that are due, end those that are over."""
        moved = []
        for row in self.campaigns.all(*CLOCKED):
            definition = self.roster.revision(row.campaign_id, row.revision).definition
            action = due(State(row.state), at, starts=definition.starts, ends=definition.ends)
            if action is not None:
                moved.append(self.move(row.campaign_id, action, actor=SYSTEM, at=at))
        return moved

    def launch(
        self, campaign_id: str, plan: Launch, version: str, *, author: str, at: datetime, again: bool = False
    ) -> Moved:
        """Write a plan's draft campaign and issue the codes of its customers.

        Launching the same plan again under the same id goes on where it was cut off, if nobody has edited it since;
        under another id it is refused as `plan_launched`, for that would give everybody a second code and the plan a
        second budget, unless `again` says that this is meant.
        """
        made = self.create(campaign_id, plan.definition, author=author, at=at, plan_version=version, again=again)
        row = made.campaign
        if row is None or made.code == "plan_launched":
            return made
        if (row.plan_version, row.revision, row.state) != (version, 1, State.DRAFT):
            return made
        batches = [
            Batch(f"plan/{offer_id}", campaign_id, offer_id, at, None, plan.ends, 1) for offer_id in plan.customers
        ]
        issued = [
            self.vouchers.issue(one, 0, coding.mint, customers=plan.customers[one.promotion_id]) for one in batches
        ]
        return Moved(campaign_id, "created", row) if any(one.code == "issued" for one in issued) else made

    def audit(self, campaign_id: str) -> list[AuditRow]:
        """Return what was done to a campaign, from its making on."""
        self.definition(campaign_id)
        return self.campaigns.steps(campaign_id)

    def books(self, campaign_id: str | None = None) -> Books:
        """Return whether every count agrees with the entries behind it."""
        check_name("campaign_id", campaign_id or "")
        return books(self._ledger, campaign_id)

    def totals(self, campaign_id: str) -> tuple[Total, ...]:
        """Return what was taken and given back of every limit of a campaign."""
        check_name("campaign_id", campaign_id)
        return totals(self._ledger, campaign_id)

    def _define(self, raw: Mapping[str, Any]) -> Definition:
        return define(raw, currency=self.currency, zone=self.zone)

    def _step(
        self, campaign_id: str, action: Action, actor: str, at: datetime
    ) -> tuple[CampaignRow | None, Step | None]:
        check_name("campaign_id", campaign_id)
        check_name("actor", actor)
        row = self.campaigns.get(campaign_id)
        if row is None:
            return None, None
        definition = self.roster.revision(campaign_id, row.revision).definition
        if action is not Action.START and self._started(row, definition, at):
            # Customers are getting it already, whether or not anybody ran the clock: it is live, also for this step.
            started = self.move(campaign_id, Action.START, actor=SYSTEM, at=at)
            row = started.campaign or row
        return row, step(
            State(row.state),
            action,
            actor=actor,
            author=row.author,
            at=at,
            starts=definition.starts,
            ends=definition.ends,
            sole_owner=self._sole_owner,
        )

    def _started(self, row: CampaignRow, definition: Definition, at: datetime) -> bool:
        return due(State(row.state), at, starts=definition.starts, ends=definition.ends) is Action.START


def _check_id(campaign_id: str) -> None:
    plain = campaign_id.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(campaign_id) <= 64):
        raise InputError(
            f"campaign_id = {campaign_id!a:.80} is not allowed; allowed: up to 64 letters, digits, '-', '_' and '.'",
            field="campaign_id",
        )
