from itertools import product

import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context

YES = {"kind": "quantity", "min": 1}
NO = {"kind": "quantity", "min": 4}


@pytest.mark.parametrize("truths", [*product([True, False], repeat=1), *product([True, False], repeat=3)])
def test_truth(ask, truths):
    why = ask({"kind": "any_of", "conditions": [YES if one else NO for one in truths]})
    assert (why is None) == any(truths)


def test_refused_it_says_why_each_is_not_met_and_the_first_thing_that_helps(ask):
    why = ask({"kind": "any_of", "conditions": [{"kind": "level", "any_of": ["gold"]}, NO]})
    assert why.code == "no_alternative"
    assert why.facts == {
        "because": [
            {"code": "not_a_member", "facts": {"levels": ["gold"]}},
            {"code": "too_few_items", "facts": {"least": 4, "is": 3}},
        ]
    }
    assert why.hint == {"add_more": 1}


def test_it_is_settled_only_if_all_its_parts_are(check):
    from offersmith.offers.conditions import CONDITIONS, nested

    spend = {"kind": "spend", "min": "1.00", "basis": "current"}
    for inside, settled in (([YES, NO], True), ([YES, spend], False)):
        spec = check({"kind": "any_of", "conditions": inside})
        assert nested.compiled(spec, "USD", CONDITIONS).settled is settled
        spec = check({"kind": "not", "condition": spec})
        assert nested.compiled(spec, "USD", CONDITIONS).settled is settled


def test_without_a_moment_a_condition_about_time_meets_it(ask):
    assert ask({"kind": "any_of", "conditions": [NO, {"kind": "weekday", "days": ["mon"]}]}, Context()) is None


@pytest.mark.parametrize(
    "inside", [None, [], {}, [{"kind": "spend"}], [{"kind": "spned", "min": "1"}], ["spend"], [{}]]
)
def test_wrong_ones_are_refused(check, inside):
    with pytest.raises(SettingsError, match="condition"):
        check({"kind": "any_of", "conditions": inside})


def test_a_kind_that_nobody_knows_is_answered_with_the_nearest(check):
    with pytest.raises(SettingsError, match=r"kind = 'spned' is unknown \(did you mean 'spend'\?\); allowed: spend, "):
        check({"kind": "spned", "min": "1"})


@pytest.mark.parametrize("deep", [9, 100_000])
def test_too_deep_ones_are_refused_and_break_nothing(check, deep):
    spec = YES
    for _ in range(deep):
        spec = {"kind": "not", "condition": spec}
    with pytest.raises(SettingsError, match="more than 8 deep"):
        check(spec)


def test_as_deep_as_allowed_is_allowed(ask):
    spec = YES
    for _ in range(6):
        spec = {"kind": "not", "condition": spec}
    assert ask(spec) is None
