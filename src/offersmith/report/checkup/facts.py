"""What the page of quality says, as plain values; money is in minor units."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from offersmith.profiles.drift import Drift, FeatureDrift
from offersmith.profiles.odd import Odd
from offersmith.report.inputs_base import Both
from offersmith.report.inputs_shop import QualityFacts


@dataclass(frozen=True, slots=True)
class CheckupFacts:
    """The quality of one shop at one moment, and how its customers changed since an earlier one.

    Attributes:
        shop: its name.
        as_of: the moment.
        since: the earlier moment.
        currency: of every amount.
        read: what was read, what became of it, and what is odd about it.
        repaired: what was filled in while reading, a sentence per column of a source.
        customers: the odd ones.
        kept_out: those of them that nothing is learned from.
        products: the odd ones.
        names: of products that are shown; those without a name are missing.
        drift: None where the shop was not there yet at the earlier moment.
        aging: features that grow by themselves as the shop gets older.
    """

    shop: str
    as_of: datetime
    since: datetime
    currency: str
    read: QualityFacts
    repaired: tuple[Both, ...]
    customers: Odd
    kept_out: Odd
    products: Odd
    names: dict[str, str]
    drift: Drift | None
    aging: frozenset[str]

    @property
    def moved(self) -> tuple[FeatureDrift, ...]:
        """Features that moved and do not grow by themselves, the furthest first."""
        return () if self.drift is None else tuple(one for one in self.drift.moved() if one.feature not in self.aging)

    @property
    def aged(self) -> tuple[FeatureDrift, ...]:
        """Features that moved and would have in any shop that got older."""
        return () if self.drift is None else tuple(one for one in self.drift.moved() if one.feature in self.aging)

    @property
    def too_few(self) -> bool:
        """Whether there are too few customers to tell drift from chance."""
        return self.drift is not None and any(one.verdict == "too_few" for one in self.drift.features)
