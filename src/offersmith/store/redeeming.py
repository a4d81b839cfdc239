"""What each verb of a redemption does inside its transaction; `redemptions` opens and retries it.

Rows are held in one order: what the order has already, the redemption, its step, its meters by name. A function that
has written and must leave nothing raises `Undone`, which carries the answer out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.dml import ReturningInsert

from offersmith.errors import InputError
from offersmith.store import meters, steps
from offersmith.store.database import insert
from offersmith.store.reservation import Outcome, Reservation
from offersmith.store.steps import Todo
from offersmith.store.tables import CAMPAIGNS, REDEMPTIONS, VOUCHERS

_ALONE = sa.text("SELECT pg_advisory_xact_lock(1, hashtext(:order))")
"""One reservation of an order at a time: two that cannot see each other yet would both be its only one."""


class Undone(Exception):  # noqa: N818 - no fault: it carries an answer out of a transaction that must leave nothing
    """Everything written so far must go; `outcome` is the answer all the same."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


def reserve(connection: sa.Connection, wanted: Reservation) -> Outcome:
    """Write the redemption and its first step, roll back what it replaces, then take what it claims."""
    if wanted.order_id is not None and connection.dialect.name == "postgresql":
        connection.execute(_ALONE, {"order": wanted.order_id})
    if answer := steps.answered(connection, wanted.key, wanted.digest):
        return answer
    older = _older(connection, wanted)
    if confirmed := next((one for one in older if one.state == "confirmed"), None):
        return Outcome("order_confirmed", confirmed.redemption_id, confirmed.state)
    if void := _void(connection, wanted.vouchers):
        return Outcome("voucher_void", "", "", facts={"code_key": void})
    columns = ("redemption_id", "key", "digest", "order_id", "customer_id", "currency", "at", "expires_at")
    row = {name: getattr(wanted, name) for name in columns} | {"state": "reserved", "facts": dict(wanted.facts)}
    # Who asks with the same key at the same time waits here, and then finds the answer.
    if connection.execute(_writing(connection.dialect.name), row).first() is None:
        if answer := steps.answered(connection, wanted.key, wanted.digest):
            return answer
        raise InputError(f"redemption_id: {wanted.redemption_id} is taken; choose another", field="redemption_id")
    todo = Todo(wanted.key, wanted.redemption_id, "reserve", wanted.at, wanted.digest, "reserved")
    facts = {"vouchers": list(wanted.vouchers)}
    if older:
        facts["replaced"] = [one.redemption_id for one in older]
    _write(connection, todo, facts)
    held = steps.held(connection, facts["replaced"]) if older else {}
    for one in older:
        _write(connection, one, {"reason": "replaced", "from": one.state, "by": wanted.redemption_id})
        steps.move(connection, one, "rolled_back")
    if short := meters.take(connection, wanted.claims, _sum(held.values())):
        code = "refused_budget" if short.unit == "money" else "refused_limit"
        raise Undone(Outcome(code, "", "", meter_id=short.meter_id, rest=short.rest))
    # Asked last, for to take may mean to wait; the row is not held, or orders would keep whoever pauses waiting.
    if changed := _changed(connection, wanted):
        raise Undone(Outcome("campaign_changed", "", "", facts={"campaign_id": changed}))
    replaced = ((one, _negative(held.get(one.redemption_id, {}))) for one in older)
    steps.enter(connection, *replaced, (todo, {claim.meter_id: claim.amount for claim in wanted.claims}))
    return Outcome("reserved", wanted.redemption_id, "reserved", facts=facts)


def held_by_order(connection: sa.Connection, order_id: str, customer_id: str | None) -> dict[str, int]:
    """Return what the reservations of an order hold of each meter: what a new one of it gives back first."""
    mine = _of_order(order_id, customer_id) & (REDEMPTIONS.c.state == "reserved")
    names = list(connection.execute(sa.select(REDEMPTIONS.c.redemption_id).where(mine)).scalars())
    return _sum(steps.held(connection, names).values()) if names else {}


def _older(connection: sa.Connection, wanted: Reservation) -> list[Todo]:
    """Hold what the order has already and return it as steps that roll it back; what is rolled back is left out."""
    if wanted.order_id is None:
        return []
    mine = _of_order(wanted.order_id, wanted.customer_id) & (REDEMPTIONS.c.state != "rolled_back")
    query = sa.select(REDEMPTIONS.c.redemption_id, REDEMPTIONS.c.state).where(mine)
    rows = connection.execute(query.order_by(REDEMPTIONS.c.redemption_id).with_for_update())
    return [Todo("", name, "", wanted.at, "", state).own("roll_back") for name, state in rows]


def _of_order(order_id: str, customer_id: str | None) -> sa.ColumnElement[bool]:
    """Restrict redemptions to an order of a customer: nobody replaces another's by the number of their order."""
    return (REDEMPTIONS.c.order_id == order_id) & REDEMPTIONS.c.customer_id.is_not_distinct_from(customer_id)


@cache
def _writing(dialect: str) -> ReturningInsert[str]:
    return insert(dialect, REDEMPTIONS).on_conflict_do_nothing().returning(REDEMPTIONS.c.key)


def _void(connection: sa.Connection, vouchers: tuple[str, ...]) -> str | None:
    """Return the first of these codes that is not live or is not there."""
    if not vouchers:
        return None
    query = sa.select(VOUCHERS.c.code_key).where(VOUCHERS.c.code_key.in_(vouchers), VOUCHERS.c.state == "live")
    live = set(connection.execute(query).scalars())
    return next((code for code in vouchers if code not in live), None)


def _changed(connection: sa.Connection, wanted: Reservation) -> str | None:
    """Return the first campaign that no longer gives what it was priced with."""
    if not wanted.campaigns:
        return None
    row = CAMPAIGNS.c
    query = sa.select(row.campaign_id, row.revision).where(
        row.campaign_id.in_(list(wanted.campaigns)), row.state.in_(sorted(wanted.giving))
    )
    now = {one.campaign_id: one.revision for one in connection.execute(query)}
    return next((name for name, revision in wanted.campaigns.items() if now.get(name) != revision), None)


def confirm(connection: sa.Connection, todo: Todo, caps: Mapping[str, int | None]) -> Outcome:
    """Keep what is reserved; take again what was swept."""
    if todo.state == "confirmed":
        return Outcome("confirmed", todo.redemption_id, todo.state, repeated=True)
    if todo.state == "rolled_back":
        return Outcome("not_reserved", todo.redemption_id, todo.state)
    facts = {}
    if todo.state == "expired":
        again = todo.own("retake")
        amounts = steps.reserved(connection, todo.redemption_id)
        facts = {"retaken": True}
        _write(connection, again, {})
        _write(connection, todo, facts)
        if short := meters.take(connection, meters.claims_on(connection, amounts, caps)):
            kept = Outcome("reservation_expired", todo.redemption_id, todo.state)
            raise Undone(replace(kept, meter_id=short.meter_id, rest=short.rest))
        steps.enter(connection, (again, amounts))
    else:
        _write(connection, todo, facts)
    steps.move(connection, todo, "confirmed")
    return Outcome("confirmed", todo.redemption_id, "confirmed", facts=facts)


def roll_back(connection: sa.Connection, todo: Todo, reason: str) -> Outcome:
    """Give back what is still held; of a swept reservation nothing is, and it can no longer be confirmed."""
    if todo.state == "rolled_back":
        return Outcome("rolled_back", todo.redemption_id, todo.state, repeated=True)
    facts = {"reason": reason, "from": todo.state}
    _write(connection, todo, facts)
    held = _held(connection, todo)
    meters.give_back(connection, held)
    steps.enter(connection, (todo, _negative(held)))
    steps.move(connection, todo, "rolled_back")
    return Outcome("rolled_back", todo.redemption_id, "rolled_back", facts=facts)


def give_back(
    connection: sa.Connection,
    todo: Todo,
    amounts: Mapping[str, int],
    facts: Mapping[str, Any],
    after: int | None = None,
) -> Outcome:
    """Give a part back, never more than is still held."""
    if todo.state != "confirmed":
        return Outcome("not_confirmed", todo.redemption_id, todo.state)
    if after is not None and after != steps.number(connection, todo.redemption_id):
        return Outcome("changed_meanwhile", todo.redemption_id, todo.state)
    held = _held(connection, todo)
    for name, amount in sorted(amounts.items()):
        if amount > held.get(name, 0):
            return Outcome("more_than_taken", todo.redemption_id, todo.state, meter_id=name, rest=held.get(name, 0))
    _write(connection, todo, facts)
    meters.give_back(connection, amounts)
    steps.enter(connection, (todo, _negative(amounts)))
    return Outcome("given_back", todo.redemption_id, todo.state, facts=dict(facts))


def overdue(connection: sa.Connection, at: datetime) -> bool:
    """Say whether there is a reservation whose time is over."""
    return connection.execute(sa.select(REDEMPTIONS.c.redemption_id).where(_over(at)).limit(1)).first() is not None


def _over(at: datetime) -> sa.ColumnElement[bool]:
    return (REDEMPTIONS.c.state == "reserved") & (REDEMPTIONS.c.expires_at <= at)


def sweep(connection: sa.Connection, at: datetime, limit: int) -> int:
    """Let go of the oldest reservations whose time is over and that nobody holds just now."""
    oldest = sa.select(REDEMPTIONS.c.redemption_id).where(_over(at)).order_by(REDEMPTIONS.c.expires_at).limit(limit)
    names = list(connection.execute(oldest.with_for_update(skip_locked=True)).scalars())
    if not names:
        return 0
    held = steps.held(connection, names)
    todo = [Todo("", name, "", at, "", "reserved").own("expire") for name in names]
    steps.write_all(connection, todo)
    # All at once and by name: meter by meter for each redemption would take them in another order than others do.
    meters.give_back(connection, _sum(held.values()))
    steps.enter(connection, *((step, _negative(held.get(step.redemption_id, {}))) for step in todo))
    connection.execute(sa.update(REDEMPTIONS).where(REDEMPTIONS.c.redemption_id.in_(names)).values(state="expired"))
    return len(names)


def _held(connection: sa.Connection, todo: Todo) -> dict[str, int]:
    return steps.held(connection, [todo.redemption_id]).get(todo.redemption_id, {})


def _sum(held: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for amounts in held:
        total.update(amounts)
    return total


def _negative(amounts: Mapping[str, int]) -> dict[str, int]:
    return {name: -amount for name, amount in amounts.items()}


def _write(connection: sa.Connection, todo: Todo, facts: Mapping[str, Any]) -> None:
    """Write the step; where its key was used meanwhile, everything is undone and that answer given."""
    if not steps.write(connection, todo, facts) and (answer := steps.answered(connection, todo.key, todo.digest)):
        raise Undone(answer)
