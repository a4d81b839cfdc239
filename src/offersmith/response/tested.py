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

from offersmith.experiments.uplift import (
    ArmEffect,
    Figure,
    UpliftCalibration,
    auuc,
    calibration,
    differences,
    doubly_robust,
    lin,
    many_arms,
    one_arm,
    qini,
    uplift_at_k,
)
from offersmith.progress import Progress, silent
from offersmith.response.base import Floats, Ints
from offersmith.response.choice.candidates import DEFAULT, candidates
from offersmith.response.choice.choose import Chosen, choose
from offersmith.response.choice.held_out import folds_for, folds_of
from offersmith.response.choice.value import Gains
from offersmith.response.tested_lot import Lot, lot, unlike
from offersmith.response.tested_read import Asked, ReadTest, read_test
from offersmith.response.tested_told import told
from offersmith.response.trial import Trial
from offersmith.words import Language

LEAST_ARM = 30
"""With fewer rows of the control, or of every other arm, no model is tried."""
LINE_ROWS = 10
"""An arm needs so many rows for each column before lines adjust its effect."""
SHARES = (0.1, 0.3, 0.5)

TOO_FEW_ROWS = "too_few_rows"
NOT_RANDOMISED = "not_by_lot"
CHANCES_DO_NOT_FIT = "chances_do_not_fit"


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How well the chosen model ranks customers it has not seen.

    Attributes:
        qini: of all arms together.
        auuc: likewise.
        at_k: uplift among the first tenth, three tenths and half.
        by_arm: arm -> (Qini, uplift at k) of that arm against the control.
        calibration: arm -> predicted against measured effects.
    """

    qini: Figure
    auuc: Figure
    at_k: tuple[Figure, ...]
    by_arm: Mapping[str, tuple[Figure, tuple[Figure, ...]]]
    calibration: Mapping[str, UpliftCalibration]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "qini": self.qini.as_dict(),
            "auuc": self.auuc.as_dict(),
            "at_k": [figure.as_dict() for figure in self.at_k],
            "by_arm": [
                {"arm": arm, "qini": found.as_dict(), "at_k": [figure.as_dict() for figure in at_k]}
                for arm, (found, at_k) in self.by_arm.items()
            ],
            "calibration": [{"arm": arm, **found.as_dict()} for arm, found in self.calibration.items()],
        }


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
    reasons: tuple[str, ...]
    counts: Mapping[str, int]

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
        plain: dict[str, Any] = {
            "rows": len(trial),
            "customers": len(np.unique(trial.customer)),
            "treatment": self.asked.treatment,
            "control": self.asked.control,
            "outcome": self.asked.outcome,
            "cost": dict(self.read.cost),
            "features": [column.name for column in self.read.features.columns],
            "left_out": [{"column": name, "reason": why} for name, why in self.read.features.left_out.items()],
            "arms": _arms(trial, self.effects, self.read.net),
            "arms_before_cost": _arms(trial, self.before_cost, self.read.gross) if self.before_cost else [],
            "lot": self.lot.as_dict() if self.lot else None,
            "qini": None,
            "auuc": None,
            "at_k": [],
            "by_arm": [],
            "calibration": [],
            "tried": [],
            "chosen": "",
            "choice_reason": TOO_FEW_ROWS,
            "single": None,
            "none": {"value": 0},
            "policy": None,
        }
        plain |= self.chosen.as_dict() if self.chosen else {}
        plain |= self.ranking.as_dict() if self.ranking else {}
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
    enough = trial.counts[0] >= LEAST_ARM and bool((trial.counts[1:] >= LEAST_ARM).any())
    chosen = ranking = None
    if enough:
        refuse = next(iter(reasons), "")
        chosen = choose(
            trial, learners=models, grid=grid, seed=seed, cost=read.arm_cost, refuse=refuse, progress=progress
        )
        ranking = ranked(chosen, read.net, who, trial.propensity if asked.propensity else None)
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
        reasons=tuple(reasons),
        counts=counts,
    )


def effects(trial: Trial, outcome: Floats, customer: Ints | None, chance: Floats | None) -> tuple[ArmEffect, ...]:
    """Return average effects, by the narrowest way that these rows carry.

    Lines on the features where arms were given by one lot and have rows enough for them, doubly robust scores where
    chances are stated, else differences of means.

    Args:
        trial: arms and features.
        outcome: (n,) what is compared, the trial's or another.
        customer: (n,) whose rows count as one; None = every row its own.
        chance: (n,) stated chances; None = one lot for all.
    """
    names = [arm.name for arm in trial.arms]
    p, least = trial.x.shape[1], int(trial.counts.min())
    if chance is not None and least >= LEAST_ARM and len(trial) >= LEAST_ARM * len(names):
        return doubly_robust(trial.arm, outcome, _expected(trial, outcome), names, propensity=chance, customer=customer)
    if chance is None and p and least >= max(LINE_ROWS * (p + 1), LEAST_ARM):
        return lin(trial.arm, outcome, _scaled(trial.x), names, customer=customer)
    return differences(trial.arm, outcome, names, propensity=chance, customer=customer)


def ranked(chosen: Chosen, outcome: Floats, customer: Ints | None, chance: Floats | None) -> Ranking | None:
    """Return how well the chosen model's held-out predictions rank customers, and whether they come true.

    Args:
        chosen: the model, its predictions and the rows' gains.
        outcome: (n,) what is judged.
        customer: (n,) whose rows count as one; None = every row its own.
        chance: (n,) stated chances; None = one lot for all. None is returned where nobody was given their best arm.
    """
    trial, predicted = chosen.gains.trial, levelled(chosen.effects, chosen.fold)
    best = 1 + np.argmax(predicted[:, 1:], axis=1)
    if not chosen.name or not (trial.arm == best).any():
        return None
    everybody = many_arms(predicted, trial.arm, outcome, propensity=chance, customer=customer)
    by_arm, comes_true = {}, {}
    for index, arm in enumerate(trial.arms[1:], start=1):
        rows = np.flatnonzero((trial.arm == index) | (trial.arm == 0))
        some = one_arm(
            predicted[rows, index],
            trial.arm[rows] == index,
            outcome[rows],
            propensity=None if chance is None else chance[rows],
            customer=None if customer is None else customer[rows],
        )
        by_arm[arm.name] = (qini(some), tuple(uplift_at_k(some, share) for share in SHARES))
        comes_true[arm.name] = calibration(predicted[:, index], chosen.gains.gain[:, index], customer=customer)
    at_k = tuple(uplift_at_k(everybody, share) for share in SHARES)
    return Ranking(qini(everybody), auuc(everybody), at_k, by_arm, comes_true)


def levelled(predicted: Floats, fold: Ints) -> Floats:
    """Return predictions with every fold's mean at that of all.

    Models of different folds disagree on the level by noise that leans against what the fold itself shows: who was
    lucky in one fold raises the others' level. Ranked across folds, even one average for everybody would seem to rank
    them, the wrong way round.

    Args:
        predicted: (n, k) effects.
        fold: (n,) the fold each row was held out in.
    """
    level = predicted.mean(axis=0)
    apart = predicted.copy()
    for part in np.unique(fold):
        apart[fold == part] -= predicted[fold == part].mean(axis=0)
    apart[np.abs(apart) < 1e-12 * max(float(np.abs(predicted).max(initial=0.0)), 1e-300)] = 0.0
    return np.asarray(level + apart)


def _doubts(trial: Trial, asked: Asked, who: Ints | None) -> tuple[list[str], dict[str, int], Lot | None]:
    """Return codes for which the comparison is in doubt, with counts, and the test of the lot."""
    if asked.propensity:
        wrong = unlike(trial.arm, len(trial.arms), trial.propensity, who)
        return ([CHANCES_DO_NOT_FIT], {CHANCES_DO_NOT_FIT: len(wrong)}, None) if wrong else ([], {}, None)
    drawn = lot(trial.x, trial.names, trial.arm, len(trial.arms))
    if drawn.doubted:
        return [NOT_RANDOMISED], {NOT_RANDOMISED: len(trial)}, drawn
    return [], {}, drawn


def _expected(trial: Trial, outcome: Floats) -> Floats:
    count = folds_for(len(np.unique(trial.customer)))
    other = Trial(trial.x, trial.names, trial.arm, trial.arms, outcome, trial.propensity, trial.customer)
    return Gains.of(other, folds_of(other, count, 0), count).expected


def _scaled(x: Floats) -> Floats:
    """Return columns of like size: dates beside flags would leave a line's arithmetic too few digits."""
    spread = x.std(axis=0)
    return np.asarray((x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def _arms(trial: Trial, found: Sequence[ArmEffect], outcome: Floats) -> list[dict[str, Any]]:
    control = trial.arm == 0
    first = {"arm": trial.arms[0].name, "rows": int(control.sum()), "mean": float(outcome[control].mean())}
    empty = {"effect": 0.0, "low": None, "high": None, "method": "", "reason": "control"}
    keys = ("arm", "rows", "mean", "effect", "low", "high", "method", "reason")
    return [{**first, **empty}, *({key: getattr(one, key) for key in keys} for one in found)]
