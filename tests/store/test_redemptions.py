"""A promise at the till, on both databases: each verb once, whatever comes twice, late or too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from offersmith.errors import InputError
from offersmith.store.books import books
from offersmith.store.campaigns import Campaigns, Change
from offersmith.store.ledger import Ledger
from offersmith.store.redemptions import Claim, Meter, Outcome, Redemptions, Reservation
from offersmith.store.tables import ENTRIES, METERS, REDEMPTION_STEPS, REDEMPTIONS, VOUCHERS

NOW = datetime(2026, 11, 22, 12)
HALF_HOUR = timedelta(minutes=30)
DIGEST = "a" * 64
OTHER = "b" * 64


def uses(cap: int | None = 2, amount: int = 1, **changes: Any) -> Claim:
    claim = Claim("spring/uses", "spring", "uses", "", "", "use", cap, amount)
    return replace(claim, **changes)


def money(cap: int | None, amount: int) -> Claim:
    return Claim("spring/budget/2026-11", "spring", "budget", "", "2026-11", "money", cap, amount)


def wanted(key: str, *claims: Claim, **changes: Any) -> Reservation:
    made = Reservation(key, f"r-{key}", DIGEST, f"order-{key}", "ann", "EUR", NOW, NOW + HALF_HOUR, claims)
    return replace(made, **changes)


@pytest.fixture
def redemptions(ledger: Ledger) -> Redemptions:
    return Redemptions(ledger)


def rows(ledger: Ledger) -> dict[str, int]:
    with ledger.transaction() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (METERS, REDEMPTIONS, REDEMPTION_STEPS, ENTRIES)
        }


def used(redemptions: Redemptions) -> dict[str, int]:
    return {meter.meter_id: meter.used for meter in redemptions.meters("spring")}


def balanced(ledger: Ledger) -> bool:
    found = books(ledger)
    assert found.differences == ()
    return found.balanced


def issue(ledger: Ledger, code: str, state: str) -> None:
    row = {"code_key": code, "code": code, "campaign_id": "spring", "promotion_id": "p", "batch": "b"}
    with ledger.transaction(writing=True) as connection:
        connection.execute(sa.delete(VOUCHERS).where(VOUCHERS.c.code_key == code))
        connection.execute(sa.insert(VOUCHERS).values(**row, issued_at=NOW, state=state))


def test_a_whole_life(ledger: Ledger, redemptions: Redemptions) -> None:
    facts = {"basket": {"lines": [{"product_id": "杯", "unit_price": 1999}]}}
    outcome = redemptions.reserve(wanted("k1", uses(), money(50_000, 1_234), facts=facts))
    assert outcome == Outcome("reserved", "r-k1", "reserved", facts={"vouchers": []})
    assert redemptions.confirm("r-k1", "k2", NOW) == Outcome("confirmed", "r-k1", "confirmed")
    back = redemptions.give_back("r-k1", "k3", NOW, DIGEST, {"spring/budget/2026-11": 234}, {"units": 1})
    assert back == Outcome("given_back", "r-k1", "confirmed", facts={"units": 1})
    found = redemptions.find("r-k1")
    assert found is not None
    assert (found.state, found.held) == ("confirmed", {"spring/budget/2026-11": 1_000, "spring/uses": 1})
    assert (found.facts, found.at, found.expires_at) == (facts, NOW, NOW + HALF_HOUR)
    assert redemptions.roll_back("r-k1", "k4", NOW, "cancelled").done
    assert [(step.step, step.amounts) for step in redemptions.steps("r-k1")] == [
        ("reserve", {"spring/budget/2026-11": 1_234, "spring/uses": 1}),
        ("confirm", {}),
        ("give_back", {"spring/budget/2026-11": -234}),
        ("roll_back", {"spring/budget/2026-11": -1_000, "spring/uses": -1}),
    ]
    assert redemptions.meters("spring") == [
        Meter("spring/budget/2026-11", "spring", "budget", "", "2026-11", "money", 50_000, 1_234, 1_234),
        Meter("spring/uses", "spring", "uses", "", "", "use", 2, 1, 1),
    ]
    assert redemptions.read_meters(["spring/uses", "nobody's"]) == {"spring/uses": redemptions.meters("spring")[1]}
    assert redemptions.find("unknown") is None
    assert redemptions.meters("autumn") == redemptions.by_order("unknown") == redemptions.steps("unknown") == []
    assert balanced(ledger)


def test_an_automatic_promotion_without_limits_leaves_its_row(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", customer_id=None, order_id=None, expires_at=None)).done
    assert redemptions.confirm("r-k1", "k2", NOW).done
    assert rows(ledger) == {"meter": 0, "redemption": 1, "redemption_step": 2, "entry": 0}
    assert balanced(ledger)


@pytest.mark.parametrize(
    ("short", "code", "rest"),
    [(uses(2, 2), "refused_limit", 1), (money(100, 61), "refused_budget", 60), (uses(2, 3), "refused_limit", 1)],
)
def test_what_is_not_there_is_refused_and_nothing_is_written(
    ledger: Ledger, redemptions: Redemptions, short: Claim, code: str, rest: int
) -> None:
    assert redemptions.reserve(wanted("k1", uses(2), money(100, 40))).done
    before = rows(ledger)
    outcome = redemptions.reserve(wanted("k2", uses(None, 1, meter_id="spring/a"), short))
    assert outcome == Outcome(code, "", "", meter_id=short.meter_id, rest=rest)
    assert not outcome.done
    assert rows(ledger) == before
    assert balanced(ledger)
    # The same key is free: what was refused may be tried again when there is more.
    assert redemptions.roll_back("r-k1", "k3", NOW).done
    assert redemptions.reserve(wanted("k2", replace(short, amount=2))).done


def test_a_limit_of_nothing_lets_nobody_in(redemptions: Redemptions) -> None:
    outcome = redemptions.reserve(wanted("k1", uses(0)))
    assert (outcome.code, outcome.rest) == ("refused_limit", 0)
    assert redemptions.meters("spring") == []


def test_a_budget_is_spent_to_the_cent_and_no_further(ledger: Ledger, redemptions: Redemptions) -> None:
    for key, amount in (("k1", 60), ("k2", 40)):
        assert redemptions.reserve(wanted(key, money(100, amount))).done
    assert redemptions.reserve(wanted("k3", money(100, 1))).rest == 0
    assert used(redemptions) == {"spring/budget/2026-11": 100}


def test_the_newest_cap_counts(redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses(5, 4))).done
    assert redemptions.reserve(wanted("k2", uses(3, 1))).rest == 0
    assert redemptions.meters("spring")[0].cap == 5
    assert redemptions.reserve(wanted("k2", uses(6, 2))).done
    assert redemptions.reserve(wanted("k3", uses(None, 50))).done
    (meter,) = redemptions.meters("spring")
    assert (meter.cap, meter.rest, meter.used) == (None, None, 56)
    assert redemptions.reserve(wanted("k4", uses(57, 1))).done
    assert redemptions.meters("spring")[0].rest == 0


def test_the_same_key_is_answered_again_and_for_something_else_refused(
    ledger: Ledger, redemptions: Redemptions
) -> None:
    asked = wanted("k1", uses(1))
    first = redemptions.reserve(asked)
    # A caller that did not hear the answer makes a new name; the first one stands.
    again = redemptions.reserve(replace(asked, redemption_id="r-new", at=NOW + HALF_HOUR, expires_at=None))
    assert again == replace(first, repeated=True)
    assert redemptions.reserve(replace(asked, digest=OTHER)).code == "key_reused"
    assert redemptions.confirm("r-k1", "k1", NOW) == Outcome("key_reused", "r-k1", "reserved")

    confirmed = redemptions.confirm("r-k1", "k2", NOW)
    assert redemptions.confirm("r-k1", "k2", NOW + HALF_HOUR) == replace(confirmed, repeated=True)
    assert redemptions.confirm("r-k1", "k3", NOW) == replace(confirmed, repeated=True)
    assert redemptions.reserve(asked) == replace(first, repeated=True, state="confirmed")
    assert redemptions.reserve(wanted("k2", uses(9))).code == "key_reused"

    back = redemptions.give_back("r-k1", "k4", NOW, DIGEST, {"spring/uses": 1})
    assert redemptions.give_back("r-k1", "k4", NOW, DIGEST, {"spring/uses": 1}) == replace(back, repeated=True)
    assert redemptions.give_back("r-k1", "k4", NOW, OTHER, {}).code == "key_reused"

    rolled = redemptions.roll_back("r-k1", "k5", NOW, "cancelled")
    assert redemptions.roll_back("r-k1", "k5", NOW, "cancelled") == replace(rolled, repeated=True)
    assert redemptions.roll_back("r-k1", "k6", NOW).repeated
    assert rows(ledger) == {"meter": 1, "redemption": 1, "redemption_step": 4, "entry": 2}
    assert balanced(ledger)


@pytest.mark.parametrize("verb", ["confirm", "roll_back", "give_back"])
def test_a_key_belongs_to_one_redemption(redemptions: Redemptions, verb: str) -> None:
    for key in ("k1", "k2"):
        assert redemptions.reserve(wanted(key)).done
        assert redemptions.confirm(f"r-{key}", f"c-{key}", NOW).done
    further: tuple[Any, ...] = (DIGEST, {}) if verb == "give_back" else ()
    assert getattr(redemptions, verb)("r-k1", "k9", NOW, *further).done
    taken = "c-k1" if verb == "confirm" else "k9"
    # A digest of the caller's may be the same; the redemption must be, too.
    further = (OTHER, {}) if verb == "give_back" else ()
    assert getattr(redemptions, verb)("r-k2", taken, NOW, *further).code == "key_reused"


def test_what_is_not_there_or_not_so_far_says_so(redemptions: Redemptions) -> None:
    for outcome in (
        redemptions.confirm("r", "k", NOW),
        redemptions.roll_back("r", "k", NOW),
        redemptions.give_back("r", "k", NOW, DIGEST, {}),
    ):
        assert outcome == Outcome("unknown_redemption", "r", "")
    assert redemptions.reserve(wanted("k1", uses())).done
    assert redemptions.give_back("r-k1", "k", NOW, DIGEST, {}) == Outcome("not_confirmed", "r-k1", "reserved")
    assert redemptions.roll_back("r-k1", "k2", NOW).done
    assert redemptions.confirm("r-k1", "k", NOW) == Outcome("not_reserved", "r-k1", "rolled_back")
    assert redemptions.give_back("r-k1", "k", NOW, DIGEST, {}).code == "not_confirmed"


def test_no_more_comes_back_than_was_taken(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", money(None, 100))).done
    assert redemptions.reserve(wanted("k2", money(None, 100))).done
    assert redemptions.confirm("r-k1", "c1", NOW).done
    meter = "spring/budget/2026-11"
    assert redemptions.give_back("r-k1", "b1", NOW, DIGEST, {meter: 70, "other": 0}).done
    before = rows(ledger)
    for amounts, name, rest in (({meter: 31}, meter, 30), ({meter: 1, "other": 1}, "other", 0)):
        outcome = redemptions.give_back("r-k1", "b2", NOW, DIGEST, amounts)
        assert outcome == Outcome("more_than_taken", "r-k1", "confirmed", meter_id=name, rest=rest)
    assert rows(ledger) == before
    assert redemptions.give_back("r-k1", "b2", NOW, DIGEST, {meter: 30}).done
    (stands,) = redemptions.meters("spring")
    assert (stands.taken, stands.given_back) == (200, 100)
    found = redemptions.find("r-k1")
    assert found is not None
    assert found.held == {}
    assert balanced(ledger)


def test_what_ran_out_is_swept_and_its_uses_are_free(ledger: Ledger, redemptions: Redemptions) -> None:
    for number in range(3):
        at = NOW + timedelta(minutes=number)
        asked = wanted(f"k{number}", uses(3), money(300, 100), at=at, expires_at=at + HALF_HOUR)
        assert redemptions.reserve(asked).done
    assert redemptions.reserve(wanted("for ever", expires_at=None)).done
    assert redemptions.confirm("r-k0", "c0", NOW).done
    assert not redemptions.overdue(NOW + HALF_HOUR - timedelta(seconds=1))
    assert redemptions.overdue(NOW + HALF_HOUR + timedelta(minutes=1))
    assert redemptions.sweep(NOW + HALF_HOUR) == 0
    assert redemptions.sweep(NOW + HALF_HOUR + timedelta(minutes=1)) == 1  # half open: gone at its last moment
    assert redemptions.sweep(NOW + timedelta(days=9), limit=1) == 1
    assert redemptions.sweep(NOW + timedelta(days=9)) == 0
    assert used(redemptions) == {"spring/uses": 1, "spring/budget/2026-11": 100}
    assert [(step.step, step.amounts) for step in redemptions.steps("r-k2")][1:] == [
        ("expire", {"spring/uses": -1, "spring/budget/2026-11": -100})
    ]
    assert balanced(ledger)


def test_a_reservation_whose_time_is_over_holds_until_it_is_swept(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses(1))).done
    assert redemptions.reserve(wanted("k2", uses(1), at=NOW + 3 * HALF_HOUR, expires_at=None)).code == "refused_limit"
    assert redemptions.confirm("r-k1", "c1", NOW + 3 * HALF_HOUR) == Outcome("confirmed", "r-k1", "confirmed")
    assert redemptions.sweep(NOW + 3 * HALF_HOUR) == 0
    assert balanced(ledger)


def test_a_late_payment_keeps_its_promise_while_there_is_enough(ledger: Ledger, redemptions: Redemptions) -> None:
    for key in ("k1", "k2"):
        assert redemptions.reserve(wanted(key, uses(2), money(200, 100))).done
    late = NOW + 2 * HALF_HOUR
    assert redemptions.sweep(late) == 2
    assert redemptions.confirm("r-k1", "c1", late) == Outcome("confirmed", "r-k1", "confirmed", facts={"retaken": True})
    assert redemptions.confirm("r-k1", "c1", late).repeated
    # Somebody else took what was left.
    assert redemptions.reserve(wanted("k3", uses(2), at=late, expires_at=None)).done
    before = rows(ledger)
    outcome = redemptions.confirm("r-k2", "c2", late)
    assert outcome == Outcome("reservation_expired", "r-k2", "expired", meter_id="spring/uses", rest=0)
    assert rows(ledger) == before
    assert used(redemptions) == {"spring/uses": 2, "spring/budget/2026-11": 100}
    assert redemptions.roll_back("r-k3", "b3", late).done
    assert redemptions.confirm("r-k2", "c2", late).facts == {"retaken": True}
    assert [step.step for step in redemptions.steps("r-k2")] == ["reserve", "expire", "retake", "confirm"]
    assert redemptions.roll_back("r-k2", "b2", late).done
    assert used(redemptions) == {"spring/uses": 1, "spring/budget/2026-11": 100}
    assert balanced(ledger)


def test_what_was_swept_and_then_rolled_back_is_over(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses())).done
    assert redemptions.sweep(NOW + HALF_HOUR) == 1
    outcome = redemptions.roll_back("r-k1", "b1", NOW + HALF_HOUR, "declined")
    assert (outcome.code, outcome.facts) == ("rolled_back", {"reason": "declined", "from": "expired"})
    assert redemptions.confirm("r-k1", "c1", NOW + HALF_HOUR).code == "not_reserved"
    assert used(redemptions) == {"spring/uses": 0}
    assert balanced(ledger)


def test_every_code_must_be_live(ledger: Ledger, redemptions: Redemptions) -> None:
    for code, state in (("GOOD", "live"), ("BAD", "void")):
        issue(ledger, code, state)
    for codes, void in ((("GOOD", "BAD"), "BAD"), (("NONE",), "NONE")):
        outcome = redemptions.reserve(wanted("k1", uses(), vouchers=codes))
        assert outcome == Outcome("voucher_void", "", "", facts={"code_key": void})
    assert rows(ledger)["redemption"] == 0
    assert redemptions.reserve(wanted("k1", uses(), vouchers=("GOOD",))).facts == {"vouchers": ["GOOD"]}
    # What was promised while the code was live is kept.
    issue(ledger, "GOOD", "void")
    assert redemptions.sweep(NOW + HALF_HOUR) == 1
    assert redemptions.confirm("r-k1", "c1", NOW + HALF_HOUR).done


def test_an_order_may_have_several(redemptions: Redemptions) -> None:
    for number, key in enumerate(("later", "sooner")):
        at = NOW - timedelta(days=number)
        asked = wanted(key, uses(), order_id="o", customer_id=key, at=at, expires_at=None)
        assert redemptions.reserve(asked).done
    assert [found.redemption_id for found in redemptions.by_order("o")] == ["r-sooner", "r-later"]
    assert [found.held for found in redemptions.by_order("o")] == [{"spring/uses": 1}] * 2


REFUSED: Mapping[str, tuple[Reservation, str]] = {
    "no key": (wanted(""), "key"),
    "a long key": (wanted("k" * 256), "key"),
    "a key of the ledger's": (wanted("~expire:r"), "key"),
    "an unprintable name": (wanted("k", redemption_id="r\0"), "redemption_id"),
    "an unprintable order": (wanted("k", order_id="\ud800"), "order_id"),
    "no digest": (wanted("k", digest="abc"), "digest"),
    "a zone": (wanted("k", at=datetime.fromisoformat("2026-11-22T12:00+08:00")), "at"),
    "an end before the start": (wanted("k", expires_at=NOW), "expires_at"),
    "a meter twice": (wanted("k", uses(), uses()), "claims"),
    "nothing claimed": (wanted("k", uses(2, 0)), "amount"),
    "less than nothing": (wanted("k", uses(2, -1)), "amount"),
    "more than a number": (wanted("k", uses(None, 2**53)), "amount"),
    "a fraction": (wanted("k", uses(2, 1.5)), "amount"),  # type: ignore[arg-type]
    "a negative cap": (wanted("k", uses(-1)), "cap"),
    "an unknown unit": (wanted("k", uses(unit="points")), "unit"),
}


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_a_fault_that_names_it(ledger: Ledger, redemptions: Redemptions, case: str) -> None:
    asked, field = REFUSED[case]
    with pytest.raises(InputError, match=field):
        redemptions.reserve(asked)
    assert set(rows(ledger).values()) == {0}


def test_a_name_that_is_taken_is_a_fault(ledger: Ledger, redemptions: Redemptions) -> None:
    assert redemptions.reserve(wanted("k1", uses())).done
    with pytest.raises(InputError, match="is taken"):
        redemptions.reserve(wanted("k2", uses(), redemption_id="r-k1"))
    for call in (
        lambda: redemptions.give_back("r-k1", "k", NOW, DIGEST, {"spring/uses": -1}),
        lambda: redemptions.sweep(NOW, limit=0),
        lambda: redemptions.confirm("r-k1", "~k", NOW),
    ):
        with pytest.raises(InputError):
            call()
    assert balanced(ledger)


def test_a_campaign_that_changed_since_it_was_priced_is_refused_and_nothing_written(
    ledger: Ledger, redemptions: Redemptions
) -> None:
    campaigns = Campaigns(ledger)
    assert campaigns.create("spring", {}, name="spring", state="live", author="ann", at=NOW).done
    asked = wanted("k1", uses(), campaigns={"spring": 1}, giving=frozenset(("live", "scheduled")))
    for stale in ({"spring": 2}, {"spring": 1, "autumn": 1}):
        outcome = redemptions.reserve(replace(asked, campaigns=stale))
        assert (outcome.code, outcome.done) == ("campaign_changed", False)
        assert outcome.facts["campaign_id"] in stale
    assert campaigns.move("spring", Change("pause", "live", 1, "paused", "ann", NOW)).done
    assert redemptions.reserve(asked).code == "campaign_changed"
    assert set(rows(ledger).values()) == {0}
    assert campaigns.move("spring", Change("resume", "paused", 1, "live", "ann", NOW)).done
    assert redemptions.reserve(asked).done
    assert campaigns.move("spring", Change("pause", "live", 1, "paused", "ann", NOW)).done
    assert redemptions.reserve(asked).repeated, "a promise that was made stands"
    assert redemptions.confirm("r-k1", "c1", NOW).done
