"""Charts as ECharts options: plain JSON without functions; the page's script adds formatters by unit.

A palette after Okabe and Ito, darkened to three to one against the page, keeps series apart for colour-blind readers,
and colour never stands alone: lines differ in dash and symbol, stacked bars in pattern. Options hold no colours of
text or rules, so that the script can take those from the page (light, dark, print).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from offersmith.report.base import Chart, ChartKind, Series
from offersmith.report.charts_measured import curve, interval
from offersmith.report.charts_network import network
from offersmith.report.charts_style import (
    DASHES,
    ITEMS,
    MANY_POINTS,
    MUTED,
    PALETTE,
    SYMBOLS,
    Option,
    axes_of,
    below,
    colour_of,
    cut,
    decal_of,
    has_legend,
    height_of,
    is_horizontal,
    is_labelled,
    legend_of,
    line_at,
    top_of,
)


def payload(chart: Chart, currency: str) -> Option:
    """Return what the page's script draws: the option, the units its numbers are written in, the height in pixels."""
    return {
        "option": option(chart),
        "currency": currency,
        "unit": chart.unit,
        "x_unit": chart.x_unit,
        "horizontal": is_horizontal(chart),
        "height": height_of(chart),
        "interval": chart.kind == "interval",
        "curve": chart.kind == "curve",
        "names": [cut(str(name)) for name in chart.x] if is_horizontal(chart) else [],
    }


def option(chart: Chart) -> Option:
    """Return the ECharts option of a chart."""
    return {
        "animation": False,
        "color": list(PALETTE),
        "aria": {"enabled": True, "label": {"description": chart.summary}, "decal": {"show": False}},
        "grid": {
            "left": 4, "right": 72 if is_labelled(chart) else 20, "top": top_of(chart), "bottom": 6,
            "outerBoundsMode": "same", "outerBoundsContain": "all",
        },
        "legend": {
            "show": has_legend(chart), "type": "plain", "top": 0, "left": 0,
            "itemWidth": 22, "itemHeight": 12, "itemGap": 12, **legend_of(chart),
        },
        "tooltip": {"trigger": "item" if chart.kind in ITEMS else "axis", "confine": True},
        **DRAW[chart.kind](chart),
    }  # fmt: skip


def _line(chart: Chart) -> Option:
    series = [
        {
            "type": "line", "name": run.name, "data": list(run.values), "connectNulls": False,
            "symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": 7, "showAllSymbol": True,
            "lineStyle": {"width": 2.5, "type": DASHES[index % len(DASHES)], "color": colour_of(chart, index)},
            "itemStyle": {"color": colour_of(chart, index)},
            "areaStyle": {"opacity": 0.08 if len(chart.series) == 1 else 0},
            **(line_at(chart) if index == 0 else {}),
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    return {**axes_of(chart, boundary=False), "series": series}


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
            "itemStyle": {"color": colour_of(chart, index), "borderRadius": 0 if stacked else 2,
                          **decal_of(chart, index)},
            **({"stack": "all"} if stacked else {}),
            **({"label": {"show": True, "position": "right", "fontSize": 12}} if is_labelled(chart) else {}),
            **(line_at(chart) if index == 0 else {}),
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    return {**axes_of(chart), "series": series}


def _scatter(chart: Chart) -> Option:
    xs = [float(x) for x in chart.x]
    size = 7 if len(xs) > MANY_POINTS else 11
    series: list[Option] = [
        {
            "type": "scatter", "name": run.name, "symbol": SYMBOLS[index % len(SYMBOLS)], "symbolSize": size,
            "data": [list(pair) for pair in zip(xs, run.values, strict=True)],
            "itemStyle": {"color": colour_of(chart, index), "opacity": 0.85},
        }
        for index, run in enumerate(chart.series)
    ]  # fmt: skip
    axis: Option = {"type": "value", "splitNumber": 4, "axisTick": {"show": False}}
    if not xs or min(xs) >= 0:
        axis["min"] = 0
    if chart.diagonal and xs:
        values = [value for run in chart.series for value in run.values if value is not None]
        top = _ceiling(max([*xs, *values]))
        axis["max"] = top
        line = [{"coord": [0, 0], "symbol": "none"}, {"coord": [top, top], "symbol": "none"}]
        series[0]["markLine"] = {
            "silent": True, "label": {"show": False}, "data": [line], "lineStyle": {"type": "dashed", "width": 1.5},
        }  # fmt: skip
    name = {"name": chart.y_name, "nameLocation": "end", "nameTextStyle": {"align": "left"}} if chart.y_name else {}
    return {"xAxis": {**axis, **below(chart.x_name)}, "yAxis": {**axis, **name}, "series": series}


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
    "interval": interval,
    "curve": curve,
    "network": network,
}
