"""How customers go by prices: who takes deals, and how sales of categories go with their prices."""

from __future__ import annotations

from offersmith.profiles.behaviour.elasticity import Elasticity
from offersmith.profiles.behaviour.price import ATTITUDES
from offersmith.report.base import Block, Cell, CellKind, Chart, Figure, Note, Section, Series, Table
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.words import heads, words
from offersmith.report.format import Reader

CHEAPER = 0.9
"""The price that sales are told at, beside the usual one."""
DRAWN = 12
"""Categories in the picture, at most."""


def price_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return who goes by deals, and how sales of categories go with their prices."""
    found, title = facts.price, words(reader, "price")
    known = [one for one in facts.elasticities if one.value is not None]
    lead: list[str] = []
    blocks: list[Block] = []
    if found.deal_share:
        share = reader.percent(found.deal_share, 0)
        lead.append(
            words(reader, "deals_lead", share=share, seeks=found.counts["seeks"], avoids=found.counts["avoids"])
        )
        blocks += [_attitudes(facts, reader), Note(words(reader, "deals_note"), width="half")]
    else:
        lead.append(found.text(reader.language))
    if known:
        lead.append(words(reader, "elastic_lead", known=len(known), every=len(facts.elasticities)))
        blocks += [_elasticities(known[:DRAWN], reader), Note(words(reader, "elastic_note"))]
    else:
        lead.append(words(reader, "elastic_none" if facts.elasticities else "elastic_no_category"))
    return Section("price", title, reader.sentences(lead), tuple(blocks))


def _attitudes(facts: ConductFacts, reader: Reader) -> Figure:
    counts, title, heading = facts.price.counts, words(reader, "attitudes"), words(reader, "customers")
    names = tuple(words(reader, f"attitude_{one}") for one in ATTITUDES)
    values = tuple(counts[one] for one in ATTITUDES)
    every = max(sum(values), 1)
    most = max(range(len(names)), key=values.__getitem__)
    summary = words(reader, "attitudes_summary", name=names[most], share=reader.percent(values[most] / every, 0))
    chart = Chart("bar", title, names, (Series(heading, values),), summary, unit="int", horizontal=True)
    columns = heads(reader, attitude="text", customers="int", share="percent")
    rows = tuple(zip(names, values, (value / every for value in values), strict=True))
    return Figure(chart, Table(title, columns, rows), width="half")


def more_sold(value: float | None) -> float:
    """Return by which share more pieces went at a price 10 % lower, by a constant elasticity."""
    return float(CHEAPER ** (value or 0.0) - 1)


def _elasticities(known: list[Elasticity], reader: Reader) -> Figure:
    """Return how pieces sold go with a lower price, the category that answers most first."""
    ranked = sorted(known, key=lambda one: (one.value or 0.0, one.category))
    names, title = tuple(one.category for one in ranked), words(reader, "elastic_title")
    # A steeper fall of sales with the price is a lower elasticity, and more pieces once it is cheaper.
    middle, low, high = (tuple(more_sold(x) for x in row) for row in (
        [one.value for one in ranked], [one.high for one in ranked], [one.low for one in ranked]
    ))  # fmt: skip
    more = f"{'+' if middle[0] > 0 else ''}{reader.percent(middle[0], 0)}"
    summary = words(reader, "elastic_summary", shown=len(names), name=names[0], more=more)
    heading = words(reader, "more_pieces")
    chart = Chart(
        "interval", title, names, (Series(heading, middle, low, high),), summary, unit="percent", reference=0.0,
        y_name=heading,
    )  # fmt: skip
    kinds: dict[str, CellKind] = {"more_pieces": "percent", "from": "percent", "to": "percent"}
    columns = heads(reader, category="text", **kinds, elasticity="number", weeks="int")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.category, *shares, one.value, one.weeks)
        for one, shares in zip(ranked, zip(middle, low, high, strict=True), strict=True)
    )
    return Figure(chart, Table(title, columns, rows))
