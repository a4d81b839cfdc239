"""What a till asks about: a basket, who buys, and the codes they entered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from offersmith.campaigns.limits import subject_of
from offersmith.errors import InputError
from offersmith.offers.basket import Basket
from offersmith.offers.context import Context
from offersmith.offers.reading_basket import basket, codes, context

IDENTIFIERS = "identifiers"

MOST_CODES = 50
"""How many codes one order may enter: more than anybody holds, and too few to try guesses by the thousand."""


@dataclass(frozen=True, slots=True)
class Order:
    """An order that is being made.

    Attributes:
        basket: what is bought.
        context: who buys, and further facts; the moment and the limits are added when it is priced.
        codes: as they were typed.
        identifiers: what the till knows of the buyer besides (`device`, `card`); kept hashed only.
        order_id: the shop's own number of it, if it has one.
        source: the order as JSON, without the identifiers.
    """

    basket: Basket
    context: Context
    codes: tuple[str, ...]
    identifiers: Mapping[str, str]
    order_id: str | None
    source: Mapping[str, Any]

    @classmethod
    def read(cls, raw: Mapping[str, Any], *, currency: str, zone: str) -> Order:
        """Read an order from JSON.

        Raises:
            InputError: naming the field, its value and what is allowed.
        """
        if not isinstance(raw, Mapping):
            raise InputError(f"the order is not an object: {raw!r:.80}; allowed: a JSON object with lines")
        known = dict(raw)
        identifiers = _texts(known.pop(IDENTIFIERS, {}), IDENTIFIERS)
        order_id = known.pop("order_id", None)
        if order_id is not None and (not isinstance(order_id, str) or not order_id):
            raise InputError(f"order_id = {order_id!r} must be a text")
        known.pop("moment", None)  # when it counts is the caller's to say, so that nobody chooses their own time
        read = basket(known, currency)
        entered = codes(known)
        if len(entered) > MOST_CODES:
            raise InputError(f"codes: {len(entered)} codes are not allowed; allowed: up to {MOST_CODES}", field="codes")
        return cls(read, context(known, zone), entered, identifiers, order_id, known)

    @property
    def digest(self) -> str:
        """SHA-256 of the order: the same idempotency key with another order is refused."""
        hashed = {name: subject_of(name, value) for name, value in self.identifiers.items()}
        plain = json.dumps([self.source, self.order_id, hashed], sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _texts(raw: Any, name: str) -> dict[str, str]:
    if not isinstance(raw, Mapping) or not all(isinstance(one, str) for pair in raw.items() for one in pair):
        raise InputError(f"{name} = {raw!r} must be a table of texts")
    return dict(raw)
