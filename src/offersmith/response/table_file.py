"""A CSV or Parquet file as columns asked for by name; what is wrong with one is named and counted."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from offersmith.errors import InputError
from offersmith.events.sources.lines import PARQUET_ENDINGS, placed
from offersmith.response.base import Bools, Floats, Ints

_SAMPLE = 64 * 1024
_SHOWN = 12
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+|[+-]?\d{1,3}(,\d{3}){2,}")
_DECIMAL = re.compile(r"[+-]?(\d+|\d{1,3}([.'\s]\d{3})+),\d+")
_EITHER = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""1,234 can be read in two ways."""
_ROW = re.compile(r"Row #(\d+)")
"""How the engine says which row: it counts the header as the first."""
LARGEST = 1e50
"""Numbers beyond this are slips: their fourth powers, which spreads of spreads need, would overflow."""
SMALLEST = 1 / LARGEST
"""Chances below this are slips: their inverse would overflow likewise."""
NOTHING = ("nan", "null", "<na>", "nat")
"""What programs write, in small letters or large, where there is no value."""


@dataclass(frozen=True, slots=True, eq=False)
class TableFile:
    """A table read from a file; columns of a CSV file are text until they are asked for as something else.

    Attributes:
        path: where it was read.
        table: its columns.
    """

    path: Path
    table: pa.Table

    @classmethod
    def read(cls, path: Path) -> TableFile:
        """Read a file whose name ends in .parquet, or any other as CSV (comma, semicolon, tab or bar).

        Raises:
            InputError: it is not there, is no such file, or has no rows.
        """
        try:
            table = pq.read_table(path) if path.suffix.lower() in PARQUET_ENDINGS else _csv(path)
        except OSError as fault:
            raise InputError(f"{path} cannot be read: {fault.strerror or fault}", path=str(path)) from fault
        except (pa.ArrowInvalid, pa.ArrowKeyError, UnicodeDecodeError, csv.Error) as fault:
            reason = _ROW.sub(lambda found: place(path, int(found[1]) - 2), str(fault).strip().splitlines()[0])
            raise InputError(f"{path} is no table we can read: {reason}", path=str(path)) from fault
        twice = sorted({name for name in table.column_names if table.column_names.count(name) > 1})
        if twice:
            raise InputError(f"{path} has more than one column {twice[0]!r}", path=str(path), column=twice[0])
        if not table.num_rows:
            raise InputError(f"{path} has no rows", path=str(path), rows=0)
        return cls(path, _decoded(table))

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def names(self) -> list[str]:
        """Names of the columns."""
        return list(self.table.column_names)

    def find(self, asked: str | None, usual: Sequence[str], what: str) -> str:
        """Return the column that was asked for, or else the first with a usual name.

        Args:
            asked: a name; None = look.
            usual: names such a column often has, lower case, the best first.
            what: the option that names it, for the error.

        Raises:
            InputError: there is none.
        """
        if asked is not None:
            self._known(asked)
            return asked
        found = self.look(usual)
        if found is None:
            raise InputError(
                f"{self.path} has no column we know as its {what}; its columns: {_some(self.names)}",
                hint=f"name it with --{what}; known without: {', '.join(usual)}",
                path=str(self.path),
                column=what,
                found=self.names,
            )
        return found

    def look(self, usual: Sequence[str]) -> str | None:
        """Return the first column with a usual name; None = there is none."""
        lower = {name.lower(): name for name in reversed(self.names)}
        return next((lower[name] for name in usual if name in lower), None)

    def numbers(self, name: str) -> Floats:
        """Return a column as finite numbers.

        Raises:
            InputError: it is not there, or a value is missing, not a number, not finite or beyond `LARGEST`; with how
                many and where.
        """
        values, missing, odd = self._numbers(name)
        self._refuse(name, missing, "missing")
        self.refuse_words(name, odd)
        self._refuse(name, ~np.isfinite(values), "not finite")
        self._refuse(name, np.abs(values) > LARGEST, f"beyond {LARGEST:g}")
        return values

    def refuse_words(self, name: str, odd: Bools) -> None:
        """Raise InputError where a row of a column holds no number, with the first such value.

        Args:
            name: of the column.
            odd: (n,) which rows, of `readings`.
        """
        if odd.any():
            refuse(self.path, name, odd, "not a number", _text(self._known(name))[int(np.argmax(odd))].as_py())

    def readings(self, name: str) -> tuple[Floats, Bools, Bools]:
        """Return a column's numbers (0 where there is none), which rows are empty, and which hold no number.

        Raises:
            InputError: the column is not there.
        """
        return self._numbers(name)

    def levels(self, name: str, *, empty: bool = False) -> tuple[Ints, tuple[str, ...]]:
        """Return (n,) numbers of a column's values and those values as text, in order.

        Args:
            name: of the column.
            empty: whether a missing value is a value ('').

        Raises:
            InputError: it is not there, or a value is missing and may not be.
        """
        text = _text(self._known(name))
        if not empty:
            self._refuse(name, np.asarray(pc.equal(text, "").to_numpy(zero_copy_only=False), dtype=np.bool_), "missing")
        coded = text.dictionary_encode()
        values = coded.dictionary.to_pylist()
        order = sorted(range(len(values)), key=lambda index: _natural(values[index]))
        rank = np.empty(len(values), dtype=np.int64)
        rank[order] = np.arange(len(values))
        return rank[coded.indices.to_numpy(zero_copy_only=False)], tuple(values[index] for index in order)

    def arms(self, name: str, *, called: Sequence[str] = ()) -> tuple[Ints, tuple[str, ...]]:
        """Return a column of what was given, as `levels`; a word for no value (`NOTHING`) is none that was given.

        Args:
            name: of the column.
            called: values somebody named: what is called `null` on purpose is a value.

        Raises:
            InputError: it is not there, or a row says nothing of what was given, with how many and where.
        """
        code, values = self.levels(name)
        empty = np.array([value.lower() in NOTHING and value not in called for value in values], dtype=np.bool_)
        if empty.any():
            first = values[code[int(np.argmax(empty[code]))]]
            self._refuse(
                name,
                empty[code],
                f"{first!r}, a word for no value,",
                hint="leave these rows out of the file, or write a name for what they were given",
            )
        return code, values

    def distinct(self, name: str) -> int:
        """Return how many values a column has."""
        return int(pc.count_distinct(self._known(name), mode="all").as_py())

    def holds_values(self, name: str) -> bool:
        """Whether every row holds one value, not a list, a structure or raw bytes."""
        kind = self.table.schema.field(name).type
        raw = pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind)
        return not (raw or pa.types.is_nested(kind))

    def is_number(self, name: str) -> bool:
        """Whether a column is one of numbers: most of what is not missing reads as one."""
        _, missing, odd = self._numbers(name)
        return int(odd.sum()) <= 0.1 * max(int((~missing).sum()), 1)

    def _numbers(self, name: str) -> tuple[Floats, Bools, Bools]:
        column = self._known(name)
        if pa.types.is_boolean(column.type):
            column = column.cast(pa.int8())
        elif not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            column = _text(column)
        if pa.types.is_string(column.type):
            return _parsed(pc.utf8_trim_whitespace(column))
        missing = np.asarray(column.is_null().to_numpy(zero_copy_only=False), dtype=np.bool_)
        values = np.asarray(column.cast(pa.float64(), safe=False).fill_null(0.0).to_numpy(zero_copy_only=False))
        return values.astype(np.float64), missing, np.zeros(len(values), dtype=np.bool_)

    def _known(self, name: str) -> pa.Array:
        if name not in self.names:
            raise InputError(
                f"{self.path} has no column {name!r}; its columns: {_some(self.names)}",
                path=str(self.path),
                column=name,
                found=self.names,
            )
        if not self.holds_values(name):
            kind = str(self.table.schema.field(name).type)
            raise InputError(
                f"column {name!r} of {self.path} holds {kind} in each of {len(self):,} rows; "
                "allowed: a number, a date, a truth value or text",
                path=str(self.path),
                column=name,
                type=kind,
                count=len(self),
            )
        column = self.table.column(name)
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _refuse(self, name: str, wrong: Bools, what: str, hint: str = "") -> None:
        refuse(self.path, name, wrong, what, hint=hint)


def refuse(path: Path, name: str, wrong: Bools, what: str, value: str | None = None, hint: str = "") -> None:
    """Raise InputError where any row is wrong, naming column, count and where the first such row stands.

    Args:
        path: of the file.
        name: of the column.
        wrong: (n,) which rows.
        what: is wrong with them: `missing`, `above 1`.
        value: the first wrong one as it is written; None = nothing to show.
        hint: what to do; "" = what the value suggests.
    """
    count = int(wrong.sum())
    if count:
        first = int(np.argmax(wrong))
        seen = "" if value is None else f": {value!r:.80}"
        facts = {} if value is None else {"value": value}
        raise InputError(
            f"column {name!r} of {path} is {what} in {count:,} of {len(wrong):,} rows, first in "
            f"{place(path, first)}{seen}",
            hint=hint or _comma(value or ""),
            path=str(path),
            column=name,
            count=count,
            row=first + 1,
            **facts,
        )


def place(path: Path, row: int) -> str:
    """Return where a row of a file stands, 0 below the header: `row 2 (line 3)`."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            separator = _separator(file.read(_SAMPLE))
    except (OSError, csv.Error):
        separator = ","
    return placed(path, row, separator)


def _comma(value: str) -> str:
    """Return what to do about a number written with a comma; '' = it is not one."""
    whole, point = value.replace(",", ""), re.sub(r"[.'\s]", "", value).replace(",", ".")
    if _EITHER.fullmatch(value):
        return f"write {value} as {point} if its comma is a decimal comma, as {whole} if it parts thousands"
    if _THOUSANDS.fullmatch(value):
        return f"{value} looks like a number with commas between thousands: write {whole}"
    if _DECIMAL.fullmatch(value):
        return f"{value} looks like a number with a decimal comma: write {point}, with a point"
    return ""


def _csv(path: Path) -> pa.Table:
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.read(_SAMPLE)
    if not head.strip():
        raise InputError(f"{path} is empty", path=str(path), rows=0)
    separator = _separator(head)
    read = arrow_csv.ReadOptions(use_threads=False)
    parse = arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True)
    # The header as the engine reads it: a name may hold separators and line breaks in quotes.
    with arrow_csv.open_csv(path, read, parse) as file:
        header = file.schema.names
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError(f"{path} has more than one column {twice!r}", path=str(path), column=twice)
    text = dict.fromkeys(header, pa.string())
    return arrow_csv.read_csv(path, read, parse, arrow_csv.ConvertOptions(column_types=text, strings_can_be_null=False))


def _separator(head: str) -> str:
    """Return what parts the columns: the sign by which the header, quotes understood, has most of them."""

    def columns(sign: str) -> int:
        return len(next((row for row in csv.reader(StringIO(head, newline=""), delimiter=sign) if row), []))

    return max(",;\t|", key=columns)


def _decoded(table: pa.Table) -> pa.Table:
    """Return the table with its values written out: kinds of storage that Arrow counts and rounds not all of."""
    for index, field in enumerate(table.schema):
        kind = field.type
        if pa.types.is_dictionary(kind):
            table = table.set_column(index, field.name, table.column(index).cast(kind.value_type))
        elif pa.types.is_null(kind):
            table = table.set_column(index, field.name, table.column(index).cast(pa.string()))
        elif pa.types.is_float16(kind):
            table = table.set_column(index, field.name, table.column(index).cast(pa.float32()))
    return table


def _parsed(text: pa.Array) -> tuple[Floats, Bools, Bools]:
    text = text.fill_null("")
    missing = np.asarray(pc.equal(text, "").to_numpy(zero_copy_only=False), dtype=np.bool_)
    try:
        values = pc.if_else(pc.equal(text, ""), "0", text).cast(pa.float64())
        return np.array(values.to_numpy(zero_copy_only=False)), missing, np.zeros(len(missing), dtype=np.bool_)
    except pa.ArrowInvalid:
        read = [_number(value) for value in text.to_pylist()]
    odd = np.array([value is None for value in read]) & ~missing
    return np.array([0.0 if value is None else value for value in read]), missing, odd


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _text(column: pa.Array) -> pa.Array:
    """Return values as text, whole numbers without a point: 3 of one file is 3.0 of another."""
    if pa.types.is_floating(column.type):
        whole = pc.equal(pc.floor(column), column)
        whole = pc.and_(whole, pc.less(pc.abs(column), 2.0**53)).fill_null(False)
        integers = pc.if_else(whole, column, 0.0).cast(pa.int64()).cast(pa.string())
        text = pc.if_else(whole, integers, column.cast(pa.string()))
        return pc.if_else(pc.is_nan(column), "", text).fill_null("")
    return pc.utf8_trim_whitespace(column.cast(pa.string())).fill_null("")


def _natural(text: str) -> tuple[int, float, str]:
    number = _number(text)
    return (0, number, text) if number is not None and np.isfinite(number) else (1, 0.0, text)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(repr(name) for name in names[:_SHOWN]) + more
