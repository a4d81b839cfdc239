"""What the desk answers when asked for a list: all campaigns, one's history, what the clock did, the books."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from offersmith.campaigns.desk import Moved
from offersmith.campaigns.table import table
from offersmith.money import Money
from offersmith.store.books import Books, Total
from offersmith.store.campaigns import AuditRow, CampaignRow
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True)
class Overview:
    """All campaigns of a shop, in the order they were made."""

    campaigns: Sequence[CampaignRow]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"campaigns": [plain(row) for row in self.campaigns]}

    def text(self, language: Language = "en") -> str:
        """List them, one a line."""
        if not self.campaigns:
            return say("desk.no_campaigns", language)
        rows = [
            (one.campaign_id, say(f"campaigns.state_{one.state}", language), str(one.revision), one.author, one.name)
            for one in self.campaigns
        ]
        return table(("id", "state", "revision", "author", "name"), rows, language)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Trail:
    """What was done to a campaign, from its making on."""

    campaign_id: str
    steps: Sequence[AuditRow]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        steps = [{**asdict(one), "at": one.at.isoformat(), "facts": dict(one.facts)} for one in self.steps]
        return {"campaign_id": self.campaign_id, "steps": steps}

    def text(self, language: Language = "en") -> str:
        """List the steps, one a line; times are UTC."""
        rows = []
        for one in self.steps:
            action = say("desk.created" if one.action == "create" else f"campaigns.action_{one.action}", language)
            said = [one.note or "", say("desk.self_approved", language) if one.facts.get("self_approved") else ""]
            state = say(f"campaigns.state_{one.after}", language)
            note = " ".join(filter(None, said))
            rows.append((f"{one.at:%Y-%m-%d %H:%M:%S}", one.actor, action, state, str(one.revision), note))
        return table(("at", "actor", "action", "state", "revision", "note"), rows, language)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Ticked:
    """What the clock did."""

    moved: Sequence[Moved]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {"moved": [one.as_dict() for one in self.moved]}

    def text(self, language: Language = "en") -> str:
        """Say which campaigns started or ended."""
        return "\n".join(one.text(language) for one in self.moved) or say("desk.nothing_due", language)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class BooksTold:
    """The books in words.

    Attributes:
        books: what the comparison found.
        currency: of the money in them.
    """

    books: Books
    currency: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values; amounts in minor units of `currency`, uses as they are."""
        return {**self.books.as_dict(), "currency": self.currency}

    def text(self, language: Language = "en") -> str:
        """Say what was used of every limit and budget, and every difference."""
        rows = [
            (one.campaign_id, one.name, self._amount(one, one.taken), self._amount(one, one.given_back),
             self._amount(one, one.used))
            for one in self.books.meters
        ]  # fmt: skip
        lines = [table(("campaign", "limit", "taken", "given_back", "used"), rows, language)] if rows else []
        lines += [
            say("desk.difference", language, kind=say(f"desk.difference_{one.kind}", language), name=one.name,
                expected=one.expected, found=one.found)
            for one in self.books.differences
        ]  # fmt: skip
        lines.append(say("desk.balanced" if self.books.balanced else "desk.unbalanced", language))
        return "\n".join(lines)

    def _amount(self, one: Total, amount: int) -> str:
        return str(Money(amount, self.currency)) if one.unit == "money" else f"{amount:,}"

    def __str__(self) -> str:
        return self.text()


def plain(row: CampaignRow) -> dict[str, Any]:
    """Return a campaign's row as plain values."""
    return {**asdict(row), "created_at": row.created_at.isoformat(), "updated_at": row.updated_at.isoformat()}
