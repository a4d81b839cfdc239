"""What was learned, and what was not, in words: a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from offersmith.events.decision_log import LogState
from offersmith.response.base import Evidence, OfferEffect
from offersmith.response.waiting import Waiting
from offersmith.vocabulary import NORMAL_95
from offersmith.words import Language, say

NAMED = 3
"""Campaigns that one line names; the others are counted."""
OPEN = "outcome_open"


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a model: over how many days outcomes count, and what it did not learn from.

    Attributes:
        horizon_days: over how many days after a campaign's start outcomes are counted.
        waiting: campaigns whose outcome is not over.
        log: how it stands with the decisions that the shop told.
    """

    horizon_days: int
    waiting: tuple[Waiting, ...] = ()
    log: LogState = field(default_factory=LogState)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        waits = [one.as_dict() for one in self.waiting]
        return {"horizon_days": self.horizon_days, "waiting": waits, "log": self.log.as_dict()}


def effects(evidence: Evidence, currency: str, days: int, language: Language) -> list[str]:
    """Say what each offer was found to change in what a customer spends; [] where no offer was ever given.

    Args:
        evidence: of the model.
        currency: of the amounts.
        days: over which spending is counted.
        language: of the lines.
    """
    if not evidence.effects:
        return []
    head = say("response.effects_head", language, days=days, currency=currency)
    return [head, *(_effect(one, language) for one in evidence.effects)]


def _effect(found: OfferEffect, language: Language) -> str:
    half = NORMAL_95 * found.used_sd
    values = {"offer": found.offer_id, "used": found.used, "low": found.used - half, "high": found.used + half}
    if found.measured is None or found.standard_error is None:
        return say("response.effect_stated", language, **values, prior=found.prior)
    measured = {"measured": found.measured, "error": NORMAL_95 * found.standard_error}
    return say("response.effect", language, **values, **measured, prior=found.prior)


def beside(evidence: Evidence, found: Beside, language: Language) -> list[str]:
    """Say what a model did not learn from: campaigns, until when those wait that are not over, and a refused log.

    Args:
        evidence: of the model.
        found: what stands beside it.
        language: of the lines.
    """
    lines = []
    for one in found.waiting:
        key = "response.waiting" if one.logged else "response.waiting_shown"
        values = {"campaign": one.campaign_id, "customers": one.customers, "until": one.until}
        lines.append(say(key, language, **values, days=found.horizon_days))
    told = {one.campaign_id for one in found.waiting}
    grouped: dict[str, list[str]] = {}
    for name, reason in evidence.left_out.items():
        if reason != OPEN or name.rpartition("/")[0] not in told:
            grouped.setdefault(reason, []).append(name)
    lines += [_left_out(names, reason, language) for reason, names in sorted(grouped.items())]
    return lines + [f"  {line}" for line in found.log.lines(language)]


def _left_out(names: Sequence[str], reason: str, language: Language) -> str:
    listed = say("response.listed", language).join(names[:NAMED])
    if len(names) > NAMED:
        listed = say("response.and_more", language, names=listed, more=len(names) - NAMED)
    return say("response.not_learned_from", language, names=listed, reason=say(f"response.{reason}", language))
