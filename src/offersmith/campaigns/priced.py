"""A basket priced with promotions from a file: no workspace, no ledger, so no limits and no budgets.

For whoever writes a campaign and wants to see what it does, and for shops that keep their promotions themselves. A
promotion that needs a code is unlocked by its own id among the basket's codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from offersmith.campaigns.definition import Definition, define
from offersmith.campaigns.quote import lines_of
from offersmith.errors import SettingsError
from offersmith.offers.effects import Effects
from offersmith.offers.explain import explain
from offersmith.offers.programme import Programme
from offersmith.offers.reading_basket import basket, codes, context
from offersmith.offers.stacking import evaluate
from offersmith.words import Language


@dataclass(frozen=True)
class Priced:
    """What promotions do to a basket.

    Attributes:
        effects: what the promotions do.
        at: the moment it was priced for, naive UTC.
        zone: whose wall clock counts.
    """

    effects: Effects
    at: datetime
    zone: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {**self.effects.as_dict(), "at": self.at.isoformat()}

    def text(self, language: Language = "en") -> str:
        """Say what is to pay, line by line, and of every promotion what it did or why not."""
        currency = self.effects.basket.currency
        answers = [f"  {explain(one, currency, language, self.zone)}" for one in self.effects.answers]
        return "\n".join([*lines_of(self.effects, language), *answers])

    def __str__(self) -> str:
        return self.text()


def price(raw: Mapping[str, Any], promotions: Any, at: datetime | None, now: datetime) -> Priced:
    """Price a basket.

    Args:
        raw: the basket, as JSON gives it.
        promotions: a list of promotions, or a campaign's definition.
        at: the moment it counts for, naive UTC; None = the basket's own, else `now`.
        now: the moment it is.

    Raises:
        InputError: the basket is wrong; names the field, its value and what is allowed.
        SettingsError: the promotions are; likewise.
    """
    # Of an order only the till needs these.
    plain = {name: value for name, value in raw.items() if name not in ("order_id", "identifiers")}
    bought = basket(plain)
    definition = _definition(promotions, bought.currency)
    circumstances = context(plain, definition.zone)
    entered = set(codes(plain))
    unlocked = {one.name: one.name for one in definition.promotions if one.needs_code and one.name in entered}
    moment = at or circumstances.moment or now
    effects = evaluate(
        bought,
        Programme(definition.promotions, bought.currency, definition.groups),
        replace(circumstances, moment=moment, unlocked=unlocked),
    )
    return Priced(effects, moment, definition.zone)


def _definition(promotions: Any, currency: str) -> Definition:
    if isinstance(promotions, list):
        promotions = {"name": "promotions", "promotions": promotions}
    if not isinstance(promotions, Mapping):
        raise SettingsError(
            f"promotions = {promotions!r:.80} is not allowed; allowed: a list of promotions, or a campaign's definition"
        )
    return define({"name": "promotions", **promotions}, currency=currency, zone="UTC")
