"""The policy to judge: with which chance it would choose each action on each row of a log.

Read from a word (`uniform`, or the name of one action) or from a file of one of four shapes:

| shape | columns |
|---|---|
| table | action, probability, and any columns of the log the chances depend on |
| wide table | action, and one column of chances for each value of a column of the log: `position_1`, `position_2` |
| one action a row | action; as many rows as the log, in its order |
| chances a row | one column for each action, named like it (or `p_` and its name); as many rows as the log |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from offersmith.errors import InputError
from offersmith.response.base import Bools, Floats, Ints
from offersmith.response.table_file import TableFile, refuse
from offersmith.response.table_file import place as row_place

ACTION = ("action", "item_id", "arm", "offer_id", "offer", "treatment")
CHANCE = ("probability", "chance", "propensity", "propensity_score", "prob", "p", "action_prob")
UNIFORM = "uniform"
SLACK = 1e-3
"""How far chances may be from adding to 1: they are written with few digits."""
Shape = Literal["uniform", "one_action", "table", "wide_table", "row_actions", "row_chances"]


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A policy over the rows of a log.

    Attributes:
        actions: (k,) their names: those of the log, then any that only the target knows.
        table: (cells, k) chances; lines add to 1.
        cell: (n,) each row's line of `table`.
        shape: how it was given.
        context: columns of the log that the chances depend on.
    """

    actions: tuple[str, ...]
    table: Floats
    cell: Ints
    shape: Shape
    context: tuple[str, ...] = ()

    def given(self, action: Ints) -> Floats:
        """Return (n,) the target's chance of the action that was given."""
        return self.table[self.cell, action]

    def unseen(self, known: int) -> tuple[tuple[str, ...], float]:
        """Return the actions beyond the first `known` that the target may choose, and how often it would."""
        extra = self.table[:, known:]
        names = tuple(self.actions[known + index] for index in np.flatnonzero(extra.max(axis=0) > 0))
        return names, float(extra.sum(axis=1)[self.cell].mean()) if names else 0.0

    def unused(self, known: int) -> tuple[str, ...]:
        """Return the actions among the first `known` that the target never chooses on any row."""
        chosen = self.table[np.unique(self.cell), :known].max(axis=0) > 0
        return tuple(self.actions[index] for index in np.flatnonzero(~chosen))


def read_target(target: str, log: TableFile, action: str, context: Sequence[str] = ()) -> Target:
    """Return the policy that a word or a file names.

    Args:
        target: `uniform`, an action of the log, or a path.
        log: the log.
        action: its column of actions.
        context: columns the chances depend on; () = those of the target's file that the log has too.

    Raises:
        InputError: neither word nor file; columns missing; chances that are none or do not add to 1; rows of the log
            the target says nothing of.
    """
    known = log.levels(action)[1]
    rows = len(log)
    everywhere = np.zeros(rows, dtype=np.int64)
    if target == UNIFORM:
        return Target(known, np.full((1, len(known)), 1 / len(known)), everywhere, "uniform")
    if target in known:
        return Target(known, np.eye(len(known))[[known.index(target)]], everywhere, "one_action")
    path = Path(target)
    if not path.is_file():
        raise InputError(
            f"{target!r} is neither a file, nor 'uniform', nor an action of the log",
            hint=f"the log's actions: {', '.join(known[:12])}{' ...' if len(known) > 12 else ''}",
            target=target,
        )
    file = TableFile.read(path)
    for name in context:
        log.levels(name, empty=True)
    column = action if action in file.names else file.look(ACTION)
    if column is None:
        return _row_chances(file, known, rows)
    chance = file.look([name for name in CHANCE if name != column.lower()])
    if chance is not None:
        shared = tuple(name for name in file.names if name in log.names and name not in {column, chance, action})
        return _table(file, log, known, column, chance, tuple(context) or shared)
    wide = _wide_columns(file, log, column, context)
    if wide:
        return _wide_table(file, log, known, column, wide)
    return _row_actions(file, known, column, rows)


def _row_actions(file: TableFile, known: tuple[str, ...], column: str, rows: int) -> Target:
    _same_length(file, rows, f"and no column of chances ({', '.join(CHANCE)})")
    code, levels = file.levels(column)
    actions, place = _joined(known, levels)
    return Target(actions, np.eye(len(actions)), place[code], "row_actions")


def _row_chances(file: TableFile, known: tuple[str, ...], rows: int) -> Target:
    named = {name: name.removeprefix("p_").removeprefix("probability_") for name in file.names}
    columns = {name: name if name in known else bare for name, bare in named.items() if {name, bare} & set(known)}
    extra = [name for name in file.names if name and name not in columns and name.startswith(("p_", "probability_"))]
    columns |= {name: named[name] for name in extra}
    if not columns:
        raise InputError(
            f"{file.path} has neither a column of actions nor columns named like actions of the log",
            hint=f"name the column one of {', '.join(ACTION)}, or give one column of chances for each action",
            path=str(file.path),
            found=file.names,
        )
    _same_length(file, rows, "and chances row by row")
    actions, place = _joined(known, tuple(columns.values()))
    table = np.zeros((rows, len(actions)))
    for column, index in zip(columns, place, strict=True):
        table[:, index] += _chances(file, column)
    _adds_up(file, table, partial(row_place, file.path))
    return Target(actions, table, np.arange(rows), "row_chances")


def _table(
    file: TableFile, log: TableFile, known: tuple[str, ...], column: str, chance: str, context: tuple[str, ...]
) -> Target:
    code, levels = file.levels(column)
    actions, place = _joined(known, levels)
    values = _chances(file, chance)
    keys = _keys(file, context)
    cells = {key: index for index, key in enumerate(dict.fromkeys(keys))}
    line = np.array([cells[key] for key in keys], dtype=np.int64)
    table = np.zeros((len(cells), len(actions)))
    times = np.zeros(table.shape, dtype=np.int64)
    np.add.at(times, (line, place[code]), 1)
    if times.max() > 1:
        cell, one = (int(index) for index in np.argwhere(times > 1)[0])
        raise InputError(
            f"{file.path} says the chance of action {actions[one]!r}{_where(context, list(cells)[cell])} "
            f"{times[cell, one]:,} times",
            hint="one line for each action; columns the chances depend on must be columns of the log too",
            path=str(file.path),
            action=actions[one],
        )
    table[line, place[code]] = values
    _adds_up(file, table, [_where(context, key).strip() or "in all" for key in cells].__getitem__)
    return Target(actions, table, _cells(file, log, context, cells), "table", context)


def _wide_columns(file: TableFile, log: TableFile, column: str, context: Sequence[str]) -> dict[str, tuple[str, str]]:
    found = {}
    for name in file.names:
        keys = [key for key in context or log.names if key and name != column and name.startswith(f"{key}_")]
        for key in sorted(keys, key=len, reverse=True):
            if name[len(key) + 1 :] in log.levels(key, empty=True)[1]:
                found[name] = (key, name[len(key) + 1 :])
                break
    return found


def _wide_table(
    file: TableFile, log: TableFile, known: tuple[str, ...], column: str, wide: dict[str, tuple[str, str]]
) -> Target:
    keys = {key for key, _ in wide.values()}
    if len(keys) > 1:
        raise InputError(
            f"{file.path} has columns for values of more than one column: {', '.join(sorted(keys))}",
            hint="give one line for each action and combination instead, with a column 'probability'",
            path=str(file.path),
        )
    code, levels = file.levels(column)
    if len(code) > len(levels):
        raise InputError(f"{file.path} has {len(code):,} rows for {len(levels):,} actions", path=str(file.path))
    actions, place = _joined(known, levels)
    context = (keys.pop(),)
    cells: dict[tuple[str, ...], int] = {(value,): index for index, (_, value) in enumerate(wide.values())}
    table = np.zeros((len(cells), len(actions)))
    for index, name in enumerate(wide):
        table[index, place[code]] = _chances(file, name)
    _adds_up(file, table, [f"in column {name!r}" for name in wide].__getitem__)
    return Target(actions, table, _cells(file, log, context, cells), "wide_table", context)


def _joined(known: tuple[str, ...], named: tuple[str, ...]) -> tuple[tuple[str, ...], Ints]:
    """Return the log's actions followed by new ones, and where each of `named` stands among them."""
    actions = known + tuple(name for name in dict.fromkeys(named) if name not in set(known))
    index = {name: place for place, name in enumerate(actions)}
    return actions, np.array([index[name] for name in named], dtype=np.int64)


def _keys(file: TableFile, context: tuple[str, ...]) -> list[tuple[str, ...]]:
    columns = []
    for name in context:
        code, levels = file.levels(name, empty=True)
        columns.append([levels[index] for index in code])
    return list(zip(*columns, strict=True)) if columns else [()] * len(file)


def _cells(file: TableFile, log: TableFile, context: tuple[str, ...], cells: dict[tuple[str, ...], int]) -> Ints:
    """Return each row's line of the table."""
    keys = _keys(log, context)
    cell = np.array([cells.get(key, -1) for key in keys], dtype=np.int64)
    missing: Bools = cell < 0
    if missing.any():
        first = keys[int(np.argmax(missing))]
        raise InputError(
            f"{file.path} says nothing of {int(missing.sum()):,} of {len(keys):,} rows of the log, "
            f"the first of them{_where(context, first)}",
            path=str(file.path),
            column=context[0],
            count=int(missing.sum()),
        )
    return cell


def _chances(file: TableFile, name: str) -> Floats:
    values = file.numbers(name)
    refuse(file.path, name, values < 0, "below 0")
    refuse(file.path, name, values > 1, "above 1")
    return values


def _adds_up(file: TableFile, table: Floats, place: Callable[[int], str]) -> None:
    sums = table.sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums - 1) > SLACK)
    if len(wrong):
        where = place(int(wrong[0]))
        raise InputError(
            f"the chances in {file.path} add to {sums[wrong[0]]:.6g} {where}, not to 1 "
            f"({len(wrong):,} of {len(sums):,} sums are off)",
            path=str(file.path),
            count=len(wrong),
            sum=float(sums[wrong[0]]),
        )


def _same_length(file: TableFile, rows: int, having: str) -> None:
    if len(file) != rows:
        raise InputError(
            f"{file.path} has {len(file):,} rows {having}, but the log has {rows:,} rows",
            hint="give one line for each row of the log, or a table of action and probability",
            path=str(file.path),
            rows=len(file),
        )


def _where(context: tuple[str, ...], key: tuple[str, ...]) -> str:
    return (
        " where " + " and ".join(f"{name} is {value!r}" for name, value in zip(context, key, strict=True))
        if key
        else ""
    )
