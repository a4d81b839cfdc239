"""Whether predicted gains come true: calibration by offer, and whether the ranking finds those an offer moves most."""

from __future__ import annotations

from collections.abc import Sequence

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Section, Series, Table, Width
from offersmith.report.format import MISSING, Reader, fixed
from offersmith.report.inputs_judged import ArmCalibration, Estimated, GainCurve, JudgedFacts, RankingFigure
from offersmith.report.scale import Scale, hollow, series, why

SECTION = "uplift"
PICTURES = 6
"""Offers whose calibration is drawn; the slopes of all are in one figure."""
STEPS = 20
"""Points of the gain curve."""
RIGHT = 1.0
FINE = 4


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where neither calibration nor ranking was measured."""
    if not (facts.calibration or facts.ranking or facts.curve):
        return None
    scale = Scale(reader, facts.money)
    blocks: list[Block] = [*_slopes(facts.calibration, reader)]
    drawn = sorted(facts.calibration, key=lambda one: -sum(part.rows for part in one.bins))[:PICTURES]
    pictures = [figure for one in facts.calibration if one in drawn for figure in _bins(one, scale)]
    blocks += [*pictures, *_gain(facts.curve, scale, "half" if len(pictures) % 2 else "full")]
    blocks += [*_figures(facts.ranking, reader), *_definitions(facts.ranking, reader)]
    return Section(SECTION, reader.say("uplift_title"), _lead(facts, reader), tuple(blocks))


def _lead(facts: JudgedFacts, reader: Reader) -> str:
    slopes = [one.slope for one in facts.calibration if one.slope.held]
    if not slopes:
        return reader.say("uplift_lead_unknown") if facts.calibration else reader.say("uplift_lead_ranking")
    told = sum(_holds(slope, RIGHT) for slope in slopes)
    noise = sum(_holds(slope, 0.0) for slope in slopes)
    said = reader.say("uplift_lead", count=reader.count(told), all=reader.count(len(slopes)))
    more = [reader.say("uplift_lead_noise", count=reader.count(noise))] if noise else []
    return reader.sentences([said, *more])


def _holds(one: Estimated, value: float) -> bool:
    return one.low is not None and one.high is not None and one.low <= value <= one.high


def _slopes(rows: Sequence[ArmCalibration], reader: Reader) -> tuple[Figure, ...]:
    rows = [row for row in rows if row.slope.value is not None]
    if not rows:
        return ()
    names, title = tuple(reader.of(row.name) for row in rows), reader.say("uplift_slopes_chart")
    said = reader.say("uplift_slope")
    run = series(said, (row.slope for row in rows))
    summary = reader.sentences([reader.say("uplift_slopes_summary"), *hollow((row.slope for row in rows), reader)])
    chart = Chart("interval", title, names, (run,), summary, reference=RIGHT)
    columns = (
        Column(reader.say("plan_offer")),
        Column(said, "number"),
        Column(reader.say("low"), "number"),
        Column(reader.say("high"), "number"),
    )
    cells = tuple((name, row.slope.value, row.slope.low, row.slope.high) for name, row in zip(names, rows, strict=True))
    return (Figure(chart, Table(title, columns, cells)),)


def _bins(one: ArmCalibration, scale: Scale) -> tuple[Figure, ...]:
    bins, reader = one.bins, scale.reader
    if not bins:
        return ()
    arm, per = reader.of(one.name), scale.customers
    predicted, measured = reader.say("uplift_predicted", per=per), reader.say("uplift_measured", per=per)
    title, found = reader.say("uplift_bins_chart", arm=arm), [part.measured for part in bins]
    slope = reader.say("uplift_bins_no_slope")
    if one.slope.value is not None:
        slope = reader.say(
            "uplift_bins_slope", slope=reader.number(one.slope.value), span=_plain_span(one.slope, reader)
        )
    chart = Chart(
        "curve",
        title,
        tuple(part.predicted * 1000 for part in bins),
        (series(measured, found, scale),),
        reader.sentences([reader.say("uplift_bins_summary", arm=arm), slope, *hollow(found, reader)]),
        unit=scale.unit,
        x_unit=scale.unit,
        x_name=predicted,
        diagonal=reader.say("uplift_as_predicted"),
        joined=False,
    )
    columns = (
        Column(predicted, scale.kind),
        Column(measured, scale.kind),
        Column(reader.say("low"), scale.kind),
        Column(reader.say("high"), scale.kind),
        Column(reader.say("customers"), "int"),
    )
    cells = tuple(
        (*map(scale.of, (part.predicted, part.measured.value, part.measured.low, part.measured.high)), part.rows)
        for part in bins
    )
    return (Figure(chart, Table(title, columns, cells), width="half"),)


def _plain_span(one: Estimated, reader: Reader) -> str:
    if one.low is None or one.high is None:
        return why(one, reader)
    return reader.say("judged_span", low=reader.number(one.low), high=reader.number(one.high))


def _gain(curve: GainCurve | None, scale: Scale, width: Width) -> tuple[Figure, ...]:
    if curve is None:
        return ()
    reader = scale.reader
    steps = tuple(step / STEPS for step in range(STEPS + 1))
    gains = tuple(_at(curve, step) for step in steps)
    top = max(range(len(steps)), key=gains.__getitem__)
    ours, lot = reader.say("uplift_gain_ours"), reader.say("uplift_gain_lot")
    by_lot = tuple(gains[-1] * step for step in steps)
    title, share = reader.say("uplift_gain_chart", per=scale.customers), reader.say("uplift_gain_share")
    summary = reader.say("uplift_gain_summary", share=reader.percent(steps[top], 0), gain=scale.write(gains[top]))
    runs = (Series(ours, tuple(map(scale.of, gains))), Series(lot, tuple(map(scale.of, by_lot)), muted=True))
    chart = Chart("curve", title, steps, runs, summary, unit=scale.unit, x_unit="percent", x_name=share, reference=0.0)
    columns = (Column(share, "percent"), Column(ours, scale.kind), Column(lot, scale.kind))
    cells = tuple((step, scale.of(gain), scale.of(line)) for step, gain, line in zip(steps, gains, by_lot, strict=True))
    return (Figure(chart, Table(title, columns, cells), width),)


def _at(curve: GainCurve, share: float) -> float:
    """Return the gain where a share of customers is treated, straight between the points."""
    before = (0.0, 0.0)
    for point in zip(curve.share, curve.gain, strict=True):
        if point[0] >= share:
            width = point[0] - before[0]
            return point[1] if width <= 0 else before[1] + (point[1] - before[1]) * (share - before[0]) / width
        before = point
    return before[1]


def _figures(rows: Sequence[RankingFigure], reader: Reader) -> tuple[Table, ...]:
    if not rows:
        return ()
    named = any(row.arm is not None for row in rows)
    columns = [
        Column(reader.say("uplift_figure")),
        *([Column(reader.say("plan_offer"))] if named else []),
        Column(reader.say("uplift_value")),
        Column(reader.say("uplift_interval")),
    ]
    cells = tuple(_figure_row(row, reader, named=named) for row in rows)
    return (Table(reader.say("uplift_figures"), tuple(columns), cells),)


def _figure_row(row: RankingFigure, reader: Reader, *, named: bool) -> tuple[Cell, ...]:
    figure = row.figure
    value = MISSING if figure.value is None else fixed(figure.value, FINE)
    span = why(figure, reader)
    if figure.low is not None and figure.high is not None:
        span = reader.say("judged_span", low=fixed(figure.low, FINE), high=fixed(figure.high, FINE))
    name = _figure_name(row, reader)
    offer: tuple[Cell, ...] = (reader.of(row.arm) if row.arm else reader.say("uplift_together"),)
    return (name, *(offer if named else ()), value, span)


def _definitions(rows: Sequence[RankingFigure], reader: Reader) -> tuple[Table, ...]:
    """Return how each figure is defined, once: figures of the same name differ from one paper to the next."""
    found: dict[str, str] = {}
    for row in rows:
        of = reader.say("uplift_one" if row.arm else "uplift_together")
        text = reader.of(row.definition)
        if text:
            name = reader.say(f"uplift_{row.name}", share="k")
            found.setdefault(text, reader.say("uplift_named", name=name, of=of))
    if not found:
        return ()
    columns = (Column(reader.say("uplift_figure")), Column(reader.say("uplift_definition")))
    return (Table(reader.say("uplift_definitions"), columns, tuple((name, text) for text, name in found.items())),)


def _figure_name(row: RankingFigure, reader: Reader) -> str:
    return reader.say(f"uplift_{row.name}", share=reader.percent(row.share or 0.0, 0))
