"""Codes that were issued: written in bulk, found by one look-up, listed, voided, streamed out.

A code exists once because its key is the primary key, and for no other reason: new codes are inserted and whichever
were there already are drawn again. A batch is one transaction, so a crash leaves all of it or nothing, and its name
within the campaign is its idempotency key. Rows go to the database as one JSON array per statement, which SQLite and
PostgreSQL both unfold themselves; that is several times cheaper than a statement per row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from offersmith.errors import InputError
from offersmith.progress import Progress, silent
from offersmith.store.ledger import Ledger
from offersmith.store.tables import VOUCHERS

CHUNK: Final = 20_000
"""Rows per statement."""

Mint = Callable[[int], Sequence[tuple[str, str]]]
"""Draws so many new codes: (as they are looked up, as they are printed); a repeated one is dropped."""

Cell = str | int | datetime | None
"""What stands in a column."""

_ROUNDS: Final = 20
"""How often nothing but codes that are there already may be drawn."""

_COLUMNS: Final = tuple(column.name for column in VOUCHERS.columns)
_DRAWN: Final = ("code_key", "code", "customer_id")


@dataclass(frozen=True, slots=True)
class Batch:
    """What the codes of one batch share.

    Attributes:
        batch: its name, unique within the campaign.
        campaign_id: whose codes they are.
        promotion_id: the promotion they unlock.
        issued_at: the moment, naive UTC.
        starts: before it they do not count; None = from the campaign's start.
        ends: from it on they do not count any more; None = until the campaign's end.
        uses: how often each may be used; None = no limit of its own.
    """

    batch: str
    campaign_id: str
    promotion_id: str
    issued_at: datetime
    starts: datetime | None = None
    ends: datetime | None = None
    uses: int | None = 1


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


class Row(NamedTuple):
    """One code that was drawn elsewhere; it says itself what else the batch says of its codes."""

    code_key: str
    code: str
    customer_id: str | None
    starts: datetime | None
    ends: datetime | None
    uses: int | None


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
            if _exists(connection, batch):
                return Issued("batch_exists", batch.batch, 0)
            for start in range(0, len(wanted), CHUNK):
                progress("campaigns.issuing", start, len(wanted))
                _fill(connection, batch, wanted[start : start + CHUNK], mint)
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
            if _exists(connection, batch):
                return Issued("batch_exists", batch.batch, 0)
            for start in range(0, len(rows), CHUNK):
                progress("campaigns.issuing", start, len(rows))
                chunk = rows[start : start + CHUNK]
                if _insert(connection, batch, Row._fields, chunk) < len(chunk):
                    raise _TakenError(_taken(connection, batch, chunk))
            progress("campaigns.issuing", len(rows), len(rows))
            return Issued("issued", batch.batch, len(rows))

        try:
            return self._ledger.change(work, alone=True)
        except _TakenError as taken:
            return Issued("codes_taken", batch.batch, 0, taken.keys)

    def find(self, spellings: Sequence[str]) -> Voucher | None:
        """Return the code that is meant: the first reading if it is known, else the only other one that is.

        Args:
            spellings: keys to look for, as `campaigns.codes.spellings` gives them.
        """
        if not spellings:
            return None
        query = sa.select(VOUCHERS).where(VOUCHERS.c.code_key.in_(spellings))
        with self._ledger.transaction() as connection:
            found = {row.code_key: Voucher(*row) for row in connection.execute(query)}
        if spellings[0] in found:
            return found[spellings[0]]
        return next(iter(found.values())) if len(found) == 1 else None

    def of_customer(self, customer_id: str) -> list[Voucher]:
        """Return the codes bound to a customer, those issued last at the end."""
        query = sa.select(VOUCHERS).where(VOUCHERS.c.customer_id == customer_id)
        with self._ledger.transaction() as connection:
            rows = connection.execute(query.order_by(VOUCHERS.c.issued_at, VOUCHERS.c.code_key))
            return [Voucher(*row) for row in rows]

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


class _TakenError(Exception):
    """Undoes a transaction whose codes exist already."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(keys)
        self.keys = keys


def _fill(connection: sa.Connection, batch: Batch, wanted: Sequence[str | None], mint: Mint) -> None:
    """Write one new code for each of `wanted`, drawing again for those whose code was there already."""
    missing, idle = wanted, 0
    while missing:
        drawn = dict(mint(len(missing)))
        rows = [(key, code, customer) for (key, code), customer in zip(drawn.items(), missing, strict=False)]
        written = _insert(connection, batch, _DRAWN, rows)
        idle = 0 if written else idle + 1
        if idle == _ROUNDS:
            raise InputError(
                f"batch {batch.batch!r}: every code that was drawn exists already",
                hint="draw longer codes, or another prefix",
            )
        if written == len(missing):
            return
        if missing[0] is None:
            missing = missing[written:]
        else:
            served = _owners(connection, batch, list(drawn))
            missing = [customer for customer in missing if customer not in served]


def _insert(
    connection: sa.Connection,
    batch: Batch,
    names: Sequence[str],
    rows: Sequence[tuple[str | int | datetime | None, ...]],
) -> int:
    """Write those rows whose key is new in one statement, and return how many they were.

    Args:
        connection: inside a transaction.
        batch: says every column that is not among `names`.
        names: the columns of `rows`.
        rows: what differs from code to code.
    """
    unfolded, cells = _unfold(connection, names, rows)
    values = _shared(batch) | cells
    chosen = sa.select(*(values[name].label(name) for name in _COLUMNS)).select_from(unfolded).where(sa.true())
    onto = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    insert = onto(VOUCHERS).on_conflict_do_nothing()
    # The count of an insert is -1 with some drivers unless it is asked for.
    statement = insert.from_select(_COLUMNS, chosen).execution_options(preserve_rowcount=True)
    return connection.execute(statement).rowcount


def _shared(batch: Batch) -> dict[str, sa.ColumnElement[Any]]:
    """Return what the batch says of a row, column by column."""
    values: dict[str, Any] = {
        "campaign_id": batch.campaign_id,
        "promotion_id": batch.promotion_id,
        "batch": batch.batch,
        "issued_at": batch.issued_at,
        "starts": batch.starts,
        "ends": batch.ends,
        "uses": batch.uses,
        "state": "live",
    }
    return {name: sa.bindparam(f"the_{name}", value, VOUCHERS.c[name].type) for name, value in values.items()}


def _unfold(
    connection: sa.Connection, names: Sequence[str], rows: Sequence[tuple[Cell, ...]]
) -> tuple[sa.FromClause, dict[str, sa.ColumnElement[Any]]]:
    """Return rows as a table of the database, and its cells by column."""
    text = json.dumps([[_plain(value) for value in row] for row in rows])
    bound = sa.bindparam("rows", text, sa.Text)
    if connection.dialect.name == "sqlite":
        each = sa.func.json_each(bound).table_valued("value")
        return each, {name: sa.func.json_extract(each.c.value, f"$[{at}]") for at, name in enumerate(names)}
    unfolded = sa.func.json_array_elements(sa.cast(bound, postgresql.JSON)).table_valued("value").render_derived()
    texts = {name: sa.func.json_extract_path_text(unfolded.c.value, str(at)) for at, name in enumerate(names)}
    return unfolded, {name: sa.cast(text, VOUCHERS.c[name].type) for name, text in texts.items()}


def _plain(value: Cell) -> str | int | None:
    # The form in which SQLAlchemy keeps moments in SQLite; PostgreSQL reads it too.
    return value.isoformat(" ", "microseconds") if isinstance(value, datetime) else value


def _exists(connection: sa.Connection, batch: Batch) -> bool:
    query = sa.select(VOUCHERS.c.code_key).where(
        VOUCHERS.c.campaign_id == batch.campaign_id, VOUCHERS.c.batch == batch.batch
    )
    return connection.execute(query.limit(1)).first() is not None


def _among(connection: sa.Connection, keys: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a code is one of `keys`, however many they are."""
    unfolded, cells = _unfold(connection, ("code_key",), [(key,) for key in keys])
    return VOUCHERS.c.code_key.in_(sa.select(cells["code_key"]).select_from(unfolded))


def _taken(connection: sa.Connection, batch: Batch, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return which codes exist outside the batch, at most ten of them."""
    mine = (VOUCHERS.c.campaign_id == batch.campaign_id) & (VOUCHERS.c.batch == batch.batch)
    query = sa.select(VOUCHERS.c.code_key).where(_among(connection, [row.code_key for row in rows]), sa.not_(mine))
    return tuple(connection.execute(query.order_by(VOUCHERS.c.code_key).limit(10)).scalars())


def _owners(connection: sa.Connection, batch: Batch, keys: Sequence[str]) -> set[str]:
    """Return the customers to whom these codes of the batch are bound."""
    mine = (VOUCHERS.c.campaign_id == batch.campaign_id) & (VOUCHERS.c.batch == batch.batch)
    return set(connection.execute(sa.select(VOUCHERS.c.customer_id).where(_among(connection, keys), mine)).scalars())
