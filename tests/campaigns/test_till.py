"""The till: promised once, counted once, given back whole; others may be faster, keys may come again."""

import json
from datetime import timedelta

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

from offersmith.campaigns.codes import mint
from offersmith.errors import InputError
from offersmith.store.redemptions import Outcome, Redemptions, Reservation


def offs(desk: Shopkeeper, *orders, at=AT) -> list[int]:
    """Reserve one order after the other; return what came off each."""
    found = []
    for number, order in enumerate(orders):
        promise = desk.till.reserve(order, f"k{number}", at)
        assert promise.outcome.done
        found.append(promise.facts["off"])
    return found


def why(desk: Shopkeeper, order, name: str = "c/five") -> str:
    answers = {one.promotion_id: one.code for one in desk.till.quote(order, AT).effects.answers}
    return answers[name]


def used(desk: Shopkeeper, campaign_id: str = "c") -> dict[str, int]:
    assert desk.books().balanced
    return {one.name: one.used for one in desk.totals(campaign_id)}


def test_reserve_confirm_and_the_same_keys_again(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 10}], budgets=[{"name": "b", "amount": "50.00"}])
    order = desk.order()
    first = desk.till.reserve(order, "k", AT)
    again = desk.till.reserve(order, "k", AT + timedelta(minutes=1))
    assert (first.outcome.repeated, again.outcome.repeated) == (False, True)
    assert json.loads(json.dumps(first.as_dict()["effects"])) == again.as_dict()["effects"]
    assert used(desk) == {"n": 1, "b": 500}
    name = first.outcome.redemption_id
    assert desk.till.confirm(name, "p", AT).code == "confirmed"
    assert desk.till.confirm(name, "p", AT).repeated
    assert desk.till.reserve(desk.order(price="60.00"), "k", AT).outcome.code == "key_reused"
    assert used(desk) == {"n": 1, "b": 500}


def test_the_same_key_after_the_last_use_was_its_own_is_the_same_answer(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 1}])
    order = desk.order()
    assert desk.till.reserve(order, "k", AT).facts["off"] == 500
    again = desk.till.reserve(order, "k", AT)
    assert (again.outcome.repeated, again.facts["off"]) == (True, 500)


def test_roll_back_gives_everything_back(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 1}], budgets=[{"name": "b", "amount": "5.00"}])
    name = desk.till.reserve(desk.order(), "k", AT).outcome.redemption_id
    assert why(desk, desk.order()) == "limit_reached"
    assert desk.till.roll_back(name, "r", AT, "declined").code == "rolled_back"
    assert used(desk) == {"n": 0, "b": 0}
    assert desk.till.confirm(name, "p", AT).code == "not_reserved"
    assert desk.till.quote(desk.order(), AT).effects.off == 500


def test_a_customer_s_own_limit(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "once", "count": 1, "per": "customer"}])
    ann, bob, nobody = desk.order(customer="ann"), desk.order(customer="bob"), desk.order()
    assert offs(desk, ann, ann, bob, nobody) == [500, 0, 500, 0]
    assert why(desk, ann) == "limit_reached"
    assert why(desk, nobody) == "customer_needed"


def test_a_device_s_own_limit_and_what_is_kept_of_it(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "once", "count": 1, "per": "device"}])
    one, other = "phone-of-ann", "phone-of-bob"
    assert offs(desk, desk.order(customer="a", device=one), desk.order(customer="b", device=one)) == [500, 0]
    promise = desk.till.reserve(desk.order(customer="a", device=other), "k9", AT)
    assert promise.facts["off"] == 500
    assert why(desk, desk.order(customer="a")) == "identifier_needed"
    kept = [*desk.till.redemptions.meters("c"), desk.till.redemptions.find(promise.outcome.redemption_id)]
    assert not any("phone" in repr(row) for row in kept)


def test_a_limit_starts_again_with_the_day(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "daily", "count": 1, "period": "day"}])
    assert offs(desk, desk.order(), desk.order()) == [500, 0]
    assert desk.till.reserve(desk.order(), "next", AT + timedelta(days=1)).facts["off"] == 500


@pytest.mark.parametrize(("rule", "taken"), [("refuse", [800, 800, 400]), ("clamp", [800, 800, 400])])
def test_two_promotions_share_a_budget(desk: Shopkeeper, rule: str, taken: list[int]) -> None:
    desk.live(amount("three", "3.00"), amount("five", "5.00"), budgets=[{"name": "b", "amount": "20.00", "rule": rule}])
    found = offs(desk, *[desk.order()] * 4)
    assert found[:2] == [800, 800]
    # 4.00 are left: refused, only the three fit; clamped, the rest is used up.
    assert found[2:] == ([300, 0] if rule == "refuse" else [400, 0])
    assert used(desk)["b"] == sum(found) <= 2000


def test_a_promotion_without_effect_consumes_nothing(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00", min_spend="100.00"), limits=[{"name": "n", "count": 1}])
    assert offs(desk, desk.order()) == [0]
    assert used(desk) == {}


def test_a_personal_code_is_for_its_owner_alone(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.issue("c", "ten", "b", at=AT, customers=["ann"])
    [(mine, _)] = desk.wallet("ann", AT)
    quote = desk.till.quote(desk.order(mine.code, customer="ann"), AT)
    assert quote.effects.off == 500
    stolen = desk.till.quote(desk.order(mine.code, customer="bob"), AT)
    assert stolen.effects.off == 0
    assert stolen.as_dict()["rejected_codes"] == {mine.code: "code_not_yours"}
    made_up = mint(1)[0][1]
    guessed = desk.till.quote(desk.order(made_up, customer="bob"), AT)
    for audience in ("owner", "public"):
        told, guess = stolen.as_dict(audience), guessed.as_dict(audience)
        assert told["rejected_codes"] == {mine.code: "not_applicable"}
        assert guess["rejected_codes"] == {made_up: "not_applicable"}
        assert told["answers"] == guess["answers"]
        said = (
            stolen.text("en", audience).replace(mine.code, "CODE"),
            guessed.text("en", audience).replace(made_up, "CODE"),
        )
        assert said[0] == said[1], "nobody learns that the code exists"


def test_the_owner_of_a_used_code_learns_why(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.issue("c", "ten", "b", at=AT, customers=["ann"])
    [(mine, _)] = desk.wallet("ann", AT)
    order = desk.order(mine.code, customer="ann")
    assert offs(desk, order) == [500]
    quote = desk.till.quote(order, AT)
    assert quote.as_dict("owner")["rejected_codes"] == {mine.code: "code_used_up"}
    assert quote.as_dict("public")["rejected_codes"] == {mine.code: "not_applicable"}
    assert desk.wallet("ann", AT)[0][1] == "code_used_up"


def test_two_codes_of_one_promotion_are_one_use(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.share("c", "ten", "ONE", at=AT, uses=1)
    desk.share("c", "ten", "TWO", at=AT, uses=1)
    promise = desk.till.reserve(desk.order("ONE", "TWO"), "k", AT)
    assert promise.facts["off"] == 500
    assert promise.as_dict()["rejected_codes"] == {"TWO": "not_combinable"}
    assert desk.till.quote(desk.order("TWO"), AT).effects.off == 500


def test_a_paused_campaign_gives_nothing_and_its_promises_stand(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"))
    name = desk.till.reserve(desk.order(), "k", AT).outcome.redemption_id
    assert desk.move("c", "pause", actor="ann", at=AT).done
    assert desk.till.quote(desk.order(), AT).effects.off == 0
    assert desk.till.confirm(name, "p", AT).code == "confirmed"
    back = desk.till.take_back(name, {"1": 1}, "b", AT)
    assert back.refund == 4500


class Meanwhile(Redemptions):
    """Redemptions where somebody else is faster, once: between our quote and our reservation."""

    def __init__(self, ledger, others) -> None:
        super().__init__(ledger)
        self._others = [others]

    def reserve(self, reservation: Reservation) -> Outcome:
        while self._others:
            self._others.pop()()
        return super().reserve(reservation)


def overtaken(desk: Shopkeeper, others) -> None:
    desk.till.redemptions = Meanwhile(desk._ledger, others)


def test_somebody_else_takes_the_last_use(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), percent("ten", 10), limits=[{"name": "n", "count": 1, "promotion": "five"}])
    overtaken(desk, lambda: desk.till.reserve(desk.order(), "other", AT))
    late = desk.till.reserve(desk.order(), "mine", AT)
    assert (late.outcome.code, late.facts["off"]) == ("reserved", 500), "ten percent without the five"
    assert [one["promotion_id"] for one in late.facts["applied"]] == ["c/ten"]
    assert used(desk)["n"] == 1


@pytest.mark.parametrize(("rule", "off"), [("refuse", 0), ("clamp", 200)])
def test_somebody_else_takes_from_the_budget(desk: Shopkeeper, rule: str, off: int) -> None:
    desk.live(amount("five", "5.00"), budgets=[{"name": "b", "amount": "7.00", "rule": rule}])
    overtaken(desk, lambda: desk.till.reserve(desk.order(), "other", AT))
    assert desk.till.reserve(desk.order(), "mine", AT).facts["off"] == off
    assert used(desk)["b"] == 500 + off


def test_somebody_else_uses_the_code(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.share("c", "ten", "ONCE", at=AT, uses=1)
    overtaken(desk, lambda: desk.till.reserve(desk.order("ONCE"), "other", AT))
    late = desk.till.reserve(desk.order("ONCE"), "mine", AT)
    assert (late.outcome.code, late.facts["off"]) == ("reserved", 0)
    assert late.as_dict()["rejected_codes"] == {"ONCE": "code_used_up"}


def test_the_code_is_taken_back_meanwhile(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.share("c", "ten", "GONE", at=AT)
    overtaken(desk, lambda: desk.vouchers.void("GONE"))
    late = desk.till.reserve(desk.order("GONE"), "mine", AT)
    assert (late.outcome.code, late.facts["off"]) == ("reserved", 0)
    assert late.as_dict()["rejected_codes"] == {"GONE": "code_void"}


def test_swept_and_paid_late_where_there_is_some_left_and_where_there_is_none(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 1}], reserve_minutes=10)
    name = desk.till.reserve(desk.order(), "k", AT).outcome.redemption_id
    assert desk.till.sweep(AT + timedelta(minutes=9)) == 0
    assert desk.till.sweep(AT + timedelta(minutes=10)) == 1
    assert used(desk) == {"n": 0}
    other = desk.till.reserve(desk.order(), "other", AT + timedelta(minutes=11)).outcome.redemption_id
    assert desk.till.confirm(name, "late", AT + timedelta(minutes=12)).code == "reservation_expired"
    assert desk.till.roll_back(other, "r", AT + timedelta(minutes=13)).done
    late = desk.till.confirm(name, "late", AT + timedelta(minutes=14))
    assert (late.code, late.facts) == ("confirmed", {"retaken": True})
    assert used(desk) == {"n": 1}


def test_what_is_held_too_long_is_free_for_the_next_order_though_nobody_swept(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10, needs_code=True), limits=[{"name": "n", "count": 1}], reserve_minutes=10)
    desk.share("c", "ten", "ONCE", at=AT, uses=1)
    first = desk.till.reserve(desk.order("ONCE"), "k", AT).outcome.redemption_id
    assert desk.till.reserve(desk.order("ONCE"), "early", AT + timedelta(minutes=9)).facts["off"] == 0
    assert desk.till.quote(desk.order("ONCE"), AT + timedelta(minutes=10)).effects.off == 0, "a quote changes nothing"
    next_one = desk.till.reserve(desk.order("ONCE"), "next", AT + timedelta(minutes=10))
    assert next_one.facts["off"] == 500
    assert used(desk) == {"n": 1, "voucher": 1}
    assert desk.till.confirm(first, "late", AT + timedelta(minutes=11)).code == "reservation_expired"
    paid_later = AT + timedelta(minutes=20)
    assert desk.till.confirm(first, "late", paid_later).code == "confirmed", "the other one is overdue by now"
    assert desk.till.confirm(next_one.outcome.redemption_id, "p", paid_later).code == "reservation_expired"


def test_a_backlog_of_overdue_reservations_is_worked_off_in_pieces(
    desk: Shopkeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.live(amount("five", "5.00"), limits=[{"name": "n", "count": 3}], reserve_minutes=10)
    monkeypatch.setattr("offersmith.campaigns.redeem.SWEPT", 2)
    assert offs(desk, *[desk.order()] * 3) == [500, 500, 500]
    after = AT + timedelta(minutes=10)
    assert desk.till.reserve(desk.order(), "a", after).facts["off"] == 500
    assert used(desk) == {"n": 2}
    assert desk.till.reserve(desk.order(), "b", after).facts["off"] == 500
    assert used(desk) == {"n": 2}


def test_two_campaigns_may_call_their_promotions_the_same(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), campaign_id="a", limits=[{"name": "n", "count": 1}])
    desk.live(amount("five", "5.00"), campaign_id="b", limits=[{"name": "n", "count": 2}])
    assert offs(desk, *[desk.order()] * 3) == [1000, 500, 0]
    assert used(desk, "a") == {"n": 1}
    assert used(desk, "b") == {"n": 2}


def test_nobody_chooses_their_own_time(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00"), ends="2026-06-09T00:00")
    order = desk.till.order({"moment": "2026-06-01T12:00", "lines": [], "codes": []})
    assert desk.till.quote(order, AT).effects.off == 0
    with pytest.raises(InputError, match="lines"):
        desk.till.order({"lines": None})


def test_fifty_codes_are_one_look_and_one_more_is_a_fault(desk: Shopkeeper, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.live(percent("ten", 10, needs_code=True))
    desk.share("c", "ten", "ONE", at=AT, uses=1)
    desk.share("c", "ten", "LAST", at=AT, uses=1)
    looks = []
    transaction = desk._ledger.transaction
    monkeypatch.setattr(desk._ledger, "transaction", lambda: looks.append(1) or transaction())

    def looked(*codes: str) -> int:
        looks.clear()
        assert desk.till.quote(desk.order(*codes), AT).effects.off == 500
        return len(looks)

    made_up = [f"SZ{number}" for number in range(49)]
    assert looked("ONE") == looked("ONE", *made_up) == looked("LAST", "ONE", *made_up[:48])
    with pytest.raises(InputError, match="51 codes are not allowed; allowed: up to 50"):
        desk.order("ONE", "LAST", *made_up)


@pytest.mark.parametrize("again", [False, True])
def test_a_promise_tells_no_more_than_a_quote(desk: Shopkeeper, again: bool) -> None:
    far = {"conditions": [{"kind": "spend", "min": "900.00"}]}
    desk.live(percent("ten", 10, needs_code=True, **far), percent("own", 5, needs_code=True, **far), amount("all", "1"))
    desk.share("c", "ten", "OPEN", at=AT)
    desk.issue("c", "own", "b", at=AT, customers=["ann"])
    [(mine, _)] = desk.wallet("ann", AT)
    order = desk.order("OPEN", mine.code, "NONE", customer="ann")
    promise = desk.till.reserve(order, "k", AT)
    if again:
        promise = desk.till.reserve(order, "k", AT)
    quote = desk.till.quote(order, AT)
    for audience in ("staff", "owner", "public"):
        told = promise.as_dict(audience)
        assert told["effects"]["answers"] == quote.as_dict(audience)["answers"]
        if not again:
            assert told["rejected_codes"] == quote.as_dict(audience)["rejected_codes"]
            assert quote.text("en", audience) in promise.text("en", audience)
    codes = [{one["code"] for one in promise.as_dict(who)["effects"]["answers"]} for who in ("owner", "public")]
    assert len(codes[0]) == 3, "she reads why her own code does not count, and of the other one only that"
    assert codes[1] == {"applied", "not_applicable"}
