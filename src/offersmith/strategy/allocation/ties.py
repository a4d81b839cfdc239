"""The last customers, near a tie, decided exactly: a linear program over them (HiGHS), then a search among wholes.

At the best prices all but as many customers as there are limits have a clear best offer in the linear program. Those
that are split, and the ones nearest to a tie, are decided again as wholes with every limit on both sides; everybody
else is held. The search (`switching`) usually comes through all of it in milliseconds, or very close to the best; else
a small integer program is asked too. Where so few cannot keep the limits, more are let go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from offersmith.strategy.allocation.core import Core
from offersmith.strategy.allocation.problem import Floats, Rows
from offersmith.strategy.allocation.quiet import quiet
from offersmith.strategy.allocation.sifting import Ints
from offersmith.strategy.allocation.switching import switched

FEW, MORE, ENOUGH = 40, 4, 160
"""Customers decided as wholes besides the split ones, by how many times more the next time, and how many are enough."""
CLOSE = 50.0
"""Times the value that need not be found: a search that has lost no more need not come through."""
NODES = 300
"""Of the integer program, which is asked where a search neither comes through nor so close."""
_SLACK = 4e-6
"""HiGHS keeps rows to 1e-6 of what one option draws at most; they are asked a little more."""


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """An answer for a core.

    Attributes:
        option: (c,) the option of each undecided customer, -1 for none; None where the limits cannot be kept.
        price: (R,) dual prices of the linear program; None where it has no solution.
    """

    option: Ints | None
    price: Floats | None


def settle(core: Core, rows: Rows, spare: float) -> Settled:
    """Decide a core.

    Args:
        core: few enough for a linear program.
        rows: the limits.
        spare: value that need not be found: the integer program may stop so near the best.
    """
    line = _Line.of(core, rows)
    if not len(core.offer):
        kept = bool((line.rest >= 0).all())
        return Settled(np.full(len(core), -1, np.int64) if kept else None, None)
    solved = linprog(
        -line.value / line.worth, A_ub=vstack([line.once, line.drawn]), b_ub=np.append(np.ones(len(core)), line.rest),
        bounds=(0, 1), method="highs-ds",
    )  # fmt: skip
    if solved.x is None:
        return Settled(None, None)
    price = np.maximum(-solved.ineqlin.marginals[len(core) :], 0.0) * (line.worth / line.unit)
    whole, option = _wholes(core, solved.x)
    regret, result = _regret(core, rows, price), None
    size = FEW
    while True:
        free = ~whole
        free[np.argsort(regret, kind="stable")[:size]] = True
        better = _decided(core, rows, price, free, option, result, spare)
        result = result if better is None else better
        if size >= len(core) or (result is not None and size >= ENOUGH):
            return Settled(result, price)
        size *= MORE


def _decided(
    core: Core, rows: Rows, price: Floats, free: NDArray[np.bool_], option: Ints, known: Ints | None, spare: float
) -> Ints | None:
    """Return (c,) options that keep all rows and are worth more than those known, if there are any.

    Args:
        core: all of them.
        rows: the limits.
        price: (R,) dual prices.
        free: (c,) who is decided; the others are held to
        option: (c,) what the linear program gives them.
        known: (c,) options that keep all rows, worth less; None = there are none yet.
        spare: as of `settle`.
    """
    inner, line = core.only(free, option), _Line.of(core.only(free, option), rows)
    if not len(inner.offer):
        return option if known is None and (line.rest >= 0).all() else None
    held = _worth(core, option[~free])
    least = -np.inf if known is None else _worth(core, known) - held
    found = switched(inner, line.each, line.whole, price, least)
    chosen = found.option
    if (known is None or free.all()) and not found.through and found.lost > CLOSE * spare:
        # Too many are alike to be tried one by one: a program that cuts finds more, or that there is nothing.
        other = _integer(inner, line, spare)
        if other is not None and _worth(inner, other) > max(
            least, -np.inf if chosen is None else _worth(inner, chosen)
        ):
            chosen = other
    if chosen is None:
        return None
    result, inside = option.copy(), np.append(np.flatnonzero(np.repeat(free, np.diff(core.start))), -1)
    result[free] = inside[chosen]
    return result


def _worth(core: Core, option: Ints) -> float:
    return float(core.drawn[2, option[option >= 0]].sum())


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """The linear program of a core; rows are in units of the most that one option draws, values of the largest.

    HiGHS means its tolerances for numbers about one: in a currency of large or tiny numbers it finds nothing, or less.

    Attributes:
        value: (o,) of the options.
        worth: the largest of them, whatever its sign.
        once: (c, o) each customer gets one at most.
        drawn: (R, o) of the rows.
        rest: (R,) what is asked of a program that keeps rows but nearly.
        true: (R,) what has to be kept.
        unit: (R,) of the rows.
        each: (R, o) what is drawn, in no unit.
        whole: (R,) what may be drawn, likewise; a whole number where all options draw whole numbers.
    """

    value: Floats
    worth: float
    once: csr_array
    drawn: csr_array
    rest: Floats
    true: Floats
    unit: Floats
    each: Floats
    whole: Floats

    @classmethod
    def of(cls, core: Core, rows: Rows) -> _Line:
        each = draws(core, rows)
        count = len(core.offer)
        customer = np.repeat(np.arange(len(core)), np.diff(core.start))
        once = csr_array((np.ones(count), (customer, np.arange(count))), shape=(len(core), count))
        rest = rows.bound - rows.usage(core.settled)
        most = np.abs(each).max(axis=1, initial=0.0)
        unit = np.where(most > 0, most, 1.0)  # nothing in the core draws on some rows
        whole = (each == np.round(each)).all(axis=1)
        true = np.where(whole, np.floor(rest + 1e-9 * np.maximum(1.0, np.abs(rows.bound))) + 0.25, rest)
        true -= np.where(whole, 0.0, np.minimum(1e-12 * np.abs(rows.bound), np.maximum(true, 0.0)))
        asked = np.where(whole, true, np.where(true >= 0, np.maximum(true - _SLACK * unit, 0.0), true - _SLACK * unit))
        exact = np.where(whole, np.floor(true), true)
        value = core.drawn[2]
        worth = float(np.abs(value).max(initial=0.0)) or 1.0
        return cls(value, worth, once, csr_array(each / unit[:, None]), asked / unit, true / unit, unit, each, exact)


def draws(core: Core, rows: Rows) -> Floats:
    """Return (R, o) what every option draws of every row."""
    return np.asarray(np.einsum("rmo,mo->ro", rows.weight[:, :, core.offer, core.cell], core.drawn))


def _integer(core: Core, line: _Line, spare: float) -> Ints | None:
    top, rest = float(np.abs(line.value).sum()), line.rest.copy()
    for _ in range(3):
        limits = LinearConstraint(vstack([line.once, line.drawn]), -np.inf, np.append(np.ones(len(core)), rest))
        with quiet():
            solved = milp(
                -line.value / line.worth, integrality=np.ones(len(line.value)), bounds=Bounds(0, 1), constraints=limits,
                options={"mip_rel_gap": min(spare / max(top, 1e-300), 0.1), "node_limit": NODES},
            )  # fmt: skip
        if solved.x is None:
            return None
        option = _wholes(core, solved.x)[1]
        over = np.asarray(line.drawn @ (np.bincount(option[option >= 0], minlength=len(line.value)))) - line.true
        if (over <= 0).all():
            return option
        rest = rest - 2 * np.maximum(over, 0.0)
    return None


def _wholes(core: Core, x: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """Return (c,) whether a customer is not split, and (c,) the option with the largest part, -1 for none."""
    whole, option = np.ones(len(core), np.bool_), np.full(len(core), -1, np.int64)
    customer = np.repeat(np.arange(len(core)), np.diff(core.start))
    split = (x > 1e-7) & (x < 1 - 1e-7)
    whole[customer[split]] = False
    given = np.flatnonzero(x > 0.5)
    option[customer[given]] = given
    return whole, option


def _regret(core: Core, rows: Rows, price: Floats) -> Floats:
    """Return (c,) by how much the best option at these prices is above the next one."""
    table = rows.tables(price)
    reduced = core.drawn[2] - np.einsum("mo,mo->o", table[:, core.offer, core.cell], core.drawn)
    customer = np.repeat(np.arange(len(core)), np.diff(core.start))
    first = np.zeros(len(core))
    np.maximum.at(first, customer, reduced)
    at = np.full(len(core), -1, np.int64)
    best = np.flatnonzero(reduced == first[customer])
    at[customer[best]] = best
    others = np.ones(len(reduced), np.bool_)
    others[at[at >= 0]] = False
    second = np.where(at >= 0, 0.0, -np.inf)
    np.maximum.at(second, customer[others], reduced[others])
    return first - second
