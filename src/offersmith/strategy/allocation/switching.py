"""The few customers nearest to a tie, decided by trying: who switches to their second best, and what that loses.

At the dual prices p of the linear program a choice of wholes falls short of the program's value by

    sum over customers of (their best reduced value - that of what they get) + sum over rows of p * what is left,

and no term is below zero. So a search in depth that starts from everybody's best and lets those with the least to lose
switch first may leave every branch that has lost more than the best answer so far (branch and bound: Land and Doig
1960, with the reduced costs as the bound), or that cannot keep a row any more whatever the others get. Where many
customers lie near a tie it finds, within milliseconds, an answer that loses next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.compiled import compiled
from offersmith.strategy.allocation.core import Core
from offersmith.strategy.allocation.problem import Floats
from offersmith.strategy.allocation.sifting import Ints

WORK = 10_000_000
"""Options tried, times the rows each is held to, at most: a tenth of a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Switched:
    """What was found.

    Attributes:
        option: (c,) the option of every customer, -1 for none; None where nothing was found that keeps all rows.
        lost: how far it is below what the linear program says at these prices; infinite where nothing was found.
        through: whether every branch was looked at, so that nothing else is worth more.
    """

    option: Ints | None
    lost: float
    through: bool


def switched(core: Core, draw: Floats, rest: Floats, price: Floats, least: float = -np.inf) -> Switched:
    """Return the choice of wholes that is worth most, as far as it was searched.

    Args:
        core: few customers.
        draw: (R, o) what every option draws of every row.
        rest: (R,) of each row that may be drawn; below zero where a floor has to be reached.
        price: (R,) dual prices, not negative.
        least: a choice of them that is worth no more than this is not looked for.
    """
    customers, options = len(core), len(core.offer)
    owner = np.repeat(np.arange(customers), np.diff(core.start))
    # Nothing is an option of everybody, and draws nothing.
    owner, option = np.append(owner, np.arange(customers)), np.append(np.arange(options), np.full(customers, -1))
    drawn = np.hstack([draw, np.zeros((len(rest), customers))]).T
    reduced = np.append(core.drawn[2] - price @ draw, np.zeros(customers))
    top = np.zeros(customers)
    np.maximum.at(top, owner, reduced)
    loss = top[owner] - reduced
    order = np.lexsort((option, loss, owner))
    second = np.full(customers, np.inf)
    start = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=customers))])
    several = np.flatnonzero(np.diff(start) > 1)
    second[several] = loss[order][start[several] + 1]
    # Who has least to lose comes last, and so is tried again first.
    turn = np.argsort(-second, kind="stable")
    place = np.concatenate([order[start[c] : start[c + 1]] for c in turn]) if customers else order
    ends = np.concatenate([[0], np.cumsum(np.diff(start)[turn])])
    chosen, most = np.full(customers, -1, np.int64), max(1, WORK // max(len(rest), 1))
    within = float(top.sum() + price @ rest) - least
    lost, steps = _search(ends, loss[place], np.ascontiguousarray(drawn[place]), rest, price, within, most, chosen)
    if lost >= within:
        return Switched(None, np.inf, steps < most)
    found = np.empty(customers, np.int64)
    found[turn] = option[place[chosen]]
    return Switched(found, lost, steps < most)


@compiled
def _search(
    start: Ints, loss: Floats, drawn: Floats, rest: Floats, price: Floats, within: float, most: int, best: Ints
) -> tuple[float, int]:
    """Fill `best` with the place of every customer's option; return what it loses (`within`: none), and the steps."""
    customers, rows = start.shape[0] - 1, rest.shape[0]
    low, high = np.zeros((customers + 1, rows)), np.zeros((customers + 1, rows))
    _reach(start, drawn, low, high)
    at, lost, used = start[:-1].copy(), np.zeros(customers + 1), np.zeros((customers + 1, rows))
    found, steps, c = within, 0, 0
    while c >= 0 and steps < most:
        if c == customers or at[c] == start[c + 1]:
            if c < customers:
                at[c] = start[c]
            c -= 1
            if c >= 0:
                at[c] += 1
            continue
        o = at[c]
        steps += 1
        lost[c + 1] = lost[c] + loss[o]
        if lost[c + 1] >= found:  # and so would the further ones, which lose more
            at[c] = start[c + 1]
            continue
        unused = _unused(used[c], drawn[o], low[c + 1], high[c + 1], rest, price, used[c + 1])
        if lost[c + 1] + unused >= found:
            at[c] += 1
            continue
        c += 1
        if c == customers:
            found = lost[c] + unused
            best[:] = at
    return found, steps


@compiled
def _reach(start: Ints, drawn: Floats, low: Floats, high: Floats) -> None:
    """Fill the least and the most that customer c and all after them may draw of every row."""
    for c in range(start.shape[0] - 2, -1, -1):
        for r in range(drawn.shape[1]):
            least, most = np.inf, -np.inf
            for o in range(start[c], start[c + 1]):
                least, most = min(least, drawn[o, r]), max(most, drawn[o, r])
            low[c, r], high[c, r] = low[c + 1, r] + least, high[c + 1, r] + most


@compiled
def _unused(
    used: Floats, drawn: Floats, low: Floats, high: Floats, rest: Floats, price: Floats, after: Floats
) -> float:
    """Fill what is used after an option, and return the price of what stays unused at least; infinite: a row breaks."""
    unused = 0.0
    for r in range(rest.shape[0]):
        after[r] = used[r] + drawn[r]
        if after[r] + low[r] > rest[r]:
            return np.inf
        unused += price[r] * max(rest[r] - after[r] - high[r], 0.0)
    return unused
