"""Limits become meters: the same for the same thing, and touched only by what did something."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offersmith.campaigns import limits as limiting
from offersmith.campaigns.definition import Definition, define
from offersmith.campaigns.limits import Buyer, claims, meters_of, subject_of, voucher_claim
from offersmith.offers.wall_clock import PeriodName, period
from offersmith.store.reservation import Claim, Reservation, check_reservation

NOON = datetime(2026, 6, 19, 12)
ADA = Buyer("ada", {}, {})
GUEST = Buyer(None, {}, {})


@dataclass(frozen=True)
class Applied:
    promotion_id: str
    off: int


def campaign(limits: list[dict[str, Any]] = [], budgets: list[dict[str, Any]] = [], **more: Any) -> Definition:  # noqa: B006
    return define(
        {
            "name": "Summer",
            "promotions": [
                {"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}},
                {"promotion_id": "five", "kind": "percent_off", "terms": {"percent": 5}},
                {"promotion_id": "code", "kind": "percent_off", "terms": {"percent": 5}, "needs_code": True},
            ],
            "limits": limits,
            "budgets": budgets,
            **more,
        },
        currency="USD",
        zone="Europe/Berlin",
    )


def taken(definition: Definition, *applied: Applied, buyer: Buyer = ADA, at: datetime = NOON) -> dict[str, int]:
    found = claims(definition, "c1", applied, buyer, at)
    assert found.missing == ()
    return {claim.meter_id: claim.amount for claim in found.claims}


def test_only_what_did_something_counts() -> None:
    definition = campaign([{"count": 3}, {"count": 1, "promotion": "five"}], [{"amount": "5.00"}])
    assert taken(definition) == {}
    assert taken(definition, Applied("of another campaign", 500)) == {}
    assert taken(definition, Applied("ten", 100)) == {"c1/per all ever///": 1, "c1/budget ever////money": 100}


def test_an_order_is_one_use_of_the_campaign_whatever_applied() -> None:
    definition = campaign([{"count": 3, "name": "n"}, {"count": 1, "name": "m", "promotion": "five"}])
    assert taken(definition, Applied("ten", 100), Applied("five", 50)) == {"c1/n///": 1, "c1/m/five//": 1}


def test_a_budget_takes_what_came_off_and_points_alone_take_nothing_of_it() -> None:
    definition = campaign([{"count": 9, "name": "n"}], [{"amount": "5.00", "name": "b"}])
    assert taken(definition, Applied("ten", 100), Applied("five", 50))["c1/b////money"] == 150
    assert taken(definition, Applied("ten", 0)) == {"c1/n///": 1}


@pytest.mark.parametrize(
    ("period", "expected"), [("ever", ""), ("day", "2026-06-20"), ("week", "2026-W25"), ("month", "2026-06")]
)
def test_a_period_is_of_the_campaign_s_wall_clock(period: str, expected: str) -> None:
    definition = campaign([{"count": 1, "period": period, "name": "n"}])
    late = datetime(2026, 6, 19, 22, 30)  # half past midnight in Berlin
    assert taken(definition, Applied("ten", 1), at=late) == {f"c1/n///{expected}": 1}


def test_a_customer_is_counted_by_name_and_a_guest_by_what_is_known_of_them() -> None:
    definition = campaign([{"count": 1, "per": "customer", "name": "n"}])
    assert taken(definition, Applied("ten", 1)) == {"c1/n//ada/": 1}
    guest = Buyer(None, {}, {"card": "4111", "device": "d-1"})
    [meter] = taken(definition, Applied("ten", 1), buyer=guest)
    assert meter.startswith("c1/n//card:sha256:")
    assert "4111" not in meter
    [again] = taken(definition, Applied("ten", 1), buyer=Buyer("", {}, {"device": "", "card": "4111"}))
    assert again == meter
    [other] = taken(definition, Applied("ten", 1), buyer=Buyer(None, {}, {"device": "4111"}))
    assert other != meter


@pytest.mark.parametrize(("per", "code"), [("customer", "customer_needed"), ("device", "identifier_needed")])
def test_a_limit_that_cannot_be_held_says_what_it_needs(per: str, code: str) -> None:
    definition = campaign([{"count": 1, "per": per, "name": "n", "promotion": "ten"}])
    found = claims(definition, "c1", [Applied("ten", 1)], GUEST, NOON)
    assert found.claims == ()
    [missing] = found.missing
    assert (missing.code, missing.limit, missing.needed, missing.promotions) == (code, "n", per, {"ten"})
    assert meters_of(definition, "c1", GUEST, NOON).blocked({}) == {"ten": code}
    # Another promotion of the campaign is not held up by it.
    assert claims(definition, "c1", [Applied("five", 1)], GUEST, NOON).missing == ()


def test_every_code_that_was_used_counts_once() -> None:
    definition = campaign([{"count": 1, "per": "code", "name": "n"}])
    buyer = Buyer("ada", {"code": ["AAA", "BBB", "AAA"], "ten": ["CCC"]}, {})
    assert taken(definition, Applied("code", 1), buyer=buyer) == {"c1/n//AAA/": 1, "c1/n//BBB/": 1}
    assert taken(definition, Applied("five", 1), buyer=buyer) == {}
    assert taken(definition, Applied("code", 1)) == {}


def test_what_is_gone_keeps_promotions_out() -> None:
    definition = campaign([{"count": 2, "name": "n", "promotion": "five"}], [{"amount": "5.00", "name": "b"}])
    watched = meters_of(definition, "c1", ADA, NOON)
    assert watched.blocked({}) == {}
    assert watched.blocked({"c1/n/five//": 1, "c1/b////money": 1}) == {}
    assert watched.blocked({"c1/n/five//": 0}) == {"five": "limit_reached"}
    assert watched.blocked({"c1/b////money": 0}) == {
        "ten": "budget_spent",
        "five": "budget_spent",
        "code": "budget_spent",
    }
    # The first reason that is found is the one that is told.
    assert watched.blocked({"c1/n/five//": 0, "c1/b////money": 0})["five"] == "limit_reached"


def test_a_limit_keeps_its_meter_when_its_count_is_changed() -> None:
    few = claims(campaign([{"count": 1, "per": "customer"}]), "c1", [Applied("ten", 1)], ADA, NOON).claims[0]
    many = claims(campaign([{"count": 9, "per": "customer"}]), "c1", [Applied("ten", 1)], ADA, NOON).claims[0]
    assert few.meter_id == many.meter_id
    assert (few.cap, many.cap) == (1, 9)


def test_a_code_s_own_uses_have_a_meter_of_their_own() -> None:
    claim = voucher_claim("c1", "ABC", 3)
    assert (claim.meter_id, claim.cap, claim.amount, claim.unit) == ("c1/voucher//ABC/", 3, 1, "use")
    assert voucher_claim("c1", "ABC", None).cap is None


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=300)


@given(names, names, st.lists(names, min_size=1, max_size=3, unique=True))
def test_two_buyers_never_share_a_meter_and_every_claim_is_one_the_ledger_takes(
    campaign_id: str, kind: str, people: list[str]
) -> None:
    definition = campaign([{"count": 1, "per": "customer", "name": "50 %/day"}])
    found: dict[str, Claim] = {}
    for buyer in (
        *(Buyer(person, {}, {}) for person in people),
        *(Buyer(None, {}, {kind: person}) for person in people if kind not in ("customer", "code")),
    ):
        [claim] = claims(definition, campaign_id, [Applied("ten", 1)], buyer, NOON).claims
        assert claim.meter_id not in found
        found[claim.meter_id] = claim
    every = (*found.values(), voucher_claim(campaign_id, people[0], 1))
    check_reservation(Reservation("k", "r", "0" * 64, None, None, "USD", NOON, None, every))


@given(names, names)
def test_a_device_is_kept_as_a_hash_only(kind: str, value: str) -> None:
    subject = subject_of(kind, value)
    if kind not in ("customer", "code"):
        assert subject.startswith(f"{kind}:sha256:")
        assert len(subject) == len(kind) + 8 + 64


def test_a_day_on_which_the_clock_changes_is_one_day() -> None:
    definition = campaign([{"count": 1, "period": "day", "name": "n"}])
    start = datetime(2026, 10, 24, 22)  # midnight in Berlin; the day has 25 hours
    hours = [start + timedelta(hours=hour) for hour in range(25)]
    spans = {meter for at in hours for meter in taken(definition, Applied("ten", 1), at=at)}
    assert spans == {"c1/n///2026-10-25"}
    assert taken(definition, Applied("ten", 1), at=start + timedelta(hours=25)) == {"c1/n///2026-10-26": 1}


def test_a_definition_written_down_and_read_again_counts_in_the_same_meters() -> None:
    definition = campaign([{"count": 1, "per": "customer", "period": "week"}], [{"amount": "5.00", "period": "month"}])
    again = define(definition.source, currency="USD", zone="Asia/Tokyo")
    assert taken(again, Applied("ten", 7)) == taken(definition, Applied("ten", 7))


def test_uses_and_money_are_never_one_row() -> None:
    limit = campaign([{"count": 5, "name": "pot"}])
    budget = campaign([], [{"amount": "5.00", "name": "pot"}])
    assert taken(limit, Applied("ten", 7)).keys().isdisjoint(taken(budget, Applied("ten", 7)))


def test_all_campaigns_of_a_basket_ask_for_the_day_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def counted(moment: datetime, zone: str, length: PeriodName) -> str:
        asked.append(moment)
        return period(moment, zone, length)

    monkeypatch.setattr(limiting, "period", counted)
    limiting._span.cache_clear()
    raw = {
        "name": "x",
        "promotions": [{"promotion_id": "ten", "kind": "percent_off", "terms": {"percent": 10}}],
        "limits": [{"name": "l", "count": 1, "period": "day"}],
    }
    definition = define(raw, currency="EUR", zone="Europe/Berlin")
    late = datetime(2026, 6, 10, 22, 30)
    found = [meters_of(definition, f"c{one}", Buyer(None, {}, {}), late).meters[0].claim for one in range(50)]
    assert {one.period for one in found} == {"2026-06-11"}
    assert len({one.meter_id for one in found}) == 50
    assert len(asked) == 1
    limiting._span.cache_clear()


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("c", "l", "", "kim", ""), "c/l//kim/"),
        (("c", "l/m", "", "kim", ""), "c/l%2Fm//kim/"),
        (("c", "5%", "a/b", "k%2F", "2026-06-11"), "c/5%25/a%2Fb/k%252F/2026-06-11"),
    ],
)
def test_a_meter_keeps_the_name_it_was_first_written_under(parts: tuple[str, ...], name: str) -> None:
    assert limiting._name(*parts) == name
