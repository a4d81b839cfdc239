"""What then happened with the campaign that was planned: the demo knows, a real shop learns it later."""

from __future__ import annotations

from offersmith.report.base import Block, Chart, Column, Figure, Note, Section, Series, Table
from offersmith.report.format import Reader
from offersmith.report.inputs import HappenedFacts


def section(facts: HappenedFacts, reader: Reader) -> Section | None:
    """Return the section, or None when nobody was sent the campaign or nobody used it."""
    if not facts.recipients or not facts.redeemers:
        return None
    first = min(facts.deciles, key=lambda row: row.decile, default=None)
    top = first.redeemers / facts.redeemers if first else 0.0
    lead = reader.say(
        "happened_lead",
        campaign=reader.of(facts.campaign),
        recipients=reader.count(facts.recipients),
        redeemers=reader.count(facts.redeemers),
        top=reader.percent(top, 0),
    )
    blocks: tuple[Block, ...] = (*_deciles(facts, reader), _overlap(facts, reader))
    return Section("happened", reader.say("happened_title"), lead, (*blocks, _limits(facts, reader)))


def _limits(facts: HappenedFacts, reader: Reader) -> Note:
    """Return what the two lists can and cannot say; a plan that holds fewer redeemers than chance has its reason."""
    chance = _by_lot(facts, facts.planned_and_sent)
    text = reader.say(
        "happened_limits",
        hits=reader.count(facts.redeemers_planned),
        all=reader.count(facts.redeemers),
        chance=reader.count(chance),
        fewer=reader.say("happened_fewer") if facts.redeemers_planned < chance else "",
    )
    return Note(text)


def _deciles(facts: HappenedFacts, reader: Reader) -> tuple[Figure, ...]:
    rows = sorted((row for row in facts.deciles if row.customers), key=lambda row: row.decile)
    if not rows:
        return ()
    used, expected = reader.say("happened_used"), reader.say("happened_expected")
    rates = tuple(row.redeemers / row.customers for row in rows)
    hopes = tuple(row.expected / row.customers for row in rows)
    names = tuple(reader.say("happened_decile_name", decile=row.decile) for row in rows)
    summary = reader.say(
        "happened_summary",
        first=reader.percent(rates[0], 0),
        last=reader.percent(rates[-1], 0),
        average=reader.percent(facts.redeemers / facts.recipients, 0),
    )
    title = reader.say("happened_chart")
    chart = Chart(
        "bar",
        title,
        names,
        (Series(used, rates), Series(expected, hopes, muted=True)),
        summary,
        unit="percent",
        x_name=reader.say("happened_x"),
    )
    columns = (
        Column(reader.say("happened_decile")),
        Column(reader.say("customers"), "int"),
        Column(reader.say("happened_redeemers"), "int"),
        Column(used, "percent"),
        Column(expected, "percent"),
    )
    cells = tuple(
        (name, row.customers, row.redeemers, rate, hope)
        for name, row, rate, hope in zip(names, rows, rates, hopes, strict=True)
    )
    return (Figure(chart, Table(title, columns, cells)),)


def _overlap(facts: HappenedFacts, reader: Reader) -> Table:
    """Return both lists side by side: who used it, and how many a list of that size drawn by lot would hold."""
    sent_only = facts.recipients - facts.planned_and_sent
    rows = (
        ("both", facts.planned_and_sent, facts.redeemers_planned, _by_lot(facts, facts.planned_and_sent)),
        ("only_sent", sent_only, facts.redeemers - facts.redeemers_planned, _by_lot(facts, sent_only)),
        ("only_plan", facts.planned - facts.planned_and_sent, None, None),
    )
    columns = (
        Column(reader.say("happened_group")),
        Column(reader.say("customers"), "int"),
        Column(reader.say("happened_used_it"), "int"),
        Column(reader.say("happened_by_lot"), "int"),
    )
    all_users = reader.count(facts.redeemers)
    cells = tuple(
        (
            reader.say(f"happened_{name}"),
            customers,
            None if used is None else reader.say("happened_of", used=reader.count(used), all=all_users),
            chance,
        )
        for name, customers, used, chance in rows
    )
    return Table(reader.say("happened_overlap"), columns, cells)


def _by_lot(facts: HappenedFacts, size: int) -> int:
    """Return how many redeemers `size` recipients drawn by lot hold on average."""
    return round(facts.redeemers * size / facts.recipients)
