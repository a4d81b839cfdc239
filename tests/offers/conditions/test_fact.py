import pytest

from offersmith.errors import SettingsError
from offersmith.offers.context import Context

TRUTH = [
    # facts, any_of, none_of, reason
    ({}, ["web"], None, "wrong_fact"),
    ({}, None, ["web"], None),
    ({"channel": "web"}, ["web", "app"], None, None),
    ({"channel": "till"}, ["web", "app"], None, "wrong_fact"),
    ({"channel": "web"}, None, ["web"], "excluded_fact"),
    ({"channel": "till"}, None, ["web"], None),
    ({"channel": "web"}, ["web"], ["web"], "excluded_fact"),
    ({"store": "web"}, ["web"], None, "wrong_fact"),
    ({"channel": ""}, ["web"], None, "wrong_fact"),
]


@pytest.mark.parametrize(("facts", "any_of", "none_of", "reason"), TRUTH)
def test_truth(ask, facts, any_of, none_of, reason):
    given = {name: value for name, value in (("any_of", any_of), ("none_of", none_of)) if value}
    why = ask({"kind": "fact", "name": "channel", **given}, Context(facts=facts))
    assert (why and why.code) == reason


def test_it_names_the_fact(ask):
    spec = {"kind": "fact", "name": "store", "any_of": ["north", "east"]}
    assert ask(spec, Context(facts={"store": "west"})) == (
        "wrong_fact",
        {"name": "store", "allowed": ["east", "north"], "is": "west"},
        {},
    )


@pytest.mark.parametrize(
    "spec", [{"any_of": ["a"]}, {"name": "x"}, {"name": "", "any_of": ["a"]}, {"name": "x", "any_of": []}]
)
def test_wrong_ones_are_refused(check, spec):
    with pytest.raises(SettingsError, match="condition 'fact'"):
        check({"kind": "fact", **spec})
