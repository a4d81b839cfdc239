"""How often intervals hold the truth: many logs of one size and temperature, judged as the product judges them."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks._judging_task import ARMS, Log, draw
from offersmith.experiments.off_policy.bernstein import bernstein
from offersmith.experiments.off_policy.estimators import RATIOS, UNBIASED, Logged, influence
from offersmith.experiments.off_policy.interval import mean_interval
from offersmith.experiments.off_policy.support import support
from offersmith.response.reward import seen_by

FOLDS = 5
NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Cell:
    """One estimator on `runs` logs of one size and temperature; widths and bias are relative to the truth.

    `coverage` is that of the shipped interval over all runs, `held` over those in which it would be shown (`shown` of
    all: support was enough); `normal` that of mean +- 1.96 standard errors, for contrast.
    """

    temperature: float
    rows: int
    estimator: str
    runs: int
    ess: float
    bias: float
    coverage: float
    width: float
    shown: float
    held: float
    normal: float
    normal_width: float
    bernstein: float | None
    bernstein_width: float | None
    cpu_seconds: float


def judged(log: Log, rng: np.random.Generator) -> Logged:
    """Return a log seen from the policy to judge, with the product's cross-fitted reward model."""
    fold = rng.permutation(len(log.arm)) % FOLDS
    q_given, q_target = seen_by(np.eye(ARMS), log.target, log.x, log.arm, log.reward, fold, FOLDS)
    return Logged(log.reward, (log.arm == log.target) / log.propensity, q_given, q_target)


def cells(temperature: float, rows: int, runs: int, truth: float, seed: int = 0) -> list[Cell]:
    """Return one cell for each estimator with an interval."""
    start = time.process_time()
    found: dict[str, list[list[float]]] = {name: [] for name in UNBIASED}
    shown = np.zeros(runs, dtype=np.bool_)
    ess = np.zeros(runs)
    for run in range(runs):
        rng = np.random.default_rng([seed, int(10 * temperature), rows, run])
        log = judged(draw(rows, temperature, rng), rng)
        held = support(log)
        shown[run], ess[run] = not held.reasons, held.ess
        for name in UNBIASED:
            found[name].append(_ends(name, log))
    spent = time.process_time() - start
    return [
        _cell(name, temperature, np.array(found[name]), shown, float(ess.mean()), truth, spent, rows)
        for name in UNBIASED
    ]


def _ends(name: str, log: Logged) -> list[float]:
    terms = influence(name, log)
    ours = mean_interval(terms)
    bound = None if name in RATIOS else bernstein(terms)
    ends = [np.nan, np.nan] if bound is None else [bound.low, bound.high]
    reach = NORMAL * ours.standard_error
    return [ours.value, ours.low, ours.high, ours.value - reach, ours.value + reach, *ends]


def _cell(
    name: str,
    temperature: float,
    ends: NDArray[np.float64],
    shown: NDArray[np.bool_],
    ess: float,
    truth: float,
    spent: float,
    rows: int,
) -> Cell:
    def inside(low: int) -> NDArray[np.bool_]:
        return np.asarray((ends[:, low] <= truth) & (truth <= ends[:, low + 1]))

    def width(low: int) -> float:
        return float((ends[:, low + 1] - ends[:, low]).mean() / truth)

    ratio = name in RATIOS
    return Cell(
        temperature=temperature,
        rows=rows,
        estimator=name,
        runs=len(ends),
        ess=ess,
        bias=float(ends[:, 0].mean() / truth - 1),
        coverage=float(inside(1).mean()),
        width=width(1),
        shown=float(shown.mean()),
        held=float(inside(1)[shown].mean()) if shown.any() else float("nan"),
        normal=float(inside(3).mean()),
        normal_width=width(3),
        bernstein=None if ratio else float(inside(5).mean()),
        bernstein_width=None if ratio else width(5),
        cpu_seconds=spent,
    )
