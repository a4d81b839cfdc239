"""A judged test in words and small tables, for a marketer at a terminal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from offersmith.experiments.uplift import ArmEffect, Figure
from offersmith.response.base import Floats
from offersmith.response.judging.ranking import LEAST_ARM
from offersmith.response.shown import shown, shown_range, table
from offersmith.words import Language, catalogue, say

if TYPE_CHECKING:
    from offersmith.response.choice.choose import Chosen
    from offersmith.response.choice.value import Value
    from offersmith.response.judging.ranking import Ranking
    from offersmith.response.tested.judge import JudgedTest


_PER = 1000
"""Customers an area is told for: one customer's part of it is a number nobody can picture."""
_RARE = 1e-4
"""Chances below this are only said to be below it."""


def told(tested: JudgedTest, language: Language = "en") -> str:
    """Return the findings: what was read, effects, models, policies, the verdict."""
    unit = _Unit(language, _zero_one(tested.read.net))
    parts = [_head(tested, unit), _effects(tested, language)]
    if tested.chosen is not None:
        parts.append(_models(tested.chosen, unit))
    if tested.ranking is not None:
        parts.append(_ranking(tested.ranking, unit))
    if tested.chosen is not None:
        parts.append(_policies(tested.chosen, unit))
    parts.append([_verdict(tested, unit)])
    return "\n\n".join("\n".join(lines) for lines in parts)


@dataclass(frozen=True, slots=True)
class _Unit:
    """How figures are told.

    Attributes:
        language: of the words.
        percent: whether the outcome is 0 or 1, so that its means are shares.
    """

    language: Language
    percent: bool

    def number(self, value: float, *, signed: bool = False) -> str:
        return shown(value, signed=signed, percent=self.percent)

    def ends(self, low: float | None, high: float | None, reason: str) -> str:
        if low is None or high is None:
            return reason_said(reason, self.language)
        return shown_range(low, high, signed=True, percent=self.percent)


def _zero_one(outcome: Floats) -> bool:
    return bool(np.isin(outcome, (0.0, 1.0)).all())


def reason_said(code: str, language: Language) -> str:
    """Return a reason in words, wherever its words are."""
    room = next(room for room in ("choice", "experiments") if code in catalogue(room))
    return say(f"{room}.{code}", language)


def _head(tested: JudgedTest, unit: _Unit) -> list[str]:
    read, trial, asked, language = tested.read, tested.read.trial, tested.asked, unit.language
    lines = [
        say(
            "tested.head",
            language,
            rows=len(trial),
            customers=len(set(trial.customer.tolist())),
            treatment=asked.treatment,
            control=asked.control,
            outcome=asked.outcome,
            features=len(read.features.columns),
        )
    ]
    if unit.percent:
        lines.append(say("tested.zero_one", language, outcome=asked.outcome))
    if "" in read.cost:
        lines.append(say("tested.cost_column", language, column=read.cost[""]))
    elif read.cost:
        costs = ", ".join(
            f"{arm} {_amount(amount)}" for arm, amount in read.cost.items() if not isinstance(amount, str)
        )
        lines.append(say("tested.cost_arms", language, costs=costs))
    left_out = read.features.left_out
    for reason in dict.fromkeys(left_out.values()):
        columns = ", ".join(name for name, why in left_out.items() if why == reason)
        lines.append(say("tested.left_out", language, reason=reason_said(reason, language), columns=columns))
    for code in tested.reasons:
        count = tested.counts.get(code, 0)
        if code == "not_by_lot" and tested.lot is not None:
            most, odds = tested.lot.most, tested.lot.chance or 0.0
            chance = f"<{_RARE}" if odds < _RARE else shown(odds)
            lines.append(say("tested.warn_not_by_lot", language, column=most, chance=chance, count=count))
        elif code == "chances_do_not_fit":
            lines.append(say("tested.warn_chances", language, column=asked.propensity, count=count))
        elif code == "too_few_rows":
            lines.append(say("tested.warn_too_few_rows", language, count=count, arms=_sizes(tested), least=LEAST_ARM))
        elif code == "arm_too_few_customers":
            lines.append(say("tested.warn_arm_too_few", language, arms=_sizes(tested, thin=True), least=LEAST_ARM))
    return lines


def _sizes(tested: JudgedTest, *, thin: bool = False) -> str:
    """Return the customers of every arm, or of those that have too few."""
    arms = zip(tested.read.trial.arms, tested.customers, strict=True)
    return ", ".join(f"{arm.name} {count:,}" for arm, count in arms if count < LEAST_ARM or not thin)


def _amount(amount: float) -> str:
    """Return what a user wrote as they wrote it, but never with an exponent."""
    return f"{amount:,.12f}".rstrip("0").rstrip(".")


def _effects(tested: JudgedTest, language: Language) -> list[str]:
    lines: list[str] = []
    read, heads = tested.read, say("tested.effects_columns", language).split("|")
    for key, found, outcome in (
        ("effects", tested.effects, read.net),
        ("effects_before", tested.before_cost, read.gross),
    ):
        if found:
            unit = _Unit(language, _zero_one(outcome))
            lines.append(say(f"tested.{key}", language, mean=unit.number(found[0].control_mean)))
            lines += table(heads, [_arm(one, unit) for one in found], numbers=(1, 2, 3))
    return lines


def _arm(one: ArmEffect, unit: _Unit) -> list[str]:
    mean, effect = unit.number(one.mean), unit.number(one.effect, signed=True)
    method = say(f"tested.{one.method}", unit.language)
    return [one.arm, f"{one.rows:,}", mean, effect, unit.ends(one.low, one.high, one.reason), method]


def _models(chosen: Chosen, unit: _Unit) -> list[str]:
    rows, language = [], unit.language
    for one in chosen.tried:
        if one.value is None or one.claimed is None:
            rows.append([one.name, "-", reason_said(one.reason, language), "-"])
        else:
            rows.append([one.name, *_value(one.value, unit), unit.number(one.claimed, signed=True)])
    heads = say("tested.models_columns", language).split("|")
    lines = [say("tested.models", language), *table(heads, rows, numbers=(1,))]
    if chosen.name:
        lines.append(say("tested.chosen", language, name=chosen.name, reason=reason_said(chosen.reason, language)))
    return lines


def _ranking(ranking: Ranking, unit: _Unit) -> list[str]:
    language = unit.language
    areas = [_area(figure, unit.language) for figure in (ranking.qini, ranking.auuc)]
    lines = [say("tested.ranking", language), *("  " + area for area in areas)]
    for found in ranking.at_k:
        value, ends = unit.number(found.value), unit.ends(found.low, found.high, found.reason)
        lines.append("  " + say("tested.at_k", language, share=found.share, value=value, ends=ends))
    for arm, one in ranking.by_arm.items():
        true = ranking.calibration[arm]
        said = say("tested.by_arm", language, arm=arm, area=_area(one.qini, language))
        if not math.isnan(true.slope):
            ends = (
                reason_said(true.reason, language)
                if true.reason
                else f"{shown(true.slope_low)} .. {shown(true.slope_high)}"
            )
            said += say("tested.comes_true", language, slope=shown(true.slope), ends=ends)
        lines.append("  " + said)
    return lines


def _area(figure: Figure, language: Language) -> str:
    """Return a Qini or AUUC under the name of what it is: a share of the best order, or an area in customers."""
    normalised = figure.definition.endswith("_of_perfect")
    unit, scale = _Unit(language, normalised), 1 if normalised else _PER
    low, high = (None if end is None else scale * end for end in (figure.low, figure.high))
    key = f"tested.{figure.name}_{'share' if normalised else 'area'}"
    value, ends = unit.number(scale * figure.value), unit.ends(low, high, figure.reason)
    return say(key, language, value=value, ends=ends)


def _policies(chosen: Chosen, unit: _Unit) -> list[str]:
    arm, language = chosen.gains.trial.arms[chosen.single.arm].name, unit.language
    rows = [
        [say("tested.each", language), *_value(chosen.learned, unit)],
        [say("tested.single", language, arm=arm), *_value(chosen.single.value, unit)],
        [say("tested.nobody", language), "0", ""],
        [say("tested.over_single", language), *_value(chosen.over_single, unit)],
    ]
    heads = say("tested.policies_columns", language).split("|")
    lines = [say("tested.policies", language), *table(heads, rows, numbers=(1,))]
    alone = next((one.value for one in chosen.tried if one.name == chosen.name), None)
    if alone is not None and unit.number(alone.value) != unit.number(chosen.learned.value):
        lines.append(say("tested.pays_for_choosing", language))
    return lines


def _verdict(tested: JudgedTest, unit: _Unit) -> str:
    chosen, language = tested.chosen, unit.language
    if tested.verdict == "unknown" or chosen is None:
        joint = "；" if language == "zh" else "; "
        reasons = joint.join(reason_said(code, language) for code in tested.reasons)
        return say("tested.verdict_unknown", language, reasons=reasons)
    arm = chosen.gains.trial.arms[chosen.single.arm].name
    value, of_single = unit.number(chosen.policy.value), unit.number(chosen.single.value.value)
    return say(f"tested.verdict_{tested.verdict}", language, arm=arm, value=value, single=of_single)


def _value(value: Value, unit: _Unit) -> list[str]:
    ends = unit.ends(value.low, value.high, "".join(value.reasons[:1]))
    return [unit.number(value.value, signed=True), ends]
