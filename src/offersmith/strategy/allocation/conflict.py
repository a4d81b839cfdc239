"""Which limits contradict each other, and by how much the least has to give: a proof, from the same dual function.

With values counted as nothing, the dual function of limits that can be kept is nowhere below zero (Farkas' lemma):
prices at which it is are a proof that they cannot, and name the limits that take part. Each is dropped in turn to see
whether the others contradict each other without it, so that what is named is a conflict that ends when any one goes.
"""

from __future__ import annotations

import numpy as np

from offersmith.strategy.allocation.planes import Lowest, lowest
from offersmith.strategy.allocation.pricing import take
from offersmith.strategy.allocation.problem import Floats, Instance, Rows

_LEAST = 1e-9
_MOST = 200


def conflict(instance: Instance, rows: Rows) -> str:
    """Return what cannot be kept together, in a sentence that names limits and figures."""
    kept = np.arange(len(rows.names))
    found = _lowest(instance, rows, kept)
    if not _proves(found, rows, kept):
        return (
            f"limits {list(rows.names)} leave no assignment of whole offers, though shares of offers would keep them; "
            "make one of them a little wider"
        )
    kept = kept[found.place > 0]
    for row in kept.tolist():
        others = kept[kept != row]
        without = _lowest(instance, rows, others)
        if len(others) and _proves(without, rows, others):
            kept, found = others, without
    found = _lowest(instance, rows, kept)
    drawn = sum(
        weight * rows.usage(take(instance, rows, _all(rows, kept, place), worth=0.0).drawn)
        for weight, place in zip(found.weights, found.places, strict=True)
    )
    texts = []
    for row in kept.tolist():
        sign, floor = rows.sign[row], rows.sign[row] < 0
        bound, possible = rows.bound[row] * sign, float(drawn[row] * sign)
        far = drawn[row] > rows.bound[row] + _LEAST * max(1.0, abs(rows.bound[row]))
        texts.append(
            f"{rows.names[row]} {'at least' if floor else 'at most'} {bound:,.2f}"
            + (f" (possible beside the others: {possible:,.2f})" if far else "")
        )
    return "these limits cannot be kept together: " + "; ".join(texts)


def _proves(found: Lowest, rows: Rows, kept: np.ndarray) -> bool:
    scale = float(np.abs(found.place * rows.bound[kept]).sum())
    return found.value < -1e-7 * max(scale, 1e-12)


def _all(rows: Rows, kept: np.ndarray, price: Floats) -> Floats:
    every = np.zeros(len(rows.names))
    every[kept] = price
    return every


def _lowest(instance: Instance, rows: Rows, kept: np.ndarray) -> Lowest:
    """Return where the dual of keeping some limits is lowest, each priced at most one over its size."""
    size = np.maximum(np.abs(rows.bound[kept]), 1.0)

    def ask(price: Floats) -> tuple[float, Floats]:
        every = _all(rows, kept, price)
        taken = take(instance, rows, every, worth=0.0)
        return taken.gain + float(every @ rows.bound), (rows.bound - rows.usage(taken.drawn))[kept]

    return lowest(ask, np.zeros(len(kept)), np.zeros(len(kept)), 1 / size, 1 / size, 1e-6, _MOST)
