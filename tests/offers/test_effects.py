"""What the effects of a pricing say, and to whom."""

from __future__ import annotations

import json

import pytest
from tests.offers.strategies import condition, offer

from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context
from offersmith.offers.effects import GENERIC, Effects, Pieces
from offersmith.offers.promotion import Promotion
from offersmith.offers.stacking import evaluate


def test_pieces_lines_units_and_promotions_are_the_same_money() -> None:
    basket = Basket((Line("a", 3, 1000), Line("b", 1, 333)), "USD")
    one_free = Promotion(offer("percent_off", "one", percent=100, on="unit", max_pieces=2), priority=1)
    effects = evaluate(basket, [one_free, Promotion(offer("amount_off", "five", amount="5.00"))])
    # The cheapest two are b and a piece of a; the two others bear the 5.00.
    assert effects.lines == (1500, 333)
    assert effects.units == (((2, 250), (1, 1000)), ((1, 333),))
    assert effects.pieces == (
        Pieces(0, 2, 500, (("five", 500),)),
        Pieces(0, 1, 1000, (("one", 1000),)),
        Pieces(1, 1, 333, (("one", 333),)),
    )
    assert {one.promotion_id: (one.off, one.lines) for one in effects.applied} == {
        "one": (1333, (1000, 333)), "five": (500, (500, 0)),
    }  # fmt: skip


def test_a_gift_is_a_line_of_its_own_and_free() -> None:
    gift = Promotion(offer("gift", "mug", sku="mug", quantity=2, value="4.00"))
    effects = evaluate(Basket((Line("a", 1, 1000),), "USD"), [gift])
    added = effects.basket.lines[-1]
    assert (added.product_id, added.quantity, added.unit_price, added.gift_of) == ("mug", 2, 400, "mug")
    assert (effects.subtotal, effects.off, effects.total) == (1800, 800, 1000)
    without = evaluate(effects.basket, [])
    assert without.basket.lines == (Line("a", 1, 1000),)
    assert without.subtotal == 1000


@pytest.mark.parametrize(("gross", "with_tax"), [(True, 1490), (False, 1099 + 218 + 440)])
def test_tax_is_rounded_line_by_line(gross: bool, with_tax: int) -> None:
    lines = (Line("a", 2, 499, tax_ppm=200_000), Line("b", 1, 222, tax_ppm=70_000))
    basket = Basket(lines, "USD", (Shipping("post", 370, 190_000),), gross)
    effects = evaluate(basket, [Promotion(offer("amount_off", amount="1.00"))])
    assert effects.lines == (82, 18)
    assert effects.total == 1490
    # Net: 916 x 1.20 = 1099.2, 204 x 1.07 = 218.28, 370 x 1.19 = 440.3.
    assert effects.total_with_tax == with_tax


def priced() -> Effects:
    far = (condition("spend", min="50.00"),)
    return evaluate(
        Basket((Line("a", 1, 1000),), "USD"),
        [
            Promotion(offer("percent_off", "auto", percent=10, min_spend="99.00")),
            Promotion(offer("percent_off", "mine", percent=10), conditions=far, needs_code=True),
            Promotion(offer("percent_off", "theirs", percent=10), conditions=far, needs_code=True),
            Promotion(offer("percent_off", "unsaid", percent=10), needs_code=True),
            Promotion(
                offer("spend_save", "tier", tiers=[{"from": "1.00", "amount": "1.00"}, {"from": "20", "amount": "5"}]),
                needs_code=True,
            ),
        ],
        Context(unlocked={"mine": "A", "theirs": "B", "tier": "C"}),
    )


def test_staff_learn_everything_owners_of_their_codes_strangers_only_whether_one_applied() -> None:
    effects = priced()
    codes = {
        who: {one.promotion_id: one.code for one in effects.answers_for(who, frozenset({"mine"}))}
        for who in ("staff", "owner", "public")
    }
    assert codes["staff"] == {
        "auto": "below_min_spend", "mine": "below_min_spend", "theirs": "below_min_spend", "unsaid": "code_needed",
        "tier": "applied",
    }  # fmt: skip
    assert codes["owner"] == codes["staff"] | {"theirs": GENERIC, "unsaid": GENERIC}
    assert codes["public"] == codes["owner"] | {"mine": GENERIC}
    public = {one.promotion_id: one for one in effects.answers_for("public")}
    assert public["auto"].hint == {"spend_more": 8900}
    for name in ("mine", "theirs", "unsaid", "tier"):
        assert (public[name].condition, public[name].facts, public[name].hint) == (None, {}, {})
    assert public["tier"].off == 100
    staff = {one.promotion_id: one for one in effects.answers}
    assert staff["tier"].hint == {"spend_more": 1000, "then_off": 500}
    assert staff["mine"].condition == 0


def test_effects_as_plain_values_say_the_same() -> None:
    effects = priced()
    plain = json.loads(json.dumps(effects.as_dict()))
    assert (plain["total"], plain["off"], plain["currency"]) == (900, 100, "USD")
    assert plain["lines"] == [
        {
            "line": "a", "product_id": "a", "quantity": 1, "unit_price": 1000, "off": 100, "gift_of": "",
            "units": [[1, 100]],
        }
    ]  # fmt: skip
    assert plain["pieces"] == [{"line": 0, "quantity": 1, "off": 100, "by": {"tier": 100}}]
    assert [one["promotion_id"] for one in plain["answers"]] == ["auto", "mine", "theirs", "tier", "unsaid"]


def test_what_one_promotion_takes_twice_from_the_same_pieces_is_one_sum() -> None:
    """Two parts of one offer on the same pieces: a return pays back both."""
    parts = [{"kind": "amount_off", "terms": {"amount": one, "on": "unit"}} for one in ("1.00", "0.50")]
    effects = evaluate(Basket((Line("a", 2, 1000),), "USD"), [Promotion(offer("several", "both", parts=parts))])
    assert [one.by for one in effects.pieces] == [(("both", 300),)]
