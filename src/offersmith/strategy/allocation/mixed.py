"""More customers tie than a program can take: most of them are divided by shares, a few are left to be decided exactly.

Where many are alike, no prices part them. The planes of the dual at its lowest place carry weights, and giving each
customer what is best at the place of one plane, as often as its weight says, keeps all limits on average and loses
nothing of the value (Anstreicher and Wolsey 2009, Larsson, Patriksson and Stroemberg 1999: primal solutions from dual
weights). Shares are dealt by a sequence of low discrepancy, so that they come out even in every group.
"""

from __future__ import annotations

import numpy as np

from offersmith.strategy.allocation.core import Core
from offersmith.strategy.allocation.planes import Lowest
from offersmith.strategy.allocation.problem import Rows, stretches
from offersmith.strategy.allocation.sifting import Ints

_GOLDEN = 0.6180339887498949


def mixed(core: Core, rows: Rows, low: Lowest, options: int) -> tuple[Core, Ints]:
    """Return the core of a few, and (c,) the option of everybody else in the core they came from.

    Args:
        core: too large.
        rows: the limits.
        low: of its dual function.
        options: how many the smaller core may have.
    """
    taken = np.array([core.take(rows, place)[1] for place in low.places])
    # Those who are alike stand together, so that every kind of customer is divided evenly.
    first = np.append(core.cell, 0)[core.start[:-1]]
    alike = np.lexsort((*core.offers_of(taken), first))
    dealt = np.empty(len(core))
    dealt[alike] = np.modf(np.arange(len(core)) * _GOLDEN)[0]
    which = np.minimum(np.searchsorted(np.cumsum(low.weights), dealt, side="right"), len(taken) - 1)
    option = taken[which, np.arange(len(core))]
    few = np.zeros(len(core), np.bool_)
    few[stretches(len(core), max(1, options * len(core) // len(core.offer)), 0)] = True
    return core.only(few, option), np.where(few, -1, option)
