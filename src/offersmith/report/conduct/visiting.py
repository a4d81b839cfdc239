"""How customers visit, and where they drop off on the way to a purchase."""

from __future__ import annotations

from offersmith.profiles.behaviour.funnel import Funnel, Step
from offersmith.report.base import Block, Cell, Chart, Column, Figure, Note, Section, Series, Table
from offersmith.report.conduct.facts import ConductFacts
from offersmith.report.conduct.words import heads, words
from offersmith.report.format import Reader


def visits_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return how many visits there were, how long they are, and which of them end with a purchase."""
    visits, title = facts.visits, words(reader, "visits")
    if visits.reason:
        return Section("visits", title, visits.text(reader.language), ())
    share = reader.percent(visits.bought / visits.visits)
    told = {"visits": visits.visits, "customers": visits.customers, "share": share}
    lead = [words(reader, "visits_lead", **told, since=reader.day(facts.since))]
    lead += [words(reader, "visits_unknown", unknown=visits.unknown)] if visits.unknown else []
    if visits.minutes is not None and visits.products is not None:
        lead.append(words(reader, "visits_usual", minutes=visits.minutes, products=round(visits.products)))
    return Section(
        "visits", title, reader.sentences(lead), (_lengths(facts, reader), Note(words(reader, "visits_note")))
    )


def _lengths(facts: ConductFacts, reader: Reader) -> Figure:
    found, every = facts.visits.lengths, facts.visits.visits
    names = tuple(words(reader, f"length_{one.name}") for one in found)
    of_visits, of_bought = (words(reader, name) for name in ("share_of_visits", "share_bought"))
    shares = tuple(one.visits / every for one in found)
    bought = tuple(one.bought / one.visits if one.visits else None for one in found)
    most = max(range(len(found)), key=shares.__getitem__)
    title = words(reader, "lengths")
    summary = words(reader, "lengths_summary", name=names[most], share=reader.percent(shares[most], 0))
    series = (Series(of_visits, shares, muted=True), Series(of_bought, bought))
    columns = heads(reader, length="text", visits="int", share_of_visits="percent", share_bought="percent")
    rows = tuple(zip(names, (one.visits for one in found), shares, bought, strict=True))
    return Figure(
        Chart("bar", title, names, series, summary, unit="percent", horizontal=True), Table(title, tuple(columns), rows)
    )


def funnel_section(facts: ConductFacts, reader: Reader) -> Section:
    """Return how many visits get how far, and which categories lose most."""
    found, title = facts.funnel, words(reader, "funnel")
    if found.reason:
        return Section("funnel", title, found.text(reader.language), ())
    worst = leak(found)
    before = found.steps[found.steps.index(worst) - 1]
    named = {"before": _step(before, reader), "after": _step(worst, reader)}
    lead = [words(reader, "funnel_lead", **named, lost=worst.lost, share=reader.percent(1 - worst.share, 0))]
    lead += [words(reader, "funnel_beside", count=found.beside)] if found.beside else []
    blocks: list[Block] = [_steps(found, reader), Note(words(reader, "funnel_note"))]
    blocks += [_categories(facts, reader)] if facts.categories else []
    return Section("funnel", title, reader.sentences(lead), tuple(blocks))


def leak(found: Funnel) -> Step:
    """Return the step that most visits did not get to."""
    return max(found.steps[1:], key=lambda step: step.lost)


def _step(step: Step, reader: Reader) -> str:
    return words(reader, f"step_{step.name}")


def _steps(found: Funnel, reader: Reader) -> Figure:
    names = tuple(_step(step, reader) for step in found.steps)
    reached, title = words(reader, "reached"), words(reader, "funnel_title")
    last = found.steps[-1]
    summary = words(reader, "funnel_summary", share=reader.percent(last.of_first), first=names[0], last=names[-1])
    series = (Series(reached, tuple(step.reached for step in found.steps)),)
    chart = Chart("bar", title, names, series, summary, unit="int", horizontal=True)
    columns = heads(reader, step="text", reached="int", of_before="percent", of_first="percent", lost="int")
    rows: list[tuple[Cell, ...]] = []
    for place, step in enumerate(found.steps):
        shares: tuple[Cell, ...] = (step.share, step.of_first, step.lost) if place else (None, None, None)
        rows.append((names[place], step.reached, *shares))
    return Figure(chart, Table(title, columns, tuple(rows)))


def _categories(facts: ConductFacts, reader: Reader) -> Table:
    """Return the funnel of each category, the one that fewest buy from first."""
    steps = facts.categories[0].steps
    columns = [Column(words(reader, "category")), Column(_step(steps[0], reader), "int")]
    columns += [Column(words(reader, "then", step=_step(step, reader)), "percent") for step in steps[1:]]
    columns.append(Column(words(reader, "of_all"), "percent"))
    ranked = sorted(facts.categories, key=lambda one: (one.conversion or 0.0, one.category or ""))
    rows = tuple(
        (one.category, one.steps[0].reached, *(step.share for step in one.steps[1:]), one.conversion) for one in ranked
    )
    return Table(words(reader, "categories_table"), tuple(columns), rows)
