"""Which offers each customer may get, with what is expected of them, as arrays.

All offers that have an estimate are candidates; an offer without one for a customer is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.errors import InputError
from offersmith.strategy.kernels import Floats
from offersmith.vocabulary import NO_OFFER, Offer


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """K paying offers for n customers; `none` is always possible and stands outside.

    Attributes:
        customers: ids, sorted, unique.
        offers: ids of the paying offers, in the order of the catalogue.
        allowed: (K, n), whether the customer may get the offer.
        profit: (K, n), expected incremental, major units; 0 where not allowed.
        cost: (K, n), expected draw on the budget, major units; 0 where not allowed.
        profit_sd: (K, n), spread of `profit`.
        revenue: (K, n), expected incremental, major units; 0 where not allowed.
    """

    customers: pa.StringArray
    offers: tuple[str, ...]
    allowed: NDArray[np.bool_]
    profit: Floats
    cost: Floats
    profit_sd: Floats
    revenue: Floats


def candidates(estimates: pa.Table, offers: Sequence[Offer], also: pa.Table | None = None) -> Candidates:
    """Lay estimates out as arrays.

    Args:
        estimates: `vocabulary.ESTIMATES`; rows of `none` are ignored.
        offers: the catalogue.
        also: table with `customer_id` of customers to decide about even if they have no estimate.

    Raises:
        InputError: an estimate of an unknown offer, two of one customer and offer, or a number that cannot be.
    """
    paying = tuple(offer.offer_id for offer in offers if offer.offer_id != NO_OFFER)
    ids = [estimates["customer_id"].cast(pa.string())]
    ids += [] if also is None else [also["customer_id"].cast(pa.string())]
    unique = pc.unique(pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string())).drop_null()
    customers = unique.take(pc.sort_indices(unique))
    used = estimates.filter(pc.not_equal(estimates["offer_id"], NO_OFFER))
    row = _places(used["offer_id"], pa.array(paying, pa.string()), "offer_id")
    column = _places(used["customer_id"], customers, "customer_id")
    shape = (len(paying), len(customers))
    allowed = np.zeros(shape, np.bool_)
    allowed[row, column] = True
    if int(allowed.sum()) != used.num_rows:
        raise InputError("estimates hold more than one row for the same customer and offer")
    laid = {name: np.zeros(shape) for name in ("profit", "cost", "profit_sd", "revenue")}
    for name, array in laid.items():
        array[row, column] = _numbers(used, name, negative=name in ("profit", "revenue"))
    return Candidates(customers, paying, allowed, **laid)


def _places(column: pa.ChunkedArray, known: pa.Array, name: str) -> NDArray[np.int64]:
    places = pc.index_in(column, value_set=known)
    if places.null_count:
        strange = pc.unique(column.filter(pc.is_null(places))).to_pylist()[:3]
        raise InputError(f"estimates: {name} {strange} is not known; known are {known.to_pylist()[:10]}")
    return np.asarray(places.to_numpy(), dtype=np.int64)


def _numbers(table: pa.Table, name: str, *, negative: bool) -> Floats:
    values = np.asarray(table[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    fine = np.isfinite(values) & (negative | (values >= 0))
    if not fine.all():
        allowed = "a finite number" if negative else "a finite number, not negative"
        raise InputError(f"estimates: {name} = {values[~fine][0]} must be {allowed}")
    return values
