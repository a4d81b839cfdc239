"""A file of a randomised test as a `Trial`: what is wrong with it is named and counted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from offersmith.errors import InputError
from offersmith.response.base import Floats, Ints
from offersmith.response.policy.log import CUSTOMER, PROPENSITY
from offersmith.response.table_file import SMALLEST, TableFile, refuse
from offersmith.response.tested.features import Features
from offersmith.response.trial import Trial, named

MOST_ARMS = 50
"""A column with more values than this is hardly one of arms."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which columns are what.

    Attributes:
        treatment: what was given.
        control: its value for nothing.
        outcome: what came of it, the higher the better.
        features: what was known beforehand; None = every other column that may have been.
        propensity: chance of what was given; None = the arm's share of the rows.
        cost: `ARM=AMOUNT,...` a customer given the arm, or the column of what each row cost; None = nothing.
        customer: who; rows of one count as one. None = a column with a usual name, else every row its own.
    """

    treatment: str
    control: str
    outcome: str
    features: tuple[str, ...] | None = None
    propensity: str | None = None
    cost: str | None = None
    customer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ReadTest:
    """A test read from a file.

    Attributes:
        trial: control first, the other arms in order of name; its outcome is less the cost that a column says, and
            before the cost of arms.
        gross: (n,) the outcome before any cost.
        net: (n,) the outcome less any cost: what is judged.
        arm_cost: (k,) what each arm costs a customer given it.
        features: how columns were read.
        customer: the column of customers; None = every row its own.
        cost: cost of each arm by name, or the column's name under ""; empty = none.
    """

    trial: Trial
    gross: Floats
    net: Floats
    arm_cost: Floats
    features: Features
    customer: str | None
    cost: Mapping[str, float | str]


def read_test(path: Path, asked: Asked) -> ReadTest:
    """Read a test.

    Raises:
        InputError: a column is missing, or is two things; the control is not among the arms, or alone; an outcome,
            cost or chance is missing, not a number or out of range; the outcome is the same for everybody.
    """
    file = TableFile.read(path)
    customer = asked.customer or file.look([name for name in CUSTOMER if name not in (asked.features or ())])
    arm, names = _arms(file, asked)
    outcome = file.numbers(asked.outcome)
    if np.ptp(outcome) == 0:
        raise InputError(
            f"column {asked.outcome!r} of {path} is {outcome[0]:g} in all {len(outcome):,} rows: nothing to compare",
            path=str(path),
            column=asked.outcome,
            count=len(outcome),
        )
    column = asked.cost if asked.cost in file.names else None
    arm_cost, costs = (np.zeros(len(names)), {"": column}) if column else _costs(file, asked.cost, len(arm), names)
    paid = file.numbers(column) if column else np.zeros(len(arm))
    chance = _chances(file, asked.propensity, arm, len(names))
    taken = [asked.treatment, asked.outcome, customer, asked.propensity, column]
    _apart([name for name in taken if name is not None], path)
    others = [] if asked.features else [name for name in file.names if name.lower() in PROPENSITY]
    features = Features.learn(file, asked.features, [*(name for name in taken if name is not None), *others], outcome)
    who = file.levels(customer)[0] if customer else np.arange(len(file))
    trial = Trial(features.matrix(file), features.names, arm, named(names), outcome - paid, chance, who)
    return ReadTest(trial, outcome, outcome - paid - arm_cost[arm], arm_cost, features, customer, costs)


def _arms(file: TableFile, asked: Asked) -> tuple[Ints, tuple[str, ...]]:
    """Return each row's arm, and their names with the control first."""
    code, values = file.arms(asked.treatment, called=(asked.control,))
    rows = np.bincount(code, minlength=len(values))
    there = ", ".join(f"{value!r} ({count:,})" for value, count in list(zip(values, rows.tolist(), strict=True))[:12])
    if len(values) > MOST_ARMS:
        raise InputError(
            f"column {asked.treatment!r} of {file.path} has {len(values):,} different values: hardly arms of a test; "
            f"at most {MOST_ARMS} are allowed",
            column=asked.treatment,
            count=len(values),
        )
    if asked.control not in values:
        raise InputError(
            f"column {asked.treatment!r} of {file.path} never says {asked.control!r}; its values, with rows: {there}"
            + (f" and {len(values) - 12} more" if len(values) > 12 else ""),
            hint="name the value of those who were given nothing with --control",
            column=asked.treatment,
            value=asked.control,
            found=dict(zip(values, rows.tolist(), strict=True)),
        )
    if len(values) < 2:
        raise InputError(
            f"column {asked.treatment!r} of {file.path} says {asked.control!r} in all {len(code):,} rows: "
            "no arm to compare it with",
            column=asked.treatment,
            count=len(code),
        )
    first = values.index(asked.control)
    order = [first, *(index for index in range(len(values)) if index != first)]
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    return rank[code], tuple(values[index] for index in order)


def _costs(
    file: TableFile, said: str | None, rows: int, names: Sequence[str]
) -> tuple[Floats, Mapping[str, float | str]]:
    """Return (k,) what each arm costs, and the same by name."""
    costs: dict[str, float | str] = {}
    amounts = np.zeros(len(names))
    if said is None:
        return amounts, costs
    if "=" not in said:
        file.numbers(said)
    for part in said.split(","):
        name, _, text = part.rpartition("=")
        name = name.strip()
        if name not in names:
            raise InputError(
                f"cost names arm {name!r}, which nobody was given (0 of {rows:,} rows); "
                f"arms: {', '.join(map(repr, names))}",
                arm=name,
                count=0,
                found=list(names),
            )
        if name in costs:
            raise InputError(f"cost names arm {name!r} more than once: {said}", arm=name, value=said)
        amounts[names.index(name)] = costs[name] = _amount(name, text)
    return amounts, costs


def _amount(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"cost of arm {name!r} is {text!r}; allowed: a number", arm=name, value=text)
    return value


def _chances(file: TableFile, column: str | None, arm: Ints, arms: int) -> Floats:
    if column is None:
        return np.asarray((np.bincount(arm, minlength=arms) / len(arm))[arm])
    chance = file.numbers(column)
    refuse(file.path, column, chance <= 0, "0 or below")
    refuse(file.path, column, chance < SMALLEST, f"below {SMALLEST:g}")
    refuse(file.path, column, chance > 1, "above 1")
    return chance


def _apart(taken: Sequence[str], path: Path) -> None:
    twice = [name for name in taken if taken.count(name) > 1]
    if twice:
        raise InputError(f"column {twice[0]!r} of {path} is named as more than one thing", column=twice[0])
