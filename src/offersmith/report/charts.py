"""Charts as ECharts options: plain JSON without functions; the page's script adds formatters by unit.

A palette after Okabe and Ito, darkened to three to one against the page, keeps series apart for colour-blind readers,
and colour never stands alone: lines differ in dash and symbol, stacked bars in pattern. Options hold no colours of
text or rules, so that the script can take those from the page (light, dark, print).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from offersmith.report.base import Chart, ChartKind, Series

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#B55A93", "#A87900", "#6F5BB5", "#3B8FA6", "#8F6D3A")
MUTED = "#848E9A"
DASHES = ("solid", "dashed", "dotted")
SYMBOLS = ("circle", "rect", "triangle", "diamond")
TOP_WITH_LEGEND, TOP, NAME = 38, 10, 22
WHITE = "rgba(255,255,255,0.38)"
DECALS: tuple[dict[str, Any], ...] = (
    {"color": WHITE, "dashArrayX": [1, 0], "dashArrayY": [2, 6], "rotation": -0.785},
    {"color": WHITE, "symbol": "circle", "symbolSize": 0.7, "dashArrayX": [[8, 8], [0, 8, 8, 0]], "dashArrayY": [6, 0]},
    {"color": WHITE, "dashArrayX": [1, 0], "dashArrayY": [2, 6], "rotation": 0.785},
    {"color": WHITE, "dashArrayX": [1, 0], "dashArrayY": [2, 6], "rotation": 1.571},
    {"color": WHITE, "dashArrayX": [1, 0], "dashArrayY": [2, 6]},
)
"""Patterns of stacked bars, in the order of the palette; what is muted has none."""
ROW_HEIGHT = 34
HEIGHT = 300
NEARLY_ALL = 0.8  # a share above this gets an axis to 100 %, not beyond
LIMITED_STEP = 0.1  # between the ticks of an axis whose ends are given
ROW_SHARE = 0.28  # of a row, between two series of an interval chart
Option = dict[str, Any]


def payload(chart: Chart, currency: str) -> Option:
    """Return what the page's script draws: the option, the units its numbers are written in, the height in pixels."""
    return {
        "option": option(chart),
        "currency": currency,
        "unit": chart.unit,
        "x_unit": chart.x_unit,
        "horizontal": _horizontal(chart),
        "height": _height(chart),
        "interval": chart.kind == "interval",
        "names": list(chart.x) if _horizontal(chart) else [],
    }


def option(chart: Chart) -> Option:
    """Return the ECharts option of a chart."""
    legend = len(chart.series) > 1
    drawn = DRAW[chart.kind](chart)
    return {
        "animation": False,
        "color": list(PALETTE),
        "aria": {"enabled": True, "label": {"description": chart.summary}, "decal": {"show": False}},
        "grid": {
            "left": 4, "right": 72 if _labelled(chart) else 20, "top": _top(chart), "bottom": 6,
            "outerBoundsMode": "same", "outerBoundsContain": "all",
        },
        "legend": {
            "show": legend, "type": "plain", "top": 0, "left": 0, "itemWidth": 22, "itemHeight": 12, "itemGap": 12,
        },
        "tooltip": {"trigger": "item" if chart.kind in {"scatter", "interval"} else "axis", "confine": True},
        **drawn,
    }  # fmt: skip


def _labelled(chart: Chart) -> bool:
    return chart.kind == "bar" and chart.horizontal and len(chart.series) == 1


def _horizontal(chart: Chart) -> bool:
    return chart.horizontal or chart.kind == "interval"


def _height(chart: Chart) -> int:
    if not _horizontal(chart):
        return HEIGHT
    bars = len(chart.series) if chart.kind == "bar" else 1
    return max(150, 70 + len(chart.x) * max(ROW_HEIGHT, 20 * bars))


def _top(chart: Chart) -> int:
    named = bool(chart.y_name) and not _horizontal(chart)
    return (TOP_WITH_LEGEND if len(chart.series) > 1 else TOP) + (NAME if named else 0)


def _colour(chart: Chart, index: int) -> str:
    """Return the colour of a series; muted ones are grey and leave the palette to the others."""
    if chart.series[index].muted:
        return MUTED
    return PALETTE[_turn(chart, index) % len(PALETTE)]


def _turn(chart: Chart, index: int) -> int:
    return sum(not run.muted for run in chart.series[:index])


def _decal(chart: Chart, index: int) -> Option:
    if chart.kind != "stacked" or chart.series[index].muted:
        return {}
    return {"decal": DECALS[_turn(chart, index) % len(DECALS)]}


def _axes(chart: Chart, *, boundary: bool = True) -> Option:
    """Return a category and a value axis, across or down the page."""
    category: Option = {
        "type": "category", "data": list(chart.x), "boundaryGap": boundary, "axisTick": {"show": False},
        "axisLabel": {"hideOverlap": True},
    }  # fmt: skip
    value: Option = {"type": "value", "splitNumber": 4, "axisTick": {"show": False}}
    if chart.unit == "int":
        value["minInterval"] = 1
    if chart.unit == "percent" and _largest(chart) > NEARLY_ALL:
        value["max"] = 1
    if _horizontal(chart):
        category |= {"inverse": True, "axisLabel": {"interval": 0}}
        value |= _below(chart.y_name)
        return {"xAxis": value, "yAxis": category}
    category |= _below(chart.x_name)
    value |= {"name": chart.y_name, "nameLocation": "end", "nameTextStyle": {"align": "left"}} if chart.y_name else {}
    return {"xAxis": category, "yAxis": value}


def _largest(chart: Chart) -> float:
    return max((value for run in chart.series for value in run.values if value is not None), default=0.0)


def _below(name: str) -> Option:
    return {"name": name, "nameLocation": "middle", "nameGap": 30} if name else {}


def _line_at(chart: Chart) -> Option:
    """Return the reference line of a chart, or nothing."""
    if chart.reference is None:
        return {}
    where = {"xAxis" if _horizontal(chart) else "yAxis": chart.reference}
    style = {"type": "solid" if chart.reference == 0 else "dashed", "width": 1.5}
    return {
        "markLine": {
            "silent": True,
            "symbol": "none",
            "z": 1,
            "label": {"show": False},
            "lineStyle": style,
            "data": [where],
        }
    }


def _line(chart: Chart) -> Option:
    series = [
        {
            "type": "line", "name": run.name, "data": list(run.values), "connectNulls": False,
            "symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": 7, "showAllSymbol": True,
            "lineStyle": {"width": 2.5, "type": DASHES[index % len(DASHES)], "color": _colour(chart, index)},
            "itemStyle": {"color": _colour(chart, index)},
            "areaStyle": {"opacity": 0.08 if len(chart.series) == 1 else 0},
            **(_line_at(chart) if index == 0 else {}),
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    return {**_axes(chart, boundary=False), "series": series}


def _points(run: Series) -> list[Any]:
    grey = {"color": MUTED}
    return [
        {"value": value, "itemStyle": grey} if at in run.muted_points else value for at, value in enumerate(run.values)
    ]


def _bar(chart: Chart) -> Option:
    stacked, touching = chart.kind == "stacked", chart.kind == "histogram"
    series = [
        {
            "type": "bar", "name": run.name, "data": _points(run), "barMaxWidth": None if touching else 34,
            "barCategoryGap": "8%" if touching else "30%", "barGap": "0%" if touching else "10%",
            "itemStyle": {"color": _colour(chart, index), "borderRadius": 0 if stacked else 2,
                          **_decal(chart, index)},
            **({"stack": "all"} if stacked else {}),
            **({"label": {"show": True, "position": "right", "fontSize": 12}} if _labelled(chart) else {}),
            **(_line_at(chart) if index == 0 else {}),
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    return {**_axes(chart), "series": series}


def _scatter(chart: Chart) -> Option:
    xs = [float(x) for x in chart.x]
    series: list[Option] = [
        {
            "type": "scatter", "name": run.name, "symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": 11,
            "data": [list(pair) for pair in zip(xs, run.values, strict=True)],
            "itemStyle": {"color": _colour(chart, index), "opacity": 0.85},
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    axis: Option = {"type": "value", "splitNumber": 4, "min": 0, "axisTick": {"show": False}}
    if chart.diagonal and xs:
        values = [value for run in chart.series for value in run.values if value is not None]
        top = _ceiling(max([*xs, *values]))
        axis["max"] = top
        line = [{"coord": [0, 0], "symbol": "none"}, {"coord": [top, top], "symbol": "none"}]
        series[0]["markLine"] = {
            "silent": True, "label": {"show": False}, "data": [line], "lineStyle": {"type": "dashed", "width": 1.5},
        }  # fmt: skip
    name = {"name": chart.y_name, "nameLocation": "end", "nameTextStyle": {"align": "left"}} if chart.y_name else {}
    return {"xAxis": {**axis, **_below(chart.x_name)}, "yAxis": {**axis, **name}, "series": series}


def _interval(chart: Chart) -> Option:
    """Draw estimates as points on their intervals; rows are numbered 0, 1, ... and named by the page's script."""
    series: list[Option] = []
    for index, run in enumerate(chart.series):
        colour = _colour(chart, index)
        at = [row + (index - (len(chart.series) - 1) / 2) * ROW_SHARE for row in range(len(chart.x))]
        bounds = zip(run.low, run.high, at, strict=True)
        series.append(
            {
                "type": "line", "name": run.name, "symbol": "none", "silent": True, "z": 3,
                "data": [point for low, high, y in bounds for point in ([low, y], [high, y], [None, None])],
                "lineStyle": {"width": 3, "type": DASHES[index % len(DASHES)], "color": colour, "opacity": 0.75},
                "itemStyle": {"color": colour},
                **(_line_at(chart) if index == 0 else {}),
            }
        )  # fmt: skip
        series.append(
            {
                "type": "scatter", "name": run.name, "data": [list(pair) for pair in zip(run.values, at, strict=True)],
                "symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": 12, "itemStyle": {"color": colour}, "z": 4,
            }
        )  # fmt: skip
    rows: Option = {
        "type": "value", "inverse": True, "min": -0.5, "max": len(chart.x) - 0.5, "interval": 1,
        "splitLine": {"show": False}, "axisTick": {"show": False},
        "axisLabel": {"customValues": list(range(len(chart.x)))},
    }  # fmt: skip
    ends = {"min": chart.limits[0], "max": chart.limits[1], "interval": LIMITED_STEP} if chart.limits else {}
    return {"xAxis": {**_axes(chart)["xAxis"], "scale": True, **ends}, "yAxis": rows, "series": series}


def _ceiling(value: float) -> float:
    """Return the next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10 times a power of ten at or above a positive value."""
    power = 1.0
    while power < value:
        power *= 10
    while power >= value * 10:
        power /= 10
    steps = (0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
    return next((round(step * power, 12) for step in steps if step * power >= value), power)


DRAW: Mapping[ChartKind, Callable[[Chart], Option]] = {
    "line": _line,
    "bar": _bar,
    "stacked": _bar,
    "histogram": _bar,
    "scatter": _scatter,
    "interval": _interval,
}
