"""What the model page says of calibration, depth, the policy in sentences, classifiers, and what was left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.report.judged import OFFERS, judging
from tests.report.reading import EN, facts, figures, section_of, tables

from offersmith.report.base import Card, Cards, Text
from offersmith.report.format import MISSING
from offersmith.report.inputs_judged import Condition, GainCurve
from offersmith.report.sections import depth, left_out, policy_tree, preference, uplift

# Predicted and measured ---------------------------------------------------------------------------------------------


def test_the_lead_counts_slopes_that_hold_and_those_that_may_be_noise() -> None:
    lead = section_of(uplift, facts()).lead
    assert lead.startswith("For 4 of 5 offers the predicted differences between customers hold up")
    assert "For 1 the interval includes 0" in lead


def test_each_offer_is_drawn_against_the_line_of_truth() -> None:
    drawn = [figure for figure in figures(section_of(uplift, facts())) if figure.chart.diagonal]
    assert len(drawn) == len(OFFERS)
    first = drawn[0].chart
    assert first.x[0] == pytest.approx(-120.0)
    assert "Slope 1.04 (0.64 to 1.44)." in first.summary
    bare = drawn[3]
    assert bare.chart.series[0].low[0] is None
    assert bare.table.rows[0][2:] == (None, None, 12)
    assert "Hollow points" in bare.chart.summary


def test_only_the_largest_offers_are_drawn_but_all_have_a_slope() -> None:
    one = judging()["calibration"][0]
    many = [{**one, "arm": f"offer {at}"} for at in range(9)]
    found = figures(section_of(uplift, facts(calibration=many)))
    assert sum(bool(figure.chart.diagonal) for figure in found) == uplift.PICTURES
    assert len(found[0].chart.x) == 9


def test_the_gain_is_read_straight_between_its_points() -> None:
    section = section_of(uplift, replace(facts(), curve=GainCurve((0.0, 0.5, 1.0), (0.0, 0.4, 0.2))))
    figure = next(figure for figure in figures(section) if figure.chart.x_unit == "percent")
    ours, lot = figure.chart.series
    assert ours.values[5] == pytest.approx(200.0)
    assert ours.values[15] == pytest.approx(300.0)
    assert lot.values[10] == pytest.approx(100.0)
    assert "highest at 50% of the customers, with $400" in figure.chart.summary


def test_a_figure_of_a_ranking_comes_with_its_definition_and_its_interval() -> None:
    values, definitions = tables(section_of(uplift, facts()))
    assert values.rows[0] == ("Qini", "all together", "0.0311", "0.0191 to 0.0431")
    assert values.rows[-1][2] == MISSING
    assert str(values.rows[-1][3]).startswith("the figure is not defined for these customers")
    assert len(definitions.rows) == len({row[1] for row in definitions.rows}) == 4


# Depth --------------------------------------------------------------------------------------------------------------


def test_the_best_depth_is_marked_and_what_cannot_be_told_from_it_is_named() -> None:
    section = section_of(depth, facts())
    assert section.lead == (
        "Percent off: 10% earns the most if everybody gets the same, $55.00 more per 1,000 customers than no offer "
        "($35.00 to $75.00). The data cannot tell it from: 5%."
    )
    whole = figures(section)[0]
    assert whole.chart.series[0].marked_points == (2,)
    assert [row[0] for row in whole.table.rows] == ["No offer", "5%", "10% (best)", "20%"]


@pytest.mark.parametrize(
    ("best", "said"),
    [(None, "the data cannot say which depth is best"), (0.0, "no depth earns more than giving nothing")],
)
def test_no_peak_is_marked_where_there_is_none(best: float | None, said: str) -> None:
    curve = judging()["depth"][0] | {"best": best, "segments": []}
    section = section_of(depth, facts(depth=[curve]))
    assert said in section.lead
    assert figures(section)[0].chart.series[0].marked_points == ()


def test_the_largest_segments_are_drawn_and_all_have_their_peak() -> None:
    _, drawn, peaks = figures(section_of(depth, facts()))
    assert len(drawn.chart.series) == depth.DRAWN
    assert "the 4 largest of 6 segments" in drawn.chart.summary
    assert len(peaks.chart.x) == 6
    assert peaks.chart.x[3:5] == ("At risk → No offer", "One-time → not known")
    assert peaks.chart.series[0].values[3:5] == (None, None)
    assert peaks.table.rows[0][3] == "$33.00 (−⁠$17.00 to $83.00)"


def test_segments_need_not_know_the_same_depths() -> None:
    curve = judging()["depth"][0]
    curve["segments"] = curve["segments"][:2]
    curve["segments"][1]["points"] = curve["segments"][1]["points"][:2]
    drawn = figures(section_of(depth, facts(depth=[curve])))[1]
    assert drawn.chart.series[1].values[2:] == (None, None)
    assert drawn.table.rows[3][2] == MISSING


def test_amounts_are_amounts() -> None:
    curve = judging()["depth"][0] | {
        "unit": "amount",
        "kind": "amount_off",
        "segments": [],
        "best": 5.0,
        "close": [5.0],
    }
    for point, amount in zip(curve["points"], (0.0, 2.5, 5.0, 10.0), strict=True):
        point["depth"] = amount
    section = section_of(depth, facts(depth=[curve]))
    assert section.lead.startswith("Amount off: $5.00 earns the most")
    assert figures(section)[0].chart.x_unit == "money"


# The tree -----------------------------------------------------------------------------------------------------------


def test_the_policy_is_said_in_sentences_with_its_price() -> None:
    section = section_of(policy_tree, facts())
    assert section.lead.endswith("Putting it so briefly costs $21.10 per 1,000 customers ($4.00 to $38.00).")
    cards = next(block for block in section.blocks if isinstance(block, Cards))
    assert cards.items[0] == Card(
        "10% off",
        (
            "If days since the last purchase is at most 30.5 and spend in 90 days is above 212.4 and at most 1,500.",
        ),
        ("Customers: 9,200 (31%)", "Measured: $160 per 1,000 of them"),
    )  # fmt: skip
    assert cards.items[1].title == "No offer"
    assert len(cards.items[1].facts) == 1


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        ((-0.004, -0.02, 0.012), "did no worse than the whole policy"),
        ((0.004, -0.02, 0.028), "The interval includes zero or less"),
        ((None, None, None), "was not measured"),
        ((0.004, None, None), "interval withheld"),
    ],
)
def test_what_the_rules_cost_is_not_made_to_look_sure(loss: tuple[float | None, ...], said: str) -> None:
    tree = judging()["tree"] | dict(zip(("loss", "loss_low", "loss_high"), loss, strict=True))
    assert said in section_of(policy_tree, facts(tree=tree)).lead


def test_a_rule_for_everybody_has_no_condition() -> None:
    assert policy_tree.condition((), EN) == "For everybody."
    one = Condition(facts().arms[1].name, 0.0, None)
    assert policy_tree.condition((one,), EN) == "If 5% off is above 0."


@pytest.mark.parametrize(
    ("value", "text"),
    [(30.5, "30.5"), (0.012341, "0.01234"), (-12345.6, "−12,346"), (3.0, "3"), (1e-7, "0.0000001"), (-0.5, "−0.5")],
)
def test_the_border_of_a_rule_can_be_found_again(value: float, text: str) -> None:
    assert policy_tree.written(value) == text


# Who accepts, and what was left out ---------------------------------------------------------------------------------


def test_classifiers_stand_side_by_side_the_chosen_one_first() -> None:
    section = section_of(preference, facts())
    table = tables(section)[0]
    assert [column.name for column in table.columns[1:]] == ["Accuracy", "Precision", "Recall", "F1", "AUC", "Log loss"]
    assert table.rows[0] == ("Gradient boosting (chosen)", "0.830", "0.410", "0.550", "0.470", "0.811", "0.333")
    assert "from a chance of 22% on" in table.caption
    interval, calibration = (figure.chart.kind for figure in figures(section))
    assert (interval, calibration) == ("interval", "scatter")
    intervals = [block.text for block in section.blocks if isinstance(block, Text)]
    assert "AUC 0.799 to 0.823" in intervals[0]


def test_a_figure_no_classifier_has_is_no_column() -> None:
    rows = [{"name": "tree", "auc": 0.7}, {"name": "svm", "auc": 0.6}]
    section = section_of(preference, facts(preference={"tried": rows}))
    assert [column.name for column in tables(section)[0].columns] == ["Classifier", "AUC"]
    assert all(low is None for low in figures(section)[0].chart.series[0].low)


def test_what_was_left_out_is_counted_beside_what_the_rest_supports() -> None:
    section = section_of(left_out, facts())
    assert section.lead.startswith("1,616 rows were not used")
    counts, support = tables(section)
    assert [row[1] for row in counts.rows] == [1204, 412]
    assert support.rows[1][1] == "7,012"
