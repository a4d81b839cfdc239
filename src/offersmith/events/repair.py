"""Missing and impossible numbers of events, filled in by the way that guesses best, said in a receipt, and undone.

Which way is best differs: a price is best told by the product's last one, a weight by the category's median. So for
each column some of the known values are hidden, every way of `fills.WAYS` guesses them, and the one with the smallest
mean error fills the column (masked-value validation; van Buuren, Flexible Imputation of Missing Data, 2nd ed., 2.5).
The error is a share of the larger of guess and truth, so that a few huge values do not decide. Where the best way has
nothing to go by, plainer ones follow. The originals are kept beside, and `undo` puts them back exactly. Nothing at or
after the moment is read or changed.

A filled value is a guess. Amounts that are sums of money in a report are better left as they are and told of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.events.fills import WAYS, Lines, Numbers
from offersmith.words import Language, say

HIDDEN, FEWEST = 2000, 30
"""Known values hidden to choose a way, at most; of fewer known values than `FEWEST` none is hidden or filled."""

_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Rule:
    """Which values of a column are to be repaired.

    Attributes:
        column: of numbers.
        events: whose lines must have the value.
        above: lower bound, itself impossible; None = no bound.
        most: highest possible value; None = no bound.
        per: column that the value goes with, such as `quantity` of an `amount`; what is guessed is the value per piece.
        way: code of `fills.WAYS` that goes first; empty takes the one that guesses best.
    """

    column: str
    events: tuple[str, ...] = ("purchase",)
    above: float | None = None
    most: float | None = None
    per: str | None = None
    way: str = ""


RULES: tuple[Rule, ...] = (
    Rule("quantity", ("purchase", "refund"), above=0.0),
    Rule("amount", ("purchase",), above=-1.0, per="quantity"),
)
"""What is repaired where nothing else is asked for; in this order, since an amount goes with its quantity."""


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done to one column.

    Attributes:
        column: which.
        lines: that must have the value.
        missing: of these, without one.
        impossible: of these, with one out of bounds.
        way: code of `fills.WAYS` that went first; empty where nothing was to be done or too little is known.
        errors: mean error of each way on the hidden values, as a share of the larger of guess and truth; only ways that
            could guess them.
        hidden: values hidden for that.
        filled: values filled in by `way`.
        plainer: values filled in by a plainer way, because `way` had nothing to go by.
        left: values left as they are.
    """

    column: str
    lines: int
    missing: int
    impossible: int
    way: str = ""
    errors: Mapping[str, float] = field(default_factory=dict)
    hidden: int = 0
    filled: int = 0
    plainer: int = 0
    left: int = 0

    def text(self, language: Language = "en") -> str:
        """Return what was done as a sentence."""
        if not self.missing + self.impossible:
            return say("behaviour.repair_nothing", language, column=self.column, lines=self.lines)
        if not self.way:
            return say("behaviour.repair_unknown", language, column=self.column, left=self.left)
        return say("behaviour.repair_done", language, column=self.column, missing=self.missing,
                   impossible=self.impossible, filled=self.filled + self.plainer, left=self.left,
                   way=say(f"behaviour.repair_{self.way}", language), error=self.errors[self.way],
                   hidden=self.hidden)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repaired:
    """Events with their receipt.

    Attributes:
        table: the events, repaired.
        mended: the receipt, one entry per rule.
        kept: column -> table of all values that were changed: `event_id`, `original`, `filled`, `way`.
    """

    table: pa.Table = field(repr=False)
    mended: tuple[Mended, ...]
    kept: Mapping[str, pa.Table] = field(repr=False)

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the receipt, a line per column."""
        return "\n".join(one.text(language) for one in self.mended)

    def as_dict(self) -> dict[str, Any]:
        """Return the receipt as plain values."""
        return {"mended": [asdict(one) for one in self.mended]}


def repair(table: pa.Table, as_of: datetime, seed: int, rules: Sequence[Rule] = RULES) -> Repaired:
    """Fill missing and impossible numbers of events.

    Args:
        table: events of the schema `vocabulary.EVENTS`, or those of its columns that are needed: event_id, event, time,
            product_id, category, and the columns of the rules.
        as_of: the moment, naive UTC.
        seed: which known values are hidden.
        rules: what to repair, in order.

    Raises:
        InputError: a column is missing, one to be repaired holds no numbers, or the moment has a time zone.
    """
    if as_of.tzinfo is not None:
        raise InputError(f"the moment {as_of.isoformat()} must be naive UTC", field="as_of")
    needed = {"event_id", "event", "time", "product_id", "category"}
    needed |= {rule.column for rule in rules} | {rule.per for rule in rules if rule.per}
    absent = sorted(needed - set(table.column_names))
    if absent:
        raise InputError(f"repair needs the columns {', '.join(absent)}", field="columns", value=absent[0])
    mended, kept = [], {}
    for rule in rules:
        kind = table.schema.field(rule.column).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
            raise InputError(
                f"column {rule.column} holds {kind}; allowed are numbers", field="rules", value=rule.column
            )
        table, receipt, changed = _mend(table, rule, as_of, seed)
        mended.append(receipt)
        if changed.num_rows:
            kept[rule.column] = changed
    return Repaired(table, tuple(mended), kept)


def undo(table: pa.Table, kept: Mapping[str, pa.Table]) -> pa.Table:
    """Return events with the original values back in place, exactly; rows are found by their `event_id`.

    Args:
        table: what `repair` returned, in any order, whole or a part.
        kept: the originals that `repair` returned.
    """
    for column, originals in kept.items():
        places = pc.index_in(table["event_id"], value_set=originals["event_id"].combine_chunks())
        restored = originals["original"].combine_chunks().take(places.combine_chunks())
        table = _put(table, column, pc.if_else(pc.is_valid(places), restored, table[column]))
    return table


def _mend(table: pa.Table, rule: Rule, as_of: datetime, seed: int) -> tuple[pa.Table, Mended, pa.Table]:
    wanted = pc.and_(
        pc.is_in(table["event"], value_set=pa.array(rule.events)), pc.less(table["time"], pa.scalar(as_of))
    )
    rows = np.flatnonzero(wanted.to_numpy())
    part = table.take(pa.array(rows))
    held = _numbers(part, rule.column)
    missing = np.isnan(held)
    with np.errstate(invalid="ignore"):
        impossible = ~missing & ~np.isfinite(held)
        impossible |= held <= rule.above if rule.above is not None else False
        impossible |= held > rule.most if rule.most is not None else False
    bad = missing | impossible
    counts = (len(rows), int(missing.sum()), int(impossible.sum()))
    nothing = _changed(table.slice(0, 0), rule.column, np.zeros(0), [])
    if not bad.any():
        return table, Mended(rule.column, *counts), nothing
    size = _pieces(part, rule)
    values = np.where(bad, np.nan, held) / size
    known = np.flatnonzero(~np.isnan(values))
    if known.size < FEWEST:
        return table, Mended(rule.column, *counts, left=int(bad.sum())), nothing
    lines = _lines(part, values)
    errors, hidden = _errors(lines, known, seed)
    ranked = sorted(errors, key=lambda way: (way != rule.way, errors[way], list(WAYS).index(way)))
    ranked = [rule.way, *ranked] if rule.way and rule.way not in ranked else ranked
    guess, by = np.full(len(rows), np.nan), np.full(len(rows), -1)
    for number, way in enumerate(ranked):
        empty = bad & np.isnan(guess)
        if not empty.any():
            break
        guess = np.where(empty, WAYS[way](lines), guess)
        by[empty & ~np.isnan(guess)] = number
    guess = _allowed(guess * size, held[~bad], rule, part.schema.field(rule.column).type)
    fill = np.flatnonzero(bad & ~np.isnan(guess))
    changed = _changed(part.take(pa.array(fill)), rule.column, guess[fill], [ranked[one] for one in by[fill]])
    first = int((by[fill] == 0).sum())
    receipt = Mended(rule.column, *counts, ranked[0], errors, hidden, first, fill.size - first,
                     int(bad.sum()) - fill.size)  # fmt: skip
    return _put(table, rule.column, _filled(table[rule.column], rows[fill], guess[fill])), receipt, changed


def _changed(part: pa.Table, column: str, guess: Numbers, ways: Sequence[str]) -> pa.Table:
    found = {"event_id": part["event_id"], "original": part[column]}
    return pa.table({**found, "filled": pa.array(guess, pa.float64()), "way": pa.array(ways, pa.string())})


def _errors(lines: Lines, known: NDArray[np.int64], seed: int) -> tuple[dict[str, float], int]:
    """Return the mean relative error of each way on hidden values that every way could guess, and how many."""
    size = min(max(int(_SHARE * known.size), 1), HIDDEN)
    hidden = np.sort(np.random.default_rng(seed).choice(known, size, replace=False))
    values = lines.values.copy()
    values[hidden] = np.nan
    masked = Lines(values, lines.group, lines.series, lines.time, lines.order)
    guesses = {way: guess(masked)[hidden] for way, guess in WAYS.items()}
    # A way that can guess less than half of them does not compete; the others are compared on the same values.
    able = {way: guess for way, guess in guesses.items() if np.isnan(guess).mean() <= 0.5}
    common = ~np.any([np.isnan(guess) for guess in able.values()], axis=0)
    if not common.any():
        able = {"overall_median": guesses["overall_median"]}
        common = np.ones(size, dtype=np.bool_)
    truth = lines.values[hidden]
    errors = {way: _off(guess[common], truth[common]) for way, guess in able.items()}
    return errors, int(common.sum())


def _off(guess: Numbers, truth: Numbers) -> float:
    larger = np.maximum(np.abs(guess), np.abs(truth))
    share = np.divide(np.abs(guess - truth), larger, out=np.zeros(guess.size), where=larger > 0)
    return float(np.mean(np.minimum(share, 1.0)))


def _allowed(guess: Numbers, known: Numbers, rule: Rule, kind: pa.DataType) -> Numbers:
    """Return guesses as the column may hold them: whole where all known values are, and within bounds."""
    if pa.types.is_integer(kind) or bool(np.all(known == np.rint(known))):
        guess = np.rint(guess)
        guess = guess if rule.above is None else np.maximum(guess, np.floor(rule.above) + 1)
    inside = np.ones(guess.size, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        inside &= guess > rule.above if rule.above is not None else True
        inside &= guess <= rule.most if rule.most is not None else True
    return np.where(inside, guess, np.nan)


def _lines(part: pa.Table, values: Numbers) -> Lines:
    group, series = _codes(part["category"]), _codes(part["product_id"])
    time = part["time"].cast(pa.int64()).to_numpy()
    return Lines(values, group, series, time, np.lexsort((time, series)))


def _pieces(part: pa.Table, rule: Rule) -> Numbers:
    if rule.per is None:
        return np.ones(part.num_rows)
    size = _numbers(part, rule.per)
    return np.where(size > 0, size, np.nan)


def _numbers(table: pa.Table, column: str) -> Numbers:
    filled = pc.fill_null(table[column].cast(pa.float64(), safe=False), np.nan)
    return np.asarray(filled.to_numpy(), dtype=np.float64)


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    coded = column.combine_chunks().dictionary_encode()
    return np.asarray(pc.fill_null(coded.indices.cast(pa.int64()), -1).to_numpy(), dtype=np.int64)


def _filled(column: pa.ChunkedArray, rows: NDArray[np.int64], guess: Numbers) -> pa.Array:
    """Return a column with some rows replaced; the others keep their bits."""
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(column.combine_chunks(), pa.array(mask), pa.array(guess).cast(column.type))


def _put(table: pa.Table, column: str, values: Any) -> pa.Table:
    return table.set_column(table.schema.get_field_index(column), table.schema.field(column), values)
