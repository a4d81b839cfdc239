"""What a model says of a plan's decisions, counted and in words."""

import numpy as np
import pyarrow as pa
import pytest

from offersmith.response.explain.because import LIMITS, SIDES, STATED, column
from offersmith.strategy.because import called, frequent, joined, lines
from offersmith.vocabulary import BECAUSE
from offersmith.words import LANGUAGES

NAMES = ("recency", "orders", "own_score", STATED)


def said(rows):
    """Return a column of reasons: of every row None, or (feature, held, change) each."""
    n = len(rows)
    feature, side, change = np.full((n, 3), -1), np.full((n, 3), -1), np.zeros((n, 3))
    for row, entries in enumerate(rows):
        for place, (name, held, amount) in enumerate(entries or ()):
            feature[row, place] = NAMES.index(name)
            side[row, place] = SIDES.index(held) if held else -1
            change[row, place] = amount
    return column(NAMES, feature, side, change, np.array([entries is not None for entries in rows]))


FIVE = said(
    [
        [("recency", "lower", 2.0), ("orders", "higher", -1.0)],
        [("recency", "lower", 1.0), (STATED, "", 0.5)],
        [("orders", "higher", -3.0), ("own_score", "unknown", 0.25)],
        [],
        None,
    ]
)


def test_the_column_says_what_it_was_given():
    assert FIVE.type == BECAUSE
    assert FIVE.null_count == 1
    assert FIVE.to_pylist()[1] == [
        {"feature": "recency", "held": "lower", "change": 1.0},
        {"feature": STATED, "held": None, "change": 0.5},
    ]
    assert FIVE.to_pylist()[3:] == [[], None]


def test_reasons_are_counted_over_those_asked_and_for_comes_before_against():
    asked, found = frequent(pa.chunked_array([FIVE]))
    assert asked == 4
    plain = [(one.feature, one.held, one.raises, one.share, one.change) for one in found]
    assert plain == [
        ("recency", "lower", True, 0.5, 1.5),
        (STATED, "", True, 0.25, 0.5),
        ("own_score", "unknown", True, 0.25, 0.25),
        ("orders", "higher", False, 0.5, -2.0),
    ]


def test_a_slice_in_chunks_is_counted_like_the_whole():
    whole = frequent(pa.chunked_array([FIVE]))
    assert frequent(pa.chunked_array([FIVE.slice(0, 2), FIVE.slice(2)])) == whole
    assert frequent(pa.chunked_array([FIVE.slice(4)])) == (0, ())
    assert frequent(pa.chunked_array([pa.nulls(3, BECAUSE)])) == (0, ())


def test_what_few_customers_have_is_not_said():
    rows = [[("recency", "lower", 1.0)]] * 20 + [[("orders", "lower", 9.0)]]
    _, found = frequent(pa.chunked_array([said(rows)]))
    assert [one.feature for one in found] == ["recency"]


def test_it_is_said_in_plain_words_in_both_languages():
    _, found = frequent(pa.chunked_array([FIVE]))
    speaks, against = lines(found, "en", "USD")
    assert speaks == (
        "what the model goes by: days since the last purchase (lower) for 50%, +1.50 USD each; what is "
        "assumed under [priors] for 25%, +0.50 USD each; own_score (not known) for 25%, +0.25 USD each"
    )
    assert against == "what speaks against it, by the model: orders ever (higher) for 50%, -2.00 USD each"
    assert lines(found, "zh", "CNY")[0].startswith(
        "模型的依据：距上次购买天数（偏低），涉及 50% 的顾客，人均 +1.50 CNY；"
    )
    assert lines(found, "en", "")[1].endswith("for 50%, -2.00 each")
    assert lines((), "en", "USD") == []


def test_a_change_that_reads_as_nothing_is_counted_but_not_said():
    _, found = frequent(pa.chunked_array([said([[("recency", "lower", 1.0), ("orders", "higher", 0.004)]] * 4)]))
    assert [one.feature for one in found] == ["orders", "recency"]
    assert lines(found, "en", "USD") == [
        "what the model goes by: days since the last purchase (lower) for 100%, +1.00 USD each"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_feature_has_words_of_its_own(language):
    names = {called(name, language) for name in (STATED, LIMITS, "recency")}
    assert len(names) == 3
    assert not names & {STATED, LIMITS, "recency"}
    assert called("own_score", language) == "own_score"
    assert joined((), language, "USD", raises=True) == ""
