"""The synthetic shop as a source."""

from pathlib import Path

import pyarrow.compute as pc

from offersmith.events.base import OURS, Drawn, Registered
from offersmith.events.examples import EXAMPLES
from offersmith.events.examples.synthetic_shop import SyntheticShop
from offersmith.events.mapping import map_batch
from offersmith.events.synthetic import Switches, make
from offersmith.settings import ShopSettings, SourceSettings
from offersmith.vocabulary import EVENTS

SHOP = ShopSettings(timezone="Asia/Tokyo", currency="JPY")


def test_the_settings_give_the_standard_shop() -> None:
    (source,) = EXAMPLES["synthetic"](SourceSettings(kind="synthetic"), Path())
    assert isinstance(source, SyntheticShop)
    assert source.mapping == OURS
    assert (source.shop.customers, source.shop.days) == (2000, 180)


def test_its_register_is_everybody() -> None:
    source = SyntheticShop(make(customers=50, days=30))
    assert isinstance(source, Registered)
    register = source.register()
    assert register is not None
    assert pc.count_distinct(register["customer_id"]).as_py() == 50
    assert register.schema.names == ["customer_id", "member", "age_band", "town"]


def test_it_tells_the_chances_of_its_lots_and_nothing_of_the_truth() -> None:
    source = SyntheticShop(make(customers=50, days=60))
    assert isinstance(source, Drawn)
    told = source.decided()
    assert told is not None
    assert told.column_names == ["campaign_id", "customer_id", "offer_id", "probability", "time", "chances"]
    assert set(told["campaign_id"].to_pylist()) == {"mailing-1"}


def test_another_shop_has_another_fingerprint() -> None:
    shops = [
        make(50, 30, 1),
        make(50, 30, 2),
        make(50, 31, 1),
        make(51, 30, 1),
        make(50, 30, 1, form="basket"),
        make(50, 30, 1, switches=Switches(delay=3.0)),
        make(50, 30, 1, switches=Switches(delay=4.0)),
        make(50, 30, 1, every_days=40),
        make(50, 30, 1, drawn_by="town"),
    ]
    prints = [SyntheticShop(shop).fingerprint() for shop in shops]
    assert len(set(prints)) == len(shops)
    assert prints[0] == SyntheticShop(make(50, 30, 1)).fingerprint()


def test_reading_it_as_a_source_changes_nothing() -> None:
    source = SyntheticShop(make(customers=50, days=60))
    for batch in source.batches():
        columns = map_batch(batch, source.mapping, SHOP).columns
        for name in EVENTS.names:
            assert columns[name].cast(EVENTS.field(name).type).equals(batch[name]), name
