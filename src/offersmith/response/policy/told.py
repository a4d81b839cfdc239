"""A judged policy in words, for a terminal."""

from __future__ import annotations

import unicodedata

from offersmith.experiments.off_policy.estimators import UNBIASED
from offersmith.experiments.off_policy.interval import Interval
from offersmith.experiments.off_policy.judge import Estimated
from offersmith.response.policy.log import PolicyJudged
from offersmith.words import Language, say

_NAMES = 8


def told(judged: PolicyJudged, language: Language = "en") -> str:
    """Return the figures, what supports them, and the verdict, as lines."""
    held = judged.judged.support
    lines = [
        say(
            "experiments.policy_head",
            language,
            rows=held.rows,
            actions=judged.actions,
            **{name: judged.columns[name] for name in ("action", "reward", "propensity")},
        ),
        say(
            "experiments.policy_support",
            language,
            ess=held.ess,
            rows=held.rows,
            largest=held.largest_weight,
            share=held.largest_share,
            mean=held.mean_weight,
        ),
        *([] if "customer" in judged.columns else [say("experiments.policy_no_customer", language)]),
        "",
        _line(say("experiments.policy_columns", language).split(",")),
    ]
    lines += [_line([made.name, f"{made.value:.6g}", _ends(made, language)]) for made in judged.judged.estimates]
    lines.append("")
    for made in judged.judged.estimates:
        if made.bound is not None:
            low, high = made.bound.low, made.bound.high
            lines.append(say("experiments.policy_bernstein", language, name=made.name, low=low, high=high))
    current = _interval(judged.current_interval, language)
    lines.append(say("experiments.policy_current", language, value=judged.current, interval=current))
    apart = judged.difference
    between = _interval(apart.interval, language)
    lines.append(say("experiments.policy_difference", language, value=apart.value, interval=between))
    if judged.unseen:
        names = ", ".join(judged.unseen[:_NAMES]) + (" ..." if len(judged.unseen) > _NAMES else "")
        lines.append(say("experiments.policy_unseen", language, chance=judged.unseen_chance, names=names))
    why = ("；" if language == "zh" else "; ").join(say(f"experiments.{code}", language) for code in judged.reasons)
    return "\n".join([*lines, say(f"experiments.policy_{judged.verdict}", language, reasons=why)])


def _ends(made: Estimated, language: Language) -> str:
    if made.name not in UNBIASED:
        return say("experiments.policy_biased", language)
    return _interval(made.interval, language)


def _interval(found: Interval | None, language: Language) -> str:
    return say("experiments.policy_withheld", language) if found is None else f"{found.low:.6g} .. {found.high:.6g}"


def _line(cells: list[str]) -> str:
    name, value, rest = cells
    return f"  {name}{' ' * (12 - _wide(name))}{' ' * (14 - _wide(value))}{value}   {rest}"


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
