import json

from hypothesis import given, settings
from hypothesis import strategies as st

from offersmith.strategy.compare.asked import Change, differences

ASKED = {
    "budget": "150.00 USD",
    "explore": 0.1,
    "limits": [
        {"name": "gift boxes", "kind": "stock", "offers": ["gift"], "at_most": 12},
        {"name": "the young", "kind": "contacts", "at_most": 8, "column": "age", "below": 30},
    ],
    "offers": [
        {"id": "ten", "kind": "percent_off", "name": "10 % off", "version": 1, "terms": {"percent": 10.0}},
        {"id": "gift", "kind": "gift", "name": "a gift", "version": 1, "terms": {"items": ["tea"]}},
    ],
    "playbooks": [],
}


def copy():
    return json.loads(json.dumps(ASKED))


def test_fields_are_named_as_a_what_if_names_them():
    other = copy()
    other["budget"] = "200.00 USD"
    other["limits"][0]["at_most"] = 20
    other["offers"][0] |= {"terms": {"percent": 15.0}, "version": 2}
    assert differences(ASKED, other) == (
        Change("budget", "150.00 USD", "200.00 USD"),
        Change("limits.gift boxes.at_most", 12, 20),
        Change("offers.ten.percent", 10.0, 15.0),
    )


def test_what_only_one_was_asked_stands_whole():
    other = copy()
    gone = other["limits"].pop(0)
    other["playbooks"] = [{"name": "win-back", "goal": "profit"}]
    assert differences(ASKED, other) == (
        Change("limits.gift boxes", gone, None),
        Change("playbooks.win-back", None, {"name": "win-back", "goal": "profit"}),
    )
    assert differences(ASKED, {"budget": "150.00 USD"})[0] == Change("explore", 0.1, None)


def test_the_order_of_a_list_of_tables_says_nothing_and_that_of_values_does():
    other = copy()
    other["limits"].reverse()
    assert differences(ASKED, other) == ()
    other["limits"][1]["offers"] = ["ten", "gift"]
    assert differences(ASKED, other) == (Change("limits.gift boxes.offers", ["gift"], ["ten", "gift"]),)


def test_tables_that_share_a_name_are_compared_as_one_value():
    twice = {"limits": [{"name": "a", "at_most": 1}, {"name": "a", "at_most": 2}]}
    once = {"limits": [{"name": "a", "at_most": 1}]}
    assert differences(twice, once) == (Change("limits", twice["limits"], once["limits"]),)


KEYS = st.sampled_from(["id", "name", "x", "terms"])
plain = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)
requests = st.dictionaries(st.sampled_from(["budget", "limits", "offers"]), plain, max_size=3)


@given(requests)
@settings(deadline=None)
def test_a_request_does_not_differ_from_itself(asked):
    assert differences(asked, json.loads(json.dumps(asked))) == ()


@given(requests, requests)
@settings(deadline=None)
def test_both_ways_differ_in_the_same_fields(one, two):
    there = {(change.field, json.dumps(change.before), json.dumps(change.after)) for change in differences(one, two)}
    back = {(change.field, json.dumps(change.after), json.dumps(change.before)) for change in differences(two, one)}
    assert there == back
