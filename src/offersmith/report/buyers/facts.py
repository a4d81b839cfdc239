"""What the page of likely buyers says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Tenth:
    """A tenth of the customers, by their chance.

    Attributes:
        customers: how many.
        low: the smallest chance among them.
        high: the largest.
        expected: how many of them will buy.
    """

    customers: int
    low: float
    high: float
    expected: float


@dataclass(frozen=True, slots=True)
class BuyersFacts:
    """Who will likely buy, and how well that was foretold of stretches that were held out.

    Attributes:
        shop: its name.
        as_of: naive UTC.
        days: within how many.
        customers: who have bought before; of others nothing is said.
        expected: how many of them will buy; None where nothing could be learned.
        tenths: the likeliest first.
        taken: name of the predictor.
        scores: of every predictor, as `profiles.purchase.judging.Score.as_dict`.
        encoders: reason code of what became of encoders: `not_asked`, `left_out` or `taken`.
        gain: by how much less the taken one surprises than the best one of features alone, nats, and the ends of its
            interval; None unless an encoder was taken.
        shift: what was added to everybody's log-odds for the level of the latest days.
    """

    shop: str
    as_of: datetime
    days: int
    customers: int
    expected: float | None
    tenths: tuple[Tenth, ...]
    taken: str
    scores: tuple[dict[str, Any], ...]
    encoders: str
    gain: tuple[float, float, float] | None = None
    shift: float = 0.0
