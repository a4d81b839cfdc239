"""How well it is foretold what customers buy on their next day of buying: encoders, the popular, and their own.

Only things of the vocabulary count, since only these can be named; customers who then bought none of it are left out,
for everybody alike. It is a look at what encoders learn on the side, no contest of recommenders.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from offersmith.profiles.purchase.base import FittedPredictor, Rows
from offersmith.profiles.purchase.encoded import FittedEncoded
from offersmith.profiles.sequences.steps import Things
from offersmith.profiles.sequences.vocabulary import FIRST, Vocabulary

TOP = 10
Ints = NDArray[np.int64]


def next_bought(fitted: Mapping[str, FittedPredictor], known: Rows, held: Rows) -> list[dict[str, Any]]:
    """Return hit rate and mean reciprocal rank of every encoder, of the popular things, and of the customer's own."""
    encoded = {name: one for name, one in fitted.items() if isinstance(one, FittedEncoded)}
    if not encoded or held.steps is None or known.steps is None:
        return []
    names = next(iter(encoded.values())).served.vocabulary
    truth = _rows(held.steps.following, names)
    asked = [row for row, one in enumerate(truth) if one]
    popular = _order(np.bincount(names.numbers(known.steps.things), minlength=len(names)))
    days, things = held.steps.ends, held.steps.things
    owned = names.numbers(things)
    ranked: dict[str, list[Ints]] = {"popular": [popular] * len(asked), "own": []}
    for row in asked:
        mine = owned[things.ends[days[row]] : things.ends[days[row + 1]]]
        own = _order(np.bincount(mine, minlength=len(names)))
        ranked["own"].append(np.concatenate([own, np.setdiff1d(popular, own, assume_unique=True)])[:TOP])
    for name, one in encoded.items():
        best = one.served.next_things(held.steps, TOP)
        ranked[name] = [best[row] for row in asked]
    return [{"by": name, "customers": len(asked), **_judged(best, [truth[row] for row in asked])}
            for name, best in ranked.items()]  # fmt: skip


def _order(counts: Ints) -> Ints:
    """Return the things there are, the most frequent first, `TOP` at most."""
    counts[:FIRST] = 0
    best = np.argsort(-counts, kind="stable")[:TOP]
    return best[counts[best] > 0]


def _rows(of: Things, names: Vocabulary) -> list[set[int]]:
    numbers = names.numbers(of)
    return [{int(one) for one in numbers[start:end] if one >= FIRST} for start, end in pairwise(of.ends)]


def _judged(ranked: list[Ints], truth: list[set[int]]) -> dict[str, float]:
    first = [next((place + 1 for place, one in enumerate(row[:TOP].tolist()) if one in bought), 0)
             for row, bought in zip(ranked, truth, strict=True)]  # fmt: skip
    places = np.array(first, np.float64)
    inverse = np.divide(1.0, places, out=np.zeros_like(places), where=places > 0)
    return {"hit": float((places > 0).mean()), "mrr": float(inverse.mean())}
