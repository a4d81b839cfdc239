"""How messages are filled: values as Python writes them, and no minus before a zero."""

from decimal import Decimal

import numpy as np
import pytest

from offersmith.words import SPOKEN, say, spoken


@pytest.mark.parametrize(("profit", "said"), [
    (-0.0, "0.00"), (-0.004, "0.00"), (np.float64(-0.001), "0.00"), (-0.006, "-0.01"), (0.0, "0.00"),
    (-1234.5, "-1,234.50"), (np.float32(-0.001), "0.00"), (np.float16(-0.001), "0.00"), (Decimal("-0.001"), "0.00"),
    (np.float32(-0.25), "-0.25"), (Decimal("-0.01"), "-0.01"), (-10, "-10.00"),
])  # fmt: skip
def test_what_rounds_to_nothing_is_no_loss(profit, said):
    assert say("strategy.card_money", profit=profit, cost=1.0) == f"expected profit {said}, expected cost 1.00"


@pytest.mark.parametrize(("change", "said"), [(-0.001, "0.00"), (0.001, "+0.00"), (-0.25, "-0.25"), (0.75, "+0.75")])
def test_a_change_that_rounds_to_nothing_has_no_minus(change, said):
    text = say("strategy.card_model_reason_plain", feature="x", share=-0.001, change=change, unit="")
    assert text == f"x for 0%, {said} each"


def test_words_that_look_like_a_zero_stay():
    assert say("strategy.card_head", segment="-0", offer="-0.00") == "-0: -0.00"


@pytest.mark.parametrize(("rows", "said"), [
    (1, "1 row read"), (0, "0 rows read"), (2, "2 rows read"), (1234, "1,234 rows read"), (np.int64(1), "1 row read"),
])  # fmt: skip
def test_one_of_a_thing_is_singular(rows, said):
    assert say("events.receipt_read", rows=rows) == said
    assert say("events.receipt_read", "zh", rows=rows) == f"读取 {rows:,} 行"


@pytest.mark.parametrize(("count", "said"), [("1", "1 rule, which holds"), ("3", "3 rules; exactly one of them holds")])
def test_a_count_that_was_written_already_is_told_too(count, said):
    assert said in say("report.tree_lead", count=count)


@pytest.mark.parametrize(("named", "usual", "read"), [
    ("zh", "en", "zh"), (" zh", "en", "zh"), ("zh_CN.UTF-8", "en", "zh"), ("ZH-tw\n", "en", "zh"),
    ("en", "zh", "en"), ("EN-gb ", "zh", "en"),
    ("fr", "zh", "zh"), ("fr", "en", "en"), ("C.UTF-8", "zh", "zh"), ("", "zh", "zh"), ("  ", "zh", "zh"),
])  # fmt: skip
def test_a_language_that_is_not_ours_leaves_the_usual_one(named, usual, read):
    assert spoken({SPOKEN: named}, usual) == read
    assert spoken({}, usual) == usual
