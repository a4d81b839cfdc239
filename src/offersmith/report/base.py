"""The vocabulary of a page: charts, tables, notes and sections as small immutable values.

A section says *what* to show; templates and `charts` say how. Values are raw (numbers, moments): the language formats
them at the last step. Every chart travels in a `Figure` with its table twin, so nothing is only a picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal, TypeAlias

from offersmith.report.inputs import Level
from offersmith.words import Language

ChartKind = Literal["line", "bar", "stacked", "scatter", "histogram", "interval", "curve", "network"]
Unit = Literal["money", "int", "percent", "number"]
CellKind = Literal["money", "int", "percent", "number", "text", "date", "month"]
Width = Literal["full", "half"]
Cell: TypeAlias = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class Series:
    """One named run of values over the chart's `x`; `low` and `high` bound each value of an interval or a curve.

    A value whose bounds are None has no interval: it is drawn hollow. `muted` marks a series, `muted_points` the
    points of one, shown for comparison only (no offer, a baseline); `marked_points` are those the chart is about (the
    peak of a curve).
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    muted: bool = False
    muted_points: tuple[int, ...] = ()
    marked_points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A named value to compare every row of an interval chart with."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture of numbers, with the sentence that says what it shows.

    Attributes:
        kind: `interval` draws each value with its `low` and `high`, one row a point; `curve` does so over numbers in
            `x`; `scatter` needs numbers in `x`, too.
        x: categories (texts), or numbers for a scatter; one per point.
        unit: of the values; `x_unit` of a scatter's x.
        summary: one sentence a person who cannot see the picture reads.
        horizontal: categories run down the page: for long names.
        diagonal: a scatter or curve draws the line where x equals y; of a curve it is the name in the legend.
        limits: where the value axis of an interval chart begins and ends; None lets the values say.
        reference: a line at this value (0 for effects, the average for a rate).
        lines: of an interval chart, to compare its rows with.
        joined: whether the points of a curve are joined.
        marked: what a marked point is called in the legend.
        links: of a network, pairs of points that a line joins; its points stand where `x` and the values say, each
            in one series.
        names: of a network's points.
        sizes: of a network's points, 0 to 1.
    """

    kind: ChartKind
    title: str
    x: tuple[str, ...] | tuple[float, ...]
    series: tuple[Series, ...]
    summary: str
    unit: Unit = "number"
    x_unit: Unit = "number"
    x_name: str = ""
    y_name: str = ""
    horizontal: bool = False
    diagonal: bool | str = False
    reference: float | None = None
    limits: tuple[float, float] | None = None
    lines: tuple[Line, ...] = ()
    joined: bool = True
    marked: str = ""
    links: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()
    sizes: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for series in self.series:
            for run in (series.values, series.low, series.high):
                if run and len(run) != len(self.x):
                    raise ValueError(f"series {series.name!r} has {len(run)} points, the chart {len(self.x)}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its heading and how its cells are written."""

    name: str
    kind: CellKind = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values under typed columns; the first column names the row."""

    block: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    width: Width = "full"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its table twin: one row per point of the chart.

    Raises:
        ValueError: the twin has not one row per point.
    """

    block: ClassVar[str] = "figure"
    chart: Chart
    table: Table
    width: Width = "full"

    def __post_init__(self) -> None:
        if len(self.table.rows) != len(self.chart.x):
            raise ValueError(f"{self.chart.title!r}: {len(self.chart.x)} points, {len(self.table.rows)} rows")


@dataclass(frozen=True, slots=True)
class Number:
    """A headline number, already in words, with what it means."""

    value: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A row of headline numbers."""

    block: ClassVar[str] = "numbers"
    items: tuple[Number, ...]
    width: Width = "full"


@dataclass(frozen=True, slots=True)
class Card:
    """A short piece of advice: heading, a line of facts, a few lines of text, and texts that each have a label."""

    title: str
    lines: tuple[str, ...]
    facts: tuple[str, ...] = ()
    labelled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cards:
    """Cards side by side, under a heading."""

    block: ClassVar[str] = "cards"
    title: str
    items: tuple[Card, ...]
    width: Width = "full"


@dataclass(frozen=True, slots=True)
class Note:
    """A caveat or explanation beside the numbers; `title` is optional."""

    block: ClassVar[str] = "note"
    text: str
    level: Level = "info"
    title: str = ""
    width: Width = "full"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, under an optional heading."""

    block: ClassVar[str] = "text"
    text: str
    title: str = ""
    width: Width = "full"


Block: TypeAlias = Text | Note | Numbers | Figure | Table | Cards


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page: `id` is unique on the page, `lead` says the finding before the detail."""

    id: str
    title: str
    lead: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page in one language: the story in a sentence, the headline numbers, then the sections.

    `warnings` are short lines right under the story, each with the id of the section that says more.
    """

    title: str
    language: Language
    headline: str
    standfirst: str
    numbers: tuple[Number, ...]
    sections: tuple[Section, ...]
    footer: tuple[tuple[str, str], ...] = ()
    eyebrow: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
