"""The synthetic shop as a source: 2,000 customers over 180 days from 2025-01-06, seed 7, with a register."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
from msgspec import structs

from offersmith.events.base import OURS, Source
from offersmith.events.synthetic import Shop, make
from offersmith.settings import SourceSettings

READING = "synthetic 1"
"""Raised when the same arguments come to mean other events."""


@dataclass(frozen=True, slots=True)
class SyntheticShop:
    """Events of a `Shop`."""

    shop: Shop = field(default_factory=make)
    mapping: SourceSettings = OURS
    name: str = "synthetic"

    @property
    def rows(self) -> int | None:
        """Return None: nobody knows before it is made."""
        return None

    def fingerprint(self) -> str:
        """Return a digest of what the shop is made from."""
        shop, plain = self.shop, make()
        made_from: tuple[object, ...] = (READING, shop.customers, shop.days, shop.seed, shop.start.isoformat())
        # Only what is not as in the plain shop: those who read it in before there was more keep their fingerprint.
        for name in ("form", "switches", "every_days", "drawn_by"):
            if getattr(shop, name) != getattr(plain, name):
                made_from = (*made_from, name, getattr(shop, name))
        return hashlib.sha256(repr(made_from).encode()).hexdigest()

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the events."""
        return self.shop.batches()

    def register(self) -> pa.Table | None:
        """Return all customers with member, age_band and town."""
        return self.shop.register()

    def decided(self) -> pa.Table | None:
        """Return who drew what, with the chances; None where they are not on record."""
        return self.shop.decided()


def sources(settings: SourceSettings, folder: Path) -> Sequence[Source]:
    """Return the one source."""
    del folder
    return (SyntheticShop(mapping=structs.replace(OURS, drop_products=settings.drop_products)),)
