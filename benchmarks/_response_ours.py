"""Our learners under the same clock as the peers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# Libraries are loaded before the clock starts, as the peers' are.
import lightgbm  # noqa: F401
import numpy as np
import sklearn.linear_model  # noqa: F401

import offersmith
from benchmarks._response_task import ARMS, Floats, Task
from offersmith.response.choice.candidates import candidates
from offersmith.response.choice.held_out import folds_for, folds_of, held_out
from offersmith.response.choice.value import Gains, best
from offersmith.response.learners import LEARNERS


@dataclass(frozen=True)
class Answer:
    """What a fitted model says of new customers.

    Attributes:
        effects: (n, 6) expected gain of each arm over nothing.
        claim: gain per customer that the model promises of its plan; the mean of its best effects where it says none.
    """

    effects: Floats
    claim: float | None = None


LEARNING = (
    "response/shared",
    "response/learners",
    "response/bases",
    "response/structural",
    "response/linear.py",
    "response/trial.py",
)
JUDGING = ("response/choice", "response/reward.py", "experiments/off_policy")
"""Code a result hangs on."""

OWN = "offersmith "
"""Stands before our names in results: a learner of ours may be called as a peer is."""


def names() -> tuple[str, ...]:
    """Return our learners; the first is the one that is held to the targets."""
    return tuple(LEARNERS)


def fit(name: str, task: Task, seed: int) -> Callable[[Floats], Answer]:
    """Fit one of `LEARNERS`, named with `OWN` before it; one that cannot learn from this gives nobody anything."""
    fitted = LEARNERS[name.removeprefix(OWN)].fit(task.trial, seed=seed)

    def answer(x: Floats) -> Answer:
        return Answer(np.zeros((len(x), len(ARMS))) if fitted is None else fitted.effects(x))

    return answer


def interval(name: str, task: Task, seed: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of the plan's gain a customer, from held-out folds as `choose` makes them."""
    trial = task.trial
    count = folds_for(len(np.unique(trial.customer)))
    fold = folds_of(trial, count, seed)
    effects = held_out(trial, fold, count, candidates((name.removeprefix(OWN),)), seed)
    value = Gains.of(trial, fold, count).value(best(effects[name.removeprefix(OWN)]))
    return value.low, value.high


def source_digest(*, judging: bool) -> str:
    """Return a digest of the code that learns (and judges): a kept result of other code is not ours any more."""
    home = Path(offersmith.__file__).parent
    digest = hashlib.sha256()
    for part in (*LEARNING, *(JUDGING if judging else ())):
        for path in sorted((home / part).rglob("*.py")) if not part.endswith(".py") else [home / part]:
            digest.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
