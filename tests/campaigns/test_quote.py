"""A quote in words: what is to pay, why what does not apply does not, in two languages and for three readers."""

import pytest
from tests.campaigns.conftest import AT, Shopkeeper, amount, percent

from offersmith.campaigns.priced import price


def test_every_promotion_answers(desk: Shopkeeper) -> None:
    desk.live(percent("ten", 10), amount("five", "5.00", min_spend="80.00"), percent("coded", 50, needs_code=True))
    quote = desk.till.quote(desk.order(), AT)
    assert {one.promotion_id: one.code for one in quote.effects.answers} == {
        "c/ten": "applied", "c/five": "below_min_spend", "c/coded": "code_needed",
    }  # fmt: skip
    said = quote.text()
    assert "1 × cup (1): 50.00 EUR" in said
    assert "to pay: 45.00 EUR (5.00 EUR off the goods)" in said
    assert "30.00 EUR" in said, "what is missing to the five"
    assert "应付：45.00 EUR" in quote.text("zh")


def test_moments_are_told_by_the_shop_s_wall_clock(desk: Shopkeeper) -> None:
    berlin = Shopkeeper(desk._ledger, currency="EUR", zone="Europe/Berlin")
    berlin.live(percent("ten", 10, starts="2026-06-11T08:00"), zone="Europe/Berlin")
    assert "2026-06-11 08:00 (Europe/Berlin)" in berlin.till.quote(berlin.order(), AT).text()


def test_a_gift_and_a_delivery_are_lines(desk: Shopkeeper) -> None:
    desk.live(
        {"promotion_id": "mug", "kind": "gift", "terms": {"sku": "mug", "value": "8.00"}},
        {"promotion_id": "post", "kind": "shipping_off", "terms": {"percent": 100}},
    )
    order = desk.till.order(
        {
            "lines": [{"product_id": "cup", "quantity": 1, "unit_price": "9.00"}],
            "shipping": [{"shipping_id": "post", "amount": "4.90"}],
        }
    )
    quote = desk.till.quote(order, AT)
    assert quote.effects.total == 900
    assert "a gift (worth 8.00 EUR)" in quote.text()
    assert "delivery post: 4.90 EUR, 4.90 EUR off" in quote.text()
    assert "赠品" in quote.text("zh")


@pytest.mark.parametrize("audience", ["staff", "owner", "public"])
def test_an_automatic_promotion_is_no_secret(desk: Shopkeeper, audience) -> None:
    desk.live(amount("five", "5.00", min_spend="80.00"))
    assert "30.00 EUR" in desk.till.quote(desk.order(), AT).text("en", audience)


def test_terms_behind_a_code_are_for_staff(desk: Shopkeeper) -> None:
    desk.live(amount("five", "5.00", min_spend="80.00", needs_code=True))
    desk.share("c", "five", "FIVE", at=AT)
    quote = desk.till.quote(desk.order("FIVE"), AT)
    assert "80.00" in quote.text("en", "staff")
    assert "80.00" not in quote.text("en", "public")
    assert "80.00" not in str(quote.as_dict("public")["answers"])


def test_a_basket_priced_with_a_file_says_the_same_as_the_till(desk: Shopkeeper) -> None:
    promotions = [percent("ten", 10), amount("five", "5.00")]
    desk.live(*promotions)
    basket = {"currency": "EUR", "lines": [{"product_id": "cup", "quantity": 3, "unit_price": "33.33"}]}
    priced = price(basket, promotions, AT, AT)
    assert priced.effects.total == desk.till.quote(desk.till.order(basket), AT).effects.total
    assert priced.as_dict()["at"] == AT.isoformat()
    assert "应付" in priced.text("zh")
