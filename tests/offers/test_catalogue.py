import pytest

from offersmith.errors import SettingsError
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
