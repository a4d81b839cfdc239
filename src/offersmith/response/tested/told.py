"""A judged test in words and small tables, for a marketer at a terminal."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from offersmith.experiments.uplift import ArmEffect, Figure
from offersmith.words import Language, catalogue, say

if TYPE_CHECKING:
    from offersmith.response.choice.choose import Chosen
    from offersmith.response.choice.value import Value
    from offersmith.response.tested.figures import Ranking
    from offersmith.response.tested.judge import JudgedTest


def told(tested: JudgedTest, language: Language = "en") -> str:
    """Return the findings: what was read, effects, models, policies, the verdict."""
    parts = [_head(tested, language), _effects(tested, language)]
    if tested.chosen is not None:
        parts.append(_models(tested.chosen, language))
    if tested.ranking is not None:
        parts.append(_ranking(tested.ranking, language))
    if tested.chosen is not None:
        parts.append(_policies(tested.chosen, language))
    parts.append([_verdict(tested, language)])
    return "\n\n".join("\n".join(lines) for lines in parts)


def reason_said(code: str, language: Language) -> str:
    """Return a reason in words, wherever its words are."""
    room = next(room for room in ("choice", "experiments") if code in catalogue(room))
    return say(f"{room}.{code}", language)


def _head(tested: JudgedTest, language: Language) -> list[str]:
    read, trial, asked = tested.read, tested.read.trial, tested.asked
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
    if "" in read.cost:
        lines.append(say("tested.cost_column", language, column=read.cost[""]))
    elif read.cost:
        costs = ", ".join(f"{arm} {amount:g}" for arm, amount in read.cost.items())
        lines.append(say("tested.cost_arms", language, costs=costs))
    left_out = read.features.left_out
    for reason in dict.fromkeys(left_out.values()):
        columns = ", ".join(name for name, why in left_out.items() if why == reason)
        lines.append(say("tested.left_out", language, reason=reason_said(reason, language), columns=columns))
    for code in tested.reasons:
        count = tested.counts.get(code, 0)
        if code == "not_by_lot" and tested.lot is not None:
            most, chance = tested.lot.most, tested.lot.chance
            lines.append(say("tested.warn_not_by_lot", language, column=most, chance=chance, count=count))
        elif code == "chances_do_not_fit":
            lines.append(say("tested.warn_chances", language, column=asked.propensity, count=count))
        elif code == "too_few_rows":
            lines.append(say("tested.warn_too_few_rows", language, count=count))
    return lines


def _effects(tested: JudgedTest, language: Language) -> list[str]:
    lines: list[str] = []
    for key, found in (("effects", tested.effects), ("effects_before", tested.before_cost)):
        if found:
            lines.append(say(f"tested.{key}", language, mean=found[0].control_mean))
            lines += _table(say("tested.effects_columns", language), [_arm(one, language) for one in found])
    return lines


def _arm(one: ArmEffect, language: Language) -> list[str]:
    ends = _ends(one.low, one.high, one.reason, language)
    method = say(f"tested.{one.method}", language)
    return [one.arm, f"{one.rows:,}", f"{one.mean:.4g}", f"{one.effect:+.4g}", ends, method]


def _models(chosen: Chosen, language: Language) -> list[str]:
    rows = []
    for one in chosen.tried:
        if one.value is None or one.claimed is None:
            rows.append([one.name, "-", reason_said(one.reason, language), "-"])
        else:
            rows.append([one.name, *_value(one.value, language), f"{one.claimed:+.4g}"])
    lines = [say("tested.models", language), *_table(say("tested.models_columns", language), rows)]
    if chosen.name:
        lines.append(say("tested.chosen", language, name=chosen.name, reason=reason_said(chosen.reason, language)))
    return lines


def _ranking(ranking: Ranking, language: Language) -> list[str]:
    lines = [
        say(
            "tested.ranking",
            language,
            qini=_number(ranking.qini.value),
            qini_ends=_figure(ranking.qini, language),
            auuc=_number(ranking.auuc.value),
            auuc_ends=_figure(ranking.auuc, language),
        )
    ]
    for found in ranking.at_k:
        value, ends = _number(found.value), _figure(found, language)
        lines.append("  " + say("tested.at_k", language, share=found.share, value=value, ends=ends))
    for arm, (found, _) in ranking.by_arm.items():
        true = ranking.calibration[arm]
        said = say("tested.by_arm", language, arm=arm, qini=_number(found.value), ends=_figure(found, language))
        if not math.isnan(true.slope):
            low, high = _number(true.slope_low), _number(true.slope_high)
            said += say("tested.comes_true", language, slope=_number(true.slope), low=low, high=high)
        lines.append("  " + said)
    return lines


def _policies(chosen: Chosen, language: Language) -> list[str]:
    arm = chosen.gains.trial.arms[chosen.single.arm].name
    rows = [
        [say("tested.each", language), *_value(chosen.learned, language)],
        [say("tested.single", language, arm=arm), *_value(chosen.single.value, language)],
        [say("tested.nobody", language), "0", ""],
        [say("tested.over_single", language), *_value(chosen.over_single, language)],
    ]
    return [say("tested.policies", language), *_table(say("tested.policies_columns", language), rows)]


def _verdict(tested: JudgedTest, language: Language) -> str:
    chosen = tested.chosen
    if tested.verdict == "unknown" or chosen is None:
        joint = "；" if language == "zh" else "; "
        reasons = joint.join(reason_said(code, language) for code in tested.reasons)
        return say("tested.verdict_unknown", language, reasons=reasons)
    arm = chosen.gains.trial.arms[chosen.single.arm].name
    value, of_single = chosen.policy.value, chosen.single.value.value
    return say(f"tested.verdict_{tested.verdict}", language, arm=arm, value=value, single=of_single)


def _value(value: Value, language: Language) -> list[str]:
    return [f"{value.value:+.4g}", _ends(value.low, value.high, "".join(value.reasons[:1]), language)]


def _figure(figure: Figure, language: Language) -> str:
    return _ends(figure.low, figure.high, figure.reason, language)


def _ends(low: float | None, high: float | None, reason: str, language: Language) -> str:
    if low is None or high is None:
        return reason_said(reason, language)
    return f"{low:+.4g} .. {high:+.4g}"


def _number(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.4g}"


def _table(head: str, rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [head.split("|"), *rows]
    wide = [max(_wide(row[index]) for row in cells) for index in range(len(cells[0]) - 1)]
    return [
        "  " + "  ".join([*(_padded(cell, wide[index]) for index, cell in enumerate(row[:-1])), row[-1]]).rstrip()
        for row in cells
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _wide(text))


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
