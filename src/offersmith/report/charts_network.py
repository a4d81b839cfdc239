"""What is joined to what: points where they were put, lines between them, the names beside the points.

The vendored ECharts draws no graphs of its own; points and broken lines over hidden axes are all that one needs. Groups
differ in colour and symbol.
"""

from __future__ import annotations

from typing import Any

from offersmith.report.base import Chart
from offersmith.report.charts_style import MUTED, SYMBOLS, Option, colour_of

SMALLEST, LARGEST = 9, 24
NAME_SIGNS = 18
"""Letters of a name in the picture; the table has all of it."""
AIR = 0.09
"""Of the picture, between the outermost points and its edge."""


def network(chart: Chart) -> Option:
    """Draw a network."""
    xs = [float(x) for x in chart.x]
    ys = [next((run.values[at] for run in chart.series if run.values[at] is not None), None) for at in range(len(xs))]
    lines: list[list[float | None]] = []
    for one, other in chart.links:
        lines += [[xs[one], ys[one]], [xs[other], ys[other]], [None, None]]
    joined: Option = {
        "type": "line", "name": "", "data": lines, "symbol": "none", "silent": True, "z": 1, "connectNulls": False,
        "lineStyle": {"width": 1, "color": MUTED, "opacity": 0.6}, "itemStyle": {"color": MUTED},
    }  # fmt: skip
    points = [_points(chart, index, xs) for index in range(len(chart.series))]
    return {
        "xAxis": _axis(xs),
        "yAxis": _axis([y for y in ys if y is not None]),
        "tooltip": {"trigger": "item", "confine": True, "formatter": "{b}"},
        "series": [joined, *points] if chart.links else points,
    }


def _points(chart: Chart, index: int, xs: list[float]) -> Option:
    run = chart.series[index]
    data: list[dict[str, Any]] = []
    for at, y in enumerate(run.values):
        if y is not None:
            name = _short(chart.names[at]) if chart.names else ""
            # Ten of a kind in a group need their name once; each says it where it is pointed at.
            again = {"label": {"show": False}} if any(one["name"] == name for one in data) else {}
            data.append({"name": name, "value": [xs[at], y], "symbolSize": _size(chart, at), **again})
    return {
        "type": "scatter", "name": run.name, "symbol": SYMBOLS[index % len(SYMBOLS)], "z": 3, "data": data,
        "itemStyle": {"color": colour_of(chart, index), "opacity": 0.9},
        "label": {"show": True, "formatter": "{b}", "position": "bottom", "fontSize": 11},
    }  # fmt: skip


def _size(chart: Chart, at: int) -> float:
    share = chart.sizes[at] if chart.sizes else 0.5
    return round(SMALLEST + (LARGEST - SMALLEST) * share, 1)


def _short(name: str) -> str:
    return name if len(name) <= NAME_SIGNS else f"{name[: NAME_SIGNS - 1].rstrip()}…"


def _axis(values: list[float]) -> Option:
    low, high = min(values, default=0.0), max(values, default=1.0)
    air = AIR * (high - low or 1.0)
    return {
        "type": "value", "show": False, "min": low - air, "max": high + air, "splitLine": {"show": False},
    }  # fmt: skip
