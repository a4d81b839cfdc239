"""The playbooks of a plan: what each is expected to earn, as a picture with its table, and a card of each in words."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.report.base import Block, Card, Cards, Chart, Column, Figure, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs_playbooks import PlaybookFacts


def blocks(facts: Sequence[PlaybookFacts], reader: Reader) -> tuple[Block, ...]:
    """Return the picture and the cards; nothing where a plan was not asked for by playbooks."""
    if not facts:
        return ()
    return (_figure(facts, reader), Cards(reader.say("playbooks_cards"), tuple(_card(one, reader) for one in facts)))


def _figure(facts: Sequence[PlaybookFacts], reader: Reader) -> Figure:
    title, profit = reader.say("playbooks_chart"), reader.say("plan_profit")
    names = tuple(reader.of(one.title) for one in facts)
    top = max(facts, key=lambda one: (one.given > 0, one.profit.estimate))
    summary = reader.say(
        "playbooks_summary" if top.given else "playbooks_nobody",
        name=reader.of(top.title),
        profit=reader.money(top.profit.estimate),
        given=reader.count(top.given),
        members=reader.count(top.members),
    )
    series = (Series(profit, tuple(one.profit.estimate for one in facts)),)
    chart = Chart("bar", title, names, series, summary, unit="money", horizontal=True)
    columns = (
        Column(reader.say("playbooks_name")),
        Column(reader.say("playbooks_members"), "int"),
        Column(reader.say("playbooks_given"), "int"),
        Column(reader.say("plan_cost"), "money"),
        Column(profit, "money"),
        Column(reader.say("playbooks_interval")),
    )
    rows = tuple(
        (name, one.members, one.given, one.cost, one.profit.estimate, _interval(one, reader))
        for name, one in zip(names, facts, strict=True)
    )
    return Figure(chart, Table(title, columns, rows))


def _interval(one: PlaybookFacts, reader: Reader) -> str:
    return reader.say("playbooks_from_to", low=reader.money(one.profit.low), high=reader.money(one.profit.high))


def _card(one: PlaybookFacts, reader: Reader) -> Card:
    labelled = tuple((reader.of(label), reader.of(text)) for label, text in one.lines)
    return Card(reader.of(one.title), (), (reader.of(one.about),), labelled)
