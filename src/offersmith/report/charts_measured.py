"""Estimates with their intervals, as rows of a chart or over numbers.

An interval that was withheld is not drawn and leaves its point hollow, so that nothing looks surer than it is.
"""

from __future__ import annotations

from offersmith.report.base import Chart, Line
from offersmith.report.charts_style import (
    CURVE_SHIFT,
    DASHES,
    LIMITED_STEP,
    MUTED,
    ROW_SHARE,
    SYMBOLS,
    Option,
    axes_of,
    below,
    colour_of,
    line_at,
)

QUARTER = 0.25  # between the ticks of an axis from none to all
DENSE = 12
"""A curve of more points has small ones."""
Points = list[list[float | None]]
"""Pairs of x and y; a pair of None is a gap."""


def interval(chart: Chart) -> Option:
    """Draw estimates as points on their intervals; rows are numbered 0, 1, ... and named by the page's script."""
    rows = len(chart.x)
    series = [_compared(line, index, rows) for index, line in enumerate(chart.lines)]
    for index, run in enumerate(chart.series):
        at = [row + (index - (len(chart.series) - 1) / 2) * ROW_SHARE for row in range(rows)]
        bars: Points = []
        for low, high, y in zip(run.low, run.high, at, strict=False):
            bars += [[low, y], [high, y], [None, None]]
        values: Points = [[value, None if value is None else y] for value, y in zip(run.values, at, strict=True)]
        if index == 0 and _beyond(chart):
            bars = [[chart.reference, 0.0], [None, None], *bars]
        series.append(_whiskers(chart, index, bars) | (line_at(chart) if index == 0 else {}))
        series.append(_dots(chart, index, values))
    numbered: Option = {
        "type": "value", "inverse": True, "min": -0.5, "max": rows - 0.5, "interval": 1,
        "splitLine": {"show": False}, "axisTick": {"show": False},
        "axisLabel": {"customValues": list(range(rows))},
    }  # fmt: skip
    ends = {"min": chart.limits[0], "max": chart.limits[1], "interval": LIMITED_STEP} if chart.limits else {}
    return {"xAxis": {**axes_of(chart)["xAxis"], "scale": True, **ends}, "yAxis": numbered, "series": series}


def _beyond(chart: Chart) -> bool:
    """Whether all that is drawn lies on one side of the reference: it would be left out of the picture then.

    A single point of a line is not seen, but an axis reaches as far as it.
    """
    if chart.reference is None:
        return False
    runs = [run for series in chart.series for run in (series.values, series.low, series.high)]
    drawn = [value for run in runs for value in run if value is not None]
    return bool(drawn) and not min(drawn) <= chart.reference <= max(drawn)


def _compared(line: Line, index: int, rows: int) -> Option:
    """Return a line down the page that every row is compared with."""
    return {
        "type": "line", "name": line.name, "symbol": "none", "silent": True, "z": 1,
        "data": [[line.value, -0.5], [line.value, rows - 0.5]],
        "lineStyle": {"width": 1.5, "type": DASHES[index % len(DASHES)], "color": MUTED},
        "itemStyle": {"color": MUTED},
    }  # fmt: skip


def _whiskers(chart: Chart, index: int, data: Points) -> Option:
    """Return the intervals of a series: pairs of ends, each followed by a gap."""
    colour = colour_of(chart, index)
    return {
        "type": "line", "name": chart.series[index].name, "symbol": "none", "silent": True, "z": 3, "data": data,
        "lineStyle": {"width": 3, "type": DASHES[index % len(DASHES)], "color": colour},
        "itemStyle": {"color": colour},
    }  # fmt: skip


def _dots(chart: Chart, index: int, at: Points) -> Option:
    """Return the values of a series; those whose interval was withheld are hollow."""
    run, colour = chart.series[index], colour_of(chart, index)
    hollow = {"color": "transparent", "borderColor": colour, "borderWidth": 2}
    bare = {place for place, low in enumerate(run.low) if low is None}
    return {
        "type": "scatter", "name": run.name, "symbol": SYMBOLS[index % len(SYMBOLS)], "z": 4,
        "symbolSize": 6 if chart.kind == "curve" and len(at) > DENSE else 12,
        "data": [{"value": one, "itemStyle": hollow} if place in bare else one for place, one in enumerate(at)],
        "itemStyle": {"color": colour, "opacity": 1},
    }  # fmt: skip


def curve(chart: Chart) -> Option:
    """Draw estimates with their intervals over numbers, joined or not; every series stands a little aside."""
    xs = [float(x) for x in chart.x]
    width = max(xs) - min(xs) if xs else 0.0
    series = [_equal(chart, xs)] if chart.diagonal and xs else []
    last = []
    for index, run in enumerate(chart.series):
        shift = (index - (len(chart.series) - 1) / 2) * CURVE_SHIFT * width if run.low else 0.0
        at = [x + shift for x in xs]
        values: Points = [[None if value is None else x, value] for x, value in zip(at, run.values, strict=True)]
        if run.low:
            bars: Points = [[xs[0], chart.reference], [None, None]] if index == 0 and _beyond(chart) else []
            for low, high, x in zip(run.low, run.high, at, strict=True):
                bars += [[x, low], [x, high], [None, None]]
            series.append(_whiskers(chart, index, bars))
        marks = [values[place] for place in run.marked_points]
        series += [_mark(chart, index, marks)] if marks else []
        if chart.joined:
            series.append(_joined(chart, index, values))
        last.append(_dots(chart, index, values))
    if series or last:
        (series or last)[0].update(line_at(chart))
    name = {"name": chart.y_name, "nameLocation": "end", "nameTextStyle": {"align": "left"}} if chart.y_name else {}
    axis: Option = {"type": "value", "splitNumber": 4, "scale": True, "axisTick": {"show": False}}
    return {
        "xAxis": {**axis, **below(chart.x_name), **_ends(chart, xs, width)},
        "yAxis": {**axis, **name},
        "series": [*series, *last],
    }


def _ends(chart: Chart, xs: list[float], width: float) -> Option:
    """Return where the axis below a curve ends: close to the first and last point, without ticks of its own there."""
    if not width or chart.diagonal:
        return {}
    aside = CURVE_SHIFT * width * (len(chart.series) + 1) / 2 if chart.series[0].low else 0.0
    if chart.x_unit == "percent" and (min(xs), max(xs), aside) == (0.0, 1.0, 0.0):
        return {"min": 0, "max": 1, "interval": QUARTER}
    quiet = {"axisLabel": {"showMinLabel": False, "showMaxLabel": False}} if aside else {}
    return {"min": min(xs) - aside, "max": max(xs) + aside, **quiet}


def _equal(chart: Chart, xs: list[float]) -> Option:
    """Return the line where the measured equals the predicted, as far as anything was predicted."""
    ends = (min(xs), max(xs))
    return {
        "type": "line", "name": str(chart.diagonal), "symbol": "none", "silent": True, "z": 1,
        "data": [[end, end] for end in ends], "lineStyle": {"width": 1.5, "type": "dashed", "color": MUTED},
        "itemStyle": {"color": MUTED},
    }  # fmt: skip


def _joined(chart: Chart, index: int, values: Points) -> Option:
    colour = colour_of(chart, index)
    return {
        "type": "line", "name": chart.series[index].name, "symbol": "none", "silent": True, "z": 2, "data": values,
        "lineStyle": {"width": 2, "type": DASHES[index % len(DASHES)], "color": colour},
        "itemStyle": {"color": colour},
    }  # fmt: skip


def _mark(chart: Chart, index: int, at: Points) -> Option:
    """Return a ring around the points the chart is about."""
    ring = {"color": "transparent", "borderColor": colour_of(chart, index), "borderWidth": 2}
    return {
        "type": "scatter", "name": chart.marked, "symbol": "circle", "symbolSize": 24, "silent": True, "z": 3,
        "data": at, "itemStyle": ring,
    }  # fmt: skip
