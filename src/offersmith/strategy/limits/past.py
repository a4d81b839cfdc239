"""The offers that customers got in the days before a plan: what limits over several plans count."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
DAY_US = 86_400_000_000


def _none() -> Ints:
    return np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Offers given before a plan's moment, a place of each array per offer given.

    Attributes:
        customer: (m,) the row of the customer to decide about; -1 where nobody is decided about any more.
        offer: (m,) place in `offers`.
        ago: (m,) microseconds before the plan's moment.
        offers: ids, those of other plans too.
        channels: the channel of every offer that has one.
        contact: (m,) the same for what one plan gave a customer; empty where every offer is a contact of its own.
    """

    customer: Ints = field(default_factory=_none)
    offer: Ints = field(default_factory=_none)
    ago: Ints = field(default_factory=_none)
    offers: tuple[str, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    contact: Ints = field(default_factory=_none)

    @classmethod
    def of(cls, given: pa.Table, customers: pa.ChunkedArray, at: datetime, channels: Mapping[str, str]) -> Past:
        """Lay a record of offers given out on the customers of a plan.

        Args:
            given: `customer_id`, `offer_id`, `time` (naive UTC) and `sending` (the same for what one plan gave a
                customer), a row per offer that was given.
            customers: ids of those to decide about, in their order.
            at: the plan's moment.
            channels: of offers.
        """
        place = pc.index_in(
            given["customer_id"].cast(pa.string()), value_set=customers.cast(pa.string()).combine_chunks()
        )
        coded = given["offer_id"].cast(pa.string()).combine_chunks().dictionary_encode()
        contacts = pc.binary_join_element_wise(given["customer_id"].cast(pa.string()), given["sending"], "\0")
        moment = given["time"].cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
        now = pa.scalar(at, pa.timestamp("us")).cast(pa.int64()).as_py()
        return cls(
            np.asarray(pc.fill_null(place, -1).to_numpy(), np.int64),
            np.asarray(coded.indices.to_numpy(), np.int64),
            now - np.asarray(moment, np.int64),
            tuple(coded.dictionary.to_pylist()),
            channels,
            np.asarray(contacts.combine_chunks().dictionary_encode().indices.to_numpy(), np.int64),
        )

    def within(
        self, days: int, offers: Collection[str] | None = None, channel: str | None = None, *, once: bool = False
    ) -> Ints:
        """Return the customers, (m,) with -1 for somebody else, of what was given in so many days before the plan.

        Args:
            days: the first moment counts, the plan's own too: what another plan for the same moment gave was given.
            offers: ids that count; None = all.
            channel: whose offers count; None = any.
            once: offers that one plan gave a customer count once.
        """
        mine = np.array(
            [
                (offers is None or one in offers) and (channel is None or self.channels.get(one) == channel)
                for one in self.offers
            ],
            np.bool_,
        )
        recent = (self.ago >= 0) & (self.ago <= days * DAY_US)
        if not self.offers:
            return self.customer[:0]
        found = np.flatnonzero(recent & mine[self.offer])
        if once and self.contact.size:
            found = found[np.sort(np.unique(self.contact[found], return_index=True)[1])]
        return self.customer[found]
