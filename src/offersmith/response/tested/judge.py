"""What a randomised test says: the use case behind `evaluate uplift`.

Average effects of every arm; which model's choice of arms earns most on customers it has not seen, and whether it beats
one arm for everybody, and nothing; how well it ranks customers; whether what it predicts comes true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from offersmith.experiments.uplift import ArmEffect
from offersmith.progress import Progress, silent
from offersmith.response.base import Ints
from offersmith.response.choice.candidates import DEFAULT, candidates
from offersmith.response.choice.choose import Chosen, choose
from offersmith.response.judging.plain import arms, judged
from offersmith.response.judging.ranking import LEAST_ARM, Ranking, ranked
from offersmith.response.tested.figures import effects
from offersmith.response.tested.lot import Lot, lot, unlike
from offersmith.response.tested.read import Asked, ReadTest, read_test
from offersmith.response.tested.told import told
from offersmith.response.trial import Trial
from offersmith.words import Language

TOO_FEW_ROWS = "too_few_rows"
ARM_TOO_FEW = "arm_too_few_customers"
NOT_RANDOMISED = "not_by_lot"
CHANCES_DO_NOT_FIT = "chances_do_not_fit"


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTest:
    """A test judged.

    Attributes:
        read: the test.
        asked: which columns are what.
        effects: of every arm but the control, on the outcome less its cost.
        before_cost: on the outcome itself; () where there is no cost.
        lot: whether arms were given by lot; None where chances were given.
        chosen: the model and its policy; None where there are too few rows.
        ranking: of the chosen model; None where there is none.
        customers: of every arm, the control first.
        reasons: codes of `catalogue/choice.toml` for what could not be said or is in doubt.
        counts: code -> how many rows, columns or arms it is about.
    """

    read: ReadTest
    asked: Asked
    effects: tuple[ArmEffect, ...]
    before_cost: tuple[ArmEffect, ...]
    lot: Lot | None
    chosen: Chosen | None
    ranking: Ranking | None
    customers: tuple[int, ...]
    reasons: tuple[str, ...]
    counts: Mapping[str, int]

    @property
    def thin(self) -> tuple[str, ...]:
        """Names of the arms of which nothing is learned: they have too few customers."""
        arms = self.read.trial.arms
        return tuple(arm.name for arm, few in zip(arms, self.customers, strict=True) if few < LEAST_ARM)

    @property
    def verdict(self) -> str:
        """Code of what to do: `each`, `each_or_all`, `everybody`, `nobody`, or `unknown`."""
        if self.chosen is None or any(code in self.reasons for code in (NOT_RANDOMISED, CHANCES_DO_NOT_FIT)):
            return "unknown"
        over = self.chosen.over_single
        kind = self.chosen.policy.kind
        if kind == "learned":
            return "each" if not over.reasons and over.found.low > 0 else "each_or_all"
        return "everybody" if kind == "single" else "nobody"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; the keys of a model's judging, and how the file was read."""
        trial = self.read.trial
        plain = judged(trial, self.effects, self.chosen, self.ranking, outcome=self.read.net, called=self.asked.outcome)
        plain |= {
            "treatment": self.asked.treatment,
            "cost": dict(self.read.cost),
            "features": [column.name for column in self.read.features.columns],
            "left_out": [{"column": name, "reason": why} for name, why in self.read.features.left_out.items()],
            "arms_before_cost": arms(trial, self.before_cost, self.read.gross) if self.before_cost else [],
            "lot": self.lot.as_dict() if self.lot else None,
            "too_few_customers": list(self.thin),
        }
        return plain | {"verdict": self.verdict, "reasons": list(self.reasons), "counts": dict(self.counts)}

    def text(self, language: Language = "en") -> str:
        """Return the findings as tables and sentences."""
        return told(self, language)


def judge_test(
    path: Path,
    asked: Asked,
    *,
    models: Sequence[str] = DEFAULT,
    grid: bool = False,
    seed: int = 0,
    progress: Progress = silent,
) -> JudgedTest:
    """Judge a randomised test: CSV or Parquet, one row for each customer and decision.

    Args:
        path: the file.
        asked: which columns are what.
        models: names of learners, in order of preference.
        grid: whether to try further settings of them.
        seed: of folds and fits.
        progress: told after each fit.

    Raises:
        InputError: a file, a column, a value or a model's name is not what it must be; names it, and counts it.
    """
    candidates(models)
    read = read_test(path, asked)
    trial = read.trial
    who = trial.customer if read.customer else None
    reasons, counts, drawn = _doubts(trial, asked, who)
    people = _people(trial)
    thin = people < LEAST_ARM
    enough = not thin[0] and not thin[1:].all()
    chosen = ranking = None
    if enough:
        refuse = next(iter(reasons), "")
        chosen = choose(
            trial, learners=models, grid=grid, seed=seed, cost=read.arm_cost, refuse=refuse, progress=progress
        )
        ranking = ranked(chosen, read.net, who, trial.propensity if asked.propensity else None)
        if thin.any():
            reasons.append(ARM_TOO_FEW)
            counts[ARM_TOO_FEW] = int(thin.sum())
    else:
        reasons.append(TOO_FEW_ROWS)
        counts[TOO_FEW_ROWS] = len(trial)
    chance = trial.propensity if asked.propensity else None
    return JudgedTest(
        read=read,
        asked=asked,
        effects=effects(trial, read.net, who, chance),
        before_cost=effects(trial, read.gross, who, chance) if read.cost else (),
        lot=drawn,
        chosen=chosen,
        ranking=ranking,
        customers=tuple(people.tolist()),
        reasons=tuple(reasons),
        counts=counts,
    )


def _people(trial: Trial) -> Ints:
    """Return (k,) customers of every arm: a hundred rows of one of them are one voice."""
    pairs = np.unique(np.column_stack([trial.arm, trial.customer]), axis=0)
    return np.asarray(np.bincount(pairs[:, 0], minlength=len(trial.arms)), dtype=np.int64)


def _doubts(trial: Trial, asked: Asked, who: Ints | None) -> tuple[list[str], dict[str, int], Lot | None]:
    """Return codes for which the comparison is in doubt, with counts, and the test of the lot."""
    if asked.propensity:
        wrong = unlike(trial.arm, len(trial.arms), trial.propensity, who)
        return ([CHANCES_DO_NOT_FIT], {CHANCES_DO_NOT_FIT: len(wrong)}, None) if wrong else ([], {}, None)
    drawn = lot(trial.x, trial.names, trial.arm, len(trial.arms), who)
    if drawn.doubted:
        return [NOT_RANDOMISED], {NOT_RANDOMISED: len(trial)}, drawn
    return [], {}, drawn
