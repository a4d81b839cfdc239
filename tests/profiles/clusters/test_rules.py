"""Segments of a shop's own: read, refused with what is allowed, and matched."""

import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.cli.told import told
from offersmith.errors import InputError
from offersmith.profiles import FEATURES
from offersmith.profiles.clusters.matching import match, overlaps, uncovered
from offersmith.profiles.clusters.rules import parse, read

STARS = """
[[segments]]
id = "sleeping-stars"
name = {en = "Sleeping stars", zh = "沉睡的明星"}
where = [{feature = "recency", at_least = 90}, {feature = "spend", top = 0.2}]

[[segments]]
id = "gold"
name = "Gold members"
where = [{column = "level", is = ["gold", "platinum"]}, {column = "member", is = true}]
"""
KNOWN = {*FEATURES, "level", "member"}
SHOP = pa.table(
    {
        "customer_id": list("abcde"),
        "recency": [100.0, 90.0, 89.9, None, 400.0],
        "spend": [900, 800, 1000, 2000, 10],
        "level": pa.array(["gold", "silver", None, "platinum", "gold"]).dictionary_encode(),
        "member": [True, True, True, True, None],
    }
)


def one(**condition):
    return parse([{"id": "x", "name": "X", "where": [condition]}], KNOWN)


def test_a_file_is_read_and_its_segments_are_named():
    stars, gold = read(STARS, KNOWN)
    assert stars.said() == "Sleeping stars"
    assert stars.said("zh") == "沉睡的明星"
    assert gold.said("zh") == "Gold members"
    assert stars.where[0].low == 90
    (only,) = parse([{"id": "x", "name": {"zh": "甲"}, "where": [{"column": "spend", "from": 1}]}], KNOWN)
    assert only.said("en") == "甲"


def test_all_conditions_hold_and_what_is_unknown_never_matches():
    found = match(SHOP, read(STARS.replace("0.2", "0.6"), KNOWN))
    assert found["sleeping-stars"].to_pylist() == [True, False, False, False, False]
    assert found["gold"].to_pylist() == [True, False, False, True, False]
    assert overlaps(found).to_pylist() == [{"first": "sleeping-stars", "second": "gold", "customers": 1}]
    assert uncovered(found) == 3


@pytest.mark.parametrize(
    ("condition", "inside"),
    [
        ({"column": "recency", "from": 90}, "abe"),
        ({"column": "recency", "below": 90}, "c"),
        ({"column": "recency", "at_most": 90}, "bc"),
        ({"column": "recency", "from": 90, "below": 100}, "b"),
        ({"column": "recency", "from": 90, "at_most": 90}, "b"),
        ({"column": "recency", "bottom": 0.25}, "c"),
        ({"column": "recency", "top": 0.5}, "ae"),
        ({"column": "recency", "top": 1}, "abce"),
        ({"column": "spend", "top": 0.001}, "d"),
        ({"column": "spend", "is": 10}, "e"),
        ({"column": "spend", "is": [10, 900.0]}, "ae"),
        ({"column": "member", "is": [True]}, "abcd"),
        ({"column": "level", "is": "silver"}, "b"),
    ],
)
def test_each_kind_of_condition(condition, inside):
    assert [c for c, held in zip("abcde", match(SHOP, one(**condition))["x"].to_pylist(), strict=True) if held] == list(
        inside
    )


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"column": "spend"}, "says nothing"),
        ({"column": "spend", "top": 0}, "top = 0: must be a share above 0"),
        ({"column": "spend", "top": 1.5}, "top"),
        ({"column": "spend", "from": "much"}, "from"),
        ({"column": "spend", "from": float("inf")}, "no number with an end"),
        ({"column": "spend", "from": 5, "below": 5}, "holds for nobody: from = 5, below = 5"),
        ({"column": "spend", "from": 5, "at_most": 4}, "holds for nobody: from = 5, at_most = 4"),
        ({"column": "spend", "is": 1, "from": 1}, "both is and from"),
        ({"column": "spend", "is": []}, "is"),
        ({"column": "spend", "feature": "spend", "from": 1}, "both feature and column"),
        ({"column": "spend", "at_least": 2, "from": 1}, "both at_least and from"),
        ({"column": "spend", "over": 1}, "over"),
        ({"from": 1}, "column"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused_and_its_segment_named(condition, said):
    with pytest.raises(InputError, match=said) as fault:
        one(**condition)
    assert "segment 'x'" in fault.value.message
    assert fault.value.facts["field"]


def test_an_unknown_feature_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="unknown feature 'recencey'") as fault:
        one(column="recencey", at_most=3)
    assert fault.value.hint == "did you mean 'recency'?"
    with pytest.raises(InputError) as fault:
        one(column="zzzzzz", at_most=3)
    assert "recency" in fault.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": " "}, "name is empty"),
        ({"name": {"en": "", "zh": ""}}, "name is empty"),
        ({"id": "Not This"}, "segment 'Not This'"),
        ({"id": ""}, "segment 1"),
        ({"where": []}, "where"),
        ({"where": "all"}, "where"),
        ({"where": ["all"]}, "where"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_segment_that_is_wrong_is_refused(change, said):
    right = {"id": "x", "name": "X", "where": [{"column": "spend", "from": 1}]}
    with pytest.raises(InputError, match=said):
        parse([{**right, **change}], KNOWN)
    with pytest.raises(InputError, match="two segments have the id 'x'"):
        parse([right, right], KNOWN)


def test_a_file_that_is_none_is_refused():
    with pytest.raises(InputError, match="no TOML"):
        read("[[segments", KNOWN)
    with pytest.raises(InputError, match="list of tables"):
        read("[segments]\nid = 'x'", KNOWN)
    with pytest.raises(InputError, match="segment 1: segments must be made of tables"):
        parse([3], KNOWN)
    for text, said in (
        ("", "states no segment"),
        ("segments = []", "states no segment"),
        ("[[segment]]\nid = 'x'", "has segment, which says nothing"),
        ("[[segments]]\nid =", "line 2"),
        ("[[segments]]\nid = [1", "line 2"),
    ):
        with pytest.raises(InputError, match=said):
            read(text, KNOWN)


def test_two_segments_of_one_name_are_refused_in_whichever_language_they_share_it():
    right = {"id": "x", "name": {"en": "Stars", "zh": "明星"}, "where": [{"column": "spend", "from": 1}]}
    for name in ({"en": "Stars", "zh": "别的"}, {"en": "Others", "zh": "明星"}, "Stars"):
        with pytest.raises(InputError, match="two segments are called"):
            parse([right, {**right, "id": "y", "name": name}], KNOWN)


RIGHT = {"id": "x", "name": "X", "where": [{"column": "spend", "from": 1}]}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({**RIGHT, "id": "No"}, "分群“No”：id = 'No'：只能用小写字母"),
        ({**RIGHT, "where": []}, "where = \\[\\]：必须是至少含一个条件的列表"),
        ({**RIGHT, "where": ["all"]}, "where 必须由表组成"),
        ({**RIGHT, "where": [{"column": "spend", "over": 1}]}, "没有 over 这一项；可用：column, is, from"),
        ({**RIGHT, "where": [{"from": 1}]}, "缺少 column"),
        ({**RIGHT, "where": [{"column": "spend", "top": 2}]}, "top = 2：必须是大于 0 且不超过 1 的比例"),
        ({**RIGHT, "where": [{"column": "spendd", "top": 1}]}, "没有特征“spendd”"),
        ({**RIGHT, "colour": "red"}, "没有 colour 这一项；可用：id, name, where"),
    ],
)
def test_a_refusal_is_told_in_chinese_too(wrong, said):
    with pytest.raises(InputError) as fault:
        parse([wrong], KNOWN)
    assert re.search(said, told(fault.value, "zh")[0])


def test_a_near_column_is_told_in_chinese_too():
    with pytest.raises(InputError) as fault:
        one(column="recencey", at_most=3)
    assert told(fault.value, "zh")[1] == "是不是想写 recency？"


def test_columns_of_another_kind_are_refused():
    for condition, said in (
        ({"column": "level", "from": 3}, "holds no numbers"),
        ({"column": "level", "is": 3}, "can never be 3"),
        ({"column": "spend", "is": "much"}, "can never be 'much'"),
        ({"column": "spend", "is": True}, "can never be True"),
        ({"column": "member", "is": "yes"}, "can never be 'yes'"),
        ({"column": "tenure", "from": 1}, "unknown feature 'tenure'"),
    ):
        with pytest.raises(InputError, match=said):
            match(SHOP, one(**condition))


@given(st.lists(st.one_of(st.none(), st.integers(0, 9)), max_size=30), st.floats(0.01, 1))
def test_the_top_and_the_bottom_hold_their_share_and_who_ties(values, share):
    shop = pa.table({"customer_id": [str(i) for i in range(len(values))], "spend": pa.array(values, pa.int64())})
    known = np.array([value for value in values if value is not None])
    for name, sign in (("top", -1), ("bottom", 1)):
        inside = np.array(match(shop, one(column="spend", **{name: share}))["x"].to_pylist(), bool)
        kept = sorted(sign * value for value, held in zip(values, inside, strict=True) if held)
        assert len(kept) >= min(1, len(known))
        assert len(kept) >= share * len(known) - 1e-6
        assert sum(value < kept[-1] for value in kept) < max(share * len(known), 1) if kept else True
