"""The offers of a shop, checked once; the empty offer is always among them."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from offersmith.errors import SettingsError
from offersmith.offers import KINDS
from offersmith.settings import OfferSettings
from offersmith.vocabulary import NO_OFFER, Offer
from offersmith.words import Language

NONE = Offer(NO_OFFER, NO_OFFER, MappingProxyType({}), NO_OFFER)
"""The empty offer."""


def offer(settings: OfferSettings, currency: str) -> Offer:
    """Return one offer with its terms checked and in their normal form.

    Raises:
        SettingsError: the id is empty or reserved, the kind unknown, a term wrong, or a plan could not say what the
            offer costs; names the offer.
    """
    if not settings.id.strip():
        raise SettingsError("an offer needs an id", hint="give every [[offers]] table its own id")
    if (settings.id == NO_OFFER) != (settings.kind == NO_OFFER):
        raise SettingsError(f"offer {settings.id!r}: the id and the kind {NO_OFFER!r} belong to the empty offer")
    if settings.kind not in KINDS:
        raise SettingsError(f"offer {settings.id!r}: kind {settings.kind!r} is unknown; allowed: {', '.join(KINDS)}")
    try:
        terms = KINDS[settings.kind].check(settings.terms, currency)
    except SettingsError as fault:
        raise SettingsError(f"offer {settings.id!r}: {fault.message}", hint=fault.hint, offer=settings.id) from fault
    if KINDS[settings.kind].expected_relief(terms, np.ones(1)) is None:
        raise SettingsError(
            f"offer {settings.id!r}: what {settings.kind!r} costs with these terms does not follow from the size of a "
            "basket, so a plan cannot estimate it; allowed in [[offers]]: offers on the whole order",
            hint="put it into a campaign of its own: offersmith campaign create",
            offer=settings.id,
        )
    name = settings.name or settings.id
    return Offer(settings.id, settings.kind, MappingProxyType(terms), name, settings.version, settings.channel)


def catalogue(settings: Sequence[OfferSettings], currency: str) -> list[Offer]:
    """Return `NONE` and every offer of the settings, in their order.

    Raises:
        SettingsError: an offer is wrong, or two share an id.
    """
    found = {NO_OFFER: NONE}
    for one in settings:
        made = offer(one, currency)
        if made.offer_id in found and made.offer_id != NO_OFFER:
            raise SettingsError(f"offer id {made.offer_id!r} is used twice", hint="ids are unique within a shop")
        found[made.offer_id] = made if made.offer_id != NO_OFFER else NONE
    return list(found.values())


def says(offer: Offer, language: Language = "en") -> str:
    """Return an offer in words."""
    return KINDS[offer.kind].says(offer.terms, language)
