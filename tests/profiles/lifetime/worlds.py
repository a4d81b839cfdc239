"""Worlds in which customers really live as a model says."""

from __future__ import annotations

import numpy as np

from offersmith.profiles.lifetime.base import Counts

BG = (0.55, 10.0, 0.8, 2.5)
PARETO = (0.8, 12.0, 0.7, 30.0)


def beta_geometric(
    customers: int, seed: int, values: tuple[float, ...] = BG, *, shift: int = 0, ahead: float = 0.0
) -> tuple[Counts, np.ndarray, np.ndarray]:
    """Return counts as of a moment, purchases in the time after it, and who was still a customer at it."""
    rng = np.random.default_rng(seed)
    r, alpha, a, b = values
    age = 365 - rng.uniform(0, 182, customers)
    rate, leaves = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    at, last, count, later = (np.zeros(customers) for _ in range(4))
    here = np.ones(customers, bool) if not shift else rng.random(customers) >= leaves
    stays = here.copy()
    while here.any():
        at = at + rng.exponential(1 / np.maximum(rate, 1e-12))
        early, late = here & (at <= age), here & (at > age) & (at <= age + ahead)
        count, later, last = count + early, later + late, np.where(early, at, last)
        here = (early | late) & (rng.random(customers) >= leaves)
        stays = np.where(early, here, stays)
    return Counts.of(count, last, age), later, stays


def pareto(customers: int, seed: int, ahead: float = 0.0) -> tuple[Counts, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    r, alpha, s, beta = PARETO
    age = 365 - rng.uniform(0, 182, customers)
    rate, life = rng.gamma(r, 1 / alpha, customers), rng.exponential(1 / rng.gamma(s, 1 / beta, customers))
    at, last, count, later = (np.zeros(customers) for _ in range(4))
    while True:
        at = at + rng.exponential(1 / np.maximum(rate, 1e-12))
        early, late = at <= np.minimum(age, life), (at > age) & (at <= np.minimum(age + ahead, life))
        if not (at <= np.minimum(age + ahead, life)).any():
            return Counts.of(count, last, age), later, life > age
        count, later, last = count + early, later + late, np.where(early, at, last)
