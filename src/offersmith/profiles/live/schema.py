"""Declared features become a layout of mergeable state: the second compilation of one declaration.

The cells are those of the batch query (`store.feature_cells`). A cell of event lines becomes a number a customer (a
count, an integer sum, an extreme) or a decayed sum; a cell of orders or sessions is answered from the list of the
customer's orders, each an integer sum of its lines. Everything merges: counts and sums add, extremes compare, orders
are the union by their id.

Counts and sums in an exact window of the last days are answered from such a list too, of the instants at which
something happened. No declared one is marked live, as that costs a row for every instant; whoever wants them compiles
them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from offersmith.errors import InputError
from offersmith.store.feature_cells import Cell, cells
from offersmith.store.feature_values import FRACTION_BITS
from offersmith.vocabulary import EVENT_NAMES, EVENTS, Feature, Where

VERSION = 1
"""Raised when the same declarations are kept differently, so that older files are refused."""

CLOCK = ("hour", "weekday")
LINES, TIME, DAY = "lines", "time", "day"
LINE_VALUES = ("amount", "gross", "discount", "coupon_discount", "quantity", "unit_price", "rating", "dwell_ms")
_PER_LINE = ("unit_price", "rating")
_KEYS = {"order": "order_id", "session": "session_id"}
_IN_WINDOWS = ("count", "sum")
_OF_LINES = {
    "count": "add", "sum": "add", "known": "known", "first": "min", "first_day": "min", "last": "max",
    "last_day": "max", "max": "max", "decayed": "decayed",
}  # fmt: skip
_OF_ORDERS = (*_OF_LINES, "gap_squares")
_MOST_BITS = 62


@dataclass(frozen=True, slots=True)
class Column:
    """A number kept for each customer: what is done with which value of which event lines.

    Attributes:
        does: `add` the value, add one where it is `known`, keep the `min` or `max`, or keep it `decayed`.
        value: name of a value of lines; `lines` is 1, `time` and `day` are the clocks.
        events: names of the events that count; empty = all.
        where: conditions a line must meet.
        half_life_days: of a decayed column.
    """

    does: str
    value: str
    events: tuple[str, ...]
    where: tuple[Where, ...]
    half_life_days: float | None = None


@dataclass(frozen=True, slots=True)
class Gathering:
    """Lines gathered to orders, sessions or instants: which events, and which values are added up.

    Attributes:
        grain: `order`, `session`, or `event` for lines of one customer at one microsecond.
        events: names of the events whose lines are gathered.
        values: names of the values added up, without `lines`, which always are.
        cells: what is asked of the orders, in the order in which it is answered.
    """

    grain: str
    events: tuple[str, ...]
    values: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def key(self) -> str:
        """Return the column that tells one order, session or instant from another."""
        return _KEYS.get(self.grain, TIME)


@dataclass(frozen=True, slots=True)
class Layout:
    """What is kept of each customer, and how features are read from it.

    Attributes:
        features: what is read, in order.
        parts: feature name -> the cells of its formula.
        columns: cell of event lines -> what is kept.
        gatherings: lines gathered to orders and sessions.
        values: values of a line that anything looks at; `lines`, `time` and `day` come first.
        tests: conditions on a line that anything looks at.
        digest: SHA-256 of the declarations and of `VERSION`; states of one digest can be merged.
    """

    features: tuple[Feature, ...]
    parts: Mapping[str, Mapping[str, Cell]]
    columns: Mapping[Cell, Column]
    gatherings: tuple[Gathering, ...]
    values: tuple[str, ...]
    tests: tuple[Where, ...]
    digest: str = field(repr=False)


def compile_live(features: Sequence[Feature]) -> Layout:
    """Compile features to a layout of mergeable state.

    Args:
        features: what to keep up to date; names are unique.

    Raises:
        InputError: a declaration lacks what its kind needs, is no mergeable aggregate, or names are used twice.
    """
    names = [feature.name for feature in features]
    if len(set(names)) < len(names):
        raise InputError(f"feature names must differ; given: {', '.join(sorted(names))}", field="name")
    parts = {feature.name: cells(feature) for feature in features}
    for feature in features:
        for cell in parts[feature.name].values():
            _check(feature, cell)
    asked = list(dict.fromkeys(cell for made in parts.values() for cell in made.values()))
    columns = {cell: _column(cell) for cell in asked if not _gathered(cell)}
    gatherings = _gatherings([cell for cell in asked if _gathered(cell)])
    values = {column.value for column in columns.values()} | {v for g in gatherings for v in g.values}
    ordered = (LINES, TIME, DAY, *sorted(values - {LINES, TIME, DAY}))
    tests = tuple(dict.fromkeys(where for column in columns.values() for where in column.where))
    if max(len(tests), len(ordered)) > _MOST_BITS:
        raise InputError(
            f"live features look at {len(tests)} conditions and {len(ordered)} values; at most {_MOST_BITS} of each",
            field="features",
        )
    return Layout(tuple(features), parts, columns, gatherings, ordered, tests, _digest(features))


def _check(feature: Feature, cell: Cell) -> None:
    """Refuse what cannot be kept exactly event by event, or looks at what is not there."""
    grouped = cell.grain in _KEYS
    if cell.grain == "group" or cell.how not in (_OF_ORDERS if grouped else _OF_LINES):
        why = "compares groups" if cell.grain == "group" else f"needs {cell.how!r} of {cell.grain}s"
        raise InputError(
            f"feature {feature.name!r} of kind {feature.kind} cannot be live: it {why}, which does not merge",
            field="live",
            value=feature.name,
        )
    if cell.window_days is not None and not grouped and (cell.how not in _IN_WINDOWS or cell.where):
        raise InputError(
            f"feature {feature.name!r} cannot be live: in a window of event lines only counts and sums without "
            "conditions can",
            field="window_days",
            value=feature.name,
        )
    allowed = tuple(v for v in LINE_VALUES if not grouped or v not in _PER_LINE)
    if cell.value is not None and cell.value not in (LINES, *allowed):
        raise InputError(
            f"feature {feature.name!r} cannot add up {cell.value!r}; it can: {LINES}, {', '.join(allowed)}",
            field="value",
            value=cell.value,
        )
    columns = (*CLOCK, LINES, *allowed) if grouped else (*CLOCK, *EVENTS.names)
    for where in cell.where:
        if where.column not in columns:
            raise InputError(
                f"a condition of {feature.name!r} cannot use {where.column!r} here; it can use: {', '.join(columns)}",
                field="where",
                value=where.column,
            )
    unknown = sorted(set(cell.events) - set(EVENT_NAMES))
    if unknown:
        raise InputError(
            f"feature {feature.name!r} counts {', '.join(unknown)}, which is no event; allowed: "
            f"{', '.join(EVENT_NAMES)}",
            field="events",
        )


def _gathered(cell: Cell) -> bool:
    """Say whether a cell is answered from a list, and not from a number of its own."""
    return cell.grain in _KEYS or cell.window_days is not None


def _column(cell: Cell) -> Column:
    pseudo = {"first": TIME, "last": TIME, "first_day": DAY, "last_day": DAY}
    value = pseudo.get(cell.how) or cell.value or LINES
    return Column(_OF_LINES[cell.how], value, cell.events, cell.where, cell.half_life_days)


def _gatherings(asked: Sequence[Cell]) -> tuple[Gathering, ...]:
    """Put cells of one grain and the same events together, as the batch query does."""
    found: dict[tuple[str, tuple[str, ...]], list[Cell]] = {}
    for cell in asked:
        found.setdefault((cell.grain, cell.events), []).append(cell)
    return tuple(
        Gathering(grain, events, tuple(sorted(set().union(*map(_looks_at, those)))), tuple(those))
        for (grain, events), those in found.items()
    )


def _looks_at(cell: Cell) -> set[str]:
    return ({cell.value or LINES} | {where.column for where in cell.where}) - {LINES, *CLOCK}


def _digest(features: Sequence[Feature]) -> str:
    """Return what the numbers mean: everything of a declaration but its words."""
    said: list[dict[str, Any]] = []
    for feature in features:
        told = {name: getattr(feature, name) for name in Feature.__slots__ if name not in ("says", "unit", "live")}
        told["where"] = [(w.column, w.op, w.value) for w in feature.where]
        said.append(told)
    text = json.dumps([VERSION, FRACTION_BITS, said], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
