"""Campaigns as the ledger keeps them: where each stands, every definition it had, and who did what when.

Every change is one transaction that moves the campaign's row and writes its audit row. The row moves by one statement
that names the state and the revision it was seen in, so of two people who act at once one acts and the other learns
that the campaign has changed meanwhile. Revisions and audit rows are added and never changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from offersmith.errors import StorageError
from offersmith.store.ledger import Ledger
from offersmith.store.tables import CAMPAIGN_REVISIONS, CAMPAIGN_STEPS, CAMPAIGNS


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """One campaign as it stands.

    Attributes:
        campaign_id: its name in the ledger.
        name: what people call it.
        state: one of `campaigns.states.State`.
        revision: which of its definitions counts, from 1.
        author: who wrote that definition.
        plan_version: the plan it was made from; None = made by hand.
        created_at, updated_at: naive UTC.
    """

    campaign_id: str
    name: str
    state: str
    revision: int
    author: str
    plan_version: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Revision:
    """One definition of a campaign, as it was written, with the SHA-256 of its canonical JSON."""

    campaign_id: str
    revision: int
    definition: Mapping[str, Any]
    sha256: str
    author: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing somebody did to a campaign: from `before` (None = it was made) to `after`, with what they noted."""

    step_id: int
    campaign_id: str
    revision: int
    at: datetime
    actor: str
    action: str
    before: str | None
    after: str
    note: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A step to take and who takes it.

    Attributes:
        action: what is done; a word of `campaigns.states.Action`, or `create`.
        before: the state the campaign was seen in.
        revision: the revision it was seen at.
        after: the state it goes to.
        actor: who does it.
        at: the moment, naive UTC.
        note: what they say about it.
        facts: what is to be remembered with it (figures of a simulation, `self_approved`).
    """

    action: str
    before: str
    revision: int
    after: str
    actor: str
    at: datetime
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of a change.

    Attributes:
        code: `created`, `moved`, `revised`; or, with nothing written: `campaign_exists`, `plan_launched` (another
            campaign was made of the plan), `unknown_campaign`, `changed_meanwhile` (it is no longer as it was seen).
        campaign: as it stands now, or the other one; None where there is none.
    """

    code: str
    campaign: CampaignRow | None

    @property
    def done(self) -> bool:
        """Whether the change was made."""
        return self.code in ("created", "moved", "revised")

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"code": self.code, "campaign": asdict(self.campaign) if self.campaign else None}


class Campaigns:
    """The campaigns of a ledger.

    Args:
        ledger: an open one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def create(
        self,
        campaign_id: str,
        definition: Mapping[str, Any],
        *,
        name: str,
        state: str,
        author: str,
        at: datetime,
        plan_version: str | None = None,
        again: bool = True,
        note: str = "",
        facts: Mapping[str, Any] | None = None,
    ) -> Kept:
        """Write a new campaign with its first revision.

        Args:
            campaign_id: its name in the ledger.
            definition: checked already; kept as it is.
            name: what people call it.
            state: where it begins.
            author: who wrote it.
            at: the moment, naive UTC.
            plan_version: the plan it comes from.
            again: whether there may be another campaign of that plan, besides archived ones.
            note: what the author says about it.
            facts: what is to be remembered of its making.

        Returns:
            `created`; or `campaign_exists` or `plan_launched`, and nothing was written.
        """
        row = CampaignRow(campaign_id, name, state, 1, author, plan_version, at, at)

        def work(connection: sa.Connection) -> Kept:
            other = None if again or plan_version is None else _other_of_plan(connection, campaign_id, plan_version)
            if other is not None:
                return other
            onto = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
            insert = onto(CAMPAIGNS).values(**asdict(row)).on_conflict_do_nothing()
            if connection.execute(insert.returning(CAMPAIGNS.c.campaign_id)).first() is None:
                return Kept("campaign_exists", _row(connection, campaign_id))
            _write_revision(connection, campaign_id, 1, definition, author, at)
            _audit(connection, campaign_id, 1, None, Change("create", "", 1, state, author, at, note, facts or {}))
            return Kept("created", row)

        # Of two that launch one plan at once under two names, the second has to see what the first wrote.
        return self._ledger.change(work, alone=not again)

    def move(self, campaign_id: str, change: Change) -> Kept:
        """Take a campaign from one state to another.

        Returns:
            `moved`, `changed_meanwhile` or `unknown_campaign`.
        """

        def work(connection: sa.Connection) -> Kept:
            if not _changed(connection, campaign_id, change, {}):
                return _refused(connection, campaign_id)
            _audit(connection, campaign_id, change.revision, change.before, change)
            return Kept("moved", _row(connection, campaign_id))

        return self._ledger.change(work)

    def revise(self, campaign_id: str, definition: Mapping[str, Any], change: Change, *, name: str) -> Kept:
        """Write a new definition, which counts from now on; whoever does it is its author.

        Args:
            campaign_id: which campaign.
            definition: checked already; kept as it is.
            change: `before` and `revision` as the campaign was seen, `after` as it is from now on.
            name: what people call the campaign from now on.

        Returns:
            `revised`, `changed_meanwhile` or `unknown_campaign`.
        """
        number = change.revision + 1
        more = {"revision": number, "author": change.actor, "name": name}

        def work(connection: sa.Connection) -> Kept:
            if not _changed(connection, campaign_id, change, more):
                return _refused(connection, campaign_id)
            _write_revision(connection, campaign_id, number, definition, change.actor, change.at)
            _audit(connection, campaign_id, number, change.before, change)
            return Kept("revised", _row(connection, campaign_id))

        return self._ledger.change(work)

    def get(self, campaign_id: str) -> CampaignRow | None:
        """Return a campaign as it stands; None where there is none."""
        with self._ledger.transaction() as connection:
            return _row(connection, campaign_id)

    def all(self, *states: str) -> list[CampaignRow]:
        """Return every campaign, or those in one of some states, in the order they were made."""
        query = sa.select(CAMPAIGNS).order_by(CAMPAIGNS.c.created_at, CAMPAIGNS.c.campaign_id)
        if states:
            query = query.where(CAMPAIGNS.c.state.in_(states))
        with self._ledger.transaction() as connection:
            return [CampaignRow(*row) for row in connection.execute(query)]

    def definition(self, campaign_id: str, revision: int | None = None) -> Revision | None:
        """Return a definition of a campaign, the one that counts unless `revision` names another; None if none.

        Raises:
            StorageError: it is not what was written: its checksum differs.
        """
        keys = CAMPAIGN_REVISIONS.c
        query = sa.select(CAMPAIGN_REVISIONS).where(keys.campaign_id == campaign_id)
        if revision is None:
            counts = sa.select(CAMPAIGNS.c.revision).where(CAMPAIGNS.c.campaign_id == campaign_id)
            query = query.where(keys.revision == counts.scalar_subquery())
        else:
            query = query.where(keys.revision == revision)
        with self._ledger.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        found = Revision(*row)
        if digest(found.definition) != found.sha256:
            raise StorageError(
                f"campaign {campaign_id}: revision {found.revision} is not what was recorded: its checksum differs",
                hint="somebody changed the ledger by hand; edit the campaign to write a new revision",
            )
        return found

    def steps(self, campaign_id: str) -> list[AuditRow]:
        """Return what was done to a campaign, from its making on."""
        query = sa.select(CAMPAIGN_STEPS).where(CAMPAIGN_STEPS.c.campaign_id == campaign_id)
        with self._ledger.transaction() as connection:
            return [AuditRow(*row) for row in connection.execute(query.order_by(CAMPAIGN_STEPS.c.step_id))]


def digest(definition: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a definition's canonical JSON: the same for the same values in any order of keys."""
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _row(connection: sa.Connection, campaign_id: str) -> CampaignRow | None:
    row = connection.execute(sa.select(CAMPAIGNS).where(CAMPAIGNS.c.campaign_id == campaign_id)).first()
    return None if row is None else CampaignRow(*row)


def _other_of_plan(connection: sa.Connection, campaign_id: str, plan_version: str) -> Kept | None:
    """Return why there is to be no campaign of that id and plan: one of them is there; None where neither is."""
    if (row := _row(connection, campaign_id)) is not None:
        return Kept("campaign_exists", row)
    made = CAMPAIGNS.c
    query = sa.select(CAMPAIGNS).where(made.plan_version == plan_version, made.state != "archived")
    found = connection.execute(query.order_by(made.created_at, made.campaign_id).limit(1)).first()
    return None if found is None else Kept("plan_launched", CampaignRow(*found))


def _refused(connection: sa.Connection, campaign_id: str) -> Kept:
    row = _row(connection, campaign_id)
    return Kept("unknown_campaign" if row is None else "changed_meanwhile", row)


def _changed(connection: sa.Connection, campaign_id: str, change: Change, more: Mapping[str, Any]) -> bool:
    """Move the campaign's row if it still is as it was seen."""
    seen = CAMPAIGNS.c
    statement = (
        sa.update(CAMPAIGNS)
        .where(seen.campaign_id == campaign_id, seen.state == change.before, seen.revision == change.revision)
        .values(state=change.after, updated_at=change.at, **more)
    )
    return connection.execute(statement).rowcount == 1


def _write_revision(
    connection: sa.Connection, campaign_id: str, revision: int, definition: Mapping[str, Any], author: str, at: datetime
) -> None:
    row = Revision(campaign_id, revision, dict(definition), digest(definition), author, at)
    connection.execute(sa.insert(CAMPAIGN_REVISIONS).values(**asdict(row)))


def _audit(connection: sa.Connection, campaign_id: str, revision: int, before: str | None, change: Change) -> None:
    connection.execute(
        sa.insert(CAMPAIGN_STEPS).values(
            campaign_id=campaign_id, revision=revision, at=change.at, actor=change.actor, action=change.action,
            before=before, after=change.after, note=change.note or None, facts=dict(change.facts),
        )
    )  # fmt: skip
