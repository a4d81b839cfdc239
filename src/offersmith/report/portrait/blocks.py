"""The pictures and tables of a customer's page, each picture with its table."""

from __future__ import annotations

from offersmith.profiles import label
from offersmith.report.base import Chart, Column, Figure, Series, Table
from offersmith.report.format import Reader
from offersmith.report.portrait.facts import Happened, PortraitFacts, Worth
from offersmith.report.portrait.reading import chance, dated, day_of, times, value_of, words
from offersmith.vocabulary import EVENT_NAMES

MOST = 40
"""Rows of the timeline that stand on the page."""


def group_table(facts: PortraitFacts, reader: Reader) -> Table:
    """Return the segments the customer is in, with what each means and how many share it."""
    heads = [Column(words(reader, name)) for name in ("way", "segment", "meaning")]
    columns = (*heads, Column(words(reader, "customers"), "int"), Column(words(reader, "share_of_all"), "percent"))
    rows = tuple(
        (reader.of(one.way), reader.of(one.name), reader.of(one.meaning), one.customers, one.share)
        for one in facts.groups
    )
    return Table(dated(words(reader, "groups"), facts, reader), columns, rows)


def moves_figure(facts: PortraitFacts, reader: Reader) -> Figure:
    """Return where customers of the same segment stood some days later."""
    names, shares = tuple(reader.of(one.name) for one in facts.moves), tuple(one.share for one in facts.moves)
    days, segment = reader.count(facts.moved_days), reader.of(facts.groups[0].name)
    title = dated(words(reader, "moves", segment=segment, days=days), facts, reader)
    summary = words(
        reader, "moves_summary", segment=segment, days=days, share=reader.percent(shares[0], 0), name=names[0]
    )
    chart = Chart(
        "bar", title, names, (Series(words(reader, "share_of_them"), shares),), summary, unit="percent", horizontal=True
    )
    columns = (Column(words(reader, "segment")), Column(words(reader, "share_of_them"), "percent"))
    return Figure(chart, Table(title, columns, tuple(zip(names, shares, strict=True))))


def worth_table(facts: PortraitFacts, worth: Worth, reader: Reader) -> Table:
    """Return what is expected, each figure with its interval where it has one."""
    days = reader.count(worth.horizon_days)
    rows = [(words(reader, "alive"), chance(worth.alive, reader), words(reader, "alive_means"))]
    low, high = times(worth.orders.low, reader), times(worth.orders.high, reader)
    span = words(reader, "span_of", low=low, high=high)
    rows.append((words(reader, "orders_of", days=days), times(worth.orders.estimate, reader), span))
    if worth.value:
        span = words(reader, "span_of", low=reader.money(worth.value.low), high=reader.money(worth.value.high))
        rows.append((words(reader, "value_of", days=days), reader.money(worth.value.estimate), span))
    rows.append((words(reader, "churn"), chance(worth.churn, reader), words(reader, "churn_hint", days=days)))
    if worth.next_from and worth.next_until:
        said = words(reader, "from_to", first=reader.day(worth.next_from), last=reader.day(worth.next_until))
        means = words(reader, "window_means", chance=chance(worth.next_chance, reader))
        rows.append((words(reader, "window"), said, means))
    columns = tuple(Column(words(reader, name)) for name in ("figure", "estimate", "says"))
    title = words(reader, "worth_table", model=words(reader, f"model_{worth.model}"))
    return Table(dated(title, facts, reader), columns, tuple(rows))


def interests_figure(facts: PortraitFacts, reader: Reader) -> Figure:
    """Return the interests by weight."""
    names = tuple(one.name for one in facts.interests)
    weights = tuple(one.weight for one in facts.interests)
    title, heading = dated(words(reader, "interests"), facts, reader), words(reader, "weight")
    summary = words(reader, "interests_summary", name=names[0], weight=reader.percent(weights[0], 0))
    chart = Chart("bar", title, names, (Series(heading, weights),), summary, unit="percent", horizontal=True)
    columns = (
        Column(words(reader, "interest")),
        Column(heading, "percent"),
        Column(words(reader, "kind")),
        Column(words(reader, "evidence"), "number"),
        Column(words(reader, "last_seen"), "date"),
    )
    rows = tuple(
        (one.name, one.weight, words(reader, f"kind_{one.kind}"), one.evidence, one.last) for one in facts.interests
    )
    return Figure(chart, Table(title, columns, rows))


def months_figure(facts: PortraitFacts, reader: Reader) -> Figure:
    """Return what was paid month by month."""
    months = tuple(facts.months)
    paid = tuple(reader.major(facts.months[one]) for one in months)
    title, heading = dated(words(reader, "months"), facts, reader), words(reader, "paid")
    best = max(range(len(paid)), key=paid.__getitem__)
    summary = words(reader, "months_summary", month=reader.month(months[best]), paid=reader.money(paid[best]))
    names = tuple(reader.month(one) for one in months)
    chart = Chart("bar", title, names, (Series(heading, paid),), summary, unit="money")
    columns = (Column(words(reader, "month"), "month"), Column(heading, "money"))
    return Figure(chart, Table(title, columns, tuple(zip(months, paid, strict=True))))


def timeline_table(facts: PortraitFacts, reader: Reader) -> Table:
    """Return what happened, the latest first."""
    rows = tuple(
        (
            day_of(one.time, reader),
            _event(one, reader),
            _what(one, reader),
            reader.money(reader.major(one.amount), 2) if one.amount else "",
            reader.money(reader.major(one.saved), 2) if one.saved else "",
            one.offer,
        )
        for one in facts.happened[:MOST]
    )
    cut = facts.cut or len(facts.happened) > MOST
    title = words(reader, "timeline_latest" if cut else "timeline", rows=reader.count(len(rows)))
    columns = tuple(Column(words(reader, name)) for name in ("day", "event", "what", "amount", "saved", "offer"))
    return Table(dated(title, facts, reader), columns, rows)


def _event(one: Happened, reader: Reader) -> str:
    said = words(reader, f"event_{one.event}") if one.event in EVENT_NAMES else one.event
    many = one.count > 1 and one.event not in ("purchase", "refund")
    return words(reader, "times", event=said, count=reader.count(one.count)) if many else said


def _what(one: Happened, reader: Reader) -> str:
    return words(reader, "and_others", what=one.what, others=reader.count(one.others)) if one.others else one.what


def given_table(facts: PortraitFacts, reader: Reader) -> Table:
    """Return the offers that were given, and when they were used."""
    rows = tuple(
        (reader.of(one.name), one.day, reader.day(one.used) if one.used else words(reader, "not_used"))
        for one in facts.given
    )
    columns = (
        Column(words(reader, "offer")),
        Column(words(reader, "given_on"), "date"),
        Column(words(reader, "used_on")),
    )
    return Table(dated(words(reader, "given"), facts, reader), columns, rows)


def every_feature(facts: PortraitFacts, reader: Reader) -> Table:
    """Return every feature, with where the customer stands among all."""
    rows = tuple(
        (
            label(one.feature, reader.language),
            value_of(one, reader),
            words(reader, "more_than", share=chance(one.below, reader)) if one.below is not None else "",
        )
        for one in facts.standings
    )
    columns = tuple(Column(words(reader, name)) for name in ("feature", "value", "beside_others"))
    return Table(dated(words(reader, "features"), facts, reader), columns, rows)
