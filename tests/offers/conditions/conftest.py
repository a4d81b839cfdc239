import pytest

from offersmith.offers.basket import Basket, Line
from offersmith.offers.conditions import CONDITIONS, nested
from offersmith.offers.context import Context
from offersmith.offers.till import Till

BASKET = Basket(
    (
        Line("tea", 2, 1000, category="drinks", brand="north", attributes={"tags": ("sale", "new")}),
        Line("cup", 1, 999, category="cups", floor=500),
        Line("gift", 1, 300, gift_of="some promotion"),
    ),
    "USD",
)


@pytest.fixture
def ask():
    """Check a condition, compile its normal form, and ask it of a basket (the one above, where none is given)."""

    def ask(spec, context=None, basket=BASKET):
        checked = nested.checked(spec, basket.currency, CONDITIONS)
        assert nested.checked(checked, basket.currency, CONDITIONS) == checked
        test = nested.compiled(checked, basket.currency, CONDITIONS)
        return test.ask(Till(basket, context or Context()))

    return ask


@pytest.fixture
def check():
    return lambda spec: nested.checked(spec, "USD", CONDITIONS)


@pytest.fixture
def empty():
    return Basket((), "USD")
