import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context, Customer

TRUTH = [
    # segments, any_of, none_of, reason
    ((), ["a"], None, "not_in_segment"),
    ((), None, ["x"], None),
    ((), ["a"], ["x"], "not_in_segment"),
    (("a",), ["a"], None, None),
    (("b",), ["a", "b"], None, None),
    (("c",), ["a", "b"], None, "not_in_segment"),
    (("a", "x"), ["a"], ["x"], "in_excluded_segment"),
    (("x",), None, ["x", "y"], "in_excluded_segment"),
    (("x",), ["a"], ["x"], "not_in_segment"),
    (("a",), ["a"], ["x"], None),
    (("A",), ["a"], None, "not_in_segment"),
]


@pytest.mark.parametrize(("segments", "any_of", "none_of", "reason"), TRUTH)
def test_truth(ask, segments, any_of, none_of, reason):
    given = {name: value for name, value in (("any_of", any_of), ("none_of", none_of)) if value}
    why = ask({"kind": "segment", **given}, Context(customer=Customer("c", frozenset(segments))))
    assert (why and why.code) == reason


def test_an_unknown_customer_is_in_none(ask):
    assert ask({"kind": "segment", "any_of": ["a"]}) == ("not_in_segment", {"segments": ["a"]}, {})
    assert ask({"kind": "segment", "none_of": ["a"]}) is None


def test_it_names_the_segments_that_stand_against_it(ask):
    context = Context(customer=Customer("c", frozenset("xya")))
    assert ask({"kind": "segment", "none_of": ["z", "y", "x"]}, context).facts == {"segments": ["x", "y"]}


@pytest.mark.parametrize("spec", [{}, {"any_of": []}, {"none_of": [1]}, {"any_of": [""]}, {"any_of": {"a": 1}}])
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'segment'"):
        check({"kind": "segment", **spec})
