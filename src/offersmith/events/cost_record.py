"""That a shop gives offers and nothing on record says what they took off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class CostsUntold:
    """No purchase and no use says what was taken off.

    Attributes:
        uses: uses of offers on record.
        decisions: decisions that the shop told.
    """

    uses: int
    decisions: int

    def text(self, language: Language = "en") -> str:
        """Say so, and what to do about it."""
        key = "events.receipt_costs_untold" if self.uses else "events.receipt_costs_untold_decided"
        said = say(key, language, uses=self.uses, decisions=self.decisions)
        return "\n".join([said, say("events.receipt_costs_mend", language)])

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"uses": self.uses, "decisions": self.decisions, "says": self.text()}
