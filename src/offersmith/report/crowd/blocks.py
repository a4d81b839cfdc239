"""The pictures and tables of the page of segments, each picture with its table."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Series, Table
from offersmith.report.crowd.facts import Cell as Crowded
from offersmith.report.crowd.facts import CrowdFacts, Moves, Sketch
from offersmith.report.format import Reader, words_of

words = words_of("crowd")


def shares_figure(facts: CrowdFacts, reader: Reader) -> Figure:
    """Return each segment's share of customers beside its share of sales."""
    names = tuple(reader.of(one.name) for one in facts.kinds)
    heads, sales = tuple(one.share for one in facts.kinds), tuple(one.spend_share for one in facts.kinds)
    title, of_heads, of_sales = (words(reader, name) for name in ("shares", "of_customers", "of_sales"))
    top = max(range(len(names)), key=sales.__getitem__)
    told = {"heads": reader.percent(heads[top], 0), "sales": reader.percent(sales[top], 0)}
    summary = words(reader, "shares_summary", name=names[top], **told)
    series = (Series(of_heads, heads, muted=True), Series(of_sales, sales))
    chart = Chart("bar", title, names, series, summary, unit="percent", horizontal=True)
    columns = (Column(words(reader, "segment")), Column(of_heads, "percent"), Column(of_sales, "percent"))
    return Figure(chart, Table(title, columns, tuple(zip(names, heads, sales, strict=True))))


def sizes_table(facts: CrowdFacts, reader: Reader) -> Table:
    """Return sizes and values."""
    columns = (
        Column(words(reader, "segment")),
        Column(words(reader, "customers"), "int"),
        Column(words(reader, "spend_each"), "money"),
        Column(words(reader, "spend_median"), "money"),
        Column(words(reader, "orders_each"), "number"),
    )
    rows = tuple(
        (
            reader.of(one.name),
            one.customers,
            reader.major(round(one.spend)) / max(one.customers, 1),
            reader.major(round(one.spend_median)),
            one.orders / max(one.customers, 1),
        )
        for one in facts.kinds
    )
    return Table(words(reader, "sizes_table"), columns, rows)


def map_figure(facts: CrowdFacts, drawn: Sketch, reader: Reader) -> Figure:
    """Return the map: a point a customer, a mark a segment."""
    names = {one.number: reader.of(one.name) for one in facts.kinds}
    there = [number for number in names if number in set(drawn.segment)]
    points = tuple(zip(drawn.y, drawn.segment, strict=True))
    series = tuple(Series(names[number], tuple(y if own == number else None for y, own in points)) for number in there)
    title = words(reader, "map_title")
    summary = words(reader, "map_summary", across=reader.of(drawn.across), up=reader.of(drawn.up))
    across = words(reader, "axis_x", says=reader.of(drawn.across))
    up = words(reader, "axis_y", says=reader.of(drawn.up))
    chart = Chart("scatter", title, drawn.x, series, summary, x_name=across, y_name=up)
    sides = (Column(words(reader, name), "number") for name in ("across", "up"))
    columns = (Column(words(reader, "segment")), *sides)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (names[own], x, y) for own, x, y in zip(drawn.segment, drawn.x, drawn.y, strict=True)
    )
    return Figure(chart, Table(title, columns, rows))


def moves_figure(moves: Moves, reader: Reader) -> tuple[Block, ...]:
    """Return where the members of each segment went: a picture, and the table of all ways."""
    names = tuple(reader.of(one) for one in moves.names)
    stays = tuple(row[at] for at, row in enumerate(moves.shares))
    title, heading = words(reader, "stayed"), words(reader, "stayed_share")
    least = min(range(len(names)), key=stays.__getitem__)
    summary = words(reader, "stayed_summary", name=names[least], share=reader.percent(stays[least], 0))
    chart = Chart("bar", title, names, (Series(heading, stays),), summary, unit="percent", horizontal=True)
    columns = (Column(words(reader, "segment")), Column(heading, "percent"))
    picture = Figure(chart, Table(title, columns, tuple(zip(names, stays, strict=True))))
    heads = (Column(words(reader, "from_to")), *(Column(name, "percent") for name in names))
    # Where nobody went a dash stands: the few ways that were gone are found at a glance.
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(share or None for share in row)) for name, row in zip(names, moves.shares, strict=True)
    )
    return (picture, Table(words(reader, "moves_table"), heads, rows))


def cells_table(cells: Sequence[Crowded], title: str, reader: Reader) -> Table:
    """Return cells with what they mean, where that is said, their sizes and their part of all sales."""
    told = any(one.meaning for one in cells)
    columns = (
        Column(words(reader, "segment")),
        *([Column(words(reader, "meaning"))] if told else []),
        Column(words(reader, "customers"), "int"),
        Column(words(reader, "of_customers"), "percent"),
        Column(words(reader, "of_sales"), "percent"),
    )
    rows: list[tuple[Cell, ...]] = []
    for one in cells:
        means = [reader.of(one.meaning) if one.meaning else ""] if told else []
        rows.append((reader.of(one.name), *means, one.customers, one.share, one.spend_share))
    return Table(title, columns, tuple(rows))


def tried_table(facts: CrowdFacts, reader: Reader) -> Table:
    """Return the numbers of segments that were tried."""
    columns = (
        Column(words(reader, "segments"), "int"),
        Column(words(reader, "ideas"), "int"),
        Column(words(reader, "agreement"), "number"),
        Column(words(reader, "silhouette"), "number"),
        Column(words(reader, "taken")),
    )
    rows = tuple(
        (one.segments, one.ideas, one.stability, one.silhouette, words(reader, "yes") if one.taken else "")
        for one in facts.tried
    )
    return Table(words(reader, "tried"), columns, rows)
