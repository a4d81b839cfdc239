"""The Complete Journey (dunnhumby / 84.51°, one-year edition): a grocer's year with 27 coupon campaigns.

Three sources: purchases, campaigns sent (`view_promotion`), coupons redeemed (`redeem`). How the tables are read:

- **paid** = sales_value - coupon_disc. Where a coupon stands on a line of its own or exceeds its line (3,507 lines)
  `amount` is 0 and not negative, which overstates the year's takings by $6,869.77 of $4,569,680; its coupon is kept.
- **discount** = retail_disc (loyalty card) + coupon_match_disc (the shop's match) + coupon_disc; **coupon_discount** =
  coupon_disc alone, what the printed coupon gave. The shelf price is amount + discount.
- **quantity** 0 means "not counted" and becomes null. Fuel is counted in thousandths of a gallon.
- **time**: see `journey_files.ZONE`. A campaign is sent at midnight of its first day; a redemption, of which only the
  day is known, is put at noon.
- **offer_id** is the type of the campaign (`campaign-type-a`, `-b`, `-c`), for exposure and redemption alike: which 16
  coupons a household got in a type A campaign is not recorded. The redeemed coupon's number is part of `event_id`.
- **category** = product_category, **product_name** = product_type, **brand** = National or Private.
- **placement** = mailer, display or both, where the product was so in that shop and week.
- The **register** is the loyalty-card register: all 2,469 households, 17 of which first buy after 2017-10-30.

Licence statements about these data conflict, so they are an optional download and never part of this package.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from msgspec import structs

from offersmith.events import clock
from offersmith.events.base import OURS, Source
from offersmith.events.columns import record
from offersmith.events.examples.journey_files import ZONE, at, cents, count, fingerprint, table_path
from offersmith.events.examples.journey_placement import PLACEMENTS, Codes, placements
from offersmith.settings import ShopSettings, SourceSettings
from offersmith.vocabulary import CUSTOMERS

READING = "complete-journey 1"
"""Raised when the same tables are read differently, so that they are ingested anew."""

SHOP = ShopSettings(name="The Complete Journey", currency="USD", timezone=ZONE)
"""What `[shop]` should say for these data."""

OFFERS = {"a": "campaign-type-a", "b": "campaign-type-b", "c": "campaign-type-c"}


def sources(settings: SourceSettings, folder: Path) -> Sequence[Source]:
    """Return the three sources.

    Raises:
        MissingExtraError: the package with the tables is not installed.
    """
    del folder
    table_path("transactions")
    mapping = structs.replace(OURS, drop_products=settings.drop_products)
    return (Purchases(mapping), Exposures(mapping), Redemptions(mapping))


@dataclass(frozen=True, slots=True)
class Purchases:
    """Every line of every basket, and the register of households."""

    mapping: SourceSettings = OURS
    name: str = "complete-journey/transactions"

    @property
    def rows(self) -> int:
        """Return how many events there are."""
        return count("transactions")

    def fingerprint(self) -> str:
        """Return a digest of the tables and of how they are read."""
        return fingerprint(("transactions", "products", "promotions", "demographics"), READING)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield purchases in order of time."""
        file = pq.ParquetFile(table_path("transactions"))
        keys = file.read(columns=["product_id", "store_id", "week"], use_threads=False)
        codes = placements(*(keys[name].to_numpy() for name in keys.column_names))
        del keys
        products = pq.read_table(table_path("products")).sort_by("product_id").combine_chunks()
        start = 0
        for batch in file.iter_batches(1 << 16, use_threads=False):
            yield _purchases(batch, products, codes[start : start + batch.num_rows])
            start += batch.num_rows

    def register(self) -> pa.Table:
        """Return all households with what is known of 801 of them."""
        column = pq.read_table(table_path("transactions"), columns=["household_id"])["household_id"]
        everybody = pa.table({"household_id": pc.unique(column)})
        known = pq.read_table(table_path("demographics"))
        table = everybody.join(known, "household_id", join_type="left outer").sort_by("household_id")
        names = ["customer_id", *table.column_names[1:]]
        fields = [CUSTOMERS.field("customer_id"), *(pa.field(name, pa.string()) for name in names[1:])]
        return pa.table([column.cast(pa.string()) for column in table.columns], schema=pa.schema(fields))


@dataclass(frozen=True, slots=True)
class Exposures:
    """Which household was sent which campaign."""

    mapping: SourceSettings = OURS
    name: str = "complete-journey/campaigns"

    @property
    def rows(self) -> int:
        """Return how many events there are."""
        return count("campaigns")

    def fingerprint(self) -> str:
        """Return a digest of the tables and of how they are read."""
        return fingerprint(("campaigns", "campaign_descriptions"), READING)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield one `view_promotion` per campaign and household, at midnight of the campaign's first day."""
        sent = pq.read_table(table_path("campaigns")).sort_by(
            [("campaign_id", "ascending"), ("household_id", "ascending")]
        )
        offers, starts = _offers(sent["campaign_id"])
        campaign, household = (sent[name].cast(pa.string()) for name in ("campaign_id", "household_id"))
        yield _batch(
            at(starts, 0),
            event="view_promotion",
            event_id=pc.binary_join_element_wise("sent", campaign, household, "-"),
            customer_id=household,
            campaign_id=campaign,
            offer_id=offers,
            channel="mail",
        )


@dataclass(frozen=True, slots=True)
class Redemptions:
    """Which household used which coupon of which campaign, and on which day."""

    mapping: SourceSettings = OURS
    name: str = "complete-journey/coupon_redemptions"

    @property
    def rows(self) -> int:
        """Return how many events there are."""
        return count("coupon_redemptions")

    def fingerprint(self) -> str:
        """Return a digest of the tables and of how they are read."""
        return fingerprint(("coupon_redemptions", "campaign_descriptions"), READING)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield one `redeem` per coupon, at noon of its day."""
        order = [(name, "ascending") for name in ("redemption_date", "household_id", "coupon_upc")]
        used = pq.read_table(table_path("coupon_redemptions")).sort_by(order)
        offers, _ = _offers(used["campaign_id"])
        day = used["redemption_date"].cast(pa.date32())
        campaign, household, coupon = (
            used[name].cast(pa.string()) for name in ("campaign_id", "household_id", "coupon_upc")
        )
        yield _batch(
            at(day, 12),
            event="redeem",
            event_id=pc.binary_join_element_wise("used", campaign, household, coupon, day.cast(pa.string()), "-"),
            customer_id=household,
            campaign_id=campaign,
            offer_id=offers,
            channel="store",
        )


def _purchases(rows: pa.RecordBatch, products: pa.Table, placed: Codes) -> pa.RecordBatch:
    sales, coupon = cents(rows["sales_value"]), cents(rows["coupon_disc"])
    shop = cents(rows["retail_disc"]) + cents(rows["coupon_match_disc"])
    ids = rows["product_id"].to_numpy()
    catalogue = products["product_id"].to_numpy()
    place = np.minimum(np.searchsorted(catalogue, ids), catalogue.size - 1)
    row = pa.array(place, mask=catalogue[place] != ids)
    basket, product = rows["basket_id"].cast(pa.string()), rows["product_id"].cast(pa.string())
    quantity = rows["quantity"].to_numpy()
    return _batch(
        rows["transaction_timestamp"].cast(pa.timestamp("us")),
        event="purchase",
        event_id=pc.binary_join_element_wise(basket, product, "-"),
        customer_id=rows["household_id"].cast(pa.string()),
        order_id=basket,
        product_id=product,
        product_name=products["product_type"].take(row),
        category=products["product_category"].take(row),
        brand=products["brand"].take(row),
        quantity=pa.array(quantity.astype(np.float64), mask=quantity <= 0),
        amount=np.maximum(sales - coupon, 0),
        discount=shop + coupon,
        coupon_discount=coupon,
        placement=pa.array(PLACEMENTS, pa.string()).take(pa.array(placed)),
        channel="store",
        place=rows["store_id"].cast(pa.string()),
    )


def _offers(campaign: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Return the offer of each row's campaign and its first day."""
    table = pq.read_table(table_path("campaign_descriptions"))
    row = pc.index_in(campaign, table["campaign_id"])
    letter = pc.utf8_lower(pc.utf8_slice_codeunits(table["campaign_type"], 5))
    offers = pa.array([OFFERS[kind] for kind in letter.to_pylist()])
    return offers.take(row), table["start_date"].cast(pa.date32()).take(row)


def _batch(time: pa.Array, **columns: Any) -> pa.RecordBatch:
    """Return a batch of `EVENTS`: a text stands for every row, a column that is not named is null."""
    time = time.combine_chunks() if isinstance(time, pa.ChunkedArray) else time
    return record(len(time), time=time, utc_offset=clock.offsets(time, ZONE), **columns)
