"""Which staged rows are new, which were there already, and which contradict what is there under the same id."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from offersmith.store.engine import text
from offersmith.vocabulary import EVENTS

_CONTENT = tuple(name for name in EVENTS.names if name not in ("event_id", "utc_offset"))
"""What makes two rows equal. A column that is null takes no part, so a column added to the vocabulary changes no id."""

REPAIRABLE = {"amount": "BIGINT", "quantity": "DOUBLE"}
"""Columns whose value may be filled in, with the engine's name of their type."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of the staged rows.

    Attributes:
        kept: new rows.
        redelivered: rows whose id was there already, in the store or earlier in the file, with the same content.
        conflicting: numbers (int64) of the rows whose id was there with other content.
        equal_lines: rows without an id of their own that repeat an earlier one.
        events_by_name: kept rows by event.
        first_time: earliest kept event, UTC.
        last_time: latest kept event, UTC.
    """

    kept: int = 0
    redelivered: int = 0
    conflicting: pa.Array = field(default_factory=lambda: pa.array([], pa.int64()))
    equal_lines: int = 0
    events_by_name: Mapping[str, int] = field(default_factory=dict)
    first_time: datetime | None = None
    last_time: datetime | None = None


def resolve(
    engine: duckdb.DuckDBPyConnection,
    staged: Path,
    existing: Sequence[Path],
    *,
    given: bool,
    filled: Collection[str],
    out: Path | None = None,
    repaired: Sequence[Path] = (),
) -> Resolution:
    """Decide the fate of every staged row; leaves the view `staged` and the table `fates(row, id, fate)` behind.

    Fates: 0 kept, 1 redelivered, 2 conflicting.

    Args:
        engine: where it is worked out.
        staged: Parquet file of the schema `landing.STAGED`.
        existing: landed files to compare with.
        given: whether any row brought its own id.
        filled: staged columns that are not null throughout; the others need not be looked at.
        out: Parquet file of `row`: staged rows that stay away.
        repaired: files of the schema `landing.REPAIRED` beside the landed ones: what those said before.
    """
    run = engine.execute
    where = f" WHERE row NOT IN (SELECT row FROM {_parquet([out])})" if out else ""
    run(f"CREATE VIEW staged AS SELECT * FROM read_parquet({text(str(staged))}){where}")
    made = _hash(filled, product="listed_product")
    brought = f"CASE WHEN given_id IS NULL THEN {made} ELSE {_hash(filled)} END" if given else made
    run(f"CREATE TABLE keyed AS SELECT row, given_id, {brought} AS hash FROM staged")
    run(
        "CREATE TABLE copies AS SELECT row, row_number() OVER (PARTITION BY hash ORDER BY row) - 1 AS copy FROM keyed "
        "WHERE given_id IS NULL AND hash IN "
        "(SELECT hash FROM keyed WHERE given_id IS NULL GROUP BY hash HAVING count(*) > 1)"
    )
    run(
        "CREATE TABLE ids AS SELECT row, hash, given_id IS NOT NULL AS given, "
        "coalesce(given_id, lpad(lower(hex(hash)), 32, '0') || CASE WHEN copy > 0 THEN '-' || copy ELSE '' END) AS id "
        "FROM keyed LEFT JOIN copies USING (row)"
    )
    run("DROP TABLE keyed")
    _know(engine, existing, repaired, given=given)
    _decide(engine, given=given)
    return _count(engine)


def _know(
    engine: duckdb.DuckDBPyConnection, existing: Sequence[Path], repaired: Sequence[Path], *, given: bool
) -> None:
    """Put ids that are there already into `known(id, hash)`; `hash` only matters to ids that were given."""
    if not existing:
        engine.execute("CREATE TABLE known (id VARCHAR, hash UHUGEINT)")
        return
    files = _as_said(_parquet(existing), repaired) if given else _parquet(existing)
    # An id made from content comes back only with its content, hence at its time: only those row groups are read.
    span = "" if given else "AND time BETWEEN (SELECT min(time) FROM staged) AND (SELECT max(time) FROM staged)"
    content = _hash(EVENTS.names) if given else "NULL::UHUGEINT"
    engine.execute(
        f"CREATE TABLE known AS SELECT event_id AS id, {content} AS hash FROM {files} "
        f"WHERE event_id IN (SELECT id FROM ids) {span}"
    )


def _as_said(events: str, repaired: Sequence[Path]) -> str:
    """Return SQL for landed events as their sources said them, without what was filled in since."""
    if not repaired:
        return events
    beside = _parquet(repaired)
    columns = [
        f'CASE WHEN r_{name}.event_id IS NULL THEN e."{name}" ELSE CAST(r_{name}.original AS {REPAIRABLE[name]}) END '
        f'AS "{name}"'
        if name in REPAIRABLE
        else f'e."{name}"'
        for name in EVENTS.names
    ]
    joined = " ".join(
        f"LEFT JOIN (SELECT event_id, original FROM {beside} WHERE \"column\" = '{name}') AS r_{name} "
        f"ON r_{name}.event_id = e.event_id"
        for name in REPAIRABLE
    )
    return f"(SELECT {', '.join(columns)} FROM {events} AS e {joined}) AS said"


def _parquet(paths: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(text(str(path)) for path in sorted(paths))}])"


def _decide(engine: duckdb.DuckDBPyConnection, *, given: bool) -> None:
    if not given:
        engine.execute(
            "CREATE TABLE fates AS SELECT row, ids.id, CASE WHEN known.id IS NULL THEN 0 ELSE 1 END AS fate "
            "FROM ids LEFT JOIN known ON ids.id = known.id"
        )
        return
    engine.execute(
        "CREATE TABLE repeats AS SELECT row, row_number() OVER place AS nth, first_value(hash) OVER place AS first "
        "FROM ids WHERE id IN (SELECT id FROM ids GROUP BY id HAVING count(*) > 1) "
        "WINDOW place AS (PARTITION BY id ORDER BY row)"
    )
    engine.execute(
        "CREATE TABLE fates AS SELECT ids.row, ids.id, CASE "
        "WHEN known.id IS NULL AND coalesce(nth, 1) = 1 THEN 0 WHEN NOT given THEN 1 "
        "WHEN coalesce(known.hash, first) = ids.hash THEN 1 ELSE 2 END AS fate "
        "FROM ids LEFT JOIN known ON ids.id = known.id LEFT JOIN repeats ON ids.row = repeats.row"
    )


def _count(engine: duckdb.DuckDBPyConnection) -> Resolution:
    by_fate = dict(engine.execute("SELECT fate, count(*) FROM fates GROUP BY fate").fetchall())
    kept = "staged JOIN fates USING (row) WHERE fate = 0"
    named = engine.execute(f"SELECT event, count(*) FROM {kept} GROUP BY event ORDER BY event").fetchall()
    first, last = engine.execute(f"SELECT min(time), max(time) FROM {kept}").fetchall()[0]
    equal = engine.execute("SELECT count(*) FROM copies WHERE copy > 0").fetchall()[0][0]
    conflicting = engine.execute("SELECT row FROM fates WHERE fate = 2 ORDER BY row").fetchnumpy()["row"]
    return Resolution(
        kept=by_fate.get(0, 0),
        redelivered=by_fate.get(1, 0),
        conflicting=pa.array(conflicting, pa.int64()),
        equal_lines=equal,
        events_by_name=dict(named),
        first_time=first,
        last_time=last,
    )


def _hash(filled: Collection[str], product: str = "product_id") -> str:
    """Return SQL for the 128-bit hash of a row's content: `name=value` of every column that is not null."""
    parts = []
    for name in _CONTENT:
        column = product if name == "product_id" else name
        if column in filled:
            value = f"epoch_us({name})" if name == "time" else f'"{column}"'
            parts.append(f"'{name}=' || {value}::VARCHAR")
    return f"md5_number(concat_ws(chr(31), {', '.join(parts)}))"
