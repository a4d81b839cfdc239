"""Plain values of a judging become facts: what is absent stays absent, what is no number is no value."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from tests.report.judged import OFFERS, judging, withheld

from offersmith.report.gather_judged import judged_facts
from offersmith.report.inputs import JudgedFacts
from offersmith.report.inputs_judged import Condition, Estimated
from offersmith.response.base import Evidence


def facts(**changes: Any) -> JudgedFacts:
    found = judged_facts({**judging(), **changes}, OFFERS)
    assert found
    return found


def test_nothing_judged_is_nothing_told() -> None:
    assert judged_facts({}) is None
    assert judged_facts({}, OFFERS) is None


@pytest.mark.parametrize("key", sorted(judging()))
def test_any_part_may_stand_alone_or_be_missing(key: str) -> None:
    plain = judging()
    assert judged_facts({key: plain[key]}, OFFERS)
    del plain[key]
    assert judged_facts(plain, OFFERS)
    assert judged_facts({**plain, key: None}, OFFERS)


def test_it_survives_being_stored_with_the_evidence() -> None:
    evidence = Evidence("shared", judged=judging())
    stored = Evidence.of(json.loads(json.dumps(evidence.as_dict())))
    assert judged_facts(stored.judged, OFFERS) == facts()
    older = evidence.as_dict()
    del older["judged"]
    assert Evidence.of(older).judged == {}


@pytest.mark.parametrize("nothing", [None, math.nan, math.inf, -math.inf])
def test_half_an_interval_is_none(nothing: float | None) -> None:
    single = {"arm": "pct10", "value": 0.055, "low": nothing, "high": 0.086}
    found = facts(single=single).single
    assert found
    assert found.value == Estimated(0.055)
    assert not found.value.held
    gone = facts(single={**single, "value": nothing}).single
    assert gone
    assert gone.value.value is None


def test_a_withheld_interval_says_why() -> None:
    thin = next(row for row in facts().tried if row.name.en == "our own rule")
    assert thin.value.reason
    assert thin.value.reason.en.startswith("too few rows speak for this policy")
    assert thin.value.reason.zh != thin.value.reason.en
    assert not any(row.value.held for row in judged_facts(withheld(), OFFERS).tried)  # type: ignore[union-attr]


def test_models_come_by_falling_value_and_those_without_one_last() -> None:
    values = [row.value.value for row in facts().tried]
    known = [value for value in values if value is not None]
    assert values == [*sorted(known, reverse=True), None]
    assert [row.name.en for row in facts().tried if row.chosen] == ["One model over all offers"]


def test_names_are_words_where_there_are_any() -> None:
    found = facts()
    assert [row.name.en for row in found.arms] == ["no offer", *OFFERS.values()]
    assert [row.is_none for row in found.arms] == [True, False, False, False, False, False]
    assert found.tree
    features = {one.feature.zh for leaf in found.tree.leaves for one in leaf.conditions}
    assert features == {"距上次购买天数", "近 90 天消费额", "basket share"}
    segments = [curve.name.zh for curve in found.depth[0].segments if curve.name]
    assert segments[0] == "核心顾客"
    assert segments[-1] == "our own people"


def test_a_model_with_settings_of_its_own_says_them() -> None:
    rows = [{"name": name, "value": 0.1} for name in ("t_boosting 3 leaves 30 rounds", "ours 3 leaves")]
    assert [row.name.en for row in facts(tried=rows).tried] == [
        "T-learner, boosting, 3 leaves 30 rounds",
        "ours 3 leaves",
    ]


def test_segments_by_expected_best_depth_are_named_by_their_offer() -> None:
    curve = judging()["depth"][0] | {"by": "expected"}
    curve["segments"] = [{**curve["segments"][0], "segment": "pct20"}]
    found = facts(depth=[curve]).depth[0]
    assert found.by == "expected"
    assert found.segments[0].name
    assert found.segments[0].name.en == "Expected best: 20% off"


def test_two_sides_of_a_feature_are_one_range() -> None:
    path = [("a", ">", 1), ("b", "<=", 5), ("a", "<=", 9), ("a", ">", 3), ("b", "<=", 4)]
    conditions = [{"feature": name, "sign": sign, "value": value} for name, sign, value in path]
    found = facts(tree={"leaves": [{"conditions": conditions, "arm": "ship", "rows": 3, "share": 1, "value": None}]})
    assert found.tree
    first, second = found.tree.leaves[0].conditions
    assert (first.low, first.high) == (3.0, 9.0)
    assert second == Condition(second.feature, None, 4.0)


def test_a_reason_nobody_has_words_for_stands_as_it_is() -> None:
    found = facts(choice_reason="brand_new_reason", reasons=["not_randomised"])
    assert found.choice
    assert found.choice.en == "brand new reason"
    assert found.reasons[0].zh.startswith("历次活动")


def test_nothing_left_out_is_not_counted() -> None:
    assert [(reason.en, rows) for reason, rows in facts().counts] == [
        ("the time to answer was not over", 412),
        ("another campaign ran at the same time", 1204),
    ]


def test_classifiers_may_come_flat_or_with_intervals() -> None:
    nested = facts().preference
    assert nested
    assert nested.tried[0].chosen
    assert nested.tried[0].accuracy == Estimated(0.83, 0.83 - 0.012, 0.83 + 0.012)
    assert (nested.rows, nested.positives, len(nested.calibration)) == (9000, 1311, 10)
    row = {"name": "tree", "accuracy": 0.8, "precision": 0.4, "recall": 0.5, "f1": 0.44, "auc": 0.74, "log_loss": 0.4}
    flat = facts(preference={"tried": [row], "chosen": "tree"}).preference
    assert flat
    assert flat.tried[0].f1 == Estimated(0.44)
    assert flat.calibration == ()


def test_depths_are_in_order_and_keep_what_cannot_be_told_apart() -> None:
    curve = facts().depth[0].whole
    assert [point.depth for point in curve.points] == [0.0, 0.05, 0.1, 0.2]
    assert (curve.best, curve.close) == (0.1, (0.05, 0.1))
