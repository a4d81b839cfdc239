"""Ingest: read every source, translate, judge, land. One source is one transaction.

What was finished stays when a later source fails or somebody presses Ctrl-C; running it again takes up where it
stopped. A source whose content and mapping are known is not read again; one whose mapping changed is read anew and
replaces what it gave before (`remapped`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from offersmith.errors import InputError, SettingsError
from offersmith.events import SOURCES
from offersmith.events.base import REFUSED, FileReceipt, Receipt, Source
from offersmith.events.mapping import Mapped, check, map_batch
from offersmith.events.mending import MISSING, mend, receipts, reprieved
from offersmith.events.recognise import suggestion
from offersmith.events.register import save_registers
from offersmith.events.remapped import kept, mappings, outdated, refuse_loss, yielding
from offersmith.events.validate import judge
from offersmith.progress import Progress, silent
from offersmith.settings import Settings
from offersmith.store.landing import STAGED, Landing, Stage
from offersmith.store.ledger import Batch, Ledger

READING = "events.reading"
LANDING = "events.landing"


def ingest(
    settings: Settings,
    folder: Path,
    *,
    landing: Landing,
    ledger: Ledger,
    now: datetime,
    sources: Sequence[Source] | None = None,
    progress: Progress = silent,
) -> Receipt:
    """Bring everything `[[events]]` names into the store.

    Args:
        settings: the workspace's settings.
        folder: the workspace; paths in the settings are relative to it.
        landing: where events land.
        ledger: where they become visible.
        now: the present moment, naive UTC; events more than a day later are refused.
        sources: what to read in place of what the settings name.
        progress: told of rows read (`events.reading`), then of the comparison with the store (`events.landing`).

    Raises:
        SettingsError: a mapping is wrong, or one file has two.
        InputError: a file cannot be used as it is, or would replace events it does not hold; the sources before it are
            kept.
        StorageError: the disk refused; the sources before it are kept.
        StateError: another ingest is running.
    """
    todo = list(sources) if sources is not None else make(settings, folder)
    for source in todo:
        check(source.mapping)
    wanted = mappings(todo, settings.shop, settings.repair)
    with landing.alone():
        landing.sweep([*ledger.event_files(), *ledger.quarantine_files()])
        files = [_take(source, settings, landing, ledger, now, progress, todo, wanted) for source in todo]
        save_registers(settings, folder, todo, landing.root)
    return Receipt(tuple(files), outdated(ledger.batches(), wanted) if sources is None else ())


def make(settings: Settings, folder: Path) -> list[Source]:
    """Return the sources the settings name, in their order.

    Raises:
        SettingsError: no source is named, or one of an unknown kind.
        InputError: a file is not there.
    """
    if not settings.events:
        raise SettingsError("the settings name no [[events]]", hint="add one, or: offersmith init DIR --events FILE")
    made: list[Source] = []
    for part in settings.events:
        if part.kind not in SOURCES:
            raise SettingsError(f"[[events]] kind {part.kind!r} is unknown; allowed: {', '.join(sorted(SOURCES))}")
        made.extend(SOURCES[part.kind](part, folder))
    return made


@dataclass(slots=True)
class _Counts:
    """Sums over the batches of one source."""

    read: int = 0
    anonymous: int = 0
    refunds: int = 0
    refunds_anonymous: int = 0
    rounded_amounts: int = 0
    zoned_times: int = 0
    local_times: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)
    amounts: bool = False

    def add(self, mapped: Mapped, passed: pa.Array) -> None:
        """Count one batch."""
        self.amounts = self.amounts or "amount" in mapped.needs
        anonymous = pc.is_null(mapped.columns["customer_id"])
        self.anonymous += _rows(anonymous)
        self.refunds += _rows(mapped.refund)
        self.refunds_anonymous += _rows(pc.and_(mapped.refund, anonymous))
        self.rounded_amounts += _rows(pc.and_(mapped.rounded, passed))
        self.zoned_times += _rows(mapped.times.zoned)
        self.local_times += _rows(pc.and_(pc.is_valid(mapped.times.time), pc.invert(mapped.times.zoned)))

    def refuse(self, reasons: pa.Array) -> None:
        """Count refused rows by reason."""
        for code, rows in zip(*(part.to_pylist() for part in pc.value_counts(reasons).flatten()), strict=True):
            self.by_reason[code] = self.by_reason.get(code, 0) + rows


def _take(
    source: Source,
    settings: Settings,
    landing: Landing,
    ledger: Ledger,
    now: datetime,
    progress: Progress,
    todo: Sequence[Source],
    wanted: Mapping[str, str],
) -> FileReceipt:
    fingerprint, mapping = source.fingerprint(), wanted[source.name]
    if ledger.known(fingerprint, mapping):
        return FileReceipt(source.name, whole=True)
    key = hashlib.sha256(f"{fingerprint} {mapping}".encode()).hexdigest()[:32]
    there = ledger.batches()
    going = yielding(there, source, fingerprint, mapping, [other for other in todo if other is not source])
    # What later sources of this ingest are going to replace is not what this one is compared with either.
    staying = [b for b in there if b not in going and wanted.get(b.source, b.mapping) == b.mapping]
    files = [landing.root / "events" / batch.events_file for batch in staying if batch.events_file]
    with landing.stage(source.name, key) as stage:
        counts = _read(source, settings, stage, now, progress)
        progress(LANDING, 0.0, 1.0)
        mended = mend(stage, settings.repair, amounts=counts.amounts)
        resolution = stage.resolve(files)
        _refuse(source, mended.refused, MISSING, "amount", stage, counts)
        _refuse(source, resolution.conflicting, "conflicting_event_id", "event_id", stage, counts)
        refuse_loss(source.name, resolution.kept + resolution.redelivered, going, counts.by_reason)
        events, quarantine = stage.land(resolution)
        receipt = FileReceipt(
            source=source.name,
            read=counts.read,
            kept=resolution.kept,
            redelivered=resolution.redelivered,
            quarantined=sum(counts.by_reason.values()),
            by_reason=dict(sorted(counts.by_reason.items())),
            anonymous=counts.anonymous,
            refunds=counts.refunds,
            refunds_anonymous=counts.refunds_anonymous,
            equal_lines=resolution.equal_lines + stage.equal_refused(),
            rounded_amounts=counts.rounded_amounts,
            zoned_times=counts.zoned_times,
            local_times=counts.local_times,
            events_by_name=resolution.events_by_name,
            first_time=resolution.first_time,
            last_time=resolution.last_time,
            replaced=sum(map(kept, going)),
            repaired=receipts(mended.done, stage.repaired(), settings.shop.currency),
        )
        ledger.record_batch(
            Batch(
                fingerprint=fingerprint,
                mapping=mapping,
                source=source.name,
                events_file=events.name if events else None,
                quarantine_file=quarantine.name if quarantine else None,
                counts=receipt.as_dict(),
                recorded_at=now,
            ),
            going,
        )
    progress(LANDING, 1.0, 1.0)
    return receipt


def _read(source: Source, settings: Settings, stage: Stage, now: datetime, progress: Progress) -> _Counts:
    counts, total = _Counts(), source.rows
    for row, batch in _numbered(source):
        counts.read += batch.num_rows
        reason = (batch.schema.metadata or {}).get(REFUSED)
        if reason is not None:
            stage.refuse_lines(batch.column("row"), reason.decode(), batch.column("raw"))
            counts.refuse(pa.repeat(pa.scalar(reason.decode()), batch.num_rows))
            continue
        try:
            mapped = map_batch(batch, source.mapping, settings.shop)
        except InputError as fault:
            raise _named(source, batch, fault) from fault
        verdict = reprieved(judge(mapped, now), mapped, settings.repair)
        counts.add(mapped, verdict.passed)
        staged = _staged(mapped, row)
        if pc.all(verdict.passed).as_py():
            stage.add(staged)
        else:
            refused = pc.invert(verdict.passed)
            reasons = verdict.reason.filter(refused)
            stage.refuse(row.filter(refused), reasons, verdict.column.filter(refused), batch.filter(refused))
            counts.refuse(reasons)
            stage.add(staged.filter(verdict.passed))
        progress(READING, float(counts.read), None if total is None else float(max(total, counts.read)))
    return counts


def _numbered(source: Source) -> Iterator[tuple[pa.Array, pa.RecordBatch]]:
    """Give every readable row its number in the source, from 1, stepping over the lines that were refused."""
    last, refused = 0, np.array([], np.int64)
    for batch in source.batches():
        if REFUSED in (batch.schema.metadata or {}):
            refused = np.concatenate([refused, batch.column("row").to_numpy()])  # the reader may look ahead
            yield batch.column("row"), batch
            continue
        numbers = np.arange(last + 1, last + 1 + batch.num_rows + len(refused))
        if len(refused):
            numbers = numbers[~np.isin(numbers, refused)][: batch.num_rows]
        if len(numbers):
            last = int(numbers[-1])
        refused = refused[refused > last]
        yield pa.array(numbers), batch


def _staged(mapped: Mapped, row: pa.Array) -> pa.RecordBatch:
    known = {**mapped.columns, "row": row, "given_id": mapped.columns["event_id"]}
    return pa.record_batch([known[name].cast(STAGED.field(name).type) for name in STAGED.names], schema=STAGED)


def _refuse(source: Source, wrong: pa.Array | None, reason: str, column: str, stage: Stage, counts: _Counts) -> None:
    """Read the source once more for rows that were staged and turned out wrong: their text goes to the quarantine."""
    if wrong is None or not len(wrong):
        return
    for row, batch in _numbered(source):
        if REFUSED in (batch.schema.metadata or {}):
            continue
        hit = pc.is_in(row, wrong)
        if pc.any(hit).as_py():
            rows = row.filter(hit)
            reasons = pa.repeat(pa.scalar(reason), len(rows))
            stage.refuse(rows, reasons, pa.repeat(pa.scalar(column), len(rows)), batch.filter(hit))
            counts.refuse(reasons)


def _named(source: Source, batch: pa.RecordBatch, fault: InputError) -> InputError:
    """Say which source it is, what it has, and how it could be mapped."""
    found = list(batch.schema.names)
    return InputError(
        f"{source.name} {fault.message}; found: {', '.join(found)}",
        hint=suggestion(found),
        **{**fault.facts, "found": found, "source": source.name},
    )


def _rows(mask: pa.Array) -> int:
    return int(pc.sum(mask).as_py() or 0)
