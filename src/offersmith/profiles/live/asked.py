"""What is asked of orders: a customer's list is walked once, as of a moment, for every cell at once.

The arithmetic is the batch query's, order by order: the same windows and clocks, and decayed counts rounded to the same
fixed point before they are added up.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.profiles.live.orders import Orders
from offersmith.profiles.live.rows import MINUTE_US, MONDAY_US, WEEKS_US
from offersmith.profiles.live.schema import LINES, Gathering
from offersmith.store.feature_cells import Cell
from offersmith.store.feature_values import COUNT_BITS, DAY_US, FRACTION_BITS, VALUE_BITS

_COUNT, _ADD, _MIN, _MAX, _DECAYED, _SQUARES = range(6)
_HOWS = {
    "count": _COUNT, "known": _COUNT, "sum": _ADD, "max": _MAX, "first": _MIN, "last": _MAX, "first_day": _MIN,
    "last_day": _MAX, "decayed": _DECAYED, "gap_squares": _SQUARES,
}  # fmt: skip
_LINES, _TIME, _DAY, _EACH, _HOUR, _WEEKDAY = -1, -2, -3, -4, -5, -6
"""Columns that are no sums: lines of the order, its moment, its day, 1 for each; its hour and its day of the week."""
_OF_HOW = {
    "first": _TIME, "last": _TIME, "first_day": _DAY, "last_day": _DAY, "gap_squares": _DAY,
}  # fmt: skip
_OPS = {"=": 0, "in": 0, "!=": 1, ">": 2, ">=": 3, "<": 4, "<=": 5, "known": 6}
_OPS_KNOWN = _OPS["known"]
_NO_WINDOW = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Questions:
    """The cells of one gathering as arrays.

    Attributes:
        cells: a row per cell: how, column of the value (negative: no sum), window in microseconds, first and last
            condition.
        rates: a row per cell: what a microsecond does to the logarithm of a weight, and the scale of its fixed point.
        conditions: a row per condition: column, operator, first and last constant.
        scales: a divisor per condition.
        constants: what conditions compare with.
    """

    cells: NDArray[np.int64]
    rates: NDArray[np.float64]
    conditions: NDArray[np.int64]
    scales: NDArray[np.float64]
    constants: NDArray[np.float64]


def questions(gathering: Gathering) -> Questions:
    """Compile the cells of a gathering."""
    made, rates = np.zeros((len(gathering.cells), 5), np.int64), np.zeros((len(gathering.cells), 2))
    conditions: list[tuple[int, ...]] = []
    scales: list[float] = []
    constants: list[float] = []
    special = {"hour": _HOUR, "weekday": _WEEKDAY, LINES: _LINES}
    for at, cell in enumerate(gathering.cells):
        first = len(conditions)
        for where in cell.where:
            column = special.get(where.column)
            column = gathering.values.index(where.column) if column is None else column
            begin = len(constants)
            if where.op != "known":
                constants.extend(map(float, where.value if where.op == "in" else (where.value,)))
            conditions.append((column, _OPS[where.op], begin, len(constants)))
            scales.append(2.0 ** FRACTION_BITS.get(where.column, 0))
        value = _OF_HOW.get(cell.how, _EACH)
        if cell.value is not None:
            value = _LINES if cell.value == LINES else gathering.values.index(cell.value)
        window = _NO_WINDOW if cell.window_days is None else cell.window_days * DAY_US
        how = _HOWS[cell.how]
        if gathering.grain == "event" and how == _COUNT:
            how, value = _ADD, _LINES  # of an instant, its lines are counted
        made[at] = how, value, window, first, len(conditions)
        rates[at] = _rate(cell)
    return Questions(
        made,
        rates,
        np.array(conditions, np.int64).reshape(-1, 4),
        np.array(scales, np.float64),
        np.array(constants, np.float64),
    )


def _rate(cell: Cell) -> tuple[float, float]:
    if cell.half_life_days is None:
        return 0.0, 0.0
    bits = COUNT_BITS if cell.value is None else VALUE_BITS - FRACTION_BITS.get(cell.value, 0)
    return -log(2) / (cell.half_life_days * DAY_US), 2.0**bits


def ask(
    orders: Orders, those: Questions, slots: NDArray[np.int64], now: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Answer all cells for some customers as of a moment.

    Returns:
        Answers of shape (slots, cells), and whether there is one (a sum of nothing is unknown).
    """
    return walk(
        slots, now, orders.head, orders.following, orders.time, orders.offset, orders.lines, orders.sums, orders.known,
        (those.cells, those.rates, those.conditions, those.scales, those.constants),
    )  # fmt: skip


@compiled
def _holds(value: float, op: int, constants: NDArray[np.float64]) -> bool:
    """Say whether a value meets a condition; what is unknown was sorted out before."""
    if op == 0:
        return bool((constants == value).any())
    if op == 1:
        return bool(value != constants[0])
    if op == 2:
        return bool(value > constants[0])
    if op == 3:
        return bool(value >= constants[0])
    if op == 4:
        return bool(value < constants[0])
    return op == _OPS_KNOWN or bool(value <= constants[0])


@compiled
def _tested(column: int, local: int, lines: int) -> float:
    """Return what a condition on the clock or on the number of lines looks at."""
    if column == _HOUR:
        return float(local % DAY_US // (DAY_US // 24))
    if column == _WEEKDAY:
        return float((local + MONDAY_US) % (7 * DAY_US) // DAY_US)
    return float(lines)


@compiled
def _counts(
    at: int, local: int, first: int, last: int, lines: int, sums: NDArray[np.int64], known: NDArray[np.uint64],
    conditions: NDArray[np.int64], scales: NDArray[np.float64], constants: NDArray[np.float64],
) -> bool:  # fmt: skip
    """Say whether an order meets the conditions from `first` to before `last`."""
    for w in range(first, last):
        column = conditions[w, 0]
        if column < 0:
            value = _tested(column, local, lines)
        elif (known[at] >> np.uint64(column)) & np.uint64(1) != 0:
            value = float(sums[at, column]) / scales[w]
        else:
            return False
        if not _holds(value, conditions[w, 1], constants[conditions[w, 2] : conditions[w, 3]]):
            return False
    return True


@compiled
def _taken(how: int, found: int, n: int, worth: int) -> int:
    """Return the answer with one more order."""
    if how == _COUNT:
        return found + 1
    if how == _ADD:
        return found + worth
    if n == 0:
        return worth
    return min(found, worth) if how == _MIN else max(found, worth)


@compiled
def _rounded(value: float) -> int:
    """Round half away from zero, as the engines do."""
    whole = np.trunc(value)
    if abs(value - whole) >= 0.5:
        whole += np.sign(value)
    return int(whole)


@compiled
def _squares(days: NDArray[np.int64]) -> int:
    """Return the squared days between neighbours, added up."""
    ordered = np.sort(days)
    found = 0
    for k in range(1, ordered.size):
        found += (ordered[k] - ordered[k - 1]) ** 2
    return found


@compiled
def walk(
    slots: NDArray[np.int64],
    now: int,
    head: NDArray[np.int32],
    following: NDArray[np.int32],
    time: NDArray[np.int64],
    offset: NDArray[np.int16],
    lines: NDArray[np.int32],
    sums: NDArray[np.int64],
    known: NDArray[np.uint64],
    asked: tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Walk through each customer's orders, once for every cell."""
    cells, rates, conditions, scales, constants = asked
    answers = np.zeros((slots.size, cells.shape[0]), np.int64)
    some = np.zeros((slots.size, cells.shape[0]), np.bool_)
    days = np.empty(64, np.int64)
    for i in range(slots.size):
        for c in range(cells.shape[0]):
            how, column, window = cells[c, 0], cells[c, 1], cells[c, 2]
            found, n = 0, 0
            row = int(head[slots[i]])
            while row >= 0:
                at, row = row, int(following[row])
                local = time[at] + offset[at] * MINUTE_US + WEEKS_US
                if window != _NO_WINDOW and time[at] < now - window:
                    continue
                if not _counts(
                    at, local, cells[c, 3], cells[c, 4], lines[at], sums, known, conditions, scales, constants
                ):
                    continue
                if column >= 0 and (known[at] >> np.uint64(column)) & np.uint64(1) == 0:
                    continue
                worth = _worth(column, time[at], local, lines[at], sums[at])
                if how == _DECAYED:
                    found += _rounded(np.exp(float(now - time[at]) * rates[c, 0]) * float(worth) * rates[c, 1])
                elif how == _SQUARES:
                    if n == days.size:
                        days = np.concatenate((days, days))
                    days[n] = worth
                else:
                    found = _taken(how, found, n, worth)
                n += 1
            answers[i, c] = _squares(days[:n]) if how == _SQUARES else found
            some[i, c] = n > 0
    return answers, some


@compiled
def _worth(column: int, time: int, local: int, lines: int, sums: NDArray[np.int64]) -> int:
    """Return what a cell adds up or compares of one order."""
    if column >= 0:
        return int(sums[column])
    if column == _LINES:
        return int(lines)
    if column == _TIME:
        return time
    return int(local // DAY_US) if column == _DAY else 1
