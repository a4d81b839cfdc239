"""What the shop gives away, to whom, and when: offers handed out by lot, so that their effect can be read off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from offersmith.events.synthetic.shelf import Floats
from offersmith.offers import KINDS
from offersmith.offers.catalogue import offer
from offersmith.settings import OfferSettings
from offersmith.vocabulary import NO_OFFER, Offer

CURRENCY = "USD"
OFFERS: tuple[Offer, ...] = (
    offer(OfferSettings(id="save-10", kind="percent_off", name="10 % off", terms={"percent": 10}), CURRENCY),
    offer(OfferSettings(id="save-20", kind="percent_off", name="20 % off", terms={"percent": 20}), CURRENCY),
    offer(OfferSettings(id="five-off", kind="amount_off", name="5.00 off", terms={"amount": "5.00"}), CURRENCY),
)
ARMS: tuple[str, ...] = (NO_OFFER, *(one.offer_id for one in OFFERS))
CHANCES = (0.4, 0.2, 0.2, 0.2)
"""With which each arm is drawn, for every customer alike."""

VALID_DAYS = 14
FIRST_DAY, EVERY_DAYS = 28, 35


@dataclass(frozen=True, slots=True)
class Campaign:
    """One mailing: everybody draws an arm, offers hold for `VALID_DAYS` days from day `start` and work once."""

    campaign_id: str
    start: int


def schedule(days: int, every: int = EVERY_DAYS) -> tuple[Campaign, ...]:
    """Return the campaigns that end within `days` days, one every `every` days; they never overlap."""
    starts = range(FIRST_DAY, days - VALID_DAYS + 1, every)
    return tuple(Campaign(f"mailing-{number + 1}", start) for number, start in enumerate(starts))


def relief(arm: int, basket: Floats) -> Floats:
    """Return what the offer of `arm` is expected to take off expected baskets, major units."""
    if arm == 0:
        return np.zeros_like(basket)
    one = OFFERS[arm - 1]
    relief = KINDS[one.kind].expected_relief(one.terms, basket)
    return np.zeros_like(basket) if relief is None else relief


def points(arm: int, basket: Floats) -> Floats:
    """Return how deep that is, in percentage points of the basket."""
    return 100 * relief(arm, basket) / basket
