"""Rules with more than one product before the arrow, such as say more than every shorter rule in them.

A rule `a, b -> c` is worth telling only if `b` adds to `a -> c` and `a` to `b -> c`: that it is *productive* (Webb
2007, "Discovering significant patterns", Machine Learning 68). For each product before the arrow it is tested whether,
among the baskets with all the others before it, those with it hold what stands after more often: Fisher's exact test.
The largest of these p-values is the rule's, so that a rule is as sure as its least useful part.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pyarrow as pa

from offersmith.preference.mining.incidence import Incidence
from offersmith.preference.mining.measures import RULES, Whole, rules
from offersmith.preference.mining.sets import Level
from offersmith.preference.mining.significance import log_more


def set_rules(found: Incidence, levels: tuple[Level, ...], names: pa.Array) -> pa.Table:
    """Return the rules of all sets of three items and more as `measures.RULES`, short ones first, then the surest.

    Args:
        found: the matrix.
        levels: its frequent sets of two items, three and so on.
        names: of its items.
    """
    tables = [
        _rules(found, level, levels[size - 3], levels[size - 4] if size > 3 else None, names)
        for size, level in enumerate(levels, 2)
        if size > 2
    ]
    return pa.concat_tables([RULES.empty_table(), *tables])


def _rules(found: Incidence, level: Level, smaller: Level, smallest: Level | None, names: pa.Array) -> pa.Table:
    size = level.members.shape[1]
    befores, afters, counts, log_ps = [], [], [], []
    for place in range(size):
        before, after = np.delete(level.members, place, axis=1), level.members[:, place]
        with_before = _counts(smaller, before)
        log_p = np.full(len(after), -np.inf)
        for part in range(size - 1):
            others = np.delete(before, part, axis=1)
            among = found.counts[others[:, 0]] if smallest is None else _counts(smallest, others)
            then = _counts(smaller, np.sort(np.column_stack([others, after]), axis=1))
            asked = (level.together, with_before, then, among)
            log_p = np.maximum(log_p, log_more(*(one.astype(np.float64) for one in asked)))
        befores.append(before)
        afters.append(after)
        counts.append(with_before)
        log_ps.append(log_p)
    after, with_before = np.concatenate(afters), np.concatenate(counts)
    told = (np.tile(level.together, size), with_before, found.counts[after])
    tests = comb(len(found.items), size) * size
    return rules(names, np.concatenate(befores), after, told, found.baskets, np.concatenate(log_ps), tests)


def _counts(level: Level, members: Whole) -> Whole:
    """Return the baskets that hold each of these sets: all of them are in the level, as subsets of what is."""
    return level.together[level.find(members)]
