"""How features drifted, in pictures with tables: all by their index, and the distributions of the furthest."""

from __future__ import annotations

import math
from typing import Any

from offersmith.profiles.behaviour.named import named
from offersmith.profiles.drift import FeatureDrift
from offersmith.report.base import Cell, Chart, Column, Figure, Series, Table
from offersmith.report.checkup.facts import CheckupFacts
from offersmith.report.checkup.odd_tables import words, written
from offersmith.report.format import Reader

DRAWN = 12
"""Features in the picture of all."""
WORST = 4
"""Features whose distributions are drawn."""


def index_figure(found: tuple[FeatureDrift, ...], reader: Reader) -> Figure:
    """Return the furthest features by their index; those that are stable are grey."""
    some = found[:DRAWN]
    names = tuple(named(one.feature, reader.language) for one in some)
    grey = tuple(place for place, one in enumerate(some) if one.verdict == "stable")
    title, heading = words(reader, "index_title"), words(reader, "index")
    told = {"name": names[0], "psi": reader.number(some[0].psi)}
    series = Series(heading, tuple(round(one.psi, 2) for one in some), muted_points=grey)
    summary = words(reader, "index_summary", **told)
    chart = Chart("bar", title, names, (series,), summary, horizontal=True)
    columns = (Column(words(reader, "feature")), Column(heading), Column(words(reader, "verdict")))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, reader.number(one.psi), words(reader, f"verdict_{one.verdict}"))
        for name, one in zip(names, some, strict=True)
    )
    return Figure(chart, Table(title, columns, rows))


def every_feature(facts: CheckupFacts, reader: Reader) -> Table:
    """Return all features with their index, verdict, direction and medians, the furthest moved first."""
    heads = ("feature", "index", "verdict", "way", "median_first", "median_second")
    columns = tuple(Column(words(reader, name)) for name in heads)
    features = () if facts.drift is None else facts.drift.features
    return Table(words(reader, "all_features"), columns, tuple(_row(one, facts, reader) for one in features))


def distribution(one: FeatureDrift, facts: CheckupFacts, reader: Reader) -> Figure:
    """Return how customers spread over the values of one feature at both moments."""
    bars = [bar for bar in one.bars() if bar["first"] or bar["second"]]
    labels = tuple(_label(one, bar, reader) for bar in bars)
    first, second = (tuple(bar[name] for bar in bars) for name in ("first", "second"))
    before, after = (reader.day(moment.date()) for moment in (facts.since, facts.as_of))
    title = named(one.feature, reader.language)
    told = {"name": title, "way": words(reader, f"way_{one.move}"), "psi": reader.number(one.psi)}
    chart = Chart(
        "bar", title, labels, (Series(before, first, muted=True), Series(after, second)),
        words(reader, "distribution_summary", **told), unit="percent",
    )  # fmt: skip
    columns = (Column(words(reader, "value")), Column(before, "percent"), Column(after, "percent"))
    return Figure(chart, Table(title, columns, tuple(zip(labels, first, second, strict=True))), width="half")


def _row(one: FeatureDrift, facts: CheckupFacts, reader: Reader) -> tuple[Cell, ...]:
    way = words(reader, f"way_{one.move}") if one.move != "none" else ""
    if way and one.feature in facts.aging:
        way = words(reader, "aging", way=way)
    medians = (written(one.feature, value, reader) for value in (one.median_first, one.median_second))
    verdict = words(reader, f"verdict_{one.verdict}")
    return (named(one.feature, reader.language), reader.number(one.psi), verdict, way, *medians)


def _label(one: FeatureDrift, bar: dict[str, Any], reader: Reader) -> str:
    """Return which values a bar stands for; one that stands for a single value says only that."""
    low, high = bar["low"], bar["high"]
    if not bar["known"]:
        return words(reader, "unknown")
    if high is None and low is None:
        return words(reader, "any")
    if high is None:
        return words(reader, "above", low=written(one.feature, low, reader))
    if low == math.nextafter(high, -math.inf):
        return written(one.feature, high, reader)
    if (after := math.nextafter(high, math.inf)) in one.edges:
        return words(reader, "below", high=written(one.feature, after, reader))
    return words(reader, "up_to" if low is None else "between", high=written(one.feature, high, reader))
