"""Codes on their way into the ledger, many to a statement.

Rows go to the database as one JSON array, which SQLite and PostgreSQL both unfold themselves; that is several times
cheaper than a statement per row. What is there already stays as it is: a code exists once because its key is the
primary key, and for no other reason.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from offersmith.errors import InputError
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


class Row(NamedTuple):
    """One code that was drawn elsewhere; it says itself what else the batch says of its codes."""

    code_key: str
    code: str
    customer_id: str | None
    starts: datetime | None
    ends: datetime | None
    uses: int | None


def fill(connection: sa.Connection, batch: Batch, wanted: Sequence[str | None], mint: Mint) -> None:
    """Write one new code for each of `wanted`, drawing again for those whose code was there already."""
    missing, idle = wanted, 0
    while missing:
        drawn = dict(mint(len(missing)))
        rows = [(key, code, customer) for (key, code), customer in zip(drawn.items(), missing, strict=False)]
        written = insert(connection, batch, _DRAWN, rows)
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


def insert(
    connection: sa.Connection,
    batch: Batch,
    names: Sequence[str],
    rows: Sequence[tuple[Cell, ...]],
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
    adding = onto(VOUCHERS).on_conflict_do_nothing().from_select(_COLUMNS, chosen)
    # The count of an insert is -1 with some drivers unless it is asked for.
    return connection.execute(adding.execution_options(preserve_rowcount=True)).rowcount


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


def exists(connection: sa.Connection, batch: Batch) -> bool:
    """Say whether the campaign has a batch of that name."""
    query = sa.select(VOUCHERS.c.code_key).where(
        VOUCHERS.c.campaign_id == batch.campaign_id, VOUCHERS.c.batch == batch.batch
    )
    return connection.execute(query.limit(1)).first() is not None


def _among(connection: sa.Connection, keys: Sequence[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a code is one of `keys`, however many they are."""
    unfolded, cells = _unfold(connection, ("code_key",), [(key,) for key in keys])
    return VOUCHERS.c.code_key.in_(sa.select(cells["code_key"]).select_from(unfolded))


def taken(connection: sa.Connection, batch: Batch, rows: Sequence[Row]) -> tuple[str, ...]:
    """Return which codes exist outside the batch, at most ten of them."""
    mine = (VOUCHERS.c.campaign_id == batch.campaign_id) & (VOUCHERS.c.batch == batch.batch)
    query = sa.select(VOUCHERS.c.code_key).where(_among(connection, [row.code_key for row in rows]), sa.not_(mine))
    return tuple(connection.execute(query.order_by(VOUCHERS.c.code_key).limit(10)).scalars())


def _owners(connection: sa.Connection, batch: Batch, keys: Sequence[str]) -> set[str]:
    """Return the customers to whom these codes of the batch are bound."""
    mine = (VOUCHERS.c.campaign_id == batch.campaign_id) & (VOUCHERS.c.batch == batch.batch)
    return set(connection.execute(sa.select(VOUCHERS.c.customer_id).where(_among(connection, keys), mine)).scalars())
