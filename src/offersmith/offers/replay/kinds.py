"""The format's kinds of promotion: a kind is one line here and a few in the file it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from offersmith.offers.replay import pieces, reductions
from offersmith.offers.replay.given import Read

KINDS: Final[Mapping[str, Read]] = MappingProxyType(
    {
        "order_percent": reductions.percent("order"),
        "order_fixed": reductions.amount("order"),
        "order_percent_tiered": reductions.tiered("percent"),
        "order_fixed_tiered": reductions.tiered("amount"),
        "items_percent_across": reductions.percent("items"),
        "items_fixed_across": reductions.amount("items"),
        "items_percent": reductions.percent("items"),
        "items_fixed": reductions.amount("items"),
        "unit_percent": reductions.percent("unit"),
        "unit_fixed": reductions.amount("unit"),
        "unit_price": reductions.unit_price,
        "unit_fixed_price": reductions.unit_price,
        "line_percent": reductions.percent("line"),
        "line_fixed": reductions.amount("line"),
        "catalog_percent": reductions.catalogue("percent"),
        "catalog_unit_percent": reductions.catalogue("percent"),
        "catalog_fixed": reductions.catalogue("amount"),
        "catalog_unit_fixed": reductions.catalogue("amount"),
        "catalog_price": reductions.catalogue("price"),
        "catalog_fixed_price": reductions.catalogue("price"),
        "catalog_unit_price": reductions.catalogue("price"),
        "cheapest_free": pieces.cheapest("free"),
        "cheapest_unit_free": pieces.cheapest("free"),
        "cheapest_unit_percent": pieces.cheapest("percent"),
        "cheapest_unit_fixed": pieces.cheapest("amount"),
        "bundle_fixed_price": pieces.bundle,
        "buy_x_get_y": pieces.buy_get,
        "shipping_percent": reductions.shipping("percent"),
        "shipping_percent_across": reductions.shipping("percent", together=True),
        "shipping_fixed": reductions.shipping("amount"),
        "shipping_fixed_across": reductions.shipping("amount", together=True),
        "shipping_price": reductions.shipping("price"),
        "shipping_fixed_price": reductions.shipping("price"),
        "shipping_free": reductions.shipping("free"),
        "free_shipping": reductions.shipping("free"),
        "gift": pieces.gift,
    }
)
"""How each of the format's kinds is read; `multi` and our own kinds are read in `promotions`."""
