"""Logs with a known truth: six arms, log-normal baskets, an arm chosen by a softmax at a temperature (0 = uniform)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LIKING = np.array(
    [
        [0.4, 0.0, 0.2, 0.0, 0.1],
        [0.5, 0.3, 0.0, 0.0, 0.0],
        [0.2, -0.4, 0.3, 0.0, 0.0],
        [0.0, 0.5, 0.0, 0.4, 0.0],
        [-0.3, 0.0, 0.2, 0.2, 0.5],
        [0.1, 0.1, 0.1, 0.1, 0.1],
    ]
)
"""(arms, features): what makes a customer buy under an arm, and the logging policy choose it."""
LEFT = 0.4 - np.array([0.0, 0.05, 0.1, 0.2, 0.08, 0.12])
"""What is left of a basket under each arm."""
ARMS, FEATURES = LIKING.shape
CHOICE = np.random.default_rng(7).standard_normal((FEATURES, ARMS))
"""The policy to judge gives each customer the arm with the largest `x @ CHOICE`."""
TRUTH_ROWS = 2_000_000


@dataclass(frozen=True)
class Log:
    """A log: features, arm given, its chance, what came of it, and the arm the policy to judge would give."""

    x: Floats
    arm: Ints
    propensity: Floats
    reward: Floats
    target: Ints


def draw(rows: int, temperature: float, rng: np.random.Generator) -> Log:
    """Draw a log."""
    x = rng.standard_normal((rows, FEATURES))
    liking = x @ LIKING.T
    odds = np.exp(temperature * liking)
    odds /= odds.sum(axis=1, keepdims=True)
    arm = np.minimum((rng.random(rows)[:, None] > odds.cumsum(axis=1)).sum(axis=1), ARMS - 1)
    given = np.arange(rows), arm
    buys = rng.random(rows) < 1 / (1 + np.exp(2 - liking[given]))
    basket = np.exp(3 + 0.5 * x[:, 0] + 0.5 * rng.standard_normal(rows) - 0.125)
    return Log(x, arm, odds[given], buys * basket * LEFT[arm], (x @ CHOICE).argmax(axis=1))


def truth() -> float:
    """Return the value of the policy to judge, from two million fresh rows of expected rewards."""
    x = np.random.default_rng(1).standard_normal((TRUTH_ROWS, FEATURES))
    arm = (x @ CHOICE).argmax(axis=1)
    chance = 1 / (1 + np.exp(2 - np.einsum("ij,ij->i", x, LIKING[arm])))
    return float((chance * np.exp(3 + 0.5 * x[:, 0]) * LEFT[arm]).mean())
