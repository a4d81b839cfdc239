"""How many of those who look at products put one in the basket, and buy: the funnel, and where it leaks.

A step counts only after the steps before it (a closed funnel): a purchase by somebody who was never seen looking is not
in the last step but told beside it. Steps that the shop does not record, such as the checkout, are left out. Shares
have Wilson intervals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from offersmith.profiles.behaviour.wilson import wilson
from offersmith.store import journeys
from offersmith.store.analytics import Analytics
from offersmith.words import Language, say

STEPS: Mapping[str, tuple[str, ...]] = {
    "view": ("view_item",), "cart": ("add_to_cart",), "checkout": ("begin_checkout",), "purchase": ("purchase",),
}  # fmt: skip
"""Steps in order, and the events that are each."""

By = Literal["session", "customer"]
Reason = Literal["", "no_events", "only_purchases", "no_purchases"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a funnel.

    Attributes:
        name: key of `STEPS`.
        reached: sessions or customers that got here in order.
        share: of those at the step before; 1 of the first step.
        low: lower end of the 95 % interval of `share`.
        high: upper end.
        of_first: share of those at the first step.
        lost: how many of the step before did not get here.
    """

    name: str
    reached: int
    share: float
    low: float
    high: float
    of_first: float
    lost: int


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far sessions or customers got.

    Attributes:
        by: what is counted.
        as_of: moment, ISO 8601.
        since: begin of the window; empty = everything.
        category: whose lines alone count; None = all.
        steps: in order; none where `reason` says why.
        beside: who bought without the steps before, or in another order.
        reason: why there is no funnel; empty where there is one.
    """

    by: By
    as_of: str
    since: str
    category: str | None
    steps: tuple[Step, ...]
    beside: int = 0
    reason: Reason = ""

    @property
    def conversion(self) -> float | None:
        """Share of the first step that bought; None without a funnel."""
        return self.steps[-1].of_first if self.steps else None

    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval of `conversion`."""
        return wilson(self.steps[-1].reached, self.steps[0].reached) if self.steps else None

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return lines for a person: a step each, or why there is none."""
        if self.reason:
            return say(f"behaviour.funnel_{self.reason}", language)
        lines = [
            say("behaviour.funnel_first" if i == 0 else "behaviour.funnel_step", language,
                step=say(f"behaviour.funnel_step_{step.name}", language),
                unit=say(f"behaviour.funnel_by_{self.by}", language),
                reached=step.reached, share=step.share, low=step.low, high=step.high, lost=step.lost)
            for i, step in enumerate(self.steps)
        ]  # fmt: skip
        if self.beside:
            lines.append(say("behaviour.funnel_beside", language, count=self.beside,
                             unit=say(f"behaviour.funnel_by_{self.by}", language)))  # fmt: skip
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return {**asdict(self), "conversion": self.conversion, "interval": self.interval()}


def funnel(analytics: Analytics, as_of: datetime, since: datetime | None = None, by: By = "session") -> Funnel:
    """Return the funnel of a shop.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: begin of the window; sessions that begin in it, or what customers did in it, count.
        by: whether sessions or known customers are counted.

    Raises:
        InputError: a moment has a time zone, the window is empty, or `by` is another word.
    """
    steps, reason = _recorded(journeys.lines_of_steps(analytics, STEPS, as_of, since))
    if reason:
        return Funnel(by, as_of.isoformat(), _iso(since), None, (), 0, reason)
    row = journeys.reached(analytics, steps, as_of, since, by=by).to_pylist()[0]
    return _of_row(row, tuple(steps), by, as_of, since)


def funnels(
    analytics: Analytics, as_of: datetime, since: datetime | None = None, by: By = "session", top: int = 20
) -> tuple[Funnel, ...]:
    """Return a funnel per category, of those `top` that most come to; none where there is no funnel.

    Steps whose events name no category, as a checkout often does not, are left out.

    Raises:
        InputError: see `funnel`.
    """
    steps, reason = _recorded(journeys.lines_of_steps(analytics, STEPS, as_of, since, in_category=True))
    if reason:
        return ()
    table = journeys.reached(analytics, steps, as_of, since, by=by, per_category=True).slice(0, top)
    return tuple(_of_row(row, tuple(steps), by, as_of, since) for row in table.to_pylist())


def _recorded(lines: Mapping[str, int]) -> tuple[dict[str, tuple[str, ...]], Reason]:
    """Return the steps the shop records, and why they are no funnel."""
    steps = {name: events for name, events in STEPS.items() if lines[name]}
    if not steps:
        return {}, "no_events"
    if list(steps) == ["purchase"]:
        return {}, "only_purchases"
    if "purchase" not in steps:
        return {}, "no_purchases"
    return steps, ""


def _of_row(row: Mapping[str, Any], names: tuple[str, ...], by: By, as_of: datetime, since: datetime | None) -> Funnel:
    counts = [int(row[name]) for name in names]
    steps = []
    for i, (name, count) in enumerate(zip(names, counts, strict=True)):
        before = counts[i - 1] if i else count
        low, high = wilson(count, before)
        share = count / before if before else 0.0
        of_first = count / counts[0] if counts[0] else 0.0
        steps.append(Step(name, count, share if i else 1.0, low, high, of_first, before - count))
    beside = int(row["goal"]) - counts[-1]
    return Funnel(by, as_of.isoformat(), _iso(since), row.get("category"), tuple(steps), beside)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
