"""Customers whose days are made here, so that what there is to learn is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from offersmith.profiles.sequences.steps import NUMBERS, Steps, Things

A, B, C = "a", "b", "c"


def of(rows: list[list[str]], following: list[list[str]] | None = None) -> Steps:
    """Return customers by the one thing of each of their days; all days look alike in numbers."""
    following = [[] for _ in rows] if following is None else following
    numbers = np.zeros((sum(map(len, rows)), len(NUMBERS)), np.float32)
    numbers[:, 0] = np.log1p(1.0)
    return Steps(_ends(rows), numbers, _things([[one] for row in rows for one in row]), _things(following))


def ordered(customers: int, seed: int) -> tuple[Steps, np.ndarray]:
    """Everybody has the same days in some order; who had `a` later than `b` mostly buys, and no count tells which."""
    rng = np.random.default_rng(seed)
    rows, later = [], []
    for _ in range(customers):
        row = [A, B, *[C] * 4]
        rng.shuffle(row)
        rows.append(row)
        later.append(row.index(A) > row.index(B))
    chance = np.where(later, 0.85, 0.15)
    return of(rows), rng.random(customers) < chance


def _ends(rows: list[list[str]]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)


def _things(rows: list[list[str]]) -> Things:
    flat = [one for row in rows for one in row]
    return Things(_ends(rows), pa.array(flat, pa.string()), pa.array([None] * len(flat), pa.string()))
