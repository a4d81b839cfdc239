"""What a source of events offers, and what comes back when it has been read.

A source hands over the shop's own columns in batches; everything after that (names, clocks, money, refusals) is the
same for every source. A source that is in our own words already says so with the mapping `OURS`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa

from offersmith.events.cost_record import CostsUntold
from offersmith.events.filled import Filled
from offersmith.events.weights import Doubt
from offersmith.settings import SourceSettings
from offersmith.vocabulary import EVENTS
from offersmith.words import Language, say

OURS = SourceSettings(kind="ours", columns={name: name for name in EVENTS.names})
"""Mapping of a source in the schema `EVENTS`: names as ours, times in UTC, money in minor units.

Columns the batches do not have are null; without `event_id` ids are made from the content, without `utc_offset` the
shop's time zone says it.
"""

LOUD = 0.05
"""A file that loses a larger share of its rows is not read as it should be, and its receipt says so loudly."""

IGNORED_EVENT = "ignored_event"
"""The reason of rows nobody wanted."""

REFUSED = b"refused"
"""Metadata key of a batch of rows the source itself could not read; its value is the reason code, its columns are
`row` (int64, from 1, counted with the readable rows) and `raw` (string). It comes before the batch that follows."""


class Source(Protocol):
    """Where events come from: one file, or one table made in the process."""

    @property
    def name(self) -> str:
        """Name in the receipt, unique within one ingest: the path as the settings give it, or the example's name."""

    @property
    def mapping(self) -> SourceSettings:
        """How the source's columns and names become ours; `OURS` when they are."""

    @property
    def rows(self) -> int | None:
        """How many rows there are, about, for the progress bar; None when nobody knows."""

    def fingerprint(self) -> str:
        """Return the SHA-256 of the content in hex: a redelivered file is known by it, whatever its name."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows in their order, all batches of one schema, of some 65,536 rows each (CSV columns as text).

        Raises:
            InputError: the content cannot be read; names the source and what was found.
        """


@runtime_checkable
class Registered(Protocol):
    """A source that also knows the register of customers."""

    def register(self) -> pa.Table | None:
        """Return `vocabulary.CUSTOMERS` and string attributes, one row per customer, or None."""


@runtime_checkable
class Drawn(Protocol):
    """A source that also knows with which chances its campaigns were drawn."""

    def decided(self) -> pa.Table | None:
        """Return `store.decided.DECIDED`, or None where nobody wrote the chances down."""


@runtime_checkable
class Growing(Protocol):
    """A source whose content may be an earlier content with more after it, and who can tell."""

    def beginnings(self, fingerprints: Collection[str]) -> set[str]:
        """Return those fingerprints that are of a beginning of the content, of whole lines.

        Raises:
            InputError: the content cannot be read.
        """


@dataclass(frozen=True, slots=True)
class FileReceipt:
    """What became of one source. `read == kept + redelivered + quarantined`, always.

    `anonymous`, `refunds`, `refunds_anonymous` and `equal_lines` describe the rows as they were *read*, before
    anything was dropped or refused, so that they can be checked against the file itself.

    Attributes:
        source: name of the source.
        read: rows found, malformed ones included.
        kept: rows that became events.
        redelivered: rows whose event id was there already, dropped.
        quarantined: rows refused and set aside with their reason.
        by_reason: refused rows by reason code.
        anonymous: rows read without a customer.
        refunds: rows read that are refunds.
        refunds_anonymous: the anonymous ones of those.
        equal_lines: rows read that repeat an earlier row of the same source in every column; kept.
        rounded_amounts: kept or dropped rows whose money had a part of a minor unit, rounded half to even.
        zoned_times: times that named their zone; the others were read on the shop's wall clock.
        local_times: times without a zone.
        events_by_name: kept rows by event.
        first_time: earliest kept event, UTC; None without any.
        last_time: latest kept event, UTC.
        replaced: events that went because this source gave them under another mapping; they are counted nowhere else.
        repaired: what was filled in, a receipt per column.
        whole: True when the source was known as a whole and not read again; every count is then 0.
    """

    source: str
    read: int = 0
    kept: int = 0
    redelivered: int = 0
    quarantined: int = 0
    by_reason: Mapping[str, int] = field(default_factory=dict)
    anonymous: int = 0
    refunds: int = 0
    refunds_anonymous: int = 0
    equal_lines: int = 0
    rounded_amounts: int = 0
    zoned_times: int = 0
    local_times: int = 0
    events_by_name: Mapping[str, int] = field(default_factory=dict)
    first_time: datetime | None = None
    last_time: datetime | None = None
    replaced: int = 0
    repaired: tuple[Filled, ...] = ()
    whole: bool = False

    def __str__(self) -> str:
        return self.text()

    @property
    def lost(self) -> float:
        """Share of the rows that were refused, of those that were wanted: an event mapped to nothing is not lost."""
        ignored = self.by_reason.get(IGNORED_EVENT, 0)
        return (self.quarantined - ignored) / (self.read - ignored) if self.quarantined > ignored else 0.0

    def text(self, language: Language = "en") -> str:
        """Return the receipt as lines for a person; what went badly wrong stands last and says what to do."""
        if self.whole:
            return say("events.receipt_whole", language, source=self.source)
        said = [one.text(language) for one in self.repaired]
        return "\n".join([f"{self.source}:", *_lines(self, language), *said, *_warning(self, language)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the ledger; moments as ISO 8601 in UTC."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one ingest: the files, and their sums under the same names.

    Attributes:
        files: one receipt per source.
        outdated: sources nobody names any more whose events stay as an earlier mapping read them.
        decided: decisions with their chances that the shop told.
        costs: that nothing on record says what offers took off; None where something does, or none was used.
        doubts: arms of these whose chances do not fit how often they were given.
    """

    files: tuple[FileReceipt, ...] = ()
    outdated: tuple[str, ...] = ()
    decided: int = 0
    costs: CostsUntold | None = None
    doubts: tuple[Doubt, ...] = ()

    @property
    def read(self) -> int:
        """Rows found in all files that were read."""
        return sum(file.read for file in self.files)

    @property
    def kept(self) -> int:
        """Rows that became events."""
        return sum(file.kept for file in self.files)

    @property
    def redelivered(self) -> int:
        """Rows dropped because their event was there already."""
        return sum(file.redelivered for file in self.files)

    @property
    def quarantined(self) -> int:
        """Rows refused."""
        return sum(file.quarantined for file in self.files)

    @property
    def files_redelivered(self) -> tuple[str, ...]:
        """Sources that were known as a whole and not read again."""
        return tuple(file.source for file in self.files if file.whole)

    @property
    def total(self) -> FileReceipt:
        """All files as one receipt."""
        files = [file for file in self.files if not file.whole]
        counts = {name: sum(getattr(file, name) for file in files) for name in _COUNTS}
        return FileReceipt(
            source=say("events.receipt_total"),
            by_reason=_added(file.by_reason for file in files),
            events_by_name=_added(file.events_by_name for file in files),
            first_time=min((file.first_time for file in files if file.first_time), default=None),
            last_time=max((file.last_time for file in files if file.last_time), default=None),
            **counts,
        )

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the receipt as lines for a person: the sums, then what is to be said of single files."""
        lines = _lines(self.total, language)
        if len(self.files) > 1:
            lines += [say("events.receipt_files", language, files=len(self.files))]
        lines += [say("events.receipt_whole", language, source=name) for name in self.files_redelivered]
        if self.decided:
            lines.append(say("events.receipt_decided", language, rows=self.decided))
        lines += [doubt.text(language) for doubt in self.doubts]
        for file in self.files:
            head = [f"{file.source}:"] if file.repaired and len(self.files) > 1 else []
            lines += [*head, *(one.text(language) for one in file.repaired)]
        for file in self.files:
            lines += _warning(file, language)
        lines += [say("events.receipt_outdated", language, source=name) for name in self.outdated]
        lines += [self.costs.text(language)] if self.costs else []
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: the sums at the top; below them `decisions`, and what became of each of the files."""
        total = self.total.as_dict()
        total.pop("source")
        total.pop("whole")
        total.pop("repaired")
        files = [file.as_dict() for file in self.files]
        names = {"files_redelivered": list(self.files_redelivered), "files_outdated": list(self.outdated)}
        return {
            **total,
            **names,
            "decisions": self.decided,
            "costs_untold": self.costs and self.costs.as_dict(),
            "doubts": [one.as_dict() for one in self.doubts],
            "files": files,
        }


_COUNTS = (
    "read", "kept", "redelivered", "quarantined", "anonymous", "refunds", "refunds_anonymous", "equal_lines",
    "rounded_amounts", "zoned_times", "local_times", "replaced",
)  # fmt: skip


def _lines(file: FileReceipt, language: Language) -> list[str]:
    said = ["read", "kept", "redelivered", "quarantined"]
    said += [name for name in _COUNTS[4:9] if getattr(file, name)]
    lines = [say(f"events.receipt_{name}", language, rows=getattr(file, name), anonymous=file.refunds_anonymous)
             for name in said if name != "refunds_anonymous"]  # fmt: skip
    lines += [
        say("events.receipt_reason", language, rows=rows, reason=say(f"events.reason_{code}", language))
        for code, rows in file.by_reason.items()
    ]
    if file.replaced:
        lines.append(say("events.receipt_replaced", language, rows=file.replaced))
    if file.zoned_times and file.local_times:
        lines.append(say("events.receipt_zones", language, zoned=file.zoned_times, local=file.local_times))
    if file.first_time and file.last_time:
        lines.append(say("events.receipt_span", language, first=file.first_time, last=file.last_time))
    return lines


def _warning(file: FileReceipt, language: Language) -> list[str]:
    """Say loudly that a file lost more than `LOUD` of its rows, what most of them lack, and what to do about it."""
    if file.lost <= LOUD:
        return []
    wanted = {code: rows for code, rows in file.by_reason.items() if code != IGNORED_EVENT}
    code = max(sorted(wanted), key=lambda code: wanted[code])
    return [
        say("events.receipt_warning", language, source=file.source, share=file.lost, rows=sum(wanted.values()),
            wanted=file.read - file.by_reason.get(IGNORED_EVENT, 0),
            reason=say(f"events.reason_{code}", language), most=wanted[code]),
        say("events.receipt_mend", language, mend=say(f"events.receipt_mend_{code}", language)),
    ]  # fmt: skip


def _added(parts: Iterator[Mapping[str, int]] | Any) -> dict[str, int]:
    sums: dict[str, int] = {}
    for part in parts:
        for name, rows in part.items():
            sums[name] = sums.get(name, 0) + rows
    return dict(sorted(sums.items()))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    if isinstance(value, tuple):
        return [one.as_dict() for one in value]
    return dict(value) if isinstance(value, Mapping) else value
