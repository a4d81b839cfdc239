"""Offers of playbooks that stand for one of the shop's own: what was learned of that one is expected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.response.explain.because import Asked, Because
from offersmith.vocabulary import Offer


@dataclass(frozen=True, slots=True)
class Uses:
    """Which offers of a plan stand for which.

    Attributes:
        own: offer of the plan -> the shop's own offer.
    """

    own: Mapping[str, str]

    def asked(self, offers: Sequence[Offer], catalogue: Sequence[Offer]) -> list[Offer]:
        """Return what a model is asked about instead of a plan's offers: each of the shop's own once."""
        used = set(self.own.values())
        others = [offer for offer in offers if offer.offer_id not in self.own]
        return [*others, *(offer for offer in catalogue if offer.offer_id in used)]

    def told(self, estimates: pa.Table) -> pa.Table:
        """Return estimates of `asked` as estimates of the plan's offers."""
        if not self.own:
            return estimates
        column, place = estimates["offer_id"], estimates.column_names.index("offer_id")
        used = pa.array(sorted(set(self.own.values())), pa.string())
        parts = [estimates.filter(pc.invert(pc.is_in(column, value_set=used)))]
        for offer, own in self.own.items():
            part = estimates.filter(pc.equal(column, own))
            named = pa.repeat(pa.scalar(offer, estimates.schema.field(place).type), part.num_rows)
            parts.append(part.set_column(place, estimates.schema.field(place), named))
        return pa.concat_tables(parts)

    def because(self, ask: Asked) -> Asked:
        """Return a question about the plan's offers, asked of a model that knows the shop's own."""

        def answered(customers: pa.StringArray, given: pa.StringArray, profit: NDArray[np.float64]) -> Because:
            offers = given.dictionary_encode()
            words = pa.array([self.own.get(offer, offer) for offer in offers.dictionary.to_pylist()], pa.string())
            return ask(customers, words.take(offers.indices), profit)

        return answered
