"""A CSV file of events: every column as text, so that one odd value never changes how the others are read."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

from offersmith.errors import InputError
from offersmith.events.base import REFUSED
from offersmith.events.sources.digest import beginnings, sha256
from offersmith.events.sources.lines import placed
from offersmith.settings import SourceSettings

BLOCK = 8 << 20
EVENTS = "[[events]]"
"""The section of the settings that files are named in, unless another is said."""

SEPARATORS = ",;\t|"
_SAMPLE = 256 * 1024


@dataclass(frozen=True, slots=True)
class CsvSource:
    """One CSV file with a header; comma, semicolon, tab or bar between fields; a `Source`.

    UTF-8, with or without a byte order mark. Lines with more or fewer fields than the header are handed over as
    refused lines (`malformed_row`).
    """

    path: Path
    name: str
    mapping: SourceSettings
    section: str = EVENTS

    @property
    def rows(self) -> int | None:
        """About how many rows there are, by the length of the first lines."""
        head = self._head()
        lines = head.count(b"\n")
        return max(1, round(self.path.stat().st_size * lines / len(head)) - 1) if lines else None

    def fingerprint(self) -> str:
        """Return the SHA-256 of the file."""
        return sha256(self.path)

    def beginnings(self, fingerprints: Collection[str]) -> set[str]:
        """Return those fingerprints that are of the file's first lines: what it was before it grew."""
        return beginnings(self.path, fingerprints)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows as text, each batch after the lines before its end that are no rows.

        Raises:
            InputError: the file is empty, has only a header, is not UTF-8, or leaves a quote open.
        """
        # The reader looks ahead in a thread of its own: lines are taken one by one, so that none comes in between.
        refused: deque[arrow_csv.InvalidRow] = deque()

        def skip(row: arrow_csv.InvalidRow) -> str:
            refused.append(row)
            return "skip"

        separator = _separator(self._head())
        header = self._header(separator)
        parse = arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=skip)
        convert = arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, quoted_strings_can_be_null=False
        )
        try:
            options = arrow_csv.ReadOptions(block_size=BLOCK, use_threads=False)
            with arrow_csv.open_csv(self.path, options, parse, convert) as reader:
                for batch in reader:
                    if refused:
                        yield _lines([refused.popleft() for _ in range(len(refused))])
                    yield batch
        except (pa.ArrowInvalid, pa.ArrowKeyError, OSError) as fault:
            raise self._unreadable(fault) from fault
        if refused:
            yield _lines(list(refused))

    def place(self, row: int) -> str:
        """Return where a row stands, 0 below the header, as a person finds it."""
        return placed(self.path, row, _separator(self._head()))

    def _head(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                head = file.read(_SAMPLE)
        except OSError as fault:
            raise InputError(f"{self.path} cannot be read: {fault.strerror}", path=str(self.path)) from fault
        if not head.strip(b"\xef\xbb\xbf \r\n\t"):
            raise InputError(f"{self.path} is empty", path=str(self.path))
        return head

    def _header(self, separator: str) -> list[str]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                lines = (row for row in csv.reader(file, delimiter=separator) if row)
                header = next(lines, [])
                self._some(next(lines, None), header)
        except (UnicodeDecodeError, csv.Error) as fault:
            raise self._unreadable(fault) from fault
        return header

    def _some(self, row: list[str] | None, header: list[str]) -> None:
        if row is None:
            raise InputError(
                f"{self.path} has a header and no rows; its columns: {', '.join(header)}",
                hint=f"export it again with its rows, or take it out of {self.section} files",
                path=str(self.path),
                found=header,
            )

    def _unreadable(self, fault: Exception) -> InputError:
        reason = str(fault).strip().splitlines()[0]
        if isinstance(fault, UnicodeDecodeError) or "UTF8" in reason or "UTF-8" in reason:
            return InputError(
                f"{self.path} is not UTF-8 text",
                hint=f"convert it, e.g.: iconv -f {_encoding(self._head())} -t UTF-8 {self.path.name} > utf8.csv",
                path=str(self.path),
            )
        if "straddling" in reason or "block" in reason:
            return InputError(
                f"{self.path} has a row of more than {BLOCK >> 20} MiB: most likely a quote is never closed",
                hint="look for a lone double quote in the text columns",
                path=str(self.path),
            )
        return InputError(f"{self.path} cannot be read as CSV: {reason}", path=str(self.path))


def _separator(head: bytes) -> str:
    """Return the separator that cuts the first lines into most fields, as many in each."""
    lines = head.decode("utf-8-sig", errors="replace").splitlines()[:20]
    if len(head) == _SAMPLE and len(lines) > 1:
        lines = lines[:-1]
    best, most = ",", 1
    for separator in SEPARATORS:
        try:
            counts = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        except csv.Error:
            continue
        agreeing = sum(count == counts[0] for count in counts) if counts else 0
        if counts and counts[0] > most and agreeing * 2 > len(counts):
            best, most = separator, counts[0]
    return best


def _encoding(head: bytes) -> str:
    """Guess the encoding of a text that is not UTF-8, for the hint only."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "UTF-16"
    for end in (len(head), len(head) - 1):  # The head may end inside a character.
        try:
            head[:end].decode("gb2312")
        except UnicodeDecodeError:
            continue
        return "GB18030"
    return "WINDOWS-1252"


def _lines(refused: list[arrow_csv.InvalidRow]) -> pa.RecordBatch:
    # The reader counts the header as row 1.
    numbers = pa.array(np.asarray([row.number or 1 for row in refused], np.int64) - 1)
    lines = pa.array([row.text for row in refused], pa.string())
    schema = pa.schema([("row", pa.int64()), ("raw", pa.string())], metadata={REFUSED: b"malformed_row"})
    return pa.record_batch([numbers, lines], schema=schema)
