"""Which of its 8 configurations a peer is given: the one with the lowest R-loss under its own cross-validation.

The R-loss of Nie and Wager (2021) for several arms: the mean over held-out rows of

    (outcome - m(x) - sum over arms of (given - chance) * effect(x))^2

with the chances known and m, the mean outcome whatever the arm, learned by LightGBM on the other fold. It compares
effects, not outcomes, needs nothing that a user of the peer would not have, and is what econml's `RScorer` does.

To save hours the choice is made once per form and way of assignment, on seed 0, with 60,000 rows and two folds;
all seeds then use it at full size. That can favour a smaller model than the full size would bear.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks._response_peers import PEERS, Config, boosted
from benchmarks._response_task import ARMS, Task, make

FOLDS = 2
SEED = 0
OUTCOME: Config = {"leaves": 16, "trees": 100}
"""The configuration of m(x), the same for all peers."""


def choose(name: str, form: str, rows: int, *, logged: bool) -> dict[str, Any]:
    """Return the configuration with the lowest held-out R-loss, and the losses of all, in the order of the grid."""
    fit, grid = PEERS[name]
    task = make(rows, SEED, form, logged=logged)
    fold = np.random.default_rng(SEED).permutation(rows) % FOLDS
    losses = np.zeros(len(grid))
    for held in range(FOLDS):
        inside, outside = _take(task, np.flatnonzero(fold != held)), _take(task, np.flatnonzero(fold == held))
        mean = boosted(OUTCOME, SEED).fit(inside.trial.x, inside.trial.outcome).predict(outside.trial.x)
        given = (outside.trial.arm[:, None] == np.arange(len(ARMS))) - outside.propensity
        for number, config in enumerate(grid):
            effects = fit(inside, config, SEED)(outside.trial.x, outside.propensity)
            left = outside.trial.outcome - mean - (given * effects).sum(1)
            losses[number] += float((left**2).sum()) / rows
    return {"config": dict(grid[int(losses.argmin())]), "losses": losses.tolist()}


def _take(task: Task, rows: Any) -> Task:
    return Task(task.trial.take(rows), task.propensity[rows], task.truth[rows])
