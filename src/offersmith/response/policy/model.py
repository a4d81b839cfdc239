"""The policy of a model judged on a log, beside policies that are written down: what `evaluate policy` answers.

A model that is judged on the rows it learned from flatters itself. So it is learned once for every fold on the other
customers of the log, and each row is asked what the model that never saw its customer would have chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from offersmith.errors import InputError
from offersmith.response.choice.candidates import candidates
from offersmith.response.choice.held_out import held_out
from offersmith.response.choice.value import best
from offersmith.response.policy.log import (
    FOLDS,
    PolicyJudged,
    PolicyLog,
    judge_log,
    judge_target,
    known_before,
    matrix,
    read_log,
)
from offersmith.response.policy.target import Target
from offersmith.response.policy.told import told
from offersmith.response.trial import Trial, named
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True, eq=False)
class PolicyAnswer:
    """A judged policy that prints.

    Attributes:
        judged: the figures.
        model: name of the learner whose policy it is; "" = it was written down.
        version: of a model that was learned before, maybe from these very rows; "" = none was.
    """

    judged: PolicyJudged
    model: str = ""
    version: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return self.judged.as_dict() | {"model": self.model, "model_version": self.version}

    def text(self, language: Language = "en") -> str:
        """Return the figures, what supports them, and the verdict, as lines."""
        beware = ["", say("experiments.policy_fitted", language, model=self.version)] if self.version else []
        return "\n".join([told(self.judged, language), *beware])


def judge_policy(
    log: Path,
    *,
    target: str | None = None,
    model: str | None = None,
    control: str | None = None,
    columns: Mapping[str, str | None],
    context: Sequence[str] = (),
    features: Sequence[str] = (),
    seed: int = 0,
) -> PolicyAnswer:
    """Judge a written policy, or a model's, on a log.

    Args:
        log: CSV or Parquet, one row for each decision.
        target: as of `log.judge_log`; None = `model` names the policy.
        model: name of a learner; None = `target` does.
        control: with a model, the action that is no offer, given where no other promises more; None = the first.
        columns: `action`, `reward`, `propensity`, `customer` -> column; None = found by its usual names.
        context: columns the target's chances depend on.
        features: columns known before the decision; a model needs some.
        seed: of folds and fits.

    Raises:
        InputError: as `judge_log`; the model is not known or cannot be fitted to the log; no features for it.
    """
    if model is None:
        found = judge_log(log, target or "", **columns, context=context, features=features, seed=seed)
        return PolicyAnswer(found)
    seen = read_log(log, **columns, seed=seed)
    return PolicyAnswer(judge_target(seen, learned(seen, model, features, control, seed), features), model)


def learned(log: PolicyLog, model: str, features: Sequence[str], control: str | None, seed: int) -> Target:
    """Return what a model would choose on every row, learned on other folds of the log.

    Args:
        log: the log.
        model: name of a learner.
        features: columns it looks at.
        control: the action that is no offer; None = the first.
        seed: of the fits.

    Raises:
        InputError: the model is not known or cannot be fitted; no features; the control is no action of the log.
    """
    tried = candidates((model,))
    if not features:
        raise InputError(
            "a model needs columns to look at: name those known before the decision with --features",
            found=log.file.names,
        )
    known_before(log, features)
    if control is not None and control not in log.actions:
        raise InputError(
            f"control {control!r} is no action of the log; its actions: {', '.join(map(repr, log.actions[:12]))}",
            control=control,
            found=list(log.actions),
        )
    first = 0 if control is None else log.actions.index(control)
    order = np.array([first, *(index for index in range(len(log.actions)) if index != first)], dtype=np.int64)
    place = np.argsort(order)
    x = matrix(log.file, features)
    who = np.arange(len(log.action)) if log.customer is None else log.customer
    names = [log.actions[index] for index in order]
    columns = tuple(f"x{index}" for index in range(x.shape[1]))
    trial = Trial(x, columns, place[log.action], named(names), log.reward, log.chance, who)
    found = held_out(trial, log.fold, FOLDS, tried, seed)
    if model not in found:
        raise InputError(
            f"model {model!r} cannot be fitted to this log: {len(trial):,} rows of {len(names)} actions are too few, "
            "or no action is compared with the control",
            model=model,
            rows=len(trial),
        )
    return Target(log.actions, np.eye(len(order)), order[best(found[model])], "row_actions")
