"""The pictures and tables of a comparison: who moves, which segments gain, which offers grow, how limits stand."""

from __future__ import annotations

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Series, Table, Text
from offersmith.report.format import Reader, fixed, words_of
from offersmith.strategy.compare import Comparison
from offersmith.strategy.compare.base import Flow, Fortune, Use
from offersmith.strategy.compare.told import called, segment_name
from offersmith.vocabulary import NO_OFFER

words = words_of("compare")

SERIES = 7
"""So many offers have a colour of their own among those customers move to; the others share one."""
ROWS = 40
"""So many moves are rows of the table, most customers first."""


def sentence(text: str, reader: Reader) -> str:
    """Return a line of the terminal as a sentence of a page."""
    return f"{text[:1].upper()}{text[1:]}{'。' if reader.language == 'zh' else '.'}"


def signed(amount: float, reader: Reader) -> str:
    """Write a change of money with its sign."""
    text = reader.money(amount)
    return f"+{text}" if amount > 0 and reader.money(0.0) != text else text


def flows(made: Comparison, reader: Reader) -> tuple[Block, ...]:
    """Return the picture of who moves from which offer to which, and the table of all moves."""
    moving = [flow for flow in made.flows if _moves(flow)]
    if not moving:
        return (Text(words(reader, "page_nobody_moves")),)
    return (_moves_picture(made, moving, reader), _moves_table(made, reader))


def _moves(flow: Flow) -> bool:
    return not flow.same and not flow.before == flow.after == NO_OFFER


def _moves_picture(made: Comparison, moving: list[Flow], reader: Reader) -> Figure:
    sizes: dict[str, int] = {}
    for flow in moving:
        sizes[flow.after] = sizes.get(flow.after, 0) + flow.customers
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[:SERIES]
    # Offers keep the order of the catalogue, so that a colour means the same from page to page.
    shown = [name for name in made.offers if name in largest]
    rest = [name for name in sizes if name not in shown]
    rows = [name for name in made.offers if any(flow.before == name for flow in moving)]

    def counted(before: str, after: list[str]) -> int:
        return sum(flow.customers for flow in moving if flow.before == before and flow.after in after)

    series = [
        Series(
            _offer(made, name, reader, after=True), tuple(counted(row, [name]) for row in rows), muted=name == NO_OFFER
        )
        for name in shown
    ]
    if rest:
        series.append(Series(words(reader, "page_other_offers"), tuple(counted(row, rest) for row in rows)))
    most = moving[0]
    heading = words(reader, "page_flows")
    summary = words(
        reader,
        "page_flows_summary",
        moved=reader.count(made.moved),
        customers=reader.count(made.customers),
        before=_offer(made, most.before, reader, after=False),
        after=_offer(made, most.after, reader, after=True),
        most=reader.count(most.customers),
    )
    names = tuple(_offer(made, row, reader, after=False) for row in rows)
    chart = Chart("stacked", heading, names, tuple(series), summary, unit="int", horizontal=True)
    stay = {flow.before: flow.customers for flow in made.flows if not _moves(flow)}
    columns = (
        Column(words(reader, "page_offer_before")),
        Column(words(reader, "page_stay"), "int"),
        *(Column(f"→ {run.name}", "int") for run in series),
    )
    cells: tuple[tuple[Cell, ...], ...] = tuple(
        (name, stay.get(row, 0), *(run.values[place] for run in series))
        for place, (name, row) in enumerate(zip(names, rows, strict=True))
    )
    return Figure(chart, Table(heading, columns, cells))


def _moves_table(made: Comparison, reader: Reader) -> Table:
    columns = (
        Column(words(reader, "page_offer_before")),
        Column(words(reader, "page_offer_after")),
        Column(words(reader, "page_customers"), "int"),
        *_fate_columns(reader),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _offer(made, flow.before, reader, after=False),
            _offer(made, flow.after, reader, after=True),
            flow.customers,
            *_fates(flow.fortune),
            flow.profit,
            flow.cost,
        )
        for flow in made.flows[:ROWS]
    )
    whole = len(made.flows) <= ROWS
    caption = words(reader, "page_all_moves") if whole else words(reader, "page_most_moves", rows=ROWS)
    return Table(caption, columns, rows)


def segments(made: Comparison, reader: Reader) -> tuple[Figure, ...]:
    """Return who gains and who loses by segment."""
    groups = [one for one in made.by_segment if one.name or one.before.given or one.after.given]
    if not groups:
        return ()
    names = tuple(segment_name(one.name, reader.language) for one in groups)
    gain, lose = (tuple(getattr(one.fortune, fate) for one in groups) for fate in ("better", "worse"))
    summary = words(reader, "page_segments_none")
    if any(gain) or any(lose):
        most, least = (max(range(len(names)), key=counts.__getitem__) for counts in (gain, lose))
        said = {"gain": reader.count(gain[most]), "lose": reader.count(lose[least])}
        summary = words(reader, "page_segments_summary", most=names[most], least=names[least], **said)
    heading = words(reader, "page_segments")
    series = (Series(words(reader, "page_gain"), gain), Series(words(reader, "page_lose"), lose))
    chart = Chart("bar", heading, names, series, summary, unit="int", horizontal=True)
    columns = (
        Column(words(reader, "page_segment")),
        Column(words(reader, "page_customers"), "int"),
        Column(words(reader, "page_with_before"), "int"),
        Column(words(reader, "page_with_after"), "int"),
        *_fate_columns(reader),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            name,
            one.after.customers,
            one.before.given,
            one.after.given,
            *_fates(one.fortune),
            one.profit,
            one.cost,
        )
        for name, one in zip(names, groups, strict=True)
    )
    return (Figure(chart, Table(heading, columns, rows)),)


def offers(made: Comparison, reader: Reader) -> tuple[Figure, ...]:
    """Return how many customers get each offer in either plan, and what it earns and costs."""
    groups = [one for one in made.by_offer if one.name != NO_OFFER and (one.before.customers or one.after.customers)]
    if not groups:
        return ()
    names = tuple(_offer(made, one.name, reader, after=True) for one in groups)
    top = max(range(len(groups)), key=lambda k: abs(groups[k].after.customers - groups[k].before.customers))
    heading = words(reader, "page_offers")
    summary = words(
        reader,
        "page_offers_summary",
        name=names[top],
        before=reader.count(groups[top].before.customers),
        after=reader.count(groups[top].after.customers),
    )
    series = (
        Series(words(reader, "page_before"), tuple(one.before.customers for one in groups), muted=True),
        Series(words(reader, "page_after"), tuple(one.after.customers for one in groups)),
    )
    chart = Chart("bar", heading, names, series, summary, unit="int", horizontal=True)
    columns = (
        Column(words(reader, "page_offer")),
        Column(words(reader, "page_before"), "int"),
        Column(words(reader, "page_after"), "int"),
        *_fate_columns(reader),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, one.before.customers, one.after.customers, *_fates(one.fortune), one.profit, one.cost)
        for name, one in zip(names, groups, strict=True)
    )
    return (Figure(chart, Table(heading, columns, rows)),)


def limits(made: Comparison, reader: Reader) -> tuple[Table, ...]:
    """Return how every limit stands after both plans."""
    if not made.limits:
        return ()
    heads = ("used_before", "used_after", "bound_before", "bound_after", "price_before", "price_after")
    columns = (
        Column(words(reader, "page_limit")),
        *(Column(words(reader, f"page_{name}"), "number") for name in heads),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.name,
            *(_figure(use, name) for name in ("usage", "bound", "price") for use in (one.before, one.after)),
        )
        for one in made.limits
    )
    return (Table(words(reader, "page_limits"), columns, rows),)


def _figure(use: Use | None, name: str) -> str | None:
    """Write one figure of a limit: a share of a band needs other digits than a budget, so each has its own."""
    if use is None:
        return None
    text = fixed(getattr(use, name), 4 if name == "price" else use.digits)
    return text if name != "bound" else f"{'≥' if use.at_least else '≤'} {text}"


def _fate_columns(reader: Reader) -> tuple[Column, ...]:
    counts = tuple(Column(words(reader, f"page_{fate}"), "int") for fate in ("gain", "equal", "lose"))
    return (*counts, *(Column(words(reader, f"page_{name}_change"), "money") for name in ("profit", "cost")))


def _fates(fortune: Fortune) -> tuple[int, int, int]:
    return fortune.better, fortune.equal, fortune.worse


def _offer(made: Comparison, name: str, reader: Reader, *, after: bool) -> str:
    return called(made.offers[name], reader.language, after=after)
