"""A definition is read whole, or a fault says which field is wrong, what stands there and what may."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.campaigns.definition import Budget, Definition, Limit, define
from offersmith.campaigns.form import ALLOWED, Form
from offersmith.errors import SettingsError
from offersmith.offers.promotion import Group

TEN = {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}
CODE = {"promotion_id": "code", "kind": "percent_off", "terms": {"percent": 5}, "needs_code": True}
LEAST: dict[str, Any] = {"name": "Summer", "promotions": [TEN]}
FULL: dict[str, Any] = {
    "name": "Sommer 夏",
    "currency": "EUR",
    "zone": "America/New_York",
    "starts": "2026-06-01",
    "ends": "2026-06-30",
    "promotions": [TEN | {"group": "best of", "ends": "2026-06-19"}, CODE | {"starts": "2026-05-01"}],
    "groups": [{"name": "best of", "mode": "best", "scope": "line", "order": 2, "limit": 3}],
    "limits": [
        {"name": "one each", "count": 1, "per": "customer", "period": "week", "promotion": "ten"},
        {"count": 5, "per": "code"},
        {"count": 9, "per": "device", "period": "day"},
    ],
    "budgets": [
        {"name": "pot", "amount": "1,500.50", "period": "month", "rule": "clamp"},
        {"amount": "2000"},
    ],
    "returns": "reevaluate",
    "reuse_on_return": True,
    "reserve_minutes": 15,
}


def read(raw: Any) -> Definition:
    return define(raw, currency="EUR", zone="Europe/Berlin")


def test_everything_is_read() -> None:
    found = read(FULL)
    assert (found.name, found.currency, found.zone) == ("Sommer 夏", "EUR", "America/New_York")
    assert (found.starts, found.ends) == (datetime(2026, 6, 1, 4), datetime(2026, 7, 1, 4))
    assert found.groups == {"best of": Group("best of", "best", "line", 2, 3)}
    assert found.limits == (
        Limit("one each", 1, "customer", "week", "ten"),
        Limit("per code ever", 5, "code", "ever", None),
        Limit("per device day", 9, "device", "day", None),
    )
    assert found.budgets == (Budget("pot", 150050, "month", "clamp"), Budget("budget ever", 200000, "ever", "refuse"))
    assert (found.returns, found.reuse_on_return, found.reserve_minutes) == ("reevaluate", True, 15)


def test_a_promotion_holds_while_it_and_its_campaign_do() -> None:
    ten, code = read(FULL).promotions
    assert (ten.name, ten.starts, ten.ends) == ("ten", datetime(2026, 6, 1, 4), datetime(2026, 6, 20, 4))
    assert (code.starts, code.ends) == (datetime(2026, 6, 1, 4), datetime(2026, 7, 1, 4))


def test_little_is_enough() -> None:
    found = read(LEAST)
    assert (found.starts, found.ends, found.limits, found.budgets) == (None, None, (), ())
    assert (found.zone, found.returns, found.reuse_on_return, found.reserve_minutes) == (
        "Europe/Berlin", "keep", False, 30,
    )  # fmt: skip


@pytest.mark.parametrize("raw", [LEAST, FULL])
def test_what_is_kept_reads_the_same_in_any_shop_s_zone(raw: dict[str, Any]) -> None:
    found = read(raw)
    kept = json.loads(json.dumps(found.source))
    again = define(kept, currency="EUR", zone="Asia/Tokyo")
    assert again == found
    assert again.source == kept


# What is changed in FULL, the field that is named, the value that is shown, and what is said to be allowed.
WRONG: list[tuple[Callable[[dict[str, Any]], object], str, str, str]] = [
    (lambda raw: raw.update(budget=[]), "budget", "[]", "budgets"),
    (lambda raw: raw["limits"][1].update(cuont=3), "limits[1].cuont", "3", "count"),
    (lambda raw: raw["budgets"][0].update(cap=3), "budgets[0].cap", "3", "amount"),
    (lambda raw: raw["groups"][0].update(kind="x"), "groups[0].kind", "'x'", "mode"),
    (lambda raw: raw.pop("name"), "name", "missing", "1 to 64"),
    (lambda raw: raw["limits"][0].pop("count"), "limits[0].count", "missing", "at least 1"),
    (lambda raw: raw.update(name=" "), "name", "' '", "1 to 64"),
    (lambda raw: raw.update(name="a\n"), "name", "'a\\n'", "1 to 64"),
    (lambda raw: raw.update(name="x" * 65), "name", "'xxx", "1 to 64"),
    (lambda raw: raw.update(name="\ud800"), "name", "'\\ud800'", "1 to 64"),
    (lambda raw: raw.update(promotions=[]), "promotions", "[]", "at least one"),
    (lambda raw: raw.update(promotions={"a": 1}), "promotions", "{'a': 1}", "list"),
    (lambda raw: raw.update(promotions=[7]), "promotions[0]", "7", "promotion"),
    (lambda raw: raw["promotions"][0].update(kind="half_off"), "promotions[0]", "'half_off'", "percent_off"),
    (lambda raw: raw["promotions"][0].update(terms={"percent": 101}), "promotions[0]", "101", "at most 100"),
    (lambda raw: raw["promotions"][0].update(name="\ud800"), "promotions[0]", "'\\ud800'", "printable"),
    (lambda raw: raw["promotions"][0].update(group="nobody"), "promotions[0].group", "'nobody'", "best of"),
    (
        lambda raw: raw["promotions"][1].update(promotion_id="ten"),
        "promotions[1].promotion_id",
        "'ten'",
        "nothing else",
    ),
    (lambda raw: raw["promotions"][1].update(starts="2026-07-05"), "promotions[1].", "'2026-07-05'", "after"),
    (lambda raw: raw["promotions"][0].update(ends="2026-05-05"), "promotions[0].ends", "'2026-05-05'", "after"),
    (lambda raw: raw.update(currency="USD"), "currency", "'USD'", "EUR"),
    (lambda raw: raw.update(zone="Europe/Atlantis"), "zone", "'Europe/Atlantis'", "IANA"),
    (lambda raw: raw.update(starts="June"), "starts", "'June'", "2026-06-19"),
    (lambda raw: raw.update(starts=20260601), "starts", "20260601", "2026-06-19"),
    (lambda raw: raw.update(ends="2026-05-31"), "ends", "'2026-05-31'", "after 2026-06-01 04:00"),
    (lambda raw: raw.update(starts="2026-06-01T10:00", ends="2026-06-01T10:00"), "ends", "10:00'", "after"),
    (lambda raw: raw["groups"].append(raw["groups"][0]), "groups[1].name", "'best of'", "nothing else"),
    (lambda raw: raw["groups"][0].update(mode="worse"), "groups[0].mode", "'worse'", "worst"),
    (lambda raw: raw["groups"][0].update(scope="cart"), "groups[0].scope", "'cart'", "line"),
    (lambda raw: raw["groups"][0].update(order=1.5), "groups[0].order", "1.5", "whole number"),
    (lambda raw: raw["groups"][0].update(limit=0), "groups[0].limit", "0", "null"),
    (lambda raw: raw["limits"][0].update(count=-1), "limits[0].count", "-1", "at least 1"),
    (lambda raw: raw["limits"][0].update(count=0), "limits[0].count", "0", "at least 1"),
    (lambda raw: raw["limits"][0].update(count=True), "limits[0].count", "True", "at least 1"),
    (lambda raw: raw["limits"][0].update(count="3"), "limits[0].count", "'3'", "at least 1"),
    (lambda raw: raw["limits"][0].update(count=float("nan")), "limits[0].count", "nan", "at least 1"),
    (lambda raw: raw["limits"][0].update(count=10**30), "limits[0].count", "1000", "at least 1"),
    (lambda raw: raw["limits"][0].update(per="Each One"), "limits[0].per", "'Each One'", "customer"),
    (lambda raw: raw["limits"][1].update(promotion="ten"), "limits[1].per", "'code'", "needs_code"),
    (lambda raw: raw["limits"][0].update(period="year"), "limits[0].period", "'year'", "ever, day, week, month"),
    (lambda raw: raw["limits"][0].update(promotion="twenty"), "limits[0].promotion", "'twenty'", "ten, code"),
    (lambda raw: raw["limits"][1].update(name="one each"), "limits[1].name", "'one each'", "nothing else"),
    (lambda raw: raw["limits"][1].update(name="voucher"), "limits[1].name", "'voucher'", "nothing else"),
    (lambda raw: raw["budgets"][0].update(name="one each"), "budgets[0].name", "'one each'", "nothing else"),
    (lambda raw: raw["budgets"][0].update(amount="much"), "budgets[0].amount", "'much'", '"500.00"'),
    (lambda raw: raw["budgets"][0].update(amount="1.001"), "budgets[0].amount", "'1.001'", "more decimals"),
    (lambda raw: raw["budgets"][0].update(amount="-5"), "budgets[0].amount", "'-5'", "above zero"),
    (lambda raw: raw["budgets"][0].update(amount="0.00"), "budgets[0].amount", "'0.00'", "above zero"),
    (lambda raw: raw["budgets"][0].update(amount="NaN"), "budgets[0].amount", "'NaN'", "above zero"),
    (lambda raw: raw["budgets"][0].update(amount=500), "budgets[0].amount", "500", "as text"),
    (lambda raw: raw["budgets"][0].update(rule="warn"), "budgets[0].rule", "'warn'", "refuse, clamp"),
    (lambda raw: raw.update(returns="refund"), "returns", "'refund'", "reevaluate"),
    (lambda raw: raw.update(reuse_on_return="yes"), "reuse_on_return", "'yes'", "true, false"),
    (lambda raw: raw.update(reserve_minutes=0), "reserve_minutes", "0", "10080"),
    (lambda raw: raw.update(limits=None), "limits", "None", "list"),
]


@pytest.mark.parametrize(("change", "field", "value", "allowed"), WRONG, ids=[f"{one[1]}={one[2]}" for one in WRONG])
def test_a_fault_names_field_value_and_what_is_allowed(
    change: Callable[[dict[str, Any]], object], field: str, value: str, allowed: str
) -> None:
    raw = msgspec.json.decode(msgspec.json.encode(FULL))
    change(raw)
    with pytest.raises(SettingsError) as fault:
        read(raw)
    assert fault.value.message.startswith(field)
    assert value in fault.value.message
    assert allowed in fault.value.message
    assert "$" not in fault.value.message


@pytest.mark.parametrize("raw", [[], "x", 5, None, {1: 2}])
def test_what_is_no_definition_is_refused(raw: object) -> None:
    with pytest.raises(SettingsError, match="allowed: "):
        read(raw)


def test_every_field_of_the_form_says_what_it_may_be() -> None:
    parts = {"": Form}
    for name in ("limits", "budgets", "groups"):
        kind = next(field.type for field in msgspec.structs.fields(Form) if field.name == name)
        parts[f"{name}."] = get_args(kind)[0]
    fields = {f"{begin}{name}" for begin, part in parts.items() for name in part.__struct_fields__}
    assert set(ALLOWED) == fields


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted({name.split(".")[0] for name in ALLOWED})), anything)
def test_whatever_stands_in_a_field_is_read_or_named(name: str, value: object) -> None:
    raw = FULL | {name: value}
    try:
        found = read(raw)
    except SettingsError:
        return
    assert define(json.loads(json.dumps(found.source, allow_nan=False)), currency="EUR", zone="UTC") == found
