"""The states of a campaign, and who may take it from one to the next when.

The whole machine is `TRANSITIONS`, a table of data; `step` only looks into it. What it decides:

- Every edit makes a new revision and returns to draft, so that what runs is what somebody approved. A live campaign is
  not edited: it is paused first, by a person who sees that customers stop getting it.
- Who approves a revision is not who wrote it. A shop with one person names that person as its sole owner; their own
  approval is then allowed and recorded as self-approved.
- A campaign goes live when it is scheduled and its start has come, and stops when its end has come: `due` says which
  of the two is due, and whoever keeps time does it. Whoever acts on a scheduled campaign whose start has come finds it
  live: customers are getting it already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from offersmith.words import Language, say


class State(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    SIMULATED = "simulated"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    STOPPED = "stopped"
    ARCHIVED = "archived"


class Action(StrEnum):
    """What somebody, or the clock, does to a campaign."""

    EDIT = "edit"
    SIMULATE = "simulate"
    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    SCHEDULE = "schedule"
    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    END = "end"
    ARCHIVE = "archive"


TRANSITIONS: Final[tuple[tuple[Action, State, State], ...]] = (
    (Action.EDIT, State.DRAFT, State.DRAFT),
    (Action.EDIT, State.SIMULATED, State.DRAFT),
    (Action.EDIT, State.IN_REVIEW, State.DRAFT),
    (Action.EDIT, State.APPROVED, State.DRAFT),
    (Action.EDIT, State.SCHEDULED, State.DRAFT),
    (Action.EDIT, State.PAUSED, State.DRAFT),
    (Action.SIMULATE, State.DRAFT, State.SIMULATED),
    (Action.SIMULATE, State.SIMULATED, State.SIMULATED),
    (Action.SUBMIT, State.SIMULATED, State.IN_REVIEW),
    (Action.SEND_BACK, State.IN_REVIEW, State.DRAFT),
    (Action.APPROVE, State.IN_REVIEW, State.APPROVED),
    (Action.SCHEDULE, State.APPROVED, State.SCHEDULED),
    (Action.START, State.SCHEDULED, State.LIVE),
    (Action.PAUSE, State.LIVE, State.PAUSED),
    (Action.RESUME, State.PAUSED, State.LIVE),
    (Action.STOP, State.SCHEDULED, State.STOPPED),
    (Action.STOP, State.LIVE, State.STOPPED),
    (Action.STOP, State.PAUSED, State.STOPPED),
    (Action.END, State.SCHEDULED, State.STOPPED),
    (Action.END, State.LIVE, State.STOPPED),
    (Action.END, State.PAUSED, State.STOPPED),
    (Action.ARCHIVE, State.DRAFT, State.ARCHIVED),
    (Action.ARCHIVE, State.SIMULATED, State.ARCHIVED),
    (Action.ARCHIVE, State.STOPPED, State.ARCHIVED),
)
"""Every allowed (action, from, to); what is not here is refused."""

TARGETS: Final[Mapping[tuple[State, Action], State]] = MappingProxyType(
    {(before, action): after for action, before, after in TRANSITIONS}
)
"""(state, action) -> the state it leads to."""

CLOCK: Final = frozenset((Action.START, Action.END))
"""What the clock does, and nobody by hand."""

GIVING: Final = frozenset((State.LIVE,))
"""The states in which customers get a campaign's promotions."""

CLOCKED: Final = tuple(state for state in State if {(state, Action.START), (state, Action.END)} & TARGETS.keys())
"""The states that the clock may end."""


@dataclass(frozen=True, slots=True)
class Step:
    """What came of an action: a step to take, or why not.

    Attributes:
        code: `moved`; or why not: `not_allowed` (not from this state), `pause_first` (a live campaign is not edited),
            `own_work` (the approver wrote it), `nobody` (no actor named), `not_yet` (its start or end has not come),
            `over` (its end has come).
        action: what was tried.
        before: the state it was tried in.
        after: the state it leads to; the same as `before` where it was refused.
        allowed: what may be done in `before`, so that a refusal says the way on.
        self_approved: an approval by the sole owner of their own work.
    """

    code: str
    action: Action
    before: State
    after: State
    allowed: tuple[Action, ...]
    self_approved: bool = False

    @property
    def moved(self) -> bool:
        """Whether the step may be taken."""
        return self.code == "moved"

    def says(self, language: Language = "en") -> str:
        """Return it as a sentence for a person."""
        ways = (say(f"campaigns.action_{one}", language) for one in self.allowed if one not in CLOCK)
        return say(
            f"campaigns.step_{self.code}",
            language,
            action=say(f"campaigns.action_{self.action}", language),
            before=say(f"campaigns.state_{self.before}", language),
            after=say(f"campaigns.state_{self.after}", language),
            allowed=say("campaigns.and", language).join(ways) or say("campaigns.nothing", language),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "code": self.code,
            "action": str(self.action),
            "before": str(self.before),
            "after": str(self.after),
            "allowed": [str(one) for one in self.allowed],
            "self_approved": self.self_approved,
        }


def allowed(state: State) -> tuple[Action, ...]:
    """Return what may be done in `state`, in the order of `TRANSITIONS`."""
    return tuple(action for action, before, _ in TRANSITIONS if before == state)


def step(
    state: State,
    action: Action,
    *,
    actor: str,
    author: str,
    at: datetime,
    starts: datetime | None = None,
    ends: datetime | None = None,
    sole_owner: str = "",
) -> Step:
    """Say whether `actor` may do `action` to a campaign in `state`, and where that leads. Changes nothing.

    Args:
        state: where the campaign stands.
        action: what is to be done.
        actor: who does it.
        author: who wrote the revision that counts now.
        at: the moment, naive UTC.
        starts: the campaign's start, naive UTC; None = at once.
        ends: its end, exclusive; None = it never ends by itself.
        sole_owner: who may approve their own work; "" = nobody.
    """
    after = TARGETS.get((state, action))
    code = _why_not(state, action, after, actor=actor, author=author, sole_owner=sole_owner) or _too_soon_or_late(
        action, at=at, starts=starts, ends=ends
    )
    if code or after is None:
        return Step(code, action, state, state, allowed(state))
    mine = action is Action.APPROVE and _same(actor, author)
    return Step("moved", action, state, after, allowed(state), self_approved=mine)


def due(state: State, at: datetime, *, starts: datetime | None, ends: datetime | None) -> Action | None:
    """Return what the clock asks of a campaign at `at`: `END`, `START` or nothing.

    Args:
        state: where the campaign stands.
        at: the moment, naive UTC.
        starts: the campaign's start; None = at once.
        ends: its end, exclusive; None = never.
    """
    for action in (Action.END, Action.START):
        if (state, action) in TARGETS and not _too_soon_or_late(action, at=at, starts=starts, ends=ends):
            return action
    return None


def as_table(language: Language = "en") -> str:
    """Return the machine as a Markdown table: a row per state, a column per action, the state it leads to inside."""
    heads = [say("campaigns.state", language), *(say(f"campaigns.action_{action}", language) for action in Action)]
    rows = [heads, ["---"] * len(heads)]
    for state in State:
        targets = (TARGETS.get((state, action)) for action in Action)
        cells = ("" if target is None else say(f"campaigns.state_{target}", language) for target in targets)
        rows.append([say(f"campaigns.state_{state}", language), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _why_not(state: State, action: Action, after: State | None, *, actor: str, author: str, sole_owner: str) -> str:
    """Return the reason code that keeps `actor` from the action whatever the time is, or ""."""
    if after is None:
        return "pause_first" if (state, action) == (State.LIVE, Action.EDIT) else "not_allowed"
    if not actor.strip():
        return "nobody"
    if action is Action.APPROVE and _same(actor, author) and not _same(actor, sole_owner):
        return "own_work"
    return ""


def _same(one: str, other: str) -> bool:
    """Say whether two names are one person's: nobody becomes somebody else by a capital letter or a space."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _too_soon_or_late(action: Action, *, at: datetime, starts: datetime | None, ends: datetime | None) -> str:
    """Return the reason code of the moment, or ""."""
    over = ends is not None and at >= ends
    if action is Action.END:
        return "" if over else "not_yet"
    if action in (Action.SCHEDULE, Action.START, Action.RESUME) and over:
        return "over"
    if action is Action.START and starts is not None and at < starts:
        return "not_yet"
    return ""
