"""How deep an offer should be: what each depth earns, of everybody and of every segment, and where that peaks."""

from __future__ import annotations

from dataclasses import replace

from offersmith.report.base import Block, Cell, Chart, Column, Figure, Section, Series, Table
from offersmith.report.format import MISSING, Reader
from offersmith.report.inputs_judged import DepthCurve, DepthFacts, DepthPoint, Estimated, JudgedFacts
from offersmith.report.scale import Scale, hollow, series, why

SECTION = "depth"
DRAWN = 4
"""Segments whose curves are drawn, the largest first; more cannot be told apart."""
SAME = 1e-9
NOTHING = Estimated(None)


def section(facts: JudgedFacts, reader: Reader) -> Section | None:
    """Return the section, or None where no offers differ in depth."""
    found = [one for one in facts.depth if one.whole.points]
    if not found:
        return None
    scale = Scale(reader, facts.money)
    blocks: list[Block] = []
    for one in found:
        blocks += [_whole(one, scale), *_segments(one, scale)]
    lead = reader.sentences(_lead(one, scale) for one in found)
    return Section(SECTION, reader.say("depth_title"), lead, tuple(blocks))


def _depth(value: float, facts: DepthFacts, reader: Reader) -> str:
    """Write a depth: 10%, or an amount."""
    if abs(value) < SAME:
        return reader.say("plan_none")
    if facts.unit == "amount":
        return reader.money(value)
    return reader.percent(value, 0 if abs(value * 100 - round(value * 100)) < SAME else 1)


def _peak(curve: DepthCurve) -> DepthPoint | None:
    """Return the point of the best depth; None where the data cannot say or giving nothing is best."""
    if curve.best is None or abs(curve.best) < SAME:
        return None
    return next((point for point in curve.points if abs(point.depth - (curve.best or 0.0)) < SAME), None)


def _others(curve: DepthCurve, facts: DepthFacts, reader: Reader) -> str:
    """Return the depths that cannot be told from the best one, in words."""
    best = curve.best
    others = [depth for depth in curve.close if best is None or abs(depth - best) >= SAME]
    return reader.join(_depth(depth, facts, reader) for depth in sorted(others))


def _lead(facts: DepthFacts, scale: Scale) -> str:
    reader, curve = scale.reader, facts.whole
    kind, point, others = reader.of(facts.kind), _peak(curve), _others(curve, facts, reader)
    if curve.best is None:
        return reader.say("depth_lead_unknown", kind=kind)
    if point is None or point.profit.value is None:
        said = reader.say("depth_lead_none", kind=kind)
    else:
        profit = {"profit": scale.write(point.profit.value), "per": scale.customers, "span": scale.span(point.profit)}
        said = reader.say("depth_lead", kind=kind, depth=_depth(point.depth, facts, reader), **profit)
    return reader.sentences([said, reader.say("depth_close", depths=others)]) if others else said


def _marked(curve: DepthCurve, points: tuple[float, ...]) -> tuple[int, ...]:
    peak = _peak(curve)
    return () if peak is None else tuple(at for at, depth in enumerate(points) if abs(depth - peak.depth) < SAME)


def _run(name: str, curve: DepthCurve, depths: tuple[float, ...], scale: Scale) -> Series:
    """Return a curve's profits at the depths of the picture; where it has none there is a gap."""
    by_depth = {point.depth: point.profit for point in curve.points}
    found = (by_depth.get(depth, NOTHING) for depth in depths)
    return replace(series(name, found, scale), marked_points=_marked(curve, depths))


def _chart(
    title: str, summary: str, facts: DepthFacts, depths: tuple[float, ...], runs: tuple[Series, ...], scale: Scale
) -> Chart:
    reader = scale.reader
    return Chart(
        "curve",
        title,
        depths,
        runs,
        summary,
        unit=scale.unit,
        x_unit="percent" if facts.unit == "share" else "money",
        x_name=reader.say("depth_axis"),
        reference=0.0,
        marked=reader.say("depth_peak"),
    )


def _whole(facts: DepthFacts, scale: Scale) -> Figure:
    reader, curve = scale.reader, facts.whole
    kind, per = reader.of(facts.kind), scale.customers
    title = reader.say("depth_chart", kind=kind, per=per)
    depths = tuple(point.depth for point in curve.points)
    run = _run(reader.say("depth_everybody"), curve, depths, scale)
    chart = _chart(title, _summary(curve, reader), facts, depths, (run,), scale)
    reasons = [why(point.profit, reader) if point.profit.value is not None else "" for point in curve.points]
    columns = [
        Column(reader.say("depth_axis")),
        Column(reader.say("plan_offer")),
        Column(reader.say("rows"), "int"),
        Column(reader.say("depth_profit"), scale.kind),
        Column(reader.say("low"), scale.kind),
        Column(reader.say("high"), scale.kind),
    ]
    columns += [Column(reader.say("judged_note"))] if any(reasons) else []
    cells: list[tuple[Cell, ...]] = [
        (
            *(_named(point.depth, curve, facts, reader), reader.of(point.arm), point.rows),
            *map(scale.of, (point.profit.value, point.profit.low, point.profit.high)),
            *((reason,) if any(reasons) else ()),
        )
        for point, reason in zip(curve.points, reasons, strict=True)
    ]
    return Figure(chart, Table(title, tuple(columns), tuple(cells)))


def _summary(curve: DepthCurve, reader: Reader) -> str:
    found = (point.profit for point in curve.points)
    return reader.sentences([reader.say("depth_summary"), *hollow(found, reader)])


def _named(depth: float, curve: DepthCurve, facts: DepthFacts, reader: Reader) -> str:
    written = _depth(depth, facts, reader)
    peak = _peak(curve)
    return reader.say("depth_best", depth=written) if peak and abs(depth - peak.depth) < SAME else written


def _segments(facts: DepthFacts, scale: Scale) -> tuple[Figure, ...]:
    reader = scale.reader
    curves = [curve for curve in facts.segments if curve.points]
    if not curves:
        return ()
    curves.sort(key=lambda curve: -(curve.rows or 0))
    return (_segment_curves(curves[:DRAWN], facts, scale, len(curves)), _peaks(curves, facts, reader, scale))


def _segment_curves(curves: list[DepthCurve], facts: DepthFacts, scale: Scale, all_of_them: int) -> Figure:
    reader = scale.reader
    depths = tuple(sorted({point.depth for curve in curves for point in curve.points}))
    runs = tuple(_run(_segment(curve, reader), curve, depths, scale) for curve in curves)
    title = reader.say("depth_segments_chart", kind=reader.of(facts.kind), per=scale.customers)
    drawn, total = reader.count(len(curves)), reader.count(all_of_them)
    which = "depth_segments_summary" if len(curves) == all_of_them else "depth_segments_most"
    found = (point.profit for curve in curves for point in curve.points)
    summary = reader.sentences([reader.say(which, drawn=drawn, all=total), *hollow(found, reader)])
    chart = _chart(title, summary, facts, depths, runs, scale)
    columns = (Column(reader.say("depth_axis")), *(Column(run.name) for run in runs))
    written = [{point.depth: scale.written(point.profit) for point in curve.points} for curve in curves]
    cells = tuple(
        (_depth(depth, facts, reader), *(column.get(depth, MISSING) for column in written)) for depth in depths
    )
    return Figure(chart, Table(title, columns, cells))


def _segment(curve: DepthCurve, reader: Reader) -> str:
    return reader.of(curve.name) if curve.name else reader.say("depth_everybody")


def _peaks(curves: list[DepthCurve], facts: DepthFacts, reader: Reader, scale: Scale) -> Figure:
    """Return where the curve of every segment peaks, and what is earned there."""
    peaks = [_peak(curve) for curve in curves]
    names = tuple(
        reader.say("depth_peak_row", segment=_segment(curve, reader), depth=_best(curve, facts, reader))
        for curve in curves
    )
    profit = reader.say("depth_profit")
    found = [point.profit if point else NOTHING for point in peaks]
    run = series(profit, found, scale)
    title = reader.say("depth_peaks_chart", kind=reader.of(facts.kind), per=scale.customers)
    summary = reader.sentences([reader.say("depth_peaks_summary"), *hollow(found, reader)])
    chart = Chart("interval", title, names, (run,), summary, unit=scale.unit, reference=0.0)
    columns = (
        Column(reader.say("segments_segment")),
        Column(reader.say("customers"), "int"),
        Column(reader.say("depth_peak")),
        Column(profit),
        Column(reader.say("depth_untold")),
    )
    cells = tuple(
        (
            *(_segment(curve, reader), curve.rows, _best(curve, facts, reader)),
            scale.written(point.profit) if point else MISSING,
            _others(curve, facts, reader) or MISSING,
        )
        for curve, point in zip(curves, peaks, strict=True)
    )
    return Figure(chart, Table(title, columns, cells))


def _best(curve: DepthCurve, facts: DepthFacts, reader: Reader) -> str:
    return reader.say("depth_unknown") if curve.best is None else _depth(curve.best, facts, reader)
