"""Figures of one model on the half of the customers that it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks._hillstrom_data import ARMS, Mailing
from offersmith.experiments.off_policy.estimators import Logged
from offersmith.experiments.off_policy.judge import difference, judge
from offersmith.experiments.uplift import Figure, many_arms, one_arm, qini, uplift_at_k
from offersmith.response.base import Floats, Ints

TOP = 0.3


def ranking(test: Mailing, outcome: str, held: Ints, effects: Floats) -> dict[str, Any]:
    """Return uplift at 30 % and Qini of each arm against none, and of the best arm of each customer.

    Args:
        test: all customers.
        outcome: one of `OUTCOMES`.
        held: (m,) rows to judge on.
        effects: (m, 3) predicted effects of the arms on those rows.
    """
    arm, y = test.arm[held], test.outcomes[outcome][held]
    found: dict[str, Any] = {}
    for i, name in enumerate(ARMS[1:], start=1):
        rows = (arm == i) | (arm == 0)
        ranked = one_arm(effects[rows, i], arm[rows] == i, y[rows])
        found[name] = {
            "uplift@30%": _short(uplift_at_k(ranked, TOP)),
            "uplift@30% by group": _short(uplift_at_k(ranked, TOP, strategy="by_group")),
            "qini": _short(qini(ranked)),
        }
    ranked = many_arms(effects, arm, y, propensity=np.full(len(held), 1 / len(ARMS)))
    found["best arm"] = {"uplift@30%": _short(uplift_at_k(ranked, TOP)), "qini": _short(qini(ranked))}
    return found


def _short(figure: Figure) -> dict[str, Any]:
    said = figure.as_dict()
    return {name: said[name] for name in ("value", "low", "high", "reason", "definition")}


def policy(test: Mailing, learned: Ints, held: Ints, effects: Floats) -> dict[str, Any]:
    """Return what giving everyone the arm with the best predicted effect on spend, or nothing, is worth in dollars.

    Doubly robust, with a line per arm fitted on the other half; beside it the best single arm of the other half, and
    nothing for anybody; differences are paired.
    """
    spend, arm = test.outcomes["spend"], test.arm
    expected = np.column_stack([_line(test.x, spend, learned[arm[learned] == i], held) for i in range(len(ARMS))])
    means = [float(spend[learned[arm[learned] == i]].mean()) for i in range(len(ARMS))]
    best, single = np.argmax(effects, axis=1), int(np.argmax(means))

    def seen_from(chosen: Ints) -> Logged:
        each = np.arange(len(held))
        weight = len(ARMS) * (arm[held] == chosen)
        return Logged(spend[held], weight.astype(float), expected[each, arm[held]], expected[each, chosen])

    plan, one, none = (
        seen_from(chosen) for chosen in (best, np.full(len(held), single), np.zeros(len(held), dtype=np.int64))
    )
    return {
        "policy": judge(plan).of("dr").as_dict(),
        "best single arm": {"arm": ARMS[single], **judge(one).of("dr").as_dict()},
        "none": judge(none).of("dr").as_dict(),
        "over best single arm": difference(plan, one).as_dict(),
        "over none": difference(plan, none).as_dict(),
        "shares": dict(zip(ARMS, (np.bincount(best, minlength=len(ARMS)) / len(best)).tolist(), strict=True)),
    }


def _line(x: Floats, y: Floats, rows: Ints, held: Ints) -> Floats:
    weights = np.linalg.lstsq(np.column_stack([np.ones(len(rows)), x[rows]]), y[rows], rcond=None)[0]
    return np.asarray(weights[0] + x[held] @ weights[1:])
