"""What a policy would have earned, from a file of what another did: the use case behind `evaluate policy`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from offersmith.errors import InputError
from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.interval import Interval, mean_interval
from offersmith.experiments.off_policy.judge import Difference, Judged, Verdict, difference, judge
from offersmith.experiments.off_policy.support import support
from offersmith.response.base import Floats, Ints
from offersmith.response.crossfit import folds
from offersmith.response.policy.target import ACTION, Shape, Target, read_target
from offersmith.response.reward import seen_by
from offersmith.response.table_file import SMALLEST, TableFile, refuse

REWARD = ("reward", "click", "profit", "outcome", "revenue", "spend", "conversion")
PROPENSITY = ("propensity", "propensity_score", "pscore", "probability", "action_prob")
CUSTOMER = ("customer", "customer_id", "user_id", "user")
"""Names by which columns are known without being named, the best first."""
FOLDS = 5
LEVELS = 20
"""Of a column of words, so many of the commonest become features."""
UNSEEN = 0.01
"""A target that chooses actions the log has never seen more often than this gets no interval."""
ACTION_NEVER_GIVEN = "action_never_given"


@dataclass(frozen=True, slots=True, eq=False)
class PolicyLog:
    """A log read from a file and checked.

    Attributes:
        file: where it came from.
        columns: which column was read as what.
        actions: names of the actions it has seen.
        action: (n,) index into `actions` of what was given.
        reward: (n,) what came of it.
        chance: (n,) with which chance it was given, in (0, 1].
        customer: (n,) number of the customer; None = every row its own.
        fold: (n,) fold of the row's customer.
    """

    file: TableFile
    columns: Mapping[str, str]
    actions: tuple[str, ...]
    action: Ints
    reward: Floats
    chance: Floats
    customer: Ints | None
    fold: Ints


@dataclass(frozen=True, slots=True)
class PolicyJudged:
    """A target policy judged on a log.

    Attributes:
        columns: which column was read as what.
        target: shape in which the target was given.
        context: columns its chances depend on.
        features: columns the reward model looks at.
        actions: number of actions the log and the target know.
        unseen: actions the target may choose and the log has never seen,
        unseen_chance: and how often it would.
        unused: actions of the log the target never chooses; all of them where the two have none in common.
        judged: value by every estimator, with support.
        current: what the policy that made the log earned a row; its interval is None with too few outcomes.
        current_interval: of `current`.
        difference: target less current, paired.
    """

    columns: Mapping[str, str]
    target: Shape
    context: tuple[str, ...]
    features: tuple[str, ...]
    actions: int
    unseen: tuple[str, ...]
    unseen_chance: float
    unused: tuple[str, ...]
    judged: Judged
    current: float
    current_interval: Interval | None
    difference: Difference

    @property
    def verdict(self) -> Verdict:
        """Whether the target is better than the policy that made the log."""
        return self.difference.verdict

    @property
    def reasons(self) -> tuple[str, ...]:
        """Codes of `catalogue/experiments.toml` for the verdict being none."""
        return self.difference.reasons

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        held = self.judged.support
        found = self.current_interval
        return {
            "rows": held.rows,
            "customers": held.customers,
            "actions": self.actions,
            "columns": dict(self.columns),
            "target": self.target,
            "context": list(self.context),
            "features": list(self.features),
            "ess": held.ess,
            "largest_weight": held.largest_weight,
            "largest_share": held.largest_share,
            "mean_weight": held.mean_weight,
            "agreeing": held.agreeing,
            "outcomes": held.outcomes,
            "unseen": list(self.unseen),
            "unseen_chance": self.unseen_chance,
            "unused": list(self.unused),
            "estimators": [made.as_dict() for made in self.judged.estimates],
            "current": {
                "value": self.current,
                "low": found.low if found else None,
                "high": found.high if found else None,
                "interval": found.method if found else None,
            },
            "difference": self.difference.as_dict(),
            "verdict": self.verdict,
            "reasons": list(self.reasons),
        }


def judge_log(
    log_path: Path,
    target: str,
    *,
    action: str | None = None,
    reward: str | None = None,
    propensity: str | None = None,
    customer: str | None = None,
    context: Sequence[str] = (),
    features: Sequence[str] = (),
    seed: int = 0,
) -> PolicyJudged:
    """Judge a policy on a log: CSV or Parquet, one row for each decision, with the chance it was made with.

    Args:
        log_path: the log.
        target: `uniform`, an action of the log, or a file (`target` says of which shapes).
        action: column of what was given; None = found by its usual names, as all other columns.
        reward: what came of it.
        propensity: the chance of what was given, above 0 and up to 1.
        customer: rows of one customer share a fold and count as one in intervals; none found = every row its own.
        context: columns the target's chances depend on; () = found in the target's file.
        features: columns the reward model may look at, known before the decision; the context is always among them.
        seed: of the folds.

    Raises:
        InputError: a file, a column or a value is not what it must be; names it, and counts it.
    """
    log = read_log(log_path, action=action, reward=reward, propensity=propensity, customer=customer, seed=seed)
    return judge_target(log, read_target(target, log.file, log.columns["action"], context), features)


def read_log(
    path: Path,
    *,
    action: str | None = None,
    reward: str | None = None,
    propensity: str | None = None,
    customer: str | None = None,
    seed: int = 0,
) -> PolicyLog:
    """Return a log of decisions; arguments and errors as of `judge_log`."""
    file = TableFile.read(path)
    columns = {
        "action": file.find(action, ACTION, "action"),
        "reward": file.find(reward, REWARD, "reward"),
        "propensity": file.find(propensity, PROPENSITY, "propensity"),
    }
    who = customer or file.look(CUSTOMER)
    if who is not None:
        columns["customer"] = who
    if len(set(columns.values())) < len(columns):
        raise InputError(f"one column of {path} is to be more than one thing: {columns}", columns=columns)
    given, actions = file.arms(columns["action"])
    worth, chance = file.numbers(columns["reward"]), file.numbers(columns["propensity"])
    refuse(path, columns["propensity"], chance <= 0, "0 or below")
    refuse(path, columns["propensity"], chance < SMALLEST, f"below {SMALLEST:g}")
    refuse(path, columns["propensity"], chance > 1, "above 1")
    if who is None:
        fold = np.random.default_rng(seed).permutation(len(file)) % FOLDS
        return PolicyLog(file, columns, actions, given, worth, chance, None, fold)
    code, names = file.levels(who)
    return PolicyLog(file, columns, actions, given, worth, chance, code, folds(np.array(names), FOLDS, seed)[code])


def judge_target(log: PolicyLog, target: Target, features: Sequence[str] = ()) -> PolicyJudged:
    """Judge a policy whose chances are known, wherever they come from.

    Args:
        log: the log.
        target: the policy; the first of its actions are the log's, in the log's order.
        features: columns the reward model may look at, besides the target's context.

    Raises:
        InputError: a feature or the context is the action, the reward or its chance.
    """
    looked_at = tuple(dict.fromkeys([*features, *target.context]))
    known_before(log, looked_at)
    x = matrix(log.file, looked_at)
    q_given, q_target = seen_by(target.table, target.cell, x, log.action, log.reward, log.fold, FOLDS)
    weight = target.given(log.action) / log.chance
    seen = Logged(log.reward, weight, q_given, q_target, log.customer)
    unseen, unseen_chance = target.unseen(len(log.actions))
    also = (ACTION_NEVER_GIVEN,) if unseen_chance > UNSEEN else ()
    now = Logged(log.reward, np.ones(len(log.reward)), log.reward, log.reward, log.customer)
    return PolicyJudged(
        columns=log.columns,
        target=target.shape,
        context=target.context,
        features=looked_at,
        actions=len(target.actions),
        unseen=unseen,
        unseen_chance=unseen_chance,
        unused=target.unused(len(log.actions)),
        judged=judge(seen, also=also),
        current=float(log.reward.mean()),
        current_interval=None if support(now).reasons else mean_interval(log.reward, log.customer),
        difference=difference(seen, also=also),
    )


def known_before(log: PolicyLog, looked_at: Sequence[str]) -> None:
    """Refuse columns that nobody knew before the decision: a policy that reads what came of it earns anything.

    Raises:
        InputError: one of them is the action, the reward or its chance; names it.
    """
    for what in ("action", "reward", "propensity"):
        if log.columns[what] in looked_at:
            raise InputError(
                f"column {log.columns[what]!r} of {log.file.path} is the {what} of each of {len(log.file):,} rows: "
                "no policy or model may look at it",
                hint="name columns that were known before the decision",
                column=log.columns[what],
                count=len(log.file),
            )


def matrix(log: TableFile, features: Sequence[str]) -> Floats:
    """Return (n, p) columns for the reward model: numbers as they are, words as one column for each common one.

    Raises:
        InputError: a number is missing or not finite.
    """
    columns = []
    for name in features:
        if log.is_number(name) and log.distinct(name) > LEVELS:
            columns.append(log.numbers(name)[:, None])
        else:
            code, levels = log.levels(name, empty=True)
            common = np.argsort(-np.bincount(code, minlength=len(levels)), kind="stable")[:LEVELS]
            columns.append((code[:, None] == np.sort(common)[None, :]).astype(np.float64))
    return np.hstack(columns) if columns else np.zeros((len(log), 0))
