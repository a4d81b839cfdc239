import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.conditions import CONDITIONS
from offersmith.offers.promotion import Group
from offersmith.offers.reading import as_json, group, promotion
from offersmith.vocabulary import NO_OFFER

TEN = {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}
OFFERS = [(kind, dict(terms)) for kind, one in KINDS.items() if kind != NO_OFFER for terms in one.examples]
CONDITION = st.sampled_from([{"kind": name, **spec} for name, one in CONDITIONS.items() for spec in one.examples])
WALLS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda wall: wall.isoformat(timespec="minutes"))
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai", "America/St_Johns"])
TEXT = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)


@st.composite
def documents(draw):
    kind, terms = draw(st.sampled_from(OFFERS))
    made = {"promotion_id": draw(TEXT), "kind": kind, "terms": terms}
    some = {
        "name": TEXT, "offer_id": TEXT.filter(lambda text: text != NO_OFFER), "version": st.integers(1, 9),
        "conditions": st.lists(CONDITION, max_size=3), "zone": ZONES, "priority": st.integers(-9, 9), "group": TEXT,
        "exclusive": st.booleans(), "combines_with": st.none() | st.lists(TEXT, max_size=3),
        "needs_code": st.booleans(), "starts": WALLS,
    }  # fmt: skip
    for name in draw(st.lists(st.sampled_from(sorted(some)), unique=True)):
        made[name] = draw(some[name])
    return made


@given(raw=documents(), zone=st.none() | ZONES, again=ZONES)
def test_a_promotion_survives_json_and_back_whatever_the_zone(raw, zone, again):
    one = promotion(raw, "USD", zone)
    plain = json.loads(json.dumps(as_json(one)))
    assert promotion(plain, "USD") == one
    assert as_json(promotion(plain, "USD")) == plain
    if all("zone" in str(condition) or not _timed(condition) for condition in one.conditions):
        assert promotion(plain, "USD", again) == one


def _timed(condition):
    return any(f"'kind': '{kind}'" in str(dict(condition)) for kind in ("window", "weekday", "hours"))


def test_the_least_that_must_be_there():
    one = promotion(TEN, "USD")
    assert (one.name, one.offer.offer_id, one.offer.name, one.offer.version) == ("ten", "ten", "ten", 1)
    assert (one.starts, one.ends, one.conditions, one.combines_with) == (None, None, (), None)
    assert promotion({"offer_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}, "USD") == one


def test_terms_and_conditions_come_in_their_normal_form():
    one = promotion({**TEN, "terms": {"percent": "12.50"}, "conditions": [{"kind": "spend", "min": 30}]}, "USD")
    assert one.offer.terms == {"percent": 12.5}
    assert one.conditions == ({"kind": "spend", "min": "30.00"},)


def test_wall_times_become_half_open_instants():
    one = promotion({**TEN, "starts": "2026-06-01", "ends": "2026-06-19", "zone": "Europe/Berlin"}, "USD", "UTC")
    assert (one.starts, one.ends) == (datetime(2026, 5, 31, 22), datetime(2026, 6, 19, 22))
    one = promotion({**TEN, "starts": "2026-06-01T09:00", "ends": "2026-06-19T18:00"}, "USD", "Asia/Shanghai")
    assert (one.starts, one.ends) == (datetime(2026, 6, 1, 1), datetime(2026, 6, 19, 10))
    one = promotion({**TEN, "starts": "2026-06-01", "ends": "2026-06-01"}, "USD")
    assert (one.starts, one.ends) == (datetime(2026, 6, 1), datetime(2026, 6, 2))


def test_conditions_about_time_take_the_zone_of_what_they_belong_to():
    happy = {"kind": "hours", "from": "17:00", "to": "19:00"}
    there = {"kind": "any_of", "conditions": [{"kind": "not", "condition": happy}, {**happy, "zone": "UTC"}]}
    raw = {**TEN, "conditions": [happy, there, {"kind": "quantity", "min": 1}]}
    one, two, three = promotion(raw, "USD", "Asia/Shanghai").conditions
    assert one["zone"] == "Asia/Shanghai"
    assert two["conditions"][0]["condition"]["zone"] == "Asia/Shanghai"
    assert two["conditions"][1]["zone"] == "UTC"
    assert "zone" not in three
    assert promotion({**raw, "zone": "Asia/Tokyo"}, "USD", "Asia/Shanghai").conditions[0]["zone"] == "Asia/Tokyo"
    assert "zone" not in promotion(raw, "USD").conditions[0]


def test_what_was_handed_in_is_not_changed_and_what_comes_out_cannot_be():
    raw = {**TEN, "conditions": [{"kind": "weekday", "days": ["tue", "mon"]}], "zone": "UTC"}
    before = json.dumps(raw)
    one = promotion(raw, "USD")
    assert json.dumps(raw) == before
    with pytest.raises(TypeError):
        one.conditions[0]["kind"] = "spend"
    with pytest.raises(TypeError):
        one.offer.terms["percent"] = 99


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "percentoff"}, r"kind = 'percentoff' is not allowed \(did you mean 'percent_off'\?\); allowed: "),
        ({"kind": None}, "kind = None"),
        ({"kind": ["percent_off"]}, "kind = "),
        ({"kind": "none", "terms": {}}, "kind = 'none'"),
        ({"kind": "none", "terms": {}, "offer_id": "none"}, "kind = 'none'"),
        ({"offer_id": "none"}, "offer_id = 'none'"),
        ({"terms": {"percent": 101}}, "percent = 101 must be .* at most 100"),
        ({"terms": {"percnt": 10}}, "percnt"),
        ({"terms": [1]}, r"terms = \[1\]"),
        ({"terms": None}, "percent = None"),
        ({"prioritee": 1}, r"prioritee \(did you mean 'priority'\?\)"),
        ({"promotion_id": ""}, "promotion_id is missing"),
        ({"promotion_id": 7}, "promotion_id = 7"),
        ({"promotion_id": "a\nb"}, "promotion_id = "),
        ({"promotion_id": "a" * 201}, "promotion_id = "),
        ({"version": 0}, "version = 0"),
        ({"priority": 1.5}, "priority = 1.5"),
        ({"priority": True}, "priority = True"),
        ({"priority": 10**7}, "priority = 10000000"),
        ({"exclusive": "yes"}, "exclusive = 'yes'"),
        ({"needs_code": 1}, "needs_code = 1"),
        ({"combines_with": "shipping"}, "combines_with = 'shipping'"),
        ({"combines_with": [""]}, "combines_with"),
        ({"phase": "shipping"}, "phase = 'shipping'"),
        ({"phase": "tomorrow"}, "phase = 'tomorrow'"),
        ({"zone": "Mars"}, "zone = 'Mars'"),
        ({"zone": 3}, "zone = 3"),
        ({"starts": "soon"}, "starts = 'soon'"),
        ({"ends": 20260101}, "ends = 20260101"),
        ({"starts": "2026-06-02", "ends": "2026-06-01"}, "ends = '2026-06-01' is not allowed"),
        ({"starts": "2026-06-02T10:00", "ends": "2026-06-02T10:00"}, "ends = "),
        ({"conditions": {"kind": "spend"}}, "conditions = "),
        ({"conditions": [{"kind": "spend", "min": "1.00"}, {"kind": "spend"}]}, r"conditions\[1\]: condition 'spend'"),
        ({"conditions": ["spend"]}, r"conditions\[0\]: condition 'spend' is no object"),
        ({"conditions": [{"kind": "window", "ends": "2026-01-01", "zone": "Mars"}]}, "zone = 'Mars'"),
    ],
)
def test_a_fault_names_the_promotion_the_field_and_the_value(change, said):
    with pytest.raises(SettingsError, match=said) as caught:
        promotion({**TEN, **change}, "USD")
    assert caught.value.message.startswith("promotion")
    if change.get("promotion_id") is None:
        assert "promotion 'ten': " in caught.value.message
        assert caught.value.message.count("promotion 'ten'") == 1


def test_a_condition_whose_end_comes_first_only_in_the_promotion_s_zone_is_refused():
    gap = {"kind": "window", "starts": "2026-03-29T02:10", "ends": "2026-03-29T02:40"}
    assert promotion({**TEN, "conditions": [gap]}, "USD").conditions
    with pytest.raises(SettingsError, match=r"conditions\[0\]: .*is not after"):
        promotion({**TEN, "conditions": [gap]}, "USD", "Europe/Berlin")


@pytest.mark.parametrize("raw", [None, 3, "ten", [TEN]])
def test_what_is_no_object_is_refused(raw):
    with pytest.raises(SettingsError, match="no object"):
        promotion(raw, "USD")
    with pytest.raises(SettingsError, match="no object"):
        group(raw)


def test_amounts_are_checked_in_the_shop_s_currency():
    raw = {"promotion_id": "five", "kind": "amount_off", "terms": {"amount": "500"}}
    assert promotion(raw, "JPY").offer.terms["amount"] == "500"
    with pytest.raises(SettingsError, match="decimals"):
        promotion({**raw, "terms": {"amount": "5.00001"}}, "USD")
    with pytest.raises(SettingsError, match="currency"):
        promotion({**raw, "terms": {"amount": "5.00", "currency": "EUR"}}, "USD")


def test_groups():
    assert group({"name": "g"}) == Group("g")
    assert group({"name": "g", "mode": "best", "scope": "line", "order": -2, "limit": 3}) == Group(
        "g", "best", "line", -2, 3
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "name is missing"),
        ({"mode": "bset"}, "mode = 'bset'"),
        ({"scope": "cart"}, "scope = 'cart'"),
        ({"limit": 0}, "limit = 0"),
        ({"order": "1"}, "order = '1'"),
        ({"ordre": 1}, "ordre"),
    ],
)
def test_a_fault_names_the_group_the_field_and_the_value(change, said):
    with pytest.raises(SettingsError, match=f"group.*{said}"):
        group({"name": "g", **change})


def test_exceptions_that_stand_too_deep_are_refused_and_break_nothing():
    items = {"sku": ["tea"]}
    for _ in range(5_000):
        items = {"exclude": items}
    with pytest.raises(SettingsError, match="deep inside of each other"):
        promotion({**TEN, "terms": {"percent": 10, "on": "items", "items": items}}, "USD")
