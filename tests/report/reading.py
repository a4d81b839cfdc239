"""How the report's tests read sections: facts in, what stands on the page out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.report.judged import OFFERS, judging

from offersmith.report.base import Block, Cards, Figure, Numbers, Section, Table
from offersmith.report.format import Reader
from offersmith.report.gather_judged import judged_facts
from offersmith.report.inputs import JudgedFacts
from offersmith.report.sections import depth, left_out, policy_tree, preference, tried, uplift

EN = Reader("en", "USD")
SECTIONS = (tried, uplift, depth, policy_tree, preference, left_out)


def facts(plain: dict[str, Any] | None = None, **changes: Any) -> JudgedFacts:
    found = judged_facts({**(judging() if plain is None else plain), **changes}, OFFERS)
    assert found
    return found


def sections(found: JudgedFacts, reader: Reader = EN) -> list[Section]:
    made = (part.section(found, reader) for part in SECTIONS)
    return [section for section in made if section is not None]


def section_of(part: Any, found: JudgedFacts, reader: Reader = EN) -> Section:
    made: Section | None = part.section(found, reader)
    assert made is not None
    return made


def figures(section: Section) -> list[Figure]:
    return [block for block in section.blocks if isinstance(block, Figure)]


def tables(section: Section) -> list[Table]:
    return [block for block in section.blocks if isinstance(block, Table)]


def texts(block: Block) -> Iterator[str]:
    if isinstance(block, Figure):
        yield from (block.chart.title, block.chart.summary, *(line.name for line in block.chart.lines))
        yield from (run.name for run in block.chart.series)
        yield from texts(block.table)
    elif isinstance(block, Table):
        yield from (block.caption, *(column.name for column in block.columns))
        yield from (cell for row in block.rows for cell in row if isinstance(cell, str))
    elif isinstance(block, Cards):
        yield from (line for card in block.items for line in (card.title, *card.lines, *card.facts))
    elif isinstance(block, Numbers):
        yield from (text for item in block.items for text in (item.value, item.label, item.hint))
    else:
        yield block.text


def said(section: Section) -> list[str]:
    return [section.title, section.lead, *(text for block in section.blocks for text in texts(block))]
