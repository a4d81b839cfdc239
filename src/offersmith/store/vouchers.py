"""Codes that were issued: written in bulk, found by one look-up, listed, voided, streamed out.

A code exists once because its key is the primary key, and for no other reason: new codes are inserted and whichever
were there already are drawn again. A batch is one transaction, so a crash leaves all of it or nothing, and its name
within the campaign is its idempotency key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from offersmith.errors import InputError
from offersmith.progress import Progress, silent
from offersmith.store.ledger import Ledger
from offersmith.store.tables import VOUCHERS
from offersmith.store.voucher_rows import CHUNK, Batch, Mint, Row, exists, fill, insert, taken

__all__ = ["CHUNK", "Batch", "BatchCount", "Issued", "Mint", "Row", "Voucher", "Vouchers"]


@dataclass(frozen=True, slots=True)
class Voucher:
    """One code, as its row is: `code` as printed, `code_key` as looked up; see `Batch` for the rest.

    Attributes:
        customer_id: whom it is bound to; None = whoever has it.
        state: `live`, or `void` since somebody took it back.
    """

    code_key: str
    code: str
    campaign_id: str
    promotion_id: str
    batch: str
    customer_id: str | None
    issued_at: datetime
    starts: datetime | None
    ends: datetime | None
    uses: int | None
    state: Literal["live", "void"]


@dataclass(frozen=True, slots=True)
class Issued:
    """What came of making a batch.

    Attributes:
        code: `issued`; or, with nothing written, `batch_exists` or `codes_taken`.
        batch: its name.
        count: how many codes the batch has now; 0 where it was not made.
        taken: keys that exist already, the first few, where that is why.
    """

    code: str
    batch: str
    count: int
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BatchCount:
    """How many codes a batch has: in all, void, and bound to a customer."""

    campaign_id: str
    batch: str
    codes: int
    void: int
    bound: int


class Vouchers:
    """The codes of a ledger.

    Args:
        ledger: an open one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def issue(
        self,
        batch: Batch,
        count: int,
        mint: Mint,
        *,
        customers: Sequence[str] | None = None,
        progress: Progress = silent,
    ) -> Issued:
        """Draw and write the codes of a new batch, all of them or none.

        Args:
            batch: what they share.
            count: how many; not looked at where `customers` says it.
            mint: draws codes.
            customers: one code each is bound to them; one named twice gets one.
            progress: told as codes are written.

        Returns:
            `issued`, or `batch_exists` and nothing was written.

        Raises:
            InputError: that would be no code at all, or the drawn codes are all taken.
            StorageError: the database refused; nothing was written.
        """
        wanted: Sequence[str | None] = list(dict.fromkeys(customers)) if customers is not None else [None] * count
        if not wanted:
            raise InputError(f"count = {len(wanted)} codes is not allowed; allowed: at least 1", field="count")

        def work(connection: sa.Connection) -> Issued:
            if exists(connection, batch):
                return Issued("batch_exists", batch.batch, 0)
            for start in range(0, len(wanted), CHUNK):
                progress("campaigns.issuing", start, len(wanted))
                fill(connection, batch, wanted[start : start + CHUNK], mint)
            progress("campaigns.issuing", len(wanted), len(wanted))
            return Issued("issued", batch.batch, len(wanted))

        return self._ledger.change(work, alone=True)

    def bring(self, batch: Batch, rows: Sequence[Row], progress: Progress = silent) -> Issued:
        """Write a new batch of codes drawn elsewhere, all of them or none.

        Args:
            batch: what they share; when and how often a code counts is as its row says.
            rows: the codes; no two of one key.
            progress: told as codes are written.

        Returns:
            `issued`; or with nothing written `batch_exists`, or `codes_taken` with the first of those that are.

        Raises:
            StorageError: the database refused; nothing was written.
        """

        def work(connection: sa.Connection) -> Issued:
            if exists(connection, batch):
                return Issued("batch_exists", batch.batch, 0)
            for start in range(0, len(rows), CHUNK):
                progress("campaigns.issuing", start, len(rows))
                chunk = rows[start : start + CHUNK]
                if insert(connection, batch, Row._fields, chunk) < len(chunk):
                    raise _TakenError(taken(connection, batch, chunk))
            progress("campaigns.issuing", len(rows), len(rows))
            return Issued("issued", batch.batch, len(rows))

        try:
            return self._ledger.change(work, alone=True)
        except _TakenError as fault:
            return Issued("codes_taken", batch.batch, 0, fault.keys)

    def find(self, spellings: Sequence[str]) -> Voucher | None:
        """Return the code that is meant: the first reading if it is known, else the only other one that is.

        Args:
            spellings: keys to look for, as `campaigns.codes.spellings` gives them.
        """
        return self.find_each([spellings])[0]

    def find_each(self, typed: Sequence[Sequence[str]]) -> list[Voucher | None]:
        """Return for each of several codes what `find` returns, in one look.

        Args:
            typed: of each code the keys to look for.
        """
        keys = sorted({key for spellings in typed for key in spellings})
        if not keys:
            return [None] * len(typed)
        query = sa.select(VOUCHERS).where(VOUCHERS.c.code_key.in_(keys))
        with self._ledger.transaction() as connection:
            known = {row.code_key: Voucher(*row) for row in connection.execute(query)}
        return [_meant(spellings, known) for spellings in typed]

    def of_customer(self, customer_id: str) -> list[Voucher]:
        """Return the codes bound to a customer, those issued last at the end."""
        query = sa.select(VOUCHERS).where(VOUCHERS.c.customer_id == customer_id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query.order_by(VOUCHERS.c.issued_at, VOUCHERS.c.code_key))
            return [Voucher(*row) for row in rows]

    def of_customers(self, customers: Sequence[str]) -> list[Voucher]:
        """Return the codes bound to any of some thousand customers, of every campaign, by key."""
        # By customer alone: SQLite, asked for the campaign as well, reads all the campaign's codes.
        query = sa.select(VOUCHERS).where(VOUCHERS.c.customer_id.in_(customers)).order_by(VOUCHERS.c.code_key)
        with self._ledger.transaction() as connection:
            return [Voucher(*row) for row in connection.execute(query)]

    def live(self, campaign_id: str) -> dict[str, tuple[int, int]]:
        """Return promotion -> its live codes that are bound to a customer, and those that are not."""
        bound = sa.func.count(VOUCHERS.c.customer_id)
        query = (
            sa.select(VOUCHERS.c.promotion_id, bound, sa.func.count() - bound)
            .where(VOUCHERS.c.campaign_id == campaign_id, VOUCHERS.c.state == "live")
            .group_by(VOUCHERS.c.promotion_id)
        )
        with self._ledger.transaction() as connection:
            return {name: (mine, anybodys) for name, mine, anybodys in connection.execute(query)}

    def void(self, code_key: str) -> bool:
        """Take a live code back; False where there is none such. What was redeemed with it stands."""
        return self._void(VOUCHERS.c.code_key == code_key) == 1

    def void_batch(self, campaign_id: str, batch: str) -> int:
        """Take the live codes of a batch back and return how many they were."""
        return self._void((VOUCHERS.c.campaign_id == campaign_id) & (VOUCHERS.c.batch == batch))

    def counts(self, campaign_id: str) -> list[BatchCount]:
        """Return how many codes each batch of a campaign has, by the batches' names."""
        void = sa.func.count(sa.case((VOUCHERS.c.state == "void", 1)))
        bound = sa.func.count(VOUCHERS.c.customer_id)
        query = (
            sa.select(VOUCHERS.c.campaign_id, VOUCHERS.c.batch, sa.func.count(), void, bound)
            .where(VOUCHERS.c.campaign_id == campaign_id)
            .group_by(VOUCHERS.c.campaign_id, VOUCHERS.c.batch)
            .order_by(VOUCHERS.c.batch)
        )
        with self._ledger.transaction() as connection:
            return [BatchCount(*row) for row in connection.execute(query)]

    def holders(self, campaign_id: str, batch: str | None = None) -> tuple[int, int]:
        """Return how many live codes of a campaign, or of one batch of it, are bound, and to how many customers."""
        who = VOUCHERS.c.customer_id
        query = sa.select(sa.func.count(who), sa.func.count(who.distinct()))
        query = query.where(VOUCHERS.c.campaign_id == campaign_id, VOUCHERS.c.state == "live")
        if batch is not None:
            query = query.where(VOUCHERS.c.batch == batch)
        with self._ledger.transaction() as connection:
            codes, customers = connection.execute(query).one()
        return int(codes), int(customers)

    def export(self, campaign_id: str, batch: str | None = None) -> Iterator[Voucher]:
        """Yield the codes of a campaign, or of one batch of it, by key and as of one moment, without holding them all.

        The reading transaction lasts until the iterator is used up or closed.
        """
        query = sa.select(VOUCHERS).where(VOUCHERS.c.campaign_id == campaign_id).order_by(VOUCHERS.c.code_key)
        if batch is not None:
            query = query.where(VOUCHERS.c.batch == batch)
        with self._ledger.transaction() as connection:
            for row in connection.execution_options(yield_per=CHUNK).execute(query):
                yield Voucher(*row)

    def _void(self, which: sa.ColumnElement[bool]) -> int:
        change = sa.update(VOUCHERS).where(which, VOUCHERS.c.state == "live").values(state="void")
        return self._ledger.change(lambda connection: connection.execute(change).rowcount)


def _meant(spellings: Sequence[str], known: Mapping[str, Voucher]) -> Voucher | None:
    found = [known[key] for key in dict.fromkeys(spellings) if key in known]
    return found[0] if found and (len(found) == 1 or found[0].code_key == spellings[0]) else None


class _TakenError(Exception):
    """Undoes a transaction whose codes exist already."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(keys)
        self.keys = keys
