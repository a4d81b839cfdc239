"""The books: whether meters, entries, steps and states of redemptions all tell the same story.

The meters are what decides at the till, the entries are what happened; each is written in the transaction of the other
and never read to make it. Comparing the two finds what a crash, a bug or a hand in the database did.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from offersmith.store.ledger import Ledger
from offersmith.store.tables import ENTRIES, METERS, REDEMPTION_STEPS, REDEMPTIONS

_SHOWN = 100
"""How many differences of one kind are listed."""


@dataclass(frozen=True, slots=True)
class Total:
    """One limit of a campaign over all its subjects and periods: uses, or minor units of money.

    Attributes:
        campaign_id: whose limit.
        name: the limit's name.
        unit: "use" or "money".
        meters: how many meters it has.
        taken: what was ever taken.
        given_back: what was ever given back.
    """

    campaign_id: str
    name: str
    unit: str
    meters: int
    taken: int
    given_back: int

    @property
    def used(self) -> int:
        """Return what is taken and not given back."""
        return self.taken - self.given_back


@dataclass(frozen=True, slots=True)
class Difference:
    """Two places that do not agree.

    Attributes:
        kind: "taken" and "given_back" (a meter and its entries), "over_cap" (a meter holds more than its cap), "state"
            (a redemption and its last step), "held" (a redemption that is over holds something, or one gave back more
            than it took), "step" (an entry belongs to the step of another redemption).
        name: the meter or the redemption.
        expected: what the entries or steps say.
        found: what the meter or redemption says.
    """

    kind: str
    name: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Books:
    """What the comparison found; of each kind of difference the first 100 are listed."""

    balanced: bool
    meters: tuple[Total, ...]
    differences: tuple[Difference, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json`."""
        return asdict(self)


def totals(ledger: Ledger, campaign_id: str | None = None) -> tuple[Total, ...]:
    """Return what was taken and given back of every limit, of one campaign or of all; nothing is compared."""
    with ledger.transaction() as connection:
        return _totals(connection, campaign_id)


def books(ledger: Ledger, campaign_id: str | None = None) -> Books:
    """Compare meters with entries and redemptions with their steps, at one moment of the ledger.

    Args:
        ledger: whose books.
        campaign_id: only this campaign's meters, and the redemptions that took from them; None compares everything.
    """
    with ledger.transaction() as connection:
        found = (
            *_meters(connection, campaign_id),
            *_states(connection, campaign_id),
            *_holdings(connection, campaign_id),
            *_strays(connection, campaign_id),
        )
        return Books(not found, _totals(connection, campaign_id), found)


def _totals(connection: sa.Connection, campaign_id: str | None) -> tuple[Total, ...]:
    limit = (METERS.c.campaign_id, METERS.c.name, METERS.c.unit)
    sums = (sa.func.count(), _sum(METERS.c.taken), _sum(METERS.c.given_back))
    query = sa.select(*limit, *sums).where(_of(campaign_id)).group_by(*limit).order_by(*limit)
    return tuple(Total(*row) for row in connection.execute(query))


def _meters(connection: sa.Connection, campaign_id: str | None) -> list[Difference]:
    """Compare every meter with the sums of its entries."""
    amount = ENTRIES.c.amount
    sums = (
        sa.select(
            ENTRIES.c.meter_id,
            _sum(sa.case((amount > 0, amount), else_=0)).label("taken"),
            _sum(sa.case((amount < 0, -amount), else_=0)).label("given_back"),
        )
        .group_by(ENTRIES.c.meter_id)
        .subquery()
    )
    taken, back = sa.func.coalesce(sums.c.taken, 0), sa.func.coalesce(sums.c.given_back, 0)
    meter = METERS.c
    over = meter.taken - meter.given_back > meter.cap
    query = (
        sa.select(meter.meter_id, meter.cap, meter.taken, meter.given_back, taken, back)
        .select_from(METERS.outerjoin(sums, sums.c.meter_id == meter.meter_id))
        .where(_of(campaign_id), (meter.taken != taken) | (meter.given_back != back) | over)
    )
    found = []
    for name, cap, was_taken, was_back, entered, entered_back in connection.execute(_first(query, meter.meter_id)):
        if was_taken != entered:
            found.append(Difference("taken", name, str(entered), str(was_taken)))
        if was_back != entered_back:
            found.append(Difference("given_back", name, str(entered_back), str(was_back)))
        if cap is not None and was_taken - was_back > cap:
            found.append(Difference("over_cap", name, str(cap), str(was_taken - was_back)))
    return found


def _states(connection: sa.Connection, campaign_id: str | None) -> list[Difference]:
    """Compare the state of every redemption with the last step that changes it."""
    step = REDEMPTION_STEPS.c
    last = (
        sa.select(step.redemption_id, sa.func.max(step.number).label("number"))
        .where(step.step.in_(("reserve", "confirm", "roll_back", "expire")))
        .group_by(step.redemption_id)
        .subquery()
    )
    says = sa.case(
        {"reserve": "reserved", "confirm": "confirmed", "roll_back": "rolled_back", "expire": "expired"},
        value=step.step,
        else_="nothing",
    )
    found = REDEMPTIONS.outerjoin(last, last.c.redemption_id == REDEMPTIONS.c.redemption_id).outerjoin(
        REDEMPTION_STEPS, (step.redemption_id == last.c.redemption_id) & (step.number == last.c.number)
    )
    query = (
        sa.select(REDEMPTIONS.c.redemption_id, says, REDEMPTIONS.c.state)
        .select_from(found)
        .where(says != REDEMPTIONS.c.state, _took(REDEMPTIONS.c.redemption_id, campaign_id))
    )
    return [Difference("state", *row) for row in connection.execute(_first(query, REDEMPTIONS.c.redemption_id))]


def _holdings(connection: sa.Connection, campaign_id: str | None) -> list[Difference]:
    """Find redemptions that are over and still hold something, and any that gave back more than it took."""
    held = (
        sa.select(ENTRIES.c.redemption_id, ENTRIES.c.meter_id, _sum(ENTRIES.c.amount).label("amount"))
        .where(_took(ENTRIES.c.redemption_id, campaign_id))
        .group_by(ENTRIES.c.redemption_id, ENTRIES.c.meter_id)
        .subquery()
    )
    over = REDEMPTIONS.c.state.in_(("rolled_back", "expired")) & (held.c.amount != 0)
    query = (
        sa.select(held.c.redemption_id, held.c.meter_id, held.c.amount)
        .join(REDEMPTIONS, REDEMPTIONS.c.redemption_id == held.c.redemption_id)
        .where(over | (held.c.amount < 0))
    )
    return [
        Difference("held", name, "0", f"{amount} of {meter}")
        for name, meter, amount in connection.execute(_first(query, held.c.redemption_id))
    ]


def _strays(connection: sa.Connection, campaign_id: str | None) -> list[Difference]:
    """Find entries whose step belongs to another redemption, or to none."""
    step = REDEMPTION_STEPS.c
    query = (
        sa.select(ENTRIES.c.redemption_id, ENTRIES.c.step_key, sa.func.coalesce(step.redemption_id, "none"))
        .select_from(ENTRIES.outerjoin(REDEMPTION_STEPS, step.key == ENTRIES.c.step_key))
        .where(
            step.redemption_id.is_distinct_from(ENTRIES.c.redemption_id), _took(ENTRIES.c.redemption_id, campaign_id)
        )
    )
    return [
        Difference("step", name, name, f"{owner} by {key}")
        for name, key, owner in connection.execute(_first(query, ENTRIES.c.entry_id))
    ]


def _sum(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """Sum whole numbers as a whole number: PostgreSQL makes a decimal of them."""
    return sa.cast(sa.func.sum(column), sa.BigInteger)


def _of(campaign_id: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if campaign_id is None else METERS.c.campaign_id == campaign_id


def _took(redemption_id: sa.ColumnElement[str], campaign_id: str | None) -> sa.ColumnElement[bool]:
    """Restrict redemptions to those that took from a campaign's meters."""
    if campaign_id is None:
        return sa.true()
    joined = sa.join(ENTRIES, METERS, METERS.c.meter_id == ENTRIES.c.meter_id)
    took = sa.select(ENTRIES.c.redemption_id).select_from(joined).where(METERS.c.campaign_id == campaign_id)
    return redemption_id.in_(took)


def _first(query: sa.Select[Any], order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return query.order_by(order).limit(_SHOWN)
