"""What `customer` answers: the story of one customer, or who may have been meant."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from offersmith.report.format import Reader
from offersmith.report.portrait.facts import PortraitFacts, Worth
from offersmith.report.portrait.page import headline, standfirst
from offersmith.words import Language, say


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What is known of one customer.

    Attributes:
        customer_id: of whom.
        as_of: the moment.
        facts: None where nobody of that name was seen before the moment.
        near: customers whose names are nearly that, where nobody has it.
        file: the page; None where none was written.
        size: its bytes.
    """

    customer_id: str
    as_of: datetime
    facts: PortraitFacts | None
    near: tuple[str, ...] = ()
    file: Path | None = None
    size: int = 0

    @property
    def known(self) -> bool:
        """Whether the shop knows the customer."""
        return self.facts is not None

    def text(self, language: Language = "en") -> str:
        """Say the story, then where the page is."""
        if self.facts is None:
            said = [say("shop.no_such_customer", language, customer=self.customer_id, as_of=self.as_of)]
            if self.near:
                names = Reader(language, "").join(self.near)
                said.append(say("portrait.near", language, names=names))
            return "\n".join(said)
        reader = Reader(language, self.facts.currency)
        said = [headline(self.facts, reader), standfirst(self.facts, reader)]
        if self.file is not None:
            told = {"customer": self.customer_id, "file": self.file, "kilobytes": self.size // 1000}
            said.append(say("portrait.written", language, **told))
        return "\n".join(said)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        fixed: dict[str, Any] = {"customer_id": self.customer_id, "as_of": self.as_of.isoformat(), "known": self.known}
        if self.facts is None:
            return {**fixed, "near": list(self.near)}
        facts = self.facts
        beside = facts.neighbour
        found = {
            "segments": [{"way": one.way.en, "name": one.name.en, "customers": one.customers} for one in facts.groups],
            "neighbour": None if beside is None else {"name": beside.name.en, "nearness": beside.nearness},
            "expected": None if facts.worth is None else _expected(facts.worth),
            "features": {one.feature: one.value for one in facts.standings},
            "habits": [{"habit": one.name.en, "value": one.value.en} for one in facts.habits],
            "due": [
                {"product_id": one.product_id, "name": one.name, "status": one.status, "from": str(one.first),
                 "until": str(one.last)}
                for one in facts.due
            ],
            "offers": [
                {"name": one.name.en, "given": str(one.day), "used": None if one.used is None else str(one.used)}
                for one in facts.given
            ],
        }  # fmt: skip
        return {**fixed, **found, "file": str(self.file) if self.file else None, "bytes": self.size}

    def __str__(self) -> str:
        return self.text()


def _expected(worth: Worth) -> dict[str, Any]:
    """Return what is expected as plain values: days as text."""
    return {name: str(value) if isinstance(value, date) else value for name, value in asdict(worth).items()}
