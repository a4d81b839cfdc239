"""Visits (sessions) at a glance: how many, of how many people, how long they take, and which end in a purchase.

What a session is, and whose, is told in `store.journeys`. A shop that records purchases alone has no visits to speak
of: who came and left without buying was never seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from offersmith.store import journeys
from offersmith.store.analytics import Analytics
from offersmith.store.visit_totals import LENGTHS, LONGER, SINGLE, visit_lengths, visit_totals
from offersmith.words import Language, say

Reason = Literal["", "no_events", "only_purchases"]

_KINDS: Mapping[str, tuple[str, ...]] = {
    "purchase": ("purchase",), "other": tuple(one for one in journeys.VISIT if one != "purchase"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Length:
    """Visits of one length: its name in `store.visit_totals`, how many there were, and how many of them bought."""

    name: str
    visits: int
    bought: int


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of a shop.

    Attributes:
        as_of: moment, ISO 8601.
        since: begin of the window; empty = everything.
        visits: begun in the window.
        customers: known ones who came.
        unknown: visits of people who never said who they are.
        bought: visits with a purchase.
        minutes: median length of visits of more than one event; None of none.
        products: median number of different products in visits with any; None of none.
        lengths: visits by length, the shortest first; none where `reason` says why.
        reason: why there is nothing to say; empty where there is.
    """

    as_of: str
    since: str
    visits: int = 0
    customers: int = 0
    unknown: int = 0
    bought: int = 0
    minutes: float | None = None
    products: float | None = None
    lengths: tuple[Length, ...] = ()
    reason: Reason = ""

    def __str__(self) -> str:
        return self.text()

    def text(self, language: Language = "en") -> str:
        """Return the finding as a sentence."""
        if self.reason:
            return say(f"behaviour.visits_{self.reason}", language)
        share = self.bought / self.visits
        return say("behaviour.visits", language, visits=self.visits, customers=self.customers, share=share)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for `--json` and the report."""
        return asdict(self)


def visits(analytics: Analytics, as_of: datetime, since: datetime | None = None) -> Visits:
    """Return the visits of a shop.

    Args:
        analytics: the engine, bound to the shop's events.
        as_of: the moment, naive UTC; nothing at or after it is read.
        since: visits that begin from here on; None is all.

    Raises:
        InputError: a moment has a time zone, or the window is empty.
    """
    window = (as_of.isoformat(), since.isoformat() if since else "")
    lines = journeys.lines_of_steps(analytics, _KINDS, as_of, since)
    if not lines["other"]:
        return Visits(*window, reason="only_purchases" if lines["purchase"] else "no_events")
    row = analytics.run(visit_totals(as_of, since)).to_pylist()[0]
    if not row["visits"]:  # all that was seen belongs to a visit from before the window
        return Visits(*window, reason="no_events")
    table = analytics.run(visit_lengths(as_of, since)).to_pylist()
    found = {one["length"]: (one["visits"], one["bought"]) for one in table}
    names = (SINGLE, *(name for name, _ in LENGTHS), LONGER)
    lengths = tuple(Length(name, *found.get(name, (0, 0))) for name in names)
    return Visits(*window, **row, lengths=lengths)
