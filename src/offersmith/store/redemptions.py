"""The promise at the till: reserved, confirmed, rolled back and given back, each exactly once.

Every verb is one transaction and idempotent by its key: the same key with the same request gets the first answer again,
however many ask at once; a refusal writes nothing, so the same key may be tried later. Rows are held in one order (the
redemption, its step, its meters by name), which is what keeps two transactions from waiting for each other.

After reserve-confirm-release as payment services do it; a reservation whose time is over holds what it took until it
is swept (who reserves asks whether any is overdue, and sweeps first), and one that was swept is retaken when its
payment arrives after all and there still is enough.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from offersmith.errors import InputError
from offersmith.store import redeeming
from offersmith.store.ledger import Ledger
from offersmith.store.meters import Meter
from offersmith.store.redeeming import Undone
from offersmith.store.reservation import (
    LARGEST,
    Claim,
    Outcome,
    Redemption,
    Reservation,
    Step,
    check_digest,
    check_key,
    check_moment,
    check_reservation,
)
from offersmith.store.steps import Todo, answered, held, history
from offersmith.store.tables import METERS, REDEMPTIONS

__all__ = ["Claim", "Meter", "Outcome", "Redemption", "Redemptions", "Reservation", "Step"]

_LARGEST_SWEEP = 10_000


_HOLDING = sa.select(REDEMPTIONS.c.state).where(REDEMPTIONS.c.redemption_id == sa.bindparam("name")).with_for_update()


class Redemptions:
    """The redemptions of one ledger.

    Args:
        ledger: where they are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def reserve(self, reservation: Reservation) -> Outcome:
        """Take everything a reservation claims, or nothing.

        What the order (the same `order_id` and customer) has that is not confirmed is rolled back in the same
        transaction, and its uses count as free; where the new one is refused, it stays as it is.

        Returns:
            "reserved", "refused_limit", "refused_budget", "voucher_void", "campaign_changed", "order_confirmed" or
            "key_reused".

        Raises:
            InputError: a field cannot be meant; or the redemption's name is taken.
            StorageError: the database refused; nothing was written.
        """
        check_reservation(reservation)
        return self._do(lambda connection: redeeming.reserve(connection, reservation))

    def confirm(
        self, redemption_id: str, key: str, at: datetime, caps: Mapping[str, int | None] | None = None
    ) -> Outcome:
        """Keep what was reserved for good: the payment arrived.

        A reservation that was swept meanwhile takes everything again; a voucher voided since does not stop it, for its
        promise was made before.

        Args:
            redemption_id: whose.
            key: the caller's idempotency key.
            at: the moment (naive UTC).
            caps: meter id -> the cap it has today; one that is not there has the cap it was last taken with.

        Returns:
            "confirmed", "unknown_redemption", "not_reserved", "reservation_expired" or "key_reused".
        """
        return self._step(
            "confirm",
            redemption_id,
            key,
            at,
            _digest("confirm", redemption_id),
            lambda connection, step: redeeming.confirm(connection, step, caps or {}),
        )

    def roll_back(self, redemption_id: str, key: str, at: datetime, reason: str = "") -> Outcome:
        """Give back everything that a redemption still holds: the payment failed, or the order was cancelled.

        Returns:
            "rolled_back", "unknown_redemption" or "key_reused".
        """
        return self._step(
            "roll_back",
            redemption_id,
            key,
            at,
            _digest("roll_back", redemption_id),
            lambda connection, step: redeeming.roll_back(connection, step, reason),
        )

    def give_back(
        self,
        redemption_id: str,
        key: str,
        at: datetime,
        digest: str,
        amounts: Mapping[str, int],
        facts: Mapping[str, Any] | None = None,
        *,
        after: int | None = None,
    ) -> Outcome:
        """Give back a part of what a confirmed redemption holds: some of its goods were returned.

        Args:
            redemption_id: whose.
            key: the caller's idempotency key.
            at: the moment of the return (naive UTC).
            digest: SHA-256 of the request.
            amounts: what each meter gets back; zeros are passed over.
            facts: kept with the step.
            after: how many steps the caller knows of: the amounts were worked out from them; None does not ask.

        Returns:
            "given_back", "unknown_redemption", "not_confirmed", "changed_meanwhile" (there are other steps by now),
            "more_than_taken" or "key_reused".
        """
        check_digest(digest)
        for name, amount in amounts.items():
            if type(amount) is not int or not 0 <= amount <= LARGEST:
                raise InputError(f"amounts: {amount} of {name} is not a whole number within 0 to {LARGEST}")
        wanted = {name: amount for name, amount in amounts.items() if amount}
        return self._step(
            "give_back",
            redemption_id,
            key,
            at,
            digest,
            lambda connection, step: redeeming.give_back(connection, step, wanted, facts or {}, after),
        )

    def sweep(self, at: datetime, limit: int = 1000) -> int:
        """Let go of reservations whose time was over at `at`, the oldest first; return how many.

        Those that somebody is just confirming or rolling back are passed over.

        Args:
            at: the moment (naive UTC).
            limit: how many at most, 1 to 10,000.
        """
        check_moment("at", at)
        if not 1 <= limit <= _LARGEST_SWEEP:
            raise InputError(f"limit: {limit} is not within 1 to {_LARGEST_SWEEP}", field="limit")
        return self._ledger.change(lambda connection: redeeming.sweep(connection, at, limit))

    def overdue(self, at: datetime) -> bool:
        """Say whether any reservation's time was over at `at` (naive UTC); one look into an index, nothing is held."""
        check_moment("at", at)
        with self._ledger.transaction() as connection:
            return redeeming.overdue(connection, at)

    def held_by_order(self, order_id: str | None, customer_id: str | None) -> dict[str, int]:
        """Return meter id -> what reservations of an order hold of it: a new one of the same order replaces them."""
        if order_id is None:
            return {}
        with self._ledger.transaction() as connection:
            return redeeming.held_by_order(connection, order_id, customer_id)

    def find(self, redemption_id: str) -> Redemption | None:
        """Return a redemption as it stands; None where there is none of that name."""
        found = self._redemptions(REDEMPTIONS.c.redemption_id == redemption_id)
        return found[0] if found else None

    def by_order(self, order_id: str) -> list[Redemption]:
        """Return the redemptions of an order, in the order they were reserved."""
        return self._redemptions(REDEMPTIONS.c.order_id == order_id)

    def steps(self, redemption_id: str) -> list[Step]:
        """Return everything that happened to a redemption, in order."""
        with self._ledger.transaction() as connection:
            return history(connection, redemption_id)

    def meters(self, campaign_id: str) -> list[Meter]:
        """Return every meter of a campaign, by name."""
        query = sa.select(METERS).where(METERS.c.campaign_id == campaign_id).order_by(METERS.c.meter_id)
        with self._ledger.transaction() as connection:
            return [Meter(*row) for row in connection.execute(query)]

    def read_meters(self, meter_ids: Iterable[str]) -> dict[str, Meter]:
        """Return these meters as they stand; one that nobody ever took from is left out."""
        query = sa.select(METERS).where(METERS.c.meter_id.in_(sorted(set(meter_ids))))
        with self._ledger.transaction() as connection:
            return {row.meter_id: Meter(*row) for row in connection.execute(query)}

    def _redemptions(self, clause: sa.ColumnElement[bool]) -> list[Redemption]:
        query = sa.select(REDEMPTIONS).where(clause).order_by(REDEMPTIONS.c.at, REDEMPTIONS.c.redemption_id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query).mappings().all()
            holding = held(connection, [row["redemption_id"] for row in rows])
            return [Redemption(**row, held=holding.get(row["redemption_id"], {})) for row in rows]

    def _step(
        self,
        name: str,
        redemption_id: str,
        key: str,
        at: datetime,
        digest: str,
        work: Callable[[sa.Connection, Todo], Outcome],
    ) -> Outcome:
        """Hold a redemption, answer what was answered before, and else do the step."""
        check_key(key)
        check_moment("at", at)

        def whole(connection: sa.Connection) -> Outcome:
            # Held first: who waited here for the same key finds its answer below.
            state = connection.execute(_HOLDING, {"name": redemption_id}).scalar()
            if state is None:
                return Outcome("unknown_redemption", redemption_id, "")
            todo = Todo(key, redemption_id, name, at, digest, state)
            return answered(connection, key, digest) or work(connection, todo)

        return self._do(whole)

    def _do(self, work: Callable[[sa.Connection], Outcome]) -> Outcome:
        try:
            return self._ledger.change(work)
        except Undone as undone:
            return undone.outcome


def _digest(step: str, redemption_id: str) -> str:
    return hashlib.sha256(f"{step}\0{redemption_id}".encode()).hexdigest()
