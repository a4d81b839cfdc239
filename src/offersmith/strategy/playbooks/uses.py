"""Offers of playbooks that stand for one of the shop's own: what was learned of that one is expected of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from offersmith.response.explain.because import Asked, Because
from offersmith.vocabulary import Offer

CHANGED = " (changed)"


@dataclass(frozen=True, slots=True)
class Uses:
    """Which offers of a plan stand for which.

    Attributes:
        own: offer of the plan -> the shop's own offer, or a name that no model knows where its terms were changed: what
            was learned of the offer as it was says nothing of it.
    """

    own: Mapping[str, str]

    @classmethod
    def of(cls, offers: Sequence[Offer], catalogue: Sequence[Offer], own: Mapping[str, str] | None = None) -> Uses:
        """Return what stands for what, and by a name of its own every offer whose terms are not the shop's."""
        known = {offer.offer_id: offer for offer in catalogue}
        changed = (one for one in offers if one.offer_id in known and not alike(one, known[one.offer_id]))
        return cls({**(own or {}), **{one.offer_id: f"{one.offer_id}{CHANGED}" for one in changed}})

    def asked(self, offers: Sequence[Offer], catalogue: Sequence[Offer]) -> list[Offer]:
        """Return what a model is asked about instead of a plan's offers: each of the shop's own once."""
        used = set(self.own.values())
        others = [offer for offer in offers if offer.offer_id not in self.own]
        named = {name: offer for offer in offers if (name := self.own.get(offer.offer_id, "")).endswith(CHANGED)}
        changed = [replace(offer, offer_id=name) for name, offer in named.items()]
        return [*others, *(offer for offer in catalogue if offer.offer_id in used), *changed]

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


def alike(one: Offer, other: Offer) -> bool:
    """Return whether two offers are the same kind on the same terms: what was learned of one holds of the other."""
    return one.kind == other.kind and dict(one.terms) == dict(other.terms)
