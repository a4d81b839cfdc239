"""What was known of the customers of a test, from the columns of its file, as numbers a learner can read.

Numbers stay as they are (a missing one becomes the mean and raises a flag), dates become days, text and truth values
one column for each common value and one for all others, where values nobody has seen go too. Left out are columns of
lists and bytes, columns that tell customers apart and nothing else, and columns that cannot have been known beforehand:
where they take one value, the outcome is always the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np

from offersmith.errors import InputError
from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.table_file import LARGEST, TableFile, refuse

How = Literal["number", "date", "words"]

LEVELS = 20
"""Of a column of words, so many of the commonest become columns of their own."""
LEAST = 20
"""A value with fewer rows than this is one of the others."""
IDENTIFIER = 0.5
"""A column of words with more different values than this share of the rows names customers."""
TELLS = 1e-6
"""How unlikely it must be that a column's value and one outcome always come together by chance."""

TELLS_OUTCOME = "tells_outcome"
NAMES_ROWS = "names_rows"
ONE_VALUE = "one_value"
NO_VALUES = "no_values"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read.

    Attributes:
        name: of the column.
        how: what it holds.
        mean: of the numbers, which a missing one becomes.
        flagged: whether a missing number raises a flag.
        levels: values with a column of their own; any other goes to the last column.
    """

    name: str
    how: How
    mean: float = 0.0
    flagged: bool = False
    levels: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what it becomes."""
        if self.how != "words":
            return (self.name, f"{self.name} missing") if self.flagged else (self.name,)
        # With two values in all, one column says which.
        shown = self.levels[1:] if len(self.levels) == 2 and not self.flagged else self.levels
        return tuple(f"{self.name} {level or 'missing'}" for level in shown) + (
            (f"{self.name} other",) if self.flagged else ()
        )

    def matrix(self, file: TableFile) -> Floats:
        """Return (rows, len(names)).

        Raises:
            InputError: a number is infinite; names the column and counts.
        """
        if self.how == "words":
            code, values = file.levels(self.name, empty=True)
            place = {level: index for index, level in enumerate(self.levels)}
            index = np.array([place.get(value, len(self.levels)) for value in values], dtype=np.int64)[code]
            wide = (index[:, None] == np.arange(len(self.levels) + self.flagged)).astype(np.float64)
            return np.asarray(wide[:, 1:] if len(self.levels) == 2 and not self.flagged else wide)
        numbers, missing = _dates(file, self.name) if self.how == "date" else _numbers(file, self.name)
        filled = np.where(missing, self.mean, numbers)
        return np.column_stack([filled, missing] if self.flagged else [filled])


@dataclass(frozen=True, slots=True)
class Features:
    """How a file is read into a matrix.

    Attributes:
        columns: in order.
        left_out: column -> code of why it is none.
    """

    columns: tuple[Column, ...]
    left_out: Mapping[str, str]

    @classmethod
    def learn(cls, file: TableFile, names: Sequence[str] | None, taken: Sequence[str], outcome: Floats) -> Features:
        """Look at the columns.

        Args:
            file: of the test.
            names: columns to read; None = all that are not taken and may have been known beforehand.
            taken: columns that are the treatment, the outcome and the like.
            outcome: (n,) what came of it.

        Raises:
            InputError: a named column is not there, is taken, or holds no values; a number is infinite or beyond
                `table_file.LARGEST`.
        """
        for name in names or ():
            if name in taken:
                raise InputError(f"column {name!r} is named as a feature and as something else", column=name)
            file.distinct(name)
        chosen = list(dict.fromkeys(names)) if names is not None else [n for n in file.names if n not in taken]
        columns, left_out = [], {}
        for name in chosen:
            reason = "" if names is not None else _unfit(file, name, outcome)
            if not reason and file.distinct(name) < 2:
                reason = ONE_VALUE
            if reason:
                left_out[name] = reason
            else:
                columns.append(_learn(file, name))
        return cls(tuple(columns), left_out)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the matrix's columns."""
        return tuple(name for column in self.columns for name in column.names)

    def matrix(self, file: TableFile) -> Floats:
        """Return (rows, len(names)), finite."""
        found = [column.matrix(file) for column in self.columns]
        return np.ascontiguousarray(np.hstack(found)) if found else np.zeros((len(file), 0))


def _learn(file: TableFile, name: str) -> Column:
    if _is_number(file, name):
        values, missing = _numbers(file, name)
        return _measured(name, "number", values, missing)
    if _is_date(file, name):
        values, missing = _dates(file, name)
        return _measured(name, "date", values, missing)
    code, levels = file.levels(name, empty=True)
    count = np.bincount(code, minlength=len(levels))
    common = np.argsort(-count, kind="stable")[:LEVELS]
    common = np.sort(common[count[common] >= min(LEAST, len(file) // 10)])
    return Column(name, "words", flagged=len(common) < len(levels), levels=tuple(levels[index] for index in common))


def _measured(name: str, how: How, values: Floats, missing: Bools) -> Column:
    mean = float(values[~missing].mean()) if not missing.all() else 0.0
    return Column(name, how, mean, bool(missing.any()))


def _is_number(file: TableFile, name: str) -> bool:
    return str(file.table.schema.field(name).type) != "bool" and file.is_number(name)


def _numbers(file: TableFile, name: str) -> tuple[Floats, Bools]:
    values, missing, odd = file.readings(name)
    missing = missing | odd | np.isnan(values)
    refuse(file.path, name, np.isinf(values) & ~missing, "infinite")
    refuse(file.path, name, (np.abs(values) > LARGEST) & ~missing, f"beyond {LARGEST:g}")
    return np.where(missing, 0.0, values), missing


def _is_date(file: TableFile, name: str) -> bool:
    _, levels = file.levels(name, empty=True)
    some = [level for level in levels[:200] if level]
    return bool(some) and all(_day(level) is not None for level in some)


def _dates(file: TableFile, name: str) -> tuple[Floats, Bools]:
    code, levels = file.levels(name, empty=True)
    days = [_day(level) for level in levels]
    values = np.array([0.0 if day is None else day for day in days])[code]
    return values, np.array([day is None for day in days])[code]


def _day(text: str) -> float | None:
    """Return days since 1970 of an ISO 8601 date or moment; None = it is none."""
    if len(text) < 8 or not text[:4].isdigit() or text[4] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    # A moment without a zone is read as UTC, like a date.
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) / timedelta(days=1)


def _unfit(file: TableFile, name: str, outcome: Floats) -> str:
    if not file.holds_values(name):
        return NO_VALUES
    code, levels = file.levels(name, empty=True)
    if not _is_number(file, name):
        if len(levels) > IDENTIFIER * len(file) and not _is_date(file, name):
            return NAMES_ROWS
    elif len(levels) > 50:
        values, _ = _numbers(file, name)
        code, levels = (values != 0).astype(np.int64), ("0", "1")
    return TELLS_OUTCOME if len(levels) <= 50 and _tells(code, len(levels), outcome) else ""


def _tells(code: Ints, levels: int, outcome: Floats) -> bool:
    """Whether all rows with some value of a column have the same outcome, more of them than chance would bring."""
    values, kind = np.unique(outcome, return_inverse=True)
    counts = np.bincount(kind)
    rows = np.bincount(code, minlength=levels)
    # Zero against anything else is asked as well: most who spent something visited, each with an amount of their own.
    for same in (kind == int(np.argmax(counts)), outcome != 0):
        rate = float(same.mean())
        if not 0 < rate < 1 or len(values) < 2:
            continue
        agreeing = np.bincount(code, weights=same, minlength=levels)
        if ((agreeing == rows) & (rows * np.log(rate) < np.log(TELLS))).any():
            return True
    return False
