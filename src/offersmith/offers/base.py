"""What every kind of offer can say of itself, and what it becomes when a basket is priced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from offersmith.errors import SettingsError
from offersmith.offers.basket import Line
from offersmith.offers.till import Take, Till
from offersmith.words import Language

Terms = Mapping[str, Any]
Phase = Literal["catalogue", "item", "order", "shipping", "reward"]
PHASES: tuple[Phase, ...] = ("catalogue", "item", "order", "shipping", "reward")
"""Every phase sees what the earlier ones left; `reward` reads what is finally paid (points earned)."""


class Refusal(NamedTuple):
    """Why something does not apply: a reason code, its parameters, and what would help (`{"spend_more": 420}`)."""

    code: str
    facts: Mapping[str, Any] = {}
    hint: Mapping[str, Any] = {}


@dataclass(slots=True)
class Taken:
    """What a promotion would do to the basket as it stands.

    Attributes:
        takes: per group of pieces.
        shipping: (index of the delivery, minor units off it).
        gifts: lines to add; their whole price is taken off.
        points_earned, points_spent: points, not money.
        hint: what would earn more, although it applies.
    """

    takes: list[Take] = field(default_factory=list)
    shipping: list[tuple[int, int]] = field(default_factory=list)
    gifts: list[Line] = field(default_factory=list)
    points_earned: int = 0
    points_spent: int = 0
    hint: Mapping[str, Any] = field(default_factory=dict)

    @property
    def off(self) -> int:
        """Minor units off goods, deliveries and gifts together."""
        off = sum([take[1] for take in self.takes])
        if self.shipping or self.gifts:
            off += sum([off for _, off in self.shipping]) + sum([gift.total for gift in self.gifts])
        return off

    def __bool__(self) -> bool:
        for take in self.takes:  # the first one nearly always settles it
            if take[1]:
                return True
        return bool(self.points_earned or self.gifts or self.off)


class Action(Protocol):
    """A kind with its terms, ready to price: made once by `compile`, asked for every basket."""

    def take(self, till: Till) -> Taken | Refusal:
        """Say what it does to the basket as it stands, or why nothing; changes nothing itself."""


class OfferKind(Protocol):
    """A rule that turns what a basket would cost into what it costs less. Pure: no clock, no database.

    Money in terms is text in major units (`"5.00"`), so that terms survive TOML and JSON unchanged; `currency` stands
    beside it once the terms are checked.
    """

    name: str
    examples: Sequence[Terms]
    """Terms in normal form (USD) that show what the kind can do; the contract tests run over them."""

    def check(self, terms: Terms, currency: str) -> dict[str, Any]:
        """Return the terms in their one normal form; checking that form again changes nothing.

        Raises:
            SettingsError: naming the term, its value and what is allowed.
        """

    def phase(self, terms: Terms) -> Phase:
        """Return when checked terms are applied; see `PHASES`."""

    def compile(self, terms: Terms, currency: str) -> Action:
        """Return the action of checked terms; `currency` is the basket's."""

    def expected_relief(self, terms: Terms, basket: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Return the relief on expected baskets, for planning: the same rule without the rounding.

        None where these terms look at more than the size of the basket.

        Args:
            terms: checked terms.
            basket: expected subtotals, major units, any shape.
        """

    def says(self, terms: Terms, language: Language) -> str:
        """Return the offer in words."""


def refuse_unknown(kind: str, terms: Terms, known: tuple[str, ...]) -> None:
    """Raise if the terms have a key the kind does not know, so that a typo never means "default".

    Raises:
        SettingsError: naming the keys and what is allowed.
    """
    unknown = sorted(set(terms) - set(known))
    if unknown:
        allowed = ", ".join(known) or "no terms at all"
        raise SettingsError(
            f"offer kind {kind!r} does not know {', '.join(unknown)}; allowed: {allowed}", terms=unknown
        )
