import pytest

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.offers.catalogue import NONE, catalogue, offer, says
from offersmith.settings import OfferSettings, Settings


def test_the_default_offers_are_valid_and_none_is_always_there():
    found = catalogue(Settings().offers, "USD")
    assert found[0] is NONE
    assert [one.offer_id for one in found] == ["none", "five-percent", "ten-percent", "twenty-percent"]
    assert catalogue((), "EUR") == [NONE]


def test_an_offer_speaks():
    made = offer(OfferSettings(id="a", kind="amount_off", terms={"amount": "5", "min_spend": 30}), "USD")
    assert says(made) == "5.00 USD off, from a basket of 30.00 USD"
    assert says(made, "zh") == "立减 5.00 USD，消费满 30.00 USD 可用"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (OfferSettings(id="a", kind="lottery"), "kind 'lottery' is unknown; allowed: none, percent_off, amount_off"),
        (OfferSettings(id="a", kind="gift", terms={"sku": "mug", "value": "4.00"}), "a plan cannot estimate it"),
        (OfferSettings(id="", kind="percent_off"), "needs an id"),
        (OfferSettings(id="none", kind="percent_off", terms={"percent": 5}), "empty offer"),
        (OfferSettings(id="a", kind="percent_off", terms={"percent": 500}), "offer 'a'.*500.*at most 100"),
    ],
)
def test_faults_name_the_offer_and_what_is_allowed(settings, named):
    with pytest.raises(SettingsError, match=named):
        offer(settings, "USD")


def test_an_id_is_used_once():
    twice = [OfferSettings(id="a", kind="percent_off", terms={"percent": p}) for p in (5, 10)]
    with pytest.raises(SettingsError, match="'a' is used twice"):
        catalogue(twice, "USD")


@pytest.mark.parametrize(
    ("kind", "terms", "en", "zh"),
    [
        ("catalogue_price", {"price": "7.50"}, "for 7.50 USD a piece", "每件只需 7.50 USD"),
        ("catalogue_price", {"percent": 15}, "new price: 15 % off", "特价：立减 15%"),
        ("cheapest_off", {"percent": 100}, "the cheapest piece free", "价格最低的一件免费"),
        ("cheapest_off", {"times": 2}, "the 2 cheapest pieces free", "价格最低的 2 件免费"),
        ("cheapest_off", {"amount": "4", "times": 2}, "the 2 cheapest pieces 4.00 USD off each", None),
        ("buy_get", {"buy": {"quantity": 1}, "get": {"quantity": 2, "price": "1"}},
         "buy 1, get 2: for 1.00 USD a piece", None),
        ("points_earned", {"points": 1, "per": "1.00"}, "1 point for every 1.00 USD", "每消费 1.00 USD 得 1 积分"),
        ("points_earned", {"points": 2, "per": "1.00"}, "2 points for every 1.00 USD", None),
    ],
)  # fmt: skip
def test_one_and_several_are_said_as_people_say_them(kind, terms, en, zh):
    checked = KINDS[kind].check(terms, "USD")
    assert KINDS[kind].says(checked, "en") == en
    assert zh in (None, KINDS[kind].says(checked, "zh"))
