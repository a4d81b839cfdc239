"""The cells of recency, frequency and monetary value, by their usual names.

Every customer who bought gets three scores from 1 to 5 by the fifths of the shop's customers: how recently, how often
and for how much in all (Hughes, Strategic Database Marketing, 1994). The names stand on the recency score and the mean
of the other two, as is usual among marketers. The lines of eleven cells cover all 25 combinations once.

A fifth is fair only without ties, and most shops have many: half of the customers with one order. Who is equal gets
equal scores; the lowest value always scores 1 and the highest 5, those between the middle of the fifths they cover.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.profiles.clusters.columns import needed, numbers
from offersmith.words import Language, say

NEEDED = ("recency", "orders", "spend")
NO_PURCHASE = "no_purchase"
CELLS: tuple[str, ...] = (
    "champions", "loyal_customers", "potential_loyalists", "new_customers", "promising", "need_attention",
    "about_to_sleep", "at_risk", "cannot_lose_them", "hibernating", "lost", NO_PURCHASE,
)  # fmt: skip
"""Codes, from the closest customers to the furthest."""

_GRID = (
    ("lost", "hibernating", "at_risk", "at_risk", "cannot_lose_them"),
    ("hibernating", "hibernating", "at_risk", "at_risk", "cannot_lose_them"),
    ("about_to_sleep", "about_to_sleep", "need_attention", "loyal_customers", "loyal_customers"),
    ("promising", "potential_loyalists", "potential_loyalists", "loyal_customers", "loyal_customers"),
    ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
)
"""Rows: recency scores 1 to 5; columns: the mean of frequency and monetary scores, halves rounded up."""
_CODES = np.array([[CELLS.index(name) for name in row] for row in _GRID], np.int64)


def cells(profiles: pa.Table) -> pa.Table:
    """Return `customer_id`, `r`, `f`, `m` (1 to 5, null without a purchase) and `cell`, a row per row of the profiles.

    Raises:
        InputError: the table lacks one of the features `NEEDED`.
    """
    needed(profiles, NEEDED)
    recency, orders, spend = (numbers(profiles, name) for name in NEEDED)
    bought = (orders > 0) & ~np.isnan(recency)
    r, f, m = (np.zeros(len(orders), np.int64) for _ in range(3))
    r[bought], f[bought], m[bought] = scores(-recency[bought]), scores(orders[bought]), scores(spend[bought])
    code = np.full(len(orders), CELLS.index(NO_PURCHASE), np.int64)
    code[bought] = _CODES[r[bought] - 1, (f[bought] + m[bought] + 1) // 2 - 1]
    marks = {name: pa.array(score, pa.int64(), mask=~bought) for name, score in (("r", r), ("f", f), ("m", m))}
    return pa.table(
        {"customer_id": profiles["customer_id"], **marks, "cell": pa.array(CELLS, pa.string()).take(pa.array(code))}
    )


def scores(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return (n,) scores 1 to 5: larger values never score less, equal ones score the same.

    A value that all customers share scores 3.

    Raises:
        InputError: a value is not a number.
    """
    if np.isnan(values).any():
        raise InputError("a value to score is not a number", field="values")
    distinct, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(counts)
    # Whole numbers, so that no rounding decides.
    lowest = 5 * (upto - counts) // max(len(values), 1) + 1
    highest = -(-5 * upto // max(len(values), 1))
    score = (lowest + highest) // 2
    if len(distinct) == 1:
        score[:] = 3
    elif len(distinct):
        score[0], score[-1] = 1, 5
    return np.asarray(score[place], dtype=np.int64)


def name(cell: str, language: Language = "en") -> str:
    """Return what a cell is called."""
    return say(f"clusters.cell_{cell}", language)


def meaning(cell: str, language: Language = "en") -> str:
    """Return one sentence on who is in a cell."""
    return say(f"clusters.cell_{cell}_means", language)
