"""A judging as plain values that JSON can hold: what a report says of it, and what `learn --json` prints."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from offersmith.experiments.uplift import UpliftCalibration, doubly_robust
from offersmith.profiles.segments import NEEDED, segment
from offersmith.response.base import Floats, History, floats
from offersmith.response.choice.choose import Chosen
from offersmith.response.choice.value import best
from offersmith.response.costs import relief
from offersmith.response.depth.curves import depth_curves
from offersmith.response.explain.policy_tree import policy_tree
from offersmith.response.judging.plain import judged
from offersmith.response.judging.ranking import ranked
from offersmith.response.learners.crossing import split
from offersmith.response.preference import choose_classifier
from offersmith.response.structural.redeeming import used
from offersmith.response.trial import Arm, Trial
from offersmith.vocabulary import Offer

ASKED = 6_000
"""Rows from which it is learned who accepts what, at most: classifiers by the dozen are tried."""
LEAST_SEGMENT = 200
"""Rows of a segment that has a depth curve of its own."""


def record(
    history: History,
    chosen: Chosen,
    lines: Mapping[str, UpliftCalibration],
    lost: Mapping[str, int],
    known: Mapping[str, Offer],
    basket: float,
    seed: int,
) -> dict[str, Any]:
    """Return how learners were judged on a history.

    Args:
        history: with the trial's rows only.
        chosen: the judging.
        lines: calibration of every arm.
        lost: reason code -> decisions that were left out.
        known: the catalogue.
        basket: a usual one, major units.
        seed: of what is drawn.
    """
    counts = {name: count for name, count in lost.items() if count}
    plain = {
        **measured(chosen, lines),
        "depth": depths(history, chosen, known, basket, seed),
        "tree": tree(history, chosen, seed),
        "preference": preference(history, chosen.gains.trial, seed),
        "reasons": [],
        "counts": counts,
    }
    return {name: _plain(value) for name, value in plain.items() if value is not None}


def measured(chosen: Chosen, lines: Mapping[str, UpliftCalibration]) -> dict[str, Any]:
    """Return what the choice and the rankings say, for any trial; a model that ranks nobody has no ranking.

    Args:
        chosen: the judging.
        lines: calibration of every arm.
    """
    gains = chosen.gains
    trial = gains.trial
    effects = doubly_robust(
        trial.arm, trial.outcome, gains.expected, [arm.name for arm in trial.arms], propensity=trial.propensity,
        customer=gains.cluster,
    )  # fmt: skip
    ranking = ranked(chosen, trial.outcome, gains.cluster, trial.propensity, lines)
    plain = judged(
        trial, effects, chosen, ranking if ranking and ranking.varies else None, outcome=trial.outcome, called="profit"
    )
    return plain | {"calibration": [{"arm": name, **line.as_dict()} for name, line in lines.items()]}


def depths(history: History, chosen: Chosen, known: Mapping[str, Offer], basket: float, seed: int) -> list[Any]:
    """Return the profit curves over the depth that offers name, of everybody and of segments with rows enough."""
    trial = replace(chosen.gains.trial, arms=_named(chosen.gains.trial.arms, known, basket))
    missing = [name for name in NEEDED if name not in history.table.column_names]
    names = None if missing else segment(history.table)["segment"].to_pylist()
    found = [curve.as_dict() for curve in depth_curves(trial, chosen.effects, names, seed=seed)]
    for curve in found:
        curve["segments"] = [one for one in curve["segments"] if one["rows"] >= LEAST_SEGMENT]
    return found


def _named(arms: Sequence[Arm], known: Mapping[str, Offer], basket: float) -> tuple[Arm, ...]:
    """Return arms as deep as their terms say; those of the trial take off what a whole horizon's spending loses."""
    found = [arms[0]]
    for arm in arms[1:]:
        offer = known.get(arm.name)
        one, two = np.nan_to_num(relief(offer, np.array([4.0, 8.0]) * basket)).tolist() if offer else (0.0, 0.0)
        share = max((two - one) / (4 * basket), 0.0) if basket > 0 else 0.0
        fixed = max(one - 4 * basket * share, 0.0)
        found.append(replace(arm, share=round(share, 9), fixed=round(fixed, 6)))
    return tuple(found)


def tree(history: History, chosen: Chosen, seed: int) -> dict[str, Any] | None:
    """Return the learned policy in a few conditions on what customers are, in the features' own units."""
    names = [name for name in history.features if floats(history.table, name).size]
    columns = [floats(history.table, name) for name in names]
    raw = np.column_stack([_filled(column) for column in columns]) if columns else np.zeros((len(chosen.fold), 0))
    moving = np.flatnonzero(raw.std(axis=0) > 0)
    if not len(moving) or not np.any(chosen.effects):
        return None
    gains = chosen.gains
    found = policy_tree(
        raw[:, moving],
        [names[column] for column in moving.tolist()],
        gains.gain,
        [arm.name for arm in gains.trial.arms],
        customer=gains.trial.customer,
        effects=chosen.effects,
        policy=best(chosen.effects),
        seed=seed,
    )
    return found.as_dict()


def _filled(column: Floats) -> Floats:
    """Return a column whose unknown values are its median: a condition has to be one on something."""
    known = np.isfinite(column)
    return np.where(known, column, np.median(column[known]) if known.any() else 0.0)


def preference(history: History, trial: Trial, seed: int) -> dict[str, Any] | None:
    """Return how well it can be told who accepts what, by several classifiers; None where nobody's use is known."""
    rows = np.flatnonzero((trial.arm > 0) & history.labelled)
    if not len(rows):
        return None
    part = -(-len(rows) // ASKED)
    rows = rows[split(trial.customer[rows], part, seed) == 0]
    codes = np.eye(len(trial.arms))[trial.arm[rows]][:, 1:]
    accepted = used(history)[rows].astype(np.float64)
    found = choose_classifier(trial.x[rows], codes, accepted, trial.customer[rows], seed=seed)
    return found.as_dict() if found else None


def _plain(value: Any) -> Any:
    """Return values that JSON can hold: what is no number is None."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
