"""Measured profit curves: what each depth of an offer earns, of everybody and of every segment, and where it peaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from offersmith.errors import InputError
from offersmith.response.base import Floats, Ints
from offersmith.response.depth.best import close_to_best
from offersmith.response.depth.families import Family, families
from offersmith.response.depth.measured import Levels
from offersmith.response.depth.points import DepthCurve, DepthPoint, SegmentCurve
from offersmith.response.depth.pooled import LEVEL, rising, rising_p
from offersmith.response.trial import Trial


def depth_curves(
    trial: Trial, effects: Floats, segments: Sequence[str] | None = None, *, seed: int = 0
) -> tuple[DepthCurve, ...]:
    """Return the profit curve of every family of offers that differ in depth only; none where there is no such family.

    Profits are means of doubly robust scores with their 95 % intervals, chances fitted on other customers; the model's
    effects are reported beside them and, without segments, say which customers to look at together.

    Args:
        trial: rows to measure on.
        effects: (n, k) expected by a model that did not see the row's customer.
        segments: (n,) name of each row's segment; None = customers by the depth the model expects to be best.
        seed: of folds and of drawn critical values.

    Raises:
        InputError: lengths differ, or an effect is not finite.
    """
    if effects.shape != (len(trial), len(trial.arms)):
        raise InputError(f"effects of shape {effects.shape}; {(len(trial), len(trial.arms))} is needed: rows x arms")
    wrong = int((~np.isfinite(effects)).sum())
    if wrong:
        raise InputError(f"effects: {wrong} of {effects.size} are not finite", count=wrong)
    if segments is not None and len(segments) != len(trial):
        raise InputError(f"{len(segments)} segments for {len(trial)} rows", field="segments")
    found = families(trial.arms)
    if not found or not len(trial):
        return ()
    levels = Levels.of(trial, seed)
    return tuple(
        DepthCurve(
            kind=family.kind,
            unit=family.unit,
            minimum=family.minimum,
            whole=_curve("", np.arange(len(trial)), family, levels, effects, seed),
            segments=tuple(
                _curve(name, rows, family, levels, effects, seed)
                for name, rows in (_expected(trial, effects, family) if segments is None else _given(segments))
            ),
            by="expected" if segments is None else "given",
        )
        for family in found
    )


def _given(segments: Sequence[str]) -> list[tuple[str, Ints]]:
    names, number = np.unique(np.asarray(segments, dtype=np.str_), return_inverse=True)
    return [(str(name), np.flatnonzero(number == place)) for place, name in enumerate(names)]


def _expected(trial: Trial, effects: Floats, family: Family) -> list[tuple[str, Ints]]:
    best = np.argmax(effects[:, list(family.arms)], axis=1)
    rows = [np.flatnonzero(best == place) for place in range(len(family.arms))]
    return [(trial.arms[arm].name, who) for arm, who in zip(family.arms, rows, strict=True) if len(who)]


def _curve(segment: str, rows: Ints, family: Family, levels: Levels, effects: Floats, seed: int) -> SegmentCurve:
    arms, counts = list(family.arms), np.bincount(levels.trial.arm[rows], minlength=len(levels.trial.arms))
    profit = np.zeros(len(arms))
    low: list[float | None] = [0.0] * len(arms)
    high: list[float | None] = [0.0] * len(arms)
    reasons = [""] * len(arms)
    for place, arm in enumerate(arms[1:], start=1):
        found, reasons[place] = levels.gain(rows, arm)
        profit[place] = found.value
        low[place], high[place] = (None, None) if reasons[place] else (found.low, found.high)
    chance, pooled, rises = _pooled(rows, arms, levels, profit, seed)
    best: float | None = None
    close: tuple[float, ...] = ()
    if not any(reasons):
        gains = levels.outcome[:, arms] - levels.outcome[:, [0]]
        kept = np.flatnonzero(close_to_best(profit, levels.covariance(gains, rows), seed=seed))
        best = family.depths[int(kept[np.argmax(pooled[kept])])]
        close = tuple(family.depths[place] for place in kept)
    return SegmentCurve(
        segment=segment,
        rows=len(rows),
        points=tuple(
            DepthPoint(
                depth=family.depths[place],
                arm=levels.trial.arms[arm].name,
                rows=int(counts[arm]),
                profit=float(profit[place]),
                low=low[place],
                high=high[place],
                pooled=float(pooled[place]),
                chance=None if chance is None else float(chance[place]),
                expected=float(effects[rows, arm].mean()),
                reason=reasons[place],
            )
            for place, arm in enumerate(arms)
        ),
        best=best,
        close=close,
        rising=rises,
    )


def _pooled(
    rows: Ints, arms: list[int], levels: Levels, profit: Floats, seed: int
) -> tuple[Floats | None, Floats, float | None]:
    """Return chances, profits once chances rise with depth, and the p-value of their rising.

    A profit follows its chance at the measured worth of a sale: outcome = chance x (outcome / chance).
    """
    if levels.chance is None:
        return None, profit, None
    scores = levels.chance[:, arms]
    chance, covariance = scores[rows].mean(axis=0), levels.covariance(scores, rows)
    p = rising_p(chance, covariance, seed)
    variance = np.diag(covariance)
    if p < LEVEL or np.any(chance <= 0) or not np.all(variance > 0):
        return chance, profit, p
    held = np.clip(rising(chance, 1 / variance), 0.0, 1.0)
    outcome = levels.outcome[np.ix_(rows, np.array(arms))].mean(axis=0) / chance * held
    return chance, outcome - outcome[0], p
