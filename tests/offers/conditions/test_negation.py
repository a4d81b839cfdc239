from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import SettingsError
from offersmith.offers.basket import Basket, Line
from offersmith.offers.conditions import CONDITIONS, nested
from offersmith.offers.context import Context
from offersmith.offers.till import Till

YES = {"kind": "quantity", "min": 1}
NO = {"kind": "quantity", "min": 4}
MONDAY = {"kind": "weekday", "days": ["mon"]}


def refuse(*conditions):
    return {"kind": "not", "condition": conditions[0] if len(conditions) == 1 else either(*conditions)}


def either(*conditions):
    return {"kind": "any_of", "conditions": list(conditions)}


@pytest.mark.parametrize(
    ("spec", "met"),
    [
        (refuse(NO), True),
        (refuse(YES), False),
        (refuse(refuse(YES)), True),
        (refuse(refuse(NO)), False),
        (refuse(NO, NO), True),
        (refuse(NO, YES), False),
        (refuse(either(NO), refuse(YES)), True),
        (either(refuse(YES), refuse(NO)), True),
    ],
)
def test_truth(ask, spec, met):
    assert (ask(spec) is None) == met


def test_it_says_what_must_not_hold(ask):
    assert ask(refuse(YES)) == ("must_not_hold", {"condition": YES}, {})
    assert ask(refuse(NO, YES)).facts == {"condition": YES}


def test_where_time_does_not_matter_it_forbids_nothing(ask):
    sunday, monday = Context(datetime(2026, 6, 14, 12)), Context(datetime(2026, 6, 15, 12))
    for spec in (refuse(MONDAY), refuse(MONDAY, NO), refuse(refuse(refuse(MONDAY)))):
        assert ask(spec) is None
        assert ask(spec, sunday) is None
        assert ask(spec, monday).code == "must_not_hold"
    assert ask(refuse(MONDAY, YES)).facts == {"condition": YES}


def lists(inner):
    return st.lists(inner, min_size=1, max_size=3).map(lambda some: either(*some))


LEAVES = st.sampled_from([YES, NO])
TREES = st.recursive(LEAVES, lambda inner: st.builds(refuse, inner) | lists(inner), max_leaves=8)


def truth(spec):
    if spec["kind"] == "not":
        return not truth(spec["condition"])
    return any(map(truth, spec["conditions"])) if spec["kind"] == "any_of" else spec is YES


def depth(spec):
    return 1 + max((depth(one) for one in nested.parts(spec)), default=0)


@given(spec=TREES.filter(lambda spec: depth(spec) <= nested.DEPTH))
def test_any_tree_of_them_means_what_logic_says(spec):
    test = nested.compiled(nested.checked(spec, "USD", CONDITIONS), "USD", CONDITIONS)
    till = Till(Basket((Line("tea", 2, 100),), "USD"), Context())
    assert (test.ask(till) is None) == truth(spec)


@pytest.mark.parametrize("inside", [None, [], "spend", {"kind": "spend"}])
def test_wrong_ones_are_refused(check, inside):
    with pytest.raises(SettingsError, match="condition"):
        check({"kind": "not", "condition": inside})
