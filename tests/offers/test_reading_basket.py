import copy
import json
import math
from datetime import datetime

import pytest

from offersmith.errors import InputError, SettingsError
from offersmith.offers.basket import Basket, Line, Shipping
from offersmith.offers.context import Context, Customer
from offersmith.offers.reading import basket, codes, context

WHOLE = {
    "currency": "USD", "prices_include_tax": False, "tax_rate": "0.20",
    "lines": [
        {"line_id": "1", "product_id": "tea", "quantity": 2, "unit_price": "19.99", "category": "drinks",
         "brand": "north", "tags": ["sale", "new"], "attributes": {"size": "small", "grams": 50}, "cost": "11.00",
         "floor": "12", "tax_rate": "0.055"},
        {"sku": "cup", "qty": 1, "unit_price": 9.5},
    ],
    "shipping": [{"shipping_id": "post", "amount": "4.90", "tax_rate": 0}, {"id": "bike", "amount": "0"}],
    "customer": {"customer_id": "c-1", "segments": ["loyal", "new"], "level": "gold", "orders": 3, "points": 500},
    "codes": ["SUMMER", "tea", "SUMMER"], "facts": {"channel": "web", "store": 7}, "moment": "2026-06-19T18:00",
    "spend_points": 200,
}  # fmt: skip
LEAST = {"currency": "USD", "lines": [{"product_id": "tea", "quantity": 1, "unit_price": "1.00"}]}


def with_line(**change):
    return {**LEAST, "lines": [{**LEAST["lines"][0], **change}]}


def test_a_whole_basket():
    raw = copy.deepcopy(WHOLE)
    tags = {"size": "small", "grams": "50", "tags": ("sale", "new")}
    assert basket(raw, "USD") == Basket(
        (
            Line("tea", 2, 1999, "drinks", "1", "north", tags, cost=1100, floor=1200, tax_ppm=55_000),
            Line("cup", 1, 950, tax_ppm=200_000),
        ),
        "USD",
        (Shipping("post", 490, 0), Shipping("bike", 0, 200_000)),
        prices_include_tax=False,
    )
    assert context(raw, "Asia/Shanghai") == Context(
        moment=datetime(2026, 6, 19, 10),
        zone="Asia/Shanghai",
        customer=Customer("c-1", frozenset({"loyal", "new"}), "gold", 3, 500),
        facts={"channel": "web", "store": "7"},
        spend_points=200,
    )
    assert codes(raw) == ("SUMMER", "tea")
    assert raw == WHOLE


def test_the_least_that_must_be_there():
    assert basket(LEAST) == Basket((Line("tea", 1, 100),), "USD")
    assert context(LEAST) == Context()
    assert codes(LEAST) == ()
    assert basket({"lines": []}, "JPY") == Basket((), "JPY")


def test_what_was_priced_before_can_be_priced_again():
    assert basket(with_line(gift_of="welcome")).bought == ()


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [("19.99", "USD", 1999), (19.99, "USD", 1999), (20, "USD", 2000), ("0", "USD", 0), (" 5.00 ", "USD", 500),
     ("1500", "JPY", 1500), ("1.5", "KWD", 1500), ("1.005", "KWD", 1005), (1e3, "USD", 100_000), (1e-2, "USD", 1),
     ("10000000000.00", "USD", 10**12)],
)  # fmt: skip
def test_amounts_are_exact(price, currency, minor):
    raw = {"lines": [{"product_id": "tea", "quantity": 1, "unit_price": price}]}
    assert basket(raw, currency).lines[0].unit_price == minor


@pytest.mark.parametrize(
    "price",
    ["19,99", "1,999.00", "19.999", "-1", "-0.01", "", "ten", "1e2", "NaN", "$5", "５", None, True, [], {}, math.nan,
     math.inf, 1e300, 10**400, "10000000000.01", "9" * 30],
    ids=lambda price: repr(price)[:12],
)  # fmt: skip
def test_amounts_that_are_none_are_refused(price):
    with pytest.raises(InputError, match=r"line 1 \(tea\): unit_price = "):
        basket(with_line(unit_price=price))


@pytest.mark.parametrize("quantity", [0, -1, 1.5, "2", None, True, 10**7, [1], math.nan])
def test_a_quantity_is_a_whole_number_of_at_least_one(quantity):
    with pytest.raises(InputError, match=r"line 1 \(tea\): quantity = .* allowed: a whole number from 1 to 1000000"):
        basket(with_line(quantity=quantity))


def test_a_whole_number_may_be_written_with_a_point():
    assert basket(with_line(quantity=2.0)).lines[0].quantity == 2


@pytest.mark.parametrize(
    ("rate", "ppm"), [("0.20", 200_000), (0.2, 200_000), ("0", 0), ("0.055", 55_000), ("0.000001", 1), ("1", 1_000_000)]
)
def test_tax_rates_are_exact(rate, ppm):
    assert basket(with_line(tax_rate=rate)).lines[0].tax_ppm == ppm


@pytest.mark.parametrize("rate", ["0.0000001", "-0.1", 20, "20 %", "", True, "1.000001"])
def test_tax_rates_that_are_none_are_refused(rate):
    with pytest.raises(InputError, match=r"tax_rate = .*'0.20' is 20 %"):
        basket(with_line(tax_rate=rate))
    with pytest.raises(InputError, match="basket: tax_rate"):
        basket({**LEAST, "tax_rate": rate})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"currency": "usd"}, "basket: currency = 'usd'"),
        ({"currency": 5}, "basket: currency = 5"),
        ({"currency": "EUR"}, "basket: currency = 'EUR' is not allowed; allowed: USD, the shop's currency"),
        ({"prices_include_tax": "yes"}, "prices_include_tax = 'yes'"),
        ({"lines": None}, "basket: lines = None"),
        ({"lines": {}}, "basket: lines = "),
        ({"lines": [3]}, "line 1: 3 is no object"),
        ({"lines": [{"quantity": 1, "unit_price": "1"}]}, "line 1: product_id = None|line 1: product_id = ''"),
        ({"lnies": []}, r"basket does not know lnies \(did you mean 'lines'\?\)"),
        ({"shipping": "post"}, "basket: shipping = 'post'"),
        ({"shipping": [{"amount": "-1"}]}, "shipping 1: amount = '-1'"),
        ({"shipping": [{"amount": "1", "currency": "EUR"}]}, "shipping 1: currency = 'EUR'"),
        ({"shipping": [{"id": "a", "amount": 1}, {"id": "a", "amount": 1}]}, "shipping 2: shipping_id = 'a'"),
        ({"shipping": [{"price": "1"}]}, "shipping 1 does not know price"),
    ],
)
def test_a_fault_names_the_field_the_value_and_what_is_allowed(change, said):
    with pytest.raises(InputError, match=said):
        basket({**LEAST, **change}, "USD")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"currency": "EUR"}, "currency = 'EUR' is not allowed; allowed: USD: a basket has one currency"),
        ({"qantity": 1}, r"line 1 does not know qantity \(did you mean 'quantity'\?\)"),
        ({"category": 3}, "category = 3"),
        ({"brand": ["a"]}, "brand = "),
        ({"tags": "sale"}, "tags = 'sale'"),
        ({"tags": [{}]}, "tags = "),
        ({"tags": ["a"], "attributes": {"tags": "b"}}, "either tags or attributes.tags"),
        ({"attributes": ["a"]}, "attributes = "),
        ({"attributes": {"size": {"a": 1}}}, "attributes.size = "),
        ({"attributes": {"size": [1.5]}}, "attributes.size = 1.5"),
        ({"cost": "-1"}, "cost = '-1'"),
        ({"floor": "x"}, "floor = 'x'"),
        ({"line_id": 1.5}, "line_id = 1.5"),
        ({"product_id": "a\x00b"}, "product_id"),
    ],
)
def test_a_fault_names_the_line(change, said):
    with pytest.raises(InputError, match=f"line 1.*{said}|{said}"):
        basket(with_line(**change), "USD")


def test_the_second_line_is_called_the_second():
    raw = {**LEAST, "lines": [*LEAST["lines"], {"product_id": "cup", "quantity": -1, "unit_price": "1"}]}
    with pytest.raises(InputError, match=r"line 2 \(cup\): quantity = -1"):
        basket(raw)


def test_lines_have_ids_of_their_own():
    line = LEAST["lines"][0]
    with pytest.raises(InputError, match=r"line 2: line_id = 'tea' is not allowed; .* line 1 has this one"):
        basket({**LEAST, "lines": [line, line]})
    with pytest.raises(InputError, match="line 3: line_id = '1'"):
        basket({**LEAST, "lines": [{**line, "line_id": "1"}, {**line, "line_id": "2"}, {**line, "line_id": 1}]})
    assert len(basket({**LEAST, "lines": [line, {**line, "line_id": "again"}]}).lines) == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customer": "c-1"}, "customer: 'c-1' is no object"),
        ({"customer": {"id": "c-1"}}, "customer does not know id"),
        ({"customer": {"orders": -1}}, "customer: orders = -1"),
        ({"customer": {"orders": 1.5}}, "customer: orders = 1.5"),
        ({"customer": {"points": None}}, "customer: points = None"),
        ({"customer": {"segments": "loyal"}}, "customer: segments = 'loyal'"),
        ({"customer": {"level": 3}}, "customer: level = 3"),
        ({"facts": ["web"]}, "facts = "),
        ({"facts": {"channel": ["web"]}}, "facts: channel = "),
        ({"moment": "noon"}, "basket: moment = 'noon'"),
        ({"moment": 5}, "basket: moment = 5"),
        ({"spend_points": -1}, "spend_points = -1"),
        ({"coupon": "X"}, "basket does not know coupon"),
    ],
)
def test_a_wrong_customer_or_circumstance_is_refused(change, said):
    with pytest.raises(InputError, match=said):
        context({**LEAST, **change})


def test_the_shop_s_zone_must_exist():
    with pytest.raises(SettingsError, match="zone = 'Mars'"):
        context(LEAST, "Mars")


@pytest.mark.parametrize("wrong", ["SUMMER", {"code": "SUMMER"}, [1], [["a"]]])
def test_codes_are_a_list_of_texts(wrong):
    with pytest.raises(InputError, match="codes = "):
        codes({**LEAST, "codes": wrong})


def test_a_moment_with_an_offset_says_itself_when_it_is():
    assert context({**LEAST, "moment": "2026-06-19T18:00Z"}, "Asia/Shanghai").moment == datetime(2026, 6, 19, 18)


@pytest.mark.parametrize("path", [(), ("lines", 0), ("shipping", 0), ("customer",), ("lines", 0, "attributes")])
@pytest.mark.parametrize("wrong", [None, [], {}, "", -1, 0.5, True, [[]], {"": None}], ids=repr)
def test_whatever_stands_anywhere_is_read_or_refused_by_name(path, wrong):
    """No value in any place ends in anything but a basket or a fault of the input."""
    holder = WHOLE
    for step in path:
        holder = holder[step]
    for key in list(holder):
        raw = json.loads(json.dumps(WHOLE))
        inner = raw
        for step in path:
            inner = inner[step]
        inner[key] = wrong
        for read in (basket, context, codes):
            try:
                read(raw)
            except InputError as fault:
                assert "allowed" in fault.message, fault.message  # noqa: PT017 - a read is as good as a refusal
