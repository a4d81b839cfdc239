"""What was filled in while a source was read, as its receipt says it and the ledger keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from offersmith.money import Money
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of the missing values of one column of one source.

    Attributes:
        column: `amount` or `quantity`.
        rows: events with a value filled in.
        ways: of these by the way each was guessed, a code of `fills.WAYS`.
        together: sum of what was filled in; minor units of an amount.
        error: mean error of the first way on known values that were hidden from it, as a share; None where none was.
        hidden: how many known values were hidden.
        left: values that were not filled in; events without an amount are refused, as they are without repair.
        row: number of a row that was filled in, from 1; 0 where none was.
        before: what stood there; None is nothing.
        after: what stands there now.
        currency: of an amount; empty of what is no money.
    """

    column: str
    rows: int
    ways: Mapping[str, int] = field(default_factory=dict)
    together: float = 0.0
    error: float | None = None
    hidden: int = 0
    left: int = 0
    row: int = 0
    before: float | None = None
    after: float | None = None
    currency: str = ""

    def text(self, language: Language = "en") -> str:
        """Return what was done as lines: how many rows by which way, how far off, an example; then what was left."""
        told = {"column": self.column, "rows": self.rows, "left": self.left}
        left = [say("events.filled_left", language, **told)] if self.left else []
        if not self.rows:
            return "\n".join(left)
        joint = say("events.filled_and", language)
        ways = joint.join(
            say("events.filled_way", language, rows=rows, way=say(f"behaviour.repair_{way}", language))
            for way, rows in self.ways.items()
        )
        nothing = say("events.filled_nothing", language)
        before = nothing if self.before is None else self._written(self.before)
        lines = [say("events.filled", language, ways=ways, **told)]
        if self.error is not None:
            lines.append(say("events.filled_error", language, error=self.error, hidden=self.hidden))
        lines.append(say("events.filled_example", language, row=self.row, before=before,
                         after=self._written(self.after or 0.0)))  # fmt: skip
        if self.currency:
            lines.append(self.money(language))
        return "\n".join([lines[0], *(f"  {line}" for line in lines[1:]), *left])

    def money(self, language: Language = "en") -> str:
        """Return how many amounts are guesses, and what they come to in sums of sales."""
        return say("events.filled_money", language, rows=self.rows, money=self._written(self.together))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**asdict(self), "ways": dict(self.ways)}

    def _written(self, value: float) -> str:
        return str(Money(round(value), self.currency)) if self.currency else f"{value:g}"
