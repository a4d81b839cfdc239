"""When the shop is busy, and when and how each customer prefers to come."""

from __future__ import annotations

from offersmith.profiles.behaviour.preferred import Preferred, value_name
from offersmith.profiles.behaviour.seasonality import MONTHS, Bin, Of, Season, bin_name
from offersmith.report.base import Block, Cell, Chart, Column, Figure, Note, Section, Series, Table
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.words import heads, words
from offersmith.report.format import Reader
from offersmith.words import say

DRAWN: tuple[Of, ...] = ("month", "weekday", "hour")
"""Holidays are told only where a shop names them, which no setting does yet."""


def seasons_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return when the shop is busy; what is too short a history for, it says."""
    found, title = facts.seasons, words(reader, "seasons")
    if not facts.months:
        return Section("seasons", title, words(reader, "seasons_none"), ())
    lead = words(reader, "seasons_lead", orders=found.number, days=found.days)
    blocks: list[Block] = [_months(facts, reader)]
    for of in DRAWN:
        one = found.season(of)
        if one.bins:
            blocks.append(_season(one, reader))
        else:
            blocks.append(Note(_untold(one, facts, reader)))
    return Section("seasons", title, lead, tuple(blocks))


def _untold(one: Season, facts: ConductFacts, reader: Reader) -> str:
    """Return why a season is not told; of the year, how long a history it takes."""
    if one.of == "month":
        whole = sum(month.whole for month in facts.months)
        return words(reader, "year_too_short", whole=whole, wanted=MONTHS)
    return words(reader, "sentence", text=one.text(reader.language))


def _months(facts: ConductFacts, reader: Reader) -> Figure:
    """Return orders month by month, as they were; months that are not whole are grey."""
    found, title = facts.months, words(reader, "months_title")
    names = tuple(reader.month(one.start) for one in found)
    most = max(found, key=lambda one: one.orders)
    summary = words(reader, "months_summary", month=reader.month(most.start), orders=most.orders)
    part = tuple(place for place, one in enumerate(found) if not one.whole)
    orders = words(reader, "orders")
    series = Series(orders, tuple(one.orders for one in found), muted_points=part)
    columns = heads(reader, month="text", orders="int", whole="text")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, one.orders, words(reader, "yes" if one.whole else "no")) for name, one in zip(names, found, strict=True)
    )
    return Figure(Chart("bar", title, names, (series,), summary, unit="int"), Table(title, columns, rows))


def _season(one: Season, reader: Reader) -> Figure:
    """Return how busy each hour, weekday or month is, beside the average."""
    names = tuple(bin_name(one.of, each.name, reader.language) for each in one.bins)
    # 24 names of hours do not fit below a picture; the table has them.
    drawn = tuple(each.name for each in one.bins) if one.of == "hour" else names
    title, times = say(f"behaviour.season_{one.of}", reader.language), words(reader, "times")
    chart = Chart(
        "bar", title, drawn, (Series(times, tuple(round(each.index, 3) for each in one.bins)),),
        _busy(one, reader), reference=1.0, y_name=times,
        x_name=words(reader, "oclock") if one.of == "hour" else "",
    )  # fmt: skip
    columns = (Column(title), *heads(reader, times="number", between="text", seen="int"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, each.index, _span(each, reader), each.seen) for name, each in zip(names, one.bins, strict=True)
    )
    return Figure(chart, Table(title, columns, rows))


def _busy(one: Season, reader: Reader) -> str:
    if not one.clear:
        return words(reader, "not_clear")
    high, low = max(one.bins, key=lambda each: each.index), min(one.bins, key=lambda each: each.index)
    names = {"high": bin_name(one.of, high.name, reader.language), "low": bin_name(one.of, low.name, reader.language)}
    times = {"high_times": reader.number(high.index), "low_times": reader.number(low.index)}
    return words(reader, "busy", **names, **times)


def _span(one: Bin, reader: Reader) -> str:
    return words(reader, "span", low=reader.number(one.low), high=reader.number(one.high))


def preferred_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return when and how customers come, and for how many of them it is clear."""
    title = words(reader, "preferred")
    told = [one for one in facts.preferred if not one.reason]
    untold = [words(reader, "sentence", text=one.text(reader.language)) for one in facts.preferred if one.reason]
    if not told:
        return Section("preferred", title, reader.sentences(untold), ())
    lead = reader.sentences([words(reader, "preferred_lead"), *untold])
    figures = (_preferred(one, reader) for one in told)
    return Section("preferred", title, lead, (*figures, Note(words(reader, "preferred_note"))))


def _preferred(one: Preferred, reader: Reader) -> Figure:
    """Return the shop's share of days at each value beside the share of customers who clearly prefer it."""
    counts = one.as_dict()["counts"]
    values = sorted(one.shop, key=int) if one.what == "weekday" else list(one.shop)
    names = tuple(value_name(one.what, value, reader.language) for value in values)
    days, clear = words(reader, "of_days"), words(reader, "of_stated")
    shares = tuple(one.shop[value] for value in values)
    own = tuple(counts.get(value, 0) / one.customers for value in values)
    title = say(f"behaviour.preferred_{one.what}", reader.language)
    most = value_name(one.what, max(one.shop, key=one.shop.__getitem__), reader.language)
    told = {"most": most, "share": reader.percent(max(one.shop.values()), 0)}
    summary = words(reader, "preferred_summary", stated=one.stated, customers=one.customers, **told)
    series = (Series(days, shares, muted=True), Series(clear, own))
    chart = Chart("bar", title, names, series, summary, unit="percent", horizontal=True)
    columns = (Column(title), *heads(reader, of_days="percent", customers="int", of_stated="percent"))
    rows = tuple(zip(names, shares, (counts.get(value, 0) for value in values), own, strict=True))
    return Figure(chart, Table(title, columns, rows), width="half")
