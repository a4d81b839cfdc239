"""Codes in and out as CSV files: a shop's own codes are brought along, issued ones go to whoever prints or mails them.

Reading names every fault by line and field, and nothing is returned unless every line is right. A cell that a
spreadsheet would take for a formula gets an apostrophe in front when it is written, and loses it when it is read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, Protocol, TextIO

from offersmith.campaigns.codes import LONGEST, normalise
from offersmith.errors import InputError, SettingsError
from offersmith.offers.wall_clock import instant
from offersmith.store.vouchers import Batch, Row, Voucher

READ: Final = ("code", "customer_id", "starts", "ends", "uses")
"""The columns a file of codes is read by; `code` it must have. Those of an export beside them are passed over."""

WRITTEN: Final = (*READ, "state", "batch", "promotion_id", "issued_at")
"""The columns an export has."""

UNLIMITED: Final = "unlimited"
"""What `uses` says of a code without a limit of its own; empty takes the batch's."""

_FORMULA: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
_GUARDED: Final = (*_FORMULA, "'")
_FEW: Final = 5
_MOST_USES: Final = 2**31 - 1
_LONGEST_CUSTOMER: Final = 255


class Table(Protocol):
    """What is used of a `csv.reader`."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]:
        """Yield the records."""


def read(file: Iterable[str], batch: Batch, zone: str) -> list[Row]:
    """Read codes that were drawn elsewhere.

    Args:
        file: the lines of a CSV file with a header, separated by commas or semicolons; a file opened for text with
            `newline=""` and `encoding="utf-8-sig"`.
        batch: says when and how often a code counts where the file does not.
        zone: IANA zone of wall times that carry no offset.

    Raises:
        InputError: the file is no such table or holds no code; or lines are wrong: the first few are named by line
            and field with what is allowed. Codes that are the same once looked up count as wrong.
    """
    try:
        lines = iter(file)
        first = next(lines, "")
        comma = ";" if ";" in first and "," not in first else ","
        header = [name.strip().casefold() for name in next(csv.reader([first], delimiter=comma), [])]
        _check_header(header)
        table = csv.reader(lines, delimiter=comma, strict=True)
        return _rows(header, table, batch, zone)
    except UnicodeDecodeError as fault:
        raise InputError("the file is not text in UTF-8", hint="save it as CSV in UTF-8") from fault
    except csv.Error as fault:
        raise InputError(f"line 1: it cannot be read as CSV: {fault}") from fault


def write(file: TextIO, vouchers: Iterable[Voucher]) -> int:
    """Write codes as CSV with a header, one line after the other, and return how many they were.

    Moments are written in UTC with a Z, so that they are read back as they were wherever that is.

    Args:
        file: opened for text with `newline=""`.
        vouchers: may be a stream; it is not held.
    """
    table = csv.writer(file, lineterminator="\n")
    table.writerow(WRITTEN)
    count = 0
    for one in vouchers:
        uses = UNLIMITED if one.uses is None else str(one.uses)
        cells = (one.code, one.customer_id or "", _utc(one.starts), _utc(one.ends), uses)
        more = (one.state, one.batch, one.promotion_id, _utc(one.issued_at))
        table.writerow([_escaped(cell) for cell in (*cells, *more)])
        count += 1
    return count


def customers(file: Iterable[str]) -> list[str]:
    """Read whom codes are for: one customer a line, or the column `customer_id` of a CSV file with a header.

    Args:
        file: its lines; as for `read`.

    Raises:
        InputError: it is no text, it names nobody, or a line is no customer's id.
    """
    try:
        lines = [line.strip("\r\n") for line in file]
    except UnicodeDecodeError as fault:
        raise InputError("the file is not text in UTF-8", hint="save it in UTF-8") from fault
    comma = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    header = [cell.strip().casefold() for cell in next(csv.reader(lines[:1], delimiter=comma), [])]
    if "customer_id" in header:
        place = header.index("customer_id")
        rows = [(number, _cell(row, place)) for number, row in _records(csv.reader(lines[1:], delimiter=comma))]
    else:
        rows = list(enumerate(lines, 1))
    found = [(number, _plain(cell)) for number, cell in rows if cell.strip()]
    for number, customer in found:
        if len(customer) > _LONGEST_CUSTOMER or not customer.isprintable():
            raise InputError(
                f"line {number}: customer_id = {customer!r:.80} is not allowed; "
                f"allowed: up to {_LONGEST_CUSTOMER} printable signs"
            )
    if not found:
        raise InputError("the file names no customer; allowed: one id a line, or a CSV column customer_id")
    return [customer for _, customer in found]


def name_taken(rows: Iterable[Row], taken: Iterable[str]) -> InputError:
    """Return the fault of codes that are in the ledger already, named as the file spells them."""
    keys = set(taken)
    spelled = [row.code for row in rows if row.code_key in keys][:_FEW]
    return InputError(
        f"code = {', '.join(map(repr, spelled))} exists already; nothing was written; allowed: codes that are new",
        hint="two codes are the same if they differ only in case, spaces or dashes",
        field="code",
        codes=spelled,
    )


def _check_header(header: list[str]) -> None:
    unknown = [name for name in header if name not in WRITTEN]
    if "code" not in header or unknown or len(set(header)) < len(header):
        raise InputError(
            f"line 1: the header {', '.join(header)!r} is not allowed; allowed: code, and any of {', '.join(READ[1:])}",
            field="header",
        )


def _rows(header: list[str], table: Table, batch: Batch, zone: str) -> list[Row]:
    rows: list[Row] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _records(table):
        if not any(cell.strip() for cell in cells):
            continue
        try:
            row = _row(header, cells, batch, zone)
        except (InputError, SettingsError) as fault:
            faults.append(f"line {line}: {fault.message}")
            continue
        first = seen.setdefault(row.code_key, line)
        if first != line:
            faults.append(f"line {line}: code = {row.code!r} is the code of line {first}; allowed: each code once")
        rows.append(row)
    if faults:
        more = f"; and {len(faults) - _FEW:,} more" if len(faults) > _FEW else ""
        raise InputError("; ".join(faults[:_FEW]) + more, hint="nothing was written", faults=len(faults))
    if not rows:
        raise InputError("the file holds no code; allowed: a header and at least one line")
    return rows


def _records(table: Table) -> Iterator[tuple[int, list[str]]]:
    """Yield every record with the line of the file it begins on; one may go over several."""
    line = 2
    try:
        for cells in table:
            yield line, cells
            line = table.line_num + 2
    except csv.Error as fault:
        raise InputError(f"line {line}: it cannot be read as CSV: {fault}") from fault


def _row(header: list[str], cells: list[str], batch: Batch, zone: str) -> Row:
    if len(cells) != len(header):
        raise InputError(f"it has {len(cells)} cells; allowed: {len(header)}, as the header has")
    given = {name: _plain(cell) for name, cell in zip(header, cells, strict=True)}
    key = normalise(given["code"])
    customer = given.get("customer_id", "")
    if len(customer) > _LONGEST_CUSTOMER or not customer.isprintable():
        raise InputError(
            f"customer_id = {customer!r:.80} is not allowed; allowed: up to {_LONGEST_CUSTOMER} printable signs"
        )
    if not key or not given["code"].isprintable():
        raise InputError(f"code = {given['code']!r:.80} is no code; allowed: 1 to {LONGEST} letters and digits")
    if given.get("state", "live") not in ("", "live"):
        raise InputError(f"state = {given['state']!r:.80} is not allowed; allowed: live; leave codes out that are void")
    starts = _moment(given, "starts", batch.starts, zone, end=False)
    ends = _moment(given, "ends", batch.ends, zone, end=True)
    if starts is not None and ends is not None and ends <= starts:
        raise InputError(f"ends = {given.get('ends', '')!r} is not allowed; allowed: a moment after it starts")
    return Row(key, given["code"], customer or None, starts, ends, _uses(given, batch))


def _moment(
    given: Mapping[str, str], name: str, otherwise: datetime | None, zone: str, *, end: bool
) -> datetime | None:
    text = given.get(name, "")
    return instant(text, zone, end=end, field=name) if text else otherwise


def _uses(given: Mapping[str, str], batch: Batch) -> int | None:
    text = given.get("uses", "")
    if not text:
        return batch.uses
    if text.casefold() == UNLIMITED:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 11 and 1 <= int(text) <= _MOST_USES):
        raise InputError(f"uses = {text!r:.80} is not allowed; allowed: a whole number of at least 1, or {UNLIMITED}")
    return int(text)


def _cell(row: list[str], place: int) -> str:
    return row[place] if place < len(row) else ""


def _escaped(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) or (cell[:1] == "'" and cell[1:].startswith(_GUARDED)) else cell


def _plain(cell: str) -> str:
    return (cell[1:] if cell[:1] == "'" and cell[1:].startswith(_GUARDED) else cell).strip()


def _utc(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.isoformat()}Z"
