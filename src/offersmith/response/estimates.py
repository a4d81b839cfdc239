"""Arrays become the table of estimates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from offersmith.response.base import Economics, Floats, strings
from offersmith.vocabulary import ESTIMATES, NO_OFFER, Offer


@dataclass(frozen=True, slots=True)
class Column:
    """The estimates of one offer, one value a customer; units as in `vocabulary.ESTIMATES`."""

    redemption: Floats
    conversion: Floats
    revenue: Floats
    cost: Floats
    profit_sd: Floats


def within_use(revenue: Floats, basket: Floats, redemption: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Return the rise of the chance to buy that a change of revenue means, and the revenue kept within what use allows.

    Whoever does not use an offer is not won by it, so no more are won than use it; and nobody can be lost who would
    not have bought, so no more is lost than was expected to be spent. Both come from the one change of revenue:
    conversion is revenue over the basket, but where more use it than there are left to win. Those who would have bought
    anyway then carry the rest of the gain in larger baskets, and conversion stays at `1 - chance`.

    Args:
        revenue: (n,) expected change, major units.
        basket: (n,) what a customer who is won spends, major units.
        redemption: (n,) chance to use the offer.
        chance: (n,) chance to buy without it.
    """
    spent = np.maximum(basket, 0.0)
    kept = np.clip(revenue, -chance * spent, redemption * spent)
    share = np.where(spent > 0, kept / np.where(spent > 0, spent, 1.0), 0.0)
    return np.clip(share, -chance, np.minimum(redemption, 1 - chance)), kept


def paying(offers: Sequence[Offer]) -> tuple[Offer, ...]:
    """Return the offers but the empty one, whose estimates are zero by definition."""
    return tuple(offer for offer in offers if offer.offer_id != NO_OFFER)


def assemble(
    profiles: pa.Table, offers: Sequence[Offer], columns: Sequence[Column], *, economics: Economics, version: str
) -> pa.Table:
    """Return `ESTIMATES`: for each profile in order, its offers in order; profit as `Economics` has it.

    An offer whose cost is unknown (NaN) has no estimate, so that no plan can take it for free.
    """
    customers = strings(profiles, "customer_id")
    priced = [place for place, column in enumerate(columns) if not np.isnan(column.cost).any()]
    offers, columns = [offers[place] for place in priced], [columns[place] for place in priced]
    count = len(offers)
    if not count or not len(customers):
        return ESTIMATES.empty_table()
    filled = {name: np.column_stack([getattr(column, name) for column in columns]).ravel() for name in Column.__slots__}
    filled["cost"] = np.maximum(filled["cost"], 0.0)
    filled["profit"] = economics.profit(filled["revenue"], filled["cost"])
    filled["redemption"] = np.clip(filled["redemption"], 0.0, 1.0)
    filled["conversion"] = np.clip(filled["conversion"], -1.0, 1.0)
    arrays: dict[str, Any] = {name: pa.array(values, pa.float64()) for name, values in filled.items()}
    arrays["customer_id"] = pa.array(np.repeat(customers, count).tolist(), pa.string())
    arrays["offer_id"] = pa.array([offer.offer_id for offer in offers] * len(customers), pa.string())
    arrays["model_version"] = pa.array([version] * (count * len(customers)), pa.string())
    return pa.Table.from_arrays([arrays[name] for name in ESTIMATES.names], schema=ESTIMATES)


def as_json(plain: Mapping[str, Any]) -> bytes:
    """Return plain values as JSON that is the same for the same values."""
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def content_version(name: str, files: Mapping[str, bytes]) -> str:
    """Return a version that changes with any byte of the files."""
    digest = hashlib.sha256()
    for file, data in sorted(files.items()):
        digest.update(f"{file}\0{len(data)}\0".encode())
        digest.update(data)
    return f"{name}-{digest.hexdigest()[:12]}"
