"""The page of the segments in one language."""

from __future__ import annotations

from offersmith.report.base import Block, Card, Cards, Column, Note, Number, Page, Section, Table
from offersmith.report.crowd.blocks import (
    cells_table,
    map_figure,
    moves_figure,
    shares_figure,
    sizes_table,
    tried_table,
    words,
)
from offersmith.report.crowd.facts import CrowdFacts, Kind
from offersmith.report.format import Reader
from offersmith.report.render import document
from offersmith.words import LANGUAGES, Language

FIRM = 0.85
"""Agreement of two halves from which segments count as firm."""


def render_crowd(facts: CrowdFacts, language: Language = "en") -> str:
    """Return the page as one HTML file with every language inside; the same facts give the same bytes."""
    editions = tuple(page(facts, Reader(tongue, facts.currency)) for tongue in LANGUAGES)
    return document(editions, language, facts.currency)


def page(facts: CrowdFacts, reader: Reader) -> Page:
    """Return the page in one language."""
    parts = (_sizes(facts, reader), _each(facts, reader), _map(facts, reader), _moves(facts, reader))
    sections = (*parts, _cells(facts, reader), _own(facts, reader), _firm(facts, reader), _kept_out(facts, reader))
    return Page(
        title=words(reader, "title", shop=facts.shop),
        language=reader.language,
        headline=headline(facts, reader),
        standfirst=words(reader, "standfirst", customers=reader.count(facts.customers), day=reader.day(facts.as_of)),
        numbers=_numbers(facts, reader),
        sections=tuple(section for section in sections if section is not None),
        footer=((words(reader, "as_of"), f"{facts.as_of:%Y-%m-%d %H:%M} UTC"),),
        eyebrow=words(reader, "eyebrow", shop=facts.shop, day=reader.day(facts.as_of)),
    )


def headline(facts: CrowdFacts, reader: Reader) -> str:
    """Return how many segments there are, and which brings most."""
    if not facts.found:
        return words(reader, "headline_none")
    first = max(facts.found, key=lambda one: one.spend_share)
    told = {"name": reader.of(first.name), "share": reader.percent(first.share, 0)}
    return words(reader, "headline", count=len(facts.found), sales=reader.percent(first.spend_share, 0), **told)


def kept_out_lines(facts: CrowdFacts, reader: Reader, shown: int = 5) -> list[str]:
    """Return how many are kept out of what is learned, and the first of them with their reasons; nothing of nobody."""
    if not facts.kept_out:
        return []
    lines = [words(reader, "kept_out_count", count=len(facts.kept_out))]
    return [*lines, *(f"  {reader.of(one)}" for one in facts.kept_out[:shown])]


def _kept_out(facts: CrowdFacts, reader: Reader) -> Section:
    title = words(reader, "kept_out")
    if not facts.kept_out:
        return Section("kept-out", title, words(reader, "kept_out_nobody"), ())
    table = Table(title, (Column(words(reader, "kept_out_who")),), tuple((reader.of(one),) for one in facts.kept_out))
    return Section("kept-out", title, words(reader, "kept_out_lead", count=len(facts.kept_out)), (table,))


def _numbers(facts: CrowdFacts, reader: Reader) -> tuple[Number, ...]:
    found = [Number(reader.count(len(facts.found)), words(reader, "segments"))]
    if facts.stability is not None:
        hint = words(reader, "stability_hint")
        found.append(Number(reader.number(facts.stability), words(reader, "stability"), hint))
    outside = sum(one.customers for one in facts.kinds if one.number < 1)
    found.append(Number(reader.count(outside), words(reader, "outside"), words(reader, "outside_hint")))
    return tuple(found)


def _sizes(facts: CrowdFacts, reader: Reader) -> Section:
    lead = words(reader, "sizes_lead", day=reader.day(facts.as_of))
    return Section("sizes", words(reader, "sizes"), lead, (shares_figure(facts, reader), sizes_table(facts, reader)))


def _each(facts: CrowdFacts, reader: Reader) -> Section | None:
    if not facts.found:
        return None
    cards = Cards(
        words(reader, "each_cards", day=reader.day(facts.as_of)), tuple(_card(one, reader) for one in facts.found)
    )
    return Section("each", words(reader, "each"), words(reader, "each_lead"), (cards,))


def _card(one: Kind, reader: Reader) -> Card:
    lines = tuple(reader.of(line) for line in one.tells) or (words(reader, "average"),)
    worth = reader.money(reader.major(round(one.spend_median)))
    facts = (
        words(reader, "so_many", customers=reader.count(one.customers), share=reader.percent(one.share, 0)),
        words(reader, "worth", money=worth, share=reader.percent(one.spend_share, 0)),
    )
    return Card(reader.of(one.name), lines, facts)


def _map(facts: CrowdFacts, reader: Reader) -> Section | None:
    if facts.map is None:
        return None
    lead = words(reader, "map_lead", shown=reader.percent(facts.map.shown, 0))
    return Section("map", words(reader, "map"), lead, (map_figure(facts, facts.map, reader),))


def _moves(facts: CrowdFacts, reader: Reader) -> Section:
    title = words(reader, "moves")
    if facts.moves is None:
        return Section("moves", title, words(reader, "moves_young"), ())
    moves = facts.moves
    stayed = sum(row[at] * moves.customers[at] for at, row in enumerate(moves.shares)) / max(sum(moves.customers), 1)
    days = {"start": reader.day(moves.start), "end": reader.day(moves.end)}
    lead = words(reader, "moves_lead", share=reader.percent(stayed, 0), joined=reader.count(moves.joined), **days)
    return Section("moves", title, lead, moves_figure(moves, reader))


def _cells(facts: CrowdFacts, reader: Reader) -> Section:
    blocks = (cells_table(facts.cells, words(reader, "cells_table"), reader),)
    return Section("cells", words(reader, "cells"), words(reader, "cells_lead", day=reader.day(facts.as_of)), blocks)


def _own(facts: CrowdFacts, reader: Reader) -> Section:
    if not facts.own:
        return Section("own", words(reader, "own"), words(reader, "own_none"), ())
    blocks: list[Block] = [cells_table(facts.own, words(reader, "own"), reader)]
    if facts.own_unlearned:
        blocks.append(Note(words(reader, "own_unlearned"), "warning"))
    if facts.own_horizon is not None:
        blocks.append(Note(words(reader, "own_horizon", days=reader.count(facts.own_horizon)), "info"))
    lead = words(reader, "own_lead", day=reader.day(facts.as_of))
    return Section("own", words(reader, "own"), lead, tuple(blocks))


def _firm(facts: CrowdFacts, reader: Reader) -> Section:
    blocks: list[Block] = [tried_table(facts, reader)] if facts.tried else []
    if facts.stability is None:
        return Section("firm", words(reader, "firm"), words(reader, "firm_unknown"), tuple(blocks))
    firm = facts.stability >= FIRM
    if not firm:
        blocks.insert(0, Note(words(reader, "not_firm"), "warning"))
    lead = words(reader, "firm_lead", stability=reader.number(facts.stability))
    return Section("firm", words(reader, "firm"), lead, tuple(blocks))
