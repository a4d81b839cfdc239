"""Frequent sets of three products and more, level by level, counted exactly.

A set can be frequent only if all its subsets are (Agrawal and Srikant 1994), so that a level is found from the one
before: the column of a set is the product of its items' columns, and its counts with all other items are one sparse
product. Sets are found by their sorted items, each once. A level is bounded: where there are more sets than may be
kept, those in most baskets stay, the level says how many were left out, and so are larger sets that hold one of those.
What is counted is exact all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.measures import Whole
from offersmith.preference.mining.pairs import Pairs

MOST_ITEMS = 4
MOST_SETS = 20_000
_COLUMNS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """All frequent sets of one size.

    Attributes:
        members: sets by items (columns of the matrix), rising in each row, rows sorted.
        together: baskets that hold each set.
        cut: frequent sets left out, since there were too many; larger sets that hold them were not looked for.
    """

    members: Whole
    together: Whole
    cut: int = 0

    def find(self, members: Whole) -> Whole:
        """Return the row of each of these sets (items rising in each row), -1 where it is none of the level's."""
        own, asked = self.members[:, 0], members[:, 0]
        base = int(max(self.members.max(initial=0), members.max(initial=0))) + 1
        known = np.ones(len(asked), np.bool_)
        for column in range(1, members.shape[1]):
            own, asked = own * base + self.members[:, column], asked * base + members[:, column]
            # Numbers of what is there, so that no product of many bases runs over.
            there, own = np.unique(own, return_inverse=True)
            place = np.minimum(np.searchsorted(there, asked), max(len(there) - 1, 0))
            known &= there[place] == asked if len(there) else False
            asked = place
        return np.where(known, asked, -1)


def sets(found: Incidence, some: Pairs, most_items: int = MOST_ITEMS, most_sets: int = MOST_SETS) -> tuple[Level, ...]:
    """Return the frequent sets of two items, of three, and so on; the last level is not empty, unless it is the first.

    Args:
        found: the matrix.
        some: its frequent pairs.
        most_items: items of the largest sets.
        most_sets: sets of a size that are kept.
    """
    levels = [_bounded(Level(np.column_stack([some.first, some.second]), some.together), most_sets)]
    columns = found.columns()
    while levels[-1].members.shape[1] < most_items:
        grown = _grown(found, columns, levels[-1])
        if not len(grown.together):
            break
        levels.append(_bounded(grown, most_sets))
    return tuple(levels)


def _grown(found: Incidence, columns: csc_array, level: Level) -> Level:
    """Return the frequent sets of one item more."""
    sets_, counts = [np.zeros((0, level.members.shape[1] + 1), np.int64)], [np.zeros(0, np.int64)]
    for at in range(0, len(level.members), _COLUMNS):
        members = level.members[at : at + _COLUMNS]
        held = columns[:, members[:, 0]]
        for item in members.T[1:]:
            held = held.multiply(columns[:, item])
        product = (held.T.tocsr() @ found.matrix).tocsr()
        row = np.repeat(np.arange(len(members)), np.diff(product.indptr))
        good = np.flatnonzero((product.data >= found.floor) & (product.indices > members[row, -1]))
        sets_.append(np.column_stack([members[row[good]], product.indices[good]]))
        counts.append(product.data[good].astype(np.int64))
    members, together = np.concatenate(sets_), np.concatenate(counts)
    if not level.cut:
        return Level(members, together)
    parts = [level.find(np.delete(members, place, axis=1)) >= 0 for place in range(members.shape[1])]
    whole = np.logical_and.reduce(parts)
    return Level(members[whole], together[whole])


def _bounded(level: Level, most: int) -> Level:
    """Return a level with its rows sorted, and no more of them than may be kept."""
    members, together = level.members, level.together
    if (over := len(together) - most) > 0:
        kept = np.lexsort((*members.T[::-1], -together))[:most]
        members, together = members[kept], together[kept]
    order = np.lexsort(members.T[::-1])
    return Level(members[order], together[order], max(over, 0))
