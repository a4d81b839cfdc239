"""The steps of redemptions and the entries they make: rows that are added, and never changed or removed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from offersmith.store.database import insert
from offersmith.store.reservation import OWN, Outcome, Step
from offersmith.store.tables import ENTRIES, REDEMPTION_STEPS, REDEMPTIONS

_ANSWERED = (
    sa.select(REDEMPTION_STEPS, REDEMPTIONS.c.state)
    .join(REDEMPTIONS, REDEMPTION_STEPS.c.redemption_id == REDEMPTIONS.c.redemption_id)
    .where(REDEMPTION_STEPS.c.key == sa.bindparam("asked"))
)
_MOVING = (
    sa.update(REDEMPTIONS)
    .where(REDEMPTIONS.c.redemption_id == sa.bindparam("of"), REDEMPTIONS.c.state == sa.bindparam("from"))
    .values(state=sa.bindparam("to"))
)
_CODES = {"reserve": "reserved", "confirm": "confirmed", "roll_back": "rolled_back", "give_back": "given_back"}


@dataclass(frozen=True, slots=True)
class Todo:
    """A step about to be written, and the state the redemption is in before it."""

    key: str
    redemption_id: str
    step: str
    at: datetime
    digest: str
    state: str

    def own(self, step: str) -> Todo:
        """Return the step that the ledger takes by itself; there is one of its kind per redemption."""
        digest = hashlib.sha256(f"{step}\0{self.redemption_id}".encode()).hexdigest()
        return replace(self, key=f"{OWN}{step}:{self.redemption_id}", step=step, digest=digest)


def answered(connection: sa.Connection, key: str, digest: str) -> Outcome | None:
    """Return the answer that was given to this key, or that it was used for something else; None of a new key."""
    row = connection.execute(_ANSWERED, {"asked": key}).first()
    if row is None:
        return None
    if row.digest != digest:
        return Outcome("key_reused", row.redemption_id, row.state)
    return Outcome(_CODES[row.step], row.redemption_id, row.state, repeated=True, facts=row.facts)


def write(connection: sa.Connection, todo: Todo, facts: Mapping[str, Any]) -> bool:
    """Add a step; say whether its key was new."""
    row = _row(todo) | {"of": todo.redemption_id, "facts": dict(facts)}
    return connection.execute(_writing(connection.dialect.name), row).first() is not None


@cache
def _writing(dialect: str) -> ReturningInsert[str]:
    """Return the statement that adds a step; it is built once, as building it costs more than running it."""
    before = sa.select(sa.func.count()).where(REDEMPTION_STEPS.c.redemption_id == sa.bindparam("of")).scalar_subquery()
    made = insert(dialect, REDEMPTION_STEPS).values(number=before + 1)
    return made.on_conflict_do_nothing(index_elements=["key"]).returning(REDEMPTION_STEPS.c.key)


def number(connection: sa.Connection, redemption_id: str) -> int:
    """Return how many steps a redemption has."""
    query = sa.select(sa.func.count()).where(REDEMPTION_STEPS.c.redemption_id == redemption_id)
    return int(connection.execute(query).scalar_one())


def write_all(connection: sa.Connection, todo: Sequence[Todo]) -> None:
    """Add the second step of many redemptions."""
    rows = [_row(step) | {"number": 2, "facts": {}} for step in todo]
    connection.execute(sa.insert(REDEMPTION_STEPS), rows)


def enter(connection: sa.Connection, *taken: tuple[Todo, Mapping[str, int]]) -> None:
    """Add what steps took (+) or gave back (-) to the books."""
    rows = [
        {"redemption_id": todo.redemption_id, "step_key": todo.key, "meter_id": name, "amount": amount, "at": todo.at}
        for todo, amounts in taken
        for name, amount in sorted(amounts.items())
    ]
    if rows:
        connection.execute(sa.insert(ENTRIES), rows)


def move(connection: sa.Connection, todo: Todo, state: str) -> None:
    """Change the state of a redemption from the one it was found in."""
    connection.execute(_MOVING, {"of": todo.redemption_id, "from": todo.state, "to": state})


def held(connection: sa.Connection, redemption_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return by redemption and meter what was taken and not given back; what holds nothing is left out."""
    entries, amount = ENTRIES.c, sa.cast(sa.func.sum(ENTRIES.c.amount), sa.BigInteger)
    query = sa.select(entries.redemption_id, entries.meter_id, amount).where(entries.redemption_id.in_(redemption_ids))
    grouped = query.group_by(entries.redemption_id, entries.meter_id).having(sa.func.sum(entries.amount) != 0)
    found: dict[str, dict[str, int]] = {}
    for redemption_id, meter_id, rest in connection.execute(grouped.order_by(entries.meter_id)):
        found.setdefault(redemption_id, {})[meter_id] = rest
    return found


def reserved(connection: sa.Connection, redemption_id: str) -> dict[str, int]:
    """Return what the reservation took at first."""
    joined = ENTRIES.join(REDEMPTION_STEPS, ENTRIES.c.step_key == REDEMPTION_STEPS.c.key)
    query = sa.select(ENTRIES.c.meter_id, ENTRIES.c.amount).select_from(joined)
    found = (ENTRIES.c.redemption_id == redemption_id) & (REDEMPTION_STEPS.c.step == "reserve")
    return {row.meter_id: row.amount for row in connection.execute(query.where(found))}


def history(connection: sa.Connection, redemption_id: str) -> list[Step]:
    """Return the steps of a redemption in order, with what each took and gave back."""
    amounts: dict[str, dict[str, int]] = {}
    entries = sa.select(ENTRIES.c.step_key, ENTRIES.c.meter_id, ENTRIES.c.amount)
    for key, meter_id, amount in connection.execute(
        entries.where(ENTRIES.c.redemption_id == redemption_id).order_by(ENTRIES.c.entry_id)
    ):
        amounts.setdefault(key, {})[meter_id] = amount
    steps = REDEMPTION_STEPS.c
    query = sa.select(steps.key, steps.redemption_id, steps.step, steps.at, steps.facts)
    rows = connection.execute(query.where(steps.redemption_id == redemption_id).order_by(steps.number))
    return [Step(*row, amounts.get(row.key, {})) for row in rows]


def _row(todo: Todo) -> dict[str, Any]:
    return {
        "key": todo.key, "redemption_id": todo.redemption_id, "step": todo.step, "at": todo.at, "digest": todo.digest
    }  # fmt: skip
