"""The use cases of a campaign's life: write, simulate, review, approve, schedule, run, stop, and its codes and books.

Every call is one step somebody takes; it answers with a value that says what came of it, and leaves an audit row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from offersmith.campaigns import codes as coding
from offersmith.campaigns.definition import Definition, define
from offersmith.campaigns.launch import Launch
from offersmith.campaigns.live import Roster
from offersmith.campaigns.redeem import Till
from offersmith.campaigns.simulate import PastOrder, Simulation, simulate
from offersmith.campaigns.states import CLOCKED, Action, State, Step, due, step
from offersmith.campaigns.vouchers import ends_after
from offersmith.errors import InputError, StateError
from offersmith.progress import Progress, silent
from offersmith.store.books import Books, Total, books, totals
from offersmith.store.campaigns import AuditRow, CampaignRow, Campaigns, Change
from offersmith.store.ledger import Ledger
from offersmith.store.vouchers import Batch, Issued, Row, Voucher, Vouchers
from offersmith.words import Language, say

SYSTEM = "offersmith"
"""Who acts when the clock does."""

MOST_CODES = 10_000_000
MOST_USES = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a step: why not, or where the campaign stands now.

    Attributes:
        campaign_id: which.
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


class Desk:
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
        self.currency = currency
        self.zone = zone
        self._sole_owner = sole_owner
        self._ledger = ledger
        self.campaigns = Campaigns(ledger)
        self.vouchers = Vouchers(ledger)
        self.roster = Roster(self.campaigns, currency, zone)
        self.till = Till(ledger, currency=currency, zone=zone, roster=self.roster, min_margin_bp=min_margin_bp)

    def create(
        self,
        campaign_id: str,
        raw: Mapping[str, Any],
        *,
        author: str,
        at: datetime,
        plan_version: str | None = None,
        note: str = "",
    ) -> Moved:
        """Write a draft.

        Raises:
            SettingsError: the definition is wrong; names the field, its value and what is allowed.
            InputError: the id or the author is not usable.
        """
        _check_id(campaign_id)
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
            note=note,
        )
        return Moved(campaign_id, kept.code, kept.campaign)

    def edit(self, campaign_id: str, raw: Mapping[str, Any], *, actor: str, at: datetime, note: str = "") -> Moved:
        """Write a new revision, which returns to draft; its writer is its author."""
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
        note: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Moved:
        """Take one step of the states: submit, approve, send back, schedule, start, pause, resume, stop, end, archive.

        Raises:
            InputError: an edit or a simulation, which are `edit` and `simulate`.
        """
        if action in (Action.EDIT, Action.SIMULATE):
            raise InputError(f"action = {action} is not allowed; allowed: what needs no definition and no orders")
        row, taken = self._step(campaign_id, action, actor, at)
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
        bound, unbound, uses = self._codes(campaign_id)
        coded = {one.name for one in definition.promotions if one.needs_code}
        # A promotion whose codes are all bound to somebody is for them; any other code anybody may come to hold.
        owned = {name for codes in bound.values() for name in codes}
        everybody = frozenset(name for name in coded if name in unbound or name not in owned)
        figures = simulate(
            definition,
            campaign_id,
            orders,
            bound,
            open_codes=everybody,
            margin_rate=margin_rate,
            cost_share=cost_share,
            uses=uses,
            total=total,
            progress=progress,
        )
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

    def launch(self, campaign_id: str, plan: Launch, version: str, *, author: str, at: datetime) -> Moved:
        """Write a plan's draft campaign and issue the codes of its customers.

        Launching the same plan again under the same id goes on where it was cut off, if nobody has edited it since.
        """
        made = self.create(campaign_id, plan.definition, author=author, at=at, plan_version=version)
        row = made.campaign
        if row is None or (row.plan_version, row.revision, row.state) != (version, 1, State.DRAFT):
            return made
        batches = [
            Batch(f"plan/{offer_id}", campaign_id, offer_id, at, None, plan.ends, 1) for offer_id in plan.customers
        ]
        issued = [
            self.vouchers.issue(one, 0, coding.mint, customers=plan.customers[one.promotion_id]) for one in batches
        ]
        return Moved(campaign_id, "created", row) if any(one.code == "issued" for one in issued) else made

    def issue(
        self,
        campaign_id: str,
        promotion_id: str,
        batch: str,
        *,
        at: datetime,
        count: int = 0,
        customers: Sequence[str] | None = None,
        days: int | None = None,
        uses: int | None = 1,
        prefix: str = "",
        progress: Progress = silent,
    ) -> Issued:
        """Draw a batch of codes for a promotion of a campaign.

        Args:
            campaign_id: whose.
            promotion_id: what they unlock; it must need a code.
            batch: a name that no other batch of the campaign has.
            at: the moment, naive UTC.
            count: how many, where no customers are named.
            customers: one code each is bound to them.
            days: they hold for so many days from now; None = as long as the campaign.
            uses: how often each may be used; None = as often as the campaign allows.
            prefix: what they begin with.
            progress: told as codes are written.

        Raises:
            InputError: no such promotion, or a number out of range.
            StateError: no such campaign.
        """
        definition = self.coded(campaign_id, promotion_id)
        _check_number("count", count if customers is None else len(customers), MOST_CODES)
        _check_number("uses", 1 if uses is None else uses, MOST_USES)
        ends = None if days is None else ends_after(at, days, definition.zone, definition.ends)
        form = coding.Form(prefix=prefix) if prefix else coding.Form()
        return self.vouchers.issue(
            Batch(batch, campaign_id, promotion_id, at, None, ends, uses),
            count,
            lambda wanted: coding.mint(wanted, form),
            customers=customers,
            progress=progress,
        )

    def share(self, campaign_id: str, promotion_id: str, code: str, *, at: datetime, uses: int | None = None) -> Issued:
        """Write one code of one's own for everybody who knows it (SUMMER10).

        Raises:
            InputError: no such promotion, no such code, or a number out of range.
            StateError: no such campaign.
        """
        self.coded(campaign_id, promotion_id)
        key = coding.normalise(code)
        if not key:
            raise InputError(f"code = {code!r:.80} is no code; allowed: 1 to {coding.LONGEST} letters and digits")
        _check_number("uses", 1 if uses is None else uses, MOST_USES)
        row = Row(key, code.strip().upper(), None, None, None, uses)
        return self.vouchers.bring(Batch(f"shared/{key}", campaign_id, promotion_id, at, None, None, uses), [row])

    def wallet(self, customer_id: str, at: datetime) -> list[tuple[Voucher, str]]:
        """Return the codes bound to a customer, each with the reason it does not count now, or ""."""
        live = self.roster.at(at)
        return [
            (one, self.till.look_up.why_not(one, live, customer_id, at))
            for one in self.vouchers.of_customer(customer_id)
        ]

    def definition(self, campaign_id: str) -> Definition:
        """Return the definition that counts.

        Raises:
            StateError: no such campaign.
        """
        row = self.campaigns.get(campaign_id)
        if row is None:
            known = ", ".join(one.campaign_id for one in self.campaigns.all()) or "none yet"
            raise StateError(f"campaign {campaign_id!r}: no such campaign; there are: {known}")
        return self.roster.revision(campaign_id, row.revision).definition

    def audit(self, campaign_id: str) -> list[AuditRow]:
        """Return what was done to a campaign, from its making on."""
        self.definition(campaign_id)
        return self.campaigns.steps(campaign_id)

    def books(self, campaign_id: str | None = None) -> Books:
        """Return whether every count agrees with the entries behind it."""
        return books(self._ledger, campaign_id)

    def totals(self, campaign_id: str) -> tuple[Total, ...]:
        """Return what was taken and given back of every limit of a campaign."""
        return totals(self._ledger, campaign_id)

    def _define(self, raw: Mapping[str, Any]) -> Definition:
        return define(raw, currency=self.currency, zone=self.zone)

    def coded(self, campaign_id: str, promotion_id: str) -> Definition:
        """Return a campaign's definition, where the promotion takes codes.

        Raises:
            InputError: it takes none.
            StateError: no such campaign.
        """
        definition = self.definition(campaign_id)
        coded = [one.name for one in definition.promotions if one.needs_code]
        if promotion_id not in coded:
            raise InputError(
                f"promotion = {promotion_id!r} takes no codes in campaign {campaign_id}; "
                f"allowed: {', '.join(coded) or 'none: no promotion has needs_code'}"
            )
        return definition

    def _step(
        self, campaign_id: str, action: Action, actor: str, at: datetime
    ) -> tuple[CampaignRow | None, Step | None]:
        row = self.campaigns.get(campaign_id)
        if row is None:
            return None, None
        definition = self.roster.revision(campaign_id, row.revision).definition
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

    def _codes(self, campaign_id: str) -> tuple[dict[str, dict[str, str]], set[str], dict[str, int]]:
        """Return customer -> promotion -> code (several as one), the promotions with unbound ones, code -> uses."""
        bound: dict[str, dict[str, str]] = {}
        unbound = set()
        uses: dict[str, float] = {}
        for one in self.vouchers.export(campaign_id):
            if one.state == "live" and one.customer_id is not None:
                key = bound.setdefault(one.customer_id, {}).setdefault(one.promotion_id, one.code_key)
                uses[key] = uses.get(key, 0) + (inf if one.uses is None else one.uses)
            elif one.state == "live":
                unbound.add(one.promotion_id)
        return bound, unbound, {key: int(count) for key, count in uses.items() if count < inf}


def _check_number(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InputError(f"{name} = {value} is not allowed; allowed: 1 to {most:,}", field=name, value=value)


def _check_id(campaign_id: str) -> None:
    plain = campaign_id.replace("-", "").replace("_", "").replace(".", "")
    if not (plain.isascii() and plain.isalnum() and len(campaign_id) <= 64):
        raise InputError(
            f"campaign_id = {campaign_id!r} is not allowed; allowed: up to 64 letters, digits, '-', '_' and '.'"
        )
