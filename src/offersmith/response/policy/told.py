"""A judged policy in words, for a terminal."""

from __future__ import annotations

from offersmith.experiments.off_policy.estimators import UNBIASED
from offersmith.experiments.off_policy.interval import Interval
from offersmith.experiments.off_policy.judge import Estimated
from offersmith.experiments.off_policy.support import (
    MAX_SHARE,
    MIN_EFFECTIVE,
    MIN_OUTCOMES,
    NOT_ENOUGH_SUPPORT,
    TOO_FEW_OUTCOMES,
    Support,
)
from offersmith.response.policy.log import PolicyJudged
from offersmith.response.shown import shown, shown_range, table
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
            largest=shown(held.largest_weight),
            share=held.largest_share,
            mean=held.mean_weight,
        ),
        *([] if "customer" in judged.columns else [say("experiments.policy_no_customer", language)]),
        "",
    ]
    rows = [[made.name, shown(made.value), _ends(made, language)] for made in judged.judged.estimates]
    lines += [*table(say("experiments.policy_columns", language).split("|"), rows, numbers=(1,)), ""]
    for made in judged.judged.estimates:
        if made.bound is not None:
            low, high = shown(made.bound.low), shown(made.bound.high)
            lines.append(say("experiments.policy_bernstein", language, name=made.name, low=low, high=high))
    current = _interval(judged.current_interval, language)
    lines.append(say("experiments.policy_current", language, value=shown(judged.current), interval=current))
    apart = judged.difference
    between = _interval(apart.interval, language)
    lines.append(
        say("experiments.policy_difference", language, value=shown(apart.value, signed=True), interval=between)
    )
    lines += _catalogues(judged, language)
    why = ("；" if language == "zh" else "; ").join(_why(code, held, language) for code in judged.reasons)
    return "\n".join([*lines, say(f"experiments.policy_{judged.verdict}", language, reasons=why)])


def _catalogues(judged: PolicyJudged, language: Language) -> list[str]:
    """Return what the target may choose and the log has not, and the other way round where it does; [] = all known."""
    if not judged.unseen:
        return []
    names = {name: _some(getattr(judged, name)) for name in ("unseen", "unused")}
    lines = [say("experiments.policy_unseen", language, chance=judged.unseen_chance, names=names["unseen"])]
    if judged.unused:
        lines.append(say("experiments.policy_unused", language, names=names["unused"]))
    if len(judged.unused) + len(judged.unseen) == judged.actions:
        lines.append(say("experiments.policy_nothing_in_common", language))
    return lines


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:_NAMES]) + (" ..." if len(names) > _NAMES else "")


def _ends(made: Estimated, language: Language) -> str:
    if made.name not in UNBIASED:
        return say("experiments.policy_biased", language)
    return _interval(made.interval, language)


def _interval(found: Interval | None, language: Language) -> str:
    return say("experiments.policy_withheld", language) if found is None else shown_range(found.low, found.high)


def _why(code: str, held: Support, language: Language) -> str:
    """Return a reason with its counts, where the log's support has them."""
    if code == TOO_FEW_OUTCOMES:
        return say("experiments.policy_too_few_outcomes", language, count=f"{held.outcomes:,}", least=MIN_OUTCOMES)
    if code == NOT_ENOUGH_SUPPORT:
        return say(
            "experiments.policy_not_enough_support",
            language,
            ess=f"{held.ess:,.1f}",
            share=f"{held.largest_share:.1%}",
            least=f"{MIN_EFFECTIVE:.0f}",
            most=f"{MAX_SHARE:.0%}",
        )
    return say(f"experiments.{code}", language)
