"""Lots that use several rows as expected: the cube method, over customers who each have a few cells.

The idea of `balance` for one row, for many: as long as more customers are undecided than there are rows, some direction
changes their chances and leaves every row's expected use where it is. They move along it until a cell is ruled out, one
way or the other, with odds that leave every chance in expectation where it was. In the end no more customers are
undecided than there are rows; then the last row is let go, then the one before it, and so on. So every cell is drawn
with exactly its chance, and the use of row j (from 1) differs from what is expected by at most what j customers may
draw. (Deville and Tille 2004; the undecided are held as a basis with its elimination, as in Chauvet and Tille 2006.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from offersmith.compiled import compiled
from offersmith.strategy.allocation.problem import Cells
from offersmith.strategy.kernels import Choice, Floats
from offersmith.strategy.lots import Lots
from offersmith.strategy.moves import move, number, two

ALIKE = 1e-10
"""Of a row's largest draw: what is left of a direction below this is rounding."""
ENDS = 1e-12
"""A cell this near to being ruled out, relative to its chance, is."""
REFRESH = 1000
"""Steps after which the elimination is worked out anew, so that rounding does not add up."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What the cells draw: cell 0 is the optimum's choice, cell 1 none, cell k + 2 offer k.

    Attributes:
        weight: (R, 3, K, C) of the count, cost and worth of an offer, the row to be kept best first.
        cell: (n,) the customers' cells of weights, or (1,).
        cost: (K, n).
        worth: (K, n).
        best: (n,) the optimum's choice, -1 for none.
        largest: (R,) what one customer's cells differ by at most; above zero.
        further: (R, n) what the optimum's choice draws beside its weights; None where it draws nothing else.
    """

    weight: Floats
    cell: Cells
    cost: Floats
    worth: Floats
    best: Choice
    largest: Floats
    further: Floats | None = None


def cubed(chance: Floats, draws: Draws, order: Ints, start: Lots) -> Ints:
    """Draw one cell for every customer.

    Args:
        chance: (A, n), not negative, adding up to 1 over the cells of a customer.
        draws: what the cells draw.
        order: (n,) the customers as they come.
        start: (1,) 64 bits from which the randomness comes.

    Returns:
        (n,) the cell of each customer.
    """
    weight = draws.weight / draws.largest[:, None, None, None]
    further = np.zeros((draws.largest.size, 1)) if draws.further is None else draws.further / draws.largest[:, None]
    drawn, state = np.empty(chance.shape[1], np.int64), start.copy()
    who, left = np.arange(chance.shape[1]), chance
    for rows in range(weight.shape[0], -1, -1):
        kept, beside = np.ascontiguousarray(weight[:rows]), np.ascontiguousarray(further[:rows])
        parts = (kept, draws.cell, draws.cost, draws.worth, draws.best, beside)
        who, left = _flight(left, who, order, *parts, state, drawn)
        order = np.arange(who.size)
    return drawn


@compiled
def _direction(
    weight: Floats,
    cell: Cells,
    cost: Floats,
    worth: Floats,
    best: Choice,
    beside: Floats,
    i: int,
    to: int,
    of: int,
    out: Floats,
) -> None:
    """Fill (R,): what moving a customer's chance from one cell to another draws."""
    out[:] = 0.0
    own = 0 if beside.shape[1] == 1 else i
    c = 0 if cell.size == 1 else np.int64(cell[i])
    for sign, a in ((1.0, to), (-1.0, of)):
        k = np.int64(best[i]) if a == 0 else a - 2
        if k >= 0:
            for r in range(out.size):
                w = weight[r]
                draw = w[0, k, c] + w[1, k, c] * cost[k, i] + w[2, k, c] * worth[k, i]
                out[r] += sign * (draw + beside[r, own] if a == 0 else draw)


@compiled
def _pivot(elimination: Floats, w: Floats, p: int) -> None:
    """Change the elimination so that `w` becomes the unit vector of row p."""
    elimination[p] /= w[p]
    for r in range(w.size):
        if r != p and w[r] != 0.0:
            elimination[r] -= w[r] * elimination[p]


@compiled
def _free(w: Floats, free: NDArray[np.bool_]) -> int:
    """Return the free row in which a direction is largest; -1 where it lies in the span of those that are held."""
    p = -1
    for r in range(w.size):
        if free[r] and abs(w[r]) > ALIKE and (p < 0 or abs(w[r]) > abs(w[p])):
            p = r
    return p


@compiled
def _shifted(left: Floats, a: int, b: int, by: float) -> bool:
    """Move chance from cell b to cell a (or back); return whether one of them is ruled out."""
    if by >= left[b] * (1 - ENDS):
        by = left[b]
    elif -by >= left[a] * (1 - ENDS):
        by = -left[a]
    move(left, a, b, by)
    return bool(left[a] == 0.0 or left[b] == 0.0)


@compiled
def _step(left: Floats, d: int, e: int, held: Floats, free: NDArray[np.bool_], w: Floats, state: Lots) -> float:
    """Return how far the customer moves, and with them, against them, those who are held."""
    up, down = left[e], left[d]
    for s in range(w.size):
        if not free[s] and abs(w[s]) > ALIKE:
            a, b = two(held[s])
            more, less = (held[s, a], held[s, b]) if w[s] > 0 else (held[s, b], held[s, a])
            up, down = min(up, more / abs(w[s])), min(down, less / abs(w[s]))
    return float(up if number(state) * (up + down) < down else -down)


@compiled
def _follow(held: Floats, free: NDArray[np.bool_], w: Floats, by: float, out: NDArray[np.bool_]) -> int:
    """Move those who are held against the customer; fill who is ruled out; return the row of the one who moved most."""
    p = -1
    for s in range(w.size):
        out[s] = False
        if not free[s] and abs(w[s]) > ALIKE:
            a, b = two(held[s])
            out[s] = _shifted(held[s], a, b, -w[s] * by)
            if out[s] and (p < 0 or abs(w[s]) > abs(w[p])):
                p = s
    return p


@compiled
def _anew(along: Floats, free: NDArray[np.bool_], elimination: Floats, to: Ints) -> None:
    """Work the elimination out from the directions that are held; fill the row each then stands for, -1 for none."""
    taken = ~free
    elimination[:] = np.eye(free.size)
    free[:], to[:] = True, -1
    for s in range(free.size):
        if taken[s]:
            w = elimination @ along[s]
            p = _free(w, free)
            if p >= 0:
                _pivot(elimination, w, p)
                free[p], to[s] = False, p


@compiled
def _flight(
    chance: Floats,
    who: Ints,
    order: Ints,
    weight: Floats,
    cell: Cells,
    cost: Floats,
    worth: Floats,
    best: Choice,
    beside: Floats,
    state: Lots,
    drawn: Ints,
) -> tuple[Ints, Floats]:
    """Decide about all but as many customers as there are rows; return those, and what is left of their cells."""
    rows, cells = weight.shape[0], chance.shape[0]
    held, names, along = np.zeros((rows, cells)), np.full(rows, -1), np.zeros((rows, rows))
    free, elimination, out, to = np.ones(rows, np.bool_), np.eye(rows), np.zeros(rows, np.bool_), np.full(rows, -1)
    again, more, waiting = np.zeros((rows + 1, cells)), np.full(rows + 1, -1), 0
    v, place, steps = np.zeros(rows), 0, 0
    while place < order.size or waiting > 0:
        if waiting > 0:
            waiting -= 1
            i, left = more[waiting], again[waiting].copy()
        else:
            i, left = who[order[place]], chance[:, order[place]].copy()
            place += 1
        while True:
            d, e = two(left)
            if e < 0:
                drawn[i] = d
                break
            _direction(weight, cell, cost, worth, best, beside, i, d, e, v)
            w = elimination @ v
            p, ended = _free(w, free), False
            if p < 0:
                by = _step(left, d, e, held, free, w, state)
                ended = _shifted(left, d, e, by)
                p = _follow(held, free, w, by, out)
                for s in np.flatnonzero(out):
                    again[waiting], more[waiting], free[s] = held[s], names[s], True
                    waiting += 1
            if p >= 0 and not ended:
                _pivot(elimination, w, p)
                held[p], names[p], along[p], free[p] = left, i, v, False
                steps += 1
                break
        if steps >= REFRESH:
            steps = 0
            before = ~free
            _anew(along, free, elimination, to)
            kept, called, ways = held.copy(), names.copy(), along.copy()
            for s in np.flatnonzero(before):
                if to[s] < 0:
                    again[waiting], more[waiting] = kept[s], called[s]
                    waiting += 1
                else:
                    held[to[s]], names[to[s]], along[to[s]] = kept[s], called[s], ways[s]
    some = np.flatnonzero(~free)
    return names[some], np.ascontiguousarray(held[some].T)
