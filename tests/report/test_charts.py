"""Charts as options: plain JSON, one point per value, told apart by more than colour."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.report.base import Chart, ChartKind, Column, Figure, Line, Series, Table
from offersmith.report.charts import DRAW, _ceiling, option, payload
from offersmith.report.charts_style import MUTED, NAME_SIGNS, PALETTE, cut

KINDS = sorted(DRAW)


def chart(kind: ChartKind, series: int = 1) -> Chart:
    x = (0.1, 0.2, 0.4) if kind in {"scatter", "curve", "network"} else ("a", "b", "c")
    runs = tuple(
        Series(f"s{i}", (1.0, 2.0, -1.0), (0.0, 1.0, -3.0), (2.0, 3.0, 1.0)) if kind == "interval"
        else Series(f"s{i}", (1.0, 2.0, 0.5))
        for i in range(series)
    )  # fmt: skip
    return Chart(kind, "title", x, runs, "what it shows", reference=0.0)


@pytest.mark.parametrize("kind", KINDS)
def test_an_option_is_plain_json_with_its_summary(kind: ChartKind) -> None:
    drawn = json.loads(json.dumps(payload(chart(kind, 2), "USD"), allow_nan=False))
    assert drawn["option"]["aria"]["enabled"] is True
    assert drawn["option"]["aria"]["label"]["description"] == "what it shows"
    assert drawn["option"]["legend"]["show"] is True


@pytest.mark.parametrize("kind", KINDS)
def test_one_series_needs_no_legend(kind: ChartKind) -> None:
    assert option(chart(kind))["legend"]["show"] is False


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"interval", "curve", "network"}])
def test_every_value_is_a_point(kind: ChartKind) -> None:
    assert [len(run["data"]) for run in option(chart(kind, 2))["series"]] == [3, 3]


def test_an_interval_is_drawn_from_low_to_high() -> None:
    bar, point = option(chart("interval"))["series"]
    assert bar["data"] == [[0.0, 0.0], [2.0, 0.0], [None, None], [1.0, 1.0], [3.0, 1.0], [None, None],
                           [-3.0, 2.0], [1.0, 2.0], [None, None]]  # fmt: skip
    assert point["data"] == [[1.0, 0.0], [2.0, 1.0], [-1.0, 2.0]]


def test_a_network_is_points_where_they_stand_and_lines_between_them() -> None:
    runs = (Series("one", (1.0, 2.0, None)), Series("two", (None, None, 0.5)))
    drawn = option(Chart("network", "t", (0.0, 1.0, 2.0), runs, "s", links=((0, 1), (1, 2)), names=("a", "b", "c"),
                         sizes=(0.0, 1.0, 0.5)))  # fmt: skip
    lines, one, two = drawn["series"]
    assert lines["data"] == [[0.0, 1.0], [1.0, 2.0], [None, None], [1.0, 2.0], [2.0, 0.5], [None, None]]
    assert [(point["name"], point["value"]) for point in one["data"]] == [("a", [0.0, 1.0]), ("b", [1.0, 2.0])]
    assert [point["name"] for point in two["data"]] == ["c"]
    assert one["data"][0]["symbolSize"] < two["data"][0]["symbolSize"] < one["data"][1]["symbolSize"]
    assert one["symbol"] != two["symbol"]
    assert not drawn["xAxis"]["show"]
    assert drawn["tooltip"]["formatter"] == "{b}"


def test_series_differ_by_more_than_colour() -> None:
    lines = option(chart("line", 3))["series"]
    assert len({(line["symbol"], line["lineStyle"]["type"]) for line in lines}) == 3
    bars = option(chart("stacked", 3))["series"]
    assert len({json.dumps(bar["itemStyle"]["decal"], sort_keys=True) for bar in bars}) == 3


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", [*PALETTE, MUTED])
@pytest.mark.parametrize("paper", ["#fbfaf8", "#12171d"])
def test_a_colour_stands_out_from_the_page(colour: str, paper: str) -> None:
    dark, light = sorted((luminance(colour), luminance(paper)))
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_what_is_only_for_comparison_is_grey_and_leaves_the_palette_alone() -> None:
    runs = (Series("all", (1.0,), muted=True), Series("ours", (2.0,)))
    grey, ours = option(Chart("bar", "t", ("a",), runs, "s"))["series"]
    assert grey["itemStyle"]["color"] == MUTED
    assert ours["itemStyle"]["color"] == option(chart("bar"))["series"][0]["itemStyle"]["color"]


def test_a_chart_and_its_twin_have_the_same_points() -> None:
    table = Table("t", (Column("x"), Column("y", "number")), (("a", 1.0), ("b", 2.0)))
    with pytest.raises(ValueError, match="3 points, 2 rows"):
        Figure(chart("bar"), table)


def test_a_series_has_as_many_values_as_the_chart_has_points() -> None:
    with pytest.raises(ValueError, match="has 2 points, the chart 1"):
        Chart("bar", "t", ("a",), (Series("s", (1.0, 2.0)),), "s")


@given(st.floats(1e-9, 1e12))
def test_the_top_of_an_axis_is_round_and_close(value: float) -> None:
    top = _ceiling(value)
    assert value <= top * (1 + 1e-9)
    assert top <= value * 1.5 * (1 + 1e-9)


@pytest.mark.parametrize("horizontal", [True, False])
def test_counts_have_whole_ticks(horizontal: bool) -> None:
    counts = Chart("bar", "t", ("a", "b"), (Series("n", (1.0, 2.0)),), "s", unit="int", horizontal=horizontal)
    value = option(counts)["xAxis" if horizontal else "yAxis"]
    assert value["minInterval"] == 1
    assert "minInterval" not in option(chart("bar"))["yAxis"]


def test_a_value_without_an_interval_is_hollow_and_has_no_line() -> None:
    run = Series("s", (1.0, 2.0, None), (0.5, None, None), (1.5, None, None))
    bar, point = option(Chart("interval", "t", ("a", "b", "c"), (run,), "s"))["series"]
    assert bar["data"][0:2] == [[0.5, 0.0], [1.5, 0.0]]
    assert bar["data"][3:5] == [[None, 1.0], [None, 1.0]]
    assert point["data"][0] == [1.0, 0.0]
    assert point["data"][1]["value"] == [2.0, 1.0]
    assert point["data"][1]["itemStyle"]["color"] == "transparent"
    assert point["data"][2]["value"] == [None, None]


@pytest.mark.parametrize(("reference", "kept"), [(0.0, False), (1.2, True), (9.0, False)])
def test_what_values_are_compared_with_is_in_the_picture(reference: float, *, kept: bool) -> None:
    run = Series("s", (1.0, 2.0), (0.5, 1.5), (1.5, 2.5))
    bars = option(Chart("interval", "t", ("a", "b"), (run,), "s", reference=reference))["series"][0]["data"]
    assert (bars[0] == [0.5, 0.0]) is kept
    assert kept or bars[:2] == [[reference, 0.0], [None, None]]
    over = option(Chart("curve", "t", (0.0, 1.0), (run,), "s", reference=reference))["series"][0]["data"]
    assert kept or over[:2] == [[0.0, reference], [None, None]]


def test_a_curve_has_lines_marks_and_points_last() -> None:
    run = Series("s", (1.0, 3.0, 2.0), (0.0, 2.0, 1.0), (2.0, 4.0, 3.0), marked_points=(1,))
    drawn = option(Chart("curve", "t", (0.0, 0.1, 0.2), (run,), "s", marked="best", x_unit="percent"))
    assert [series["type"] for series in drawn["series"]] == ["line", "scatter", "line", "scatter"]
    assert drawn["series"][1]["data"] == [[0.1, 3.0]]
    assert drawn["series"][-1]["data"] == [[0.0, 1.0], [0.1, 3.0], [0.2, 2.0]]
    assert [one["name"] for one in drawn["legend"]["data"]] == ["s", "best"]
    plain = option(Chart("curve", "t", (0.0, 0.1), (Series("s", (1.0, 2.0)),), "s", joined=False, diagonal="equal"))
    assert [series["name"] for series in plain["series"]] == ["equal", "s"]
    assert plain["series"][0]["data"] == [[0.0, 0.0], [0.1, 0.1]]


def test_intervals_of_several_curves_stand_side_by_side() -> None:
    runs = tuple(Series(name, (1.0, 2.0), (0.0, 1.0), (2.0, 3.0)) for name in "abc")
    points = option(Chart("curve", "t", (0.0, 1.0), runs, "s"))["series"][-3:]
    places = [series["data"][0][0] for series in points]
    assert places == sorted(set(places))
    assert places[1] == 0.0


def test_lines_to_compare_with_go_through_every_row_and_are_named() -> None:
    lines = (Line("nothing", 0.0), Line("everybody", 5.0))
    drawn = option(Chart("interval", "t", ("a", "b", "c"), (Series("s", (1.0, 2.0, 3.0)),), "s", lines=lines))
    assert drawn["series"][1]["data"] == [[5.0, -0.5], [5.0, 2.5]]
    assert [one["name"] for one in drawn["legend"]["data"]] == ["s", "nothing", "everybody"]
    assert len({one["icon"] for one in drawn["legend"]["data"]}) == 3
    assert drawn["legend"]["show"] is True


@given(st.text(max_size=200))
def test_a_name_is_cut_only_where_it_does_not_fit(name: str) -> None:
    short = cut(name)
    assert short == name or (short.endswith("…") and name.startswith(short[:-1]) and len(short) <= NAME_SIGNS)


@pytest.mark.parametrize("kind", ["interval", "curve"])
def test_estimates_are_not_faded_below_the_contrast_of_their_colour(kind: ChartKind) -> None:
    for series in option(chart(kind, 2))["series"]:
        assert series.get("lineStyle", {}).get("opacity", 1) == 1
        assert series["type"] != "scatter" or series["itemStyle"]["opacity"] == 1
