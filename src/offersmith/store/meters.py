"""What is left: rows that count uses or money against a limit, changed by statements that carry their own condition.

A check and a change in two statements is how shops oversell; here each is one statement, and meters are always taken in
the order of their names, so that two transactions never wait for each other in a ring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from offersmith.store.database import insert
from offersmith.store.reservation import Claim
from offersmith.store.tables import METERS

_NAMED = METERS.c.meter_id == sa.bindparam("meter")
_USED = sa.select(METERS.c.taken - METERS.c.given_back).where(_NAMED)
_GIVING_BACK = (
    sa.update(METERS).where(_NAMED).values(given_back=METERS.c.given_back + sa.bindparam("amount", type_=sa.BigInteger))
)


@dataclass(frozen=True, slots=True)
class Meter:
    """One meter as it stands; the columns of the table `meter`."""

    meter_id: str
    campaign_id: str
    name: str
    subject: str
    period: str
    unit: str
    cap: int | None
    taken: int
    given_back: int

    @property
    def used(self) -> int:
        """Return what is taken and not given back."""
        return self.taken - self.given_back

    @property
    def rest(self) -> int | None:
        """Return what is left, at least 0; None where there is no limit."""
        return None if self.cap is None else max(0, self.cap - self.used)


@dataclass(frozen=True, slots=True)
class Shortage:
    """A meter that has not enough: how much it has left, and what it counts."""

    meter_id: str
    unit: str
    rest: int


def take(connection: sa.Connection, claims: Sequence[Claim], back: Mapping[str, int] | None = None) -> Shortage | None:
    """Take all claims, in the order of their meters; a meter that is not there yet is made.

    Args:
        connection: in a transaction.
        claims: what is taken.
        back: what is given back to meters in the same pass, before anything is taken from them.

    Returns:
        The first meter that has not enough, and the transaction must be undone; None where all was taken.
    """
    returning, wanted = back or {}, {claim.meter_id: claim for claim in claims}
    for meter_id in sorted({*returning, *wanted}):
        if meter_id in returning:
            connection.execute(_GIVING_BACK, {"meter": meter_id, "amount": returning[meter_id]})
        claim = wanted.get(meter_id)
        if claim is None:
            continue
        if (claim.cap is not None and claim.amount > claim.cap) or not _taken(connection, claim):
            return _short(connection, claim)
    return None


def give_back(connection: sa.Connection, amounts: Mapping[str, int]) -> None:
    """Give amounts back to their meters, in the order of the meters; what was taken stays on record as taken."""
    for meter_id, amount in sorted(amounts.items()):
        connection.execute(_GIVING_BACK, {"meter": meter_id, "amount": amount})


def claims_on(connection: sa.Connection, amounts: Mapping[str, int], caps: Mapping[str, int | None]) -> list[Claim]:
    """Return claims of these amounts on meters that are there, within `caps` and else those they were taken with."""
    rows = connection.execute(sa.select(METERS).where(METERS.c.meter_id.in_(amounts))).all()
    return [
        Claim(row.meter_id, row.campaign_id, row.name, row.subject, row.period, row.unit,
              caps.get(row.meter_id, row.cap), amounts[row.meter_id])
        for row in rows
    ]  # fmt: skip


def _taken(connection: sa.Connection, claim: Claim) -> bool:
    """Take one claim in one statement; say whether there was enough."""
    row = {
        "meter_id": claim.meter_id, "campaign_id": claim.campaign_id, "name": claim.name, "subject": claim.subject,
        "period": claim.period, "unit": claim.unit, "cap": claim.cap, "taken": claim.amount, "given_back": 0,
    }  # fmt: skip
    return connection.execute(_taking(connection.dialect.name), row).first() is not None


@cache
def _taking(dialect: str) -> ReturningInsert[str]:
    """Return the statement that takes; it is built once, as building it costs more than running it."""
    made, row = insert(dialect, METERS), METERS.c
    new = made.excluded
    enough = new.cap.is_(None) | (row.taken - row.given_back + new.taken <= new.cap)
    taken = made.on_conflict_do_update(
        index_elements=[row.meter_id], set_={"taken": row.taken + new.taken, "cap": new.cap}, where=enough
    )
    return taken.returning(row.meter_id)


def _short(connection: sa.Connection, claim: Claim) -> Shortage:
    used = connection.execute(_USED, {"meter": claim.meter_id}).scalar()
    return Shortage(claim.meter_id, claim.unit, max(0, (claim.cap or 0) - (used or 0)))
