"""Whatever stands in a scenario, replaying it is an answer or a fault that is named, never a crash."""

from copy import deepcopy

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offersmith.errors import InputError
from offersmith.offers.replay import own_scenarios, replay

SCENARIOS = [raw for document in own_scenarios().values() for raw in document["scenarios"]]
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "x", "1.5", "-1", "NaN", "1e999", "\0"])
KEYS = st.sampled_from(["id", "kind", "qty", "x"])
VALUES = st.recursive(
    LEAVES | st.sampled_from([1e308, 10**30]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=4,
)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from places(inner, (*path, key))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_anywhere(data):
    raw = deepcopy(data.draw(st.sampled_from(SCENARIOS)))
    path = data.draw(st.sampled_from([path for path in places(raw) if path]))
    holder = raw
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(VALUES)
    try:
        (found,) = replay([raw])
    except InputError:
        assert len(path) == 1
        assert path[0] in ("id", "cart", "promotions", "expected")
        return
    assert found.result in ("pass", "fail", "unsupported")
    assert (found.difference is None) == (found.result == "pass")
