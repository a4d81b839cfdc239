"""What sets a segment apart, as a line that a person reads, in the feature's own unit."""

from __future__ import annotations

from collections.abc import Callable

from offersmith.profiles import FEATURES, label
from offersmith.profiles.clusters.describe import SegmentFacts, Tell
from offersmith.words import Language, say

LINES = 4
Money = Callable[[float], str]
_SMALL, _SMALL_SHARE = 10.0, 0.1


def told(facts: SegmentFacts, money: Money, language: Language = "en", lines: int = LINES) -> tuple[str, ...]:
    """Return the strongest differences that a person would see, a line each; none for an average segment.

    Args:
        facts: of the segment.
        money: writes an amount of minor units.
        language: of the lines.
        lines: at most.
    """
    return tuple(line(tell, money, language) for tell in facts.tells if tell.telling)[:lines]


def line(tell: Tell, money: Money, language: Language = "en") -> str:
    """Return one difference, such as "orders ever: typically 86, others 25"."""
    unit = FEATURES[tell.feature].unit if tell.feature in FEATURES else ""
    feature = label(tell.feature, language) if tell.feature in FEATURES else tell.feature
    mine, others = (_written(value, unit, money) for value in (tell.mine, tell.others))
    return say(f"clusters.tell_{tell.by}", language, feature=feature, mine=mine, others=others)


def _written(value: float, unit: str, money: Money) -> str:
    if unit == "minor":
        return money(value)
    if unit == "share":
        return f"{value:.1%}" if 0.0 < abs(value) < _SMALL_SHARE else f"{value:.0%}"
    few = abs(value) < (1 if unit == "days" else _SMALL)
    return f"{value:.1f}".removesuffix(".0") if few else f"{value:,.0f}"
