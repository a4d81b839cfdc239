"""What a report is told of playbooks: what a plan made of each, in figures and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offersmith.report.inputs_base import Both, Interval


@dataclass(frozen=True, slots=True)
class PlaybookFacts:
    """One playbook of a plan.

    Attributes:
        title: what people call it.
        about: what it is for.
        members: customers it is for.
        given: customers who get an offer of it.
        cost: expected draw on the budget, major units.
        profit: expected, major units, with its interval; as wide as a point where none is known.
        lines: label and text, in the order to read them.
    """

    title: Both
    about: Both
    members: int
    given: int
    cost: float
    profit: Interval
    lines: tuple[tuple[Both, Both], ...]


def playbook_facts(card: Mapping[str, Any]) -> PlaybookFacts:
    """Return a playbook from what the ledger keeps of it (`planned.Planned.as_dict`)."""
    en, zh = (card["words"][tongue] for tongue in ("en", "zh"))
    profit = card["expected_profit"]
    low, high = (profit if card[end] is None else card[end] for end in ("low", "high"))
    labelled = zip(en["lines"], zh["lines"], strict=True)
    return PlaybookFacts(
        Both(en["title"], zh["title"]),
        Both(en["about"], zh["about"]),
        card["members"],
        card["given"],
        card["expected_cost"],
        Interval(profit, low, high),
        tuple((Both(one[0], other[0]), Both(one[1], other[1])) for one, other in labelled),
    )
