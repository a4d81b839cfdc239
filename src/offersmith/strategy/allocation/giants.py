"""A few customers who are each worth a good part of all: what each may get is tried, and the others are solved anew.

Prices prove an answer up to what the customers are worth whom a linear program would split. One who is worth a
hundredth of all leaves a gap of as much, and may even have everything given up that they would have drawn on. So where
there are such customers and a gap, each of their offers, or none, is taken as given in turn (branch and bound, Land and
Doig 1960; the branch with the largest bound first), with the limits less what it draws. No answer is worth more than
the largest bound of the branches that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import InfeasibleError
from offersmith.strategy.allocation.problem import OWN, VALUE, Floats, Limit, Memory, Rows
from offersmith.strategy.certificate import Assignment, Row

GAP = 1e-4
"""Gap from which it is asked whether giants leave it."""
SHARE = 0.01
"""Of the bound, that an offer to a giant is worth."""
MOST, SOLVES = 8, 60
"""Giants decided apart, the largest, and how often the others are solved."""

Solve = Callable[[Memory, Sequence[Limit]], Assignment]


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    """Some giants with what they get.

    Attributes:
        given: (g,) the offers of the first giants, -1 for none.
        bound: nothing in this branch is worth more.
        found: the best known here, of all customers; None where there is none.
    """

    given: tuple[int, ...]
    bound: float
    found: Assignment | None


def apart(instance: Memory, limits: Sequence[Limit], found: Assignment, solve: Solve) -> Assignment:
    """Return the answer with its gap closed as far as giants leave it.

    Args:
        instance: all customers.
        limits: all of them.
        found: an answer, with its certificate.
        solve: finds an answer of what is left.
    """
    who = giants(instance, found)
    if not len(who):
        return found
    rows = Rows.of(limits, instance.offers, instance.cells, OWN + instance.extra.shape[0])
    left = [_Branch((), found.certificate.dual_bound, found)]
    closed, best, solved = -np.inf, found, 0
    while left:
        branch = max(left, key=lambda one: one.bound)
        left.remove(branch)
        worth = best.certificate.value
        done = branch.bound - worth <= GAP * SHARE * abs(branch.bound)
        if done or len(branch.given) == len(who) or solved >= SOLVES:
            closed = max(closed, branch.bound)
            if done:
                break
            continue
        for offer in (-1, *np.flatnonzero(np.isfinite(instance.value[:, who[len(branch.given)]])).tolist()):
            child = _branched(instance, limits, rows, who, branch, int(offer), solve)
            solved += 1
            if child.found is not None and child.found.certificate.value > best.certificate.value:
                best = child.found
            if child.bound > -np.inf:
                left.append(child)
    bound = max(closed, best.certificate.value, *(one.bound for one in left))
    return _bounded(best, bound)


def giants(instance: Memory, found: Assignment) -> NDArray[np.int64]:
    """Return the customers whom one offer may make worth a good part of all, largest first.

    There are none where more are so than could be at once: the limits then leave next to nothing for anybody, and what
    a few of them get decides nothing about the rest.
    """
    worth = np.where(np.isfinite(instance.value), np.abs(instance.value), 0.0).max(axis=0, initial=0.0)
    large = np.flatnonzero(worth > SHARE * abs(found.certificate.dual_bound))
    if len(large) > 1 / SHARE:
        return large[:0]
    return large[np.argsort(-worth[large], kind="stable")][:MOST]


def _branched(
    instance: Memory,
    limits: Sequence[Limit],
    rows: Rows,
    who: NDArray[np.int64],
    branch: _Branch,
    offer: int,
    solve: Solve,
) -> _Branch:
    """Return a branch with what the next giant gets."""
    given = (*branch.given, offer)
    value, drawn, worth = instance.value.copy(), np.zeros(len(limits)), 0.0
    for giant, own in zip(who[: len(given)].tolist(), given, strict=True):
        value[:, giant] = -np.inf
        if own >= 0:
            drawn += _draws(instance, rows, giant, own)
            worth += float(instance.value[own, giant])
    rest = replace(instance, value=value)
    bounds = ((rows.bound - drawn) * rows.sign).tolist()
    try:
        found = solve(rest, [replace(limit, bound=bound) for limit, bound in zip(limits, bounds, strict=True)])
    except InfeasibleError as fault:
        # Proved, where parts of offers would not do either; else nothing is known but what was known before.
        proved = fault.facts["conflict"]["kind"] == "contradiction"
        return _Branch(given, -np.inf if proved else branch.bound, None)
    choice, proof = found.choice.copy(), found.certificate
    choice[who[: len(given)]] = given
    used = (drawn * rows.sign).tolist()
    lines = tuple(
        Row(row.name, limit.bound, row.usage + more, row.price, row.at_least)
        for row, limit, more in zip(proof.rows, limits, used, strict=True)
    )
    whole = replace(proof, value=proof.value + worth, rows=lines)
    return _Branch(given, min(branch.bound, proof.dual_bound + worth), Assignment(choice, whole))


def _draws(instance: Memory, rows: Rows, customer: int, offer: int) -> Floats:
    """Return (R,) what an offer to a customer draws of every row."""
    cell = int(instance.cell[0 if instance.cell.size == 1 else customer])
    measures = np.array([1.0, instance.cost[offer, customer], 0.0, *instance.extra[:, offer, customer]])
    measures[VALUE] = instance.value[offer, customer]
    return np.asarray(rows.weight[:, :, offer, cell] @ measures)


def _bounded(found: Assignment, bound: float) -> Assignment:
    """Return an answer with another bound."""
    value = found.certificate.value
    gap = (bound - value) / abs(bound) if bound else 0.0
    return Assignment(found.choice, replace(found.certificate, dual_bound=bound, gap=gap))
