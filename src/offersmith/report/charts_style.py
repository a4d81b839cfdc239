"""What all charts share: colours, dashes and symbols, axes, legends, how tall a chart is, and names that fit."""

from __future__ import annotations

import unicodedata
from typing import Any

from offersmith.report.base import Chart

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
LINES = (
    "path://M0,5H22V7H0Z",
    "path://M0,5H6V7H0ZM8,5H14V7H8ZM16,5H22V7H16Z",
    "path://M0,5H2V7H0ZM5,5H7V7H5ZM10,5H12V7H10ZM15,5H17V7H15ZM20,5H22V7H20Z",
)
"""Icons of a legend in the order of the dashes."""
ROW_HEIGHT = 34
HEIGHT = 300
MANY_POINTS, MAP_HEIGHT = 60, 480
"""A scatter of more points than this is a map: taller, with smaller marks."""
NETWORK_HEIGHT = 720
NEARLY_ALL = 0.8  # a share above this gets an axis to 100 %, not beyond
LIMITED_STEP = 0.1  # between the ticks of an axis whose ends are given
ROW_SHARE = 0.28  # of a row, between two series of an interval chart
ROW_LINE = 17  # pixels of one line of a row's name
ROW_SIGNS = 17  # letters in it, on a telephone; Chinese ones count twice
NAME_SIGNS = 68  # a longer name is cut in the picture; the table has all of it
CURVE_SHIFT = 0.012  # of the width, between two series of a curve, so that their intervals do not cover each other
ITEMS = {"scatter", "interval", "curve", "network"}
"""Kinds whose points answer for themselves; the others are read by category."""
Option = dict[str, Any]


def cut(name: str) -> str:
    """Return a name that fits beside its row: the table under the picture has all of it."""
    kept, room = "", NAME_SIGNS - 1
    if _signs(name) <= NAME_SIGNS:
        return name
    for sign in name:
        room -= _signs(sign)
        if room < 0:
            break
        kept += sign
    return kept.rstrip() + "…"


def _signs(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def has_legend(chart: Chart) -> bool:
    """Whether more than one thing has to be told apart."""
    marks = chart.kind == "curve" and any(run.marked_points for run in chart.series)
    named = chart.kind == "curve" and isinstance(chart.diagonal, str)
    return len(chart.series) > 1 or bool(chart.lines) or marks or named


def legend_of(chart: Chart) -> Option:
    """Return what the legend names, the series first; a line has a line beside its name, a mark its ring."""
    if chart.kind not in {"interval", "curve"}:
        return {}
    names: list[Option] = [
        {"name": run.name, "icon": SYMBOLS[index % len(SYMBOLS)]} for index, run in enumerate(chart.series)
    ]
    if chart.kind == "curve" and any(run.marked_points for run in chart.series):
        names.append({"name": chart.marked, "icon": "circle"})
    if chart.kind == "curve" and isinstance(chart.diagonal, str):
        names.append({"name": chart.diagonal, "icon": LINES[1]})
    names += [{"name": line.name, "icon": LINES[index % len(LINES)]} for index, line in enumerate(chart.lines)]
    return {"data": names, "itemWidth": 14}


def is_labelled(chart: Chart) -> bool:
    """Whether every bar carries its value."""
    return chart.kind == "bar" and chart.horizontal and len(chart.series) == 1


def is_horizontal(chart: Chart) -> bool:
    """Whether categories run down the page."""
    return chart.horizontal or chart.kind == "interval"


def height_of(chart: Chart) -> int:
    """Return the height in pixels: a row for every category that runs down the page."""
    if chart.kind == "scatter" and len(chart.x) > MANY_POINTS:
        return MAP_HEIGHT
    if chart.kind == "network":
        return NETWORK_HEIGHT
    if not is_horizontal(chart):
        return HEIGHT
    bars = len(chart.series) if chart.kind == "bar" else 1
    names = [cut(str(name)) for name in chart.x] if chart.kind == "interval" else []
    lines = max((-(-_signs(name) // ROW_SIGNS) for name in names), default=1)
    return max(150, 70 + len(chart.x) * max(ROW_HEIGHT, 20 * bars, ROW_LINE * lines))


def top_of(chart: Chart) -> int:
    """Return the room above the axes."""
    named = bool(chart.y_name) and not is_horizontal(chart)
    return (TOP_WITH_LEGEND if has_legend(chart) else TOP) + (NAME if named else 0)


def colour_of(chart: Chart, index: int) -> str:
    """Return the colour of a series; muted ones are grey and leave the palette to the others."""
    if chart.series[index].muted:
        return MUTED
    return PALETTE[_turn(chart, index) % len(PALETTE)]


def _turn(chart: Chart, index: int) -> int:
    return sum(not run.muted for run in chart.series[:index])


def decal_of(chart: Chart, index: int) -> Option:
    """Return the pattern of a stacked bar."""
    if chart.kind != "stacked" or chart.series[index].muted:
        return {}
    return {"decal": DECALS[_turn(chart, index) % len(DECALS)]}


def axes_of(chart: Chart, *, boundary: bool = True) -> Option:
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
    if is_horizontal(chart):
        category |= {"inverse": True, "axisLabel": {"interval": 0}}
        value |= below(chart.y_name)
        return {"xAxis": value, "yAxis": category}
    category |= below(chart.x_name)
    value |= {"name": chart.y_name, "nameLocation": "end", "nameTextStyle": {"align": "left"}} if chart.y_name else {}
    return {"xAxis": category, "yAxis": value}


def _largest(chart: Chart) -> float:
    return max((value for run in chart.series for value in run.values if value is not None), default=0.0)


def below(name: str) -> Option:
    """Return the name of an axis, under its middle."""
    return {"name": name, "nameLocation": "middle", "nameGap": 30} if name else {}


def line_at(chart: Chart) -> Option:
    """Return the reference line of a chart, or nothing."""
    if chart.reference is None:
        return {}
    where = {"xAxis" if is_horizontal(chart) else "yAxis": chart.reference}
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
