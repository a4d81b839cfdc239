"""The words of the page of behaviour: messages, headings of columns, and what stands for a product."""

from __future__ import annotations

from offersmith.report.base import CellKind, Column
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.format import MISSING, Reader
from offersmith.words import say


def words(reader: Reader, name: str, /, **values: object) -> str:
    """Return the message `conduct.name` in the reader's language."""
    return say(f"conduct.{name}", reader.language, **values)


def heads(reader: Reader, **kinds: CellKind) -> tuple[Column, ...]:
    """Return columns by the names of their words, each with how its cells are written."""
    return tuple(Column(words(reader, name), kind) for name, kind in kinds.items())


def called(product: str, facts: ConductFacts) -> str:
    """Return the name of a product or its category; a dash where the shop knows neither."""
    return facts.names.get(product, MISSING)


def titled(product: str, facts: ConductFacts) -> str:
    """Return a product's id with its name, to stand alone beside a picture."""
    name = facts.names.get(product)
    return f"{name} ({product})" if name else product
