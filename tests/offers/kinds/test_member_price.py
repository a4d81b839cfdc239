import pytest
from tests.offers.pricing import basket, price, why

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.basket import Line
from offersmith.offers.context import Context, Customer

BOUGHT = basket(Line("a", 2, 1000), Line("b", 1, 500))
TERMS = {"price": "7.50", "levels": ["gold", "silver"], "items": {"sku": "a"}}


@pytest.mark.parametrize(("level", "off"), [("gold", 500), ("silver", 500), ("bronze", 0), (None, 0)])
def test_only_members_of_the_levels_get_it(level, off):
    effects = price("member_price", BOUGHT, TERMS, Context(customer=Customer(level=level)))
    assert effects.off == off
    if not off:
        assert why(effects) == ("not_a_member", {"levels": ["gold", "silver"]}, {})


@pytest.mark.parametrize("levels", [None, [], [1], "", {}])
def test_levels_are_texts(levels):
    with pytest.raises(SettingsError, match="levels"):
        KINDS["member_price"].check(TERMS | {"levels": levels}, "USD")
